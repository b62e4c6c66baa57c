package plunk_test

import (
	"testing"

	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

// flawed fails unless err are these flaws.
func flawed(tb testing.TB, what string, err error, want string) {
	tb.Helper()
	if _, ok := err.(plunk.Flaws); !ok || err.Error() != want { //nolint:errorlint // it is not wrapped
		tb.Errorf("%s: got the error %v (%T), want the flaws %q", what, err, err, want)
	}
}
