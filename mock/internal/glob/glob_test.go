package glob_test

import (
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/mock/internal/glob"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{
		{"", "", true},
		{"", "a", false},
		{"a", "", false},
		{"*", "", true},
		{"*", "anything/at all", true},
		{"**", "a", true},
		{"?", "a", true},
		{"?", "é", true},
		{"?", "", false},
		{"??", "é", false},
		{"a?c", "abc", true},
		{"a?c", "ac", false},
		{"/contacts/*", "/contacts/1/2", true},
		{"/contacts/*", "/contacts", false},
		{"*@example.com", "ada@example.com", true},
		{"*@example.com", "ada@example.com.evil", false},
		{"a*b*c", "a-b-b-c", true},
		{"a*b*c", "a-c-b", false},
		{"*é?", "caféx", true},
		{"[a]", "a", false},
		{"*x", "ééy", false},
		{"a", "a", true},
		{"a", "ab", false},
		{"ab", "a", false},
		{"*", "a/b@c", true},
		{"a*", "a", true},
		{"*a", "ba", true},
		{"*a", "ab", false},
		{"a*c", "abbc", true},
		{"*ab", "aab", true},
		{"*aab*", "aaaab", true},
		{"*?é", "ééé", true},
		{"*??x", "éx", false},
		{"a?c", "a/c", true},
		{"?*?", "ab", true},
		{"?*?", "a", false},
		{"[a-z].", "[a-z].", true},
		{"[a-z].", "b.", false},
	} {
		if got := glob.Match(c.pattern, c.s); got != c.want {
			t.Errorf("Match(%q, %q) = %v", c.pattern, c.s, got)
		}
	}
}

// TestMatchTakesNoForever would not end within the test's time if each * were
// tried anew for each other.
func TestMatchTakesNoForever(t *testing.T) {
	t.Parallel()
	if glob.Match(strings.Repeat("*a", 50)+"*b", strings.Repeat("a", 10_000)) {
		t.Error("there is no b")
	}
}
