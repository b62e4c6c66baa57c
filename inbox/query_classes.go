package inbox

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"sort"
	"unicode"
	"unicode/utf8"
)

// classes are runes put together that a program cannot tell apart.
type classes struct {
	runes []rune        // one of each class
	low   [0x3000]uint8 // the class of each rune below that
	from  []rune        // where ranges of runes of one class begin
	class []uint8       // of each range
	looks syntax.EmptyOp

	// A pair of bytes is of the class first + second of the two, below width². All
	// bytes beyond ASCII are one class, the last.
	first, second [256]uint16
	width         int
}

// Bounds of classes.
const (
	maxClasses = 200
	maxRanges  = 8000
	maxAsked   = 1 << 18 // how often an instruction is asked for a rune
)

// newClasses returns the classes of a program; nil when it tells too many runes
// apart.
func newClasses(prog *syntax.Prog) *classes {
	takers := takers(prog)
	c := &classes{from: ranges(takers), looks: looksOf(prog)}
	if len(c.from) > maxRanges || len(c.from)*len(takers) > maxAsked {
		return nil
	}
	known := map[string]uint8{}
	for i, r := range c.from {
		key := binary.LittleEndian.AppendUint32(nil, uint32(c.kind(r))) //nolint:gosec // any number
		for _, inst := range takers {
			took := byte(0)
			if inst.MatchRune(r) {
				took = 1
			}
			key = append(key, took)
		}
		class, ok := known[string(key)]
		if !ok {
			if len(c.runes) == maxClasses {
				return nil
			}
			class = uint8(len(c.runes)) //nolint:gosec // below maxClasses
			known[string(key)] = class
			c.runes = append(c.runes, r)
		}
		c.class = append(c.class, class)
		for at := int(r); at < len(c.low) && (i+1 == len(c.from) || at < int(c.from[i+1])); at++ {
			c.low[at] = class
		}
	}
	c.pair()
	return c
}

// pair makes the classes of pairs.
func (c *classes) pair() {
	c.width = len(c.runes) + 1
	for b := range c.first {
		class := c.width - 1
		if b < utf8.RuneSelf {
			class = int(c.low[b])
		}
		c.first[b], c.second[b] = uint16(class*c.width), uint16(class) //nolint:gosec // below the square of maxClasses
	}
}

// ranges returns where the ranges of runes begin that instructions may tell apart.
func ranges(takers []*syntax.Inst) []rune {
	from := []rune{0, '\n', '\n' + 1, '0', '9' + 1, 'A', 'Z' + 1, '_', '_' + 1, 'a', 'z' + 1, unicode.MaxASCII + 1}
	for _, inst := range takers {
		if len(inst.Rune) == 1 {
			r := inst.Rune[0]
			from = append(from, r, r+1)
			for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
				from = append(from, f, f+1)
			}
		}
		for i := 0; i+1 < len(inst.Rune); i += 2 {
			from = append(from, inst.Rune[i], inst.Rune[i+1]+1)
		}
	}
	slices.Sort(from)
	return slices.Compact(from)
}

// takers returns the instructions that take a rune. Of those that are known to take the
// same, which are most in what is repeated, it returns one.
func takers(prog *syntax.Prog) []*syntax.Inst {
	type kind struct {
		op   syntax.InstOp
		arg  uint32
		one  rune
		list *rune
	}
	var list []*syntax.Inst
	known := map[kind]bool{}
	for i := range prog.Inst {
		inst := &prog.Inst[i]
		if !takesRune(inst) {
			continue
		}
		k := kind{op: inst.Op, arg: inst.Arg}
		switch len(inst.Rune) {
		case 0:
		case 1:
			k.one = inst.Rune[0]
		default:
			k.list = &inst.Rune[0]
		}
		if !known[k] {
			known[k] = true
			list = append(list, inst)
		}
	}
	return list
}

func takesRune(inst *syntax.Inst) bool {
	switch inst.Op { //nolint:exhaustive // the others take no rune
	case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		return true
	}
	return false
}

// kind returns the rune that stands for those that are alike to what follows them, as
// far as the program looks back: with ^ to the end of a line, with \b to a word.
func (c *classes) kind(r rune) rune {
	switch {
	case r < 0 && c.looks != 0:
		return -1
	case r == '\n' && c.looks != 0:
		return '\n'
	case syntax.IsWordChar(r) && c.looks&(syntax.EmptyWordBoundary|syntax.EmptyNoWordBoundary) != 0:
		return 'a'
	}
	return ' '
}

// looksOf returns what a program asks of what is around a rune.
func looksOf(prog *syntax.Prog) (looks syntax.EmptyOp) {
	for i := range prog.Inst {
		if inst := &prog.Inst[i]; inst.Op == syntax.InstEmptyWidth {
			looks |= syntax.EmptyOp(inst.Arg) //nolint:gosec // the compiler put it there
		}
	}
	return looks
}

// of returns the class of a rune.
func (c *classes) of(r rune) int {
	if int(r) < len(c.low) {
		return int(c.low[r])
	}
	return int(c.class[sort.Search(len(c.from), func(i int) bool { return c.from[i] > r })-1])
}
