package fault

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// The ways in which a set refuses a rule.
var (
	ErrFull  = errors.New("there is no room for another fault")
	ErrTaken = errors.New("the ID is taken")
	ErrNone  = errors.New("there is no such fault")
)

// Options say how a set works.
type Options struct {
	Seed  string        // the source of the dice: the caller puts something random in the place of ""
	Max   int           // how many rules it holds at most; 0: 1,000
	NewID func() string // makes the IDs of rules that have none; it never says the same for ever
}

// Set is the rules of a project, oldest first. It is safe for use by many at once.
// The rules that it is given have been checked.
type Set struct {
	options Options
	count   atomic.Int64 // len(entries)

	mu      sync.Mutex
	entries []*entry
}

// NewSet returns a set without rules.
func NewSet(o Options) *Set {
	o.Max = cmp.Or(o.Max, 1000)
	return &Set{options: o}
}

// Len returns how many rules there are. It takes no lock, so that a project
// without rules pays nothing for them.
func (s *Set) Len() int { return int(s.count.Load()) }

// Count returns how many rules there are, and how many of those are not disabled.
func (s *Set) Count() (total, enabled int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.entries {
		if !e.rule.Disabled {
			enabled++
		}
	}
	return len(s.entries), enabled
}

// Needs tells what [Set.Strike] has to know of a call: its addresses, and what time
// it is.
func (s *Set) Needs() (emails, clock bool) {
	if s.Len() == 0 {
		return false, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.entries {
		if e.live() {
			emails = emails || e.email != ""
			clock = clock || e.clocked
		}
	}
	return emails, clock
}

// Strike asks the rules what becomes of a call, oldest first. The first that
// strikes decides; nil when none does. The quota is that of the limit that struck,
// or else of the one that has the least left of those that let the call pass; nil
// when no limit was asked.
func (s *Set) Strike(c Call) (strike *Strike, quota *Quota) {
	if s.Len() == 0 {
		return nil, nil
	}
	c.Path = foldPath(c.Path)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.entries {
		struck, left := e.strike(c, s.options.Seed)
		if left != nil && (struck != nil || quota == nil || left.Remaining < quota.Remaining) {
			quota = left
		}
		if struck != nil {
			return struck, quota
		}
	}
	return nil, quota
}

// Add adds a rule, made at now, and returns it with its ID. The error is ErrFull or
// ErrTaken.
func (s *Set) Add(r Rule, now time.Time) (Rule, error) {
	if r.ID != "" {
		return s.add(r, now)
	}
	// A new ID may be that of a rule which was loaded: then the next is tried.
	for {
		r.ID = s.options.NewID()
		added, err := s.add(r, now)
		if !errors.Is(err, ErrTaken) {
			return added, err
		}
	}
}

func (s *Set) add(r Rule, now time.Time) (Rule, error) {
	e := newEntry(made(r, now))
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.entries) >= s.options.Max {
		return Rule{}, full(s.options.Max)
	}
	if s.index(r.ID) >= 0 {
		return Rule{}, taken(r.ID)
	}
	if n := s.texts("") + r.size(); n > maxTexts {
		return Rule{}, tooLong(n)
	}
	s.hold(append(s.entries, e))
	return e.rule, nil
}

// Put puts r, made at now, in the place of the rule of its ID. Its limit starts
// anew. The error is ErrNone or ErrFull.
func (s *Set) Put(r Rule, now time.Time) (Rule, error) {
	e := newEntry(made(r, now))
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.index(r.ID)
	if i < 0 {
		return Rule{}, ErrNone
	}
	if n := s.texts(r.ID) + r.size(); n > maxTexts {
		return Rule{}, tooLong(n)
	}
	s.entries[i] = e
	return e.rule, nil
}

// Switch lets the rule of an ID rest, or go on; false when there is none. What it has
// counted stays, and its limit is as it was.
func (s *Set) Switch(id string, enabled bool) (Rule, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.index(id)
	if i < 0 {
		return Rule{}, false
	}
	s.entries[i].rule.Disabled = !enabled
	return s.entries[i].rule, true
}

// texts returns how long the texts of all rules are together, but for one. s.mu
// must be held.
func (s *Set) texts(but string) (n int) {
	for _, e := range s.entries {
		if e.rule.ID != but {
			n += e.rule.size()
		}
	}
	return n
}

// Get returns the rule of an ID; false when there is none.
func (s *Set) Get(id string) (Rule, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.index(id)
	if i < 0 {
		return Rule{}, false
	}
	return s.entries[i].rule, true
}

// List returns all rules, oldest first; never nil.
func (s *Set) List() []Rule {
	s.mu.Lock()
	defer s.mu.Unlock()
	rules := make([]Rule, 0, len(s.entries))
	for _, e := range s.entries {
		rules = append(rules, e.rule)
	}
	return rules
}

// Rewind tells the limits that the clock was set back.
func (s *Set) Rewind(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.entries {
		e.bucket.rewind(now)
	}
}

// Delete removes the rule of an ID; false when there is none.
func (s *Set) Delete(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.index(id)
	if i < 0 {
		return false
	}
	s.hold(slices.Delete(s.entries, i, i+1))
	return true
}

// Clear removes all rules and returns how many there were.
func (s *Set) Clear() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.entries)
	s.hold(nil)
	return n
}

// Replace puts rules in the place of all that there are, with what they have
// counted. Limits start anew. The error is ErrFull or ErrTaken, and then nothing
// has changed.
func (s *Set) Replace(rules []Rule, now time.Time) error {
	if err := CheckRoom(rules, s.options.Max); err != nil {
		return err
	}
	ids := make(map[string]bool, len(rules))
	for _, r := range rules {
		if r.ID != "" && ids[r.ID] {
			return taken(r.ID)
		}
		ids[r.ID] = true
	}
	entries := make([]*entry, 0, len(rules))
	for _, r := range rules {
		if r.ID == "" {
			r.ID = s.freeID(ids)
			ids[r.ID] = true
		}
		entries = append(entries, newEntry(made(r, now)))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hold(entries)
	return nil
}

// CheckRoom tells whether a set of at most so many rules may hold these together;
// the error is ErrFull.
func CheckRoom(rules []Rule, most int) error {
	if len(rules) > most {
		return full(most)
	}
	size := 0
	for _, r := range rules {
		size += r.size()
	}
	if size > maxTexts {
		return tooLong(size)
	}
	return nil
}

// freeID returns a new ID that is not among ids.
func (s *Set) freeID(ids map[string]bool) string {
	id := s.options.NewID()
	for ids[id] {
		id = s.options.NewID()
	}
	return id
}

// hold makes entries those of s. s.mu must be held.
func (s *Set) hold(entries []*entry) {
	s.entries = entries
	s.count.Store(int64(len(entries)))
}

// index returns where the rule of an ID is; -1 when there is none. s.mu must be
// held.
func (s *Set) index(id string) int {
	return slices.IndexFunc(s.entries, func(e *entry) bool { return e.rule.ID == id })
}

func full(most int) error {
	return fmt.Errorf("%w: %d are the most that a project may have; delete one or raise --max-faults", ErrFull, most)
}

func tooLong(size int) error {
	return fmt.Errorf("%w: the texts of all faults would be %d bytes long, and %d are the most", ErrFull, size, maxTexts)
}

func taken(id string) error { return fmt.Errorf("%w: there is a fault %q already", ErrTaken, id) }

// made returns r with the end that it has when it is made at now.
func made(r Rule, now time.Time) Rule {
	if r.Lasts > 0 {
		latest := time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC) // the end of time, with four digits
		r.Expires, r.Lasts = now.Add(r.Lasts), 0
		if r.Expires.After(latest) {
			r.Expires = latest
		}
	}
	return r
}
