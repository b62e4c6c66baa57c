package contract

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// shape says in words what schema takes: "an email address, or a list of them".
func (d *Document) shape(s *openapi3.Schema) string {
	switch {
	case len(s.OneOf) > 0:
		return d.oneOfShape(s.OneOf)
	case len(s.Enum) == 1:
		return fmt.Sprint(s.Enum[0])
	case len(s.Enum) > 1:
		values := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			values[i] = fmt.Sprint(v)
		}
		return "one of " + strings.Join(values, ", ")
	case s.Type.Is("string") && s.Format != "":
		return cmp.Or(d.rules.Formats[s.Format].Shape, "a string of the format "+s.Format)
	case s.Type.Is("array") && s.Items != nil:
		return "a list, each item " + d.shape(s.Items.Value)
	case s.Type.Is("object") && s.AdditionalProperties.Schema != nil:
		return "an object, each value " + d.shape(s.AdditionalProperties.Schema.Value)
	}
	for _, name := range s.Type.Slice() {
		return map[string]string{
			"string": "a string", "boolean": "true or false", "integer": "a whole number",
			"number": "a number", "array": "a list", "object": "an object",
		}[name]
	}
	return "a value"
}

func (d *Document) oneOfShape(branches openapi3.SchemaRefs) string {
	if len(branches) == 2 {
		one, many := branches[0].Value, branches[1].Value
		if many.Type.Is("array") && many.Items != nil && d.shape(many.Items.Value) == d.shape(one) {
			return d.shape(one) + ", or a list of them"
		}
	}
	shapes := make([]string, len(branches))
	for i, b := range branches {
		shapes[i] = d.shape(b.Value)
	}
	return strings.Join(shapes, ", or ")
}

// given says in words what a value is.
func given(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return quote(v)
	case bool:
		return strconv.FormatBool(v)
	case float64:
		if math.Abs(v) < 1e15 && v == math.Trunc(v) {
			return strconv.FormatFloat(v, 'f', 0, 64)
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return fmt.Sprintf("%T", v)
}

// quote quotes text, cut to what a person reads.
func quote(s string) string {
	const most = 60
	if runes := []rune(s[:min(len(s), 4*most)]); len(runes) > most || len(s) > 4*most {
		return strconv.Quote(string(runes[:min(most, len(runes))])) + "…"
	}
	return strconv.Quote(s)
}
