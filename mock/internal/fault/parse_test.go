package fault_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/mock/internal/fault"
)

// same fails with what differs when got is not want.
func same[T any](tb testing.TB, what string, got, want T) {
	tb.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		tb.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// parse reads a rule that is right.
func parse(tb testing.TB, text string) fault.Rule {
	tb.Helper()
	r, err := fault.Parse(text)
	if err != nil {
		tb.Fatalf("Parse(%q): %v", text, err)
	}
	return r
}

func fixed(d time.Duration) *fault.Delay { return &fault.Delay{Min: d, Max: d} }

func TestParseReadsTheGrammar(t *testing.T) {
	t.Parallel()
	tooMany := &fault.Step{Status: 429}
	for _, c := range []struct {
		text string
		want fault.Rule
		back string // what String says; "" when it is text
	}{
		{text: "429", want: fault.Rule{Steps: []*fault.Step{{Status: 429}}}},
		{text: "pass", want: fault.Rule{Steps: []*fault.Step{{Pass: true}}}},
		{text: "drop=before,drop=after", want: fault.Rule{Steps: []*fault.Step{{Drop: fault.DropBefore}, {Drop: fault.DropAfter}}}},
		{text: "truncate=0", want: fault.Rule{Steps: []*fault.Step{{Truncate: new(0)}}}},
		{text: "dribble=100", want: fault.Rule{Steps: []*fault.Step{{Dribble: 100}}}},
		{text: "limit=20/1s", want: fault.Rule{Steps: []*fault.Step{{Limit: &fault.Limit{Requests: 20, Per: time.Second}}}}},
		{text: "delay=250ms+drop=after", want: fault.Rule{Steps: []*fault.Step{{Delay: fixed(250 * time.Millisecond), Drop: fault.DropAfter}}}},
		{
			text: "drop=after+delay=90s", back: "delay=1m30s+drop=after",
			want: fault.Rule{Steps: []*fault.Step{{Delay: fixed(90 * time.Second), Drop: fault.DropAfter}}},
		},
		{text: "429*2,pass", want: fault.Rule{Steps: []*fault.Step{tooMany, tooMany, {Pass: true}}}},
		{text: "429,429*1", back: "429,429", want: fault.Rule{Steps: []*fault.Step{tooMany, tooMany}}},
		{text: "sendEmail:500", want: fault.Rule{Operations: []string{"sendEmail"}, Steps: []*fault.Step{{Status: 500}}}},
		{
			text: "sendEmail|trackEvent:500;share=0.25;after=2;times=3",
			want: fault.Rule{
				Operations: []string{"sendEmail", "trackEvent"}, Share: new(0.25), After: 2, Times: 3,
				Steps: []*fault.Step{{Status: 500}},
			},
		},
		{text: "500;share=0", want: fault.Rule{Share: new(0.0), Steps: []*fault.Step{{Status: 500}}}},
		{text: "500;times=1;after=0", back: "500;times=1", want: fault.Rule{Times: 1, Steps: []*fault.Step{{Status: 500}}}},
		{text: "500;email=*+a:b,c@example.com", want: fault.Rule{Email: "*+a:b,c@example.com", Steps: []*fault.Step{{Status: 500}}}},
		{text: "500;expires=36h", back: "500;expires=1d12h", want: fault.Rule{Lasts: 36 * time.Hour, Steps: []*fault.Step{{Status: 500}}}},
		{
			text: "500;expires=2030-01-01T01:00:00.5+02:00", back: "500;expires=2029-12-31T23:00:00.5Z",
			want: fault.Rule{Expires: time.Date(2029, 12, 31, 23, 0, 0, 5e8, time.UTC), Steps: []*fault.Step{{Status: 500}}},
		},
		{
			text: " sendEmail | trackEvent : 429 + delay = 1s * 2 , limit = 20 / 1s ; share = 0.5 ; email = a@example.com ",
			back: "sendEmail|trackEvent:429+delay=1s*2,limit=20/1s;email=a@example.com;share=0.5",
			want: fault.Rule{
				Operations: []string{"sendEmail", "trackEvent"}, Email: "a@example.com", Share: new(0.5),
				Steps: []*fault.Step{
					{Status: 429, Delay: fixed(time.Second)},
					{Status: 429, Delay: fixed(time.Second)},
					{Limit: &fault.Limit{Requests: 20, Per: time.Second}},
				},
			},
		},
	} {
		r := parse(t, c.text)
		same(t, c.text, r, c.want)
		if c.back == "" {
			c.back = c.text
		}
		same(t, c.text+" as text", r.String(), c.back)
	}
}

func TestStepsWrittenWithANumberAreOne(t *testing.T) {
	t.Parallel()
	r := parse(t, "429*2,429")
	if r.Steps[0] != r.Steps[1] {
		t.Error("429*2 made two steps, want one twice")
	}
	if r.Steps[1] == r.Steps[2] {
		t.Error("429,429 made one step, want two")
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	const (
		steps   = "a status from 400 to 599, pass, delay=250ms, drop=before, drop=after, truncate=20, dribble=100, limit=20/1s or, of smtp, enhanced=4.7.1"
		options = "share=0.3, after=2, times=3, email=*@example.com, expires=10m or, of smtp, stage=rcpt"
		op      = "before the : stands one such as sendEmail, or several with a | between them"
		often   = "does not say how often: after the * stands a whole number from 1 to 1000, as in 429*2"
		second  = "in one step: a + joins different things, a comma begins the next step"
		delay   = "delay= takes a duration from 0s to 10m, such as 250ms or 1m30s"
		limit   = "limit= takes a number of calls from 1 to 1000000, a / and a duration from 1ms to 365d, such as 20/1s"
		expires = "expires= takes a duration over 0 such as 10m or 1d12h, up to 100 years, or a time such as 2030-01-31T12:00:00Z"
	)
	for _, c := range []struct{ text, want string }{
		{"", `"" is no step: ` + steps},
		{"42x", `"42x" is no step: ` + steps},
		{"200", `"200" is no step: ` + steps},
		{"PASS", `"PASS" is no step: ` + steps},
		{"429,,pass", `step 2: "" is no step: ` + steps},
		{"429,pass,", `step 3: "" is no step: ` + steps},
		{"pass,dealy=1s", `step 2: "dealy=1s" is no step: ` + steps},
		{"429+", `"" is no step: ` + steps},
		{strings.Repeat("é", 40), `"` + strings.Repeat("é", 30) + `…" is no step: ` + steps},
		{"pass\x00", `"pass\x00" is no step: ` + steps},

		{"delay=250", `"delay=250" is no step: ` + delay},
		{"delay=-1s", `"delay=-1s" is no step: ` + delay},
		{"delay=11m", `"delay=11m" is no step: ` + delay},
		{"delay=uniform(50ms,2s)", `step 1: "delay=uniform(50ms" is no step: ` + delay},
		{"drop", `"drop" is no step: ` + steps},
		{"drop=never", `"drop=never" is no step: drop= takes before (nothing has happened) or after (all has happened)`},
		{"truncate=-1", `"truncate=-1" is no step: truncate= takes a whole number from 0 to 1000000000`},
		{"dribble=0", `"dribble=0" is no step: dribble= takes a whole number from 1 to 1000000000`},
		{"limit=20", `"limit=20" is no step: ` + limit},
		{"limit=0/1s", `"limit=0/1s" is no step: ` + limit},
		{"limit=20/s", `"limit=20/s" is no step: ` + limit},
		{"limit=20/1us", `"limit=20/1us" is no step: ` + limit},

		{"429*", `"" ` + often},
		{"429*0", `"0" ` + often},
		{"429*1001", `"1001" ` + often},
		{"429*2*2", `"2*2" ` + often},
		{"429*1000,pass", `step 2: a fault has at most 1000 steps; the last one repeats by itself`},
		{"429+500", `"500" is a second status ` + second},
		{"delay=1s+delay=1s", `"delay=1s" is a second delay ` + second},

		{":429", `"" is no operation: ` + op},
		{"sendEmail|:429", `"" is no operation: ` + op},
		{"POST /send: 429", `"POST /send" is no operation: ` + op},

		{"429;", `"" is no option: ` + options},
		{"429;time=2", `"time=2" is no option: ` + options},
		{"429;times", `"times" is no option: times= takes a whole number from 1 to 1000000000`},
		{"429;after=-1", `"after=-1" is no option: after= takes a whole number from 0 to 1000000000`},
		{"429;times=1;times=2", `"times=2" is a second times=: each option stands once`},
		{"429;share=30%", `"share=30%" is no option: share= takes a number from 0 to 1, such as 0.3`},
		{"429;share=NaN", `"share=NaN" is no option: share= takes a number from 0 to 1, such as 0.3`},
		{"429;share=1.01", `"share=1.01" is no option: share= takes a number from 0 to 1, such as 0.3`},
		{"429;email=", `"email=" is no option: email= takes an address, in which * stands for anything`},
		{"429;expires=soon", `"expires=soon" is no option: ` + expires},
		{"429;expires=0s", `"expires=0s" is no option: ` + expires},
		{"429;expires=36526d", `"expires=36526d" is no option: ` + expires},
		{"429;expires=0001-01-01T00:00:00Z", `"expires=0001-01-01T00:00:00Z" is no option: ` + expires},
		{"429;expires=9999-12-31T23:59:59-01:00", `"expires=9999-12-31T23:59:59-01:00" is no option: ` + expires},

		{strings.Repeat(" ", 4<<10) + "429", "a fault is at most 4096 bytes long, not 4099"},
	} {
		r, err := fault.Parse(c.text)
		if err == nil || err.Error() != c.want {
			t.Errorf("Parse(%.60q): got the rule %v and the error\n%v\nwant the error\n%v", c.text, r, err, c.want)
		}
	}
}

// FuzzParse: whatever comes in is a rule or an error, and a rule means the same
// when it is written and read again.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"429*2,pass", "sendEmail|trackEvent: delay=250ms + drop=after ; share=0.3;after=2;times=3",
		"limit=20/1s;email=*@example.com", "truncate=0+dribble=1*3;expires=1d12h", "500;expires=2030-01-01T00:00:00.000000001+14:00",
		"42x", "429;share=NaN", ":", ";", "*", "429*999999999999999999999", "delay=NaNd", "599;expires=9999-12-31T23:59:59-23:59",
	} {
		f.Add(text)
	}
	known := []fault.Operation{{ID: "sendEmail", Method: "POST", Path: "/send"}}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := fault.Parse(text)
		if err != nil {
			return
		}
		again, err := fault.Parse(r.String())
		if err != nil {
			t.Fatalf("%q is read as %q, which is refused: %v", text, r, err)
		}
		if !reflect.DeepEqual(again, r) {
			same(t, "read again", again, r)
		}
		same(t, "hint", fault.Repeats(again), fault.Repeats(r))
		for _, flaw := range r.Check(known) {
			// The grammar reads no value that is wrong by itself, only what does not go
			// together.
			if strings.Contains(flaw.Msg, "must be a whole number") || strings.Contains(flaw.Msg, "must be a duration") {
				t.Errorf("%q: %s %s", text, flaw.At, flaw.Msg)
			}
		}
	})
}
