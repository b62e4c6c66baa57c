package smtp

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"unicode"

	"github.com/jhillyerd/enmime/v2"

	"github.com/plunkmock/plunkmock/inbox"
)

// Bounds of what is told of a message. What is beyond them is in its source alone, and
// a warning says so.
const (
	maxProblems  = 20
	maxWarning   = 300      // bytes
	maxHTML      = 4 << 20  // bytes
	maxText      = 2 << 20  // bytes
	maxAddresses = 64 << 10 // bytes of a field
)

// Read tells what the bytes of a message say. It never fails: what cannot be read is
// left out, and a warning says why.
func Read(source []byte) (content inbox.Content) {
	r := &reader{source: source, content: &content}
	defer r.recover()
	r.header()
	r.body()
	return content
}

// reader makes the content of a message. Its parts are taken apart by a splitter, in
// time that grows with the length of the message and nothing else; what the header of
// each says, and in which charset a text is, a library finds out, from a piece of the
// message that is never long.
type reader struct {
	source   []byte
	content  *inbox.Content
	problems int // how many of them are told
	guesses  int // how many charsets were looked for
}

// warn tells that something is not told. It says so once.
func (r *reader) warn(format string, args ...any) {
	warning := fmt.Sprintf(format, args...)
	if len(warning) > maxWarning {
		warning = strings.ToValidUTF8(warning[:maxWarning], "") + "…"
	}
	if !slices.Contains(r.content.Warnings, warning) {
		r.content.Warnings = append(r.content.Warnings, warning)
	}
}

// problem tells that something is not as it should be, unless enough is told of such.
func (r *reader) problem(format string, args ...any) {
	if r.problems++; r.problems <= maxProblems {
		r.warn(format, args...)
	}
}

const msgLong = "%s is long: only its first %d bytes are told; the source is whole"

// header tells the header fields.
func (r *reader) header() {
	fields, whole := header(r.source)
	if !whole {
		r.warn("the header is long: only its first %d bytes are told, and of those at most %d fields; the source is whole", maxHeader, maxFields)
	}
	r.content.Header = fields
	for _, list := range []struct {
		name string
		to   *[]inbox.Address
	}{{"Reply-To", &r.content.ReplyTo}, {"Cc", &r.content.Cc}} {
		var whole bool
		if *list.to, whole = addresses(fields, list.name); !whole {
			r.warn(msgLong, list.name, maxAddresses)
		}
	}
}

// body tells the texts and the files.
func (r *reader) body() {
	s := split(r.source)
	for _, warning := range s.warnings {
		r.warn("%s", warning)
	}
	for _, problem := range s.problems {
		r.problem("%s", problem)
	}
	r.show(s)
	// Files that are meant as such come first, then those that the text refers to, then
	// the rest.
	for _, disposition := range []string{attached, inline, ""} {
		for i := range s.leaves {
			if l := &s.leaves[i]; l.disposition == disposition && (!l.shown || l.filename != "") {
				r.content.Attachments = append(r.content.Attachments, r.file(l))
			}
		}
	}
}

// show tells the texts that are the message: the first HTML, and all plain text, or of
// a choice the one that is nested least.
func (r *reader) show(s *splitter) {
	var pages, texts []*leaf
	for i := range s.leaves {
		l := &s.leaves[i]
		switch {
		case l.disposition == attached:
		case l.kind == "text/html":
			pages = append(pages, l)
		case l.kind == plainText:
			texts = append(texts, l)
		}
	}
	if s.kind == "multipart/alternative" && len(texts) > 0 {
		texts = []*leaf{slices.MinFunc(texts, func(a, b *leaf) int { return a.depth - b.depth })}
	}
	r.content.HTML = r.join(pages[:min(1, len(pages))], "the HTML", maxHTML)
	r.content.Text = r.join(texts, "the text", maxText)
	if r.content.HasHTML = r.content.HTML != ""; r.content.HasHTML && r.content.Text == "" {
		r.problem("%s: Message did not contain a text/plain part", enmime.ErrorPlainTextFromHTML)
	}
}

// join makes one text of parts, of about most bytes.
func (r *reader) join(parts []*leaf, what string, most int) string {
	var b strings.Builder
	for i, l := range parts {
		if i > 0 {
			b.WriteString("\n--\n")
		}
		l.shown = true
		text, whole := r.text(l, max(0, most-b.Len()))
		b.WriteString(text)
		if !whole {
			r.warn(msgLong, what, most)
		}
	}
	return b.String()
}

// file makes an attachment of a part.
func (r *reader) file(l *leaf) inbox.Attachment {
	return inbox.Attachment{
		Filename: fileName(l.filename), ContentType: l.kind, ContentID: strings.Trim(l.contentID, "<>"),
		Inline: l.disposition == inline || l.contentID != "",
		Bytes:  r.decoded(l, len(r.source)),
	}
}

// fileName makes a name of what a mail calls a file: one that is no path and leads out
// of no directory, without what would end a line or a text.
func fileName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.ToValidUTF8(strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return -1
		}
		return c
	}, name), "\uFFFD")
	if strings.Trim(name, ". ") == "" {
		return ""
	}
	return name
}

// recover makes a warning of a panic: whatever a message is, the server stays.
func (r *reader) recover() {
	if v := recover(); v != nil {
		r.warn("the message could not be read: %v; its source is whole", v)
	}
}

// addresses reads the addresses of the fields of a name; one that is no address stands
// as it is. It tells whether it has looked at all of them.
func addresses(fields []inbox.Field, name string) (list []inbox.Address, whole bool) {
	whole = true
	left := maxAddresses
	for _, f := range fields {
		if !strings.EqualFold(f.Name, name) || f.Value == "" {
			continue
		}
		if len(f.Value) > left {
			f.Value, whole = strings.ToValidUTF8(f.Value[:left], ""), false
		}
		left -= len(f.Value)
		parsed, err := mail.ParseAddressList(f.Value)
		if err != nil && f.Value != "" {
			list = append(list, inbox.Address{Address: f.Value})
		}
		for _, a := range parsed {
			list = append(list, inbox.Address{Name: a.Name, Address: a.Address})
		}
	}
	return list, whole
}
