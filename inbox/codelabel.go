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
	first, last := i, i
	for first > r.lines[line] && i-first < 4 && r.kind(first-1) && strings.Trim(r.between(first), "- ") == "" {
		first--
	}
	if w := r.word(i+1, line); (w == "de" || w == "d") && r.sameLine(i+2, line) && r.kind(i+2) {
		last = i + 2
	}
	return strings.Join(strings.Fields(strings.ReplaceAll(r.text[r.tokens[first].start:r.tokens[last].end], string(mask), " ")), " ")
}

func (r *codeReader) kind(i int) bool {
	switch t := &r.tokens[i]; t.hint {
	case kindHint, signHint, codeHint:
		return true
	case withinHint: // sign-in, log-in
		return t.word == "in" && i > 0 && (r.tokens[i-1].word == "sign" || r.tokens[i-1].word == "log")
	case noHint, wordHint, numberHint, promoHint, expiryHint, isHint, enterHint, moneyHint, monthHint, unitHint:
	}
	return false
}

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
