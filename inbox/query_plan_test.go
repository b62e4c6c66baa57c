package inbox_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestTermsTogetherMeanWhatTheyDoAlone: what a query looks for at once, and in which
// order, is its own matter. The terms are those that find some of the three mails.
func TestTermsTogetherMeanWhatTheyDoAlone(t *testing.T) {
	t.Parallel()
	b := post()
	terms := []string{
		"order", `"your order has"`, "zebra", `/\d{6}/`, `/\d\d-\d\d/`, `/(left|über)\b/`, "/^or$/", "/[äöü]/", "/.*bob.*/", "/(a?){5}/", "/x|/",
		"is:read", "kind:campaign", "subject:or", `subject:/\d+/`, "to:*@x.test", "header:x-tag", "has:attachment", "filler", "eve", `/\pL{12}/`,
	}
	alone := map[string][]string{}
	for _, term := range terms {
		alone[term] = strings.Fields(found(b, parseQuery(t, term)))
	}
	r := rand.New(rand.NewPCG(1, 2))
	// compose makes up a query that is nested as deep, and what tells whether a mail matches.
	var compose func(depth int) (string, func(id string) bool)
	compose = func(depth int) (string, func(id string) bool) {
		if depth == 0 || r.IntN(4) == 0 {
			term := terms[r.IntN(len(terms))]
			return term, func(id string) bool { return slices.Contains(alone[term], id) }
		}
		first, is := compose(depth - 1)
		second, or := compose(depth - 1)
		switch r.IntN(3) {
		case 0:
			return "-(" + first + ")", func(id string) bool { return !is(id) }
		case 1:
			return fmt.Sprintf("(%s or %s)", first, second), func(id string) bool { return is(id) || or(id) }
		}
		return fmt.Sprintf("(%s) (%s)", first, second), func(id string) bool { return is(id) && or(id) }
	}
	for range 2000 {
		query, is := compose(4)
		var want []string
		for _, id := range []string{"big", "news", "order"} {
			if is(id) {
				want = append(want, id)
			}
		}
		if got := found(b, parseQuery(t, query)); got != strings.Join(want, " ") {
			t.Errorf("%s found %q, want %q", query, got, want)
		}
	}
}
