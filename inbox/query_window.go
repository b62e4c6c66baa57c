package inbox

import (
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

// window looks at a few bytes at a time for where a match can begin, from the last of
// them to the first, and mostly sees at the last that none can in all of them. (It is
// the algorithm BNDM of Navarro and Raffinot, with pairs of bytes for letters.)
type window struct {
	*classes
	length int      // in bytes: no match is shorter
	pairs  []uint32 // for each class of pairs, after how many bytes of a match it can stand, a bit each
	mixed  bool     // beyond ASCII it tells nothing
}

// Bounds of a window.
const (
	minWindow = 3       // bytes; for fewer it takes longer
	maxWindow = 16      // bytes
	maxView   = 1 << 14 // instructions times classes
)

// skip returns where a match can begin first, from i on. What is beyond is looked at
// where no window fits any more.
func (w *window) skip(s string, i int) int {
	from := i
	for i+w.length <= len(s) {
		could, next := uint32(1)<<(w.length-1)-1, w.length-1
		for at := i + w.length - 2; at >= i; at-- {
			could &= w.pairs[int(w.first[s[at]])+int(w.second[s[at+1]])]
			if could == 0 {
				break
			}
			if could&1 != 0 {
				next = at - i
			}
			could >>= 1
		}
		if next == 0 {
			break
		}
		i += next
	}
	for i > from && i < len(s) && !utf8.RuneStart(s[i]) {
		i--
	}
	return i
}

// newWindow returns what looks for where a match begins; nil when that is more work
// than it saves.
func newWindow(prog *syntax.Prog, c *classes, shortest int) *window {
	if shortest < minWindow || len(prog.Inst)*c.width > maxView {
		return nil
	}
	w := &window{classes: c, length: min(shortest, maxWindow), pairs: make([]uint32, c.width*c.width)}
	v := &view{walker: newWalker(prog), takes: takenClasses(prog, c)}
	at, rest := []uint32{uint32(prog.Start)}, []uint32(nil) //nolint:gosec // few instructions
	for bit := range w.length - 1 {
		at, rest = w.mark(v, at, rest, bit)
	}
	w.mixed = w.pairs[len(w.pairs)-1] > 0
	return w
}

// mark notes the pairs that can stand after so many bytes, where a match may be at
// some instructions; at some of those it may be in the midst of a rune. It returns
// both for the byte after.
func (w *window) mark(v *view, at, rest []uint32, bytes int) (next, amid []uint32) {
	takers, _ := v.takers(at)
	for first := range w.width {
		after := v.after(takers, first)
		beyond := first == w.width-1
		if beyond {
			after = append(after, rest...)
			amid = after
		}
		next = append(next, after...)
		followers, ended := v.takers(after)
		for second := range w.width {
			if ended || beyond && second == first && len(after) > 0 || v.any(followers, second) {
				w.pairs[first*w.width+second] |= 1 << bytes
			}
		}
	}
	slices.Sort(next)
	return slices.Compact(next), amid
}

// view is how a window sees a program, whatever stands around a match.
type view struct {
	walker *walker
	takes  [][]bool // for each instruction, the classes of bytes that it takes
}

// takers returns the instructions that take what comes next, and whether a match may
// have ended.
func (v *view) takers(at []uint32) (list []uint32, ended bool) {
	const anywhere = syntax.EmptyOp(0xFF)
	ended = v.walker.walk(at, anywhere, func(pc uint32) { list = append(list, pc) })
	return list, ended
}

// after returns where those instructions that take a class lead.
func (v *view) after(takers []uint32, class int) (next []uint32) {
	for _, pc := range takers {
		if v.takes[pc][class] {
			next = append(next, v.walker.prog.Inst[pc].Out)
		}
	}
	return next
}

// any tells whether one of the instructions takes a class.
func (v *view) any(takers []uint32, class int) bool {
	for _, pc := range takers {
		if v.takes[pc][class] {
			return true
		}
	}
	return false
}

// takenClasses returns which classes of bytes each instruction takes. The last is that
// of the bytes beyond ASCII.
func takenClasses(prog *syntax.Prog, c *classes) [][]bool {
	takes := make([][]bool, len(prog.Inst))
	for pc := range prog.Inst {
		inst := &prog.Inst[pc]
		if !takesRune(inst) {
			continue
		}
		takes[pc] = make([]bool, c.width)
		for class, r := range c.runes {
			takes[pc][class] = inst.MatchRune(r)
		}
		for i, class := range c.class {
			if takes[pc][class] && c.high(i) {
				takes[pc][c.width-1] = true
			}
		}
	}
	return takes
}

// high tells whether folded text has runes of a range beyond ASCII. It has not the two
// that are letters of ASCII in another case, which are a range each.
func (c *classes) high(i int) bool {
	r := c.from[i]
	alone := i+1 < len(c.from) && c.from[i+1] == r+1
	return r >= utf8.RuneSelf && (!alone || foldRune(r) >= utf8.RuneSelf)
}

// shortestOf returns how many bytes a match has at least.
func shortestOf(re *syntax.Regexp) (n int) {
	switch re.Op { //nolint:exhaustive // the others may be empty
	case syntax.OpLiteral:
		return len(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpCapture, syntax.OpPlus:
		return shortestOf(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min * shortestOf(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			n += shortestOf(sub)
		}
	case syntax.OpAlternate:
		n = shortestOf(re.Sub[0])
		for _, sub := range re.Sub {
			n = min(n, shortestOf(sub))
		}
	}
	return n
}
