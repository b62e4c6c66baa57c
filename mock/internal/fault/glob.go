package fault

import (
	"strings"
	"unicode/utf8"
)

// match tells whether all of text is as pattern says: * is any run of characters,
// none too, and ? is one. Only the last * is ever tried again, so that no pattern
// takes longer than the product of the lengths.
func match(pattern, text string) bool {
	p, t := 0, 0
	star, from := -1, 0 // the last * and the first character behind what it took
	for t < len(text) {
		_, size := utf8.DecodeRuneInString(text[t:])
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, t
			p++
		case p < len(pattern) && pattern[p] == '?':
			p, t = p+1, t+size
		case p < len(pattern) && pattern[p] == text[t]:
			p, t = p+1, t+1
		case star >= 0:
			_, size = utf8.DecodeRuneInString(text[from:])
			from += size
			p, t = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// wild tells whether pattern stands for more than itself.
func wild(pattern string) bool { return strings.ContainsAny(pattern, "*?") }

// foldPath returns path as paths are compared: in lower case and without a slash
// at its end.
func foldPath(path string) string {
	return strings.ToLower(withoutSlash(path))
}

func withoutSlash(path string) string {
	if len(path) > 1 {
		return strings.TrimSuffix(path, "/")
	}
	return path
}
