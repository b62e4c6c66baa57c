package plunk

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// place is where a template is rendered: lists differ.
type place bool

const (
	inBody    place = false // each item a <li>, one a line
	inSubject place = true  // joined by commas
)

// renderer fills in variables for one contact, and remembers which.
type renderer struct {
	contact *Contact
	data    map[string]any // of the event, and not stored; it wins
	used    map[string]any
	missing []string
	missed  map[string]bool // the same
}

// render fills in {{key}} and {{key ?? fallback}}, in one pass and without
// escaping, as Plunk does. A pair of braces that does not close on its line
// stays as it is.
func (r *renderer) render(template string, where place) string {
	if !strings.Contains(template, "{{") {
		return template
	}
	var b strings.Builder
	rest := template
	for {
		open := strings.Index(rest, "{{")
		if open < 0 {
			b.WriteString(rest)
			return b.String()
		}
		inner, after, closed := cutPair(rest[open+2:])
		if closed {
			b.WriteString(rest[:open])
			r.write(&b, inner, where)
		} else {
			b.WriteString(rest[:open+2] + inner)
		}
		rest = after
	}
}

// cutPair cuts s, which follows two braces, around the two that close them. When
// the line ends before, inner is the rest of the line, in which no pair closes.
func cutPair(s string) (inner, after string, closed bool) {
	for i := range len(s) {
		switch {
		case strings.HasPrefix(s[i:], "}}"):
			return s[:i], s[i+2:], true
		case endsLine(s[i:]):
			return s[:i], s[i:], false
		}
	}
	return s, "", false
}

// endsLine tells whether s starts with what ends a line in JavaScript.
func endsLine(s string) bool {
	return s[0] == '\n' || s[0] == '\r' || strings.HasPrefix(s, "\u2028") || strings.HasPrefix(s, "\u2029")
}

func (r *renderer) write(b *strings.Builder, inner string, where place) {
	parts := strings.Split(inner, "??")
	key := strings.TrimSpace(parts[0])
	value := r.value(key)
	if value == nil {
		r.miss(key)
		if len(parts) > 1 {
			b.WriteString(strings.TrimSpace(parts[1]))
		}
		return
	}
	if r.used == nil {
		r.used = map[string]any{}
	}
	r.used[key] = value
	list, isList := value.([]any)
	if !isList || where == inSubject {
		b.WriteString(text(value))
		return
	}
	for i, item := range list {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString("<li>" + text(item) + "</li>")
	}
}

// miss remembers that there is no value of a variable.
func (r *renderer) miss(key string) {
	const few = 16 // a look through so many is quicker than a map
	if r.missed[key] || len(r.missing) < few && slices.Contains(r.missing, key) {
		return
	}
	r.missing = append(r.missing, key)
	if len(r.missing) == few {
		r.missed = map[string]bool{}
		for _, name := range r.missing {
			r.missed[name] = true
		}
	} else if r.missed != nil {
		r.missed[key] = true
	}
}

// value returns the value of a variable, nil when there is none. The contact's
// own data wins over Plunk's names.
func (r *renderer) value(key string) any {
	if v, ok := r.data[key]; ok {
		return v
	}
	if v, ok := r.contact.Data[key]; ok {
		return v
	}
	switch key {
	case "plunk_id":
		return r.contact.ID
	case "plunk_email":
		return r.contact.Email
	}
	return nil
}

// text writes a JSON value as JavaScript puts it into a string, objects too:
// what reads [object Object] here reads so in Plunk's mail.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return number(v)
	case []any:
		items := make([]string, len(v))
		for i, item := range v {
			if item != nil {
				items[i] = text(item)
			}
		}
		return strings.Join(items, ",")
	case map[string]any:
		return "[object Object]"
	}
	return "null"
}

// number writes a number as JavaScript does: plainly between 1e-6 and 1e21.
func number(f float64) string {
	if size := math.Abs(f); size != 0 && (size < 1e-6 || size >= 1e21) {
		s := strconv.FormatFloat(f, 'e', -1, 64)
		return strings.Replace(strings.Replace(s, "e-0", "e-", 1), "e+0", "e+", 1)
	}
	return strconv.FormatFloat(f+0, 'f', -1, 64) // + 0: no minus before a zero
}
