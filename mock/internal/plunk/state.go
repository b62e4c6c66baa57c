package plunk

import (
	"crypto/rand"
	"crypto/sha256"
	"io"
	mathrand "math/rand/v2"
	"time"

	"github.com/google/uuid"
)

// state is all that a project remembers, and all of its rules. It knows no lock.
type state struct {
	options Options
	now     time.Time
	ids     io.Reader // entropy

	id          string // the project's own
	settings    Settings
	contacts    table[Contact]
	byEmail     map[string]string // address → contact ID
	events      table[Event]
	byName      map[string]string       // event name → event ID
	happened    map[string][]occurrence // contact ID → what happened to it, oldest first
	occurrences int
	campaigns   table[Campaign]
}

// Keep says what a reset leaves in place. What happened to a contact stays when
// both contacts and events do. Messages are the box's, not the store's; saying
// that they stay keeps their IDs from being given again.
type Keep struct {
	Settings, Contacts, Events, Campaigns, Messages bool
}

func (st *state) reset(k Keep) {
	old := *st
	*st = state{options: old.options, now: old.now, ids: entropy(old.options)}
	if k == (Keep{}) || k == (Keep{Settings: true}) {
		st.id = st.newID()
	} else {
		// What stays has IDs of the old run, which must not be given again.
		st.id, st.ids = old.id, old.ids
	}
	// The cursors of listings go on growing.
	st.contacts.seq, st.events.seq, st.campaigns.seq = old.contacts.seq, old.events.seq, old.campaigns.seq
	st.settings = defaultSettings(old.options.Project)
	st.byEmail, st.byName, st.happened = map[string]string{}, map[string]string{}, map[string][]occurrence{}
	if k.Settings {
		st.settings = old.settings
	}
	if k.Contacts {
		st.contacts, st.byEmail = old.contacts, old.byEmail
	}
	if k.Events {
		st.events, st.byName = old.events, old.byName
		if k.Contacts {
			st.happened, st.occurrences = old.happened, old.occurrences
		} else {
			st.forgetOccurrences()
		}
	}
	if k.Campaigns {
		st.campaigns = old.campaigns
	}
}

// forgetOccurrences leaves of the events only that there are such.
func (st *state) forgetOccurrences() {
	for _, e := range st.events.all() {
		st.events.put(e.ID, &Event{ID: e.ID, Name: e.Name})
	}
}

// entropy is the source of a project's IDs: the same for the same seed and name.
func entropy(o Options) io.Reader {
	var seed [32]byte
	if o.Seed == "" {
		_, _ = rand.Read(seed[:]) // never fails
	} else {
		seed = sha256.Sum256([]byte(o.Seed + "\x00" + o.Project))
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
// an earlier Listing gave as Next; 0 asks for the newest.
type Page struct {
	Limit  int
	Before uint64
}

// Listing is a page of records, newest first.
type Listing[T any] struct {
	Records []*T
	Total   int    // how many match, on all pages
	Next    uint64 // the Before of the next page; 0 when this is the last
}

func listing[T any](t *table[T], match func(*T) bool, p Page) Listing[T] {
	records, total, next := t.page(match, p.Limit, p.Before)
	return Listing[T]{records, total, next}
}
