package plunk

import (
	"cmp"
	"slices"
	"strings"
)

// table keeps records in the order in which they came, each under its ID.
// Putting a new record in an old one's place keeps the place. The zero table is
// ready to use.
type table[T any] struct {
	rows []row[T] // ascending by seq; the record of a deleted row is nil
	at   map[string]int
	seq  uint64 // of the newest row
}

type row[T any] struct {
	seq    uint64
	record *T
}

func (t *table[T]) len() int { return len(t.at) }

func (t *table[T]) get(id string) *T {
	if i, ok := t.at[id]; ok {
		return t.rows[i].record
	}
	return nil
}

// put adds a record, or puts it in the place of the one that had its ID.
func (t *table[T]) put(id string, record *T) {
	if i, ok := t.at[id]; ok {
		t.rows[i].record = record
		return
	}
	if t.at == nil {
		t.at = map[string]int{}
	}
	t.seq++
	t.at[id] = len(t.rows)
	t.rows = append(t.rows, row[T]{t.seq, record})
}

func (t *table[T]) remove(id string) {
	i, ok := t.at[id]
	if !ok {
		return
	}
	delete(t.at, id)
	t.rows[i].record = nil
	if len(t.rows) > 2*len(t.at)+16 {
		t.compact()
	}
}

// compact drops the deleted rows, so that they cost nothing for ever.
func (t *table[T]) compact() {
	live := make([]row[T], 0, len(t.at))
	for _, r := range t.rows {
		if r.record != nil {
			live = append(live, r)
		}
	}
	for id, i := range t.at {
		// Where a row went is found by its seq, which a compaction keeps.
		t.at[id] = find(live, t.rows[i].seq)
	}
	t.rows = live
}

// find returns the index of the row of that seq.
func find[T any](rows []row[T], seq uint64) int {
	i, _ := slices.BinarySearchFunc(rows, seq, func(r row[T], seq uint64) int { return cmp.Compare(r.seq, seq) })
	return i
}

// all returns the records, oldest first.
func (t *table[T]) all() []*T {
	records := make([]*T, 0, len(t.at))
	for _, r := range t.rows {
		if r.record != nil {
			records = append(records, r.record)
		}
	}
	return records
}

// page returns the records of a page that match, newest first; how many match in
// all; and the Before of the next page, 0 when this is the last.
func (t *table[T]) page(match func(*T) bool, p Page) (records []*T, total int, next uint64) {
	records = []*T{}
	var last uint64
	skipped := 0
	for _, r := range slices.Backward(t.rows) {
		if r.record == nil || !match(r.record) {
			continue
		}
		total++
		switch {
		case p.Before > 0 && r.seq >= p.Before:
		case skipped < p.Offset:
			skipped++
		case len(records) < p.Limit:
			records, last = append(records, r.record), r.seq
		case next == 0:
			next = last
		}
	}
	return records, total, next
}

// holds tells whether one of the values contains a text in lower case.
func holds(text string, values ...string) bool {
	return text == "" || slices.ContainsFunc(values, func(v string) bool { return strings.Contains(strings.ToLower(v), text) })
}
