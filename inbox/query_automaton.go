package inbox

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"sort"
	"unicode"
	"unicode/utf8"
)

// automaton runs a regular expression over many texts: it looks at each byte once,
// and builds its states as texts lead to them. What has too many states is left to
// package regexp, which is slower by far and takes any. It is for one goroutine.
type automaton struct {
	prog   *syntax.Prog
	lower  []rune     // the first rune of each class: runes that the program cannot tell apart
	ascii  [128]uint8 // the class of a byte
	stride int        // classes, and the end of the text
	idles  int        // before that offset are the states in which no match has begun

	begins, holds [256]bool // the bytes that a match can begin with, and hold
	second        []uint64  // for each class that it begins with, the classes that can follow; nil: any
	shortest      int       // how many bytes it has at least; 0: it may be empty

	states []state
	next   []int32 // for each state and class: what follows; unknown, matched, or the offset of a state
	known  map[string]int32
	held   int    // instructions in the states
	seen   []bool // scratch, of each instruction
}

// state is where a text may have led.
type state struct {
	at       []uint32 // instructions, sorted
	previous rune     // stands for its kind; -1 at the start
}

// What may follow beside a state.
const (
	unknown = 0
	matched = -1
	tooMany = -2
)

// Bounds of an automaton.
const (
	maxClasses = 200
	maxTable   = 1 << 18 // of the transitions
	maxStates  = 1 << 16 // instructions in all states
)

// newAutomaton returns an automaton; nil when the program tells too many runes
// apart.
func newAutomaton(tree *syntax.Regexp) *automaton {
	prog, err := syntax.Compile(tree)
	if err != nil {
		return nil
	}
	lower := classes(prog)
	if len(lower) > maxClasses {
		return nil
	}
	a := &automaton{prog: prog, lower: lower, stride: len(lower) + 1, known: map[string]int32{}, seen: make([]bool, len(prog.Inst))}
	for c := range a.ascii {
		a.ascii[c] = uint8(a.classOf(rune(c))) //nolint:gosec // below maxClasses
	}
	a.next = make([]int32, a.stride) // no state is at 0, which is unknown
	a.states = make([]state, 1)
	for _, previous := range []rune{-1, '\n', 'a', ' '} { // as skip knows them
		a.add([]uint32{uint32(prog.Start)}, previous) //nolint:gosec // few instructions
	}
	a.idles = len(a.next)
	a.prepareSkip(tree)
	return a
}

// classes returns where the classes of runes begin.
func classes(prog *syntax.Prog) []rune {
	lower := []rune{0, '\n', '\n' + 1, '0', '9' + 1, 'A', 'Z' + 1, '_', '_' + 1, 'a', 'z' + 1}
	for _, inst := range prog.Inst {
		if !takesRune(&inst) {
			continue
		}
		if len(inst.Rune) == 1 {
			r := inst.Rune[0]
			lower = append(lower, r, r+1)
			for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
				lower = append(lower, f, f+1)
			}
		}
		for i := 0; i+1 < len(inst.Rune); i += 2 {
			lower = append(lower, inst.Rune[i], inst.Rune[i+1]+1)
		}
		if len(lower) > 64*maxClasses {
			slices.Sort(lower)
			if lower = slices.Compact(lower); len(lower) > maxClasses {
				return lower
			}
		}
	}
	slices.Sort(lower)
	return slices.Compact(lower)
}

func takesRune(inst *syntax.Inst) bool {
	switch inst.Op { //nolint:exhaustive // the others take no rune
	case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		return true
	}
	return false
}

func (a *automaton) classOf(r rune) int {
	return sort.Search(len(a.lower), func(i int) bool { return a.lower[i] > r }) - 1
}

// match tells whether the expression matches somewhere in s, which is UTF-8; ok is
// false when the automaton cannot tell.
func (a *automaton) match(s string) (match, ok bool) {
	at, table := a.stride, a.next
	i := 0
	if a.shortest > 0 {
		i, at = a.skip(s, i, at)
	}
	for i < len(s) {
		class := 0
		if c := s[i]; c < utf8.RuneSelf {
			class = int(a.ascii[c])
			i++
		} else {
			r, n := utf8.DecodeRuneInString(s[i:])
			class = a.classOf(r)
			i += n
		}
		next := int(table[at+class])
		if next < a.idles { // rare, so that most bytes take one look
			if next = a.follow(at, class); next < 0 {
				return next == matched, next == matched
			}
			table = a.next
			if next < a.idles && a.shortest > 0 {
				i, next = a.skip(s, i, next)
			}
		}
		at = next
	}
	next := a.follow(at, a.stride-1)
	return next == matched, next != tooMany
}

// follow returns what follows a state.
func (a *automaton) follow(at, class int) int {
	if next := a.next[at+class]; next != unknown {
		return int(next)
	}
	next := a.step(a.states[at/a.stride], class)
	a.next[at+class] = next
	return int(next)
}

// step runs the program from a state over a rune of a class.
func (a *automaton) step(from state, class int) int32 {
	r := rune(-1) // the end
	if class < len(a.lower) {
		r = a.lower[class]
	}
	next := []uint32{uint32(a.prog.Start)} //nolint:gosec // few instructions
	ended := a.walk(from.at, syntax.EmptyOpContext(from.previous, r), func(inst *syntax.Inst) {
		if r >= 0 && inst.MatchRune(r) {
			next = append(next, inst.Out)
		}
	})
	if ended {
		return matched
	}
	slices.Sort(next)
	return a.add(slices.Compact(next), r)
}

// walk goes over the instructions that take a rune and that some lead to where the
// context is such, and tells whether they lead to the end too.
func (a *automaton) walk(from []uint32, context syntax.EmptyOp, take func(*syntax.Inst)) (ended bool) {
	clear(a.seen)
	stack := slices.Clone(from)
	for len(stack) > 0 {
		pc := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if a.seen[pc] {
			continue
		}
		a.seen[pc] = true
		inst := &a.prog.Inst[pc]
		switch inst.Op {
		case syntax.InstMatch:
			ended = true
		case syntax.InstAlt, syntax.InstAltMatch:
			stack = append(stack, inst.Out, inst.Arg)
		case syntax.InstCapture, syntax.InstNop:
			stack = append(stack, inst.Out)
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(inst.Arg)&^context == 0 { //nolint:gosec // the compiler put it there
				stack = append(stack, inst.Out)
			}
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			take(inst)
		case syntax.InstFail:
		}
	}
	return ended
}

// add returns the offset of a state, which it adds if it is new.
func (a *automaton) add(at []uint32, previous rune) int32 {
	switch { // what can be told apart of what came before
	case previous < 0, previous == '\n':
	case syntax.IsWordChar(previous):
		previous = 'a'
	default:
		previous = ' '
	}
	key := binary.LittleEndian.AppendUint32(nil, uint32(previous))
	for _, pc := range at {
		key = binary.LittleEndian.AppendUint32(key, pc)
	}
	if offset, ok := a.known[string(key)]; ok {
		return offset
	}
	offset := len(a.next)
	if offset+a.stride > maxTable || a.held+len(at) > maxStates {
		return tooMany
	}
	a.held += len(at)
	a.states = append(a.states, state{at, previous})
	a.next = append(a.next, make([]int32, a.stride)...)
	a.known[string(key)] = int32(offset) //nolint:gosec // below maxTable
	return int32(offset)                 //nolint:gosec // below maxTable
}
