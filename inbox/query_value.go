package inbox

import (
	"strings"
	"unicode"
)

// valueForm is how a value is written.
type valueForm int

const (
	absent valueForm = iota
	wordForm
	phraseForm
	patternForm
)

// value is what a term looks for.
type value struct {
	form    valueForm
	text    string
	pattern *pattern // of a patternForm
}

// String writes the value so that it reads as the same again.
func (v value) String() string {
	switch v.form {
	case phraseForm:
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v.text) + `"`
	case patternForm:
		return "/" + v.text + "/"
	case absent:
		return "nothing"
	case wordForm:
	}
	return v.text
}

// value reads a word, a phrase or a regular expression. It may be absent.
func (p *queryParser) value() (value, error) {
	switch p.peek() {
	case '"':
		return p.phrase()
	case '/':
		return p.expression()
	}
	w := p.word()
	p.pos += len(w)
	if w == "" {
		return value{}, nil
	}
	return value{form: wordForm, text: w}, nil
}

func (p *queryParser) phrase() (value, error) {
	start := p.pos
	var b strings.Builder
	for p.pos++; p.peek() != 0 || p.pos < len(p.src); p.pos++ {
		switch c := p.src[p.pos]; {
		case c == '"':
			p.pos++
			if strings.TrimSpace(b.String()) == "" {
				return value{}, p.errorf(start, "this phrase is empty")
			}
			return value{form: phraseForm, text: b.String()}, nil
		case c == '\\' && p.pos+1 < len(p.src) && (p.src[p.pos+1] == '"' || p.src[p.pos+1] == '\\'):
			p.pos++
			b.WriteByte(p.src[p.pos])
		default:
			b.WriteByte(c)
		}
	}
	return value{}, p.errorf(start, `this quote is never closed; a quote in a phrase is \"`)
}

// expression reads a regular expression. A slash in it has a backslash before it.
func (p *queryParser) expression() (value, error) {
	start := p.pos
	end := start + 1
	for end < len(p.src) && p.src[end] != '/' {
		if p.src[end] == '\\' {
			end++
		}
		end++
	}
	if end >= len(p.src) {
		return value{}, p.errorf(start, `this regular expression is never closed by /; a slash in it is \/, and text that begins with one goes in quotes`)
	}
	source := p.src[start+1 : end]
	p.pos = end + 1
	if next := p.peek(); next != 0 && next != ')' && !unicode.IsSpace(firstRune(p.src[p.pos:])) {
		return value{}, p.errorf(p.pos, `a regular expression ends with its second /, and letter case never matters; a slash in it is \/, and text that begins with one goes in quotes`)
	}
	re, err := compilePattern(source)
	if err != nil {
		return value{}, p.errorf(start, "%s", err.Error())
	}
	if p.expressions += re.size; p.expressions > maxPattern {
		return value{}, p.errorf(start, "the regular expressions are too large together")
	}
	return value{patternForm, source, re}, nil
}

// header reads what follows the key header.
func (p *queryParser) header(t *term, k key) error {
	start := p.pos
	w := p.word()
	name, _, given := strings.Cut(w, "=")
	t.name = name
	p.pos += len(name)
	if name == "" || strings.ContainsAny(name, ":/") {
		return p.errorf(start, "header: takes %s, not %q", k.takes, w)
	}
	if given {
		p.pos++
		v, err := p.value()
		if err != nil {
			return err
		}
		if v.form == absent {
			return p.errorf(start, "header: takes %s; a value is missing after =", k.takes)
		}
		t.value = v
	}
	t.holds = hasField(name, t.value)
	t.got = func(s *sight) string { return s.field(name) }
	return nil
}

// within returns what tells whether a folded text has the value; for words, it
// contains them.
func (v value) within() (func(string) bool, bool) {
	if v.form == patternForm {
		return v.pattern.match, true
	}
	want := caseless(v.text)
	return func(s string) bool { return strings.Contains(s, want) }, want != ""
}

// whole returns what tells whether a folded text is the value as a whole; * in it
// stands for anything.
func (v value) whole() func(string) bool {
	if v.form == patternForm {
		return v.pattern.match
	}
	parts := strings.Split(caseless(v.text), "*")
	return func(s string) bool { return globbed(parts, s) }
}

// globbed tells whether the parts of a glob make up a text.
func globbed(parts []string, s string) bool {
	last := len(parts) - 1
	if last == 0 {
		return s == parts[0]
	}
	s, ok := strings.CutPrefix(s, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1:last] {
		i := strings.Index(s, part)
		if i < 0 {
			return false
		}
		s = s[i+len(part):]
	}
	return strings.HasSuffix(s, parts[last])
}
