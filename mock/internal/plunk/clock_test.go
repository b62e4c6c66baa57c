package plunk_test

import (
	"math"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

// frozen makes a project whose clock stands at noon.
func frozen(o *plunk.Options) { o.Clock = noon }

// end is the end of time.
var end = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)

// TestLiveClock: real time alone moves it, and what falls due meanwhile runs at
// its own due time, with the next call.
func TestLiveClock(t *testing.T) {
	t.Parallel()
	p := automated(t, ladder(60, 30, 90)...)
	p.track(t, "e", "ann@rcpt.test")
	same(t, "clock", p.Clock(), plunk.Clock{Now: noon})
	p.pass(30*time.Minute - time.Millisecond)
	same(t, "ran", p.Tick(), 0)
	p.pass(time.Millisecond)
	same(t, "ran", p.Tick(), 1)
	same(t, "ran again", p.Tick(), 0)
	p.pass(45 * time.Minute)
	same(t, "now", p.Now(), noon.Add(75*time.Minute))
	same(t, "sent", p.sent(), []string{"30m0s ann: Receipt", "1h0m0s ann: Receipt"})

	// Real time may be set back; the project's is not.
	p.pass(-time.Hour)
	same(t, "now", p.Now(), noon.Add(75*time.Minute))
	p.track(t, "other", "bob@rcpt.test")
	p.pass(2 * time.Hour)
	same(t, "now", p.Now(), noon.Add(135*time.Minute))
	same(t, "sent", len(p.sent()), 3)
}

func TestAdvanceALiveClock(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	c := p.advance(t, 90*time.Minute)
	same(t, "clock", c, plunk.Clock{Now: noon.Add(90 * time.Minute), Ahead: 90 * time.Minute})
	p.pass(time.Minute)
	same(t, "it goes on", p.Clock(), plunk.Clock{Now: noon.Add(91 * time.Minute), Ahead: 90 * time.Minute})
	c = must[plunk.Clock](t)(p.SetTime(noon.Add(day)))
	same(t, "set", c, plunk.Clock{Now: noon.Add(day), Ahead: day - time.Minute})
	same(t, "nothing", p.advance(t, 0), c)
	same(t, "less than a millisecond", p.advance(t, time.Millisecond-1), c)
}

func TestFrozenClock(t *testing.T) {
	t.Parallel()
	p := newProject(t, func(o *plunk.Options) { o.Clock = noon.Add(-365*day + 1999*time.Microsecond) })
	start := noon.Add(-365*day + time.Millisecond)
	p.add(t, rules(ladder(60)...))
	p.track(t, "e", "ann@rcpt.test")
	p.pass(day)
	same(t, "ran", p.Tick(), 0)
	same(t, "clock", p.Clock(), plunk.Clock{Now: start, Frozen: true})
	c := p.advance(t, time.Hour)
	same(t, "advanced", c, plunk.Clock{Now: start.Add(time.Hour), Frozen: true, Ran: 1, Messages: []string{p.latest(t).ID}})
}

// TestFreezeAndResume: a clock that was frozen goes on from where it stands.
func TestFreezeAndResume(t *testing.T) {
	t.Parallel()
	p := automated(t, ladder(60)...)
	p.track(t, "e", "ann@rcpt.test")
	p.pass(10 * time.Minute)
	same(t, "frozen", p.Freeze(), plunk.Clock{Now: noon.Add(10 * time.Minute), Frozen: true})
	p.pass(day)
	same(t, "still", p.Freeze(), plunk.Clock{Now: noon.Add(10 * time.Minute), Frozen: true})
	same(t, "resumed", p.Resume(), plunk.Clock{Now: noon.Add(10 * time.Minute), Ahead: -day})
	same(t, "sent", p.sent(), []string{})
	p.pass(50 * time.Minute)
	same(t, "goes on", p.Clock(), plunk.Clock{Now: noon.Add(time.Hour), Ahead: -day})
	same(t, "sent", p.sent(), []string{"1h0m0s ann: Receipt"})
	same(t, "resumed again", p.Resume(), plunk.Clock{Now: noon.Add(time.Hour), Ahead: -day})
	p.Freeze()
	p.advance(t, 2*day)
	same(t, "ahead", p.Resume(), plunk.Clock{Now: noon.Add(time.Hour + 2*day), Ahead: day})
}

// TestFreezeRunsWhatIsDue: what fell due before the clock was frozen is not lost.
func TestFreezeRunsWhatIsDue(t *testing.T) {
	t.Parallel()
	p := automated(t, ladder(60)...)
	p.track(t, "e", "ann@rcpt.test")
	p.pass(2 * time.Hour)
	p.Freeze()
	same(t, "sent", p.sent(), []string{"1h0m0s ann: Receipt"})
}

func TestTimeOnlyMovesForward(t *testing.T) {
	t.Parallel()
	p := newProject(t, frozen)
	p.add(t, rules(ladder(60)...))
	p.track(t, "e", "ann@rcpt.test")
	before := p.Snapshot()
	_, err := p.Advance(-1)
	refused(t, "a nanosecond back", err, plunk.Invalid, "by: must not be negative: time only moves forward")
	_, err = p.Advance(math.MinInt64)
	refused(t, "far back", err, plunk.Invalid, "by: must not be negative: time only moves forward")
	for _, at := range []time.Time{noon.Add(-time.Millisecond), {}, time.Unix(math.MinInt32, 0)} {
		_, err = p.SetTime(at)
		refused(t, at.String(), err, plunk.Invalid, "at: time only moves forward, and it is 2030-01-01T12:00:00.000Z already; reset the project to start over")
	}
	same(t, "snapshot", p.Snapshot(), before)
	same(t, "to the present", must[plunk.Clock](t)(p.SetTime(noon)), plunk.Clock{Now: noon, Frozen: true})
	zone := time.FixedZone("", 3600)
	same(t, "in another zone", must[plunk.Clock](t)(p.SetTime(noon.Add(1500*time.Microsecond).In(zone))).Now, noon.Add(time.Millisecond))
}

// TestTimeEnds with the year 9999.
func TestTimeEnds(t *testing.T) {
	t.Parallel()
	const text = "The clock goes no further than 9999-12-31T23:59:59.000Z"
	p := newProject(t, frozen)
	_, err := p.SetTime(end.Add(time.Millisecond))
	refused(t, "beyond", err, plunk.Invalid, text)
	_, err = p.SetTime(time.Date(300_000, 1, 1, 0, 0, 0, 0, time.UTC))
	refused(t, "far beyond", err, plunk.Invalid, text)
	same(t, "now", p.Now(), noon)
	p.advance(t, math.MaxInt64)
	same(t, "292 years on", p.Now(), noon.Add(math.MaxInt64).Truncate(time.Millisecond))
	must[plunk.Clock](t)(p.SetTime(end))
	_, err = p.Advance(time.Millisecond)
	refused(t, "past the end", err, plunk.Invalid, text)
	same(t, "the end", p.Now(), end)
	p.track(t, "e", "ann@rcpt.test")
	v := p.Snapshot()
	must[plunk.Snapshot](t)(p.Replace(v))
	same(t, "snapshot", p.Snapshot(), v)
}

// TestImportedClockEnds: nor does a fixture take the clock any further.
func TestImportedClockEnds(t *testing.T) {
	t.Parallel()
	const text = "clock.at: must not be later than 9999-12-31T23:59:59.000Z"
	p := newProject(t)
	before := p.Snapshot()
	v := subjects("One")
	v.Clock = &plunk.ClockSnapshot{Frozen: true, At: end.Add(time.Second)}
	flawed(t, "check", p.Check(v), text)
	_, err := p.Add(v)
	flawed(t, "add", err, text)
	_, err = p.Replace(v)
	flawed(t, "replace", err, text)
	same(t, "snapshot", p.Snapshot(), before)
}

// TestDelayBeyondTheCalendar: an automation whose mail would come after the end
// of time mails nothing and says so.
func TestDelayBeyondTheCalendar(t *testing.T) {
	t.Parallel()
	const calendar = 10_000 * 366 * 24 * 60
	const most = min(calendar, math.MaxInt-1)
	if most < calendar {
		t.Skip("no int of this machine is beyond the calendar")
	}
	p := automated(t, ladder(most)...)
	c := p.campaign(t, "s", "b", "bob@rcpt.test")
	r := p.track(t, "e", "ann@rcpt.test")
	same(t, "warnings", r.Warnings, []string{`the automation "A0" would mail after the end of the calendar, and does not`})
	same(t, "pending", p.pending(), []string{})
	same(t, "fired", p.Snapshot().Contacts[1].Automations[0].Times, 1)
	for _, delay := range []int{most, most + 1, math.MaxInt} {
		before := p.Snapshot()
		_, err := p.SendCampaign(plunk.SendCampaign{ID: c.ID, Live: true, Delay: delay})
		if err == nil {
			t.Errorf("a campaign is sent in %d minutes", delay)
		}
		same(t, "snapshot", p.Snapshot(), before)
	}
	for want, delay := range map[string]int{
		"must be minutes within the calendar, not 5270400001": most + 1, "must be minutes within the calendar, not 9223372036854775807": math.MaxInt,
		"must be minutes from 0 on, not -1": -1, "must be minutes from 0 on, not -9223372036854775808": math.MinInt,
	} {
		flawed(t, "check", p.Check(rules(ladder(delay)...)), "automations[0].delay: "+want)
	}
	// The last minute of all counts.
	minutes := int(end.Sub(noon.AddDate(7900, 0, 0))/time.Minute) + int(noon.AddDate(7900, 0, 0).Unix()-noon.Unix())/60
	p.add(t, rules(ladder(minutes)...))
	p.track(t, "e", "ann@rcpt.test")
	must[plunk.Clock](t)(p.SetTime(end))
	same(t, "sent", []any{p.latest(t).To[0].Address, p.latest(t).Time}, []any{"ann@rcpt.test", time.Date(9999, 12, 31, 23, 59, 0, 0, time.UTC)})
}

// TestImportMovesTheClock on, which runs what falls due.
func TestImportMovesTheClock(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.add(t, rules(ladder(60)...))
	p.track(t, "e", "ann@rcpt.test")
	p.add(t, plunk.Snapshot{Clock: &plunk.ClockSnapshot{At: noon.Add(day)}})
	same(t, "clock", p.Clock(), plunk.Clock{Now: noon.Add(day), Ahead: day})
	same(t, "sent", p.sent(), []string{"1h0m0s ann: Receipt"})
	p.add(t, plunk.Snapshot{Clock: &plunk.ClockSnapshot{Frozen: true}})
	p.pass(time.Hour)
	same(t, "frozen", p.Clock(), plunk.Clock{Now: noon.Add(day), Frozen: true})
	p.add(t, plunk.Snapshot{Clock: &plunk.ClockSnapshot{}})
	same(t, "live", p.Clock(), plunk.Clock{Now: noon.Add(day), Ahead: day - time.Hour})
	_, err := p.Add(plunk.Snapshot{Clock: &plunk.ClockSnapshot{At: noon}})
	flawed(t, "back", err, "clock.at: time only moves forward, and it is 2030-01-02T12:00:00.000Z already; reset the project, or put its whole state")
	same(t, "now", p.Now(), noon.Add(day))
}
