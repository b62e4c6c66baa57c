package inbox

import (
	"cmp"
	"slices"
	"strings"
)

// Code is a one-time code.
type Code struct {
	Code       string  // as it is typed: without the spaces that only group it
	Label      string  // the words that name it, as written; "" if none do
	Position   int     // byte offset in [Message.Text]; -1 if it stands in the subject alone
	Confidence float64 // above 0, at most 1; how sure it is that this is a code
}

// maxCodes is how many codes of a message are told.
const maxCodes = 20

// codeText is how many bytes of a text are looked at: no one scrolls further for
// a code.
const codeText = 128 << 10

// How sure it is that something is a code, by what says so.
const (
	sureNamed   = 0.95 // "Your code is 482913"
	sureFollows = 0.9  // "482913 is your code", or below a line that names it
	sureLoosely = 0.8  // the name is further away
	sureEntered = 0.6  // "Enter 482913"
	sureAlone   = 0.6  // on a line of its own, in a mail that is about a code
	lessWeak    = 0.1  // off for what could be a word or a year
	moreTwice   = 0.04 // on top if the subject says the same
)

// Codes returns the message's one-time codes, the surest first and at most 20.
// It looks at the first 128 KiB of the subject and of the text.
// Prices, dates, and the numbers of orders, parcels and phones are none.
func (m *Message) Codes() []Code { return m.codesIn(m.Text()) }

// codesIn is Codes of a message with that text.
func (m *Message) codesIn(text string) []Code {
	subject := newCodeReader(strings.ToValidUTF8(m.Subject[:min(len(m.Subject), codeText)], "\uFFFD"))
	subject.read()
	known := make(map[string]string)
	for _, c := range subject.codes {
		known[c.Code] = c.Label
	}
	r := newCodeReader(text[:min(len(text), codeText)])
	r.known = known
	r.signs = r.about(len(r.tokens) < shortText) || subject.about(true)
	r.read()
	for _, c := range subject.codes {
		if i, ok := r.found[c.Code]; ok {
			r.codes[i].Confidence += moreTwice
		} else {
			c.Position = -1
			r.codes = append(r.codes, c)
		}
	}
	slices.SortStableFunc(r.codes, func(a, b Code) int { return cmp.Compare(b.Confidence, a.Confidence) })
	return r.codes[:min(len(r.codes), maxCodes)]
}

// shortText is below how many words a text is about little else than it says.
const shortText = 60

// about tells whether the text names a code, or, if that counts, is about
// proving who one is.
func (r *codeReader) about(signs bool) bool { //nolint:revive // flag-parameter: it says what counts
	for i, t := range r.tokens {
		signsIn := t.hint == signHint || r.word(i+1, t.line) == "in" && (t.word == "sign" || t.word == "log")
		if signs && signsIn || r.names(i) == aCode {
			return true
		}
	}
	return false
}

// evidence is what says that a run is a code.
type evidence struct {
	sure  float64
	label int  // the token that names the code; -1 for none
	near  bool // nothing stands between the two but what joins them
}

func (r *codeReader) read() {
	for _, n := range r.runs {
		e, ok := r.judge(n)
		if !ok {
			continue
		}
		if n.form == weakForm || n.form == yearForm {
			if !e.near || n.digits == 0 && r.common(n) {
				continue
			}
			e.sure -= lessWeak
		}
		if r.alone(n) {
			r.taken[r.tokens[n.last].line] = e
		}
		r.tell(n, e)
	}
}

// tell adds a code, or makes one that was told surer.
func (r *codeReader) tell(n run, e evidence) {
	c := Code{n.code, r.label(e.label), r.tokens[n.first].start, e.sure}
	if c.Label == "" {
		c.Label = r.known[c.Code]
	}
	i, ok := r.found[c.Code]
	switch {
	case !ok:
		r.found[c.Code] = len(r.codes)
		r.codes = append(r.codes, c)
	case c.Confidence > r.codes[i].Confidence:
		r.codes[i] = c
	}
	for k := n.first; k <= n.last; k++ {
		r.tokens[k].code = true
	}
}
