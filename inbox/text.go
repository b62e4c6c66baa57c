package inbox

import (
	"math"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// markup is what looks like HTML at the start of a text, or else an autolink: a URL
// or an address in angle brackets, as plain text has it.
var markup = regexp.MustCompile(`(?i)^(?:<(?:(?:https?://|mailto:|tel:)[^\s<>]*|[\w.+-]+@[\w.-]+)(>)|<[a-z/!]|&#?\w+;)`)

// isHTML tells whether a text has anything that looks like HTML.
func isHTML(text string) bool {
	for {
		i := strings.IndexAny(text, "<&")
		if i < 0 {
			return false
		}
		text = text[i:]
		next := 1
		if !mayBeMarkup(text) {
			text = text[next:]
			continue
		}
		if m := markup.FindStringSubmatchIndex(text); m != nil {
			if m[2] < 0 {
				return true
			}
			next = m[1] // an autolink
		}
		text = text[next:]
	}
}

// mayBeMarkup tells quickly that a text does not start with markup.
func mayBeMarkup(text string) bool {
	if len(text) < 2 {
		return false
	}
	switch c := text[1]; {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '_':
		return true
	case text[0] == '&':
		return c == '#'
	default:
		return strings.IndexByte("/!.+-", c) >= 0
	}
}

// textOf returns the text of an HTML document, the way a person reads it: blocks
// on lines of their own, list items marked, cells apart, links with where they
// lead. What has no tags is text already.
func textOf(source string) string {
	part, _ := look(source)
	if !isHTML(part) {
		return strings.ToValidUTF8(source, "\uFFFD")
	}
	return (&textWriter{targets: true}).read(part, math.MaxInt)
}

// startOf returns the start of the text of an HTML document, without where links
// lead. It stops soon after most bytes.
func startOf(source string, most int) string {
	source, _ = look(source)
	if !isHTML(source) {
		return strings.ToValidUTF8(source[:min(len(source), most)], "")
	}
	return new(textWriter).read(source, most)
}

// read walks through source until the end or until most bytes are written.
func (t *textWriter) read(source string, most int) string {
	z := newTokens(source)
	for t.b.Len() <= most {
		switch z.Next() {
		case html.ErrorToken:
			return t.text()
		case html.CommentToken, html.DoctypeToken:
		case html.TextToken:
			if t.hidden == 0 {
				t.words(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t.open(z.Token())
		case html.EndTagToken:
			name, _ := z.TagName()
			t.close(atom.Lookup(name))
		}
	}
	return t.text()
}

// textWriter writes a text while it walks through HTML.
type textWriter struct {
	due
	targets bool // whether links say where they lead
	b       strings.Builder
	hidden  int    // depth within what is not shown
	pre     int    // depth within preformatted text
	link    string // where the open link leads
	start   int    // where the text of the open link starts
}

// due is what stands before the next word.
type due struct {
	lines  int    // line ends
	cells  bool   // it is in the next cell of the line
	space  bool   // a space
	prefix string // such as a list's dash
}

// words adds text; a run of white space is one space.
func (t *textWriter) words(s string) {
	if t.pre > 0 {
		t.preformatted(s)
		return
	}
	for s != "" {
		if n := leadingSpace(s); n > 0 {
			t.space, s = true, s[n:]
			continue
		}
		n := 1
		for n < len(s) && leadingSpace(s[n:]) == 0 {
			n++
		}
		t.flush()
		t.b.WriteString(strings.ToValidUTF8(s[:n], "\uFFFD"))
		s = s[n:]
	}
}

// leadingSpace returns how many bytes the white space has that a text starts with; 0
// for none.
func leadingSpace(s string) int {
	switch s[0] {
	case ' ', '\t', '\r', '\n', '\f':
		return 1
	case "\u00a0"[0]:
		if strings.HasPrefix(s, "\u00a0") {
			return len("\u00a0")
		}
	}
	return 0
}

func (t *textWriter) preformatted(s string) {
	for i, line := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		if i > 0 {
			t.lines++
		}
		if strings.TrimSpace(line) != "" || t.lines == 0 && t.b.Len() > 0 {
			t.flush()
			t.b.WriteString(strings.ToValidUTF8(line, "\uFFFD"))
		}
	}
}

// flush writes what is due before a word.
func (t *textWriter) flush() {
	switch {
	case t.b.Len() == 0:
	case t.lines > 0:
		t.b.WriteString(strings.Repeat("\n", min(t.lines, 2)))
	case t.cells:
		t.b.WriteByte('\t')
	case t.space:
		t.b.WriteByte(' ')
	}
	t.b.WriteString(t.prefix)
	t.due = due{}
}

// breakLine makes the next word start after n line ends; two leave a line empty.
func (t *textWriter) breakLine(n int) {
	if n > 0 {
		t.lines, t.space = max(t.lines, n), false
	}
}

func (t *textWriter) open(token html.Token) {
	a := token.DataAtom
	t.breakLine(gap(a))
	switch role(a) {
	case hiddenRole:
		if token.Type != html.SelfClosingTagToken {
			t.hidden++
		}
	case bodyRole:
		t.hidden = 0 // whatever was never closed
	case breakRole:
		t.lines++
		t.space = false
	case itemRole:
		t.prefix = "- "
	case cellRole:
		t.cell()
	case preRole:
		t.pre++
	case imageRole:
		t.image(token)
	case linkRole:
		t.link, t.start = attribute(token, "href"), t.b.Len()
	case noRole, listRole:
	}
}

// image shows the text that stands for an image.
func (t *textWriter) image(token html.Token) {
	if t.hidden == 0 {
		t.words(attribute(token, "alt"))
	}
}

// cell keeps the cells of a row apart. A table that only lays out has one a row.
func (t *textWriter) cell() {
	if t.lines == 0 && t.b.Len() > 0 {
		t.cells = true
	}
}

func (t *textWriter) close(a atom.Atom) {
	switch role(a) {
	case hiddenRole:
		t.hidden = max(0, t.hidden-1)
	case itemRole, listRole:
		t.prefix = "" // an item without text
	case preRole:
		t.pre = max(0, t.pre-1)
	case linkRole:
		t.closeLink()
	case noRole, bodyRole, breakRole, cellRole, imageRole:
	}
	t.breakLine(gap(a))
}

// closeLink adds where a link leads, unless its text says so already.
func (t *textWriter) closeLink() {
	href := strings.TrimSpace(t.link)
	t.link = ""
	if !t.targets || href == "" || strings.HasPrefix(href, "#") || t.start >= t.b.Len() {
		return
	}
	shown := strings.TrimSpace(t.b.String()[t.start:])
	bareHref := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(href, "mailto:"), "https://"), "/")
	if shown == href || shown == bareHref {
		return
	}
	// It belongs to the text, before whatever has come between.
	after := t.due
	t.due = due{space: true}
	t.flush()
	t.b.WriteString("(" + strings.ToValidUTF8(href, "\uFFFD") + ")")
	t.due = after
}

// what an element does to a text, beside the gap around it.
type what int

const (
	noRole     what = iota
	hiddenRole      // its content is not shown
	bodyRole
	breakRole
	listRole
	itemRole
	cellRole
	preRole
	imageRole
	linkRole
)

// element is how an element is shown.
type element struct {
	role what
	gap  int // how many line ends stand around it
}

// elements are those that are more than a run of words.
var elements = func() map[atom.Atom]element { //nolint:gochecknoglobals // a constant
	m := map[atom.Atom]element{
		atom.Body: {role: bodyRole}, atom.Br: {role: breakRole}, atom.Hr: {gap: 2}, atom.Li: {itemRole, 1}, atom.Ul: {listRole, 2}, atom.Ol: {listRole, 2},
		atom.Td: {role: cellRole}, atom.Th: {role: cellRole}, atom.Pre: {preRole, 2}, atom.Img: {role: imageRole}, atom.A: {role: linkRole},
	}
	for _, a := range []atom.Atom{atom.Script, atom.Style, atom.Title, atom.Template, atom.Noscript} {
		m[a] = element{role: hiddenRole}
	}
	for _, a := range []atom.Atom{
		atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table, atom.Blockquote, atom.Dl,
	} {
		m[a] = element{gap: 2}
	}
	for _, a := range []atom.Atom{
		atom.Div, atom.Tr, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Nav, atom.Aside, atom.Form,
		atom.Dt, atom.Dd, atom.Center, atom.Address, atom.Figure, atom.Figcaption, atom.Fieldset, atom.Caption,
	} {
		m[a] = element{gap: 1}
	}
	return m
}()

func role(a atom.Atom) what { return elements[a].role }

func gap(a atom.Atom) int { return elements[a].gap }

func attribute(token html.Token, name string) string {
	for _, a := range token.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// text returns what was written. Preformatted text may start with spaces.
func (t *textWriter) text() string { return strings.TrimRight(t.b.String(), " \t\r\n") }
