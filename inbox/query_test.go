package inbox_test

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"
	"time"

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
