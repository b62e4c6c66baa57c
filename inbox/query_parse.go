package inbox

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of a query.
const (
	maxQuery   = 4 << 10 // bytes
	maxTerms   = 100
	maxNesting = 50 // of parentheses and negations
)

// ParseQuery reads a query. Terms stand next to each other and must all hold:
//
//	invoice             occurs in subject, addresses, names or text
//	"your order"        so does this phrase; \" is a quote in it, \\ a backslash
//	/order \d+/         and what matches this regular expression (RE2)
//	to:ada@example.com  a recipient, whole; * stands for anything: to:*@example.com
//	from:…              the sender, in the same way
//	subject:word        occurs in the subject
//	kind:campaign       what sort of mail it is
//	has:attachment      is:read, is:unread
//	header:Name=value   a header field contains it; header:Name alone: it is there
//	filename:report     an attachment's name contains it; *.pdf is the whole name
//	larger:10KB         in bytes, KB, MB, KiB or MiB, on the wire; smaller: likewise
//	since:2030-01-31    a date or a time; until: likewise; both inclusive
//	-term               does not hold
//	a or b              one of them does; binds less than standing together
//	( … )               groups
//
// A key's value may stand in quotes, and be a regular expression where it is
// text or an address. Letter case never matters, and a run of white space is one
// space. The error is a *FilterError that says where and what would be right.
func ParseQuery(s string) (Query, error) {
	p := &queryParser{src: s}
	switch {
	case strings.TrimSpace(s) == "":
		return Query{}, &FilterError{"q", "must not be empty; leave the filter out to match all"}
	case len(s) > maxQuery:
		return Query{}, &FilterError{"q", fmt.Sprintf("has %d bytes, and may have %d", len(s), maxQuery)}
	case !utf8.ValidString(s):
		return Query{}, &FilterError{"q", "must be UTF-8"}
	}
	e, err := p.any()
	if err == nil && p.pos < len(s) {
		err = p.errorf(p.pos, "this ) closes no (; to search for it put it in quotes")
	}
	if err != nil {
		return Query{}, err
	}
	return Query{e, e.plan()}, nil
}

// queryParser reads a query from left to right.
type queryParser struct {
	src         string
	pos         int
	terms       int
	depth       int
	expressions int // the size of all regular expressions
}

// errorf makes an error of what is wrong at an offset.
func (p *queryParser) errorf(at int, format string, args ...any) error {
	return &FilterError{"q", fmt.Sprintf("column %d: ", utf8.RuneCountInString(p.src[:at])+1) + fmt.Sprintf(format, args...)}
}

func (p *queryParser) skipSpace() {
	p.pos = len(p.src) - len(strings.TrimLeftFunc(p.src[p.pos:], unicode.IsSpace))
}

// peek returns the next byte; 0 at the end.
func (p *queryParser) peek() byte {
	if p.pos < len(p.src) {
		return p.src[p.pos]
	}
	return 0
}

// word returns the word that starts here; "" when none does.
func (p *queryParser) word() string {
	rest := p.src[p.pos:]
	if end := strings.IndexFunc(rest, endsWord); end >= 0 {
		return rest[:end]
	}
	return rest
}

func endsWord(r rune) bool { return r == '(' || r == ')' || r == '"' || unicode.IsSpace(r) }

// any reads what stands between or.
func (p *queryParser) any() (expr, error) {
	e := expr{op: anyOf}
	for {
		part, err := p.all()
		if err != nil {
			return e, err
		}
		e.add(part)
		if !strings.EqualFold(p.word(), "or") {
			return e.single(), nil
		}
		p.pos += len("or")
	}
}

// add adds a part, or the parts of one that is joined the same way.
func (e *expr) add(part expr) {
	if part.op == e.op {
		e.of = append(e.of, part.of...)
	} else {
		e.of = append(e.of, part)
	}
}

// single returns the part if there is but one.
func (e *expr) single() expr {
	if len(e.of) == 1 {
		return e.of[0]
	}
	return *e
}

// all reads terms that stand next to each other.
func (p *queryParser) all() (expr, error) {
	e := expr{op: allOf}
	for p.skipSpace(); p.peek() != 0 && p.peek() != ')' && !strings.EqualFold(p.word(), "or"); p.skipSpace() {
		part, err := p.one()
		if err != nil {
			return e, err
		}
		e.add(part)
	}
	if len(e.of) > 0 {
		return e.single(), nil
	}
	found := "the query ends"
	switch {
	case p.peek() == ')':
		found = ") stands"
	case p.peek() != 0:
		found = p.word() + " stands"
	}
	return e, p.errorf(p.pos, "%s where a term should be: a word, a \"phrase\", a /regular expression/, a key such as subject: or what is in parentheses; or itself goes in quotes", found)
}

// one reads a term, a negation or a group.
func (p *queryParser) one() (expr, error) {
	start := p.pos
	switch p.peek() {
	case '-', '(':
		p.depth++
		defer func() { p.depth-- }()
		if p.depth > maxNesting {
			return expr{}, p.errorf(start, "is nested deeper than %d", maxNesting)
		}
		p.pos++
		if p.src[start] == '-' {
			return p.negation(start)
		}
		return p.group(start)
	}
	if p.terms++; p.terms > maxTerms {
		return expr{}, p.errorf(start, "there are more than %d terms", maxTerms)
	}
	t, err := p.term()
	return expr{op: oneTerm, term: t}, err
}

func (p *queryParser) negation(start int) (expr, error) {
	if next := p.peek(); next == 0 || next == ')' || unicode.IsSpace(firstRune(p.src[p.pos:])) {
		return expr{}, p.errorf(start, "- negates the term that follows it without a space; to search for a dash put it in quotes")
	}
	e, err := p.one()
	return expr{op: notOf, of: []expr{e}}, err
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

func (p *queryParser) group(start int) (expr, error) {
	e, err := p.any()
	if err != nil {
		return e, err
	}
	if p.peek() != ')' {
		return e, p.errorf(start, "this ( is never closed; to search for it put it in quotes")
	}
	p.pos++
	return e, nil
}

// term reads a term, with its key if it has one.
func (p *queryParser) term() (*term, error) {
	start := p.pos
	name, ok := p.key()
	if !ok {
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		t := &term{value: v, got: (*sight).start}
		if t.holds, ok = anywhere(v); !ok {
			return nil, p.errorf(start, "must not be empty")
		}
		return t, nil
	}
	k, ok := keyOf(name)
	if !ok {
		return nil, p.errorf(start, "unknown key %s:, the keys are %s; to search for it as it stands put it in quotes", name, keyNames())
	}
	t := &term{key: k.name, early: k.early, got: k.got}
	if k.name == "header" {
		return t, p.header(t, k)
	}
	v, err := p.value()
	if err != nil {
		return nil, err
	}
	t.value = v
	if t.holds, ok = k.read(v); !ok {
		return nil, p.errorf(start, "%s: takes %s, not %s", k.name, k.takes, clip(v.String()))
	}
	return t, nil
}

// key reads a key and its colon.
func (p *queryParser) key() (string, bool) {
	rest := p.src[p.pos:]
	end := strings.IndexFunc(rest, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') })
	if end < 1 || rest[end] != ':' {
		return "", false
	}
	p.pos += end + 1
	return rest[:end], true
}
