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

// verdict is what a piece of evidence comes to.
type verdict int

const (
	silent  verdict = iota
	aCode           // it says that a run is a code
	notCode         // it says that it is another number
)

// judge looks for evidence that a run is a code.
func (r *codeReader) judge(n run) (evidence, bool) {
	e, v := r.before(n)
	if v == silent {
		e, v = r.after(n)
	}
	if v == silent && r.alone(n) {
		e, v = r.around(n)
	}
	if v == silent {
		e, v = r.guess(n)
	}
	if v != aCode {
		return evidence{}, false
	}
	// A sale's code is no code, unless it is named in full.
	return e, strings.Contains(r.label(e.label), " ") || !r.promoted(n)
}

// guess judges a run that nothing near it names.
func (r *codeReader) guess(n run) (evidence, verdict) {
	if _, ok := r.known[n.code]; ok {
		return evidence{sureFollows, -1, true}, aCode
	}
	if r.signs && n.form != weakForm && n.digits == 6 {
		return r.weak(n)
	}
	return evidence{}, silent
}

// names returns what token i says that a number is, given the words beside it.
func (r *codeReader) names(i int) verdict {
	t := &r.tokens[i]
	before := r.word(i-1, t.line)
	switch {
	case t.hint == promoHint:
		return notCode
	case t.hint == codeHint && r.otherCode(i):
		return notCode
	case t.hint == codeHint:
		return aCode
	case t.hint == wordHint && (hints[before] == kindHint || hints[before] == signHint):
		return aCode
	case t.hint != numberHint:
		return silent
	case t.word == "number" && (before == "verification" || before == "security"):
		return aCode
	case t.word == "no" && (!r.sameLine(i+1, t.line) || !r.tokens[i+1].number()):
		return silent
	}
	return notCode
}

// otherCode tells whether the word code at token i names another sort of code.
func (r *codeReader) otherCode(i int) bool {
	line := r.tokens[i].line
	before, after := r.word(i-1, line), r.word(i+1, line)
	if after == "de" || after == "d" {
		after = r.word(i+2, line)
	}
	gift := before == "card" && slices.Contains(otherCodes, r.word(i-2, line))
	return gift || slices.Contains(otherCodes, before) || slices.Contains(codesOf, after)
}

// word returns the word of token i, if it stands in a line.
func (r *codeReader) word(i, line int) string {
	if !r.sameLine(i, line) {
		return ""
	}
	return r.tokens[i].word
}

// before looks at what the sentence says before a run.
func (r *codeReader) before(n run) (evidence, verdict) {
	line, last := r.tokens[n.first].line, n.first-1
	if r.tokens[n.first].sentence || !r.sameLine(last, line) {
		return evidence{}, silent
	}
	gap := r.between(n.first)
	if r.tokens[last].hint == withinHint && strings.Trim(gap, " \u00a0") == "" {
		return evidence{}, notCode
	}
	joined := strings.ContainsAny(gap, ":\t=-\u2013\u2014|\"\u201c\u00ab(") || r.tokens[last].hint == isHint
	result := silent
	for i := last; r.sameLine(i, line) && n.first-i <= wordsBefore; i-- {
		if t := &r.tokens[i]; t.code || t.hint == expiryHint || result == notCode && strings.ContainsAny(r.between(i+1), ",;(\u2013") {
			break
		}
		switch r.names(i) {
		case aCode:
			return r.named(n, i, joined)
		case notCode:
			if i == last && !joined {
				return evidence{}, notCode
			}
			result = notCode // unless a code's name comes first: "your code for order 12345 is"
		case silent:
		}
		if r.tokens[i].sentence {
			break
		}
	}
	return evidence{}, result
}

// named weighs the name of a run that stands before it.
func (r *codeReader) named(n run, label int, joined bool) (evidence, verdict) {
	between := n.first - 1 - label
	switch {
	case between == 0, between == 1 && r.tokens[label+1].hint == isHint, joined && between <= 2:
		return evidence{sureNamed, label, true}, aCode
	case joined:
		return evidence{sureLoosely, label, false}, aCode
	}
	return evidence{}, silent
}

// after looks at what the sentence says behind a run: "is your code".
func (r *codeReader) after(n run) (evidence, verdict) {
	line := r.tokens[n.last].line
	far := wordsAfter
	if !r.sameLine(n.last+1, line) {
		return evidence{}, silent
	}
	if r.tokens[n.last+1].hint != isHint {
		far = 2
	}
	for i := n.last + 1; r.sameLine(i, line) && i-n.last <= far && !r.tokens[i].sentence; i++ {
		if far == 2 && strings.ContainsAny(r.between(i), ",;") || r.tokens[i].number() {
			break
		}
		if v := r.names(i); v != silent {
			return evidence{sureFollows, i, true}, v
		}
	}
	return evidence{}, silent
}
