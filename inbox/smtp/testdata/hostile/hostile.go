// Package hostile is mail that broke others, or could: scripts in every place, parts
// without end, bytes of no alphabet, and whatever makes a reader work hard. It is for
// tests alone, those of the reader and those of the whole server.
package hostile

import (
	"cmp"
	"slices"
	"strings"
)

// Mail is a hostile message.
type Mail struct {
	Name string
	make func(maker) string
}

// Data returns the bytes of a message. What is large on purpose fills up to about most
// bytes; what a program could fetch is on host.
func (m Mail) Data(most int, host string) []byte {
	data := m.make(maker{most, host})
	if data != "" && !strings.HasSuffix(data, "\r\n") {
		data += "\r\n"
	}
	return []byte(data)
}

// Mails returns all of them, by name.
func Mails() []Mail {
	var all []Mail
	for _, group := range []map[string]func(maker) string{headers(), structures(), encodings(), sizes(), pages(), links(), codes(), images(), files()} {
		for name, make := range group {
			all = append(all, Mail{name, make})
		}
	}
	slices.SortFunc(all, func(a, b Mail) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// maker makes mails.
type maker struct {
	most int
	host string // of what would be fetched
}

// fill repeats a text up to the size of a large mail, or n times if that is less.
func (m maker) fill(text string, n ...int) string {
	times := m.most / len(text)
	if len(n) > 0 {
		times = min(times, n[0])
	}
	return strings.Repeat(text, times)
}

// fillWith is fill with a text that the index is a part of.
func (m maker) fillWith(n int, text func(i int) string) string {
	var b strings.Builder
	for i := 0; i < n && b.Len() < m.most; i++ {
		b.WriteString(text(i))
	}
	return b.String()
}

// fixed makes a mail of a text, whose lines end as those of a mail do.
func fixed(text string) func(maker) string {
	return func(maker) string { return lines(text) }
}

// exact makes a mail of bytes.
func exact(text string) func(maker) string { return func(maker) string { return text } }

// lines gives the lines of a text the end of a mail's.
func lines(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }

// mail puts a header before a body.
func mail(header, body string) string {
	return lines("From: Shop <shop@example.com>\nTo: ada@example.com\nSubject: hostile\nMIME-Version: 1.0\n"+header+"\n\n") + body
}

func htmlMail(body string) string { return mail("Content-Type: text/html; charset=utf-8", body) }

func textMail(body string) string { return mail("Content-Type: text/plain; charset=utf-8", body) }

// html makes a mail of HTML.
func html(body func(m maker) string) func(maker) string {
	return func(m maker) string { return htmlMail(body(m)) }
}

// plain makes a mail of plain text.
func plain(body func(m maker) string) func(maker) string {
	return func(m maker) string { return textMail(body(m)) }
}

// encoded makes a mail with a transfer encoding.
func encoded(kind, encoding string, body func(m maker) string) func(maker) string {
	return func(m maker) string {
		return mail("Content-Type: "+kind+"\nContent-Transfer-Encoding: "+encoding, body(m))
	}
}

// mixed joins parts, each a header and a body, to a mail.
func mixed(kind string, parts ...string) string {
	return mail("Content-Type: multipart/"+kind+"; boundary=b", "--b\r\n"+strings.Join(parts, "\r\n--b\r\n")+"\r\n--b--\r\n")
}

// part makes a part.
func part(header, body string) string { return lines(header+"\n\n") + body }
