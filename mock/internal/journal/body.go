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

// hasBody tells whether the request's body contains want.
func hasBody(want any, e *Entry) bool {
	got, ok := e.Body.decode()
	return ok && contains(want, got)
}

// bodyMisses tells what of want the request's body does not contain.
func bodyMisses(want any, e *Entry) []Miss {
	got, ok := e.Body.decode()
	switch {
	case ok:
		return misses("body", want, got)
	case e.Body.Cut:
		return []Miss{{"body", asJSON(want), fmt.Sprintf("a body of which only the first %d bytes are kept", len(e.Body.Text))}}
	}
	return []Miss{{"body", asJSON(want), cmp.Or(shown(e.Body.Text), "nothing")}}
}

// decode reads a body as JSON; false when it is none, or not whole.
func (b *Body) decode() (v any, ok bool) {
	if b.Cut {
		return nil, false
	}
	err := json.Unmarshal([]byte(b.Text), &v)
	return v, err == nil
}

// contains tells whether a value is one that contains want: an object what it
// names, a list each item of the wanted one, in whatever order. One value is
// contained in a list that has it, as Plunk's to takes an address or a list of them.
func contains(want, got any) bool {
	list, listed := got.([]any)
	has := func(item any) bool {
		return slices.ContainsFunc(list, func(got any) bool { return contains(item, got) })
	}
	if wanted, ok := want.([]any); ok {
		return listed && !slices.ContainsFunc(wanted, func(item any) bool { return !has(item) })
	}
	if listed {
		return has(want)
	}
	wanted, ok := want.(map[string]any)
	if !ok {
		return reflect.DeepEqual(want, got)
	}
	object, ok := got.(map[string]any)
	if !ok {
		return false
	}
	for name, want := range wanted {
		if got, given := object[name]; !given || !contains(want, got) {
			return false
		}
	}
	return true
}

// misses tells of each field of an object that it is not as wanted, and of any
// other value as a whole.
func misses(field string, want, got any) []Miss {
	wanted, one := want.(map[string]any)
	object, other := got.(map[string]any)
	if !one || !other {
		if contains(want, got) {
			return nil
		}
		return []Miss{{field, asJSON(want), asJSON(got)}}
	}
	var all []Miss
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if value, given := object[name]; given {
			all = append(all, misses(field+"."+name, wanted[name], value)...)
		} else {
			all = append(all, Miss{field + "." + name, asJSON(wanted[name]), "nothing"})
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
