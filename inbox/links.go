package inbox

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Link is somewhere that a message leads to.
type Link struct {
	Text    string // what is shown for it, in one line; of a bare URL, the URL
	Href    string // as written, trimmed; where a tracking redirect leads in the end
	Host    string // with its port, in lower case; "" for mailto and tel
	Rel     string // the rel attribute, as written
	Purpose string // verify, reset, unsubscribe, invite or other
}

// maxLinks is how many links of a message are told.
const maxLinks = 1000

// Links returns the message's links to http, https, mailto and tel, in the order
// of the document: its anchors, and the URLs that stand bare in its text. There
// are at most 1,000, and a long message is not looked into to its end.
func (m *Message) Links() []Link {
	links, _ := m.links()
	return links
}

// links is Links, and tells whether it has found no more.
func (m *Message) links() (links []Link, all bool) {
	r := new(linkReader)
	source, ok := m.Body()
	if !ok {
		source = m.Text()
	}
	source, _ = look(source)
	if ok && isHTML(source) {
		r.document(source)
	} else {
		for line := range strings.Lines(source) {
			r.words(line)
			r.endBlock()
		}
	}
	r.endBlock()
	all = len(r.links) <= maxLinks
	links = r.links[:min(len(r.links), maxLinks)]
	agree(links)
	return links, all
}

// agree gives links that lead to the same place the same purpose: the URL below
// a button is what the button is.
func agree(links []Link) {
	purposes := make(map[string]string)
	for _, l := range links {
		if l.Purpose != forOther && purposes[l.Href] == "" {
			purposes[l.Href] = l.Purpose
		}
	}
	for i, l := range links {
		if p := purposes[l.Href]; l.Purpose == forOther && p != "" {
			links[i].Purpose = p
		}
	}
}

// linkReader collects links while it walks through HTML. It keeps the text of
// the block that it is in, since what a "here" is for stands around it.
type linkReader struct {
	links  []Link
	hidden int // depth within what is not shown

	block  strings.Builder // the text of this block
	space  bool            // whether a space comes before its next word
	stands []stand         // where in it its links are
	before string          // the end of the block before

	anchor html.Token // the open one
	opened bool       // whether there is one
	start  int        // where in the block its text starts
	ended  bool       // whether the block ended within it
}

// stand is a link that waits for the end of its block.
type stand struct {
	link       Link
	start, end int
	bare       bool // a URL in the text
}

func (r *linkReader) document(source string) {
	z := newTokens(source)
	for len(r.links)+len(r.stands) <= maxLinks {
		switch z.Next() {
		case html.ErrorToken:
			r.closeAnchor()
			return
		case html.CommentToken, html.DoctypeToken:
		case html.TextToken:
			if r.hidden == 0 {
				r.words(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			r.open(z.Token())
		case html.EndTagToken:
			name, _ := z.TagName()
			r.close(atom.Lookup(name))
		}
	}
}

func (r *linkReader) open(token html.Token) {
	if token.DataAtom == atom.Area {
		r.add(token, attribute(token, "alt"))
	}
	switch role(token.DataAtom) {
	case hiddenRole:
		if token.Type != html.SelfClosingTagToken {
			r.hidden++
		}
	case bodyRole:
		r.hidden = 0
	case imageRole:
		if r.hidden == 0 {
			r.plain(attribute(token, "alt"))
		}
	case linkRole:
		r.closeAnchor()
		r.anchor, r.opened, r.start = token, r.hidden == 0, r.block.Len()
	case breakRole, cellRole:
		r.space = true
	case noRole, listRole, itemRole, preRole:
	}
	if gap(token.DataAtom) > 0 {
		r.endBlock()
	}
}

func (r *linkReader) close(a atom.Atom) {
	switch role(a) {
	case hiddenRole:
		r.hidden = max(0, r.hidden-1)
	case linkRole:
		r.closeAnchor()
	case noRole, bodyRole, breakRole, listRole, itemRole, cellRole, preRole, imageRole:
	}
	if gap(a) > 0 {
		r.endBlock()
	}
}

// bareURL is a URL in a text.
var bareURL = regexp.MustCompile(`(?i)\b(?:https?://|mailto:)[^\s<>"` + "`" + `{}|\\^]+`)

// words adds shown text, and the links that stand bare in it.
func (r *linkReader) words(s string) {
	if r.opened || !strings.Contains(s, ":") {
		r.plain(s)
		return
	}
	at := 0
	for _, m := range bareURL.FindAllStringIndex(s, maxLinks) {
		url := trimURL(s[m[0]:m[1]])
		r.plain(s[at:m[0]])
		start := r.block.Len()
		r.plain(url)
		at = m[0] + len(url)
		if link, ok := linkTo(url); ok {
			link.Text = strings.ToValidUTF8(url, "\uFFFD")
			r.stands = append(r.stands, stand{link, start, r.block.Len(), true})
		}
	}
	r.plain(s[at:])
}

// trimURL leaves out what follows a URL in a sentence.
func trimURL(url string) string {
	round := strings.Count(url, "(") - strings.Count(url, ")")
	square := strings.Count(url, "[") - strings.Count(url, "]")
	for url != "" {
		switch last := url[len(url)-1]; {
		case strings.IndexByte(".,;:!?'*_", last) >= 0:
		case last == ')' && round < 0:
			round++
		case last == ']' && square < 0:
			square++
		default:
			return strings.TrimSuffix(url, "\u2026")
		}
		url = url[:len(url)-1]
	}
	return url
}

// plain adds shown text; a run of white space is one space.
func (r *linkReader) plain(s string) {
	fields := strings.Fields(s)
	if s != "" && (len(fields) == 0 || !strings.HasPrefix(s, fields[0])) {
		r.space = true
	}
	for _, word := range fields {
		if r.space && r.block.Len() > 0 {
			r.block.WriteByte(' ')
		}
		r.block.WriteString(strings.ToValidUTF8(word, "\uFFFD"))
		r.space = true
	}
	if len(fields) > 0 {
		r.space = !strings.HasSuffix(s, fields[len(fields)-1])
	}
}

func (r *linkReader) closeAnchor() {
	if !r.opened {
		return
	}
	r.opened = false
	r.add(r.anchor, strings.TrimSpace(r.block.String()[r.start:]))
	if r.ended {
		r.endBlock()
	}
}

// add makes a link of an element whose text ends the block.
func (r *linkReader) add(token html.Token, text string) {
	link, ok := linkTo(attribute(token, "href"))
	if !ok || r.hidden > 0 {
		return
	}
	link.Text = strings.ToValidUTF8(strings.Join(strings.Fields(text), " "), "\uFFFD")
	link.Rel = strings.ToValidUTF8(strings.TrimSpace(attribute(token, "rel")), "\uFFFD")
	r.stands = append(r.stands, stand{link, min(r.start, r.block.Len()), r.block.Len(), false})
}

// How much text around a link is looked at, in bytes.
const (
	contextBefore = 200
	contextAfter  = 100
)

// endBlock decides what the links of the block are for. Within an anchor it
// waits: a button may hold whole tables.
func (r *linkReader) endBlock() {
	r.space = true
	if r.ended = r.opened; r.opened {
		return
	}
	text := r.block.String()
	last := 0
	for i, s := range r.stands {
		next := len(text)
		if i+1 < len(r.stands) {
			next = max(s.end, r.stands[i+1].start)
		}
		before, after := text[min(last, s.start):s.start], text[s.end:next]
		if strings.Trim(before+after, " .:,;()<>-") == "" && i == 0 {
			before = r.before
		}
		s.link.Purpose = purpose(s, tail(before, contextBefore), after[:min(len(after), contextAfter)])
		r.links = append(r.links, s.link)
		last = s.end
	}
	if text != "" {
		r.before = strings.Clone(tail(text, contextBefore))
		r.block.Reset()
	}
	r.stands = r.stands[:0]
	r.space = false
	r.start = 0
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }
