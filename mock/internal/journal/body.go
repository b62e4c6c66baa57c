package journal

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// An answer to the question whether one value contains another.
type answer int

const (
	no      answer = iota
	unknown        // it may, in what is not kept
	yes
)

// hasBody tells whether the request's body contains want.
func hasBody(want any, e *Entry) answer {
	got, known := e.Body.decode()
	switch {
	case known:
		return contains(want, got)
	case e.Body.Cut:
		return unknown
	}
	return no
}

// bodyMisses tells what of want the request's body does not contain.
func bodyMisses(want any, e *Entry) []Miss {
	if got, known := e.Body.decode(); known {
		return misses("body", want, got)
	}
	if e.Body.Cut {
		return []Miss{{"body", asJSON(want), fmt.Sprintf("a body of which only the first %d bytes are kept", len(e.Body.Text))}}
	}
	return []Miss{{"body", asJSON(want), cmp.Or(shown(e.Body.Text), "nothing")}}
}

// decode reads a body as JSON, as far as it is kept; false when it is none.
func (b *Body) decode() (v any, ok bool) {
	if b.Cut {
		v = decodeCut(b.Text)
		return v, v != nil
	}
	return decodeWhole(b.Text)
}

// contains tells whether a value is one that contains want: an object what it
// names, a list each item of the wanted one, in whatever order. One value is
// contained in a list that has it, as Plunk's to takes an address or a list of them.
func contains(want, got any) answer {
	switch got := got.(type) {
	case []any:
		return inList(want, got, no)
	case cutList:
		return inList(want, got, unknown)
	}
	if _, ok := want.([]any); ok {
		return no
	}
	wanted, ok := want.(map[string]any)
	if !ok {
		return equal(want, got)
	}
	switch got := got.(type) {
	case map[string]any:
		return inObject(wanted, got, no)
	case cutObject:
		return inObject(wanted, got, unknown)
	}
	return no
}

// inList tells whether a list has a value, or each of a list of them; lacking is the
// answer for what it lacks.
func inList(want any, list []any, lacking answer) answer {
	has := func(item any) answer {
		best := lacking
		for _, got := range list {
			best = max(best, contains(item, got))
		}
		return best
	}
	wanted, ok := want.([]any)
	if !ok {
		return has(want)
	}
	all := yes
	for _, item := range wanted {
		all = min(all, has(item))
	}
	return all
}

// inObject tells whether an object has all wanted members; lacking is the answer for
// one that it lacks.
func inObject(wanted, object map[string]any, lacking answer) answer {
	all := yes
	for name, want := range wanted {
		if got, given := object[name]; given {
			all = min(all, contains(want, got))
		} else {
			all = min(all, lacking)
		}
	}
	return all
}

// equal compares values that hold no others. What is wanted has its numbers as
// floats already.
func equal(want, got any) answer {
	if number, ok := got.(json.Number); ok {
		got, _ = number.Float64() // infinite when it is beyond all floats, and then no other
	}
	if reflect.DeepEqual(want, got) {
		return yes
	}
	return no
}

// misses tells of each field of an object that it is not as wanted, and of any
// other value as a whole.
func misses(field string, want, got any) []Miss {
	wanted, one := want.(map[string]any)
	object, other := got.(map[string]any)
	lacks := "nothing"
	if cut, ok := got.(cutObject); ok {
		object, other, lacks = cut, true, "nothing in the part that is kept"
	}
	if !one || !other {
		if contains(want, got) == yes {
			return nil
		}
		return []Miss{{field, asJSON(want), asJSON(got)}}
	}
	var all []Miss
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if value, given := object[name]; given {
			all = append(all, misses(field+"."+name, wanted[name], value)...)
		} else {
			all = append(all, Miss{field + "." + name, asJSON(wanted[name]), lacks})
		}
	}
	return all
}

// asJSON writes a value for people.
func asJSON(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Sprint(v)
	}
	return shown(strings.TrimSuffix(b.String(), "\n"))
}

// shown cuts a text to what a report has room for.
func shown(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
