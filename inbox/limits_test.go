package inbox_test

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox"
)

// checkBooks compares what a box says that it holds with what is in it.
func checkBooks(t *testing.T, b *inbox.Box, budget *inbox.Budget) {
	t.Helper()
	page := b.List(inbox.Filter{}, 1_000_000)
	var bytes int64
	for _, r := range page.Messages {
		bytes += r.SizeInMemory()
	}
	if n := len(page.Messages); b.Len() != n || page.Total != n {
		t.Errorf("Len %d and Total %d, but %d are listed", b.Len(), page.Total, n)
	}
	if b.Bytes() != bytes {
		t.Errorf("Bytes %d, but those listed have %d", b.Bytes(), bytes)
	}
	if budget != nil && budget.Used() != bytes {
		t.Errorf("the budget has %d, but those listed have %d", budget.Used(), bytes)
	}
}

func TestLimitDropsTheOldestAndCountsThem(t *testing.T) {
	t.Parallel()
	budget := inbox.NewBudget(1)
	b := inbox.NewBox(inbox.Options{MaxMessages: 3, Budget: budget, Dropped: 10})
	fill(b, 5)
	b.DeleteID("3")
	b.Add(small("5", ""), small("6", ""))
	page := b.List(inbox.Filter{}, 10)
	if diff := cmp.Diff([]string{"6", "5", "4"}, idsOf(page.Messages)); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	if page.Dropped != 13 || b.Dropped() != 13 {
		t.Errorf("dropped %d and %d, want 13", page.Dropped, b.Dropped())
	}
	if _, ok := b.Get("0"); ok {
		t.Error("a dropped message is still there")
	}
	checkBooks(t, b, budget)
	if budget.Over() != budget.Used()-1 {
		t.Errorf("over by %d of %d", budget.Over(), budget.Used())
	}
}

func TestDropOldestFreesEnoughAndNoMore(t *testing.T) {
	t.Parallel()
	var b inbox.Box
	fill(&b, 10)
	b.DeleteID("0")
	one := small("1", "<p>x</p>").SizeInMemory()
	if n := b.DropOldest(one + 1); n != 2 {
		t.Errorf("%d dropped, want 2", n)
	}
	if n := b.DropOldest(0); n != 0 {
		t.Errorf("%d dropped for nothing", n)
	}
	if r := b.List(inbox.Filter{}, 100).Messages; r[len(r)-1].ID != "3" {
		t.Errorf("the oldest is %s, want 3", r[len(r)-1].ID)
	}
	if n := b.DropOldest(1 << 40); n != 7 || b.Len() != 0 || b.Bytes() != 0 {
		t.Errorf("%d dropped, want 7; %d left with %d bytes", n, b.Len(), b.Bytes())
	}
}

func TestNegativeLimitIsTheDefault(t *testing.T) {
	t.Parallel()
	b := inbox.NewBox(inbox.Options{MaxMessages: -1})
	fill(b, 5)
	if b.Len() != 5 {
		t.Errorf("%d left, want 5", b.Len())
	}
}

func TestBooksBalanceInAnyOrder(t *testing.T) {
	t.Parallel()
	steps := map[string]func(*inbox.Box){
		"add":    func(b *inbox.Box) { fill(b, 4) },
		"delete": func(b *inbox.Box) { b.DeleteID("1"); b.Delete(inbox.Filter{To: []string{"2@x.test", "3@x.test"}}) },
		"drop":   func(b *inbox.Box) { b.DropOldest(1500) },
		"clear":  (*inbox.Box).Clear,
	}
	names := []string{"add", "delete", "drop", "clear"}
	const length = 5
	for i := range 1 << (2 * length) { // each step is two bits of i
		budget := inbox.NewBudget(0)
		b := inbox.NewBox(inbox.Options{MaxMessages: 6, Budget: budget})
		var done []string
		for at := range length {
			name := names[i>>(2*at)&3]
			steps[name](b)
			done = append(done, name)
			checkBooks(t, b, budget)
		}
		b.Close()
		fill(b, 3)
		b.DropOldest(1)
		b.Close()
		if budget.Used() != 0 {
			t.Errorf("%d left in the budget after close", budget.Used())
		}
		checkBooks(t, b, nil)
		if t.Failed() {
			t.Fatalf("after %v", done)
		}
	}
}

// A reset that keeps the mail starts the ids over.
func TestIDThatComesAgainKeepsTheBooks(t *testing.T) {
	t.Parallel()
	budget := inbox.NewBudget(0)
	b := inbox.NewBox(inbox.Options{MaxMessages: 3, Budget: budget})
	b.Add(small("same", "first"), small("same", "second"))
	checkBooks(t, b, budget)
	b.DropOldest(1)
	if r, ok := b.Get("same"); !ok || r.HTML != "second" {
		t.Errorf("got %v, %v, want the second", r, ok)
	}
	b.Add(small("same", "third"), small("same", "fourth"), small("same", "fifth"))
	checkBooks(t, b, budget)
	if b.Len() != 3 {
		t.Errorf("%d held, want 3", b.Len())
	}
}

// BenchmarkAddToFullBox is what an arriving mail costs when each pushes one out.
func BenchmarkAddToFullBox(b *testing.B) {
	box := inbox.NewBox(inbox.Options{MaxMessages: 100_000, Budget: inbox.NewBudget(1 << 30)})
	fill(box, 100_000)
	messages := make([]*inbox.Message, 1<<17)
	for i := range messages {
		messages[i] = small("new"+strconv.Itoa(i), "<p>x</p>")
	}
	i := 0
	for b.Loop() {
		box.Add(messages[i%len(messages)])
		i++
	}
}
