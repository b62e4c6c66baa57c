package journal_test

import (
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
	"weak"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/journal"
)

// noon is when the calls of these tests come.
var noon = time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)

// newJournal returns a journal of at most so many entries, and what counts its bytes.
func newJournal(most int) (*journal.Journal, *inbox.Budget) {
	budget := inbox.NewBudget(0)
	return journal.New(journal.Options{Max: most, Budget: budget, Timeline: new(inbox.Timeline)}), budget
}

// small returns an entry that has nothing but its ID and a place.
func small(id string) *journal.Entry {
	return &journal.Entry{ID: id, Time: noon, Operation: "getContact", Method: "GET", Path: "/contacts/" + id, Mount: "/v1", Status: 200}
}

// fill adds n entries, named 0 to n-1.
func fill(j *journal.Journal, n int) {
	for i := range n {
		j.Add(small(strconv.Itoa(i)))
	}
}

func idsOf(entries []*journal.Entry) []string {
	ids := []string{}
	for _, e := range entries {
		ids = append(ids, e.ID)
	}
	return ids
}

// numbers returns those from one to another, both included, up or down.
func numbers(from, to int) []string {
	list := []string{}
	for i := min(from, to); i <= max(from, to); i++ {
		list = append(list, strconv.Itoa(i))
	}
	if from > to {
		slices.Reverse(list)
	}
	return list
}

// checkHas compares the entries of a journal with what it should have, oldest first.
func checkHas(t *testing.T, j *journal.Journal, want ...string) {
	t.Helper()
	page := j.List(journal.Filter{}, 1_000_000)
	slices.Reverse(page.Entries)
	if diff := cmp.Diff(append([]string{}, want...), idsOf(page.Entries)); diff != "" {
		t.Errorf("the journal has (-want +got):\n%s", diff)
	}
	for _, e := range page.Entries {
		if got := j.Get(e.ID); got != e {
			t.Errorf("entry %s is listed, but Get returns %+v", e.ID, got)
		}
	}
}

// checkBooks compares what a journal says that it holds with what a new one holds
// that is given the same.
func checkBooks(t *testing.T, j *journal.Journal, budget *inbox.Budget) {
	t.Helper()
	page := j.List(journal.Filter{}, 1_000_000)
	fresh, _ := newJournal(len(page.Entries))
	for _, e := range page.Entries {
		again := *e
		fresh.Add(&again)
	}
	if n := len(page.Entries); j.Len() != n || page.Total != n {
		t.Errorf("Len %d and Total %d, but %d are listed", j.Len(), page.Total, n)
	}
	if j.Bytes() != fresh.Bytes() || budget.Used() != fresh.Bytes() {
		t.Errorf("Bytes %d and the budget %d, but those listed have %d", j.Bytes(), budget.Used(), fresh.Bytes())
	}
}

func TestEmptyJournal(t *testing.T) {
	t.Parallel()
	j, budget := newJournal(3)
	if page := j.List(journal.Filter{}, 10); len(page.Entries) != 0 || page.Total != 0 || page.Dropped != 0 || page.Next != "" || page.Cursor != inbox.CursorOf(0) {
		t.Errorf("the page is %+v", page)
	}
	if e, n, dropped := j.Get("x"), j.Delete(journal.Filter{}), j.DropOldest(1); e != nil || n != 0 || dropped != 0 {
		t.Errorf("an empty journal has %v, deleted %d, dropped %d", e, n, dropped)
	}
	j.Clear()
	checkBooks(t, j, budget)
	j.Close()
}

func TestAddGivesAPlaceInTheTimeline(t *testing.T) {
	t.Parallel()
	line := inbox.NewTimeline(40)
	j := journal.New(journal.Options{Max: 3, Timeline: line})
	a, b := small("a"), small("b")
	j.Add(a)
	line.Next() // a mail
	j.Add(b)
	if a.Seq() != 41 || b.Seq() != 43 || b.Cursor() != inbox.CursorOf(43) {
		t.Errorf("places %d and %d, cursor %s", a.Seq(), b.Seq(), b.Cursor())
	}
	if page := j.List(journal.Filter{}, 1); page.Cursor != b.Cursor() || page.Next != b.Cursor() {
		t.Errorf("the cursor is %s, the next page %s, want %s", page.Cursor, page.Next, b.Cursor())
	}
}

func TestPagesAreCompleteAndWithoutRepeats(t *testing.T) {
	t.Parallel()
	j, _ := newJournal(100)
	fill(j, 23)
	for limit := 1; limit < 25; limit++ {
		var seen []string
		f := journal.Filter{}
		for {
			page := j.List(f, limit)
			if page.Total != 23 || len(page.Entries) > limit || len(page.Entries) == 0 {
				t.Fatalf("limit %d: total %d, listed %d", limit, page.Total, len(page.Entries))
			}
			seen = append(seen, idsOf(page.Entries)...)
			if f.Before = page.Next; f.Before == "" {
				break
			}
		}
		if diff := cmp.Diff(numbers(22, 0), seen); diff != "" {
			t.Errorf("limit %d (-want +got):\n%s", limit, diff)
		}
	}
}

func TestPagesGoOnWhileEntriesComeAndGo(t *testing.T) {
	t.Parallel()
	j, _ := newJournal(1000)
	fill(j, 100)
	var seen []string
	f := journal.Filter{}
	for {
		page := j.List(f, 7)
		seen = append(seen, idsOf(page.Entries)...)
		if f.Before = page.Next; f.Before == "" {
			break
		}
		var paths []string
		for _, e := range page.Entries { // also the one that Next names
			paths = append(paths, e.Path)
		}
		j.Delete(journal.Filter{Path: paths})
		j.Add(small("new" + f.Before))
	}
	if diff := cmp.Diff(numbers(99, 0), seen); diff != "" {
		t.Errorf("seen (-want +got):\n%s", diff)
	}
}

func TestListCountsWhatMatchesOnAllPages(t *testing.T) {
	t.Parallel()
	j, _ := newJournal(100)
	fill(j, 30) // places 1 to 30
	some := journal.Filter{Path: []string{"/contacts/1?"}}
	before, after, none := some, some, some
	before.Before, after.After, none.Path = inbox.CursorOf(15), inbox.CursorOf(15), []string{"/nowhere"}
	for _, c := range []struct {
		name   string
		filter journal.Filter
		limit  int
		want   []string
		total  int
		next   string
	}{
		{"all on one page", some, 10, numbers(19, 10), 10, ""},
		{"a page has no room for one", some, 9, numbers(19, 11), 10, inbox.CursorOf(12)},
		{"a page starts in the middle", before, 2, numbers(13, 12), 10, inbox.CursorOf(13)},
		{"the last page", before, 4, numbers(13, 10), 10, ""},
		{"after counts", after, 3, numbers(19, 17), 5, inbox.CursorOf(18)},
		{"no room only counts", some, 0, []string{}, 10, ""},
		{"less than no room only counts", some, -1, []string{}, 10, ""},
		{"nothing matches", none, 10, []string{}, 0, ""},
	} {
		page := j.List(c.filter, c.limit)
		if diff := cmp.Diff(c.want, idsOf(page.Entries)); diff != "" {
			t.Errorf("%s: listed (-want +got):\n%s", c.name, diff)
		}
		if page.Total != c.total || page.Next != c.next || page.Cursor != inbox.CursorOf(30) {
			t.Errorf("%s: total %d, want %d; next %q, want %q; cursor %s", c.name, page.Total, c.total, page.Next, c.next, page.Cursor)
		}
	}
}

func TestDeleteLeavesTheRest(t *testing.T) {
	t.Parallel()
	j, budget := newJournal(100)
	fill(j, 50)
	f := journal.Filter{Path: []string{"/contacts/7", "/contacts/8", "/contacts/49"}}
	if n := j.Delete(f); n != 3 {
		t.Errorf("%d deleted, want 3", n)
	}
	if n := j.Delete(f); n != 0 {
		t.Errorf("%d deleted again", n)
	}
	checkHas(t, j, slices.Concat(numbers(0, 6), numbers(9, 48))...)
	checkBooks(t, j, budget)
	if e := j.Get("7"); e != nil {
		t.Errorf("there is still %+v", e)
	}
	if n := j.Delete(journal.Filter{}); n != 47 || j.Dropped() != 0 {
		t.Errorf("%d deleted, want 47; dropped %d", n, j.Dropped())
	}
	checkHas(t, j)
	checkBooks(t, j, budget)
	fill(j, 2)
	checkHas(t, j, "0", "1")
	checkBooks(t, j, budget)
}

func TestReadersKeepWhatTheyHave(t *testing.T) {
	t.Parallel()
	j, _ := newJournal(5)
	fill(j, 5)
	page := j.List(journal.Filter{}, 5)
	j.Delete(journal.Filter{Path: []string{"/contacts/3"}})
	j.DropOldest(1)
	fill(j, 5)
	if diff := cmp.Diff(numbers(4, 0), idsOf(page.Entries)); diff != "" {
		t.Errorf("the page has become (-want +got):\n%s", diff)
	}
}

func TestOneIDTwice(t *testing.T) {
	t.Parallel()
	j, budget := newJournal(2)
	first, second := small("x"), small("x")
	j.Add(first)
	j.Add(second)
	if got := j.Get("x"); got != second {
		t.Errorf("Get returns the entry at %d, want that at %d", got.Seq(), second.Seq())
	}
	j.DropOldest(1)
	if got := j.Get("x"); got != second {
		t.Errorf("when the first is dropped, Get returns %+v", got)
	}
	checkBooks(t, j, budget)
}

func TestEntriesThatAreGoneAreNotHeldInMemory(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(j *journal.Journal){
		"limit":  func(j *journal.Journal) { fill(j, 2) },
		"drop":   func(j *journal.Journal) { j.DropOldest(j.Bytes() / 2) },
		"delete": func(j *journal.Journal) { j.Delete(journal.Filter{Path: []string{"/contacts/a", "/contacts/b"}}) },
		"clear":  (*journal.Journal).Clear,
	} {
		j, _ := newJournal(4)
		gone := func() []weak.Pointer[journal.Entry] {
			a, b := small("a"), small("b")
			j.Add(a)
			j.Add(b)
			fill(j, 2)
			do(j)
			return []weak.Pointer[journal.Entry]{weak.Make(a), weak.Make(b)}
		}()
		runtime.GC()
		for _, p := range gone {
			if e := p.Value(); e != nil {
				t.Errorf("%s: entry %s is still held", name, e.ID)
			}
		}
		runtime.KeepAlive(j)
	}
}

func TestBodyOf(t *testing.T) {
	t.Parallel()
	const most = journal.MaxBody
	full := strings.Repeat("x", most)
	for _, c := range []struct {
		name, body string
		kept       int
		cut        bool
	}{
		{"empty", "", 0, false},
		{"short", "é", 2, false},
		{"just fits", full, most, false},
		{"one byte more", full + "y", most, true},
		{"a character of two bytes ends at the limit", full[2:] + "é", most, false},
		{"a character of two bytes ends at the limit, and more follows", full[2:] + "éy", most, true},
		{"a character of two bytes goes over", full[1:] + "é", most - 1, true},
		{"a character of three bytes goes over by one", full[2:] + "€", most - 2, true},
		{"a character of three bytes goes over by two", full[1:] + "€", most - 1, true},
		{"a character of four bytes goes over by one", full[3:] + "😀", most - 3, true},
		{"a character of four bytes goes over by three", full[1:] + "😀", most - 1, true},
		{"a character of four bytes starts behind", full + "😀", most, true},
		{"no text at all", strings.Repeat("\x80", most+10), most - utf8.UTFMax, true},
	} {
		if got, want := journal.BodyOf([]byte(c.body)), (journal.Body{Text: c.body[:c.kept], Cut: c.cut}); got != want {
			t.Errorf("%s: %d bytes are kept, want %d; cut is %v, want %v", c.name, len(got.Text), c.kept, got.Cut, c.cut)
		}
	}
}

func TestBodyOfKeepsACopy(t *testing.T) {
	t.Parallel()
	b := []byte("abc")
	body := journal.BodyOf(b)
	b[0] = 'x'
	if body.Text != "abc" {
		t.Errorf("the body has become %q", body.Text)
	}
}
