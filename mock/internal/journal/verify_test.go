package journal_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/journal"
)

// row adds calls of operations, named by their places.
func row(j *journal.Journal, operations ...string) {
	for _, operation := range operations {
		e := small("")
		e.Operation, e.Method, e.Path = operation, "POST", "/"+operation
		e.ID = strconv.Itoa(j.Len() + j.Dropped() + 1)
		j.Add(e)
	}
}

// of returns a filter of an operation.
func of(operation string) journal.Filter { return journal.Filter{Operation: []string{operation}} }

// steps returns a filter for each operation.
func steps(operations ...string) []journal.Filter {
	var list []journal.Filter
	for _, operation := range operations {
		list = append(list, of(operation))
	}
	return list
}

func exactly(n int, f journal.Filter) journal.Expectation {
	return journal.Expectation{Filter: f, AtLeast: &n, AtMost: &n}
}

func between(least, most int, f journal.Filter) journal.Expectation {
	return journal.Expectation{Filter: f, AtLeast: &least, AtMost: &most}
}

func atLeast(n int, f journal.Filter) journal.Expectation {
	return journal.Expectation{Filter: f, AtLeast: &n}
}

func atMost(n int, f journal.Filter) journal.Expectation {
	return journal.Expectation{Filter: f, AtMost: &n}
}

func TestVerifyCounts(t *testing.T) {
	t.Parallel()
	j, _ := newJournal(10)
	row(j, "send", "track", "send", "send")
	for _, c := range []struct {
		name  string
		asked journal.Expectation
		unmet string
		calls []string
	}{
		{"no bound", journal.Expectation{Filter: of("send")}, "", []string{"1", "3", "4"}},
		{"at least as many", atLeast(3, of("send")), "", []string{"1", "3", "4"}},
		{"at least none", atLeast(0, of("nothing")), "", []string{}},
		{"at least more", atLeast(4, of("send")), "Expected at least 4 calls to match, but there are 3", []string{"1", "3", "4"}},
		{"at least one", atLeast(1, of("nothing")), "Expected at least 1 call to match, but there are 0", []string{}},
		{"at most as many", atMost(3, of("send")), "", []string{"1", "3", "4"}},
		{"at most fewer", atMost(1, of("send")), "Expected at most 1 call to match, but there are 3", []string{"1", "3", "4"}},
		{"at most none", atMost(0, of("send")), "Expected at most 0 calls to match, but there are 3", []string{"1", "3", "4"}},
		{"exactly", exactly(3, of("send")), "", []string{"1", "3", "4"}},
		{"exactly none", exactly(0, of("nothing")), "", []string{}},
		{"exactly fewer", exactly(2, of("send")), "Expected exactly 2 calls to match, but there are 3", []string{"1", "3", "4"}},
		{"exactly more", exactly(2, of("track")), "Expected exactly 2 calls to match, but there are 1", []string{"2"}},
		{"between", between(3, 4, of("send")), "", []string{"1", "3", "4"}},
		{"between more", between(4, 5, of("send")), "Expected 4 to 5 calls to match, but there are 3", []string{"1", "3", "4"}},
		{"between fewer", between(0, 1, of("send")), "Expected 0 to 1 call to match, but there are 3", []string{"1", "3", "4"}},
	} {
		v := j.Verify(c.asked)
		if v.Unmet != c.unmet || v.Count != len(c.calls) || v.Dropped != 0 {
			t.Errorf("%s: unmet %q, want %q; count %d; dropped %d", c.name, v.Unmet, c.unmet, v.Count, v.Dropped)
		}
		if diff := cmp.Diff(c.calls, idsOf(v.Calls)); diff != "" {
			t.Errorf("%s: calls (-want +got):\n%s", c.name, diff)
		}
		if few := strings.Contains(v.Unmet, "more"); few && len(v.Nearest) == 0 || v.Unmet == "" && v.Nearest != nil {
			t.Errorf("%s: nearest is %v", c.name, v.Nearest)
		}
	}
}

func TestVerifyInOrder(t *testing.T) {
	t.Parallel()
	j, _ := newJournal(10)
	row(j, "track", "send", "list", "send", "track", "delete")
	for _, c := range []struct {
		name  string
		steps []journal.Filter
		unmet string
		calls []string
	}{
		{"no steps", nil, "", numbers(1, 6)},
		{"one step", steps("list"), "", []string{"3"}},
		{"neighbors", steps("track", "send"), "", []string{"1", "2"}},
		{"gaps between", steps("track", "list", "delete"), "", []string{"1", "3", "6"}},
		{"the earliest serve", steps("send", "track"), "", []string{"2", "5"}},
		{"one operation twice", steps("send", "send"), "", []string{"2", "4"}},
		{"any call", []journal.Filter{{}, {}, of("delete")}, "", []string{"1", "2", "6"}},
		{"all", steps("track", "send", "list", "send", "track", "delete"), "", numbers(1, 6)},
		{
			"one call does not serve two steps", steps("list", "list"),
			"Expected 2 calls in order, but there is none for inOrder[1] after the call that inOrder[0] matches, POST /list",
			[]string{"3"},
		},
		{
			"two calls do not serve three steps", steps("send", "send", "send"),
			"Expected 3 calls in order, but there is none for inOrder[2] after the call that inOrder[1] matches, POST /send",
			[]string{"2", "4"},
		},
		{
			"the wrong order", steps("delete", "track"),
			"Expected 2 calls in order, but there is none for inOrder[1] after the call that inOrder[0] matches, POST /delete",
			[]string{"6"},
		},
		{"the first is missing", steps("nothing", "track"), "Expected 2 calls in order, but there is none for inOrder[0]", []string{}},
	} {
		v := j.Verify(journal.Expectation{InOrder: c.steps})
		if v.Unmet != c.unmet || v.Count != 6 {
			t.Errorf("%s: unmet %q, want %q; count %d, want 6", c.name, v.Unmet, c.unmet, v.Count)
		}
		if diff := cmp.Diff(c.calls, idsOf(v.Calls)); diff != "" {
			t.Errorf("%s: calls (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestVerifyInOrderLooksAtWhatTheFilterPicks(t *testing.T) {
	t.Parallel()
	j, _ := newJournal(10)
	row(j, "track", "send", "track")
	later := journal.Filter{After: inbox.CursorOf(1)}
	if v := j.Verify(journal.Expectation{Filter: later, InOrder: steps("send", "track")}); v.Unmet != "" || v.Count != 2 {
		t.Errorf("unmet %q, count %d", v.Unmet, v.Count)
	}
	v := j.Verify(journal.Expectation{Filter: later, InOrder: steps("track", "send")})
	if v.Unmet == "" || len(v.Calls) != 1 || v.Calls[0].ID != "3" {
		t.Errorf("unmet %q, calls %v", v.Unmet, idsOf(v.Calls))
	}
	if v := j.Verify(journal.Expectation{Filter: of("send"), InOrder: steps("track")}); v.Unmet == "" {
		t.Errorf("a call is found that the filter does not pick: %v", idsOf(v.Calls))
	}
}

func TestVerifyNumberAndOrder(t *testing.T) {
	t.Parallel()
	j, _ := newJournal(10)
	row(j, "track", "send", "track")
	right, wrong := exactly(3, journal.Filter{}), exactly(2, journal.Filter{})
	right.InOrder, wrong.InOrder = steps("send", "track"), steps("send", "track")
	if v := j.Verify(right); v.Unmet != "" || v.Count != 3 || !cmp.Equal(idsOf(v.Calls), []string{"2", "3"}) {
		t.Errorf("unmet %q, count %d, calls %v", v.Unmet, v.Count, idsOf(v.Calls))
	}
	if v := j.Verify(wrong); v.Unmet != "Expected exactly 2 calls to match, but there are 3" || len(v.Calls) != 3 {
		t.Errorf("unmet %q, calls %v", v.Unmet, idsOf(v.Calls))
	}
	right.InOrder = steps("send", "send")
	if v := j.Verify(right); !strings.HasPrefix(v.Unmet, "Expected 2 calls in order") {
		t.Errorf("unmet %q", v.Unmet)
	}
}

func TestNearestAreThoseWithTheFewestMisses(t *testing.T) {
	t.Parallel()
	j, _ := newJournal(100)
	add := func(id, operation string, status int) {
		e := small(id)
		e.Operation, e.Status = operation, status
		j.Add(e)
	}
	add("far", "list", 500)
	add("near", "send", 500)
	add("near too", "list", 200)
	add("farther", "list", 404)
	add("hit", "send", 200)
	f := journal.Filter{Operation: []string{"send"}, Status: []string{"200"}}
	v := j.Verify(atLeast(2, f))
	var got []string
	for _, n := range v.Nearest {
		got = append(got, n.ID+": "+n.String())
	}
	want := []string{
		"near too: GET /contacts/near too, where operation is list, not send",
		"near: GET /contacts/near, where status is 500, not 200",
		"farther: GET /contacts/farther, where operation is list, not send and status is 404, not 200",
		"far: GET /contacts/far, where operation is list, not send and status is 500, not 200",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("nearest (-want +got):\n%s", diff)
	}
	f.After = inbox.CursorOf(3)
	if v := j.Verify(atLeast(2, f)); len(v.Nearest) != 1 || v.Nearest[0].ID != "farther" {
		t.Errorf("after a cursor nearest are %v, want farther alone", v.Nearest)
	}
}

func TestNearestAreTwentyAtMost(t *testing.T) {
	t.Parallel()
	j, _ := newJournal(100)
	fill(j, 30)
	for name, v := range map[string]journal.Verdict{
		"number": j.Verify(atLeast(1, of("send"))),
		"order":  j.Verify(journal.Expectation{InOrder: []journal.Filter{{Path: []string{"/contacts/4"}}, of("send")}}),
	} {
		var got []string
		for _, n := range v.Nearest {
			got = append(got, n.ID)
		}
		if diff := cmp.Diff(numbers(29, 10), got); diff != "" {
			t.Errorf("%s: nearest (-want +got):\n%s", name, diff)
		}
	}
}

func TestNearestAmongEqualsAreTheNewest(t *testing.T) {
	t.Parallel()
	j, _ := newJournal(100)
	for i := range 40 {
		e := small(strconv.Itoa(i))
		if i%2 == 0 {
			e.Status = 500
		}
		j.Add(e)
	}
	v := j.Verify(atLeast(1, journal.Filter{Operation: []string{"send"}, Status: []string{"200"}}))
	var got, want []string
	for _, n := range v.Nearest {
		got = append(got, n.ID)
	}
	for i := 39; i > 0; i -= 2 {
		want = append(want, strconv.Itoa(i))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("nearest (-want +got):\n%s", diff)
	}
}

func TestNearestInOrderComeAfterWhatWasFound(t *testing.T) {
	t.Parallel()
	j, _ := newJournal(10)
	row(j, "list", "track", "delete", "list")
	v := j.Verify(journal.Expectation{InOrder: steps("track", "send")})
	var got []string
	for _, n := range v.Nearest {
		got = append(got, n.ID)
	}
	if diff := cmp.Diff([]string{"4", "3"}, got); diff != "" {
		t.Errorf("nearest (-want +got):\n%s", diff)
	}
}

func TestLostCallsMakeTheMostUncertain(t *testing.T) {
	t.Parallel()
	const lost = "; the journal has lost the oldest 2 calls: start over with a reset, look after a cursor, or keep more with --max-requests"
	j, _ := newJournal(3)
	row(j, "send", "send", "track", "send", "track") // 1 and 2 are lost
	after := func(seq uint64) journal.Filter {
		return journal.Filter{Operation: []string{"send"}, After: inbox.CursorOf(seq)}
	}
	ordered := exactly(3, journal.Filter{})
	ordered.InOrder = steps("track", "send", "track")
	for _, c := range []struct {
		name  string
		asked journal.Expectation
		unmet string
	}{
		{"at least", atLeast(1, of("send")), ""},
		{"at least more", atLeast(2, of("send")), "Expected at least 2 calls to match, but there are 1" + lost},
		{"at most", atMost(1, of("send")), "Expected at most 1 call to match, and there are 1, but who knows what else" + lost},
		{"at most fewer", atMost(0, of("send")), "Expected at most 0 calls to match, but there are 1" + lost},
		{"exactly", exactly(1, of("send")), "Expected exactly 1 call to match, and there are 1, but who knows what else" + lost},
		{"exactly none", exactly(0, of("nothing")), "Expected exactly 0 calls to match, and there are 0, but who knows what else" + lost},
		{"in order", journal.Expectation{InOrder: steps("track", "send", "track")}, ""},
		{"exactly and in order", ordered, "Expected exactly 3 calls to match, and there are 3, but who knows what else" + lost},
		{"out of order", journal.Expectation{InOrder: steps("list")}, "Expected 1 call in order, but there is none for inOrder[0]" + lost},
		{"after the first that is lost", exactly(1, after(1)), "Expected exactly 1 call to match, and there are 1, but who knows what else" + lost},
		{"after all that are lost", exactly(1, after(2)), ""},
		{"after all that are lost, fewer", exactly(2, after(2)), "Expected exactly 2 calls to match, but there are 1"},
	} {
		if v := j.Verify(c.asked); v.Unmet != c.unmet || v.Dropped != 2 {
			t.Errorf("%s: unmet\n%q, want\n%q; dropped %d, want 2", c.name, v.Unmet, c.unmet, v.Dropped)
		}
	}
}

func TestWhoeverDeletesAllStartsOver(t *testing.T) {
	t.Parallel()
	lossy := func() *journal.Journal {
		j, _ := newJournal(2)
		row(j, "send", "track", "track")
		return j
	}
	none := exactly(0, of("send"))
	for _, c := range []struct {
		name string
		do   func(j *journal.Journal)
		met  bool
	}{
		{"nothing", func(*journal.Journal) {}, false},
		{"clear", (*journal.Journal).Clear, true},
		{"delete all", func(j *journal.Journal) { j.Delete(journal.Filter{}) }, true},
		{"delete some", func(j *journal.Journal) { j.Delete(journal.Filter{After: inbox.CursorOf(2)}) }, false},
		{"drop all", func(j *journal.Journal) { j.DropOldest(1 << 30) }, false},
		{"delete all, and lose again", func(j *journal.Journal) { j.Delete(journal.Filter{}); row(j, "a", "b", "c") }, false},
	} {
		j := lossy()
		c.do(j)
		if v := j.Verify(none); (v.Unmet == "") != c.met {
			t.Errorf("%s: unmet %q, met should be %v", c.name, v.Unmet, c.met)
		}
	}
}

// TestWhatAnEarlierJournalLostIsUncertainToo is of a project that made room for
// another and came back.
func TestWhatAnEarlierJournalLostIsUncertainToo(t *testing.T) {
	t.Parallel()
	j := journal.New(journal.Options{Max: 10, Timeline: inbox.NewTimeline(40), Dropped: 1})
	row(j, "send")
	if v := j.Verify(exactly(1, of("send"))); v.Dropped != 1 || !strings.Contains(v.Unmet, "lost the oldest 1 call:") {
		t.Errorf("dropped %d, unmet %q", v.Dropped, v.Unmet)
	}
	if v := j.Verify(exactly(1, journal.Filter{After: inbox.CursorOf(40)})); v.Unmet != "" {
		t.Errorf("after the cursor of its end: %q", v.Unmet)
	}
}

func TestCutBodiesMakeTheMostUncertain(t *testing.T) {
	t.Parallel()
	j, _ := newJournal(10)
	for i, body := range []journal.Body{{Text: `{"n": 1}`}, {Text: `{"n": 2}`}, {Text: `{"html": "`, Cut: true}} {
		e := small(strconv.Itoa(i))
		e.Body = body
		j.Add(e)
	}
	ones := journal.Filter{Operation: []string{"getContact"}, Body: map[string]any{"n": 1.0}}
	others, any3 := ones, ones
	others.Operation, any3.Body = []string{"send"}, nil
	for _, c := range []struct {
		name  string
		asked journal.Expectation
		unmet string
	}{
		{"at least", atLeast(1, ones), ""},
		{"at least more", atLeast(2, ones), "Expected at least 2 calls to match, but there are 1"},
		{"at most", atMost(1, ones), "Expected at most 1 call to match, and there are 1, but 1 call more may, of whose body only a part is kept"},
		{"at most, with room", atMost(2, ones), ""},
		{"at most fewer", atMost(0, ones), "Expected at most 0 calls to match, but there are 1"},
		{"exactly", exactly(1, ones), "Expected exactly 1 call to match, and there are 1, but 1 call more may, of whose body only a part is kept"},
		{"another operation", exactly(0, others), ""},
		{"whatever the body", exactly(3, any3), ""},
	} {
		v := j.Verify(c.asked)
		if v.Unmet != c.unmet {
			t.Errorf("%s: unmet\n%q, want\n%q", c.name, v.Unmet, c.unmet)
		}
		if v.Unmet != "" && v.Count <= 1 && c.name != "at most fewer" && (len(v.Nearest) == 0 || v.Nearest[0].ID != "2") {
			t.Errorf("%s: nearest are %v, want first what is cut", c.name, v.Nearest)
		}
	}
}

func TestWhatStandsBeforeTheCutIsKnown(t *testing.T) {
	t.Parallel()
	const html = `, "html": "<p>`
	object := func(text string) any {
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		body, want string
		cut        bool
		verdict    string // of exactly 1: "" when it is met; of the others also "0", or "?" when that is not known
	}{
		{`{"n": 1` + html, `{"n": 1}`, true, ""},
		{`{"n": 1` + html, `{"n": 2}`, true, "0"},
		{`{"n": 1` + html, `{"m": 1}`, true, "?"},
		{`{"n": 1` + html, `{"html": "<p>"}`, true, "?"},
		{`{"n": 1` + html, `{"n": 2, "m": 1}`, true, "0"},
		{`{"to": ["a", "b"]` + html, `{"to": ["b", "a"]}`, true, ""},
		{`{"to": ["a", "b"]` + html, `{"to": "c"}`, true, "0"},
		{`{"to": ["a", "b`, `{"to": "a"}`, true, ""},
		{`{"to": ["a", "b`, `{"to": "b"}`, true, "?"},
		{`{"d": {"x": 1, "y"`, `{"d": {"x": 1}}`, true, ""},
		{`{"d": {"x": 1, "y"`, `{"d": {"y": 1}}`, true, "?"},
		{`{"d": {"x": 1, "y"`, `{"d": {"x": 2, "y": 1}}`, true, "0"},
		{`{"d": [{"x": 1}, {"x"`, `{"d": {"x": 1}}`, true, ""},
		{`{"d": 1e400, "n": 1}`, `{"n": 1}`, false, ""},
		{`{"n": 1} trailing`, `{"n": 1}`, false, "0"},
		{``, `{"n": 1}`, true, "?"},
	} {
		j, _ := newJournal(10)
		e := small("x")
		e.Body = journal.Body{Text: c.body, Cut: c.cut}
		j.Add(e)
		f := journal.Filter{Body: object(c.want)}
		got := "0"
		if j.Verify(exactly(1, f)).Unmet == "" {
			got = ""
		} else if j.Verify(exactly(0, f)).Unmet != "" {
			got = "?"
		}
		if got != c.verdict {
			t.Errorf("%s in %s: %q, want %q", c.want, c.body, got, c.verdict)
		}
	}
}
