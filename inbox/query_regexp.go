package inbox

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
)

// Bounds of the regular expressions of a query.
const (
	maxPattern = 1000 // instructions, of all together
	maxSource  = 1000 // bytes of each
)

// pattern is a regular expression that looks at folded text. ^ and $ are the ends
// of a line, which is where subject, addresses and text end.
type pattern struct {
	re   *regexp.Regexp
	tree *syntax.Regexp
	auto *automata
	size int
	may  func(*searchable) bool // whether what it needs may occur; nil when that is nothing
}

// exact is a group that would make letter case matter.
var exact = regexp.MustCompile(`\(\?[imsU]*-[msU]*i`)

func compilePattern(source string) (*pattern, error) {
	switch {
	case source == "":
		return nil, errors.New("this regular expression is empty")
	case len(source) > maxSource:
		return nil, fmt.Errorf("this regular expression has %d bytes, and may have %d", len(source), maxSource)
	case exact.MatchString(source):
		return nil, errors.New("letter case never matters, so that (?-i) has no meaning here")
	}
	tree, err := syntax.Parse("(?im)"+source, syntax.Perl)
	if e, ok := errors.AsType[*syntax.Error](err); ok {
		return nil, fmt.Errorf("this regular expression does not parse: %s: %q", e.Code, e.Expr)
	}
	if err != nil {
		return nil, err
	}
	size := sizeOf(tree)
	if size > maxPattern {
		return nil, errors.New("this regular expression is too large: it repeats too much")
	}
	re, err := regexp.Compile("(?im)" + source)
	if err != nil {
		return nil, err
	}
	tree = tree.Simplify()
	return &pattern{re, tree, newAutomata([]*syntax.Regexp{tree}, anyOf), size, needed(tree)}, nil
}

// sizeOf returns about how many instructions an expression takes.
func sizeOf(re *syntax.Regexp) int {
	n := 1
	if re.Op == syntax.OpLiteral {
		n = len(re.Rune)
	}
	for _, sub := range re.Sub {
		n += sizeOf(sub)
	}
	if re.Op == syntax.OpRepeat {
		n = 1 + (n-1)*max(1, re.Min, re.Max)
	}
	return min(n, maxPattern+1)
}

// trim takes off an expression what may be absent at its ends: where it matches, it
// does so without.
func trim(re *syntax.Regexp) *syntax.Regexp {
	return trimEnd(trimEnd(re, 0), 1)
}

// trimEnd trims an expression at its start, which is end 0, or at end 1.
func trimEnd(re *syntax.Regexp, end int) *syntax.Regexp {
	switch re.Op { //nolint:exhaustive // the others are needed
	case syntax.OpStar, syntax.OpQuest:
		return &syntax.Regexp{Op: syntax.OpEmptyMatch}
	case syntax.OpCapture, syntax.OpPlus:
		return trimEnd(re.Sub[0], end)
	case syntax.OpConcat:
		subs := slices.Clone(re.Sub)
		for len(subs) > 0 {
			at := end * (len(subs) - 1)
			if subs[at] = trimEnd(subs[at], end); subs[at].Op != syntax.OpEmptyMatch {
				break
			}
			subs = slices.Delete(subs, at, at+1)
		}
		return &syntax.Regexp{Op: syntax.OpConcat, Sub: subs}
	case syntax.OpAlternate:
		subs := make([]*syntax.Regexp, len(re.Sub))
		for i, sub := range re.Sub {
			subs[i] = trimEnd(sub, end)
		}
		return &syntax.Regexp{Op: syntax.OpAlternate, Sub: subs}
	}
	return re
}

// needed returns what tells whether a text may have the literals that an expression
// needs; nil when it needs none.
func needed(re *syntax.Regexp) func(*searchable) bool {
	switch re.Op { //nolint:exhaustive // the others need nothing
	case syntax.OpLiteral:
		n := newNeedle(string(re.Rune))
		if n.text != foldOnly(re.Rune) {
			return nil // white space at its ends
		}
		if len(n.grams) == 0 {
			return func(t *searchable) bool { return t.contains(n) }
		}
		return func(t *searchable) bool { return t.may(n) }
	case syntax.OpCapture, syntax.OpPlus:
		return needed(re.Sub[0])
	case syntax.OpConcat:
		return neededOfAll(re.Sub)
	case syntax.OpAlternate:
		return neededOfAny(re.Sub)
	}
	return nil
}

// foldOnly folds letter case and leaves white space.
func foldOnly(runes []rune) string {
	folded := make([]rune, len(runes))
	for i, r := range runes {
		folded[i] = foldRune(r)
	}
	return string(folded)
}

func neededOfAll(subs []*syntax.Regexp) func(*searchable) bool {
	var all []func(*searchable) bool
	for _, sub := range subs {
		if may := needed(sub); may != nil {
			all = append(all, may)
		}
	}
	if all == nil {
		return nil
	}
	return func(t *searchable) bool {
		for _, may := range all {
			if !may(t) {
				return false
			}
		}
		return true
	}
}

func neededOfAny(subs []*syntax.Regexp) func(*searchable) bool {
	var list []func(*searchable) bool
	for _, sub := range subs {
		may := needed(sub)
		if may == nil {
			return nil
		}
		list = append(list, may)
	}
	return func(t *searchable) bool {
		for _, may := range list {
			if may(t) {
				return true
			}
		}
		return false
	}
}

// match tells whether it matches a folded text.
func (p *pattern) match(s string) bool {
	if match, ok := p.auto.match(s); ok {
		return match
	}
	return p.re.MatchString(s)
}

// matchAll tells whether it matches subject, addresses or text.
func (p *pattern) matchAll(t *searchable) bool {
	return (p.may == nil || p.may(t)) && p.match(t.all)
}
