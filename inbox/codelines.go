package inbox

import "strings"

// alone tells whether nothing but runs, and the number of an item, stands on the
// lines of a run.
func (r *codeReader) alone(n run) bool {
	from, to := r.lines[r.tokens[n.first].line], r.lines[r.tokens[n.last].line+1]
	if to-from > aloneWords {
		return false
	}
	for i := from; i < to; i++ {
		t := &r.tokens[i]
		item := i == from && t.number() && t.digits <= 2
		if !t.run && !item {
			return false
		}
	}
	return true
}

// around looks at the lines around a run that stands on a line of its own.
func (r *codeReader) around(n run) (evidence, verdict) {
	first, last := r.tokens[n.first].line, r.tokens[n.last].line
	if e, ok := r.taken[first]; ok { // another code of this line
		return e, aCode
	}
	if e, ok := r.taken[first-1]; ok { // a list of codes
		return e, aCode
	}
	if e, v := r.above(first); v != silent {
		return e, v
	}
	if last+2 >= len(r.lines) {
		return evidence{}, silent
	}
	label, v := r.line(last + 1)
	short := r.lines[last+2]-r.lines[last+1] <= 5
	switch {
	case short:
		return evidence{sureFollows, label, true}, v
	case v == aCode:
		return evidence{sureLoosely, label, false}, aCode
	}
	return evidence{}, silent
}

// above looks at the lines above one, the nearest first.
func (r *codeReader) above(line int) (evidence, verdict) {
	for k := 1; k <= linesBefore && line-k >= 0; k++ {
		if _, ok := r.taken[line-k]; ok {
			break
		}
		label, v := r.line(line - k)
		switch {
		case v == aCode:
			return evidence{sureFollows - 0.1*float64(k-1), label, k == 1}, aCode
		case v == notCode && k == 1:
			return evidence{}, notCode
		case v == notCode:
			return evidence{}, silent
		}
	}
	return evidence{}, silent
}

// line returns what a line names: a code, if it does so at all.
func (r *codeReader) line(line int) (label int, v verdict) {
	from, to := r.lines[line], r.lines[line+1]
	for i := to - 1; i >= from && to-i <= lineWords; i-- {
		switch r.names(i) {
		case aCode:
			return i, aCode
		case notCode:
			v = notCode
		case silent:
		}
	}
	return -1, v
}

// weak judges six digits that nothing names, in a mail that is about a code.
func (r *codeReader) weak(n run) (evidence, verdict) {
	line := r.tokens[n.first].line
	for i := n.first - 1; i >= n.first-3 && r.sameLine(i, line); i-- {
		if r.tokens[i].hint == enterHint {
			return evidence{sureEntered, -1, false}, aCode
		}
	}
	if !r.alone(n) || r.counts(line-1) || r.counts(r.tokens[n.last].line+1) {
		return evidence{}, silent
	}
	return evidence{sureAlone, -1, false}, aCode
}

// counts tells whether a short line is what a number counts.
func (r *codeReader) counts(line int) bool {
	if line < 0 || line+1 >= len(r.lines) || r.lines[line+1]-r.lines[line] > 4 {
		return false
	}
	for _, t := range r.tokens[r.lines[line]:r.lines[line+1]] {
		if t.hint == unitHint || t.hint == moneyHint {
			return true
		}
	}
	return false
}

// promoted tells whether a price cut is what the lines around a run are about.
func (r *codeReader) promoted(n run) bool {
	first, last := r.tokens[n.first].line, r.tokens[n.last].line
	for line := max(0, first-1); line <= last+1 && line+1 < len(r.lines); line++ {
		from := r.lines[line]
		if line < first {
			from = max(from, r.lines[line+1]-lineWords)
		} else if line == first {
			from = max(from, n.first-lineWords)
		}
		for i := from; i < min(r.lines[line+1], from+2*lineWords); i++ {
			if r.tokens[i].hint == promoHint || r.tokens[i].word == "off" && strings.Contains(r.between(i), "%") {
				return true
			}
		}
	}
	return false
}
