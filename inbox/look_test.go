package inbox_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/inbox"
)

// What is found in a message is what its methods tell one by one.
func TestFindTellsTheSame(t *testing.T) {
	t.Parallel()
	m := &inbox.Message{Subject: "Your code", HTML: "<p>Your code is <b>482913</b>.</p><a href=https://x.test/verify?token=a>Verify</a>"}
	f := m.Find()
	if len(f.Links) != 1 || len(f.Codes) != 1 || f.Text != m.Text() || !reflect.DeepEqual(f.Links, m.Links()) || !reflect.DeepEqual(f.Codes, m.Codes()) || len(f.Warnings) != 0 {
		t.Errorf("%+v", f)
	}
}

// A long message is looked into up to bounds, and each that bites is told.
func TestLongMessagesAreLookedIntoInPart(t *testing.T) {
	t.Parallel()
	const end = "<p>Your code is 482913</p><a href=https://x.test/>x</a>"
	for name, test := range map[string]struct {
		html, warning string
		links         int
	}{
		"short":               {end, "", 1},
		"long":                {strings.Repeat("<p>"+strings.Repeat("x", 997)+"</p>", 600) + end, "the message is long", 0},
		"many tags":           {strings.Repeat("<b>", 50_001) + end, "the message is long", 0},
		"many references":     {strings.Repeat("&amp;", 50_001) + end, "the message is long", 0},
		"an image in it":      {"<img src=\"data:image/png;base64," + strings.Repeat("AAAA", 1<<19) + "\">" + end, "", 1},
		"many images in it":   {strings.Repeat("<img src='data:image/png;base64,"+strings.Repeat("AAAA", 1<<10)+"=='>", 300) + end, "", 1},
		"a text like one":     {"<p>;base64," + strings.Repeat("AAAA", 1<<18) + "</p>" + end, "the message is long", 0},
		"many links":          {strings.Repeat("<a href=https://x.test/>x</a>", 1001), "more than 1000 links", 1000},
		"as many as are told": {strings.Repeat("<a href=https://x.test/>x</a>", 1000), "", 1000},
		"a long text":         {strings.Repeat("word ", 30_000) + end, "the text is long", 1},
	} {
		m := &inbox.Message{Subject: "x", HTML: test.html}
		f := m.Find()
		told := slices.ContainsFunc(f.Warnings, func(w string) bool { return strings.HasPrefix(w, test.warning) || strings.Contains(w, test.warning) })
		if len(f.Links) != test.links || told != (test.warning != "") {
			t.Errorf("%s: %d links, and the warnings are %q", name, len(f.Links), f.Warnings)
		}
	}
}

// Where a long message is cut, no character is.
func TestNoCharacterIsCut(t *testing.T) {
	t.Parallel()
	m := &inbox.Message{HTML: "<p>x" + strings.Repeat("\u20ac", 200_000)}
	if text := m.Text(); strings.Contains(text, "\uFFFD") || !strings.HasSuffix(text, "\u20ac") {
		t.Errorf("it ends in %q", text[len(text)-10:])
	}
}
