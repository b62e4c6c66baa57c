package inbox_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/plunkmock/plunkmock/inbox"
)

func textOf(html string) string { return (&inbox.Message{HTML: html}).Text() }

func checkTexts(t *testing.T, texts map[string]string) {
	t.Helper()
	for html, want := range texts {
		if got := textOf(html); got != want {
			t.Errorf("%s\ngot  %q\nwant %q", html, got, want)
		}
	}
}

func TestBlocksStandOnLinesOfTheirOwn(t *testing.T) {
	t.Parallel()
	checkTexts(t, map[string]string{
		"<p>One</p><p>Two</p>":                        "One\n\nTwo",
		"<h1>Head</h1>\n<p>One\n  more</p>":           "Head\n\nOne more",
		"<div>One</div><div>Two</div>":                "One\nTwo",
		"One<br>Two<br/>Three":                        "One\nTwo\nThree",
		"One<br><br>Two<br><br><br><br>Three":         "One\n\nTwo\n\nThree",
		"One<hr>Two":                                  "One\n\nTwo",
		"<b>O</b>ne <i>two</i>,\n<span> three</span>": "One two, three",
		"<p> <b>One</b> two </p> \n <p>three":         "One two\n\nthree",
		"One&nbsp;&nbsp;two":                          "One two",
	})
}

func TestListItemsAreMarked(t *testing.T) {
	t.Parallel()
	checkTexts(t, map[string]string{
		"<p>List:</p><ul><li>One</li><li>Two</li></ul><p>End</p>": "List:\n\n- One\n- Two\n\nEnd",
		"<ul><li><p>One</p></li><li><b>Two</b> too":               "- One\n\n- Two too",
		"<ul>\n<li></li>\n</ul><p>End</p>":                        "End",
	})
}

func TestCellsAreKeptApart(t *testing.T) {
	t.Parallel()
	checkTexts(t, map[string]string{
		"<table><tr><td>A</td><td>B</td></tr><tr><th>C</th><td>D</td></tr></table>":              "A\tB\nC\tD",
		"<table>\n <tr>\n  <td> A </td>\n  <td> B </td>\n </tr>\n</table>":                       "A\tB",
		"<p>Sum</p><table><tr><td></td><td>B</td></tr></table>":                                  "Sum\n\nB",
		"<table><tr><td>A</td><td><p>B</p></td></tr></table>":                                    "A\n\nB",
		"<table><tr><td><table><tr><td>A</td></tr></table></td></tr><tr><td>B</td></tr></table>": "A\n\nB",
	})
}

func TestLinksTellWhereTheyLead(t *testing.T) {
	t.Parallel()
	checkTexts(t, map[string]string{
		`<a href="https://x.test/a?b=1&amp;c=2">Here</a> now`:      "Here (https://x.test/a?b=1&c=2) now",
		`<a href="https://x.test">Here </a>now`:                    "Here (https://x.test) now",
		`<a href="https://x.test">https://x.test</a>`:              "https://x.test",
		`<a href="https://x.test/">x.test</a>`:                     "x.test",
		`Mail <a href="mailto:a@x.test">a@x.test</a>.`:             "Mail a@x.test.",
		`<a href="#top">Top</a> <a>None</a> <a href="">Empty</a>`:  "Top None Empty",
		`<a href="https://x.test"><div>Here</div></a>Next`:         "Here (https://x.test)\nNext",
		`<a href="https://x.test"><img src="i" alt="Logo"></a>`:    "Logo (https://x.test)",
		`<ul><li><a href="https://x.test">Here</a></li><li>B</ul>`: "- Here (https://x.test)\n- B",
	})
}

func TestWhatIsNotShownIsLeftOut(t *testing.T) {
	t.Parallel()
	checkTexts(t, map[string]string{
		"<html><head><title>T</title><style>p{}</style></head><body><p>Hi</p></body></html>": "Hi",
		"<p>Hi<script>if (a<b) {}</script> you</p><style>p{}</style>":                        "Hi you",
		"<p>Hi<!-- not <b>this</b> --></p>":                                                  "Hi",
		"<!--[if mso]><p>Outlook</p><![endif]--><p>Hi</p>":                                   "Hi",
		"<template><p>No</p></template><p>Hi</p>":                                            "Hi",
		"<head/><p>Hi</p>": "Hi",
	})
}

// A browser ends a head at the first thing that is not of a head.
func TestUnclosedHeadDoesNotHideTheMail(t *testing.T) {
	t.Parallel()
	checkTexts(t, map[string]string{
		"<head><title>T</title><body><p>Hi</p>":                   "Hi",
		"<html><head><title>T</title><style>p{}</style><p>Hi</p>": "Hi",
		"<head><meta charset=utf-8>Hi":                            "Hi",
		"<p>Hi</p><style>p{} <p>lost to a browser too</p>":        "Hi",
		"<p>Hi</p></style></script></pre></a></td>you":            "Hi\n\nyou",
		"<p>Hi <b": "Hi",
	})
}

func TestEntitiesAreRead(t *testing.T) {
	t.Parallel()
	checkTexts(t, map[string]string{
		"<p>&lt;b&gt; &amp; &quot;x&quot; &#8364; &#x20ac; &uuml;</p>": `<b> & "x" € € ü`,
		"Fish &amp; chips": "Fish & chips",
		"&#8364; 5":        "€ 5",
		"<p>&amp;lt;</p>":  "&lt;",
	})
}

func TestPreformattedTextKeepsItsSpaces(t *testing.T) {
	t.Parallel()
	checkTexts(t, map[string]string{
		"<p>Code:</p><pre>\na  b\n  c\n\n\td\n</pre><p>End</p>": "Code:\n\na  b\n  c\n\n\td\n\nEnd",
		"<pre>a <b>b</b>  c<i> </i>d</pre>":                     "a b  c d",
		"<pre>\r\n  a\r\n b</pre>":                              "  a\n b",
	})
}

func TestPlainTextStaysAsItIs(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "Hello\n\n  you  \n", "1 < 2 & 3 > 2", "Tom&Jerry\nand  AT&T", "a?b=1&c=2\nx"} {
		if got := textOf(s); got != s {
			t.Errorf("got %q, want %q", got, s)
		}
	}
	for _, s := range []string{
		"Hello, click <https://example.com/verify?t=1> to verify", "<HTTP://x.test/?a=1&amp;b=2>", "<mailto:a@x.test>, <tel:+4912>",
		"Ada <ada.b+c@mail.example.com> wrote:\n  1 < 2 &", "<https://x.test/a><https://x.test/b>",
	} {
		if got := textOf(s); got != s {
			t.Errorf("an autolink is no tag: got %q, want %q", got, s)
		}
	}
	checkTexts(t, map[string]string{ // but one among tags is, as a browser has it
		"See <https://x.test/a><br>or not": "See\nor not",
		"<https://x.test/a b>c":            "c",
		"<https:>a <ada@>b <http://x.test": "a b",
	})
	if got := textOf("a\xffb"); got != "a\uFFFDb" {
		t.Errorf("got %q", got)
	}
}

func TestPreviewIsOneShortLine(t *testing.T) {
	t.Parallel()
	for html, want := range map[string]string{
		"":                       "",
		"<p>Hello</p>\n<p>you":   "Hello you",
		"plain\n  text\n":        "plain text",
		strings.Repeat("ü", 160): strings.Repeat("ü", 160),
		strings.Repeat("ü", 161): strings.Repeat("ü", 159) + "…",
		"<style>" + strings.Repeat("p{} ", 10_000) + "</style><p>Hello</p>": "Hello", // as mail builders do
		strings.Repeat("x", 158) + " y z":                                   strings.Repeat("x", 158) + "…",
	} {
		if got := (&inbox.Message{HTML: html}).Preview(); got != want {
			t.Errorf("%.50q: got %q, want %q", html, got, want)
		}
	}
}

func TestPreviewIsValidWhereverTheHTMLIsCut(t *testing.T) {
	t.Parallel()
	for n := range 8 {
		for _, html := range []string{
			"<p>" + strings.Repeat(" ", 1<<18-8+n) + "🎉</p>",
			strings.Repeat("x", n) + strings.Repeat("🎉", 1<<17),
			"<p>" + strings.Repeat("x", n) + strings.Repeat("🎉", 1<<17),
		} {
			if got := (&inbox.Message{HTML: html}).Preview(); !utf8.ValidString(got) || utf8.RuneCountInString(got) > 160 || strings.Contains(got, "\uFFFD") {
				t.Errorf("%d: %q", n, got)
			}
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{
		"", "plain", "<p>a<br>b</p>", "<table><tr><td>a<td>b", "<a href=x>y</a>", "<head><style>x", "<pre>\n a\n</pre>", "<ul><li><li>x", "&amp;&#0;", "<p>\xff</p>",
		"<template><pre></a></td>", "<img alt='\x00 x'>", "<textarea><p>", "<plaintext><p>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, html string) {
		m := &inbox.Message{HTML: html}
		if text := m.Text(); !utf8.ValidString(text) {
			t.Errorf("text %q", text)
		}
		if p := m.Preview(); !utf8.ValidString(p) || utf8.RuneCountInString(p) > 160 || strings.ContainsAny(p, "\r\n\t") {
			t.Errorf("preview %q", p)
		}
	})
}

func BenchmarkText(b *testing.B) {
	m := &inbox.Message{HTML: "<html><head><style>p{}</style></head><body><table>" +
		strings.Repeat(`<tr><td><p>Hello <b>Ada</b>, see <a href="https://x.test/a?b=1&amp;c=2">your order</a>.</p></td></tr>`, 100) + "</table></body></html>"}
	b.SetBytes(int64(len(m.HTML)))
	for b.Loop() {
		m.Text()
	}
}
