package fault_test

import (
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/mock/internal/fault"
)

func TestGlobs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, address string
		want             bool
	}{
		{"a", "a", true},
		{"a", "ab", false},
		{"ab", "a", false},
		{"*", "", true},
		{"*", "a/b@c", true},
		{"**", "a", true},
		{"a*", "a", true},
		{"*a", "ba", true},
		{"*a", "ab", false},
		{"a*c", "abbc", true},
		{"a*b*c", "a-b-b-c", true},
		{"a*b*c", "a-c-b", false},
		{"*ab", "aab", true},
		{"*aab*", "aaaab", true},
		{"?", "", false},
		{"?", "a", true},
		{"?", "é", true},
		{"??", "é", false},
		{"*?é", "ééé", true},
		{"*??x", "éx", false},
		{"a?c", "a/c", true},
		{"a?c", "ac", false},
		{"?*?", "ab", true},
		{"?*?", "a", false},
		{"[a-z].", "[a-z].", true},
		{"[a-z].", "b.", false},
	} {
		r := fault.Rule{Email: c.pattern, Steps: []*fault.Step{{Status: 500}}}
		got := fault.One(r, fault.Call{Emails: []string{c.address}}, "") != nil
		if got != c.want {
			t.Errorf("the pattern %q and %q: got %v, want %v", c.pattern, c.address, got, c.want)
		}
	}
}

// TestGlobsTakeNoTime: a matcher that tries each * in each place would never end.
func TestGlobsTakeNoTime(t *testing.T) {
	t.Parallel()
	r := fault.Rule{Email: strings.Repeat("*a", 100) + "*b", Steps: []*fault.Step{{Status: 500}}}
	long := strings.Repeat("a", 10_000)
	same(t, "all but the end", fault.One(r, fault.Call{Emails: []string{long}}, ""), nil)
	same(t, "the end too", fault.One(r, fault.Call{Emails: []string{long + "b"}}, "") != nil, true)
}
