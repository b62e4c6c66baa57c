package plunk

import (
	"crypto/rand"
	"crypto/sha256"
	mathrand "math/rand/v2"
	"time"

	"github.com/google/uuid"
)

// state is all that a project remembers, and all of its rules. It knows no lock.
type state struct {
	options Options
	now     time.Time
	frozen  bool
	ahead   int64             // milliseconds from the real time to now, when live
	ids     *mathrand.ChaCha8 // entropy

	id          string // the project's own
	settings    Settings
	contacts    table[Contact]
	byEmail     map[string]string // address → contact ID
	events      table[Event]
	byName      map[string]string   // event name → event ID
	happened    map[string]*history // contact ID → what happened to it
	occurrences int                 // in all histories
	templates   table[Template]
	automations table[Automation]
	campaigns   table[Campaign]
	tasks       agenda

	// What the call in hand has brought about.
	ran        int      // tasks run
	backlog    bool     // the last move of the clock came to the limit of tasks
	ticked     int      // tasks run because they were due when the call came
	keepMailed bool     // whether mailed is asked for
	mailed     []string // the IDs of the mails sent
	runaways   []string // chains of mails that were stopped
	warnings   []string // what could not be done
}

// entropy is the source of a project's IDs: the same for the same seed, name and
// IDs that are in use already.
func entropy(o Options, used string) *mathrand.ChaCha8 {
	var seed [32]byte
	if o.Seed == "" {
		_, _ = rand.Read(seed[:]) // never fails
	} else {
		seed = sha256.Sum256([]byte(o.Seed + "\x00" + o.Project + used))
	}
	return mathrand.NewChaCha8(seed)
}

func (st *state) newID() string {
	id, err := uuid.NewRandomFromReader(st.ids)
	if err != nil {
		panic("internal error: ChaCha8 does not fail: " + err.Error())
	}
	return id.String()
}

// Page asks for up to Limit records that are older than Before, a value that
// an earlier Listing gave as Next; 0 asks for the newest. Offset skips so many of
// those first.
type Page struct {
	Limit  int
	Before uint64
	Offset int
}

// Listing is a page of records, newest first.
type Listing[T any] struct {
	Records []*T
	Total   int    // how many match, on all pages
	Next    uint64 // the Before of the next page; 0 when this is the last
}

func listing[T any](t *table[T], match func(*T) bool, p Page) Listing[T] {
	records, total, next := t.page(match, p)
	return Listing[T]{records, total, next}
}
