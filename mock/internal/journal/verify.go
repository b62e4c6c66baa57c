package journal

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// maxNearest is how many of the nearest misses a verdict tells.
const maxNearest = 20

// Expectation is what the calls of a project should have been.
type Expectation struct {
	Filter Filter // which calls are looked at
	// How many of them there must be; nil for no bound.
	AtLeast, AtMost *int
	// InOrder must be matched one after the other, by calls that the filter picks;
	// others may stand between.
	InOrder []Filter
}

// Verdict is how far an expectation is met.
type Verdict struct {
	Unmet   string   // why it is not, in a sentence; "" when it is
	Count   int      // how many calls the filter picks
	Calls   []*Entry // those, oldest first; with InOrder the row as far as it was found, once the number is right
	Nearest []Near   // when it is not met: the calls that nearly are what is missing
	Dropped int      // how many calls the journal has lost, about which nothing can be said
}

// Near is a call that nearly matches.
type Near struct {
	*Entry
	Misses []Miss
}

// Verify tells whether the calls are as expected.
func (j *Journal) Verify(x Expectation) Verdict {
	entries, dropped, lost := j.snapshot()
	m := x.Filter.ready()
	v := Verdict{Dropped: dropped}
	var cut []*Entry // may match in what is not kept of their body
	for _, e := range entries {
		switch {
		case m.match(e):
			v.Calls = append(v.Calls, e)
		case m.body != nil && m.matchButBody(e) && hasBody(m.body, e) == unknown:
			cut = append(cut, e)
		}
	}
	v.Count = len(v.Calls)
	isLost := lost > m.after
	v.Unmet = x.miscount(v.Count, len(cut), isLost)
	switch {
	case v.Unmet == "":
		v.order(x.InOrder)
	case x.AtLeast != nil && v.Count < *x.AtLeast:
		v.Nearest = nearest(x.Filter, entries)
	case v.Count <= *x.AtMost: // it is about those of which too little is known
		v.Nearest = nearest(x.Filter, cut)
	}
	if v.Unmet != "" && isLost {
		v.Unmet += fmt.Sprintf("; the journal has lost the oldest %s: start over with a reset, look after a cursor, or keep more with --max-requests", calls(dropped))
	}
	return v
}

// miscount tells why the number of calls is not as expected, when of others the
// body is cut or some are lost; "" when it is.
func (x *Expectation) miscount(count, cut int, isLost bool) string {
	unmet := ""
	switch {
	case x.AtLeast != nil && count < *x.AtLeast, x.AtMost != nil && count > *x.AtMost:
		unmet = "but there are %d"
	case x.AtMost == nil:
		return ""
	case isLost:
		unmet = "and there are %d, but who knows what else"
	case count+cut > *x.AtMost:
		unmet = "and there are %d, but " + calls(cut) + " more may, of whose body only a part is kept"
	default:
		return ""
	}
	return "Expected " + x.bounds() + ", " + fmt.Sprintf(unmet, count)
}

// calls writes a number of calls.
func calls(n int) string {
	if n == 1 {
		return "1 call"
	}
	return fmt.Sprintf("%d calls", n)
}

// bounds says how many calls are expected.
func (x *Expectation) bounds() string {
	switch {
	case x.AtMost == nil:
		return fmt.Sprintf("at least %s to match", calls(*x.AtLeast))
	case x.AtLeast == nil:
		return fmt.Sprintf("at most %s to match", calls(*x.AtMost))
	case *x.AtLeast == *x.AtMost:
		return fmt.Sprintf("exactly %s to match", calls(*x.AtLeast))
	}
	return fmt.Sprintf("%d to %s to match", *x.AtLeast, calls(*x.AtMost))
}

// order looks for a row of calls among those that were picked; no steps leave those
// as they are.
func (v *Verdict) order(steps []Filter) {
	if len(steps) == 0 {
		return
	}
	picked, row := v.Calls, []*Entry{}
	for i := range steps {
		m := steps[i].ready()
		at := slices.IndexFunc(picked, m.match)
		if at < 0 {
			v.Unmet = fmt.Sprintf("Expected %s in order, but there is none for inOrder[%d]", calls(len(steps)), i)
			if len(row) > 0 {
				last := row[len(row)-1]
				v.Unmet += fmt.Sprintf(" after the call that inOrder[%d] matches, %s %s", i-1, last.Method, last.Path)
			}
			v.Nearest, v.Calls = nearest(steps[i], picked), row
			return
		}
		row, picked = append(row, picked[at]), picked[at+1:]
	}
	v.Calls = row
}

// nearest returns the calls with the fewest misses, the newest first among equals,
// of those that came when the filter looks.
func nearest(f Filter, entries []*Entry) []Near {
	var near []Near
	m := f.ready()
	for _, e := range slices.Backward(entries) {
		if !m.within(e) {
			continue
		}
		if misses := f.Misses(e); len(misses) > 0 {
			near = append(near, Near{e, misses})
		}
	}
	slices.SortStableFunc(near, func(a, b Near) int { return cmp.Compare(len(a.Misses), len(b.Misses)) })
	return near[:min(maxNearest, len(near))]
}

// String tells a near miss in a few words.
func (n Near) String() string {
	words := make([]string, len(n.Misses))
	for i, m := range n.Misses {
		words[i] = fmt.Sprintf("%s is %s, not %s", m.Field, m.Got, m.Want)
	}
	return fmt.Sprintf("%s %s, where %s", n.Method, n.Path, strings.Join(words, " and "))
}
