package inbox

import (
	"slices"
	"strings"
)

// label returns the name of a code as it is written, with the words that say
// which code: "verification code", "code de confirmation".
func (r *codeReader) label(i int) string {
	if i < 0 {
		return ""
	}
	line := r.tokens[i].line
	first, last := r.labelStart(i), i
	if w := r.word(i+1, line); (w == "de" || w == "d") && r.sameLine(i+2, line) && r.kind(i+2) {
		last = i + 2
	}
	name := r.text[r.tokens[first].start:r.tokens[last].end]
	return strings.Join(strings.Fields(strings.ReplaceAll(name, string(mask), " ")), " ")
}

// labelStart returns the first token of a label.
func (r *codeReader) labelStart(i int) int {
	line, first := r.tokens[i].line, i
	for i-first < 4 && r.sameLine(first-1, line) && r.kind(first-1) && strings.Trim(r.between(first), "- ") == "" {
		first--
	}
	if r.sameLine(first-2, line) && r.tokens[first-2].hint == codeHint && r.word(first-1, line) == "a" {
		return first - 2 // code à usage unique
	}
	if first == i && r.describes(i-1) {
		first-- // door code
	}
	return first
}

func (r *codeReader) kind(i int) bool {
	switch t := &r.tokens[i]; t.hint {
	case kindHint, signHint, codeHint, wordHint:
		return true
	case enterHint: // single-use
		return t.word == "use" && i > 0 && r.tokens[i-1].word == "single"
	case withinHint: // sign-in, log-in
		return t.word == "in" && i > 0 && (r.tokens[i-1].word == "sign" || r.tokens[i-1].word == "log")
	case noHint, numberHint, promoHint, expiryHint, isHint, moneyHint, monthHint, unitHint:
	}
	return false
}

// describes tells whether a word may say which code the next one names: no name, no
// article.
func (r *codeReader) describes(i int) bool {
	if i < 0 || r.between(i+1) != " " {
		return false
	}
	t := &r.tokens[i]
	return t.hint == noHint && t.digits == 0 && t.word == r.text[t.start:t.end] && !slices.Contains(articles, t.word) && !slices.Contains(fillers, t.word)
}

//nolint:gochecknoglobals // a constant
var articles = strings.Fields(`your this my our his her their its that these those following new next each any same what which no
	deine dein deinen ihr ihren der das diese dieser folgenden folgender votre ton le la les un une notre suivant tu su el los este siguiente nuestro je jouw het een deze dit
	of and or with`)

// common tells whether a run of letters is a word, or a button.
func (r *codeReader) common(n run) bool {
	if strings.Contains(r.between(n.last+1), string(mask)) {
		return true
	}
	for _, w := range words(n.code, 4) {
		if hints[w] != noHint || slices.Contains(fillers, w) || slices.Contains(plainWords, w) {
			return true
		}
	}
	return false
}

//nolint:gochecknoglobals // a constant
var plainWords = strings.Fields(`your this that have will been from with copy paste below above account continue verify confirm expires hello team thanks thank dear login warning
	note notice important never share anyone only valid support help http https html json optin optout opt out acme free welcome today ignore dont ours ourselves reply email
	secret security view open done next back more send sent resend ihre ihren deine dein votre vous code codes`)
