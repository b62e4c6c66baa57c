package inbox

import (
	"cmp"
	"regexp/syntax"
	"slices"
)

// plan returns an expression that holds for the same messages and looks at them less:
// what looks through the text comes last, and words, phrases and regular expressions
// of which one must occur are looked for together.
func (e *expr) plan() expr {
	p := expr{op: e.op, term: e.term}
	occur, never := expr{op: anyOf}, expr{op: anyOf}
	for _, part := range e.of {
		switch {
		case e.op == anyOf && part.anywhere():
			occur.of = append(occur.of, part)
		case e.op == allOf && part.op == notOf: // -a -b is -(a or b)
			never.add(part.of[0])
		default:
			p.of = append(p.of, part.plan())
		}
	}
	if len(occur.of) > 0 {
		p.of = append(p.of, occur.together())
	}
	if len(never.of) > 0 {
		never = never.single()
		p.of = append(p.of, expr{op: notOf, of: []expr{never.plan()}})
	}
	if p.op == notOf || p.op == oneTerm {
		return p
	}
	slices.SortStableFunc(p.of, func(a, b expr) int { return cmp.Compare(a.work(), b.work()) })
	return p.single()
}

// anywhere tells whether it is a term that looks through the text for itself.
func (e *expr) anywhere() bool { return e.op == oneTerm && e.term.key == "" }

// work tells how much it is to look at a message.
func (e *expr) work() (n int) {
	if e.op == oneTerm && e.term.value.form == patternForm {
		return 1
	}
	for i := range e.of {
		n = max(n, e.of[i].work())
	}
	return n
}

// together makes one term of several that look through the text.
func (e *expr) together() expr {
	if len(e.of) == 1 {
		return e.of[0]
	}
	tree := &syntax.Regexp{Op: syntax.OpAlternate}
	for _, part := range e.of {
		tree.Sub = append(tree.Sub, part.term.value.tree())
	}
	may, auto := needed(tree), newAutomata(tree)
	return expr{op: oneTerm, term: &term{value: value{form: patternForm}, holds: func(s *sight) bool {
		t := s.searchable()
		if may != nil && !may(t) {
			return false
		}
		if match, ok := auto.match(t.all); ok {
			return match
		}
		return e.holds(s)
	}}}
}

// tree returns the value as a regular expression for folded text.
func (v value) tree() *syntax.Regexp {
	if v.form == patternForm {
		return v.pattern.tree
	}
	return &syntax.Regexp{Op: syntax.OpLiteral, Rune: []rune(caseless(v.text))}
}
