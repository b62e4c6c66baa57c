package inbox

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// tagLike tells whether a text has anything that looks like HTML.
var tagLike = regexp.MustCompile(`<[a-zA-Z/!]|&[a-zA-Z#]`)

// textOf returns the text of an HTML document, the way a person reads it: blocks
// on lines of their own, list items marked, cells apart, links with where they
// lead. What has no tags is text already.
func textOf(source string) string {
	if !tagLike.MatchString(source) {
		return strings.ToValidUTF8(source, "\uFFFD")
	}
	var t textWriter
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return t.text()
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
}

// textWriter writes a text while it walks through HTML.
type textWriter struct {
	b      strings.Builder
	lines  int    // line ends that are due before the next word
	space  bool   // a space is due before the next word
	prefix string // what is due before the next word of a line, such as a list's dash
	hidden int    // depth within what is not shown
	pre    int    // depth within preformatted text
	link   string // where the open link leads
	start  int    // where the text of the open link starts
}

// words adds text; a run of white space is one space.
func (t *textWriter) words(s string) {
	if t.pre > 0 {
		t.preformatted(s)
		return
	}
	if s == "" {
		return
	}
	if strings.TrimLeft(s, " \t\r\n\f\u00a0") != s {
		t.space = true
	}
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\r\n\f\u00a0", r) }) {
		t.flush()
		t.b.WriteString(strings.ToValidUTF8(word, "\uFFFD"))
		t.space = true
	}
	t.space = strings.TrimRight(s, " \t\r\n\f\u00a0") != s || t.space && strings.TrimSpace(s) == ""
}

func (t *textWriter) preformatted(s string) {
	for i, line := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		if i > 0 {
			t.lines = max(t.lines, 1)
		}
		if strings.TrimSpace(line) != "" {
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
	case t.space:
		t.b.WriteByte(' ')
	}
	t.b.WriteString(t.prefix)
	t.lines, t.space, t.prefix = 0, false, ""
}

// breakLine makes the next word start after n line ends; two leave a line empty.
func (t *textWriter) breakLine(n int) {
	if n > 0 {
		t.lines, t.space = max(t.lines, n), false
	}
}

func (t *textWriter) open(token html.Token) {
	selfClosing := token.Type == html.SelfClosingTagToken
	switch a := token.DataAtom; a {
	case atom.Script, atom.Style, atom.Head, atom.Title, atom.Template, atom.Noscript:
		if !selfClosing {
			t.hidden++
		}
	case atom.Body:
		t.hidden = 0 // a head that was never closed
	case atom.Br:
		t.lines++
		t.space = false
	case atom.Hr:
		t.breakLine(2)
	case atom.Li:
		t.breakLine(1)
		t.prefix = "- "
	case atom.Td, atom.Th:
		t.cell()
	case atom.Pre:
		t.breakLine(2)
		t.pre++
	case atom.Img:
		if alt := attribute(token, "alt"); alt != "" && t.hidden == 0 {
			t.words(alt)
		}
	case atom.A:
		t.link, t.start = attribute(token, "href"), t.b.Len()
	default:
		t.breakLine(gap(a))
	}
}

// cell keeps the cells of a row apart. A table that only lays out has one a row.
func (t *textWriter) cell() {
	if t.lines == 0 && t.b.Len() > 0 {
		t.space, t.prefix = false, "\t"
	}
}

func (t *textWriter) close(a atom.Atom) {
	switch a {
	case atom.Script, atom.Style, atom.Head, atom.Title, atom.Template, atom.Noscript:
		t.hidden = max(0, t.hidden-1)
	case atom.Pre:
		t.pre = max(0, t.pre-1)
		t.breakLine(2)
	case atom.A:
		t.closeLink()
	case atom.Li:
		t.breakLine(1)
	case atom.Td, atom.Th:
	default:
		t.breakLine(gap(a))
	}
}

// closeLink adds where a link leads, unless its text says so already.
func (t *textWriter) closeLink() {
	href := strings.TrimSpace(t.link)
	t.link = ""
	if href == "" || strings.HasPrefix(href, "#") || t.start >= t.b.Len() {
		return
	}
	shown := strings.TrimSpace(t.b.String()[t.start:])
	bareHref := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(href, "mailto:"), "https://"), "/")
	if shown == href || shown == bareHref {
		return
	}
	t.words(" (" + href + ")")
}

// gap is how many line ends stand around an element.
func gap(a atom.Atom) int {
	switch a {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Table, atom.Blockquote, atom.Dl:
		return 2
	case atom.Div, atom.Tr, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Nav, atom.Aside,
		atom.Form, atom.Dt, atom.Dd, atom.Center, atom.Address, atom.Figure, atom.Figcaption, atom.Fieldset, atom.Caption:
		return 1
	}
	return 0
}

func attribute(token html.Token, name string) string {
	for _, a := range token.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func (t *textWriter) text() string { return strings.TrimSpace(t.b.String()) }
