package fault_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/mock/internal/fault"
)

func TestCheckOfAStepsValues(t *testing.T) {
	t.Parallel()
	const (
		size  = "must be a whole number from "
		delay = "steps[0].delay: must be a duration from 0s to 10m, not "
		token = `must be the name of a header, such as X-Reason, not `
	)
	header := func(name, value string) *fault.Step {
		return &fault.Step{Status: 500, Headers: []fault.Header{{name, value}}}
	}
	for _, c := range []struct {
		step *fault.Step
		want []string
	}{
		{nil, []string{"steps[0]: must be a step, not null"}},
		{&fault.Step{Status: 399}, []string{"steps[0].status: " + size + "400 to 599, not 399"}},
		{&fault.Step{Status: 600}, []string{"steps[0].status: " + size + "400 to 599, not 600"}},
		{&fault.Step{Drop: "never"}, []string{`steps[0].drop: must be before or after, not "never"`}},
		{&fault.Step{Truncate: new(-1)}, []string{"steps[0].truncate: " + size + "0 to 1000000000, not -1"}},
		{&fault.Step{Truncate: new(1_000_000_001)}, []string{"steps[0].truncate: " + size + "0 to 1000000000, not 1000000001"}},
		{&fault.Step{Dribble: -1}, []string{"steps[0].dribble: " + size + "1 to 1000000000, not -1"}},
		{&fault.Step{Dribble: 1_000_000_001}, []string{"steps[0].dribble: " + size + "1 to 1000000000, not 1000000001"}},
		{&fault.Step{Status: 429, RetryAfter: -1}, []string{"steps[0].retryAfter: must be a duration over 0 and up to 365d, not -1ns"}},
		{&fault.Step{Status: 429, RetryAfter: 366 * 24 * time.Hour}, []string{"steps[0].retryAfter: must be a duration over 0 and up to 365d, not 366d"}},

		{&fault.Step{Delay: fixed(-time.Second)}, []string{delay + "-1s"}},
		{&fault.Step{Delay: fixed(11 * time.Minute)}, []string{delay + "11m"}},
		{&fault.Step{Delay: &fault.Delay{Min: -1, Max: 11 * time.Minute}}, []string{delay + "-1ns", delay + "11m"}},
		{&fault.Step{Delay: &fault.Delay{Median: -1}}, []string{delay + "-1ns"}},
		{&fault.Step{Delay: &fault.Delay{Median: 11 * time.Minute}}, []string{delay + "11m"}},
		{
			&fault.Step{Delay: &fault.Delay{Min: time.Minute, Max: time.Second}},
			[]string{"steps[0].delay: must go from the shorter to the longer, not from 1m to 1s"},
		},
		{&fault.Step{Delay: &fault.Delay{Median: 1, Sigma: 5.1}}, []string{"steps[0].delay: must have a sigma from 0 to 5, not 5.1"}},
		{&fault.Step{Delay: &fault.Delay{Median: 1, Sigma: math.NaN()}}, []string{"steps[0].delay: must have a sigma from 0 to 5, not NaN"}},
		{&fault.Step{Delay: &fault.Delay{Sigma: 1}}, []string{"steps[0].delay: must have a median over 0 beside its sigma"}},
		{&fault.Step{Delay: &fault.Delay{Median: 1, Max: 1}}, []string{"steps[0].delay: must be uniform or lognormal, not both"}},

		{&fault.Step{Limit: &fault.Limit{}}, []string{
			"steps[0].rateLimit.requests: " + size + "1 to 1000000, not 0", "steps[0].rateLimit.per: must be a duration from 1ms to 365d, not 0s",
		}},
		{&fault.Step{Limit: &fault.Limit{Requests: 1e6 + 1, Per: 366 * 24 * time.Hour, Burst: 1e6 + 1}}, []string{
			"steps[0].rateLimit.requests: " + size + "1 to 1000000, not 1000001", "steps[0].rateLimit.per: must be a duration from 1ms to 365d, not 366d",
			"steps[0].rateLimit.burst: " + size + "1 to 1000000, not 1000001",
		}},
		{&fault.Step{Limit: &fault.Limit{Requests: 1, Per: time.Second, Burst: -1}}, []string{"steps[0].rateLimit.burst: " + size + "1 to 1000000, not -1"}},

		{header("", "x"), []string{`steps[0].headers[""]: ` + token + `""`}},
		{header("X A", "x"), []string{`steps[0].headers["X A"]: ` + token + `"X A"`}},
		{header("X:A", "x"), []string{`steps[0].headers["X:A"]: ` + token + `"X:A"`}},
		{header("X-É", "x"), []string{`steps[0].headers["X-É"]: ` + token + `"X-É"`}},
		{header("X-A", "a\r\nb"), []string{`steps[0].headers.X-A: must be without control characters, not with '\r'`}},
		{header("X.A", "\x00"), []string{`steps[0].headers["X.A"]: must be without control characters, not with '\x00'`}},
		{header("X-A", "\x7f"), []string{`steps[0].headers.X-A: must be without control characters, not with '\x7f'`}},
		{header("content-Length", "1"), []string{
			"steps[0].headers.content-Length: must not be set, for the length is that of what is sent: truncate cuts a body short",
		}},
		{header("Transfer-Encoding", "chunked"), []string{
			"steps[0].headers.Transfer-Encoding: must not be set, for it is the connection's: dribble sends a body slowly",
		}},
		{header("Connection", "close"), []string{"steps[0].headers.Connection: must not be set, for it is the connection's: drop breaks it"}},
		{header("x-plunkmock-fault", "x"), []string{
			"steps[0].headers.x-plunkmock-fault: must not be set, for such headers are what the emulator says of itself",
		}},
		{&fault.Step{Body: new(""), ContentType: "a\nb"}, []string{`steps[0].contentType: must be without control characters, not with '\n'`}},
	} {
		checked(t, c.step.String(), of(c.step), c.want...)
	}
}

func TestCheckOfWhatGoesTogetherInAStep(t *testing.T) {
	t.Parallel()
	const (
		nothing  = "steps[0]: must say what happens: status, pass, delay, drop, truncate, body, dribble or rateLimit"
		answered = ": must go with status or the real answer, not with "
	)
	limit := &fault.Limit{Requests: 1, Per: time.Second}
	headers := []fault.Header{{"X-A", "x"}}
	for _, c := range []struct {
		step *fault.Step
		want []string
	}{
		{&fault.Step{}, []string{nothing}},
		{&fault.Step{Headers: headers}, []string{nothing}},
		{&fault.Step{Message: "No"}, []string{nothing, "steps[0].message: must go with status or rateLimit, not with the real answer"}},
		{&fault.Step{Status: 500, Pass: true}, []string{"steps[0]: must have one outcome, not status and pass"}},
		{&fault.Step{Pass: true, Drop: fault.DropAfter}, []string{"steps[0]: must have one outcome, not pass and drop"}},
		{
			&fault.Step{Status: 500, Pass: true, Drop: fault.DropAfter, Limit: limit, Body: new("")},
			[]string{"steps[0]: must have one outcome, not status and pass and drop and rateLimit"},
		},
		{&fault.Step{Drop: fault.DropAfter, Body: new(""), Truncate: new(1), Dribble: 1}, []string{
			"steps[0].truncate" + answered + "drop", "steps[0].body" + answered + "drop", "steps[0].dribble" + answered + "drop",
		}},
		{&fault.Step{Limit: limit, Body: new(""), Truncate: new(1), Dribble: 1}, []string{
			"steps[0].truncate" + answered + "rateLimit", "steps[0].body" + answered + "rateLimit", "steps[0].dribble" + answered + "rateLimit",
		}},
		{&fault.Step{Drop: fault.DropBefore, Message: "No", Headers: headers, RetryAfter: 1}, []string{
			"steps[0].message: must go with status or rateLimit, not with drop",
			"steps[0].headers: must go with status, rateLimit or the real answer, not with drop",
			"steps[0].retryAfter: must go with status, not with drop",
		}},
		{&fault.Step{Pass: true, RetryAfter: 1}, []string{"steps[0].retryAfter: must go with status, not with the real answer"}},
		{&fault.Step{Limit: limit, RetryAfter: 1}, []string{"steps[0].retryAfter: must go with status, not with rateLimit"}},
		{&fault.Step{Status: 500, Body: new(""), Message: "No"}, []string{"steps[0].message: must not stand beside body, which takes its place"}},
		{&fault.Step{Status: 500, ContentType: "text/html"}, []string{"steps[0].contentType: must stand beside body, not alone"}},
	} {
		checked(t, c.step.String(), of(c.step), c.want...)
	}
}

func TestCheckOfAllSteps(t *testing.T) {
	t.Parallel()
	bad := &fault.Step{Status: 200}
	limit := &fault.Step{Limit: &fault.Limit{Requests: 1, Per: time.Second}}
	checked(t, "none", fault.Rule{}, "steps: must be at least one step, not none")
	checked(t, "too many", of(slices.Repeat([]*fault.Step{bad}, 1001)...),
		"steps: must be at most 1000 steps, not 1001; the last one repeats by itself")
	checked(t, "each by its number, and one that repeats once", of(&fault.Step{Status: 500}, bad, bad, &fault.Step{}),
		"steps[1].status: must be a whole number from 400 to 599, not 200",
		"steps[3]: must say what happens: status, pass, delay, drop, truncate, body, dribble or rateLimit")
	checked(t, "a limit among others", of(&fault.Step{Pass: true}, limit),
		"steps[1].rateLimit: must be the only step of its rule, not one of 2")

	half := &fault.Step{Body: new(strings.Repeat("x", 1<<19))}
	checked(t, "one text in many steps", of(half, half, half))
	checked(t, "texts that fill a rule", of(half, &fault.Step{Status: 500, Message: strings.Repeat("x", 1<<19)}))
	checked(t, "texts that are too long together",
		of(half, &fault.Step{Status: 500, Body: new(strings.Repeat("x", 1<<19-4)), ContentType: "a/b", Headers: []fault.Header{{"A", "b"}}}),
		"steps: must have texts of at most 1048576 bytes together, not 1048577")
}
