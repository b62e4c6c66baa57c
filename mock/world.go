package mock

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
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
	plunk    *plunk.Store
	box      *inbox.Box
	ids      *idSource                      // of the calls
	secret   string                         // a further key, "" for none
	public   string                         // as secret
	base     atomic.Pointer[plunk.Snapshot] // what a reset takes it back to; nil: empty

	held     atomic.Int64 // calls in hand; a world in use never makes room
	lastUsed atomic.Int64 // nanoseconds
	requests atomic.Int64 // calls of Plunk's API
	told     atomic.Int64 // how many dropped mails were logged
}

// worlds holds all projects.
type worlds struct {
	config Config
	budget *inbox.Budget
	tidy   sync.Mutex // held by the one call that makes room for bytes

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
	dropped int
}

func newWorlds(c Config) *worlds {
	return &worlds{config: c, budget: inbox.NewBudget(c.Limits.Bytes), byName: map[string]*world{}, keys: map[string]string{}, gone: map[string]remains{}}
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
	box := inbox.NewBox(inbox.Options{MaxMessages: ws.config.Limits.Messages, Budget: ws.budget, Seq: was.seq, Dropped: was.dropped})
	w := &world{name: name, created: ws.config.Now(), box: box, ids: newIDSource(ws.config.Seed, name), plunk: plunk.New(ws.options(name, box))}
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
	left := idlest.box.Len()
	ws.remove(idlest, idlest.box.Dropped()+left)
	ws.config.Log.Warn("a project made room for another", "project", idlest.name, "messages", left, "limit", "--max-projects")
	return true
}

// remove takes a world out and remembers its cursors. ws.mu must be held.
func (ws *worlds) remove(w *world, dropped int) {
	delete(ws.byName, w.name)
	if w.secret != "" || w.public != "" {
		delete(ws.keys, w.secret)
		delete(ws.keys, w.public)
	}
	if _, known := ws.gone[w.name]; !known {
		ws.order = append(ws.order, w.name)
	}
	ws.gone[w.name] = remains{w.box.Seq(), dropped}
	for len(ws.gone) > remembered || len(ws.order) > 2*remembered {
		delete(ws.gone, ws.order[0])
		ws.order = ws.order[1:]
	}
	w.box.Close()
}

// drop deletes a project; false when there is none.
func (ws *worlds) drop(name string) bool {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	w := ws.byName[name]
	if w == nil {
		return false
	}
	ws.remove(w, 0)
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

// keepWithinBytes drops the oldest mails of the project that holds most, as
// long as all together hold more than they may.
func (ws *worlds) keepWithinBytes() {
	if ws.budget.Over() == 0 || !ws.tidy.TryLock() {
		return // someone is at it
	}
	defer ws.tidy.Unlock()
	for over := ws.budget.Over(); over > 0; over = ws.budget.Over() {
		var most *world
		for _, w := range ws.all() {
			if most == nil || w.box.Bytes() > most.box.Bytes() {
				most = w
			}
		}
		if most == nil {
			return
		}
		// A little more than needed, so that not every mail has to look around.
		n := most.box.DropOldest(over + ws.config.Limits.Bytes/100)
		ws.config.Log.Warn("mails dropped: all projects together hold too many bytes", "project", most.name, "messages", n, "limit", "--max-bytes")
		if n == 0 {
			return
		}
	}
}

// tellDropped logs that a project drops mails: the first, and then each time
// that they have become twice as many.
func (ws *worlds) tellDropped(w *world) {
	dropped, told := int64(w.box.Dropped()), w.told.Load()
	if dropped == 0 || dropped < 2*told || !w.told.CompareAndSwap(told, dropped) {
		return
	}
	ws.config.Log.Warn("mails dropped: the project holds as many as it may", "project", w.name, "dropped", dropped, "limit", "--max-messages")
}

// close ends all that is held.
func (ws *worlds) close() {
	for _, w := range ws.all() {
		w.box.Close()
	}
}
