package inbox

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// How much of a body is looked into. What a person sees of a mail is far less; and a
// mail can be made of nothing but what is slow to read.
const (
	lookBytes = 512 << 10 // data: URLs do not count
	lookMarks = 50_000    // starts of tags and of character references
)

// look returns as much of a body as is looked into for its text and its links, and
// whether that is all of it.
func look(body string) (part string, whole bool) {
	if len(body) > lookBytes {
		body = withoutData(body)
	}
	end := min(len(body), lookBytes)
	marks := 0
	for i := range end {
		if c := body[i]; c == '<' || c == '&' {
			if marks++; marks > lookMarks {
				return body[:i], false
			}
		}
	}
	if end == len(body) {
		return body, true
	}
	for end > 0 && !utf8.RuneStart(body[end]) {
		end--
	}
	return body[:end], false
}

// withoutData leaves out what long data: URLs hold, where they are the values of
// attributes: images that are in the HTML itself.
func withoutData(body string) string {
	const start, least = ";base64,", 1 << 10
	var b strings.Builder
	for b.Len() <= lookBytes {
		i := strings.Index(body, start)
		if i < 0 {
			break
		}
		i += len(start)
		end := i
		for end < len(body) && (alphabet[body[end]] == digit || alphabet[body[end]] == padding) {
			end++
		}
		b.WriteString(body[:i])
		if end-i < least || end < len(body) && body[end] != '"' && body[end] != '\'' {
			b.WriteString(body[i:end])
		}
		body = body[end:]
	}
	b.WriteString(body)
	return b.String()
}

// Found is what a message says, and what it holds for its reader.
type Found struct {
	Text     string
	Links    []Link
	Codes    []Code
	Warnings []string // what of it may not be all
}

// Find returns what [Message.Text], [Message.Links] and [Message.Codes] do, in less
// time, and where they stop short.
func (m *Message) Find() Found {
	f := Found{Text: m.Text()}
	var all bool
	f.Links, all = m.links()
	f.Codes = m.codesIn(f.Text)
	body, hasHTML := m.Body()
	if !hasHTML {
		body = f.Text
	}
	if _, whole := look(body); !whole {
		f.warn("the message is long: only its first %d bytes, or as far as %d tags, are looked into for links, and for the text of HTML", lookBytes, lookMarks)
	}
	if len(f.Text) > codeText {
		f.warn("the text is long: only its first %d bytes are looked into for codes", codeText)
	}
	if !all {
		f.warn("the message has more than %d links: only the first are told", maxLinks)
	}
	return f
}

func (f *Found) warn(format string, args ...any) {
	f.Warnings = append(f.Warnings, fmt.Sprintf(format, args...))
}
