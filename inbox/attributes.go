package inbox

import (
	"iter"
	"strings"
)

// place is where the value of an attribute stands in its tag.
type place struct {
	name       string // as written
	start, end int
}

// attributes goes through the attributes of a tag that have a value, by the rules of
// HTML. A tokenizer gives their values, but not where they stand.
func attributes(tag string) iter.Seq[place] {
	return func(yield func(place) bool) {
		i := until(tag, 0, blank+"/>") // the element's name
		for {
			i = past(tag, i, blank+"/")
			if i >= len(tag) || tag[i] == '>' {
				return
			}
			name := i
			i = until(tag, i+1, blank+"/>=") // a name may start with =
			a := place{name: tag[name:i]}
			if i = past(tag, i, blank); i >= len(tag) || tag[i] != '=' {
				continue
			}
			i = past(tag, i+1, blank)
			a.start, a.end, i = valueAt(tag, i)
			if a.end > a.start && !yield(a) {
				return
			}
		}
	}
}

// valueAt returns where the value at i stands, and where what follows it does.
func valueAt(tag string, i int) (start, end, next int) {
	if i < len(tag) && (tag[i] == '"' || tag[i] == '\'') {
		end = until(tag, i+1, tag[i:i+1])
		return i + 1, end, min(len(tag), end+1)
	}
	end = until(tag, i, blank+">")
	return i, end, end
}

// until returns where one of chars stands, from i on; the end for nowhere.
func until(s string, i int, chars string) int {
	i = min(i, len(s))
	if n := strings.IndexAny(s[i:], chars); n >= 0 {
		return i + n
	}
	return len(s)
}

// past returns where anything but chars stands, from i on; the end for nowhere.
func past(s string, i int, chars string) int {
	for i < len(s) && strings.IndexByte(chars, s[i]) >= 0 {
		i++
	}
	return min(i, len(s))
}
