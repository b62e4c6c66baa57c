package journal

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// bodyMisses tells what of want the request's body does not contain.
func bodyMisses(want any, e *Entry) []Miss {
	if e.Body.Cut {
		return []Miss{{"body", asJSON(want), fmt.Sprintf("a body of which only the first %d bytes are kept", MaxBody)}}
	}
	var got any
	if err := json.Unmarshal([]byte(e.Body.Text), &got); err != nil {
		return []Miss{{"body", asJSON(want), shown(e.Body.Text)}}
	}
	return misses("body", want, got)
}

// misses compares a value with what it must contain: an object what it names, a
// list each item of the wanted one, in whatever order. One value is contained in
// a list that has it, as Plunk's to takes an address or a list of them.
func misses(field string, want, got any) []Miss {
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return []Miss{{field, asJSON(want), asJSON(got)}}
		}
		var all []Miss
		for _, name := range slices.Sorted(maps.Keys(want)) {
			value, given := object[name]
			if !given {
				all = append(all, Miss{field + "." + name, asJSON(want[name]), "nothing"})
				continue
			}
			all = append(all, misses(field+"."+name, want[name], value)...)
		}
		return all
	case []any:
		list, ok := got.([]any)
		if !ok {
			return []Miss{{field, asJSON(want), asJSON(got)}}
		}
		for _, item := range want {
			if !has(list, item) {
				return []Miss{{field, asJSON(want), asJSON(got)}}
			}
		}
		return nil
	}
	if list, ok := got.([]any); ok && has(list, want) || reflect.DeepEqual(want, got) {
		return nil
	}
	return []Miss{{field, asJSON(want), asJSON(got)}}
}

func has(list []any, want any) bool {
	return slices.ContainsFunc(list, func(got any) bool { return len(misses("", want, got)) == 0 })
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
