package testkit_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
)

// lines returns the lines of a text without what indents them, and without empty ones.
func lines(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return "\n" + b.String()
}

// The Go code of the README is that of examples and tests, which run.
func TestReadme(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var tried []string
	if err := fs.WalkDir(os.DirFS("."), ".", func(path string, _ fs.DirEntry, err error) error {
		if !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		tried = append(tried, lines(string(text)))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(readme), "```go\n")[1:]
	if len(blocks) < 4 {
		t.Errorf("the README has %d blocks of Go", len(blocks))
	}
	for _, block := range blocks {
		block, _, _ = strings.Cut(block, "```")
		if strings.Contains(block, "testcontainers") {
			continue // a module of its own, which needs a container engine
		}
		found := false
		for _, text := range tried {
			found = found || strings.Contains(text, lines(block))
		}
		if !found {
			t.Errorf("no test has\n%s", block)
		}
	}
}
