package inbox

import (
	"strings"

	"golang.org/x/net/html"
)

// tokens reads HTML token by token, and knows where in the source each stands.
//
// A tokenizer remembers the names of a tag's attributes in a map, and empties it at
// the next tag. The map never shrinks, so that one tag with a million attributes would
// make each tag after it as slow: the time would grow with the square of the length.
// So a new tokenizer goes on behind a long tag.
type tokens struct {
	*html.Tokenizer
	source     string
	start, end int  // of the current token
	worn       bool // the tokenizer has read a long tag
}

func newTokens(source string) *tokens {
	return &tokens{Tokenizer: html.NewTokenizer(strings.NewReader(source)), source: source}
}

// longTag is from how many bytes on a tag is long.
const longTag = 1 << 10

// Next goes to the next token.
func (t *tokens) Next() html.TokenType {
	if t.worn && !opensRawText(t.source[t.start:t.end]) {
		t.Tokenizer, t.worn = html.NewTokenizer(strings.NewReader(t.source[t.end:])), false
	}
	kind := t.Tokenizer.Next()
	t.start, t.end = t.end, t.end+len(t.Raw())
	t.worn = t.worn || t.end-t.start > longTag && (kind == html.StartTagToken || kind == html.SelfClosingTagToken)
	return kind
}

// opensRawText tells whether the token behind this one is text whatever stands in it,
// which a new tokenizer would not know.
func opensRawText(token string) bool {
	if !strings.HasPrefix(token, "<") {
		return false
	}
	token = token[1:]
	if end := strings.IndexAny(token, " \t\r\n\f/>"); end >= 0 {
		token = token[:end]
	}
	const longest = len("plaintext")
	if len(token) > longest {
		return false
	}
	switch strings.ToLower(token) {
	case "iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "textarea", "title", "xmp":
		return true
	}
	return false
}
