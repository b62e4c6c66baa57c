package journal_test

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/journal"
)

// post returns a call that every filter can say something of.
func post() *journal.Entry {
	return &journal.Entry{
		ID: "r1", Time: noon, Operation: "sendEmail", Method: "POST", Path: "/Send/Now", Query: "dry=Yes&email=ada%40x.test&mark=%zz", Mount: "/v1",
		Body:     journal.Body{Text: `{"to": "Ada@x.test", "subject": "Grüße aus Köln"}`},
		Status:   429,
		Response: journal.Response{Body: journal.Body{Text: `{"error": "Too Many Requests"}`}},
	}
}

// matches tells whether a filter picks an entry that is alone in a journal.
func matches(e *journal.Entry, f journal.Filter) bool {
	j, _ := newJournal(1)
	j.Add(e)
	return j.List(f, 0).Total == 1
}

// decoded reads JSON as a filter's body is read.
func decoded(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func TestFilter(t *testing.T) {
	t.Parallel()
	list := func(values ...string) []string { return values }
	for _, c := range []struct {
		name   string
		filter journal.Filter
		want   bool
	}{
		{"the zero filter", journal.Filter{}, true},
		{"operation", journal.Filter{Operation: list("sendEmail")}, true},
		{"operation in another letter case", journal.Filter{Operation: list("sendemail")}, false},
		{"one of two operations", journal.Filter{Operation: list("trackEvent", "sendEmail")}, true},
		{"neither of two operations", journal.Filter{Operation: list("trackEvent", "getContact")}, false},
		{"method", journal.Filter{Method: list("POST")}, true},
		{"method in another letter case", journal.Filter{Method: list("pOst")}, true},
		{"another method", journal.Filter{Method: list("GET")}, false},
		{"one of two methods", journal.Filter{Method: list("get", "post")}, true},
		{"path", journal.Filter{Path: list("/Send/Now")}, true},
		{"path with its mount", journal.Filter{Path: list("/v1/Send/Now")}, true},
		{"path with another mount", journal.Filter{Path: list("/v2/Send/Now")}, false},
		{"path in another letter case", journal.Filter{Path: list("/V1/sEND/nOW")}, true},
		{"path with a slash at its end", journal.Filter{Path: list("/send/now/")}, true},
		{"path with two slashes at its end", journal.Filter{Path: list("/send/now//")}, false},
		{"the start of the path", journal.Filter{Path: list("/send")}, false},
		{"the end of the path", journal.Filter{Path: list("/now")}, false},
		{"path with a star", journal.Filter{Path: list("/send/*")}, true},
		{"path with a star for the mount", journal.Filter{Path: list("/*/send/now")}, true},
		{"path with a star over slashes", journal.Filter{Path: list("/v1/*")}, true},
		{"path with a star that takes nothing", journal.Filter{Path: list("/send/now*")}, true},
		{"path with a star and a slash at its end", journal.Filter{Path: list("/v1/send/*/")}, true},
		{"path with question marks", journal.Filter{Path: list("/send/???")}, true},
		{"path with a question mark too many", journal.Filter{Path: list("/send/????")}, false},
		{"path with its query", journal.Filter{Path: list("/send/now?dry=Yes")}, false},
		{"one of two paths", journal.Filter{Path: list("/track", "/send/*")}, true},
		{"status", journal.Filter{Status: list("429")}, true},
		{"class of the status", journal.Filter{Status: list("4xx")}, true},
		{"class of the status in capitals", journal.Filter{Status: list("4XX")}, true},
		{"another status", journal.Filter{Status: list("422")}, false},
		{"another class", journal.Filter{Status: list("2xx")}, false},
		{"no status", journal.Filter{Status: list("0")}, false},
		{"one of two statuses", journal.Filter{Status: list("0", "4xx")}, true},
		{"word of the operation", journal.Filter{Q: "sendemail"}, true},
		{"word of the path with its mount", journal.Filter{Q: "v1/send"}, true},
		{"word of the query", journal.Filter{Q: "DRY=yes"}, true},
		{"word of the query as it arrived", journal.Filter{Q: "ada%40x.test"}, true},
		{"word of the request", journal.Filter{Q: "GRÜSSE"}, false}, // letters are compared one by one
		{"word of the request in another letter case", journal.Filter{Q: "GRÜßE"}, true},
		{"word of the answer", journal.Filter{Q: "too"}, true},
		{"words of different places in any order", journal.Filter{Q: "  köln\tmany\n post "}, true},
		{"a word that is nowhere", journal.Filter{Q: "many bonn"}, false},
		{"a phrase is no word", journal.Filter{Q: "aus grüße"}, true},
		{"words over the border of two places", journal.Filter{Q: "post/v1"}, false},
		{"blanks alone", journal.Filter{Q: " \t"}, true},
		{"fields that all match", journal.Filter{Method: list("POST"), Status: list("4xx"), Q: "ada", Path: list("*now")}, true},
		{"fields of which one does not match", journal.Filter{Method: list("POST"), Status: list("5xx"), Q: "ada"}, false},
		{"since that very time", journal.Filter{Since: noon}, true},
		{"since later", journal.Filter{Since: noon.Add(1)}, false},
		{"until that very time", journal.Filter{Until: noon}, true},
		{"until earlier", journal.Filter{Until: noon.Add(-1)}, false},
		{"between two times", journal.Filter{Since: noon.Add(-time.Hour), Until: noon.Add(time.Hour)}, true},
		{"the time in another zone", journal.Filter{Since: noon.In(time.FixedZone("", 3600)), Until: noon.In(time.FixedZone("", -3600))}, true},
	} {
		if got := matches(post(), c.filter); got != c.want {
			t.Errorf("%s: %+v matches is %v, want %v", c.name, c.filter, got, c.want)
		}
		if err := c.filter.Check(); err != nil {
			t.Errorf("%s: Check refuses it: %v", c.name, err)
		}
	}
}

func TestFilterLooksIntoADecodedQuery(t *testing.T) {
	t.Parallel()
	e := post()
	e.Query = "email=ada%40x.test&q=a+b"
	for q, want := range map[string]bool{"email=ADA@x.test": true, "ada%40x": true, "q=a+b": true, "bob": false} {
		if got := matches(e, journal.Filter{Q: q}); got != want {
			t.Errorf("%s matches is %v, want %v", q, got, want)
		}
	}
}

func TestFilterOfACallWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	e := post()
	e.Status, e.Operation, e.Mount, e.Path = 0, "", "", "/"
	for _, c := range []struct {
		name   string
		filter journal.Filter
		want   bool
	}{
		{"no status", journal.Filter{Status: []string{"0"}}, true},
		{"a class", journal.Filter{Status: []string{"2xx"}}, false},
		{"the root", journal.Filter{Path: []string{"/"}}, true},
		{"any path", journal.Filter{Path: []string{"/*"}}, true},
		{"no path", journal.Filter{Path: []string{""}}, false},
		{"an operation", journal.Filter{Operation: []string{"sendEmail"}}, false},
	} {
		if got := matches(e, c.filter); got != c.want {
			t.Errorf("%s: matches is %v, want %v", c.name, got, c.want)
		}
	}
	e.Mount = "/v1"
	for _, path := range []string{"/v1", "/v1/", "/"} {
		if !matches(e, journal.Filter{Path: []string{path}}) {
			t.Errorf("the root of a mount is not found as %s", path)
		}
	}
	e.Path = "/send/"
	if !matches(e, journal.Filter{Path: []string{"/send"}}) {
		t.Error("a call of /send/ is not found as /send")
	}
}

func TestFilterBodyContains(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, want, body string
		contained        bool
	}{
		{"the same", `{"a": 1}`, `{"a": 1}`, true},
		{"a part of an object", `{"a": 1}`, `{"b": 2, "a": 1}`, true},
		{"more than there is", `{"a": 1, "b": 2}`, `{"a": 1}`, false},
		{"a part of an object in an object", `{"a": {"b": {"c": 1}}}`, `{"a": {"x": 0, "b": {"c": 1, "d": 2}}}`, true},
		{"another value deep within", `{"a": {"b": {"c": 1}}}`, `{"a": {"b": {"c": 2}}}`, false},
		{"nothing of an object", `{}`, `{"a": 1}`, true},
		{"nothing of no object", `{}`, `1`, false},
		{"an object of a value", `{"a": {}}`, `{"a": "x"}`, false},
		{"a value of an object", `{"a": "x"}`, `{"a": {}}`, false},
		{"names in another letter case", `{"A": 1}`, `{"a": 1}`, false},
		{"texts in another letter case", `{"a": "X"}`, `{"a": "x"}`, false},
		{"a part of a text", `{"a": "x"}`, `{"a": "xy"}`, false},
		{"escapes", `{"a": "é<"}`, `{"a": "\u00e9\u003c"}`, true},

		{"a list in another order", `{"a": [3, 1]}`, `{"a": [1, 2, 3]}`, true},
		{"a list with something else", `{"a": [1, 4]}`, `{"a": [1, 2, 3]}`, false},
		{"the same item twice", `{"a": [1, 1]}`, `{"a": [1]}`, true},
		{"nothing of a list", `{"a": []}`, `{"a": [1]}`, true},
		{"nothing of an empty list", `{"a": []}`, `{"a": []}`, true},
		{"nothing of no list", `{"a": []}`, `{"a": {}}`, false},
		{"a list of one value", `{"a": ["x"]}`, `{"a": "x"}`, false},
		{"objects of a list, in part and in another order", `{"a": [{"n": 2}, {"n": 1}]}`, `{"a": [{"n": 1, "x": 0}, {"n": 2, "x": 0}]}`, true},
		{"a list that has not all in one object", `{"a": [{"n": 1, "x": 2}]}`, `{"a": [{"n": 1}, {"x": 2}]}`, false},
		{"lists of lists of objects", `{"a": [[{"n": 2}], [{"n": 1}]]}`, `{"a": [[{"n": 0}, {"n": 1}], [{"n": 2, "m": [3]}]]}`, true},
		{"lists of lists with something else", `{"a": [[{"n": 1}, {"n": 2}]]}`, `{"a": [[{"n": 1}], [{"n": 2}]]}`, false},

		{"one value of a list", `{"to": "b"}`, `{"to": ["a", "b"]}`, true},
		{"one value that the list has not", `{"to": "c"}`, `{"to": ["a", "b"]}`, false},
		{"one value of an empty list", `{"to": "c"}`, `{"to": []}`, false},
		{"one object of a list", `{"to": {"n": 2}}`, `{"to": [{"n": 1}, {"n": 2, "x": 0}]}`, true},
		{"one object that the list has not", `{"to": {"n": 3}}`, `{"to": [{"n": 1}, {"n": 2}]}`, false},
		{"one value of a list of lists", `{"to": 1}`, `{"to": [[2], [1]]}`, true},

		{"a number of a text", `{"a": 1}`, `{"a": "1"}`, false},
		{"a text of a number", `{"a": "1"}`, `{"a": 1}`, false},
		{"a number written otherwise", `{"a": 100}`, `{"a": 1.0e2}`, true},
		{"true of a text", `{"a": true}`, `{"a": "true"}`, false},
		{"false of nothing", `{"a": false}`, `{}`, false},
		{"null", `{"a": null}`, `{"a": null}`, true},
		{"null of nothing", `{"a": null}`, `{}`, false},
		{"null of zero", `{"a": null}`, `{"a": 0}`, false},
		{"null of a list", `{"a": null}`, `{"a": [null]}`, true},

		{"any body", `null`, `no JSON`, true},
		{"a value of a body that is one", `"x"`, `"x"`, true},
		{"a value of a body that is a list", `"x"`, `["y", "x"]`, true},
		{"something of an empty body", `{}`, ``, false},
		{"something of blanks", `{}`, ` `, false},
		{"something of no JSON", `"to"`, `to=a`, false},
		{"something of JSON with more behind", `{}`, `{} {}`, false},
	} {
		e := post()
		e.Body.Text = c.body
		f := journal.Filter{Body: decoded(t, c.want)}
		if got := matches(e, f); got != c.contained {
			t.Errorf("%s: %s in %s is %v, want %v", c.name, c.want, c.body, got, c.contained)
		}
		if misses := f.Misses(e); (len(misses) == 0) != c.contained {
			t.Errorf("%s: %s in %s misses %v", c.name, c.want, c.body, misses)
		}
	}
}

func TestFilterBodyOfACutBodyIsNotContained(t *testing.T) {
	t.Parallel()
	e := post()
	e.Body = journal.Body{Text: `{"subject": "Hi", "htm`, Cut: true}
	f := journal.Filter{Body: map[string]any{"to": "Ada@x.test"}}
	want := []journal.Miss{{Field: "body.to", Want: `"Ada@x.test"`, Got: "nothing in the part that is kept"}}
	if diff := cmp.Diff(want, f.Misses(e)); diff != "" || matches(e, f) {
		t.Errorf("matches is %v (-want +got):\n%s", matches(e, f), diff)
	}
}

func TestFilterCursorsAreExclusive(t *testing.T) {
	t.Parallel()
	j, _ := newJournal(10)
	fill(j, 5) // places 1 to 5
	at := inbox.CursorOf
	for _, c := range []struct {
		name   string
		filter journal.Filter
		want   []string
	}{
		{"after", journal.Filter{After: at(3)}, []string{"3", "4"}},
		{"before", journal.Filter{Before: at(3)}, []string{"0", "1"}},
		{"between", journal.Filter{After: at(1), Before: at(4)}, []string{"1", "2"}},
		{"between neighbors", journal.Filter{After: at(2), Before: at(3)}, []string{}},
		{"after the end", journal.Filter{After: at(99)}, []string{}},
		{"before the start", journal.Filter{Before: at(0)}, []string{}},
		{"after the start", journal.Filter{After: at(0)}, numbers(0, 4)},
	} {
		v := j.Verify(journal.Expectation{Filter: c.filter})
		if diff := cmp.Diff(c.want, idsOf(v.Calls)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		deleted, _ := newJournal(10)
		fill(deleted, 5)
		if n := deleted.Delete(c.filter); n != len(c.want) || deleted.Len() != 5-n {
			t.Errorf("%s: %d deleted, want %d; %d left", c.name, n, len(c.want), deleted.Len())
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	const cursor = "not a cursor"
	for _, c := range []struct {
		name   string
		filter journal.Filter
		want   string // "" for none
	}{
		{"the zero filter", journal.Filter{}, ""},
		{"all statuses", journal.Filter{Status: []string{"0", "100", "200", "599", "1xx", "2xX", "5XX"}}, ""},
		{"all methods", journal.Filter{Method: []string{"GET", "head", "Post", "PUT", "PATCH", "DELETE", "OPTIONS"}}, ""},
		{"cursors", journal.Filter{After: inbox.CursorOf(1), Before: inbox.CursorOf(36)}, ""},
		{"empty status", journal.Filter{Status: []string{""}}, `status: must be a status such as 429, or a class of them such as 4xx, not ""`},
		{"a bad status behind a good one", journal.Filter{Status: []string{"200", "4x"}}, `status: must be a status such as 429, or a class of them such as 4xx, not "4x"`},
		{"half a class", journal.Filter{Status: []string{"42x"}}, `status: must be a status such as 429, or a class of them such as 4xx, not "42x"`},
		{"status too large", journal.Filter{Status: []string{"600"}}, `status: must be a status such as 429, or a class of them such as 4xx, not "600"`},
		{"class too large", journal.Filter{Status: []string{"6xx"}}, `status: must be a status such as 429, or a class of them such as 4xx, not "6xx"`},
		{"class of none", journal.Filter{Status: []string{"0xx"}}, `status: must be a status such as 429, or a class of them such as 4xx, not "0xx"`},
		{"status with a sign", journal.Filter{Status: []string{"+20"}}, `status: must be a status such as 429, or a class of them such as 4xx, not "+20"`},
		{"status with a letter", journal.Filter{Status: []string{"2é"}}, `status: must be a status such as 429, or a class of them such as 4xx, not "2é"`},
		{"empty method", journal.Filter{Method: []string{""}}, `method: must be one of GET HEAD POST PUT PATCH DELETE OPTIONS, not ""`},
		{"unknown method", journal.Filter{Method: []string{"POST", "send"}}, `method: must be one of GET HEAD POST PUT PATCH DELETE OPTIONS, not "send"`},
		{"path without a slash", journal.Filter{Path: []string{"/v1/send", "*", "contacts/*"}}, `path: must start with / or *, such as /contacts/*, not "contacts/*"`},
		{"after", journal.Filter{After: cursor}, `after: must be a cursor that an earlier answer gave, not "not a cursor"`},
		{"before", journal.Filter{Before: "1"}, `before: must be a cursor that an earlier answer gave, not "1"`},
	} {
		err := c.filter.Check()
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if e, ok := errors.AsType[*inbox.FilterError](err); !ok || e.Error() != c.want {
			t.Errorf("%s: %T %v, want %s", c.name, err, err, c.want)
		}
	}
}

func TestMisses(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 150) // 300 bytes
	for _, c := range []struct {
		name   string
		filter journal.Filter
		body   string
		want   []journal.Miss
	}{
		{"none", journal.Filter{Status: []string{"4xx"}}, `{}`, nil},
		{
			"all", journal.Filter{
				Operation: []string{"trackEvent"}, Method: []string{"GET", "PUT"}, Path: []string{"/track"}, Status: []string{"200", "5xx"},
				Body: map[string]any{"a": 1.0},
			}, `{"a": 2}`, []journal.Miss{
				{Field: "operation", Want: "trackEvent", Got: "sendEmail"},
				{Field: "method", Want: "GET or PUT", Got: "POST"},
				{Field: "path", Want: "/track", Got: "/Send/Now"},
				{Field: "status", Want: "200 or 5xx", Got: "429"},
				{Field: "body.a", Want: "1", Got: "2"},
			},
		},
		{"of times, cursors and words nothing is told", journal.Filter{Since: noon.Add(1), After: inbox.CursorOf(9), Q: "nowhere"}, ``, nil},
		{
			"fields of objects by name",
			journal.Filter{Body: map[string]any{"b": map[string]any{"y": "<&>", "x": nil}, "a": true, "c": 1.0}},
			`{"b": {"y": "?"}, "c": 1}`,
			[]journal.Miss{{Field: "body.a", Want: "true", Got: "nothing"}, {Field: "body.b.x", Want: "null", Got: "nothing"}, {Field: "body.b.y", Want: `"<&>"`, Got: `"?"`}},
		},
		{
			"a list as a whole",
			journal.Filter{Body: map[string]any{"to": []any{"c"}}},
			`{"to": ["a", {"n": 1}]}`,
			[]journal.Miss{{Field: "body.to", Want: `["c"]`, Got: `["a",{"n":1}]`}},
		},
		{"an object that the list has not", journal.Filter{Body: map[string]any{"n": 1.0}}, `[{"n": 2}]`, []journal.Miss{{Field: "body", Want: `{"n":1}`, Got: `[{"n":2}]`}}},
		{"no body", journal.Filter{Body: "x"}, ``, []journal.Miss{{Field: "body", Want: `"x"`, Got: "nothing"}}},
		{"no JSON", journal.Filter{Body: "x"}, `a=b`, []journal.Miss{{Field: "body", Want: `"x"`, Got: "a=b"}}},
		{"long texts are cut between characters", journal.Filter{Body: "x"}, `"` + long + `"`, []journal.Miss{{Field: "body", Want: `"x"`, Got: `"` + long[:198] + "…"}}},
		{"what is no JSON value", journal.Filter{Body: complex(1, 2)}, `1`, []journal.Miss{{Field: "body", Want: "(1+2i)", Got: "1"}}},
	} {
		e := post()
		e.Body.Text = c.body
		if diff := cmp.Diff(c.want, c.filter.Misses(e)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestMissesOfDeepListsTakeNoForever would not end within the test's time if each
// level wrote anew what is below it.
func TestMissesOfDeepListsTakeNoForever(t *testing.T) {
	t.Parallel()
	const deep = 5000
	nested := func(v string) string { return strings.Repeat("[", deep) + v + strings.Repeat("]", deep) }
	e := post()
	e.Body.Text = nested("1")
	f := journal.Filter{Body: decoded(t, nested("2"))}
	if misses := f.Misses(e); len(misses) != 1 || matches(e, f) {
		t.Errorf("%d misses, matches is %v", len(misses), matches(e, f))
	}
	wide := make([]string, 2000)
	for i := range wide {
		wide[i] = strconv.Itoa(i)
	}
	e.Body.Text = "[" + strings.Join(wide, ",") + "]"
	if f.Body = decoded(t, e.Body.Text); !matches(e, f) {
		t.Error("a list does not contain itself")
	}
}
