package fault_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/mock/internal/fault"
)

func noon() time.Time { return time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC) }

// newSet returns a set of these rules, whose IDs are f1, f2 and so on.
func newSet(tb testing.TB, rules ...fault.Rule) *fault.Set {
	tb.Helper()
	n := 0
	s := fault.NewSet(fault.Options{Seed: "seed", NewID: func() string {
		n++
		return fmt.Sprintf("f%d", n)
	}})
	for _, r := range rules {
		add(tb, s, r)
	}
	return s
}

func add(tb testing.TB, s *fault.Set, r fault.Rule) fault.Rule {
	tb.Helper()
	if flaws := r.Check(operations()); len(flaws) > 0 {
		tb.Fatalf("the rule %v of a test is wrong: %v", r, flaws)
	}
	added, err := s.Add(r, noon())
	if err != nil {
		tb.Fatalf("Add(%v): %v", r, err)
	}
	return added
}

func TestNeedsIsWhatLiveRulesAskFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text          string
		emails, clock bool
	}{
		{"500", false, false},
		{"500;email=*", true, false},
		{"500;expires=1m", false, true},
		{"limit=1/1s", false, true},
		{"500;email=a@example.com;expires=1m", true, true},
	} {
		r := parse(t, c.text)
		s := newSet(t, r)
		emails, clock := s.Needs()
		same(t, c.text, []bool{emails, clock}, []bool{c.emails, c.clock})
		r.ID, r.Disabled = "f1", true
		s.Put(r, noon())
		emails, clock = s.Needs()
		same(t, c.text+", disabled", []bool{emails, clock}, []bool{false, false})
	}
	s := newSet(t, parse(t, "500;email=*;times=1"))
	struck(s, send())
	emails, _ := s.Needs()
	same(t, "a rule that has ended", emails, false)
	s.Clear()
	emails, clock := s.Needs()
	same(t, "no rules", []bool{emails, clock}, []bool{false, false})
}

func TestSetKeepsRulesInOrder(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	same(t, "no rules", s.List(), []fault.Rule{})
	same(t, "none to strike", strikes(s, send(), 1), []string{"-"})
	add(t, s, parse(t, "401"))
	named := parse(t, "402")
	named.ID = "mine"
	same(t, "ID", add(t, s, named).ID, "mine")
	same(t, "ID", add(t, s, parse(t, "403")).ID, "f2")
	same(t, "list", counts(s), []string{"f1 0/0", "mine 0/0", "f2 0/0"})
	same(t, "length", s.Len(), 3)
	off := parse(t, "500")
	off.ID, off.Disabled = "mine", true
	_, _ = s.Put(off, noon())
	total, enabled := s.Count()
	same(t, "count", []int{total, enabled}, []int{3, 2})

	put := parse(t, "502;expires=1h")
	put.ID, put.Matched, put.Struck = "mine", 7, 5
	got, err := s.Put(put, noon())
	same(t, "put", err == nil, true)
	same(t, "put", got.Expires, noon().Add(time.Hour))
	same(t, "list", counts(s), []string{"f1 0/0", "mine 7/5", "f2 0/0"})
	got, ok := s.Get("mine")
	same(t, "get", ok, true)
	same(t, "get", got.String(), "502;expires=2030-01-01T13:00:00Z")

	same(t, "delete", s.Delete("f1"), true)
	same(t, "list", counts(s), []string{"mine 7/5", "f2 0/0"})
	same(t, "clear", s.Clear(), 2)
	same(t, "length", s.Len(), 0)
}

func TestSetWithoutTheRule(t *testing.T) {
	t.Parallel()
	s := newSet(t, parse(t, "401"))
	_, ok := s.Get("x")
	same(t, "get", ok, false)
	_, err := s.Put(fault.Rule{ID: "x", Steps: []*fault.Step{{Status: 500}}}, noon())
	same(t, "put", errors.Is(err, fault.ErrNone), true)
	same(t, "delete", s.Delete("x"), false)
	same(t, "list", counts(s), []string{"f1 0/0"})
}

func TestRulesThatLeaveTheSetStayAsTheyAre(t *testing.T) {
	t.Parallel()
	s := newSet(t, parse(t, "500"))
	list := s.List()
	one, _ := s.Get("f1")
	struck(s, send())
	same(t, "listed", list[0].Matched, 0)
	same(t, "got", one.Struck, 0)
	list[0].ID = "x"
	same(t, "the rule of the set", counts(s), []string{"f1 1/1"})
}

// refused fails unless err is of that sort and text.
func refused(tb testing.TB, what string, err, sort error, text string) {
	tb.Helper()
	if !errors.Is(err, sort) || err.Error() != text {
		tb.Errorf("%s: got the error %v, want %q of the sort %q", what, err, text, sort)
	}
}

func TestSetRefuses(t *testing.T) {
	t.Parallel()
	s := fault.NewSet(fault.Options{Max: 2, NewID: func() string { return "new" }})
	rule := parse(t, "500")
	rule.ID = "a"
	add(t, s, rule)
	_, err := s.Add(rule, noon())
	refused(t, "the same ID", err, fault.ErrTaken, `the ID is taken: there is a fault "a" already`)
	add(t, s, parse(t, "500"))
	const full = "there is no room for another fault: 2 are the most that a project may have; delete one or raise --max-faults"
	_, err = s.Add(parse(t, "500"), noon())
	refused(t, "no room", err, fault.ErrFull, full)

	refused(t, "replace by too many", s.Replace(make([]fault.Rule, 3), noon()), fault.ErrFull, full)
	refused(t, "replace by two of one ID", s.Replace([]fault.Rule{rule, rule}, noon()), fault.ErrTaken, `the ID is taken: there is a fault "a" already`)
	same(t, "list: nothing has changed", counts(s), []string{"a 0/0", "new 0/0"})
}

func TestNewIDsAreFree(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	loaded := []fault.Rule{parse(t, "501"), parse(t, "502"), parse(t, "503"), parse(t, "504")}
	loaded[1].ID, loaded[3].ID = "f1", "f3"
	same(t, "replace", s.Replace(loaded, noon()), nil)
	same(t, "list", counts(s), []string{"f2 0/0", "f1 0/0", "f4 0/0", "f3 0/0"})
	taken := parse(t, "505")
	taken.ID = "f5"
	add(t, s, taken)
	same(t, "added", add(t, s, parse(t, "506")).ID, "f6")
}

func TestReplaceGoesOnAsIfNothingHadHappened(t *testing.T) {
	t.Parallel()
	text := "500,501,502;share=0.5;times=60;after=3"
	s := newSet(t, parse(t, text))
	want := strikes(s, send(), 200)

	first := newSet(t, parse(t, text))
	got := strikes(first, send(), 70)
	second := newSet(t, parse(t, "503"))
	same(t, "replace", second.Replace(first.List(), noon()), nil)
	same(t, "length", second.Len(), 1)
	got = append(got, strikes(second, send(), 130)...)
	same(t, "strikes", got, want)
	same(t, "rules", second.List(), s.List())
}

func TestTextsOfAllRulesAreBounded(t *testing.T) {
	t.Parallel()
	long := fault.Rule{Steps: []*fault.Step{{Body: new(strings.Repeat("x", 1<<20))}}}
	s := newSet(t)
	for range 8 {
		if _, err := s.Add(long, noon()); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.Add(long, noon())
	same(t, "one more", errors.Is(err, fault.ErrFull), true)
	long.ID = s.List()[0].ID
	_, err = s.Put(long, noon())
	same(t, "in the place of another", err, nil)
	long.Steps = append(long.Steps, long.Steps[0], &fault.Step{Body: long.Steps[0].Body})
	_, err = s.Put(long, noon())
	same(t, "a longer one", errors.Is(err, fault.ErrFull), true)
	same(t, "all at once", errors.Is(fault.CheckRoom(append(s.List(), long), 1000), fault.ErrFull), true)
}
