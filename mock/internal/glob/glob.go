// Package glob matches the patterns that people write for paths and addresses: *
// stands for any run of characters, ? for one.
package glob

import "unicode/utf8"

// Match tells whether s is of the pattern as a whole. It takes time in proportion
// to the two lengths multiplied at the most, whatever they hold.
func Match(pattern, s string) bool {
	// After a * that takes nothing, all is tried that follows; when that fails, the
	// * takes one character more. Only the last * need ever be tried again.
	p, i := 0, 0
	star, taken := -1, 0
	for i < len(s) {
		_, width := utf8.DecodeRuneInString(s[i:])
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, taken = p, i
			p++
			continue
		case p < len(pattern) && pattern[p] == '?':
			p++
			i += width
			continue
		case p < len(pattern) && pattern[p] == s[i]:
			p++
			i++
			continue
		}
		if star < 0 {
			return false
		}
		_, width = utf8.DecodeRuneInString(s[taken:])
		taken += width
		p, i = star+1, taken
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
