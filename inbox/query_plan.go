package inbox

import (
	"cmp"
	"regexp/syntax"
	"slices"
)

// plan returns an expression that holds for the same messages and looks at them less:
// what looks through the text comes last, and what looks for much there is one term.
func (e *expr) plan() expr {
	p := expr{op: e.op, term: e.term}
	texts, never := expr{op: e.op}, expr{op: anyOf}
	for _, part := range e.of {
		switch {
		case texts.joins(part):
			texts.of = append(texts.of, part)
		case e.op == allOf && part.op == notOf: // -a -b is -(a or b)
			never.add(part.of[0])
		default:
			p.of = append(p.of, part.plan())
		}
	}
	if len(texts.of) > 0 {
		p.of = append(p.of, texts.together())
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

// maxEvery is how many regular expressions that must all match are looked for at once:
// there are states for each set of those that have matched.
const maxEvery = 8

// joins tells whether a part is one that looks through the text, and better does so
// together with the parts of e. Words that must all occur are quick to miss.
func (e *expr) joins(part expr) bool {
	if part.op != oneTerm || part.term.key != "" {
		return false
	}
	return e.op == anyOf || e.op == allOf && part.work() > 0 && len(e.of) < maxEvery
}

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
	trees := make([]*syntax.Regexp, len(e.of))
	for i, part := range e.of {
		trees[i] = part.term.value.tree()
	}
	may, auto := neededOfAny(trees), newAutomata(trees, e.op)
	if e.op == allOf {
		may = neededOfAll(trees)
	}
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
