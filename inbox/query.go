package inbox

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Query is what a text in the query language asks for: see [ParseQuery]. The zero
// Query asks for nothing, and all messages match it.
type Query struct {
	root expr // as it is written
	plan expr // as it is looked for
}

// String writes the query so that it reads as the same again.
func (q Query) String() string { return q.root.String() }

// op is how the parts of an expression are joined.
type op int

const (
	allOf op = iota
	anyOf
	notOf
	oneTerm
)

// expr is a query, or a part of one. Those in an allOf are no allOf themselves,
// nor those in an anyOf an anyOf.
type expr struct {
	op   op
	of   []expr
	term *term
}

// term is what stands for itself in a query.
type term struct {
	key   string // "" for words
	name  string // of a header field
	value value
	early bool // what it asks is known before a message is written
	holds func(*sight) bool
	got   func(*sight) string
}

// sight is how a query looks at a message.
type sight struct {
	Record
	text    *searchable // nil until a term asks for it
	partial bool        // the message is not written yet
	guess   bool        // what a term is then taken to be
}

// look turns to another message.
func (s *sight) look(r Record) { s.Record, s.text = r, nil }

// searchable returns the message ready to be searched.
func (s *sight) searchable() *searchable {
	if s.text == nil {
		s.text = s.Record.searchable()
	}
	return s.text
}

// holds tells whether an expression holds. Of a message that is not written yet,
// it tells whether it could.
func (e *expr) holds(s *sight) bool {
	switch e.op {
	case oneTerm:
		if s.partial && !e.term.early {
			return s.guess
		}
		return e.term.holds(s)
	case notOf:
		s.guess = !s.guess
		defer func() { s.guess = !s.guess }()
		return !e.of[0].holds(s)
	case anyOf:
		for i := range e.of {
			if e.of[i].holds(s) {
				return true
			}
		}
		return false
	case allOf:
	}
	for i := range e.of {
		if !e.of[i].holds(s) {
			return false
		}
	}
	return true
}

// misses returns the terms that keep a message from matching.
func (q Query) misses(s *sight) []Miss {
	parts := []expr{q.root}
	if q.root.op == allOf {
		parts = q.root.of
	}
	var misses []Miss
	for _, e := range parts {
		if !e.holds(s) {
			misses = append(misses, Miss{"q", e.String(), e.got(s)})
		}
	}
	return misses
}

// queryCriterion makes one criterion of queries, any of which may match.
func queryCriterion(queries []Query) criterion {
	want := make([]string, len(queries))
	for i, q := range queries {
		want[i] = q.String()
	}
	s := &sight{guess: true}
	holds := func(r Record) bool {
		s.look(r)
		s.partial = r.entry == nil
		return slices.ContainsFunc(queries, func(q Query) bool { return q.plan.holds(s) })
	}
	misses := func(r Record) []Miss {
		s.look(r)
		if len(queries) == 1 {
			return queries[0].misses(s)
		}
		any := expr{op: anyOf}
		for _, q := range queries {
			any.of = append(any.of, q.root)
		}
		return []Miss{{"q", strings.Join(want, " or "), any.got(s)}}
	}
	return criterion{name: "q", want: want, holds: holds, misses: misses}
}

// shown is how many runes of a message a miss shows.
const shown = 100

// got tells what a message has of what the terms ask for, in short.
func (e *expr) got(s *sight) string {
	var list []string
	e.each(func(t *term) {
		if g := t.got(s); !slices.Contains(list, g) {
			list = append(list, g)
		}
	})
	return clip(strings.Join(list, "; "))
}

func (e *expr) each(do func(*term)) {
	if e.op == oneTerm {
		do(e.term)
	}
	for i := range e.of {
		e.of[i].each(do)
	}
}

func clip(s string) string {
	if utf8.RuneCountInString(s) <= shown {
		return s
	}
	return string([]rune(s)[:shown-1]) + "…"
}

// String writes the expression so that it reads as the same again.
func (e *expr) String() string {
	switch e.op {
	case oneTerm:
		return e.term.String()
	case notOf:
		return "-" + e.of[0].grouped(allOf, anyOf)
	case anyOf:
		return e.join(" or ")
	case allOf:
	}
	return e.join(" ")
}

func (e *expr) join(between string) string {
	parts := make([]string, len(e.of))
	for i := range e.of {
		if e.op == allOf {
			parts[i] = e.of[i].grouped(anyOf)
		} else {
			parts[i] = e.of[i].String()
		}
	}
	return strings.Join(parts, between)
}

// grouped writes an expression, in parentheses if it is one of those.
func (e *expr) grouped(ops ...op) string {
	if slices.Contains(ops, e.op) {
		return "(" + e.String() + ")"
	}
	return e.String()
}

func (t *term) String() string {
	switch {
	case t.key == "":
		return t.value.String()
	case t.key != "header":
		return t.key + ":" + t.value.String()
	case t.value.form == absent:
		return "header:" + t.name
	}
	return "header:" + t.name + "=" + t.value.String()
}
