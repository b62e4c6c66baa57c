package inbox_test

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox"
)

// post returns a box with a few messages that differ in what can be searched.
func post() *inbox.Box {
	b := new(inbox.Box)
	b.Add(
		&inbox.Message{
			ID: "order", Kind: inbox.Transactional, Time: noon, Subject: "Your Order 1234 is on its way",
			From: inbox.Address{Name: "Shop", Address: "shop@x.test"}, To: []inbox.Address{{Name: "Bob", Address: "Bob@x.test"}},
			HTML:        `<p>Hello Bob,</p><p>your   order<br>has <b>left</b>. <a href="https://x.test/track/77">Track it</a></p>`,
			Headers:     []inbox.Field{{Name: "X-Tag", Value: "Spring sale"}, {Name: "X-Tag", Value: "second"}},
			Attachments: []inbox.Attachment{{Filename: "Invoice-1234.PDF", ContentType: "application/pdf", Base64: "aGVsbG8="}},
		},
		&inbox.Message{
			ID: "news", Kind: inbox.Campaign, Time: noon.Add(24 * time.Hour), Subject: "Äpfel, Straße und mehr",
			From: inbox.Address{Name: "News", Address: "news@y.test"}, To: []inbox.Address{{Address: "eve@y.test"}},
			HTML: "<p>Alles über ÄPFEL 🍎 und ΟΔΟΣ. She said \"hi there\" \\o/</p>",
		},
		&inbox.Message{
			ID: "big", Kind: inbox.Automation, Time: noon.Add(48 * time.Hour), Subject: "or",
			From: inbox.Address{Address: "shop@x.test"}, To: []inbox.Address{{Address: "notbob@x.test"}, {Address: "carl@z.test"}},
			HTML:        "plain (text)\nof two lines, code 482913 " + strings.Repeat("filler ", 3000),
			Attachments: []inbox.Attachment{{Filename: "räum.PNG", Base64: base64.StdEncoding.EncodeToString(make([]byte, 5000))}},
		},
	)
	b.SetRead("news", true)
	return b
}

func parseQuery(t *testing.T, s string) inbox.Query {
	t.Helper()
	q, err := inbox.ParseQuery(s)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return q
}

func found(b *inbox.Box, q ...inbox.Query) string {
	ids := idsOf(b.List(inbox.Filter{Q: q}, 100).Messages)
	return strings.Join(ids, " ")
}

func checkQueries(t *testing.T, cases [][2]string) {
	t.Helper()
	b := post()
	for _, c := range cases {
		q := parseQuery(t, c[0])
		if got := found(b, q); got != c[1] {
			t.Errorf("%s found %q, want %q", c[0], got, c[1])
		}
		if again := parseQuery(t, q.String()); found(b, again) != c[1] || again.String() != q.String() {
			t.Errorf("%s prints as %s, which finds %q and prints as %s", c[0], q, found(b, again), again)
		}
	}
}

func TestWordsAndPhrasesAreSearchedEverywhere(t *testing.T) {
	t.Parallel()
	checkQueries(t, [][2]string{
		{"order", "order"},
		{"ORDER left", "order"},
		{"order 482913", ""},
		{"bob", "big order"}, // part of a word too
		{"Shop", "big order"},
		{"eve@y.test", "news"},
		{"track/77", "order"},
		{`"your order has"`, "order"}, // over the end of a line
		{`"YOUR  order   1234"`, "order"},
		{`"order your"`, ""},
		{`"text) of two"`, "big"},
		{`"(text)"`, "big"},
		{`"or"`, "big order"},
		{`she"hi there"`, "news"},
		{"x", "big order"},
		{"zq", ""},
		{"re-send", ""},
	})
}

func TestLetterCaseDoesNotMatterBeyondASCII(t *testing.T) {
	t.Parallel()
	checkQueries(t, [][2]string{
		{"äpfel", "news"},
		{"ÜBER", "news"},
		{"straße", "news"},
		{"STRAẞE", "news"},
		{"strasse", ""}, // ß stays
		{"οδος", "news"},
		{"🍎", "news"},
		{`"äpfel 🍎"`, "news"},
		{"/ÄPFEL ./", "news"},
		{"subject:ÄPFEL", "news"},
		{"filename:RÄUM", "big"},
		{"kelvin", ""},
	})
}

func TestQuotesAndBackslashesInPhrases(t *testing.T) {
	t.Parallel()
	checkQueries(t, [][2]string{
		{`"said \"hi there\""`, "news"},
		{`"\\o/"`, "news"},
		{`"\o/"`, "news"}, // a backslash before another letter is one
		{`"said hi"`, ""},
	})
}

func TestKeysLookWhereTheySay(t *testing.T) {
	t.Parallel()
	checkQueries(t, [][2]string{
		{"to:bob@X.test", "order"}, // not notbob@x.test
		{"to:*bob@x.test", "big order"},
		{"to:*@z.*", "big"},
		{"to:carl@z.test", "big"},
		{`to:"Bob <bob@x.test>"`, "order"},
		{"to:/^(bob|eve)@/", "news order"},
		{"TO:eve@y.test", "news"},
		{"from:shop@x.test", "big order"},
		{"from:*@y.test", "news"},
		{"subject:order", "order"},
		{"subject:left", ""},
		{`subject:"on its way"`, "order"},
		{"subject:/^or$/", "big"},
		{`subject:/order \d{4}/`, "order"},
		{"kind:campaign", "news"},
		{"kind:Automation", "big"},
		{"has:attachment", "big order"},
		{"is:read", "news"},
		{"is:unread", "big order"},
		{"filename:invoice", "order"},
		{"filename:*.pdf", "order"},
		{"filename:*.p*", "big order"},
		{"filename:.p*", ""},
		{`filename:/\.(pdf|gif)$/`, "order"},
	})
}

func TestHeadersSizesAndTimes(t *testing.T) {
	t.Parallel()
	checkQueries(t, [][2]string{
		{"header:x-tag", "order"},
		{"header:X-TAG=spring", "order"},
		{`header:X-Tag="spring sale"`, "order"},
		{"header:X-Tag=second", "order"},
		{"header:X-Tag=third", ""},
		{"header:Tag=spring", ""},
		{`header:X-Tag=/^s.*d$/`, "order"},
		{"header:From=\"shop <\"", "order"},
		{"-header:X-Tag", "big news"},
		{"larger:10KB", "big"},
		{"larger:0.01mb", "big"},
		{"smaller:10KiB", "news order"},
		{"larger:200 smaller:1MB is:read", "news"},
		{"since:2030-01-02", "big news"},
		{"since:2030-01-01T12:00:00Z", "big news order"},
		{"since:2030-01-01t12:00:01z", "big news"},
		{"since:2030-01-01T14:00:00+02:00 until:2030-01-01T12:00", "order"},
		{"until:2030-01-02", "news order"}, // the whole day
		{"until:2030-01-02T11:59:59", "order"},
	})
}

func TestTermsAreJoined(t *testing.T) {
	t.Parallel()
	checkQueries(t, [][2]string{
		{"-order", "big news"},
		{"-is:read -order", "big"},
		{"--order", "order"},
		{"order or äpfel", "news order"},
		{"order OR äpfel or code", "big news order"},
		{"order left or äpfel code", "order"}, // or binds less
		{"(order or äpfel) left", "order"},
		{"left (order or äpfel)", "order"},
		{"-(order or äpfel)", "big"},
		{"-(from:shop@x.test has:attachment)", "news"},
		{"((((order))))", "order"},
		{"is:unread -(to:bob@x.test or subject:foo)", "big"},
	})
}

func TestRegularExpressions(t *testing.T) {
	t.Parallel()
	checkQueries(t, [][2]string{
		{`/\b\d{6}\b/`, "big"},
		{`/ORDER \d+ is/`, "order"},
		{`/track\/77/`, "order"},
		{`/(äpfel|code)\b.*\d/`, "big"},
		{`/^or$/`, "big"},
		{`/order$/`, ""},
		{`/shop <shop@.*>$/`, "order"},
		{`/way.hello/`, ""}, // . is on one line
		{`/[A-Z]{5}🍎?/`, "big news order"},
		{`/σ\./`, "news"},
		{`/x{0}/`, "big news order"},
		{`-/order|äpfel/`, "big"},
	})
}

func TestSeveralQueriesMeanAnyOfThem(t *testing.T) {
	t.Parallel()
	if got := found(post(), parseQuery(t, "left"), parseQuery(t, "code")); got != "big order" {
		t.Errorf("found %q", got)
	}
}

// TestQueriesSayWhereTheyAreWrong also tells what would be right.
func TestQueriesSayWhereTheyAreWrong(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"":                                       "q: must not be empty",
		" \t":                                    "q: must not be empty",
		"a\xff":                                  "q: must be UTF-8",
		"ä smaller:big":                          "q: column 3: smaller: takes a size such as 10KB, not big",
		"larger:10GB":                            "column 1: larger: takes a size",
		`larger:/1/`:                             "takes a size such as 10KB, not /1/",
		"larger:":                                "takes a size such as 10KB, not nothing",
		"is:seen":                                "is: takes read or unread, not seen",
		"has:link":                               "has: takes attachment, not link",
		"kind:newsletter":                        "kind: takes one of [transactional automation campaign campaign_test smtp], not newsletter",
		"to:bob":                                 "to: takes a whole address such as ada@example.com, one with * such as *@example.com",
		"subject:":                               "subject: takes a word",
		"since:yesterday":                        "since: takes a date such as 2030-01-31 or a time",
		"until:2030-02-30":                       "until: takes a date",
		"filename: x":                            "filename: takes a part of a name",
		"header:":                                "column 8: header: takes a name",
		"header:=x":                              "header: takes a name",
		"header:X-Tag=":                          "a value is missing after =",
		"a http://x.test":                        "column 3: unknown key http:, the keys are to: from: subject: kind: has: is: header: filename: larger: smaller: since: until:; to search for it as it stands put it in quotes",
		"a or":                                   "column 5: the query ends where a term should be",
		"or a":                                   "column 1: or stands where a term should be",
		"a or or b":                              "column 6: or stands where a term should be",
		"()":                                     "column 2: ) stands where a term should be",
		"(a":                                     "column 1: this ( is never closed",
		"a)":                                     "column 2: this ) closes no (",
		"a -":                                    "column 3: - negates the term that follows it",
		"- a":                                    "column 1: - negates the term that follows it",
		`a "b`:                                   "column 3: this quote is never closed",
		`" "`:                                    "column 1: this phrase is empty",
		"/a":                                     "column 1: this regular expression is never closed",
		"/v1/send":                               "column 5: a regular expression ends with its second /",
		"//":                                     "column 1: this regular expression is empty",
		"a /[b/":                                 "column 3: this regular expression does not parse: missing closing ]",
		"/(?-i)A/":                               "letter case never matters",
		"/(a{1000}){1000}/":                      "column 1: this regular expression",
		"/x{900}x{900}x{900}x{900}x{900}x{900}/": "too large",
		strings.Repeat("a", 5000):                "q: has 5000 bytes, and may have 4096",
		strings.Repeat("a ", 101):                "there are more than 100 terms",
		strings.Repeat("(", 60) + "a" + strings.Repeat(")", 60): "column 51: is nested deeper than 50",
		strings.Repeat("-", 60) + "a":                           "column 51: is nested deeper than 50",
		strings.Repeat("/a{900}/ ", 10):                         "too large together",
	} {
		_, err := inbox.ParseQuery(query)
		e, ok := errors.AsType[*inbox.FilterError](err)
		if !ok || e.Filter != "q" || !strings.Contains(err.Error(), want) {
			t.Errorf("%.100s: %v, want %s", query, err, want)
		}
	}
}

func TestMissesNameTheTermsOfAQuery(t *testing.T) {
	t.Parallel()
	b := post()
	r, _ := b.Get("order")
	for query, want := range map[string][]inbox.Miss{
		"order left":  nil,
		"order apple": {{Filter: "q", Want: "apple", Got: "Your Order 1234 is on its way | Hello Bob, your order has left. Track it"}},
		"is:read -subject:order": {
			{Filter: "q", Want: "is:read", Got: "unread"},
			{Filter: "q", Want: "-subject:order", Got: "Your Order 1234 is on its way"},
		},
		"to:eve@y.test or kind:smtp": {{Filter: "q", Want: "to:eve@y.test or kind:smtp", Got: "Bob@x.test; transactional"}},
		"header:X-Tag=autumn":        {{Filter: "q", Want: "header:X-Tag=autumn", Got: "Spring sale; second"}},
		"header:X-No filename:*.gif": {
			{Filter: "q", Want: "header:X-No", Got: "no such header"},
			{Filter: "q", Want: "filename:*.gif", Got: "Invoice-1234.PDF"},
		},
		"since:2031-01-01": {{Filter: "q", Want: "since:2031-01-01", Got: "2030-01-01T12:00:00Z"}},
	} {
		f := inbox.Filter{Q: []inbox.Query{parseQuery(t, query)}}
		if diff := cmp.Diff(want, f.Misses(r)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
	f := inbox.Filter{Q: []inbox.Query{parseQuery(t, "is:read"), parseQuery(t, "kind:smtp")}}
	want := []inbox.Miss{{Filter: "q", Want: "is:read or kind:smtp", Got: "unread; transactional"}}
	if diff := cmp.Diff(want, f.Misses(r)); diff != "" {
		t.Errorf("two queries (-want +got):\n%s", diff)
	}
}

// TestFitsKnowsRecipientsAndKindAlone: of a mail that is not written, a query must
// not say more.
func TestFitsKnowsRecipientsAndKindAlone(t *testing.T) {
	t.Parallel()
	m := &inbox.Message{Kind: inbox.Automation, To: []inbox.Address{{Address: "ada@x.test"}}}
	for query, want := range map[string]bool{
		"to:ada@x.test hello":               true,
		"to:eve@x.test hello":               false,
		"-to:ada@x.test":                    false,
		"hello":                             true,
		"-hello":                            true,
		"-(hello to:ada@x.test)":            true,
		"-(hello or to:ada@x.test)":         false,
		"kind:campaign or subject:x":        true,
		"kind:campaign or to:eve@x.test":    false,
		"larger:1MB has:attachment is:read": true,
	} {
		if f := (inbox.Filter{Q: []inbox.Query{parseQuery(t, query)}}); f.Fits(m) != want {
			t.Errorf("%s: fits is %v, want %v", query, !want, want)
		}
	}
}

func TestWaitForAQuery(t *testing.T) {
	t.Parallel()
	b := post()
	go b.Add(&inbox.Message{ID: "late", Subject: "Late news"})
	got, _, err := b.Wait(context.WithoutCancel(t.Context()), inbox.Filter{Q: []inbox.Query{parseQuery(t, "subject:late")}}, 1)
	if err != nil || len(got) != 1 || got[0].ID != "late" {
		t.Errorf("got %v, %v", idsOf(got), err)
	}
}

func TestDeleteByQuery(t *testing.T) {
	t.Parallel()
	b := post()
	if n := b.Delete(inbox.Filter{Q: []inbox.Query{parseQuery(t, "left or code")}}); n != 2 || b.Len() != 1 {
		t.Errorf("deleted %d, %d are left", n, b.Len())
	}
}
