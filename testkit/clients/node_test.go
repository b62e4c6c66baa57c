package clients_test

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/mock"
)

// minNode is the first Node.js that has fetch and node:test.
const minNode = 18

// TestPlunkNode runs Plunk's own client for Node.js.
func TestPlunkNode(t *testing.T) {
	t.Parallel()
	needNode(t, minNode)
	runNode(t, installed(t, "node"), "plunk.test.mjs")
}

// TestRetry runs that client in programs that call again, against faults.
func TestRetry(t *testing.T) {
	t.Parallel()
	needNode(t, minNode)
	runNode(t, installed(t, "node"), "retry.test.mjs")
}

// TestNodeFetch runs what programs do that have no client.
func TestNodeFetch(t *testing.T) {
	t.Parallel()
	needNode(t, minNode)
	runNode(t, "node", "fetch.test.mjs")
}

// runNode runs a script of dir against an emulator of its own.
func runNode(t *testing.T, dir, script string) {
	t.Helper()
	emulator, err := mock.New(mock.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = emulator.Close() })
	web := httptest.NewServer(emulator)
	t.Cleanup(web.Close)
	if out, err := command(t, dir, []string{"PLUNK_URL=" + web.URL}, "node", script); err != nil {
		t.Errorf("node %s: %v\n%s", script, err, out)
	}
}

// needNode skips the test where there is no Node.js of a major version to run it with,
// or a later one.
func needNode(t *testing.T, oldest int) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		skip(t, "node is not installed: %v", err)
	}
	out, err := command(t, ".", nil, "node", "--version")
	if err != nil {
		skip(t, "node does not run: %v\n%s", err, out)
	}
	version := strings.TrimSpace(out)
	major, _, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	if n, err := strconv.Atoi(major); err != nil || n < oldest {
		skip(t, "node is %s, and %d or later is needed", version, oldest)
	}
}

// installed returns a copy of folder with all that its package.json names.
func installed(t *testing.T, folder string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("npm"); err != nil {
		skip(t, "npm is not installed: %v", err)
	}
	out, err := command(t, dir, nil, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1", "--fetch-timeout=30000")
	if err != nil {
		skip(t, "npm cannot install the packages: %v\n%s", err, out)
	}
	return dir
}

// command runs a program in dir, with more variables in its environment, and returns
// all that it prints.
func command(t *testing.T, dir string, variables []string, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	c := exec.CommandContext(ctx, name, args...)
	c.Dir = dir
	c.WaitDelay = 5 * time.Second // for what the program started itself
	c.Env = append(c.Environ(), variables...)
	out, err := c.CombinedOutput()
	return string(out), err
}

// skip skips the test, and fails it in the project's own CI, which has all that
// is needed.
func skip(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("PLUNKMOCK_CI") == "1" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}
