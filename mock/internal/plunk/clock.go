package plunk

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Clock is a project's time, and what a change of it did.
type Clock struct {
	Now      time.Time
	Frozen   bool          // it stands still but for Advance and SetTime; else it is live
	Ahead    time.Duration // of the real time, when live; may be negative
	Ran      int           // how many tasks the change ran
	Messages []string      // the IDs of the mails that they sent, oldest first
}

// latest is the end of time: what can still be written with four digits.
var latest = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC) //nolint:gochecknoglobals // a constant

// present returns what the clock shows when nothing holds it up.
func (st *state) present(real time.Time) time.Time {
	if st.frozen {
		return st.now
	}
	return time.UnixMilli(real.UnixMilli() + st.ahead).UTC()
}

// advance moves time to to, running each task at its own due time. It stops
// before to when the tasks go beyond the limit of one advance.
func (st *state) advance(to time.Time) error {
	for most := st.options.Limits.Run; ; st.ran++ {
		t := st.tasks.first()
		if t == nil || t.due.After(to) {
			break
		}
		if st.ran >= most {
			return refuse(Conflict, "The clock stopped at %s: %d tasks have run, the most in one advance. Next is %s. Advance again to go on, or raise --max-run",
				stamp(st.now), most, t.label)
		}
		st.tasks.pop()
		if t.due.After(st.now) {
			st.now = t.due
		}
		st.run(t)
	}
	if to.After(st.now) {
		st.now = to
	}
	return nil
}

// turn moves time to to and tells what that did. real is the real time.
func (st *state) turn(to, real time.Time) (Clock, error) {
	if to.After(latest) {
		return Clock{}, refuse(Invalid, "The clock goes no further than %s", stamp(latest))
	}
	st.ran, st.mailed, st.keepMailed = 0, nil, true
	err := st.advance(to)
	st.backlog = err != nil
	if err == nil && len(st.runaways) > 0 {
		err = refuse(Conflict, "%s", strings.Join(st.runaways, "; "))
	}
	st.ahead = st.now.UnixMilli() - real.UnixMilli()
	c := st.clock()
	c.Ran, c.Messages = st.ran, st.mailed
	st.ran, st.mailed, st.keepMailed = 0, nil, false
	return c, err
}

func (st *state) clock() Clock {
	c := Clock{Now: st.now, Frozen: st.frozen}
	if !st.frozen {
		c.Ahead = time.Duration(st.ahead) * time.Millisecond
	}
	return c
}

func (st *state) setTime(at, real time.Time) (Clock, error) {
	at = at.UTC().Truncate(time.Millisecond)
	if at.Before(st.now) {
		return Clock{}, refuse(Invalid, "at: time only moves forward, and it is %s already; reset the project to start over", stamp(st.now))
	}
	return st.turn(at, real)
}

// resume makes the clock live from where it stands.
func (st *state) resume(real time.Time) Clock {
	st.frozen = false
	st.ahead = st.now.UnixMilli() - real.UnixMilli()
	return st.clock()
}

// maxMinutes is longer than the calendar, or 2,000 years where an int has 32 bits.
const maxMinutes = min(10_000*366*24*60, math.MaxInt/2-1)

// in returns the time that is minutes from now; false when it is beyond the end
// of time.
func (st *state) in(minutes int) (time.Time, bool) {
	if minutes > maxMinutes {
		return time.Time{}, false
	}
	due := time.UnixMilli(st.now.UnixMilli() + int64(minutes)*60_000).UTC()
	return due, !due.After(latest)
}

func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05.000Z") }

// CheckDelay tells what is wrong with a delay in minutes; "" when nothing is.
func CheckDelay(minutes int) string {
	switch {
	case minutes < 0:
		return fmt.Sprintf("must be minutes from 0 on, not %d", minutes)
	case minutes > maxMinutes:
		return fmt.Sprintf("must be minutes within the calendar, not %d", minutes)
	}
	return ""
}

// catchUp runs what is due. A project that has more to do than one advance may
// goes on with the next call.
func (st *state) catchUp(real time.Time) {
	if st.backlog && st.frozen {
		st.ticked = 0
		return // what a move has left over waits for the next
	}
	err := st.advance(st.present(real))
	if err != nil {
		st.warnings = append(st.warnings, err.Error())
	}
	st.backlog = st.backlog && err != nil
	st.ticked, st.ran = st.ran, 0
}
