package fault

import (
	"math"
	"math/bits"
	"time"
)

// Quota is what a limit has left after a call.
type Quota struct {
	Limit     Limit         // with its Burst
	Remaining int           // tokens
	Reset     time.Duration // until the bucket is full
	Retry     time.Duration // until there is a token; 0 when there is one
}

// bucket holds the tokens of a limit. The zero bucket has not been asked yet: it is
// full.
//
// Limit.Per parts make a token, and each nanosecond brings Limit.Requests parts. So
// nothing is ever rounded.
type bucket struct {
	asked  bool
	at     time.Time // up to when it is filled
	tokens uint64
	part   uint64 // of the next token: less than Per
}

// take takes a token at now; false when there is none. l is filled in.
func (b *bucket) take(l Limit, now time.Time) (Quota, bool) {
	b.refill(l, now)
	taken := b.tokens > 0
	if taken {
		b.tokens--
	}
	q := Quota{
		Limit:     l,
		Remaining: int(b.tokens), //nolint:gosec // not more than Burst
		Reset:     b.until(l, unsigned(l.Burst)),
	}
	if b.tokens == 0 {
		q.Retry = b.until(l, 1)
	}
	return q, taken
}

// refill adds the tokens of the time up to now.
func (b *bucket) refill(l Limit, now time.Time) {
	if !b.asked {
		*b = bucket{asked: true, at: now, tokens: unsigned(l.Burst)}
		return
	}
	// Calls may arrive in another order than that in which they looked at the clock,
	// and a time must not be counted twice: one that is past is none.
	if passed := now.Sub(b.at); passed > 0 && !now.IsZero() {
		b.add(l, unsigned(passed))
		b.at = now
	}
}

// rewind follows a clock that was set back: what is filled stays, and goes on from
// there.
func (b *bucket) rewind(now time.Time) {
	if b.at.After(now) {
		b.at = now
	}
}

// add adds the tokens of so many nanoseconds.
func (b *bucket) add(l Limit, passed uint64) {
	per, missing := unsigned(l.Per), unsigned(l.Burst)-b.tokens
	high, low := bits.Mul64(passed, unsigned(l.Requests))
	low, carry := bits.Add64(low, b.part, 0)
	high += carry
	if high < per { // else there are more tokens than can be counted
		tokens, part := bits.Div64(high, low, per)
		if tokens < missing {
			b.tokens += tokens
			b.part = part
			return
		}
	}
	b.tokens, b.part = unsigned(l.Burst), 0
}

// until returns how long it takes until there are so many tokens, which are more
// than there are now; rounded up, and no more than a Duration holds.
func (b *bucket) until(l Limit, tokens uint64) time.Duration {
	requests := unsigned(l.Requests)
	high, low := bits.Mul64(tokens-b.tokens, unsigned(l.Per))
	low, borrow := bits.Sub64(low, b.part, 0)
	low, carry := bits.Add64(low, requests-1, 0)
	high = high - borrow + carry
	if high >= requests {
		return math.MaxInt64
	}
	passed, _ := bits.Div64(high, low, requests)
	return time.Duration(min(passed, math.MaxInt64))
}

func unsigned[N int | time.Duration](n N) uint64 {
	return uint64(max(n, 0))
}
