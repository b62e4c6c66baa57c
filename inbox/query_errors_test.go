package inbox_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox"
)

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
