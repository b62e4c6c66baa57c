package inbox

import "sync/atomic"

// Budget is a count of bytes that many boxes share. It is safe for concurrent
// use; it only counts, and whoever makes the boxes decides what must go.
type Budget struct {
	most int64
	used atomic.Int64
}

// NewBudget returns a budget of most bytes.
func NewBudget(most int64) *Budget { return &Budget{most: most} }

// Add counts n bytes more, or less when n is negative.
func (b *Budget) Add(n int64) { b.used.Add(n) }

// Used returns how many bytes are counted.
func (b *Budget) Used() int64 { return b.used.Load() }

// Over returns by how many bytes the budget is exceeded; 0 when it is not.
func (b *Budget) Over() int64 { return max(0, b.used.Load()-b.most) }

// Room returns how many bytes more fit into the budget; 0 when none does.
func (b *Budget) Room() int64 { return max(0, b.most-b.used.Load()) }
