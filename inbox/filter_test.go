package inbox_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox"
)

// noon is when the messages of these tests are sent.
var noon = time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)

// letter returns a message that every filter can say something of.
func letter() *inbox.Message {
	return &inbox.Message{
		ID:      "m1",
		Kind:    inbox.Campaign,
		Time:    noon,
		From:    inbox.Address{Name: "Shop", Address: "shop@x.test"},
		To:      []inbox.Address{{Name: "Bob", Address: "Bob@x.test"}, {Address: "eve@x.test"}},
		Subject: "Your Order is on its way",
		HTML:    "<p>Hello</p>",
		Cause: inbox.Cause{
			Request:    "r1",
			Event:      &inbox.Ref{ID: "e1", Name: "ordered"},
			Automation: &inbox.Ref{ID: "a1", Name: "Thanks"},
			Campaign:   &inbox.Ref{ID: "c1", Name: "Spring"},
			Contact:    &inbox.Ref{ID: "k1", Name: "Bob@x.test"},
		},
	}
}

// recordOf puts a message into a box of its own.
func recordOf(t *testing.T, m *inbox.Message) inbox.Record {
	t.Helper()
	var b inbox.Box
	b.Add(m)
	r, ok := b.Get(m.ID)
	if !ok {
		t.Fatalf("the box does not have %s", m.ID)
	}
	return r
}

// checkMatches tells whether each filter matches.
func checkMatches(t *testing.T, r inbox.Record, filters ...inbox.Filter) {
	t.Helper()
	for _, f := range filters {
		if !f.Match(r) || len(f.Misses(r)) != 0 {
			t.Errorf("%+v: match is %v, misses %v; it should match", f, f.Match(r), f.Misses(r))
		}
	}
}

// checkMisses tells whether no filter matches.
func checkMisses(t *testing.T, r inbox.Record, filters ...inbox.Filter) {
	t.Helper()
	for _, f := range filters {
		if f.Match(r) || len(f.Misses(r)) == 0 {
			t.Errorf("%+v: match is %v, misses %v; it should not match", f, f.Match(r), f.Misses(r))
		}
	}
}

func TestFilterToMatchesWholeAddressesOnly(t *testing.T) {
	t.Parallel()
	r := recordOf(t, letter())
	checkMatches(t, r,
		inbox.Filter{To: []string{"bob@x.test"}},
		inbox.Filter{To: []string{"BOB@X.TEST"}},
		inbox.Filter{To: []string{"eve@x.test"}},
	)
	checkMisses(t, r,
		inbox.Filter{To: []string{"ob@x.test"}},
		inbox.Filter{To: []string{"bob@x"}},
		inbox.Filter{To: []string{"@x.test"}},
		inbox.Filter{To: []string{"shop@x.test"}},
	)
	other := letter()
	other.To = []inbox.Address{{Address: "notbob@x.test"}}
	checkMisses(t, recordOf(t, other), inbox.Filter{To: []string{"bob@x.test"}})
}

func TestFilterTakesTheAddressOutOfAName(t *testing.T) {
	t.Parallel()
	checkMatches(t, recordOf(t, letter()),
		inbox.Filter{To: []string{"Bob <bob@x.test>"}},
		inbox.Filter{To: []string{"<bob@x.test>"}},
		inbox.Filter{To: []string{`"Bob, of <X>" <bob@x.test>`}},
		inbox.Filter{To: []string{"Builder, Bob <bob@x.test>"}}, // no one quotes in a test
		inbox.Filter{From: []string{"Böb <SHOP@x.test>"}},
	)
}

func TestFilterSubjectIsAPartInAnyCase(t *testing.T) {
	t.Parallel()
	r := recordOf(t, letter())
	checkMatches(t, r, inbox.Filter{Subject: []string{"oRDER IS"}}, inbox.Filter{Subject: []string{"Your Order is on its way"}})
	checkMisses(t, r, inbox.Filter{Subject: []string{"orders"}})
	m := letter()
	m.Subject = "GRÜSSE"
	checkMatches(t, recordOf(t, m), inbox.Filter{Subject: []string{"grüsse"}})
}

func TestFilterFindsACauseByIDOrName(t *testing.T) {
	t.Parallel()
	r := recordOf(t, letter())
	checkMatches(t, r,
		inbox.Filter{},
		inbox.Filter{Kind: []inbox.Kind{inbox.Campaign}},
		inbox.Filter{Contact: []string{"k1"}}, inbox.Filter{Contact: []string{"bob@x.test"}},
		inbox.Filter{Campaign: []string{"c1"}}, inbox.Filter{Campaign: []string{"Spring"}},
		inbox.Filter{Automation: []string{"a1"}}, inbox.Filter{Automation: []string{"Thanks"}},
		inbox.Filter{Event: []string{"e1"}}, inbox.Filter{Event: []string{"ordered"}},
		inbox.Filter{Request: []string{"r1"}},
	)
	checkMisses(t, r, inbox.Filter{Event: []string{"order"}}, inbox.Filter{Request: []string{"r"}})

	bare := letter()
	bare.Cause = inbox.Cause{}
	checkMisses(t, recordOf(t, bare),
		inbox.Filter{Contact: []string{"k1"}}, inbox.Filter{Campaign: []string{"c1"}}, inbox.Filter{Automation: []string{"a1"}},
		inbox.Filter{Event: []string{"e1"}}, inbox.Filter{Request: []string{"r1"}})
}

func TestFilterMatchesAnyValueOfEveryField(t *testing.T) {
	t.Parallel()
	r := recordOf(t, letter())
	checkMatches(t, r,
		inbox.Filter{To: []string{"no@x.test", "bob@x.test"}},
		inbox.Filter{Kind: []inbox.Kind{inbox.SMTP, inbox.Campaign}, Subject: []string{"nothing", "way"}},
	)
	checkMisses(t, r,
		inbox.Filter{To: []string{"no@x.test", "nor@x.test"}},
		inbox.Filter{To: []string{"bob@x.test"}, Subject: []string{"nothing"}},
	)
}

func TestFilterSinceAndUntilAreInclusive(t *testing.T) {
	t.Parallel()
	r := recordOf(t, letter())
	before, after := noon.Add(-1), noon.Add(1)
	checkMatches(t, r,
		inbox.Filter{Since: noon}, inbox.Filter{Until: noon}, inbox.Filter{Since: noon, Until: noon}, inbox.Filter{Since: before, Until: after})
	checkMisses(t, r, inbox.Filter{Since: after}, inbox.Filter{Until: before})
}

func TestFilterCursorsAreExclusive(t *testing.T) {
	t.Parallel()
	var b inbox.Box
	var records []inbox.Record
	for i := range 3 {
		m := letter()
		m.ID = strconv.Itoa(i)
		b.Add(m)
		r, _ := b.Get(m.ID)
		records = append(records, r)
	}
	first, middle, last := records[0], records[1], records[2]
	after, before := inbox.Filter{After: middle.Cursor}, inbox.Filter{Before: middle.Cursor}
	checkMatches(t, first, before)
	checkMisses(t, first, after)
	checkMisses(t, middle, before, after)
	checkMatches(t, last, after, inbox.Filter{After: first.Cursor})
	checkMisses(t, last, before, inbox.Filter{After: last.Cursor})
}

func TestMissesNamesEachFilterThatDoesNotMatch(t *testing.T) {
	t.Parallel()
	r := recordOf(t, letter())
	f := inbox.Filter{
		To:         []string{"no@x.test", "nor@x.test"},
		From:       []string{"shop@x.test"}, // matches
		Subject:    []string{"nothing"},
		Kind:       []inbox.Kind{inbox.SMTP},
		Contact:    []string{"k2"},
		Campaign:   []string{"c2"},
		Automation: []string{"a2"},
		Event:      []string{"e2"},
		Request:    []string{"r2"},
		Since:      noon.Add(time.Second),
		Until:      noon.Add(-time.Second),
		After:      r.Cursor,
		Before:     r.Cursor,
	}
	want := []inbox.Miss{
		{"to", "no@x.test or nor@x.test", "Bob@x.test, eve@x.test"},
		{"subject", "nothing", "Your Order is on its way"},
		{"kind", "smtp", "campaign"},
		{"contact", "k2", "k1, Bob@x.test"},
		{"campaign", "c2", "c1, Spring"},
		{"automation", "a2", "a1, Thanks"},
		{"event", "e2", "e1, ordered"},
		{"request", "r2", "r1"},
		{"since", "2030-01-01T12:00:01Z", "2030-01-01T12:00:00Z"},
		{"until", "2030-01-01T11:59:59Z", "2030-01-01T12:00:00Z"},
		{"after", r.Cursor, r.Cursor},
		{"before", r.Cursor, r.Cursor},
	}
	if diff := cmp.Diff(want, f.Misses(r)); diff != "" {
		t.Errorf("misses (-want +got):\n%s", diff)
	}
}

func TestCheckTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	cursor := recordOf(t, letter()).Cursor
	for _, c := range []struct {
		filter    inbox.Filter
		name, msg string
	}{
		{inbox.Filter{To: []string{"a@x.test", ""}}, "to", "must not be empty"},
		{inbox.Filter{Subject: []string{""}}, "subject", "must not be empty"},
		{inbox.Filter{Kind: []inbox.Kind{""}}, "kind", "must not be empty"},
		{inbox.Filter{To: []string{"bob"}}, "to", `whole address such as ada@example.com, not "bob"`},
		{inbox.Filter{To: []string{"b@b <bob>"}}, "to", `not "b@b <bob>"`},
		{inbox.Filter{From: []string{"bob"}}, "from", "whole address"},
		{inbox.Filter{Kind: []inbox.Kind{"letter"}}, "kind", `must be one of [transactional automation campaign campaign_test smtp], not "letter"`},
		{inbox.Filter{After: "x"}, "after", `a cursor that an earlier answer gave, not "x"`},
		{inbox.Filter{After: "zzzzzzzzzzzzz"}, "after", "cursor"}, // more than there are
		{inbox.Filter{Before: strings.ToUpper("000000000000a")}, "before", "cursor"},
		{inbox.Filter{After: "+", Before: "-"}, "after", "cursor"},
	} {
		e, ok := errors.AsType[*inbox.FilterError](c.filter.Check())
		if !ok || e.Filter != c.name || !strings.Contains(e.Msg, c.msg) {
			t.Errorf("%+v: %v, want %s: …%s…", c.filter, e, c.name, c.msg)
		} else if want := e.Filter + ": " + e.Msg; e.Error() != want {
			t.Errorf("the error reads %q, want %q", e.Error(), want)
		}
	}
	good := inbox.Filter{To: []string{"Bob <bob@x.test>"}, Kind: inbox.Kinds(), Subject: []string{" "}, After: cursor, Before: cursor, Since: noon, Until: noon}
	if err := good.Check(); err != nil {
		t.Errorf("%+v: %v, want nothing", good, err)
	}
}
