package fault_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/mock/internal/fault"
)

// struck returns what becomes of a call, as rule:step.
func struck(s *fault.Set, c fault.Call) string {
	strike, _ := s.Strike(c)
	if strike == nil {
		return "-"
	}
	return fmt.Sprintf("%s:%v", strike.Rule, strike.Do)
}

// strikes returns what becomes of n equal calls.
func strikes(s *fault.Set, c fault.Call, n int) []string {
	list := []string{}
	for range n {
		list = append(list, struck(s, c))
	}
	return list
}

// counts returns how often each rule matched and struck.
func counts(s *fault.Set) []string {
	list := []string{}
	for _, r := range s.List() {
		list = append(list, fmt.Sprintf("%s %d/%d", r.ID, r.Matched, r.Struck))
	}
	return list
}

func send() fault.Call {
	return fault.Call{
		Operation: "sendEmail", Method: "POST", Path: "/send", Key: "secret",
		Emails: []string{"ada@example.com", "bob@example.org"}, Now: noon(),
	}
}

func TestStrikeUsesEachStepOnceAndTheLastAgain(t *testing.T) {
	t.Parallel()
	s := newSet(t, parse(t, "429*2,drop=after,500"))
	same(t, "strikes", strikes(s, send(), 6), []string{"f1:429", "f1:429", "f1:drop=after", "f1:500", "f1:500", "f1:500"})
	same(t, "counts", counts(s), []string{"f1 6/6"})
	strike, quota := s.Strike(send())
	rule, _ := s.Get("f1")
	same(t, "strike", strike, &fault.Strike{Rule: "f1", Step: 3, Do: rule.Steps[3]})
	same(t, "quota", quota, nil)
}

func TestStrikeAsksTheOldestFirst(t *testing.T) {
	t.Parallel()
	s := newSet(t, parse(t, "sendEmail:401;times=1"), parse(t, "sendEmail:pass;times=2"), parse(t, "500"))
	same(t, "strikes", strikes(s, send(), 5), []string{"f1:401", "f2:pass", "f2:pass", "f3:500", "f3:500"})
	same(t, "counts: what is not asked does not count", counts(s), []string{"f1 1/1", "f2 2/2", "f3 2/2"})
}

func TestStrikeMatches(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		rule fault.Rule
		want bool
	}{
		{"anything", fault.Rule{}, true},
		{"one of the operations", fault.Rule{Operations: []string{"getContact", "sendEmail"}}, true},
		{"another operation", fault.Rule{Operations: []string{"getContact"}}, false},
		{"the method", fault.Rule{Method: "POST"}, true},
		{"another method", fault.Rule{Method: "GET"}, false},
		{"the key", fault.Rule{Key: "secret"}, true},
		{"another key", fault.Rule{Key: "public"}, false},
		{"the path", fault.Rule{Path: "/send"}, true},
		{"the path in other letters, with a slash", fault.Rule{Path: "/SEND/"}, true},
		{"a pattern of the path", fault.Rule{Path: "/s?n*"}, true},
		{"another path", fault.Rule{Path: "/contacts/1"}, false},
		{"one recipient", fault.Rule{Email: "bob@example.org"}, true},
		{"a pattern of a recipient", fault.Rule{Email: "*@Example.com"}, true},
		{"a part of an address", fault.Rule{Email: "example.com"}, false},
		{"any address", fault.Rule{Email: "*"}, true},
		{"everything", fault.Rule{Operations: []string{"sendEmail"}, Method: "POST", Path: "/send", Key: "secret", Email: "ada@*"}, true},
		{"everything but the key", fault.Rule{Operations: []string{"sendEmail"}, Method: "POST", Path: "/send", Key: "public", Email: "ada@*"}, false},
		{"disabled", fault.Rule{Disabled: true}, false},
	} {
		c.rule.Steps = []*fault.Step{{Status: 500}}
		s := newSet(t, c.rule)
		want, n := "-", 0
		if c.want {
			want, n = "f1:500", 1
		}
		same(t, c.name, struck(s, send()), want)
		same(t, c.name, counts(s), []string{fmt.Sprintf("f1 %d/%d", n, n)})
		same(t, c.name+", by the header", fault.One(c.rule, send(), "seed") != nil, c.want)
	}
	addressed := newSet(t, parse(t, "500;email=*"))
	same(t, "a call without addresses", struck(addressed, fault.Call{}), "-")
	slash := newSet(t, fault.Rule{Path: "/contacts/*", Steps: []*fault.Step{{Status: 500}}})
	same(t, "a path whose slash is at its end", struck(slash, fault.Call{Path: "/contacts/"}), "-")
	same(t, "a path with a slash behind it", struck(slash, fault.Call{Path: "/Contacts/1/"}), "f1:500")
}

func TestStrikeLetsTheFirstMatchesGo(t *testing.T) {
	t.Parallel()
	s := newSet(t, parse(t, "sendEmail:500;after=2"))
	struck(s, fault.Call{Operation: "trackEvent"})
	same(t, "strikes", strikes(s, send(), 4), []string{"-", "-", "f1:500", "f1:500"})
	same(t, "counts", counts(s), []string{"f1 4/2"})
}

func TestStrikeEndsAfterTimes(t *testing.T) {
	t.Parallel()
	s := newSet(t, parse(t, "500,503;times=3"))
	for _, want := range []int{3, 2, 1, 0, 0} {
		r, _ := s.Get("f1")
		left, limited := r.Left()
		if left != want || !limited {
			t.Errorf("Left() = %d, %v; want %d, true", left, limited, want)
		}
		struck(s, send())
	}
	same(t, "counts: what has ended matches no more", counts(s), []string{"f1 3/3"})
	left, limited := parse(t, "500").Left()
	if left != 0 || limited {
		t.Errorf("without times: Left() = %d, %v; want 0, false", left, limited)
	}
	left, _ = fault.Rule{Times: 1, Struck: 3}.Left()
	same(t, "left of a rule that struck more often", left, 0)
}

func TestStrikeEndsWhenTheRuleExpires(t *testing.T) {
	t.Parallel()
	s := newSet(t, parse(t, "500;expires=10m"))
	r, _ := s.Get("f1")
	same(t, "expires", r.Expires, noon().Add(10*time.Minute))
	same(t, "lasts", r.Lasts, 0)
	at := func(d time.Duration) string {
		c := send()
		c.Now = noon().Add(d)
		return struck(s, c)
	}
	same(t, "before", at(10*time.Minute-1), "f1:500")
	same(t, "then", at(10*time.Minute), "-")
	same(t, "after", at(time.Hour), "-")
	same(t, "counts", counts(s), []string{"f1 1/1"})
	same(t, "without a clock", struck(s, fault.Call{}), "f1:500")
	late := time.Date(9999, 12, 1, 0, 0, 0, 0, time.UTC)
	r, err := s.Add(parse(t, "500;expires=100d"), late)
	same(t, "error", err, nil)
	same(t, "expires at the end of time", r.Expires, time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC))
}

func TestPassCountsAsAStrike(t *testing.T) {
	t.Parallel()
	s := newSet(t, parse(t, "pass,500;times=2"), parse(t, "503"))
	same(t, "strikes", strikes(s, send(), 3), []string{"f1:pass", "f1:500", "f2:503"})
}

func TestOneStrikesByItsFirstStep(t *testing.T) {
	t.Parallel()
	used := parse(t, "sendEmail:delay=1s+429,500;times=1;expires=2030-01-01T12:00:01Z")
	used.ID, used.Matched, used.Struck = "mine", 5, 5
	same(t, "strike", fault.One(used, send(), "x"), &fault.Strike{Rule: "header", Do: used.Steps[0], Delay: time.Second})
	same(t, "its counts", []int{used.Matched, used.Struck}, []int{5, 5})
	late := send()
	late.Now = noon().Add(time.Second)
	for _, c := range []struct {
		name, text string
		call       fault.Call
	}{
		{"another operation", "getContact:429", send()},
		{"the first match is let go", "429;after=1", send()},
		{"expired", "429;expires=2030-01-01T12:00:01Z", late},
		{"a share of none", "429;share=0", send()},
		{"a limit", "limit=1/1s", send()},
	} {
		same(t, c.name, fault.One(parse(t, c.text), c.call, "x"), nil)
	}
	same(t, "no step", fault.One(fault.Rule{}, send(), "x"), nil)

	half := parse(t, "429;share=0.5")
	n := 0
	for i := range 1000 {
		seed := fmt.Sprintf("call %d", i)
		strike := fault.One(half, send(), seed)
		same(t, seed+" again", fault.One(half, send(), seed), strike)
		if strike != nil {
			n++
		}
	}
	if n < 450 || n > 550 {
		t.Errorf("a share of 0.5 struck %d of 1000 calls", n)
	}
}
