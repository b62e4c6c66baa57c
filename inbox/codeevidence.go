package inbox

import (
	"slices"
	"strings"
)

// How far from a run is looked for what says that it is a code.
const (
	wordsBefore = 14
	wordsAfter  = 8
	linesBefore = 3
	lineWords   = 60 // of a line
	aloneWords  = 32 // that a line of nothing but codes may have
)

// judge looks for evidence that a run is a code.
func (r *codeReader) judge(n run) (evidence, bool) {
	e, verdict := r.before(n)
	if verdict == noHint {
		e, verdict = r.after(n)
	}
	if verdict == noHint && r.alone(n) {
		e, verdict = r.around(n)
	}
	if _, ok := r.known[n.code]; ok && verdict == noHint {
		e, verdict = evidence{sureFollows, -1, true}, codeHint
	}
	if verdict == noHint && r.signs && n.form != weakForm && n.digits == 6 {
		e, verdict = r.weak(n)
	}
	if verdict != codeHint || r.promoted(n) && (e.label < 0 || !strings.Contains(r.label(e.label), " ")) {
		return evidence{}, false
	}
	return e, true
}

// names returns what token i says that a number is, given the words beside it:
// codeHint, numberHint or noHint.
func (r *codeReader) names(i int) hint {
	t := &r.tokens[i]
	before, after := r.word(i-1, t.line), r.word(i+1, t.line)
	kind := hints[before] == kindHint || hints[before] == signHint
	switch t.hint {
	case codeHint:
		if after == "de" || after == "d" {
			after = r.word(i+2, t.line)
		}
		if slices.Contains(otherCodes, before) || slices.Contains(codesOf, after) {
			return numberHint
		}
		return codeHint
	case wordHint:
		if kind {
			return codeHint
		}
	case numberHint:
		if kind && (t.word == "number" || t.word == "nummer") {
			return codeHint
		}
		if t.word == "no" && !(r.sameLine(i+1, t.line) && r.tokens[i+1].number()) {
			return noHint
		}
		return numberHint
	case promoHint:
		return numberHint
	case noHint, kindHint, expiryHint, withinHint, isHint, enterHint, signHint, moneyHint, monthHint, unitHint:
	}
	return noHint
}

// word returns the word of token i, if it stands in a line.
func (r *codeReader) word(i, line int) string {
	if !r.sameLine(i, line) {
		return ""
	}
	return r.tokens[i].word
}

// before looks at what the sentence says before a run.
func (r *codeReader) before(n run) (evidence, hint) {
	line := r.tokens[n.first].line
	gap := r.between(n.first)
	if r.tokens[n.first].sentence || !r.sameLine(n.first-1, line) {
		return evidence{}, noHint
	}
	if r.tokens[n.first-1].hint == withinHint && strings.Trim(gap, " \u00a0") == "" {
		return evidence{}, numberHint
	}
	joined := strings.ContainsAny(gap, ":\t=-\u2013\u2014|\"\u201c\u00ab") || r.tokens[n.first-1].hint == isHint
	other := false
	for i := n.first - 1; r.sameLine(i, line) && n.first-i <= wordsBefore; i-- {
		t := &r.tokens[i]
		if t.code || t.hint == expiryHint || other && strings.ContainsAny(r.between(i+1), ",;(\u2013") {
			break
		}
		switch r.names(i) {
		case codeHint:
			return r.named(n, i, joined)
		case numberHint:
			if i == n.first-1 && !joined {
				return evidence{}, numberHint
			}
			other = true
		}
		if t.sentence {
			break
		}
	}
	if other {
		return evidence{}, numberHint
	}
	return evidence{}, noHint
}

// named weighs the name of a run that stands before it.
func (r *codeReader) named(n run, label int, joined bool) (evidence, hint) { //nolint:revive // flag-parameter: a fact, not a choice
	between := n.first - 1 - label
	near := between == 0 || between == 1 && r.tokens[label+1].hint == isHint || joined && between <= 2
	switch {
	case near:
		return evidence{sureNamed, label, true}, codeHint
	case joined:
		return evidence{sureLoosely, label, false}, codeHint
	}
	return evidence{}, noHint
}

// after looks at what the sentence says behind a run: "is your code".
func (r *codeReader) after(n run) (evidence, hint) {
	line := r.tokens[n.last].line
	for i := n.last + 1; r.sameLine(i, line) && i-n.last <= wordsAfter && !r.tokens[i].sentence; i++ {
		if r.tokens[n.last+1].hint != isHint && i-n.last > 2 {
			break
		}
		switch h := r.names(i); h {
		case codeHint:
			return evidence{sureFollows, i, true}, codeHint
		case numberHint:
			return evidence{}, numberHint
		}
		if r.tokens[i].number() {
			break
		}
	}
	return evidence{}, noHint
}

// alone tells whether nothing but runs, and the number of an item, stands on the
// lines of a run.
func (r *codeReader) alone(n run) bool {
	from, to := r.lines[r.tokens[n.first].line], r.lines[r.tokens[n.last].line+1]
	if to-from > aloneWords {
		return false
	}
	for i := from; i < to; i++ {
		if t := &r.tokens[i]; !t.run && !(i == from && t.number() && t.digits <= 2) {
			return false
		}
	}
	return true
}

// around looks at the lines around a run that stands on a line of its own.
func (r *codeReader) around(n run) (evidence, hint) {
	first, last := r.tokens[n.first].line, r.tokens[n.last].line
	if e, ok := r.taken[first]; ok { // another code of this line
		return e, codeHint
	}
	for k := 1; k <= linesBefore && first-k >= 0; k++ {
		if e, ok := r.taken[first-k]; ok {
			if k == 1 {
				return e, codeHint
			}
			break
		}
		label, h := r.line(first - k)
		if h == codeHint {
			return evidence{sureFollows - 0.1*float64(k-1), label, k == 1}, codeHint
		}
		if h == numberHint && k == 1 {
			return evidence{}, numberHint
		}
		if h == numberHint {
			break
		}
	}
	if last+2 > len(r.lines)-1 {
		return evidence{}, noHint
	}
	label, h := r.line(last + 1)
	short := r.lines[last+2]-r.lines[last+1] <= 5
	switch {
	case h == codeHint && short:
		return evidence{sureFollows, label, true}, codeHint
	case h == codeHint:
		return evidence{sureLoosely, label, false}, codeHint
	case h == numberHint && short:
		return evidence{}, numberHint
	}
	return evidence{}, noHint
}

// line returns what a line names: a code, if it does so at all.
func (r *codeReader) line(line int) (label int, h hint) {
	from, to := r.lines[line], r.lines[line+1]
	for i := to - 1; i >= from && to-i <= lineWords; i-- {
		switch r.names(i) {
		case codeHint:
			return i, codeHint
		case numberHint:
			h = numberHint
		}
	}
	return -1, h
}

// weak judges six digits that nothing names, in a mail that is about a code.
func (r *codeReader) weak(n run) (evidence, hint) {
	line := r.tokens[n.first].line
	for i := n.first - 1; i >= n.first-3 && r.sameLine(i, line); i-- {
		if r.tokens[i].hint == enterHint {
			return evidence{sureEntered, -1, false}, codeHint
		}
	}
	if !r.alone(n) || r.counts(line-1) || r.counts(r.tokens[n.last].line+1) {
		return evidence{}, noHint
	}
	return evidence{sureAlone, -1, false}, codeHint
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
