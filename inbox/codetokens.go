package inbox

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a run of letters and digits of a text. A number keeps the dots,
// commas and colons within it.
type token struct {
	start, end int // in the text
	line       int // the number of its line; empty lines do not count
	word       string
	digits     int  // how many digits it has
	letters    int  // how many letters
	upper      bool // all its letters are capitals of ASCII
	whole      bool // it is of ASCII letters and digits alone
	sentence   bool // it starts one
	hint       hint
	run        bool // it is of what has the form of a code
	code       bool // it is of a code
}

func (t *token) number() bool { return t.digits > 0 && t.letters == 0 }

// codeReader looks for codes in a text.
type codeReader struct {
	text   string // what is no part of a code is masked
	tokens []token
	lines  []int // for each line its first token, and at the end how many there are
	runs   []run // what has the form of a code
	signs  bool  // the message is about proving who one is

	known map[string]string // codes of the subject, with their labels
	codes []Code
	found map[string]int   // where a code stands in codes
	taken map[int]evidence // lines of nothing but codes, with what says so
}

func newCodeReader(text string) *codeReader {
	r := &codeReader{text: masked(text), found: make(map[string]int), taken: make(map[int]evidence)}
	r.tokenize()
	r.findRuns()
	return r
}

// mask stands for a byte of a URL or an address, which hold no code to read off.
const mask = '\x00'

// masked returns text with what looks like a URL or an address masked.
func masked(text string) string {
	if !strings.ContainsAny(text, "@/") {
		return text
	}
	b := []byte(text)
	start := 0
	for i := 0; i <= len(b); i++ {
		if i < len(b) && b[i] > ' ' {
			continue
		}
		chunk := text[start:i]
		if strings.Contains(chunk, "://") || strings.Contains(chunk, "www.") || strings.Contains(chunk, "@") || strings.Contains(chunk, "mailto:") {
			for k := start; k < i; k++ {
				b[k] = mask
			}
		}
		start = i + 1
	}
	return string(b)
}

func (r *codeReader) tokenize() {
	line := -1
	fresh, sentence := true, true
	for i := 0; i < len(r.text); {
		c, size := utf8.DecodeRuneInString(r.text[i:])
		if !wordRune(c) {
			switch c {
			case '\n':
				fresh, sentence = true, true
			case '.', '!', '?':
				sentence = true
			}
			i += size
			continue
		}
		if fresh {
			line++
			r.lines = append(r.lines, len(r.tokens))
		}
		t := r.scan(i)
		t.line, t.sentence = line, sentence
		t.hint = hintOf(t.word)
		r.tokens = append(r.tokens, t)
		i = t.end
		fresh, sentence = false, false
	}
	r.lines = append(r.lines, len(r.tokens))
}

func wordRune(c rune) bool {
	return unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.Is(unicode.Mn, c)
}

// scan reads the token that starts at a byte.
func (r *codeReader) scan(start int) token {
	t := token{start: start, upper: true, whole: true}
	i, digit := start, false
	for i < len(r.text) {
		c, size := utf8.DecodeRuneInString(r.text[i:])
		switch {
		case c >= '0' && c <= '9':
			t.digits++
			digit = true
		case wordRune(c):
			t.letters++
			t.upper = t.upper && c >= 'A' && c <= 'Z'
			t.whole = t.whole && c < utf8.RuneSelf
			digit = false
		case digit && strings.ContainsRune(".,:'\u2019", c) && asciiDigit(r.text, i+size):
			t.whole = false
		default:
			return r.cut(t, i)
		}
		i += size
	}
	return r.cut(t, i)
}

func (r *codeReader) cut(t token, end int) token {
	t.end = end
	if t.letters > 0 && end-t.start < 64 {
		t.word = plainWord(r.text[t.start:end])
	}
	return t
}

func asciiDigit(s string, i int) bool { return i < len(s) && s[i] >= '0' && s[i] <= '9' }

// between returns what stands before token i, from the end of the one before on.
func (r *codeReader) between(i int) string {
	switch {
	case i <= 0 && len(r.tokens) > 0:
		return r.text[:r.tokens[0].start]
	case i < len(r.tokens):
		return r.text[r.tokens[i-1].end:r.tokens[i].start]
	case len(r.tokens) > 0:
		return r.text[r.tokens[len(r.tokens)-1].end:]
	}
	return r.text
}

// sameLine tells whether token i exists and stands in a line.
func (r *codeReader) sameLine(i, line int) bool {
	return i >= 0 && i < len(r.tokens) && r.tokens[i].line == line
}
