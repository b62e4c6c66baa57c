package mock

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/duration"
	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

type clockResponse struct {
	Now      stamp    `json:"now"`
	Mode     string   `json:"mode"`
	Ahead    float64  `json:"ahead"` // seconds
	Ran      int      `json:"ran"`
	Messages []string `json:"messages"`
}

func clockOut(c plunk.Clock) clockResponse {
	out := clockResponse{stamp(c.Now), "live", c.Ahead.Seconds(), c.Ran, append([]string{}, c.Messages...)}
	if c.Frozen {
		out.Mode = "frozen"
	}
	return out
}

// clockOr is clockOut behind a move of the clock. One that stopped on the way
// tells how far it came.
func clockOr(w *world, c plunk.Clock, err error) (clockResponse, error) {
	out := clockOut(c)
	if e, ok := errors.AsType[*plunk.Error](err); ok && e.Kind == plunk.Conflict {
		w.acts.add("clock", out)
		return clockResponse{}, &problem{status: http.StatusConflict, message: e.Msg, more: out}
	}
	if err == nil {
		w.acts.add("clock", out)
	}
	return out, err
}

func getClock(c call, _ none) (clockResponse, error) {
	return clockOut(c.world.plunk.Clock()), nil
}

func readBy(f fields) time.Duration {
	by, _ := duration.Parse(f.str("by")) // the document's format checked it
	return by
}

func advanceClock(c call, by time.Duration) (clockResponse, error) {
	clock, err := c.world.plunk.Advance(by)
	return clockOr(c.world, clock, err)
}

func readAt(f fields) time.Time { return f.time("at") }

func setClock(c call, at time.Time) (clockResponse, error) {
	clock, err := c.world.plunk.SetTime(at)
	return clockOr(c.world, clock, err)
}

func freezeClock(c call, _ none) (clockResponse, error) {
	return clockOr(c.world, c.world.plunk.Freeze(), nil)
}

func resumeClock(c call, _ none) (clockResponse, error) {
	return clockOr(c.world, c.world.plunk.Resume(), nil)
}

type taskOut struct {
	ID         string  `json:"id"`
	Due        stamp   `json:"due"`
	Label      string  `json:"label"`
	Kind       string  `json:"kind"`
	Contact    string  `json:"contact"`
	Email      string  `json:"email"`
	Automation *string `json:"automation"`
	Campaign   *string `json:"campaign"`
}

func tasksOut(list []*plunk.Task) []taskOut {
	return mapped(list, func(t *plunk.Task) taskOut {
		out := taskOut{ID: t.ID, Due: stamp(t.Due), Label: t.Label, Kind: string(t.Kind), Contact: t.Contact.ID, Email: t.Contact.Name}
		if t.Automation != nil {
			out.Automation = &t.Automation.ID
		}
		if t.Campaign != nil {
			out.Campaign = &t.Campaign.ID
		}
		return out
	})
}

type scheduleResponse struct {
	Tasks []taskOut `json:"tasks"`
	Total int       `json:"total"`
}

// concerns tells whether a task is of the contact, automation and campaign that a
// filter names.
func concerns(t *plunk.Task, f inbox.Filter) bool {
	named := func(values []string, r *inbox.Ref) bool {
		return len(values) == 0 || r != nil && (slices.Contains(values, r.ID) || slices.Contains(values, r.Name))
	}
	return named(f.Contact, &t.Contact) && named(f.Automation, t.Automation) && named(f.Campaign, t.Campaign)
}

func getSchedule(c call, _ none) (scheduleResponse, error) {
	f, err := filterOf(c)
	if err != nil {
		return scheduleResponse{}, err
	}
	p := plunk.Page{Limit: param[int](c, "limit"), Offset: param[int](c, "offset")}
	tasks, total := c.world.plunk.Schedule(func(t *plunk.Task) bool { return concerns(t, f) }, p)
	return scheduleResponse{tasksOut(tasks), total}, nil
}

// tickEvery is how often live projects look whether something is due: nothing is
// late by more than a second.
const tickEvery = 500 * time.Millisecond

// tick sends what falls due in live projects, until the server closes.
func (s *Server) tick() {
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			for _, w := range s.worlds.all() {
				if w.plunk.Tick() > 0 {
					s.settle(w)
				}
			}
		case <-s.closed:
			return
		}
	}
}
