package main

import (
	"bytes"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// check runs a health check, and returns its exit code and stderr.
func check(t *testing.T, getenv func(string) string, args ...string) (int, string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := exit(run(t.Context(), append([]string{"healthcheck"}, args...), getenv, &stdout, &stderr), &stderr)
	if stdout.Len() > 0 {
		t.Errorf("%v: on stdout: %s", args, &stdout)
	}
	return code, stderr.String()
}

func TestHealthcheck(t *testing.T) {
	t.Parallel()
	r := start(t)
	address := strings.TrimPrefix(r.ready.HTTP, "http://")
	_, port, _ := net.SplitHostPort(address)
	for _, args := range [][]string{
		{"--http", address}, {"--http", "0.0.0.0:" + port}, {"--http", "[::]:" + port}, {"--http", ":" + port}, {"--port", port},
	} {
		if code, stderr := check(t, environment(), args...); code != 0 || stderr != "" {
			t.Errorf("%v: exit code %d, %s", args, code, stderr)
		}
	}
	// A container's health check has the server's own environment.
	if code, stderr := check(t, environment("PLUNKMOCK_HTTP", address, "PLUNKMOCK_KEYS", "strict")); code != 0 {
		t.Errorf("by variable: exit code %d, %s", code, stderr)
	}
	// What its flags say, the health check does not see.
	if code, stderr := check(t, environment("PLUNKMOCK_HTTP", address, "PLUNKMOCK_WATCH", "true", "PLUNKMOCK_PROXY_PASS", "example.com", "PLUNKMOCK_PROXY", "0.0.0.0:1")); code != 0 {
		t.Errorf("with half of the settings: exit code %d, %s", code, stderr)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	code, stderr := check(t, environment(), "--http", address)
	if code != exitRuntime || !strings.Contains(stderr, "no server answers at http://"+address) || !strings.Contains(stderr, "PLUNKMOCK_PORT") {
		t.Errorf("no server: exit code %d, %s", code, stderr)
	}
}

func TestHealthcheckTellsWhatIsNotWell(t *testing.T) {
	t.Parallel()
	serve := func(headers ...string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for _, name := range headers {
				w.Header().Set(name, "0")
			}
			if len(headers) > 0 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		}))
		t.Cleanup(s.Close)
		return strings.TrimPrefix(s.URL, "http://")
	}
	for want, address := range map[string]string{
		"is not plunkmock": serve(),
		"answered 503":     serve("X-Plunkmock"),
	} {
		if code, stderr := check(t, environment(), "--http", address); code != exitRuntime || !strings.Contains(stderr, want) {
			t.Errorf("want %q: exit code %d, %s", want, code, stderr)
		}
	}
	if code, stderr := check(t, environment("PLUNKMOCK_PORT", "0")); code != exitUsage || !strings.Contains(stderr, "--port") {
		t.Errorf("port 0: exit code %d, %s", code, stderr)
	}
}
