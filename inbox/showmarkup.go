package inbox

import "strings"

// tag is where a tag stands, from < to behind >.
type tag struct {
	name                string // in lower case; "" when it is longer than any that matters
	start, nameEnd, end int
	closed              bool // it ends in />
	dressed             bool // it has attributes
}

// attr is where an attribute stands. Without a value, value and valueEnd are end.
type attr struct {
	start, nameEnd, value, valueEnd, end int
}

const blank = " \t\r\n\f" // the white space of HTML

func isBlank(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' || b == '\f' }

func isLetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// startsFold tells whether s starts with an ASCII prefix, in whatever letter case.
func startsFold(s, prefix string) bool {
	if len(s) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		if lower(s[i]) != lower(prefix[i]) {
			return false
		}
	}
	return true
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b | 0x20
	}
	return b
}

// longestName is how long a name is that matters.
const longestName = 40

// lowered returns a name in lower case, of ASCII letters alone; "" for one that is long.
func lowered(s string) string {
	if len(s) > longestName {
		return ""
	}
	for i := range len(s) {
		if s[i] != lower(s[i]) {
			b := []byte(s)
			for i := range b {
				b[i] = lower(b[i])
			}
			return string(b)
		}
	}
	return s
}

// tagAt returns the tag that starts at start and whose name starts at name; false when
// it does not end.
func tagAt(s string, start, name int) (t tag, ok bool) {
	t = tag{start: start, nameEnd: nameEnd(s, name)}
	t.name = lowered(s[name:t.nameEnd])
	for i := t.nameEnd; ; t.dressed = true {
		a, ok := attributeAt(s, i)
		if !ok {
			if a.start >= len(s) {
				return t, false
			}
			t.end, t.closed = a.start+1, s[a.start-1] == '/' && a.start-1 >= i
			return t, true
		}
		i = a.end
	}
}

// nameEnd returns where an element's name ends.
func nameEnd(s string, i int) int {
	return until(s, i, func(b byte) bool { return isBlank(b) || b == '/' || b == '>' })
}

// until returns where a byte stands that ends something, from i on; the end for
// nowhere.
func until(s string, i int, ends func(byte) bool) int {
	for i < len(s) && !ends(s[i]) {
		i++
	}
	return i
}

// pastBlank returns where anything but white space stands, from i on.
func pastBlank(s string, i int) int {
	for i < len(s) && isBlank(s[i]) {
		i++
	}
	return i
}

// attributeAt returns the next attribute from i on, by the rules of HTML; false when
// the tag ends first, which it does at start, or does not end.
func attributeAt(s string, i int) (a attr, ok bool) {
	for i < len(s) && (isBlank(s[i]) || s[i] == '/') {
		i++
	}
	a.start = i
	if i >= len(s) || s[i] == '>' {
		return a, false
	}
	i = until(s, i+1, func(b byte) bool { return isBlank(b) || b == '/' || b == '>' || b == '=' }) // a name may start with =
	a.nameEnd, a.value, a.valueEnd, a.end = i, i, i, i
	if i = pastBlank(s, i); i < len(s) && s[i] == '=' {
		a.value, a.valueEnd, a.end = valueAt(s, pastBlank(s, i+1))
	}
	if a.end >= len(s) {
		return attr{start: len(s)}, false
	}
	return a, true
}

// valueAt returns where the value at i stands, and where it ends with its quotes.
func valueAt(s string, i int) (start, end, behind int) {
	if i < len(s) && (s[i] == '"' || s[i] == '\'') {
		n := strings.IndexByte(s[i+1:], s[i])
		if n < 0 {
			return len(s), len(s), len(s)
		}
		return i + 1, i + 1 + n, i + n + 2
	}
	end = until(s, i, func(b byte) bool { return isBlank(b) || b == '>' })
	return i, end, end
}

// commentEnd returns where the comment at i ends, and whether it does in -->, as all
// that read comments know.
func commentEnd(s string, i int) (end int, plain bool) {
	i += len("<!--")
	for _, short := range []string{">", "->"} {
		if strings.HasPrefix(s[i:], short) {
			return i + len(short), false
		}
	}
	for {
		n := strings.Index(s[i:], "--")
		if n < 0 {
			return len(s), false
		}
		i += n
		switch {
		case strings.HasPrefix(s[i:], "-->"):
			return i + len("-->"), true
		case strings.HasPrefix(s[i:], "--!>"):
			return i + len("--!>"), false
		}
		i++
	}
}

// textEnd returns where the text of an element ends that has no tags in it, and where
// its end tag does.
func textEnd(s string, i int, name string) (end, behind int) {
	for {
		n := strings.Index(s[i:], "</")
		if n < 0 {
			return len(s), len(s)
		}
		i += n
		rest := s[i+len("</"):]
		if startsFold(rest, name) && len(rest) > len(name) {
			if b := rest[len(name)]; isBlank(b) || b == '/' || b == '>' {
				t, ok := tagAt(s, i, i+len("</"))
				if !ok {
					return i, len(s)
				}
				return i, t.end
			}
		}
		i += len("</")
	}
}

// behindDoctype returns where the doctype ends; where the HTML starts when there is
// none. A doctype counts when nothing but comments and white space is before it.
func behindDoctype(s string) int {
	const mark = "\uFEFF"
	first := 0
	if strings.HasPrefix(s, mark) {
		first = len(mark)
	}
	for i := first; ; {
		i = pastBlank(s, i)
		rest := s[i:]
		switch {
		case strings.HasPrefix(rest, "<!--"):
			i, _ = commentEnd(s, i)
		case strings.HasPrefix(rest, "<!"), strings.HasPrefix(rest, "<?"),
			len(rest) > 2 && rest[:2] == "</" && !isLetter(rest[2]):
			n := strings.IndexByte(rest, '>')
			if n < 0 {
				return first
			}
			i += n + 1
			if startsFold(rest, "<!doctype") {
				return i
			}
		default:
			return first
		}
	}
}
