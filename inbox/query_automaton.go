package inbox

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"sync"
	"unicode/utf8"
)

// program is regular expressions made ready for automatons, who share it.
type program struct {
	*syntax.Prog
	classes *classes
	window  *window // nil: where a match begins is not looked for
	every   uint64  // a bit for each expression, all of which must match; 0: one must
}

// firstMark is the number of the first capture that tells which expression it is.
const firstMark = 1 << 20

// newProgram returns nil when the expressions tell too many runes apart.
func newProgram(trees []*syntax.Regexp, must op) *program {
	p, all := new(program), &syntax.Regexp{Op: syntax.OpAlternate}
	for i, tree := range trees {
		tree = trim(tree)
		if must == allOf {
			tree = &syntax.Regexp{Op: syntax.OpCapture, Cap: firstMark + i, Sub: []*syntax.Regexp{tree}}
			p.every |= 1 << i
		}
		all.Sub = append(all.Sub, tree)
	}
	prog, err := syntax.Compile(all)
	if err != nil {
		return nil
	}
	p.Prog, p.classes = prog, newClasses(prog)
	if p.classes == nil {
		return nil
	}
	p.window = newWindow(prog, p.classes, shortestOf(all))
	return p
}

// automata are the automatons of a program, one for each goroutine at work.
type automata struct{ idle sync.Pool }

// newAutomata returns the automatons of expressions, allOf which must match, or anyOf
// them.
func newAutomata(trees []*syntax.Regexp, must op) *automata {
	program := sync.OnceValue(func() *program { return newProgram(trees, must) }) // when it is needed
	return &automata{idle: sync.Pool{New: func() any {
		if p := program(); p != nil {
			return newAutomaton(p)
		}
		return nil
	}}}
}

// match tells whether the expressions match somewhere in s, which is UTF-8; ok is false
// when no automaton can tell.
func (a *automata) match(s string) (match, ok bool) {
	one, ok := a.idle.Get().(*automaton)
	if !ok {
		return false, false
	}
	defer a.idle.Put(one)
	return one.match(s)
}

// automaton runs a program over many texts: it looks at each byte once, and builds
// its states as texts lead to them. What has too many states is left to package
// regexp, which is slower by far and takes any. It is for one goroutine.
type automaton struct {
	*program
	walker *walker
	states []state
	known  map[string]int // the states by what they are
	starts [4]int         // states in which no match has begun, by what came before
	size   int            // of all states
	saved  int            // by skipping, in bytes

	// For each state and two bytes, where they lead: the offset of the row of
	// another state. It is 0 where one has to look closer. To wait for what a byte
	// leads to takes longer than to find out what it is, so two at once are half the
	// work.
	pairs  []int32
	stride int // classes of pairs

	steps, changes int // by pairs, and to another state
}

// state is where a text may have led.
type state struct {
	at       []uint32 // instructions, sorted
	previous rune     // of its kind; -1 at the start
	got      uint64   // the expressions that have matched, when every one must
	idle     bool     // no match has begun
	next     []int32  // for each class and for the end, a state; 0: not found out yet
}

// The first states are none.
const (
	unknown = iota
	matched
	tooMany
	firstState
)

// Bounds of an automaton.
const (
	maxStates = 1 << 18 // instructions and transitions
	maxPairs  = 1 << 18 // transitions
)

func newAutomaton(p *program) *automaton {
	a := &automaton{
		program: p, walker: newWalker(p.Prog), known: map[string]int{}, states: make([]state, firstState),
		stride: p.classes.width * p.classes.width,
	}
	a.pairs = make([]int32, firstState*a.stride)
	for i, previous := range []rune{-1, '\n', 'a', ' '} { // as start knows them
		a.starts[i] = a.state([]uint32{uint32(p.Start)}, previous, 0) //nolint:gosec // few instructions
	}
	return a
}

func (a *automaton) match(s string) (match, ok bool) {
	at := a.start(-1)
	for i := 0; ; {
		if a.skips() && a.states[at].idle {
			i, at = a.skip(s, i, at)
		}
		i, at = a.run(s, i, at)
		if i == len(s) {
			break
		}
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		if at = a.follow(at, a.classes.of(r)); at < firstState {
			return at == matched, at == matched
		}
		i += n
	}
	at = a.follow(at, a.classes.width-1)
	return at == matched, at != tooMany
}

// run goes on by two bytes at a time, up to where that leads to what has to be looked
// at.
func (a *automaton) run(s string, i, at int) (int, int) {
	row := at * a.stride
	for i+1 < len(s) && row < len(a.pairs) {
		switch {
		case s[i]|s[i+1] >= utf8.RuneSelf:
			i, row = a.runRunes(s, i, row)
		case a.changes > 1000 && a.changes*4 > a.steps:
			i, row = a.runRestless(s, i, row)
		default:
			i, row = a.runCalm(s, i, row)
		}
		if i+1 >= len(s) || !a.learn(row, s[i:]) {
			break
		}
	}
	return i, row / a.stride
}

// runRunes goes on by runes, as long as there are bytes beyond ASCII.
func (a *automaton) runRunes(s string, i, row int) (int, int) {
	pairs, lone, classes := a.pairs, a.lone(0), a.classes
	for i+1 < len(s) && s[i]|s[i+1] >= utf8.RuneSelf {
		r, n := rune(s[i]), 1
		switch {
		case r >= 0xE0:
			r, n = utf8.DecodeRuneInString(s[i:])
		case r >= utf8.RuneSelf: // two bytes, as most letters beyond ASCII are
			r, n = r&0x1F<<6|rune(s[i+1])&0x3F, 2
		}
		class := 0
		if int(r) < len(classes.low) {
			class = int(classes.low[r])
		} else {
			class = classes.of(r)
		}
		next := int(pairs[row+lone+class])
		if next == 0 {
			break
		}
		row = next
		i += n
	}
	return i, row
}

// lone returns the place in a row for what a class of runes leads to: where a byte
// beyond ASCII and that class would stand, which is no pair that a text can have.
func (a *automaton) lone(class int) int { return (a.classes.width-1)*a.classes.width + class }

// runCalm expects that a state stays the same, so that the processor looks ahead.
func (a *automaton) runCalm(s string, i, row int) (int, int) {
	pairs, first, second := a.pairs, &a.classes.first, &a.classes.second
	start, changes := i, 0
	for i+1 < len(s) {
		next := int(pairs[row+int(first[s[i]])+int(second[s[i+1]])])
		if next != row {
			if next == 0 {
				break
			}
			row = next
			changes++
		}
		i += 2
	}
	a.steps, a.changes = a.steps+(i-start)/2, a.changes+changes
	return i, row
}

// runRestless expects nothing, for states that change all the time.
func (a *automaton) runRestless(s string, i, row int) (int, int) {
	pairs, first, second := a.pairs, &a.classes.first, &a.classes.second
	for i+1 < len(s) {
		next := int(pairs[row+int(first[s[i]])+int(second[s[i+1]])])
		if next == 0 {
			break
		}
		row = next
		i += 2
	}
	return i, row
}

// learn finds out where the next two bytes lead, or the next rune where they are not
// both ASCII. It is false for what has to be looked at.
func (a *automaton) learn(row int, s string) bool {
	at, runes, place, look := row/a.stride, s[:2], 0, a.skips()
	if s[0]|s[1] >= utf8.RuneSelf {
		r, n := utf8.DecodeRuneInString(s)
		runes, place, look = s[:n], a.lone(a.classes.of(r)), look && !a.window.mixed
	} else {
		place = int(a.classes.first[s[0]]) + int(a.classes.second[s[1]])
	}
	for _, r := range runes {
		if at = a.follow(at, a.classes.of(r)); at < firstState || look && a.states[at].idle {
			return false
		}
	}
	if at*a.stride >= len(a.pairs) {
		return false
	}
	a.pairs[row+place] = int32(at * a.stride) //nolint:gosec // at most maxPairs
	return true
}

// skips tells whether it pays to look for where a match begins.
func (a *automaton) skips() bool { return a.window != nil && a.saved > -1000 }

// skip goes on to where a match can begin, from a state in which none has begun. It
// returns the state there.
func (a *automaton) skip(s string, start, at int) (int, int) {
	const takes = 20 // about as long as to look at so many bytes
	if start < len(s) && s[start] >= utf8.RuneSelf && a.window.mixed {
		return start, at
	}
	i := a.window.skip(s, start)
	a.saved += (i-start)/2 - takes
	if i == start {
		return i, at
	}
	return i, a.start(rune(s[i-1])) // a byte beyond ASCII is of the kind of its rune
}

// start returns the state in which no match has begun.
func (a *automaton) start(previous rune) int {
	switch a.classes.kind(previous) {
	case -1:
		return a.starts[0]
	case '\n':
		return a.starts[1]
	case 'a':
		return a.starts[2]
	}
	return a.starts[3]
}

// follow returns what follows a state.
func (a *automaton) follow(from, class int) int {
	s := &a.states[from]
	if next := s.next[class]; next != unknown {
		return int(next)
	}
	next := a.step(s, class)
	a.states[from].next[class] = int32(next) //nolint:gosec // at most maxStates
	return next
}

// step runs the program from a state over a rune of a class.
func (a *automaton) step(from *state, class int) int {
	r := rune(-1) // the end
	if class < len(a.classes.runes) {
		r = a.classes.runes[class]
	}
	next := []uint32{uint32(a.Start)} //nolint:gosec // few instructions
	ended := a.walker.walk(from.at, syntax.EmptyOpContext(from.previous, r), func(pc uint32) {
		if inst := &a.Inst[pc]; r >= 0 && inst.MatchRune(r) {
			next = append(next, inst.Out)
		}
	})
	got := from.got | a.walker.got
	if ended && got == a.every {
		return matched
	}
	slices.Sort(next)
	return a.state(slices.Compact(next), r, got)
}

// state returns a state, which it adds if it is new.
func (a *automaton) state(at []uint32, previous rune, got uint64) int {
	previous = a.classes.kind(previous)
	key := binary.LittleEndian.AppendUint32(nil, uint32(previous)) //nolint:gosec // any number
	key = binary.LittleEndian.AppendUint64(key, got)
	for _, pc := range at {
		key = binary.LittleEndian.AppendUint32(key, pc)
	}
	if n, ok := a.known[string(key)]; ok {
		return n
	}
	next := make([]int32, a.classes.width)
	if a.size += len(next) + len(at); a.size > maxStates {
		return tooMany
	}
	a.known[string(key)] = len(a.states)
	a.states = append(a.states, state{at, previous, got, len(at) == 1 && got == 0, next})
	if len(a.pairs)+a.stride <= maxPairs {
		a.pairs = append(a.pairs, make([]int32, a.stride)...)
	}
	return len(a.states) - 1
}

// walker goes over the instructions of a program.
type walker struct {
	prog  *syntax.Prog
	seen  []bool // of each instruction
	stack []uint32
	got   uint64 // the expressions, by their marks, that a walk has come to the end of
}

func newWalker(prog *syntax.Prog) *walker {
	return &walker{prog: prog, seen: make([]bool, len(prog.Inst))}
}

// walk goes over the instructions that take a rune and that some lead to where the
// context is such, and tells whether they lead to the end too.
func (w *walker) walk(from []uint32, context syntax.EmptyOp, take func(pc uint32)) (ended bool) {
	clear(w.seen)
	w.got = 0
	w.stack = append(w.stack[:0], from...)
	for len(w.stack) > 0 {
		pc := w.stack[len(w.stack)-1]
		w.stack = w.stack[:len(w.stack)-1]
		if w.seen[pc] {
			continue
		}
		w.seen[pc] = true
		inst := &w.prog.Inst[pc]
		switch inst.Op {
		case syntax.InstMatch:
			ended = true
		case syntax.InstAlt, syntax.InstAltMatch:
			w.stack = append(w.stack, inst.Out, inst.Arg)
		case syntax.InstCapture, syntax.InstNop:
			w.note(inst)
			w.stack = append(w.stack, inst.Out)
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(inst.Arg)&^context == 0 { //nolint:gosec // the compiler put it there
				w.stack = append(w.stack, inst.Out)
			}
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			take(pc)
		case syntax.InstFail:
		}
	}
	return ended
}

// note notes an expression that an instruction marks the end of.
func (w *walker) note(inst *syntax.Inst) {
	capture, end := int(inst.Arg/2), inst.Arg&1 == 1
	if inst.Op == syntax.InstCapture && end && capture >= firstMark {
		w.got |= 1 << (capture - firstMark)
	}
}
