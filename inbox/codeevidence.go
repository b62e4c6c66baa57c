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
	switch {
	case t.hint == promoHint, t.hint == codeHint && r.otherCode(i):
		return notCode
	case t.hint == codeHint:
		return aCode
	case t.hint == wordHint:
		if kind := hints[r.word(i-1, t.line)]; kind == kindHint || kind == signHint {
			return aCode
		}
	case t.hint == numberHint:
		return r.namesNumber(i)
	}
	return silent
}

// namesNumber is names for a word such as number.
func (r *codeReader) namesNumber(i int) verdict {
	t := &r.tokens[i]
	before := r.word(i-1, t.line)
	switch {
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
	last := n.first - 1
	if r.tokens[n.first].sentence || last < 0 {
		return evidence{}, silent
	}
	gap := r.between(n.first)
	if r.tokens[last].hint == withinHint && strings.Trim(gap, " \u00a0") == "" {
		return evidence{}, notCode
	}
	joined := strings.ContainsAny(gap, ":\t=-\u2013\u2014|\"\u201c\u00ab(") || r.tokens[last].hint == isHint
	label, v := r.nameBefore(n.first)
	switch {
	case v == aCode:
		return r.named(n, label, joined)
	case v == notCode && !joined && r.names(last) == silent:
		return evidence{}, silent
	}
	return evidence{}, v
}

// nameBefore returns the name of a code that the sentence says before a token.
// Another number's name may come between: "your code for order 12345 is". But
// it is what is meant if it stands right before, or in a clause of its own.
func (r *codeReader) nameBefore(first int) (label int, v verdict) {
	if strings.Trim(r.between(first), spaces) == "" && r.names(first-1) == notCode {
		return first - 1, notCode
	}
	for i := first - 1; i >= max(0, first-wordsBefore); i-- {
		if r.tokens[i].code || r.tokens[i].hint == expiryHint || v == notCode && r.clause(i+1) {
			break
		}
		switch r.names(i) {
		case aCode:
			return i, aCode
		case notCode:
			v = notCode
		case silent:
		}
		if r.tokens[i].sentence {
			break
		}
	}
	return -1, v
}

// clause tells whether a clause may start at token i.
func (r *codeReader) clause(i int) bool { return strings.ContainsAny(r.between(i), ",;(\u2013") }

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
