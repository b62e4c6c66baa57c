package inbox

import (
	"regexp/syntax"
	"unicode/utf8"
)

// skip goes on to where a match can begin, from a state in which none has begun.
func (a *automaton) skip(s string, i, at int) (int, int) {
	start := i
	if a.shortest == 1 {
		for i < len(s) && !a.begin(s, i) {
			i++
		}
		return a.idleAt(s, start, i, at)
	}
	held := i // from i up to there, a match can hold each byte
	for i < len(s) {
		// The shortest match must fit in. Looking at its end first goes past most.
		last := i + a.shortest - 1
		if last >= len(s) {
			i = len(s)
			break
		}
		k := last
		for k >= held && a.holds[s[k]] {
			k--
		}
		if k >= held {
			i, held = k+1, k+1
			continue
		}
		held = last + 1
		if a.begin(s, i) {
			break
		}
		i++
	}
	return a.idleAt(s, start, i, at)
}

// idleAt returns i, and the state there when no match has begun, which was at at
// the start.
func (a *automaton) idleAt(s string, start, i, at int) (int, int) {
	if i == start {
		return i, at
	}
	switch c := s[i-1]; {
	case c == '\n':
		return i, a.stride * 2
	case syntax.IsWordChar(rune(c)):
		return i, a.stride * 3
	}
	return i, a.stride * 4
}

// begin tells whether a match can begin at i, as far as two bytes tell.
func (a *automaton) begin(s string, i int) bool {
	if !a.begins[s[i]] {
		return false
	}
	if a.second == nil || i+1 == len(s) || s[i] >= utf8.RuneSelf || s[i+1] >= utf8.RuneSelf {
		return true
	}
	return a.second[a.ascii[s[i]]]>>a.ascii[s[i+1]]&1 != 0
}

// prepareSecond finds out which classes can follow each class that a match begins
// with.
func (a *automaton) prepareSecond(begins []bool) {
	const anywhere = syntax.EmptyOp(0xFF)
	if len(a.lower) > 64 {
		return
	}
	a.second = make([]uint64, len(a.lower))
	for class, begins := range begins {
		if !begins {
			continue
		}
		var next []uint32
		a.walk([]uint32{uint32(a.prog.Start)}, anywhere, func(inst *syntax.Inst) { //nolint:gosec // few instructions
			if inst.MatchRune(a.lower[class]) {
				next = append(next, inst.Out)
			}
		})
		follow := make([]bool, len(a.lower))
		if a.walk(next, anywhere, func(inst *syntax.Inst) { a.mark(follow, inst) }) {
			a.second[class] = ^uint64(0) // that was a whole match
		}
		for c, ok := range follow {
			if ok {
				a.second[class] |= 1 << c
			}
		}
	}
}

// prepareSkip finds out which bytes a match can begin with and which it can hold.
func (a *automaton) prepareSkip(tree *syntax.Regexp) {
	const anywhere = syntax.EmptyOp(0xFF)
	begins, holds := make([]bool, len(a.lower)), make([]bool, len(a.lower))
	ended := a.walk([]uint32{uint32(a.prog.Start)}, anywhere, func(inst *syntax.Inst) { //nolint:gosec // few instructions
		a.mark(begins, inst)
	})
	if ended {
		return // a match may be empty
	}
	for i := range a.prog.Inst {
		if inst := &a.prog.Inst[i]; takesRune(inst) {
			a.mark(holds, inst)
		}
	}
	a.begins, a.holds = a.bytesOf(begins), a.bytesOf(holds)
	a.shortest = max(1, min(shortestOf(tree), 64))
	if a.holds[' '] {
		a.shortest = 1 // it holds too much of any text
	}
	a.prepareSecond(begins)
}

// mark notes the classes that an instruction takes.
func (a *automaton) mark(in []bool, inst *syntax.Inst) {
	for class, r := range a.lower {
		in[class] = in[class] || inst.MatchRune(r)
	}
}

// bytesOf returns the bytes that runes of those classes are made of.
func (a *automaton) bytesOf(in []bool) (list [256]bool) {
	for c, class := range a.ascii {
		list[c] = in[class]
	}
	for class, is := range in {
		if is && (class == len(in)-1 || a.lower[class+1] > utf8.RuneSelf) {
			for c := utf8.RuneSelf; c < len(list); c++ {
				list[c] = true
			}
		}
	}
	return list
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
