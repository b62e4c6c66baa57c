package fault

import (
	"slices"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/glob"
)

// Call is what rules look at.
type Call struct {
	Operation string      // its ID; "" when the call is of none
	Method    string      // in upper case
	Path      string      // without its mount
	Key       string      // "secret" or "public"
	Stage     inbox.Stage // of a session, where Operation is SMTP
	Emails    []string    // the recipients, or the contact; in lower case
	Now       time.Time   // the project's clock; may be zero when [Set.Needs] did not ask for it
}

// Strike is what becomes of a call.
type Strike struct {
	Rule  string // the ID of the rule that struck
	Step  int    // which of its steps, from 0
	Do    *Step
	Delay time.Duration // drawn from Do.Delay
	Quota *Quota        // when a limit struck: why
}

// IDs of what strikes and is no rule of a set.
const (
	ByHeader = "header" // what the call itself has brought along
	ByPrefer = "prefer" // Prefer: code=
)

// One strikes a single call, by the first step of r, as the header of a call asks
// for: the rule is of no set and counts nothing, and a limit strikes no one. It
// returns nil when r does not match, lets the first matches go or is spared by the
// dice, whose seed should be one of this call alone. The rule's ID is "header".
func One(r Rule, c Call, seed string) *Strike {
	r.ID, r.Matched, r.Struck = ByHeader, 0, 0
	e := newEntry(r)
	if e.limited() {
		return nil
	}
	c.Path = foldPath(c.Path)
	strike, _ := e.strike(c, seed)
	return strike
}

// entry is a rule of a set, with what it takes to ask it quickly.
type entry struct {
	rule        Rule
	path, email string // as they are compared
	clocked     bool   // it needs to know what time it is
	limit       Limit  // filled in; zero when there is none
	bucket      bucket
}

func newEntry(r Rule) *entry {
	e := &entry{rule: r, path: foldPath(r.Path), email: strings.ToLower(r.Email), clocked: !r.Expires.IsZero()}
	if len(r.Steps) > 0 && r.Steps[0].Limit != nil {
		e.limit = r.Steps[0].Limit.filled()
		e.clocked = true
	}
	return e
}

// strike asks the rule about a call whose path is folded: what becomes of the call,
// if the rule strikes it, and what the rule's limit has left, if it was asked.
func (e *entry) strike(c Call, seed string) (*Strike, *Quota) {
	r := &e.rule
	if !e.live() || e.expired(c.Now) || !e.matches(c) {
		return nil, nil
	}
	r.Matched++
	roll := dice{seed, r.ID, r.Matched}
	if r.Matched <= r.After || roll.spares(r.Share) {
		return nil, nil
	}
	var quota *Quota
	if e.limited() {
		left, taken := e.bucket.take(e.limit, c.Now)
		quota = &left
		if taken {
			return nil, quota
		}
	}
	i := min(r.Struck, len(r.Steps)-1)
	r.Struck++
	do := r.Steps[i]
	return &Strike{Rule: r.ID, Step: i, Do: do, Delay: roll.delay(do.Delay), Quota: quota}, quota
}

func (e *entry) limited() bool { return e.limit.Requests > 0 }

// live tells whether the rule may strike at all, as far as one knows without a
// clock.
func (e *entry) live() bool {
	return !e.rule.Disabled && !e.rule.ended() && len(e.rule.Steps) > 0
}

func (e *entry) expired(now time.Time) bool {
	return !e.rule.Expires.IsZero() && !now.Before(e.rule.Expires)
}

func (e *entry) matches(c Call) bool {
	r := &e.rule
	switch {
	case len(r.Operations) > 0 && !slices.Contains(r.Operations, c.Operation),
		r.Stage != c.Stage, // so that a rule for any operation is not one for SMTP
		r.Method != "" && r.Method != c.Method,
		r.Key != "" && r.Key != c.Key,
		e.path != "" && !glob.Match(e.path, c.Path):
		return false
	}
	return e.email == "" || slices.ContainsFunc(c.Emails, func(email string) bool { return glob.Match(e.email, email) })
}

// foldPath returns path as paths are compared: in lower case and without a slash
// at its end.
func foldPath(path string) string {
	return strings.ToLower(withoutSlash(path))
}

func withoutSlash(path string) string {
	if len(path) > 1 {
		return strings.TrimSuffix(path, "/")
	}
	return path
}
