package fault_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/mock/internal/fault"
)

func operations() []fault.Operation {
	return []fault.Operation{
		{ID: "sendEmail", Method: "POST", Path: "/send"},
		{ID: "getContact", Method: "GET", Path: "/contacts/{id}"},
		{ID: "deleteContact", Method: "DELETE", Path: "/contacts"},
		{ID: fault.SMTP},
	}
}

// checked fails unless these are the flaws of r, each as "at: message".
func checked(tb testing.TB, what string, r fault.Rule, want ...string) {
	tb.Helper()
	got := []string{}
	for _, flaw := range r.Check(operations()) {
		got = append(got, flaw.At+": "+flaw.Msg)
	}
	same(tb, what, got, append([]string{}, want...))
}

// of returns a rule of these steps.
func of(steps ...*fault.Step) fault.Rule { return fault.Rule{Steps: steps} }

func TestCheckFindsNothingWrongWithWhatIsRight(t *testing.T) {
	t.Parallel()
	headers := []fault.Header{{"X-Reason", "a\tb é"}, {"Retry-After", "Wed, 21 Oct 2030 07:28:00 GMT"}}
	for _, s := range []*fault.Step{
		{Status: 400, Message: "No", Headers: headers, RetryAfter: time.Second, Delay: fixed(0)},
		{Status: 599, Body: new(""), ContentType: "text/html; charset=utf-8", Truncate: new(0), Dribble: 1},
		{Pass: true},
		{Pass: true, Delay: fixed(10 * time.Minute), Headers: headers, Body: new("x"), Truncate: new(1_000_000_000), Dribble: 1_000_000_000},
		{Delay: &fault.Delay{Min: 0, Max: 10 * time.Minute}},
		{Delay: &fault.Delay{Median: time.Nanosecond, Sigma: 5}},
		{Body: new("not JSON"), Headers: headers},
		{Truncate: new(20)},
		{Dribble: 100},
		{Drop: fault.DropBefore, Delay: fixed(time.Second)},
		{Drop: fault.DropAfter},
		{Limit: &fault.Limit{Requests: 1, Per: time.Millisecond}, Message: "Slow down", Headers: headers, Delay: fixed(time.Second)},
		{Limit: &fault.Limit{Requests: 1_000_000, Per: 365 * 24 * time.Hour, Burst: 1_000_000}},
	} {
		checked(t, s.String(), of(s))
	}
	all := fault.Rule{
		ID: "a.B-c_9", Operations: []string{"sendEmail", "getContact"}, Method: "POST", Path: "/send", Key: "public",
		Email: "*@example.com", Share: new(1.0), After: 1e9, Times: 1e9, Lasts: 36525 * 24 * time.Hour, Matched: 1, Struck: 1,
		Steps: slices.Repeat([]*fault.Step{{Status: 500}}, 1000),
	}
	checked(t, "a rule with all there is", all)
	all.Lasts, all.Expires = 0, time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	checked(t, "a rule that expires", all)
	checked(t, "any path", fault.Rule{Path: "*", Steps: all.Steps})
	for _, path := range []string{"/contacts/1", "/contacts/*", "/con*", "*/1", "/SEND/", "/?end"} {
		checked(t, "the path "+path, fault.Rule{Path: path, Steps: all.Steps})
	}
}

func TestCheckPutsInWhatIsMeant(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ given, want string }{
		{"", ""},
		{"/send", "/send"},
		{"/v1/send/", "/send"},
		{"/api/v1/contacts/*", "/contacts/*"},
		{"/API/send", "/send"},
		{"/v1", "/"},
		{"/api/v1/", "/"},
		{"/", "/"},
		{"/v1beta/send", "/v1beta/send"},
		{"/v1/api/send", "/api/send"},
		{"*", "*"},
	} {
		r := fault.Rule{Path: c.given, Method: "post", Email: "*@Example.COM", Steps: []*fault.Step{{Status: 500}}}
		r.Normalize()
		same(t, c.given, []string{r.Path, r.Method, r.Email}, []string{c.want, "POST", "*@example.com"})
	}
}

func TestCheckFindsPathsThatNothingHas(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/other":         `path: must be /send, /contacts/{id} or /contacts, not "/other": the rule can never match, for the API has no other`,
		"/v1beta/send":   `path: must be /send, /contacts/{id} or /contacts, not "/v1beta/send": the rule can never match, for the API has no other`,
		"/x*":            `path: must be /send, /contacts/{id} or /contacts, not "/x*": the rule can never match, for the API has no other`,
		"/_mock":         `path: must be one of the Plunk API, not "/_mock": nothing strikes the control API, so that it cannot be locked out`,
		"/v1/_MOCK/*":    `path: must be one of the Plunk API, not "/_MOCK/*": nothing strikes the control API, so that it cannot be locked out`,
		"/contacts/1/2/": `path: must be /send, /contacts/{id} or /contacts, not "/contacts/1/2": the rule can never match, for the API has no other`,
	} {
		r := of(&fault.Step{Status: 500})
		r.Path = path
		checked(t, path, r, want)
	}
}

func TestCheckOfWhenARuleMatches(t *testing.T) {
	t.Parallel()
	known := "must be one or more of sendEmail, getContact, deleteContact, smtp, not "
	const never = ": the rule can never match, for "
	for _, c := range []struct {
		rule fault.Rule
		want string
	}{
		{fault.Rule{ID: "a b"}, `id: must be 1 to 128 letters, digits, dots, dashes and underscores, not "a b"`},
		{
			fault.Rule{ID: strings.Repeat("x", 129)},
			`id: must be 1 to 128 letters, digits, dots, dashes and underscores, not "` + strings.Repeat("x", 60) + `…"`,
		},
		{fault.Rule{Operations: []string{"sendEmail", "sendMail", ""}}, "operation: " + known + `"sendMail", ""`},
		{
			fault.Rule{Operations: slices.Repeat([]string{"x"}, 100), Method: "POST"},
			"operation: " + known + strings.Repeat(`"x", `, 9) + `"x"`,
		},
		{fault.Rule{Operations: slices.Repeat([]string{"sendEmail"}, 5)}, "operation: must name each operation once"},
		{fault.Rule{Method: "head"}, `method: must be GET, POST, PUT, PATCH or DELETE, not "HEAD"`},
		{fault.Rule{Path: "send"}, `path: must start with / or *, not "send"`},
		{fault.Rule{Path: "?send"}, `path: must start with / or *, not "?send"`},
		{fault.Rule{Path: "/" + strings.Repeat("x", 1000)}, "path: must be at most 1000 bytes long, not 1001"},
		{fault.Rule{Path: "/contacts/{id}"}, `path: must have a * where the operation has a parameter, not "/contacts/{id}"`},
		{
			fault.Rule{Operations: []string{"sendEmail"}, Method: "GET"},
			"method: must be POST, not GET" + never + "sendEmail has no other",
		},
		{
			fault.Rule{Operations: []string{"sendEmail", "getContact"}, Method: "PUT", Path: "/send"},
			"method: must be POST or GET, not PUT" + never + "sendEmail or getContact has no other",
		},
		{
			fault.Rule{Operations: []string{"sendEmail"}, Path: "/track"},
			`path: must be /send, not "/track"` + never + "sendEmail has no other",
		},
		{
			fault.Rule{Operations: []string{"sendEmail", "getContact"}, Method: "GET", Path: "/send"},
			`path: must be /contacts/{id}, not "/send"` + never + "sendEmail or getContact has no other",
		},
		{
			fault.Rule{Operations: []string{"getContact"}, Path: "/contacts"},
			`path: must be /contacts/{id}, not "/contacts"` + never + "getContact has no other",
		},
		{fault.Rule{Operations: []string{"getContact"}, Method: "get", Path: "/v1/Contacts/42"}, ""},
		{fault.Rule{Operations: []string{"sendEmail", "getContact"}, Method: "GET"}, ""},
		{fault.Rule{Operations: []string{"sendEmail"}, Path: "/tr*"}, `path: must be /send, not "/tr*"` + never + "sendEmail has no other"},
		{fault.Rule{Key: "sk"}, `key: must be secret or public, not "sk"`},
		{fault.Rule{Email: strings.Repeat("x", 1001)}, "email: must be at most 1000 bytes long, not 1001"},
		{fault.Rule{Email: strings.Repeat("*", 11)}, "email: must have at most 10 *, not 11"},
		{fault.Rule{ID: ".."}, `id: must be 1 to 128 letters, digits, dots, dashes and underscores, not ".."`},
		{fault.Rule{ID: "header"}, "id: must not be header, which stands for a fault that is no rule of the project"},
	} {
		c.rule.Steps = []*fault.Step{{Status: 500}}
		want := []string{}
		if c.want != "" {
			want = append(want, c.want)
		}
		checked(t, c.rule.String(), c.rule, want...)
	}
}

func TestCheckOfWhichMatchesAreStruck(t *testing.T) {
	t.Parallel()
	const count = "must be a whole number from 0 to 1000000000, not "
	for _, c := range []struct {
		rule fault.Rule
		want string
	}{
		{fault.Rule{Share: new(-0.1)}, "share: must be a number from 0 to 1, not -0.1"},
		{fault.Rule{Share: new(1.1)}, "share: must be a number from 0 to 1, not 1.1"},
		{fault.Rule{Share: new(math.NaN())}, "share: must be a number from 0 to 1, not NaN"},
		{fault.Rule{After: -1}, "after: " + count + "-1"},
		{fault.Rule{After: 1e9 + 1}, "after: " + count + "1000000001"},
		{fault.Rule{Times: -1}, "times: " + count + "-1"},
		{fault.Rule{Times: 1e9 + 1}, "times: " + count + "1000000001"},
		{fault.Rule{Matched: -1}, "matched: must be a whole number from 0 on, not -1"},
		{fault.Rule{Struck: -1}, "struck: must be a whole number from 0 on, not -1"},
		{fault.Rule{Lasts: time.Hour, Expires: time.Unix(1, 0)}, "expires: must be a duration or a time, not both"},
		{fault.Rule{Lasts: -time.Hour}, "expires: must be a duration over 0, not -1h"},
		{fault.Rule{Lasts: 36525*24*time.Hour + 1}, "expires: must be at most 100 years, not 36525d1ns"},
		{fault.Rule{Expires: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}, "expires: must be a time from the year 1 to 9999"},
	} {
		c.rule.Steps = []*fault.Step{{Status: 500}}
		checked(t, c.want, c.rule, c.want)
	}
}

func TestCheckTellsAllThatIsWrong(t *testing.T) {
	t.Parallel()
	checked(t, "a rule of flaws",
		fault.Rule{ID: "/", Operations: []string{"x"}, Method: "x", Path: "x", Key: "x", Share: new(2.0), After: -1, Times: -1, Lasts: -1},
		`id: must be 1 to 128 letters, digits, dots, dashes and underscores, not "/"`,
		`operation: must be one or more of sendEmail, getContact, deleteContact, smtp, not "x"`,
		`method: must be GET, POST, PUT, PATCH or DELETE, not "X"`,
		`path: must start with / or *, not "x"`,
		`key: must be secret or public, not "x"`,
		"share: must be a number from 0 to 1, not 2",
		"after: must be a whole number from 0 to 1000000000, not -1",
		"times: must be a whole number from 0 to 1000000000, not -1",
		"expires: must be a duration over 0, not -1ns",
		"steps: must be at least one step, not none")
}

func TestCheckChangesNoStep(t *testing.T) {
	t.Parallel()
	ops := []string{"sendEmail", "sendEmail"}
	r := fault.Rule{Operations: ops, Steps: []*fault.Step{{Status: 500}, {Pass: true}}}
	steps := slices.Clone(r.Steps)
	r.Check(operations())
	same(t, "operations", ops, []string{"sendEmail", "sendEmail"})
	if !slices.Equal(r.Steps, steps) {
		t.Errorf("got the steps %v, want those of before %v", r.Steps, steps)
	}
}
