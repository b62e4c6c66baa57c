package inbox

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// key is what a term can ask for beside words.
type key struct {
	name  string
	takes string // what its value is
	early bool   // what it asks is known before a message is written
	read  func(value) (holds func(*sight) bool, ok bool)
	got   func(*sight) string
}

// keys returns all keys, in the order in which an error lists them.
func keys() []key {
	const address = "a whole address such as ada@example.com, one with * such as *@example.com, or a /regular expression/"
	kinds := fmt.Sprint(Kinds())
	when := func(s *sight) string { return s.Time.UTC().Format(time.RFC3339Nano) }
	size := func(s *sight) string { return strconv.FormatInt(s.Size(), 10) + " bytes" }
	return []key{
		{"to", address, true, readTo, func(s *sight) string { return strings.Join(recipients(s.Record), ", ") }},
		{"from", address, false, readFrom, func(s *sight) string { return s.From.Address }},
		{"subject", "a word, a \"phrase\" or a /regular expression/", false, readSubject, func(s *sight) string { return s.Subject }},
		{"kind", "one of " + kinds, true, readKind, func(s *sight) string { return string(s.Kind) }},
		{"has", "attachment", false, readHas, (*sight).files},
		{"is", "read or unread", false, readIs, (*sight).mark},
		{"header", "a name, as in header:X-Tag, and what the field contains, as in header:X-Tag=spring or header:X-Tag=\"two words\"", false, nil, nil},
		{"filename", "a part of a name, a whole name with * such as *.pdf, or a /regular expression/", false, readFilename, (*sight).files},
		{"larger", "a size such as 10KB", false, readSize(func(size, limit int64) bool { return size > limit }), size},
		{"smaller", "a size such as 10KB", false, readSize(func(size, limit int64) bool { return size < limit }), size},
		{"since", "a date such as 2030-01-31 or a time such as 2030-01-31T12:00:00Z", false, readSince, when},
		{"until", "a date such as 2030-01-31 or a time such as 2030-01-31T12:00:00Z", false, readUntil, when},
	}
}

func keyOf(name string) (key, bool) {
	all := keys()
	i := slices.IndexFunc(all, func(k key) bool { return strings.EqualFold(k.name, name) })
	if i < 0 {
		return key{}, false
	}
	return all[i], true
}

func keyNames() string {
	var names []string
	for _, k := range keys() {
		names = append(names, k.name+":")
	}
	return strings.Join(names, " ")
}

// anywhere looks for a value in subject, addresses and text.
func anywhere(v value) (func(*sight) bool, bool) {
	if v.form == patternForm {
		return func(s *sight) bool { return v.pattern.matchAll(s.searchable()) }, true
	}
	n := newNeedle(v.text)
	return func(s *sight) bool { return s.searchable().contains(n) }, n.text != ""
}

// start tells of a message what words are not in.
func (s *sight) start() string { return clip(s.Subject + " | " + s.PreviewLine()) }

func isAddress(v value) bool {
	return v.form == patternForm || strings.Contains(v.text, "@") || strings.Contains(v.text, "*")
}

func readTo(v value) (func(*sight) bool, bool) {
	v.text = bare(v.text)
	is := v.whole()
	return func(s *sight) bool {
		return slices.ContainsFunc(s.To, func(a Address) bool { return is(caseless(a.Address)) })
	}, isAddress(v)
}

func readFrom(v value) (func(*sight) bool, bool) {
	v.text = bare(v.text)
	is := v.whole()
	return func(s *sight) bool { return is(caseless(s.From.Address)) }, isAddress(v)
}

func readSubject(v value) (func(*sight) bool, bool) {
	has, ok := v.within()
	return func(s *sight) bool { return has(s.searchable().subject()) }, ok
}

func readKind(v value) (func(*sight) bool, bool) {
	kind := Kind(strings.ToLower(v.text))
	return func(s *sight) bool { return s.Kind == kind }, v.form != patternForm && slices.Contains(Kinds(), kind)
}

func readHas(v value) (func(*sight) bool, bool) {
	return func(s *sight) bool { return len(s.Files()) > 0 }, v.form != patternForm && strings.EqualFold(v.text, "attachment")
}

func readIs(v value) (func(*sight) bool, bool) {
	read := strings.EqualFold(v.text, "read")
	return func(s *sight) bool { return s.Read == read }, v.form != patternForm && (read || strings.EqualFold(v.text, "unread"))
}

// mark tells whether the message is read.
func (s *sight) mark() string {
	if s.Read {
		return "read"
	}
	return "unread"
}

func readFilename(v value) (func(*sight) bool, bool) {
	has, ok := v.within()
	if strings.Contains(v.text, "*") && v.form != patternForm {
		has = v.whole()
	}
	return func(s *sight) bool {
		return slices.ContainsFunc(s.Files(), func(a Attachment) bool { return has(caseless(a.Filename)) })
	}, ok
}

// files names the attachments.
func (s *sight) files() string {
	if len(s.Files()) == 0 {
		return "no attachment"
	}
	names := make([]string, len(s.Files()))
	for i, a := range s.Files() {
		names[i] = a.Filename
	}
	return strings.Join(names, ", ")
}

// sizeText is a size in bytes, with or without a unit.
var sizeText = regexp.MustCompile(`^(?i)(\d{1,12}(?:\.\d{1,6})?)(|B|KB|MB|KiB|MiB)$`)

func readSize(is func(size, limit int64) bool) func(value) (func(*sight) bool, bool) {
	return func(v value) (func(*sight) bool, bool) {
		m := sizeText.FindStringSubmatch(v.text)
		if m == nil || v.form == patternForm {
			return nil, false
		}
		number, _ := strconv.ParseFloat(m[1], 64) // it has digits, and few
		unit := map[string]float64{"": 1, "b": 1, "kb": 1e3, "mb": 1e6, "kib": 1 << 10, "mib": 1 << 20}[strings.ToLower(m[2])]
		limit := int64(number * unit)
		return func(s *sight) bool { return is(s.Size(), limit) }, true
	}
}

// readTime reads a time or a date, and tells how long that is.
func readTime(v value) (at time.Time, lasts time.Duration, ok bool) {
	if v.form == patternForm {
		return at, 0, false
	}
	if day, err := time.Parse(time.DateOnly, v.text); err == nil {
		return day, 24*time.Hour - 1, true
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if at, err := time.Parse(layout, strings.ToUpper(v.text)); err == nil {
			return at, 0, true
		}
	}
	return at, 0, false
}

func readSince(v value) (func(*sight) bool, bool) {
	at, _, ok := readTime(v)
	return func(s *sight) bool { return !s.Time.Before(at) }, ok
}

func readUntil(v value) (func(*sight) bool, bool) {
	at, lasts, ok := readTime(v)
	at = at.Add(lasts)
	return func(s *sight) bool { return !s.Time.After(at) }, ok
}

// hasField looks for a header field.
func hasField(name string, v value) func(*sight) bool {
	start := "\n" + caseless(name) + ": "
	has := func(string) bool { return true }
	if v.form != absent {
		has, _ = v.within()
	}
	return func(s *sight) bool {
		for rest := s.searchable().header; ; {
			_, field, found := strings.Cut(rest, start)
			if !found {
				return false
			}
			line, _, _ := strings.Cut(field, "\n")
			if has(line) {
				return true
			}
			rest = field[len(line):]
		}
	}
}

// field tells what stands in a header field.
func (s *sight) field(name string) string {
	var values []string
	for _, f := range s.Header() {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	if values == nil {
		return "no such header"
	}
	return strings.Join(values, "; ")
}
