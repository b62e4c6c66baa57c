package clients_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/plunkmock/plunkmock/fixtures"
)

// TestDredd has every answer of Plunk's document checked by a tool that knows
// the document alone.
func TestDredd(t *testing.T) {
	t.Parallel()
	needNode(t, minNode)
	dir := installed(t, "dredd")
	if err := os.WriteFile(filepath.Join(dir, "plunk-openapi.yml"), fixtures.Plunk(), 0o600); err != nil {
		t.Fatal(err)
	}
	runNode(t, dir, "dredd.test.mjs")
}
