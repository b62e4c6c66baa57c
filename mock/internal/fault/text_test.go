package fault_test

import (
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/mock/internal/fault"
)

func TestStringSaysWhatTheGrammarLacks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		step *fault.Step
		want string
	}{
		{nil, ""},
		{&fault.Step{}, ""},
		{&fault.Step{Body: new("<html>")}, "body"},
		{&fault.Step{Status: 502, Body: new("")}, "502+body"},
		{&fault.Step{Delay: &fault.Delay{Min: 50 * time.Millisecond, Max: 2 * time.Second}}, "delay=uniform(50ms,2s)"},
		{&fault.Step{Delay: &fault.Delay{Median: 90 * time.Millisecond, Sigma: 0.4}}, "delay=lognormal(90ms,0.4)"},
		{&fault.Step{Limit: &fault.Limit{Requests: 20, Per: time.Second, Burst: 50}}, "limit=20/1s(burst=50)"},
	} {
		same(t, "step", c.step.String(), c.want)
	}
	r := fault.Rule{Method: "POST", Path: "/contacts/*", Key: "public", Times: 2, Steps: []*fault.Step{{Status: 401}, {Pass: true}}}
	same(t, "rule", r.String(), "401,pass;method=POST;path=/contacts/*;key=public;times=2")
	same(t, "no delay", (*fault.Delay)(nil).String(), "")
	same(t, "no limit", (*fault.Limit)(nil).String(), "")
}

func TestRepeatsTellsOfAnEndThatNeverComes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"429", ""},
		{"429,429", ""},
		{"429*2,pass", ""},
		{"429*2;times=2", ""},
		{"pass*2", ""},
		{"429*2", "the last step repeats for ever; add ,pass or ;times=2 to end it"},
		{"pass,drop=after*2", "the last step repeats for ever; add ,pass or ;times=3 to end it"},
	} {
		same(t, c.text, fault.Repeats(parse(t, c.text)), c.want)
	}
	same(t, "no step", fault.Repeats(fault.Rule{Steps: []*fault.Step{nil, nil}}), "")
}
