package inbox_test

import (
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/inbox"
)

func TestOneReply(t *testing.T) {
	t.Parallel()
	id := strings.Repeat("9", 36)
	for text, want := range map[string]string{
		"":                              "",
		"two\r\nlines\x00":              "two  lines ",
		strings.Repeat("x", 480):        strings.Repeat("x", 480),
		strings.Repeat("x", 481):        strings.Repeat("x", 480),
		strings.Repeat("x", 479) + " y": strings.Repeat("x", 479),
		strings.Repeat("x", 479) + "ü":  strings.Repeat("x", 479),
		strings.TrimSpace(strings.Repeat(id+" ", 13)): strings.TrimSpace(strings.Repeat(id+" ", 13)),
		strings.TrimSpace(strings.Repeat(id+" ", 99)): strings.TrimSpace(strings.Repeat(id+" ", 13)),
	} {
		if got := inbox.OneReply(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
