package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestMain lets the test binary be the command, so that signals, exit codes and
// the real environment can be tried on a process of its own.
func TestMain(m *testing.M) {
	if os.Getenv("TEST_AS_PLUNKMOCK") == "1" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process returns plunkmock as a process that is yet to start.
func process(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self, args...)
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "PLUNK") {
			c.Env = append(c.Env, pair)
		}
	}
	c.Env = append(c.Env, "TEST_AS_PLUNKMOCK=1")
	return c
}

// startProcess starts plunkmock as a process, and reads its ready line.
func startProcess(t *testing.T, args ...string) (*exec.Cmd, ready) {
	t.Helper()
	c := process(t, append([]string{"--port", "0"}, args...)...)
	r, _ := begin(t, c)
	return c, r
}

// begin starts a process and reads its ready line; more is what comes after it.
func begin(t *testing.T, c *exec.Cmd) (r ready, more io.Reader) {
	t.Helper()
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill() // no more than an error when it has ended
		_ = c.Wait()
	})
	d := json.NewDecoder(stdout)
	if err := d.Decode(&r); err != nil {
		t.Fatal(err)
	}
	return r, io.MultiReader(d.Buffered(), stdout)
}

func TestSignalDrains(t *testing.T) {
	t.Parallel()
	c := process(t)
	c.Env = append(c.Env, "PLUNKMOCK_PORT=0", "PLUNK_HTTP=rubbish", "PLUNK_PORT=rubbish", "PLUNK_KEYS=rubbish")
	r, more := begin(t, c)
	if r.PID != c.Process.Pid {
		t.Errorf("the ready line has the pid %d, and it is %d", r.PID, c.Process.Pid)
	}
	drains(t, r.HTTP, func() { _ = c.Process.Signal(syscall.SIGTERM) })
	if rest, err := io.ReadAll(more); err != nil || strings.TrimSpace(string(rest)) != "" {
		t.Errorf("stdout has more than the ready line: %s, %v", rest, err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("ended with %v", err)
	}
}

func TestSecondSignalStopsAtOnce(t *testing.T) {
	t.Parallel()
	c, r := startProcess(t)
	address := strings.TrimPrefix(r.HTTP, "http://")
	wait := heldWait(t, address)
	callInHand(t, address) // holds the drain up
	_ = c.Process.Signal(os.Interrupt)
	if got, err := io.ReadAll(wait); err != nil || !strings.HasPrefix(string(got), "HTTP/1.1 503") {
		t.Errorf("the held wait got %s, %v", got, err) // and it has seen the signal
	}
	_ = c.Process.Signal(syscall.SIGTERM)
	err := c.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || !strings.Contains(exit.String(), "terminated") {
		t.Errorf("ended with %v, want by the second signal", err)
	}
}

func TestExitCodeIsThatOfTheProcess(t *testing.T) {
	t.Parallel()
	c := process(t, "--port", "0")
	c.Env = append(c.Env, "PLUNKMOCK_KEYS=lax")
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	err := c.Run()
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || exit.ExitCode() != exitUsage || stdout.Len() > 0 || !strings.Contains(stderr.String(), "PLUNKMOCK_KEYS") {
		t.Errorf("ended with %v, stdout %q, stderr:\n%s", err, &stdout, &stderr)
	}
}
