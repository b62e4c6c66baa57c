package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/mock"
)

// fake is a server that answers as a test wants it to.
func fake(t *testing.T, answer http.HandlerFunc) running {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Plunkmock", mock.Version)
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return running{ready: ready{HTTP: s.URL}}
}

// nowhere is a server that has ended.
func nowhere(t *testing.T) running {
	t.Helper()
	s := httptest.NewServer(nil)
	s.Close()
	return running{ready: ready{HTTP: s.URL}}
}

func TestWaitIsOverWhenTheServerIsReady(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	asked := 0
	r := fake(t, func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if asked++; asked < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	stdout, stderr, code := r.cli(t, "", "wait", "--timeout", "1m")
	if want := "plunkmock is ready at " + r.ready.HTTP + "\n"; stdout != want || stderr != "" || code != 0 || asked != 3 {
		t.Errorf("%q, %q, %d, asked %d times", stdout, stderr, code, asked)
	}
}

func TestWaitGivesUpOnAServerThatDoesNotCome(t *testing.T) {
	t.Parallel()
	r := nowhere(t)
	for _, patience := range []string{"0s", "120ms"} {
		_, stderr, code := r.cli(t, "", "wait", "--timeout", patience)
		if code != exitUnmet || !strings.Contains(stderr, "no plunkmock answered at "+r.ready.HTTP+" (PLUNKMOCK_URL) within "+patience) || !strings.Contains(stderr, "refused") {
			t.Errorf("%s: exit code %d, %s", patience, code, stderr)
		}
	}
}

func TestWhatIsNoPlunkmockIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	for _, args := range [][]string{{"wait"}, {"ls"}, {"env"}} {
		_, stderr, code := running{ready: ready{HTTP: s.URL}}.cli(t, "", args...)
		if code != exitRuntime || !strings.Contains(stderr, "is no plunkmock") {
			t.Errorf("%q: exit code %d, %s", args, code, stderr)
		}
	}
}

func TestNoServerSaysHowToHaveOne(t *testing.T) {
	t.Parallel()
	r := nowhere(t)
	for _, args := range [][]string{
		{"ls"},
		{"show"},
		{"send", "--to", "a@b.test"},
		{"track", "a@b.test", "e"},
		{"advance", "1h"},
		{"fault"},
		{"fault", "429"},
		{"calls"},
		{"reset"},
		{"state", "get"},
		{"wait", "--code"},
		{"wait", "--none"},
		{"ls", "--json"},
		{"show", "--raw"},
	} {
		stdout, stderr, code := r.cli(t, "", args...)
		want := "plunkmock: no plunkmock answers at " + r.ready.HTTP + " (PLUNKMOCK_URL); start one with `plunkmock`, or say where it is with --url\n"
		if code != exitRuntime || stdout != "" || !strings.HasPrefix(stderr, want) {
			t.Errorf("%q: exit code %d, %q, %s", args, code, stdout, stderr)
		}
	}
}

func TestAMailIsWaitedForWhileItIsNotThere(t *testing.T) {
	t.Parallel()
	r := start(t)
	type answer struct {
		stdout, stderr string
		code           int
	}
	answers := make(chan answer)
	go func() {
		stdout, stderr, code := r.cli(t, "", "wait", "--to", "ada@example.com", "--code")
		answers <- answer{stdout, stderr, code}
	}()
	r.cli(t, "", "send", "--to", "ada@example.com")
	if got := <-answers; got != (answer{"482913\n", "", 0}) {
		t.Errorf("%+v", got)
	}
}

func TestAWaitMayBeLongerThanTheServerHoldsOne(t *testing.T) {
	t.Parallel()
	var timeouts []string
	r := fake(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/wait") {
			_, _ = io.WriteString(w, `{"total": 0}`)
			return
		}
		timeout := r.URL.Query().Get("timeout")
		timeouts = append(timeouts, timeout)
		w.WriteHeader(http.StatusConflict)
		_, _ = fmt.Fprintf(w, `{"message": "Waited %s for 1 message, but there are 0; nothing else came either"}`, timeout)
	})
	_, stderr, code := r.cli(t, "", "wait", "--to", "ada@example.com", "--timeout", "150s")
	if diff := cmp.Diff([]string{"1m0s", "1m0s", "30s"}, timeouts); diff != "" || code != exitUnmet {
		t.Errorf("exit code %d\n%s", code, diff)
	}
	if want := "plunkmock: Waited 2m30s for 1 message, but there are 0. Nothing else arrived.\nThat is the project of sk_test; --key or PLUNKMOCK_KEY names the one that the application mails to.\n"; stderr != want {
		t.Errorf("%s, want %s", stderr, want)
	}
}

func TestAWaitCanBeInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	r := fake(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	for _, args := range [][]string{{"wait"}, {"wait", "--code"}} {
		var stdout, stderr bytes.Buffer
		code := exit(run(ctx, args, environment("PLUNKMOCK_URL", r.ready.HTTP), &stdout, &stderr), &stderr)
		if code != exitRuntime || stderr.String() != "plunkmock: interrupted\n" {
			t.Errorf("%q: exit code %d, %s", args, code, &stderr)
		}
	}
}

func TestAFlagBeatsAVariable(t *testing.T) {
	t.Parallel()
	r := start(t, "--keys", "strict", "--fixtures", "testdata/project.yml")
	var stdout, stderr bytes.Buffer
	env := environment("PLUNKMOCK_URL", nowhere(t).ready.HTTP, "PLUNKMOCK_KEY", "sk_nobody")
	if code := exit(run(t.Context(), []string{"ls", "--url", r.ready.HTTP + "/", "--key", "sk_declared"}, env, &stdout, &stderr), &stderr); code != 0 {
		t.Errorf("exit code %d, %s", code, &stderr)
	}
	code := exit(run(t.Context(), []string{"ls", "--url", r.ready.HTTP}, env, &stdout, &stderr), &stderr)
	if code != exitRuntime || !strings.Contains(stderr.String(), "401 Unauthorized") || !strings.Contains(stderr.String(), "--key or PLUNKMOCK_KEY") {
		t.Errorf("a wrong key: exit code %d, %s", code, &stderr)
	}
}

func TestStdinIsABody(t *testing.T) {
	t.Parallel()
	r := start(t)
	if _, stderr, code := r.cli(t, "<p>From a pipe</p>", "send", "--to", "ada@example.com", "--body", "-"); code != 0 {
		t.Fatalf("exit code %d, %s", code, stderr)
	}
	if stdout, _, _ := r.cli(t, "", "show", "--text"); stdout != "From a pipe\n" {
		t.Errorf("%q", stdout)
	}
}

func TestStateGoesIntoAFileAndBack(t *testing.T) {
	t.Parallel()
	r := start(t)
	file := filepath.Join(t.TempDir(), "state")
	r.cli(t, "", "send", "--to", "ada@example.com")
	want, _, _ := r.cli(t, "", "state", "get", "--messages")
	for _, format := range []string{"json", "yaml"} {
		if _, stderr, code := r.cli(t, "", "state", "get", file, "--messages", "--format", format); code != 0 || stderr != "" {
			t.Fatalf("exit code %d, %s", code, stderr)
		}
		data, err := os.ReadFile(file)
		if err != nil || strings.HasPrefix(string(data), "{") != (format == "json") {
			t.Errorf("%s: %.40s, %v", format, data, err)
		}
		for _, put := range [][]string{{"state", "put", file}, {"state", "put"}, {"state", "put", "-"}} {
			r.cli(t, "", "reset")
			stdin := ""
			if len(put) != 3 || put[2] == "-" {
				stdin = string(data)
			}
			if stdout, stderr, code := r.cli(t, stdin, put...); code != 0 || !strings.HasPrefix(stdout, "The project test has what ") {
				t.Errorf("%q: exit code %d, %s%s", put, code, stdout, stderr)
			}
			if got, _, _ := r.cli(t, "", "state", "get", "--messages"); got != want {
				t.Errorf("%s: %q changes\n%s", format, put, cmp.Diff(want, got))
			}
		}
	}
}

func TestAWrongDocumentHasItsExitCode(t *testing.T) {
	t.Parallel()
	r := start(t)
	for stdin, want := range map[string]string{
		`{"version": 1`:  "stdin is not valid JSON",
		`{"version": 3}`: "version: must be 1",
		"version: [":     "YAML",
		"":               "version",
	} {
		stdout, stderr, code := r.cli(t, stdin, "state", "put")
		if code != exitFixture || stdout != "" || !strings.Contains(stderr, want) {
			t.Errorf("%q: exit code %d, %s%s", stdin, code, stdout, stderr)
		}
	}
	if _, stderr, code := r.cli(t, "", "state", "put", "nosuch.json"); code != exitFixture || !strings.Contains(stderr, "nosuch.json") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

func TestVariablesGoIntoTheFileOfTheJob(t *testing.T) {
	t.Parallel()
	file := write(t, t.TempDir(), "env", "A=b\n")
	var stdout, stderr bytes.Buffer
	env := environment("GITHUB_ENV", file, "PLUNKMOCK_URL", nowhere(t).ready.HTTP, "PLUNKMOCK_KEY", "sk_ci")
	if code := exit(run(t.Context(), []string{"env", "--format", "github"}, env, &stdout, &stderr), &stderr); code != 0 || stdout.Len() > 0 {
		t.Fatalf("exit code %d, %s%s", code, &stdout, &stderr)
	}
	got, err := os.ReadFile(file)
	if err != nil || !strings.HasPrefix(string(got), "A=b\nPLUNK_API_URL=http://") || !strings.Contains(string(got), "\nPLUNK_PUBLIC_KEY=pk_ci\n") {
		t.Errorf("%s, %v", got, err)
	}
}

// A rule that rests is not told as one that strikes.
func TestFaultsAreListedAsTheyAre(t *testing.T) {
	t.Parallel()
	r := start(t, "--clock", "2030-01-01T00:00:00Z")
	r.do(t, http.MethodPost, "/_mock/faults", `{"id": "rests", "status": 500, "enabled": false, "times": 2, "expires": "1h"}`)
	stdout, stderr, code := r.cli(t, "", "fault", "ls")
	if !strings.HasSuffix(stdout, "\nrests  0       off   any call expires=2030-01-01T01:00:00Z  status=500\n") || stderr != "" || code != 0 {
		t.Errorf("%s, %s, %d", stdout, stderr, code)
	}
}

// What was sent is told, however answers are wrapped.
func TestSendWithAnEnvelope(t *testing.T) {
	t.Parallel()
	for _, envelope := range []string{"wrapped", "both"} {
		stdout, stderr, code := start(t, "--envelope", envelope).cli(t, "", "send", "--to", "ada@example.com")
		if !strings.HasPrefix(stdout, "Sent ") || strings.Count(stdout, "\n") != 1 || stderr != "" || code != 0 {
			t.Errorf("%s: %s, %s, %d", envelope, stdout, stderr, code)
		}
	}
}
