package contract

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// shown is how many problems the text of an [Invalid] names.
const shown = 10

// A Problem is one thing that is wrong with a request.
type Problem struct {
	Field   string // to[1], attachments[0].content, headers.X-A; body for the whole body
	Rule    string // the rule that was broken: required, type, format, enum, …
	Message string // what would be right and what was given
}

// Invalid is the error for a request that breaks the document. It holds all
// problems, in the order of the document.
type Invalid struct {
	Problems []Problem
}

func (e *Invalid) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i == shown {
			fmt.Fprintf(&b, "; and %d more", len(e.Problems)-shown)
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(p.Field + ": " + p.Message)
	}
	return b.String()
}

func invalid(field, rule, message string) *Invalid {
	return &Invalid{[]Problem{{field, rule, message}}}
}

// step is one step from the body into it.
type step struct {
	name  string
	index bool // name is the index of a list
}

// Member names the member of an object that stands at a field.
func Member(at, name string) string {
	return at + strings.TrimPrefix(fieldName([]step{{at, false}, {name, false}}), at)
}

// fieldName writes a path the way that people do: attachments[0].content.
func fieldName(path []step) string {
	if len(path) == 0 {
		return "body"
	}
	var b strings.Builder
	for i, s := range path {
		switch {
		case s.index:
			b.WriteString("[" + s.name + "]")
		case s.name == "" || strings.ContainsFunc(s.name, func(r rune) bool { return r <= ' ' || strings.ContainsRune(`.[]":;`, r) || r == 0x7f }):
			b.WriteString("[" + quote(s.name) + "]")
		case i > 0:
			b.WriteString("." + s.name)
		default:
			b.WriteString(s.name)
		}
	}
	return b.String()
}

// placed is a problem with its place in the document's order.
type placed struct {
	Problem
	order []int
}

// problems turns what kin-openapi says of value into problems, in the order of
// the document, one for each field and rule.
func (d *Document) problems(err error, schema *openapi3.Schema, value any) []placed {
	var all []placed
	var walk func(err error)
	walk = func(err error) {
		if list, ok := err.(openapi3.MultiError); ok { //nolint:errorlint // the tree is walked level by level
			for _, e := range list {
				walk(e)
			}
			return
		}
		if e, ok := errors.AsType[*openapi3.SchemaError](err); ok {
			all = append(all, d.explain(e, schema, value)...)
			return
		}
		all = append(all, placed{Problem: Problem{"body", "schema", err.Error()}})
	}
	walk(err)
	return all
}

// explain turns one error into problems; most become one.
func (d *Document) explain(e *openapi3.SchemaError, schema *openapi3.Schema, root any) []placed {
	tokens := e.JSONPointer()
	at := func(rule, message string, more ...string) placed {
		path := slices.Concat(tokens, more)
		return placed{Problem{fieldName(steps(root, path)), rule, message}, order(schema, path)}
	}
	switch e.SchemaField {
	case "nullable":
		message := "must be " + d.shape(e.Schema) + ", not null"
		if optional(schema, tokens) {
			message += " (leave the field out instead)"
		}
		return []placed{at("nullable", message)}
	case "oneOf":
		return d.explainOneOf(e, schema, root, at)
	case "required":
		missing := e.Schema.Properties[tokens[len(tokens)-1]]
		if missing == nil {
			return []placed{at("required", "is required")}
		}
		return []placed{at("required", "is required: "+d.shape(missing.Value))}
	case "properties":
		return unknownMembers(e, at)
	default:
		return []placed{at(e.SchemaField, d.message(e, d.shape(e.Schema)))}
	}
}

func unknownMembers(e *openapi3.SchemaError, at func(rule, message string, more ...string) placed) []placed {
	var all []placed
	object, _ := e.Value.(map[string]any)
	for name := range object {
		if e.Schema.Properties[name] == nil {
			all = append(all, at("unknown", "there is no such field; there are "+strings.Join(propertyNames(e.Schema), ", "), name))
		}
	}
	return all
}

// explainOneOf keeps of the branches what is to the point: a branch of another
// type than the value says nothing about the value.
func (d *Document) explainOneOf(e *openapi3.SchemaError, schema *openapi3.Schema, root any, at func(rule, message string, more ...string) placed) []placed {
	shape := d.shape(e.Schema)
	var branches openapi3.MultiError
	if !errors.As(e.Origin, &branches) {
		return []placed{at("oneOf", "must be "+shape+" and match just one of them")}
	}
	depth := len(e.JSONPointer())
	var all []placed
	var walk func(err error)
	walk = func(err error) {
		if list, ok := err.(openapi3.MultiError); ok { //nolint:errorlint // the tree is walked level by level
			for _, b := range list {
				walk(b)
			}
			return
		}
		b, ok := errors.AsType[*openapi3.SchemaError](err)
		switch {
		case !ok:
		case len(b.JSONPointer()) > depth:
			all = append(all, d.explain(b, schema, root)...)
		case b.SchemaField != "type" && b.SchemaField != "nullable":
			all = append(all, at(b.SchemaField, d.message(b, shape)))
		}
	}
	walk(branches)
	if all == nil {
		all = []placed{at("oneOf", "must be "+shape+", not "+given(e.Value))}
	}
	return all
}

// message says what would be right and what was given.
func (d *Document) message(e *openapi3.SchemaError, shape string) string {
	s := e.Schema
	switch e.SchemaField {
	case "type":
		return "must be " + shape + ", not " + given(e.Value)
	case "format":
		return "must be " + shape + ", not " + given(e.Value) + d.why(s.Format, e.Value)
	case "enum":
		return "must be " + shape + ", not " + given(e.Value)
	case "minimum":
		return "must be at least " + given(*s.Min) + ", not " + given(e.Value)
	case "maximum":
		return "must be at most " + given(*s.Max) + ", not " + given(e.Value)
	case "minLength":
		if s.MinLength == 1 {
			return "must not be empty"
		}
		return fmt.Sprintf("must have at least %d characters", s.MinLength)
	case "maxLength":
		return fmt.Sprintf("must have at most %d characters", *s.MaxLength)
	case "pattern":
		return "must match " + s.Pattern + ", not " + given(e.Value)
	}
	return "must be " + shape + ": " + e.Reason
}

// why says, in brackets, why a value is not of a format.
func (d *Document) why(format string, value any) string {
	text, ok := value.(string)
	if check := d.rules.Formats[format].Check; ok && check != nil {
		if err := check(text); err != nil {
			return " (" + err.Error() + ")"
		}
	}
	return ""
}

// steps tells indexes from names by the value that the tokens lead into.
func steps(root any, tokens []string) []step {
	path := make([]step, 0, len(tokens))
	for _, t := range tokens {
		switch v := root.(type) {
		case []any:
			path = append(path, step{t, true})
			root = nil
			if i, err := strconv.Atoi(t); err == nil && i >= 0 && i < len(v) {
				root = v[i]
			}
		case map[string]any:
			path = append(path, step{t, false})
			root = v[t]
		default:
			path = append(path, step{t, false})
		}
	}
	return path
}

// order is the place of a path in the document: for each step that of the
// property, or the index.
func order(s *openapi3.Schema, tokens []string) []int {
	places := make([]int, 0, len(tokens))
	for _, t := range tokens {
		if i, err := strconv.Atoi(t); err == nil && s != nil && s.Properties[t] == nil {
			places = append(places, i)
			s = items(s)
			continue
		}
		if s == nil || s.Properties[t] == nil {
			places = append(places, last)
			s = nil
			continue
		}
		places = append(places, propertyPlace(s, t))
		s = s.Properties[t].Value
	}
	return places
}

// optional tells whether a path leads to a member that may be left out.
func optional(s *openapi3.Schema, tokens []string) bool {
	for i, t := range tokens {
		if s == nil {
			return false
		}
		p := s.Properties[t]
		switch {
		case p != nil && i == len(tokens)-1:
			return !slices.Contains(s.Required, t)
		case p != nil:
			s = p.Value
		default:
			s = items(s)
		}
	}
	return false
}

// items returns the schema of the items of a list, also one of several shapes.
func items(s *openapi3.Schema) *openapi3.Schema {
	if s.Items != nil {
		return s.Items.Value
	}
	for _, b := range s.OneOf {
		if b.Value.Items != nil {
			return b.Value.Items.Value
		}
	}
	return nil
}

// propertyNames returns the names of schema's properties in the document's order.
func propertyNames(s *openapi3.Schema) []string {
	names := make([]string, 0, len(s.Properties))
	for name := range s.Properties {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return propertyPlace(s, a) - propertyPlace(s, b) })
	return names
}

// sorted returns all in the document's order, each field and rule once.
func sorted(all []placed) []Problem {
	slices.SortStableFunc(all, func(a, b placed) int {
		if c := slices.Compare(a.order, b.order); c != 0 {
			return c
		}
		return strings.Compare(a.Field, b.Field)
	})
	var problems []Problem
	seen := map[string]bool{}
	for _, p := range all {
		key := p.Field + "\x00" + p.Message
		if seen[key] || seen[p.Field] {
			continue
		}
		seen[key] = true
		if p.Rule == "type" {
			seen[p.Field] = true // of what is of another type, nothing else is worth saying
		}
		problems = append(problems, p.Problem)
	}
	return problems
}
