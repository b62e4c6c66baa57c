package inbox

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// InlinedBody returns the HTML of the message with its own images in it: each cid:
// reference of RFC 2392 that names one of them is a data: URL. Every other byte is as
// in [Message.Body]. An image is what starts as a PNG, JPEG, GIF or WebP and is not
// declared to be something else; a reference to anything else stays as it is, and so
// do those beyond 32 MiB. It is false when the message has no HTML.
func (m *Message) InlinedBody() (body string, ok bool) {
	source, ok := m.Body()
	if !ok || !refers(source) {
		return source, ok
	}
	w := &inliner{source: source, images: newImages(m.Files())}
	w.read()
	w.b.WriteString(source[w.copied:])
	return w.b.String(), true
}

// scheme starts a reference.
const scheme = "cid:"

// maxReference is how long a reference may be: a Content-ID stands on one line of at
// most 998 bytes, of which each may be written as three.
const maxReference = 3000

// refers tells whether a text may have a reference.
func refers(s string) bool {
	for {
		i := strings.IndexByte(s, ':')
		if i < 0 {
			return false
		}
		if startsFold(s[max(0, i+1-len(scheme)):], scheme) {
			return true
		}
		s = s[i+1:]
	}
}

// startsFold tells whether s starts with an ASCII prefix, in whatever letter case.
func startsFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// inliner copies HTML and puts images in the place of references.
type inliner struct {
	source string
	images *images
	copied int // how much of the source is written
	b      strings.Builder
}

func (w *inliner) read() {
	style := false // whether this is in a style element
	for z := newTokens(w.source); ; {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			a := atom.Lookup(name)
			if a == atom.Noscript {
				z.NextIsNotRawText() // no script runs where the mail is shown
			}
			style = a == atom.Style
			if refers(w.source[z.start:z.end]) {
				w.tag(string(name), z.start, z.end)
			}
		case html.TextToken:
			if style {
				w.css(z.start, z.end)
			}
		case html.EndTagToken:
			style = false
		case html.CommentToken, html.DoctypeToken:
		}
	}
}

// tag looks at the attributes of a tag, whose bytes are those from start to end.
func (w *inliner) tag(element string, start, end int) {
	for a := range attributes(w.source[start:end]) {
		from, to := start+a.start, start+a.end
		switch strings.ToLower(a.name) {
		case "src", "background", "poster", "lowsrc", "dynsrc":
			w.url(from, to)
		case "href", "xlink:href":
			if element == "image" || element == "feimage" { // elsewhere it is a link
				w.url(from, to)
			}
		case "srcset":
			w.srcset(from, to)
		case "style":
			w.css(from, to)
		}
	}
}

// blank is the white space of HTML.
const blank = " \t\r\n\f"

// url looks at a value that is a URL.
func (w *inliner) url(start, end int) {
	value := w.source[start:end]
	start += len(value) - len(strings.TrimLeft(value, blank))
	w.reference(start, max(start, end-(len(value)-len(strings.TrimRight(value, blank)))))
}

// srcset looks at a value that is a list of URLs, each of which may have a
// description behind it.
func (w *inliner) srcset(start, end int) {
	for i := start; i < end; {
		rest := w.source[i:end]
		i += len(rest) - len(strings.TrimLeft(rest, blank+","))
		length := strings.IndexAny(w.source[i:end], blank)
		if length < 0 {
			length = end - i
		}
		candidate := w.source[i : i+length]
		trimmed := strings.TrimRight(candidate, ",")
		w.reference(i, i+len(trimmed))
		i += length
		if trimmed != candidate {
			continue // it has no description
		}
		comma := strings.IndexByte(w.source[i:end], ',')
		if comma < 0 {
			return
		}
		i += comma + 1
	}
}

// css looks at the URLs of a style sheet, or of a style attribute: there quotes may
// be written as character references.
func (w *inliner) css(start, end int) {
	const function = "url("
	for {
		paren := strings.IndexByte(w.source[start:end], '(')
		if paren < 0 {
			return
		}
		from := start
		start += paren + 1
		if start-from < len(function) || !startsFold(w.source[start-len(function):], function) {
			continue
		}
		rest := w.source[start:end]
		start += len(rest) - len(strings.TrimLeft(rest, blank))
		closer := ")" + blank
		for _, quote := range []string{`"`, `'`, "&quot;", "&#34;", "&#x22;", "&apos;", "&#39;", "&#x27;"} {
			if startsFold(w.source[start:end], quote) {
				start, closer = start+len(quote), quote
				break
			}
		}
		if !startsFold(w.source[start:end], scheme) {
			continue
		}
		start = w.cssReference(start, end, closer)
	}
}

// cssReference looks at the reference that goes from start to a quote, or without one
// to any of the characters that end it. It returns where to go on.
func (w *inliner) cssReference(start, end int, closer string) int {
	near := w.source[start:min(end, start+maxReference+len(closer))]
	length := strings.Index(near, closer)
	if strings.HasPrefix(closer, ")") {
		length = strings.IndexAny(near, closer)
	}
	if length < 0 {
		return min(end, start+maxReference) // all of it would be in the URL
	}
	w.reference(start, start+length)
	return start + length
}

// reference puts an image in the place of what stands from start to end, if that is a
// reference to one.
func (w *inliner) reference(start, end int) {
	ref := w.source[start:end]
	if len(ref) > maxReference || !startsFold(ref, scheme) {
		return
	}
	shown := w.images.show(html.UnescapeString(ref[len(scheme):]))
	if shown == "" {
		return
	}
	w.b.WriteString(w.source[w.copied:start])
	w.b.WriteString(shown)
	w.copied = end
}

// contentIDs returns what a reference may name, the likeliest first: mail programs do
// not always encode what they should.
func contentIDs(ref string) []string {
	if decoded, err := url.PathUnescape(ref); err == nil && decoded != ref {
		return []string{bareID(decoded), bareID(ref)}
	}
	return []string{bareID(ref)}
}

// bareID returns a Content-ID without its brackets.
func bareID(id string) string {
	id = strings.TrimSpace(id)
	return strings.TrimSuffix(strings.TrimPrefix(id, "<"), ">")
}
