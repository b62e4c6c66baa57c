package mock

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/duration"
	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

// Bounds of a wait.
const (
	maxTimeout = 60 * time.Second
	maxArrived = 20
	// How many tasks are shown that could match.
	maxScheduled = 100
)

type waitResponse struct {
	Messages  []*messageOut `json:"messages"`
	Scheduled *[]taskOut    `json:"scheduled,omitempty"` // with count=0
	Cursor    string        `json:"cursor"`
	Waited    *int64        `json:"waited,omitempty"` // milliseconds, but with count=0
}

// notMet is what a 409 of a wait says beside the error.
type notMet struct {
	Expected  map[string]any `json:"expected"`
	Messages  []*messageOut  `json:"messages"`
	Arrived   []arrived      `json:"arrived"`
	Scheduled []taskOut      `json:"scheduled"`
	Cursor    string         `json:"cursor"`
}

type arrived struct {
	Message summary `json:"message"`
	Failed  []miss  `json:"failed"`
}

type miss struct {
	Filter string `json:"filter"`
	Want   string `json:"want"`
	Got    string `json:"got"`
}

// why says in words why a message does not match.
func (m miss) why() string {
	if m.Filter == "q" {
		return fmt.Sprintf("%s of q does not hold: it has %q", m.Want, m.Got)
	}
	return fmt.Sprintf("%s is %q, not %q", m.Filter, m.Got, m.Want)
}

// waitForMessages holds the call until enough messages match; with count=0 it
// proves at once that none does.
func (s *Server) waitForMessages(c call, _ none) (waitResponse, error) {
	f, err := filterOf(c)
	if err != nil {
		return waitResponse{}, err
	}
	count := param[int](c, "count")
	if count == 0 {
		return proveNone(c, f)
	}
	timeout, err := duration.Parse(param[string](c, "timeout"))
	if err != nil || timeout < 0 || timeout > maxTimeout {
		return waitResponse{}, unprocessable(fmt.Sprintf("timeout: must be between 0s and %v, not %s", maxTimeout, param[string](c, "timeout")))
	}
	held, done, err := s.hold(c.ctx)
	if err != nil {
		return waitResponse{}, err
	}
	defer done()
	ctx, cancel := context.WithTimeout(held, timeout)
	defer cancel()
	start := time.Now()
	messages, cursor, err := c.world.box.Wait(ctx, f, count)
	waited := time.Since(start).Milliseconds()
	switch {
	case err == nil:
		return waitResponse{Messages: fullMessages(messages), Cursor: cursor, Waited: &waited}, nil
	case errors.Is(err, inbox.ErrClosed) && s.stopping.Err() == nil:
		return waitResponse{}, &problem{status: http.StatusNotFound, message: fmt.Sprintf("The project %q was deleted while the call waited", c.world.name)}
	case s.stopping.Err() != nil, errors.Is(err, inbox.ErrClosed):
		return waitResponse{}, errStopping()
	}
	return waitResponse{}, missed(c, f, count, timeout)
}

// proveNone answers count=0.
func proveNone(c call, f inbox.Filter) (waitResponse, error) {
	tasks, pending := []*plunk.Task{}, 0
	if param[string](c, "scheduled") != "ignore" {
		// Before the inbox: what leaves the schedule meanwhile is found there.
		tasks, pending = scheduledFor(c, f)
	}
	page := c.world.box.List(f, 1000)
	if page.Total+pending == 0 {
		return waitResponse{Messages: []*messageOut{}, Scheduled: &[]taskOut{}, Cursor: page.Cursor}, nil
	}
	slices.Reverse(page.Messages) // oldest first
	message := fmt.Sprintf("Expected no message%s, but there are %d", described(c), page.Total)
	if pending > 0 {
		message += fmt.Sprintf(", and %d scheduled that could match: next is %s at %s; scheduled=ignore leaves them out",
			pending, tasks[0].Label, tasks[0].Due.Format(stampLayout))
	}
	return waitResponse{}, &problem{
		status: http.StatusConflict, message: message,
		more: notMet{
			Expected: expected(c, 0, 0), Messages: fullMessages(page.Messages), Arrived: []arrived{}, Scheduled: tasksOut(tasks), Cursor: page.Cursor,
		},
	}
}

// scheduledFor returns mail yet to come that could match a filter.
func scheduledFor(c call, f inbox.Filter) (tasks []*plunk.Task, total int) {
	return c.world.plunk.Schedule(func(t *plunk.Task) bool { return couldMatch(t, f) }, plunk.Page{Limit: maxScheduled})
}

// couldMatch tells whether the mail of a task could match a filter, as far as is
// known before it is written.
func couldMatch(t *plunk.Task, f inbox.Filter) bool {
	named := func(values []string, r *inbox.Ref) bool {
		return len(values) == 0 || r != nil && (slices.Contains(values, r.ID) || slices.Contains(values, r.Name))
	}
	// A message is made that has all that is known; a filter does the rest.
	known := inbox.Filter{To: f.To, Contact: f.Contact, Kind: f.Kind, Q: f.Q}
	probe := inbox.Message{Kind: t.Kind, To: []inbox.Address{{Address: t.Contact.Name}}, Cause: inbox.Cause{Contact: &t.Contact}}
	return !t.Void && known.Fits(&probe) && named(f.Automation, t.Automation) && named(f.Campaign, t.Campaign) && named(f.Event, t.Event)
}

// missed tells what a wait that timed out has seen.
func missed(c call, f inbox.Filter, count int, timeout time.Duration) error {
	page := c.world.box.List(f, 1000)
	slices.Reverse(page.Messages)
	m := notMet{
		Expected: expected(c, count, timeout), Messages: fullMessages(page.Messages),
		Arrived: []arrived{}, Scheduled: []taskOut{}, Cursor: page.Cursor,
	}
	tasks, pending := scheduledFor(c, f)
	m.Scheduled = tasksOut(tasks)
	what := "message"
	if count > 1 {
		what = "messages"
	}
	message := fmt.Sprintf("Waited %v for %d %s%s, but there are %d", timeout, count, what, described(c), page.Total)
	for _, near := range c.world.box.Near(f, maxArrived) {
		a := arrived{Message: summaryOut(near.Record)}
		for _, x := range near.Misses {
			a.Failed = append(a.Failed, miss(x))
		}
		m.Arrived = append(m.Arrived, a)
	}
	if len(m.Arrived) > 0 {
		a := m.Arrived[0]
		message += fmt.Sprintf("; nearest is %q to %s, where %s", a.Message.Subject, a.Message.To, a.Failed[0].why())
	} else if page.Total == 0 {
		message += "; nothing else came either"
	}
	if pending > 0 {
		message += fmt.Sprintf("; %d scheduled could match: advance the clock to %s for %s", pending, tasks[0].Due.Format(stampLayout), tasks[0].Label)
	}
	return &problem{status: http.StatusConflict, message: message, more: m}
}

// expected gives the filters of a call back.
func expected(c call, count int, timeout time.Duration) map[string]any {
	e := map[string]any{"count": count}
	if count > 0 {
		e["timeout"] = timeout.String()
	}
	for _, name := range filterNames {
		if v, given := c.in.Params[name]; given {
			e[name] = v
		}
	}
	return e
}

// described writes the filters of a call in words.
func described(c call) string {
	var b strings.Builder
	for _, name := range filterNames {
		switch v := c.in.Params[name].(type) {
		case []string:
			fmt.Fprintf(&b, " with %s %s", name, strings.Join(v, " or "))
		case string:
			fmt.Fprintf(&b, " %s %s", name, v)
		}
	}
	return b.String()
}
