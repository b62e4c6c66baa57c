package mock

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"math"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/fault"
	"github.com/plunkmock/plunkmock/mock/internal/journal"
	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

// demoProject is the name of the project that does not start empty.
const demoProject = "demo"

// remembered is how many projects that made room are not forgotten quite.
const remembered = 65_536

// A world is one project: all that is private to a key pair.
type world struct {
	name     string
	created  time.Time
	declared bool // never makes room
	pauses   pauses
	plunk    *plunk.Store
	timeline *inbox.Timeline // numbers messages and calls
	box      *inbox.Box
	journal  *journal.Journal
	faults   *fault.Set
	acts     *acts
	ruleIDs  *idSource                       // of the faults
	ids      *idSource                       // of the calls
	secret   string                          // a further key, "" for none
	public   string                          // as secret
	base     atomic.Pointer[plunk.Snapshot]  // what a reset takes it back to; nil: empty
	rules    atomic.Pointer[[]fault.Rule]    // as base, of the faults; nil: none
	common   atomic.Pointer[map[string]bool] // the IDs of the faults that each project starts with

	forwarding sync.Mutex      // above forwarded
	forwarded  *inbox.Follower // of what was forwarded

	held     atomic.Int64 // calls in hand; a world in use never makes room
	lastUsed atomic.Int64 // nanoseconds
	requests atomic.Int64 // calls of Plunk's API
	told     atomic.Int64 // how many dropped mails were logged
	toldOf   atomic.Int64 // as told, of calls
}

// worlds holds all projects.
type worlds struct {
	config     Config
	budget     *inbox.Budget
	unassigned *journal.Journal // of calls that belong to no project
	noneLine   *inbox.Timeline  // numbers those
	rules      []fault.Rule     // that each project starts with
	dice       string           // what the dice of faults derive from
	tidy       sync.Mutex       // held by the one call that makes room for bytes

	mu sync.RWMutex
	// demo is the project demo as it is at the start; worked out by its first use.
	demo func() (plunk.Snapshot, error)

	byName map[string]*world
	keys   map[string]string // further keys → name
	gone   map[string]remains
	order  []string // the names in gone, oldest first
}

// remains is what is kept of a project that made room: enough that its cursors
// go on growing and its lost mails stay counted.
type remains struct {
	seq     uint64
	dropped int // messages
	lost    int // calls
}

// newWorlds returns no project yet. The error names a rule that makes no sense.
func (s *Server) newWorlds() (*worlds, error) {
	c := s.config
	ws := &worlds{config: c, budget: inbox.NewBudget(c.Limits.Bytes), dice: c.Seed, byName: map[string]*world{}, keys: map[string]string{}, gone: map[string]remains{}}
	if ws.dice == "" {
		ws.dice = rand.Text()
	}
	ws.noneLine = new(inbox.Timeline)
	ws.unassigned = journal.New(journal.Options{Max: c.Limits.Requests, Budget: ws.budget, Timeline: ws.noneLine})
	for _, text := range c.Faults {
		rules, err := parseRules(s.known, text)
		if err != nil {
			return nil, fmt.Errorf("mock: the fault %q: %w", text, err)
		}
		ws.rules = append(ws.rules, rules...)
	}
	if len(ws.rules) > c.Limits.Faults {
		return nil, fmt.Errorf("mock: there are %d faults, and a project may have %d; --max-faults raises that", len(ws.rules), c.Limits.Faults)
	}
	return ws, nil
}

// open returns the world of a name, made if need be and allowed; its caller
// must release it. A name that may not be opened gives nil.
func (ws *worlds) open(name string) (*world, error) {
	ws.mu.RLock()
	w := ws.byName[name]
	if w != nil {
		w.held.Add(1) // under the lock, so that it cannot make room meanwhile
	}
	ws.mu.RUnlock()
	if w == nil {
		if ws.config.Keys == KeysStrict {
			return nil, nil
		}
		var err error
		if w, err = ws.use(name); err != nil {
			return nil, err
		}
	}
	w.lastUsed.Store(ws.config.Now().UnixNano())
	return w, nil
}

// release ends what open or declare began.
func (w *world) release() { w.held.Add(-1) }

// declare makes a project by name, which never makes room for another; one that
// is there is a conflict.
func (ws *worlds) declare(name string, settings plunk.SettingsChange) (*world, error) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if ws.byName[name] != nil {
		return nil, &problem{status: http.StatusConflict, message: fmt.Sprintf("The project %q exists already; choose another name, or delete it first", name)}
	}
	w, err := ws.add(name)
	if err != nil {
		return nil, err
	}
	w.declared = true
	w.plunk.UpdateSettings(settings)
	return w, nil
}

// use returns the world of a name, made if need be.
func (ws *worlds) use(name string) (*world, error) {
	var start plunk.Snapshot
	if name == demoProject {
		var err error
		if start, err = ws.demo(); err != nil {
			return nil, err
		}
	}
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if w := ws.byName[name]; w != nil {
		w.held.Add(1)
		return w, nil
	}
	w, err := ws.add(name)
	if err != nil || name != demoProject {
		return w, err
	}
	if start, err = w.plunk.Replace(start); err != nil {
		return nil, fmt.Errorf("mock: the project %s: %w", name, err)
	}
	w.base.Store(&start)
	return w, nil
}

// add makes a world, held by its caller. ws.mu must be held.
func (ws *worlds) add(name string) (*world, error) {
	if len(ws.byName) >= ws.config.Limits.Projects && !ws.makeRoom() {
		return nil, &problem{status: http.StatusUnprocessableEntity, message: fmt.Sprintf(
			"There are %d projects, the most that are kept, and none can make room; delete one, or raise --max-projects", len(ws.byName))}
	}
	was := ws.gone[name]
	delete(ws.gone, name)
	c, line := ws.config, inbox.NewTimeline(was.seq)
	box := inbox.NewBox(inbox.Options{MaxMessages: c.Limits.Messages, Budget: ws.budget, Timeline: line, Dropped: was.dropped})
	w := &world{
		name: name, created: c.Now(), timeline: line, box: box, ids: newIDSource(c.Seed, name, "requests"), plunk: plunk.New(ws.options(name, box)),
		acts:    &acts{line: line},
		journal: journal.New(journal.Options{Max: c.Limits.Requests, Budget: ws.budget, Timeline: line, Dropped: was.lost}),
	}
	w.forwarded = box.Follow(was.seq)
	ws.furnish(w)
	w.held.Add(1)
	w.lastUsed.Store(w.created.UnixNano())
	ws.byName[name] = w
	return w, nil
}

// options says how to build the store of a project.
func (ws *worlds) options(name string, box *inbox.Box) plunk.Options {
	c, l := ws.config, ws.config.Limits
	return plunk.Options{
		Project: name, Seed: c.Seed, Now: c.Now, Clock: c.Clock, URL: c.URL, Box: box,
		Warn:   func(text string) { c.Log.Warn(text, "project", name) },
		Limits: plunk.Limits{Contacts: l.Contacts, Events: l.Events, Tasks: l.Tasks, Run: l.Run, Chain: l.Chain},
	}
}

// named returns the name of the project that a key opens.
func (ws *worlds) named(k key) string {
	kind := "sk_"
	if k.kind == publicKey {
		kind = "pk_"
	}
	ws.mu.RLock()
	defer ws.mu.RUnlock()
	return cmp.Or(ws.keys[kind+k.name], k.name)
}

// makeRoom drops the project that is idle longest. ws.mu must be held.
func (ws *worlds) makeRoom() bool {
	var idlest *world
	at := int64(math.MaxInt64)
	for _, w := range ws.byName {
		if used := w.lastUsed.Load(); used < at && !w.declared && w.held.Load() == 0 {
			idlest, at = w, used
		}
	}
	if idlest == nil {
		return false
	}
	messages, calls := idlest.box.Len(), idlest.journal.Len()
	ws.remove(idlest, remains{dropped: idlest.box.Dropped() + messages, lost: idlest.journal.Dropped() + calls})
	ws.config.Log.Warn("a project made room for another", "project", idlest.name, "messages", messages, "requests", calls, "limit", "--max-projects")
	return true
}

// remove takes a world out and remembers its cursors, and what it lost. ws.mu must
// be held.
func (ws *worlds) remove(w *world, left remains) {
	delete(ws.byName, w.name)
	if w.secret != "" || w.public != "" {
		delete(ws.keys, w.secret)
		delete(ws.keys, w.public)
	}
	if _, known := ws.gone[w.name]; !known {
		ws.order = append(ws.order, w.name)
	}
	left.seq = w.timeline.Seq()
	ws.gone[w.name] = left
	for len(ws.gone) > remembered || len(ws.order) > 2*remembered {
		delete(ws.gone, ws.order[0])
		ws.order = ws.order[1:]
	}
	w.close()
}

// close ends all that waits for something of the project.
func (w *world) close() {
	w.pauses.end()
	w.box.Close()
	w.journal.Close()
	w.timeline.Close()
}

// drop deletes a project; false when there is none.
func (ws *worlds) drop(name string) bool {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	w := ws.byName[name]
	if w == nil {
		return false
	}
	ws.remove(w, remains{})
	return true
}

// all returns all worlds, by name.
func (ws *worlds) all() []*world {
	ws.mu.RLock()
	list := make([]*world, 0, len(ws.byName))
	for _, w := range ws.byName {
		list = append(list, w)
	}
	ws.mu.RUnlock()
	slices.SortFunc(list, func(a, b *world) int { return cmp.Compare(a.name, b.name) })
	return list
}

// held returns the world of a name, or all when it is "", held: their caller
// must release them.
func (ws *worlds) held(name string) []*world {
	ws.mu.RLock()
	defer ws.mu.RUnlock()
	if w := ws.byName[name]; w != nil {
		w.held.Add(1)
		return []*world{w}
	}
	if name != "" {
		return nil
	}
	list := make([]*world, 0, len(ws.byName))
	for _, w := range ws.byName {
		w.held.Add(1)
		list = append(list, w)
	}
	return list
}

func (ws *worlds) len() int {
	ws.mu.RLock()
	defer ws.mu.RUnlock()
	return len(ws.byName)
}

// holder is what holds bytes of the budget.
type holder interface {
	Bytes() int64
	DropOldest(bytes int64) int
}

// keepWithinBytes drops the oldest mails or calls of the project that holds most,
// as long as all together hold more than they may.
func (ws *worlds) keepWithinBytes() {
	if ws.budget.Over() == 0 || !ws.tidy.TryLock() {
		return // someone is at it
	}
	defer ws.tidy.Unlock()
	for over := ws.budget.Over(); over > 0; over = ws.budget.Over() {
		name, what, most := ws.fattest()
		// A little more than needed, so that not every call has to look around.
		n := most.DropOldest(over + ws.config.Limits.Bytes/100)
		if n == 0 { // at the most, what was made to search quickly went
			return
		}
		ws.config.Log.Warn("dropped: all projects together hold too many bytes", "project", name, what, n, "limit", "--max-bytes")
	}
}

// fattest returns what holds most of the project that holds most; the calls of no
// project count as one.
func (ws *worlds) fattest() (name, what string, most holder) {
	what, most = "requests", ws.unassigned
	top := most.Bytes()
	for _, w := range ws.all() {
		mails, calls := w.box.Bytes(), w.journal.Bytes()
		if mails+calls <= top {
			continue
		}
		name, what, most, top = w.name, "messages", w.box, mails+calls
		if calls > mails {
			what, most = "requests", w.journal
		}
	}
	return name, what, most
}

// tellDropped logs that a project drops mails or calls: the first, and then each
// time that they have become twice as many.
func (ws *worlds) tellDropped(w *world) {
	if n := w.box.Dropped(); doubled(n, &w.told) {
		ws.config.Log.Warn("mails dropped: the project holds as many as it may", "project", w.name, "dropped", n, "limit", "--max-messages")
	}
	if n := w.journal.Dropped(); doubled(n, &w.toldOf) {
		ws.config.Log.Info("calls dropped: the journal of the project holds as many as it may", "project", w.name, "dropped", n, "limit", "--max-requests")
	}
}

// doubled tells whether n is at least twice what was told, and has it told then.
func doubled(n int, told *atomic.Int64) bool {
	before := told.Load()
	return n > 0 && int64(n) >= 2*before && told.CompareAndSwap(before, int64(n))
}

// close ends all that is held.
func (ws *worlds) close() {
	for _, w := range ws.all() {
		w.close()
	}
}
