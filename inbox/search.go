package inbox

import (
	"fmt"
	"iter"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
)

// search looks through entries for those that a filter matches. It is for one
// goroutine, and shares out what a query has to look at: a mail that is searched for
// the first time has to be read, and a regular expression looks at each byte.
type search struct {
	filter   Filter
	matchers []matcher // one for each goroutine
}

// share is how many entries a goroutine takes at once. Fewer are not shared out.
const share = 64

// newest goes over the entries that match, the newest first, with their marks. Who
// stops early has not looked at much: each block is larger than the one before.
func (s *search) newest(entries []*entry) iter.Seq2[*entry, *marks] {
	return func(yield func(*entry, *marks) bool) {
		for size := share; len(entries) > 0; size *= 4 {
			from := max(0, len(entries)-size)
			block := entries[from:]
			for i, k := range slices.Backward(s.match(block)) {
				if k != nil && !yield(block[i], k) {
					return
				}
			}
			entries = entries[:from]
		}
	}
}

// match returns the marks of each entry that matches, and nil for the others.
func (s *search) match(entries []*entry) []*marks {
	found := make([]*marks, len(entries))
	shares := (len(entries) + share - 1) / share
	var next atomic.Int64
	work := func(m *matcher) {
		for at := int(next.Add(1)) - 1; at < shares; at = int(next.Add(1)) - 1 {
			for i := at * share; i < min(len(entries), (at+1)*share); i++ {
				if k := entries[i].marks.Load(); k != nil && m.match(entries[i].looked(k)) {
					found[i] = k
				}
			}
		}
	}
	workers := max(1, min(shares, runtime.GOMAXPROCS(0)))
	if len(s.filter.Q) == 0 {
		workers = 1 // there is little to look at
	}
	for len(s.matchers) < workers {
		s.matchers = append(s.matchers, s.filter.ready())
	}
	var others sync.WaitGroup
	var panicked atomic.Value
	for i := range workers - 1 {
		others.Go(func() {
			defer func() {
				if v := recover(); v != nil { // in the caller it ends one call, here it would end the process
					panicked.Store(fmt.Sprintf("%v\n%s", v, debug.Stack()))
				}
			}()
			work(&s.matchers[i+1])
		})
	}
	work(&s.matchers[0])
	others.Wait()
	if v := panicked.Load(); v != nil {
		panic(v)
	}
	return found
}
