package inbox_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox"
)

// oddOnes returns a box of n messages, of which each second one is odd; the IDs of
// those, oldest first; and what finds them.
func oddOnes(t *testing.T, n int) (*inbox.Box, []string, inbox.Filter) {
	t.Helper()
	b, odd := new(inbox.Box), []string{}
	for i := range n {
		text := "<p>even</p>"
		if i%2 == 1 {
			text = "<p>odd</p>"
			odd = append(odd, fmt.Sprint("m", i))
		}
		b.Add(small(fmt.Sprint("m", i), text))
	}
	return b, odd, inbox.Filter{Q: []inbox.Query{parseQuery(t, "odd /^odd$/")}}
}

// TestManyMessagesKeepTheirOrder: a search is shared out, and what it finds stands as
// it came.
func TestManyMessagesKeepTheirOrder(t *testing.T) {
	t.Parallel()
	const n = 1000
	b, want, odd := oddOnes(t, n)
	waited, _, err := b.Wait(t.Context(), odd, n/2)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, idsOf(waited)); diff != "" {
		t.Errorf("waited for (-want +got):\n%s", diff)
	}
	slices.Reverse(want)
	if diff := cmp.Diff(want, idsOf(b.List(odd, n).Messages)); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	last := b.List(inbox.Filter{Q: odd.Q, Before: b.List(odd, n/2-1).Next}, 2)
	if diff := cmp.Diff(want[n/2-1:], idsOf(last.Messages)); diff != "" || last.Total != n/2 || last.Next != "" {
		t.Errorf("on the last page, of %d and before %q (-want +got):\n%s", last.Total, last.Next, diff)
	}
}

func TestTheLatestAndAllOfManyMessages(t *testing.T) {
	t.Parallel()
	const n = 1000
	b, want, odd := oddOnes(t, n)
	if r, ok := b.Latest(odd); !ok || r.ID != want[n/2-1] || r.Cursor == "" {
		t.Errorf("the latest is %v, %v", r.ID, ok)
	}
	if got := b.Delete(odd); got != n/2 || b.Len() != n/2 {
		t.Errorf("deleted %d, %d are left", got, b.Len())
	}
	if r, ok := b.Latest(odd); ok {
		t.Errorf("%s is left", r.ID)
	}
}
