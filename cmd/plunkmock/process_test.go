package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestMain lets the test binary be the command, so that signals can be tried on
// a process of its own.
func TestMain(m *testing.M) {
	if os.Getenv("TEST_AS_PLUNKMOCK") == "1" {
		main()
		return
	}
	os.Exit(m.Run())
}

// startProcess starts plunkmock as a process, and reads its ready line.
func startProcess(t *testing.T, args ...string) (*exec.Cmd, ready) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self, append([]string{"--port", "0"}, args...)...)
	c.Env = append(os.Environ(), "TEST_AS_PLUNKMOCK=1")
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var r ready
	if err := json.Unmarshal(line, &r); err != nil {
		t.Fatal(err)
	}
	return c, r
}

func TestSignalStopsCleanly(t *testing.T) {
	t.Parallel()
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		c, r := startProcess(t)
		if r.PID != c.Process.Pid {
			t.Errorf("the ready line has the pid %d, and it is %d", r.PID, c.Process.Pid)
		}
		if err := c.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if err := c.Wait(); err != nil {
			t.Errorf("%v: %v", signal, err)
		}
	}
}

func TestSecondSignalStopsAtOnce(t *testing.T) {
	t.Parallel()
	c, r := startProcess(t)
	callInHand(t, strings.TrimPrefix(r.HTTP, "http://")) // holds the drain up
	ready := func() int {
		response, err := http.Get(r.HTTP + "/readyz") //nolint:noctx // ends with the process
		if err != nil {
			return 0
		}
		_ = response.Body.Close()
		return response.StatusCode
	}
	_ = c.Process.Signal(syscall.SIGTERM)
	for ready() == http.StatusOK { // until it has seen the signal
		continue
	}
	_ = c.Process.Signal(syscall.SIGTERM)
	err := c.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || !strings.Contains(exit.String(), "terminated") {
		t.Errorf("ended with %v, want by the signal", err)
	}
}
