package fault

import (
	"cmp"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
)

// Rule says when a call is struck, and what then happens. A record.
type Rule struct { //nolint:recvcheck // Check alone changes what it is called on
	ID       string // the set gives one to a rule that has none
	Disabled bool   // it matches nothing and counts nothing

	// When a call matches. All of them must.
	Operations []string    // operation IDs; nil: any
	Method     string      // in upper case; "": any
	Path       string      // a glob on the path without its mount; "": any
	Key        string      // "secret" or "public"; "": any
	Email      string      // a glob on the whole address of any recipient or of the contact; "": any
	Stage      inbox.Stage // of a session, where the operation is SMTP; "": AfterData

	// Which of the matches are struck.
	Share   *float64      // from 0 to 1, by the dice; nil: 1
	After   int           // the first matches that are let go
	Times   int           // the rule ends after as many strikes; 0: never
	Expires time.Time     // the rule ends then; zero: never
	Lasts   time.Duration // how long from when the rule comes into a set, which makes Expires of it; 0: for ever

	Steps []*Step // used once each in order, the last one again and again

	Matched int // calls so far that it matched
	Struck  int // calls so far that it struck
}

// Left returns how many strikes are left of Times; false when there is no Times.
func (r Rule) Left() (int, bool) {
	if r.Times == 0 {
		return 0, false
	}
	return max(0, r.Times-r.Struck), true
}

// ended tells whether r has struck as often as it may.
func (r *Rule) ended() bool { return r.Times > 0 && r.Struck >= r.Times }

// Repeats tells of a rule that looks as if it was to end and does not: its last
// step was written with a number, as in 429*2. "" when there is nothing to tell.
func Repeats(r Rule) string {
	n := len(r.Steps)
	if n < 2 || r.Times > 0 || r.Steps[n-1] == nil || r.Steps[n-1] != r.Steps[n-2] || r.Steps[n-1].Pass {
		return ""
	}
	return "the last step repeats for ever; add ,pass or ;times=" + number(n) + " to end it"
}

// Step is what happens to one call. It has one outcome: Status, Pass, Drop or
// Limit; with none of them the real answer is sent, as with Pass.
type Step struct {
	Status      int           // an error of this status; of SMTP, the code of the reply
	Enhanced    string        // the enhanced code of that reply, such as 4.7.1; "": the usual one
	Message     string        // what the error says; "": what Plunk says
	Headers     []Header      // on top of those of the answer
	RetryAfter  time.Duration // the header of that name; 0: none
	Pass        bool          // the real answer
	Delay       *Delay        // before anything else
	Drop        Drop          // the connection breaks
	Truncate    *int          // how many bytes of the body are sent before the connection breaks; nil: all
	Body        *string       // in the place of the answer's own
	ContentType string        // of Body; "": that of the answer
	Dribble     int           // bytes of the body a second; 0: as fast as it goes
	Limit       *Limit        // a rate limit: it lets calls pass or refuses them
}

// Header is a header of an answer.
type Header struct{ Name, Value string }

// Drop says when a connection breaks.
type Drop string

// The times at which a connection breaks.
const (
	DropNone   Drop = ""
	DropBefore Drop = "before" // nothing has happened
	DropAfter  Drop = "after"  // all has happened, and the client does not hear of it
)

// Delay is how long an answer waits: from Min to Max with an equal chance or, with
// a Median, lognormal: half are shorter, and a few much longer.
type Delay struct {
	Min, Max time.Duration // equal: always as long
	Median   time.Duration // over 0: lognormal, and Min and Max do not count
	Sigma    float64       // how far it scatters, of the logarithm; 0: not at all
}

// Limit is a token bucket: it starts full, a call takes a token, and one that
// finds none is refused.
type Limit struct {
	Requests int           // tokens that come back in each Per, evenly
	Per      time.Duration // at least a millisecond
	Burst    int           // tokens in a full bucket; 0: Requests
}

// filled returns l with its Burst, and with nothing that cannot be reckoned with.
func (l *Limit) filled() Limit {
	return Limit{Requests: max(1, l.Requests), Per: max(1, l.Per), Burst: max(1, cmp.Or(l.Burst, l.Requests))}
}
