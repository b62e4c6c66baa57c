package inbox_test

import (
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

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
		{`[äöü]\d{2}`, "aä日1ö23"},
		{`.я\pL{3}[^a-z]`, "яяabc日"},
		{`\PL{4}\b`, "🍎日1234"},
		{`\p{Greek}|日[^本]x|kelvin`, "日本日語x"},
		{`(.*a|b?)(cd?|ef+)g*`, "xxcxx"},
		{`(^|x*)a+$`, "ba"},
		{`[aeiou]{4}\d|\d{6}`, "1234567eaeu9"},
		{`(received|shipped) \d\d|zebra`, "receive received 1 shipped 12"},
	} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, pattern, subject string) {
		subject = strings.Join(strings.Fields(strings.Map(sameFold, subject)), " ")
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

// sameFold drops what differs in letter case and is not folded the same way everywhere.
func sameFold(r rune) rune {
	if ' ' <= r && r <= '~' || unicode.Is(unicode.Lo, r) || unicode.Is(unicode.So, r) || 'à' <= r && r <= 'ö' || 'а' <= r && r <= 'я' {
		return r
	}
	return -1
}

// TestRegexpsFindWhatPackageRegexpDoes in texts in which they nearly match, and often.
func TestRegexpsFindWhatPackageRegexpDoes(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	pieces := strings.Split("a b ab ba aab 1 12 123 é 日 🍎 _ - . received shipped zebra order x", " ")
	var box inbox.Box
	texts := map[string]string{}
	for i := range 300 {
		var text strings.Builder
		for range r.IntN(40) {
			text.WriteString(pieces[r.IntN(len(pieces))] + strings.Repeat(" ", r.IntN(2)))
		}
		id := strconv.Itoa(i)
		texts[id] = strings.TrimSpace(text.String())
		box.Add(&inbox.Message{ID: id, Subject: texts[id]})
	}
	for _, pattern := range []string{
		`a{3}\d`, `\d{6}`, `\b\d{5}\b`, `[ab]{4}\d{2}`, `.{5}é.`, `é{2}\d`, `[é日]+a`, `日.é`, `\pL{9}`, `\PL{9}`, `(?s).*zebra.*order.*\d{4}`,
		`(received|shipped) \d\d|zebra`, `received\d|shipped\d|zebra\d|order\d`, `\w{12}`, `\w+ \w+ \w+ \d{3}`, `\b\w{2}\b \d`, `[^a-z]{7}`,
		`^(a|b)+ `, `x{2}$`, `a.*b.*é.*🍎x`, `(a|b|1){8}`, `[ab1é].{16}[x_ ]\d`, `..🍎..`, `🍎{2}`, `\B_\B`, `[a-z].{12}z\w{3}\d`, `.*\d-\d`, `(ab?)+1`, `(a|ab)(1|12)(é|日)`,
	} {
		re := regexp.MustCompile("(?im)" + pattern)
		for _, q := range []string{"subject:/" + pattern + "/", "/" + pattern + `/ or /quokka\d/`} {
			in := map[string]bool{}
			for _, m := range box.List(inbox.Filter{Q: []inbox.Query{parseQuery(t, q)}}, len(texts)).Messages {
				in[m.ID] = true
			}
			for id, text := range texts {
				if strings.HasPrefix(q, "/") {
					text += "\n<>\n" // there are the sender and the text too
				}
				if want := re.MatchString(text); in[id] != want {
					t.Errorf("%s in %q: found is %v, want %v", q, text, in[id], want)
				}
			}
		}
	}
}
