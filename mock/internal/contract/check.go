package contract

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// A Request is what [Operation.Check] looks at.
type Request struct {
	Vars        map[string]string // the parameters of the path, from [Document.Match]
	Query       string            // as it arrived
	ContentType string
	Body        []byte
}

// An Input is a request that was checked: what a handler works on.
type Input struct {
	Params   map[string]any // of path and query: string, int, bool or []string; defaults filled in
	Body     map[string]any // nil when there is none
	Warnings []string       // what was let pass and will have no effect
}

// Check checks a request against the document. The error is an *Invalid that
// names everything that is wrong.
func (o *Operation) Check(r Request) (Input, error) {
	var in Input
	var all []placed
	in.Params, in.Warnings, all = o.readParams(r)
	if len(all) > 0 {
		return in, &Invalid{sorted(all)}
	}
	if o.body == nil {
		if o.doc.rules.Strict && len(r.Body) > 0 {
			return in, invalid("body", "unknown", "takes no body; filters are query parameters")
		}
		if len(r.Body) > 0 {
			in.Warnings = append(in.Warnings, "body: is not read by "+o.ID+" and is ignored")
		}
		return in, nil
	}
	if len(bytes.TrimSpace(r.Body)) == 0 {
		if o.required {
			return in, o.missingBody()
		}
		return in, nil
	}
	if p := checkContentType(r.ContentType); p != nil {
		return in, p
	}
	got, err := o.doc.decode(r.Body)
	if err != nil {
		return in, invalid("body", "json", err.Error())
	}
	in.Warnings = append(in.Warnings, got.warnings...)
	object, ok := got.value.(map[string]any)
	if !ok {
		return in, invalid("body", "type", "must be an object, not "+given(got.value))
	}
	in.Body = object
	if problems := o.checkBody(object, got.values); len(problems) > 0 {
		return in, &Invalid{problems}
	}
	in.Warnings = append(in.Warnings, o.warnings(object)...)
	return in, nil
}

func (o *Operation) missingBody() error {
	needs := "a JSON object"
	if names := o.body.Required; len(names) > 0 {
		needs += " with " + strings.Join(names, ", ")
	}
	return invalid("body", "required", "is empty; it must be "+needs)
}

// maxValues is how many values a body may have for all of its problems to be
// found: each costs kilobytes. Of a body with more, the first is told.
const maxValues = 100_000

// CheckBody returns what is wrong with a decoded body, in the document's order.
func (o *Operation) CheckBody(object map[string]any) []Problem {
	return o.checkBody(object, count(object))
}

// count returns how many values there are, one in another.
func count(v any) int {
	n := 1
	switch v := v.(type) {
	case map[string]any:
		for _, member := range v {
			n += count(member)
		}
	case []any:
		for _, item := range v {
			n += count(item)
		}
	}
	return n
}

// checkBody returns all that is wrong with a body of so many values, in the
// document's order.
func (o *Operation) checkBody(object map[string]any, values int) []Problem {
	valid := o.body.VisitJSON(object, o.doc.options...) == nil
	var further []Problem
	if check := o.doc.rules.Checks[o.ID]; check != nil {
		further = check(object)
	}
	if valid && len(further) == 0 {
		return nil
	}
	body := o.locatedBody()
	options := slices.Clip(o.doc.options)
	if values <= maxValues {
		options = append(options, openapi3.MultiErrors())
	}
	var all []placed
	if err := body.VisitJSON(object, options...); err != nil {
		all = o.doc.problems(err, body, object)
	}
	told := map[string]bool{}
	for _, p := range all {
		told[p.Field] = true
	}
	for i, p := range further {
		if told[p.Field] {
			continue // the document says it too
		}
		steps := strings.FieldsFunc(p.Field, func(r rune) bool { return strings.ContainsRune(".[]", r) })
		all = append(all, placed{p, append(order(body, steps), last-1, i)})
	}
	return sorted(all)
}

func checkContentType(header string) error {
	kind, _, _ := strings.Cut(header, ";") // no one reads the parameters
	kind = strings.ToLower(strings.TrimSpace(kind))
	switch {
	case header == "":
		return invalid("Content-Type", "header", "is missing; send the header Content-Type: application/json with the JSON body")
	case kind == "application/json", strings.HasPrefix(kind, "application/") && strings.HasSuffix(kind, "+json"):
		return nil
	}
	return invalid("Content-Type", "header", "must be application/json with a JSON body, not "+quote(header))
}

// warnings says what happens to the members of a body that the document does
// not have.
func (o *Operation) warnings(object map[string]any) []string {
	var warnings []string
	for _, path := range unnamed(nil, nil, o.body, object) {
		note, known := o.doc.rules.Notes[o.noteName(path)]
		if !known {
			note = "is not a field of " + o.ID + " and is ignored"
		}
		if note != "" {
			warnings = append(warnings, fieldName(path)+": "+note)
		}
	}
	return warnings
}

// noteName is what the note on a field is filed under: sendEmail.attachments.type.
func (o *Operation) noteName(path []step) string {
	names := []string{o.ID}
	for _, s := range path {
		if !s.index {
			names = append(names, s.name)
		}
	}
	return strings.Join(names, ".")
}

// unnamed adds to found the paths of all members of value that the schema does
// not name, except where it lets any pass.
func unnamed(found [][]step, path []step, s *openapi3.Schema, value any) [][]step {
	switch value := value.(type) {
	case []any:
		if item := items(s); item != nil && len(item.Properties) > 0 {
			for i, v := range value {
				found = unnamed(found, append(path, step{strconv.Itoa(i), true}), item, v)
			}
		}
	case map[string]any:
		if len(s.Properties) == 0 {
			return found
		}
		return unnamedMembers(found, path, s, value)
	}
	return found
}

// unnamedMembers does the work of unnamed for an object: first what its members
// hold, then its own, each by name.
func unnamedMembers(found [][]step, path []step, s *openapi3.Schema, object map[string]any) [][]step {
	var inner, own []string
	for name, v := range object {
		if s.Properties[name] == nil {
			own = append(own, name)
			continue
		}
		switch v.(type) {
		case []any, map[string]any:
			inner = append(inner, name)
		}
	}
	slices.Sort(inner)
	for _, name := range inner {
		found = unnamed(found, append(path, step{name, false}), s.Properties[name].Value, object[name])
	}
	if more := s.AdditionalProperties; more.Schema != nil || more.Has != nil && *more.Has {
		return found
	}
	slices.Sort(own)
	for _, name := range own {
		found = append(found, append(slices.Clone(path), step{name, false}))
	}
	return found
}
