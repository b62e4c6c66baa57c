package inbox

import (
	"strings"
	"unicode/utf8"
)

// What follows reads the names and the texts of CSS, with their escapes.

// quoted reads a text in quotes, or up to the end of the line that it does not end in.
func (s *sheet) quoted() string {
	quote := s.text[s.i]
	s.i++
	start, escaped := s.i, false
	for ; s.i < len(s.text); s.i++ {
		switch b := s.text[s.i]; b {
		case quote:
			s.i++
			return textOfCSS(s.text[start:s.i-1], escaped)
		case '\n', '\r', '\f':
			return textOfCSS(s.text[start:s.i], escaped)
		case '\\':
			escaped = true
			if strings.HasPrefix(s.text[s.i+1:], "\r\n") {
				s.i++
			}
			s.i++
		}
	}
	s.i = len(s.text)
	return textOfCSS(s.text[start:], escaped)
}

// textOfCSS decodes the escapes of a text that has some.
func textOfCSS(s string, escaped bool) string { //nolint:revive // flag-parameter: it says what has been seen
	if escaped {
		return unescapeCSS(s)
	}
	return s
}

func (s *sheet) inName(b byte) bool {
	return isLetter(b) || isDigit(b) || b == '-' || b == '_' || b >= utf8.RuneSelf || b == 0
}

// startsName tells whether a name is here. One that starts with a digit behind a
// hyphen is none, but has no meaning either.
func (s *sheet) startsName() bool {
	b := s.text[s.i]
	return s.inName(b) || b == '\\' && s.escapes()
}

// escapes tells whether the backslash here is the start of an escape.
func (s *sheet) escapes() bool {
	return s.i+1 >= len(s.text) || !endsLine(s.text[s.i+1])
}

// name reads a name, if there is one, and returns it in lower case with its escapes
// decoded; "" when it is long.
func (s *sheet) name() string {
	start, escaped := s.i, false
	for s.i < len(s.text) {
		switch b := s.text[s.i]; {
		case s.inName(b):
			s.i++
		case b == '\\' && s.escapes():
			escaped = true
			s.i = min(len(s.text), s.i+escapeLength(s.text[s.i:]))
		default:
			return nameOfCSS(s.text[start:s.i], escaped)
		}
	}
	return nameOfCSS(s.text[start:], escaped)
}

func nameOfCSS(s string, escaped bool) string { //nolint:revive // flag-parameter: it says what has been seen
	const longest = 8 * longestName // each letter may be an escape
	if escaped && len(s) <= longest {
		s = unescapeCSS(s)
	}
	if strings.HasPrefix(s, "--") {
		return "--"
	}
	return lowered(s)
}

// escapeLength returns how long the escape is that a text starts with.
func escapeLength(s string) int {
	i := 1
	for i < len(s) && i <= 6 && digitOf(s[i]) < 16 {
		i++
	}
	if i == 1 {
		_, n := utf8.DecodeRuneInString(s[1:])
		return 1 + n
	}
	if strings.HasPrefix(s[i:], "\r\n") {
		return i + 2
	}
	if i < len(s) && isBlank(s[i]) {
		i++
	}
	return i
}

// escapedRune returns what up to six hexadecimal digits stand for.
func escapedRune(digits string) rune {
	n := 0
	for _, d := range []byte(digits) {
		if digitOf(d) < 16 {
			n = n<<4 | digitOf(d)
		}
	}
	if n == 0 {
		return utf8.RuneError
	}
	return rune(n)
}

// endsLine tells whether a byte ends a line, which no escape does.
func endsLine(b byte) bool { return b == '\n' || b == '\r' || b == '\f' }

// unescapeCSS decodes the escapes of a name or a text.
func unescapeCSS(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		s = s[i:]
		n := escapeLength(s)
		switch {
		case n > 1 && digitOf(s[1]) < 16:
			b.WriteRune(escapedRune(s[1:min(n, 7)]))
		case strings.HasPrefix(s[1:], "\r\n"):
			n++
		case n > 1 && !endsLine(s[1]):
			b.WriteString(s[1:n])
		}
		s = s[n:]
	}
}
