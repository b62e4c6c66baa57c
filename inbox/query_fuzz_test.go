package inbox_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/inbox"
)

// FuzzQuery: no text makes the parser panic, and what parses prints as something
// that parses to the same.
func FuzzQuery(f *testing.F) {
	for _, s := range []string{
		"order", `"your \"order\\"`, "to:*@x.test -is:read", "a or (b c) or -(d or e)", "--a", "-(a b)", "((a) (b or (c)))", "OR",
		`/\d+\/x/ subject:/^a$/`, "header:X-Tag header:A=b header:A=/x/ header:A=\"b c\"", "larger:1.5KiB smaller:10", "since:2030-01-31 until:2030-01-31T12:00Z",
		"filename:*.pdf kind:campaign has:attachment", "Äpfel 🍎", "-or", "subject:or", "a\"b\"c", `"\x"`, "/[/]/", "subject:(a)", "/(?i:a|B)+?/", "a\u00a0b",
	} {
		f.Add(s)
	}
	box := post()
	f.Fuzz(func(t *testing.T, s string) {
		q, err := inbox.ParseQuery(s)
		if err != nil {
			return
		}
		again, err := inbox.ParseQuery(q.String())
		if len(q.String()) > 4<<10 {
			return // quotes may make it longer than it may be
		}
		if err != nil || again.String() != q.String() {
			t.Fatalf("%q prints as %q, which parses to %q, %v", s, q, again, err)
		}
		if a, b := found(box, q), found(box, again); a != b {
			t.Fatalf("%q finds %q, but %q finds %q", s, a, q, b)
		}
	})
}

// FuzzQueryRegexp: a regular expression finds what package regexp does.
func FuzzQueryRegexp(f *testing.F) {
	for _, s := range [][2]string{
		{`a+b`, "xaab"},
		{`^a$`, "a"},
		{`\bfoo\b`, "a foo b"},
		{`\Bo\b`, "foo"},
		{`(a|bc)*d`, "abcd"},
		{`[^a-c]{2,3}$`, "abcxy"},
		{`\d{3}-?\d`, "call 123-4"},
		{`x*`, ""},
		{`$^`, ""},
		{`\Aa.*z\z`, "abz"},
		{`.{5}`, "abcd"},
		{`(?s).`, "a"},
		{`[[:upper:]]`, "a"},
		{`\pL\PN`, "a-1"},
		{`(a?){20}a{20}`, "aaaaaaaaaaaaaaaaaaaaaaaaa"},
		{`(x|y).{12}z`, "xyxyxyxyxyxyxyxyzz"},
		{`\w+@\w+\.`, "a@b.c"},
	} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, pattern, subject string) {
		subject = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
			if r > '~' || r < ' ' { // letter case beyond is not folded the same way
				return -1
			}
			return r
		}, subject)), " ")
		q, err := inbox.ParseQuery("subject:/" + strings.ReplaceAll(pattern, "/", ".") + "/")
		re, err2 := regexp.Compile("(?im)" + strings.ReplaceAll(pattern, "/", "."))
		if err != nil || err2 != nil {
			return
		}
		var b inbox.Box
		b.Add(&inbox.Message{ID: "m", Subject: subject})
		if got, want := found(&b, q) == "m", re.MatchString(strings.ToLower(subject)); got != want {
			t.Fatalf("%s in %q: found is %v, want %v", q, subject, got, want)
		}
	})
}
