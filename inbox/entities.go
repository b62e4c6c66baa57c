package inbox

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// written is the value of an attribute with its character references decoded, and knows
// where in the source each byte of it comes from.
type written struct {
	text   string
	source string // as written
	start  int    // of the source in the document
	plain  bool   // there are no references in it
	// What is at read in the source comes out at decoded in the text; both only grow.
	read, decoded int
}

func newWritten(document string, start, end int) written {
	v := written{source: document[start:end], start: start}
	v.text, v.plain = v.source, strings.IndexByte(v.source, '&') < 0
	if !v.plain {
		v.text = decode(v.source)
	}
	return v
}

// place returns where in the document the byte of the text comes from. It must not be
// asked for one before the last.
func (v *written) place(decoded int) int {
	if v.plain {
		return v.start + decoded
	}
	for v.decoded < decoded && v.read < len(v.source) {
		if v.source[v.read] == '&' {
			n, text := reference(v.source[v.read:])
			v.read, v.decoded = v.read+n, v.decoded+len(text)
			continue
		}
		v.read++
		v.decoded++
	}
	return v.start + v.read
}

// decode decodes the character references of an attribute's value.
func decode(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		n, text := reference(s[i:])
		b.WriteString(text)
		s = s[i+n:]
	}
}

// reference returns how long the character reference is that a text starts with, and
// what it stands for. A lone & stands for itself.
func reference(s string) (length int, text string) {
	if strings.HasPrefix(s, "&#") {
		return number(s)
	}
	const longest = 32
	i := 1
	for i < len(s) && i < longest && (isLetter(s[i]) || isDigit(s[i])) {
		i++
	}
	name := s[:i]
	switch {
	case i == 1, i == longest, strings.HasPrefix(s[i:], "="):
	case strings.HasPrefix(s[i:], ";"):
		// What is left of a name that only starts as one keeps its semicolon.
		if text := html.UnescapeString(name + ";"); text == ";" || !strings.HasSuffix(text, ";") {
			return i + 1, text
		}
	default:
		if text := html.UnescapeString(name); utf8.RuneCountInString(text) == 1 {
			return i, text
		}
	}
	return 1, "&"
}

// number is reference for &#38; and &#x26;.
func number(s string) (length int, text string) {
	i, base := len("&#"), 10
	if i < len(s) && s[i]|0x20 == 'x' {
		i, base = i+1, 16
	}
	digits, n := i, 0
	for ; i < len(s); i++ {
		d := digitOf(s[i])
		if d >= base {
			break
		}
		n = min(n*base+d, utf8.MaxRune+1)
	}
	if i == digits {
		return 1, "&"
	}
	if i < len(s) && s[i] == ';' {
		i++
	}
	if n >= 0x80 && n < 0xA0 { // of a charset of old
		return i, html.UnescapeString(s[:min(i, digits)] + strings.TrimLeft(s[digits:i], "0"))
	}
	if n == 0 {
		n = utf8.RuneError
	}
	return i, string(rune(n)) // what is no rune is the replacement character
}

// digitOf returns what a hexadecimal digit counts; a lot for any other byte.
func digitOf(b byte) int {
	switch {
	case isDigit(b):
		return int(b - '0')
	case 'a' <= b|0x20 && b|0x20 <= 'f':
		return int(b|0x20-'a') + 10
	}
	return 99
}
