package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// buffer is a bytes.Buffer for several goroutines.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// running is a server that was started by run.
type running struct {
	ready  ready
	stderr *buffer
	stop   func() error // ends it, and returns what run did
}

// start runs a server on a free port and reads its ready line.
func start(tb testing.TB, args ...string) running {
	tb.Helper()
	return startIn(tb, environment(), args...)
}

// startIn is start with an environment.
func startIn(tb testing.TB, getenv func(string) string, args ...string) running {
	tb.Helper()
	ctx, cancel := context.WithCancel(tb.Context())
	r := running{stderr: new(buffer)}
	read, write := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, append([]string{"--port", "0"}, args...), getenv, write, r.stderr)
		_ = write.CloseWithError(fmt.Errorf("the server ended: %w", errorOr(err)))
		ended <- err
	}()
	line, err := bufio.NewReader(read).ReadBytes('\n')
	if err != nil {
		tb.Fatal(err)
	}
	if err := json.Unmarshal(line, &r.ready); err != nil {
		tb.Fatalf("%s: %v", line, err)
	}
	r.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	tb.Cleanup(func() { _ = r.stop() })
	return r
}

func errorOr(err error) error {
	if err == nil {
		return io.EOF
	}
	return err
}

// do sends a request, as test or as the key given, and returns status and body;
// an empty key sends none.
func (r running) do(tb testing.TB, method, path, body string, key ...string) (int, string) {
	tb.Helper()
	request, err := http.NewRequestWithContext(tb.Context(), method, r.ready.HTTP+path, strings.NewReader(body))
	if err != nil {
		tb.Fatal(err)
	}
	if len(key) == 0 {
		key = []string{"sk_test"}
	}
	if key[0] != "" {
		request.Header.Set("Authorization", "Bearer "+key[0])
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return response.StatusCode, string(answer)
}

const mail = `{"to":"ada@example.com","subject":"Hi","body":"<p>Hi</p>"}`

func TestServeAnswersWhenItSaysThatItIsReady(t *testing.T) {
	t.Parallel()
	r := start(t)
	if r.ready.Event != "ready" || r.ready.SMTP == nil || r.ready.SMTPS != nil || r.ready.PID != os.Getpid() {
		t.Errorf("the ready line is %+v", r.ready)
	}
	if status, body := r.do(t, http.MethodPost, "/v1/send", mail); status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(r.ready.HTTP, "http://"))
	for _, want := range []string{"http://localhost:" + port + "/v1/", "http://localhost:" + port + "/api", "sk_test", "pk_test"} {
		if !strings.Contains(r.stderr.String(), want) {
			t.Errorf("the banner does not say %s:\n%s", want, r.stderr)
		}
	}
	if strings.Contains(r.stderr.String(), "\x1b") || strings.Contains(r.stderr.String(), "level=") {
		t.Errorf("stderr is no terminal and all is well, and yet it says:\n%q", r.stderr)
	}
	if err := r.stop(); err != nil {
		t.Errorf("a stop is no failure: %v", err)
	}
}

func TestAddressInUseSaysWhatToChange(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // ends with the test
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var stdout, stderr bytes.Buffer
	err = run(t.Context(), []string{"--http", l.Addr().String()}, environment(), &stdout, &stderr)
	if code := exit(err, &stderr); code != exitInUse || !strings.Contains(stderr.String(), "--port or PLUNKMOCK_PORT") || stdout.Len() > 0 {
		t.Errorf("exit code %d, stdout %q, stderr:\n%s", code, &stdout, &stderr)
	}
}

func TestStopEndsHeldWaitsAndTakesCallsInHand(t *testing.T) {
	t.Parallel()
	r := start(t)
	stopped := make(chan error, 1)
	drains(t, r.ready.HTTP, func() {
		go func() { stopped <- r.stop() }()
	})
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestStopBeforeTheStartIsNoFailure(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := run(ctx, []string{"--port", "0"}, environment(), io.Discard, io.Discard); err != nil {
		t.Error(err)
	}
}

// drains stops a server that holds a wait and has a call in hand, and checks
// what becomes of them.
func drains(t *testing.T, url string, stop func()) {
	t.Helper()
	address := strings.TrimPrefix(url, "http://")
	wait := heldWait(t, address)
	conn, answers := callInHand(t, address)
	stop()
	if got, err := io.ReadAll(wait); err != nil || !strings.HasPrefix(string(got), "HTTP/1.1 503") {
		t.Errorf("the held wait got %s, %v", got, err)
	}
	if status, body := (running{ready: ready{HTTP: url}}).do(t, http.MethodGet, "/readyz", ""); status != http.StatusServiceUnavailable {
		t.Errorf("while it drains, /readyz answers %d %s", status, body)
	}
	_, _ = io.WriteString(conn, mail)
	rest, err := io.ReadAll(answers)
	if err != nil || !strings.Contains(string(rest), "200 OK") || !strings.Contains(string(rest), `"success":true`) {
		t.Errorf("the call in hand got %s, %v", rest, err)
	}
}

// heldWait begins to wait for mail. The server has it once it has a call that
// began later.
func heldWait(t *testing.T, address string) net.Conn {
	t.Helper()
	conn := dial(t, address)
	_, _ = io.WriteString(conn, "GET /_mock/inbox/wait?timeout=60s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
	return conn
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// callInHand begins to send mail. When it returns, the server waits for the
// body, which whoever calls writes to the connection.
func callInHand(t *testing.T, address string) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn := dial(t, address)
	_, _ = fmt.Fprintf(conn, "POST /v1/send HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk_test\r\nContent-Type: application/json\r\n"+
		"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n", len(mail))
	answers := bufio.NewReader(conn)
	if line, err := answers.ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		t.Fatal(line, err)
	}
	return conn, answers
}

func TestReadyFileHasTheReadyLine(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "ready")
	r := start(t, "--ready-file", name)
	var got ready
	data, err := os.ReadFile(name)
	if err != nil || json.Unmarshal(data, &got) != nil || cmp.Diff(got, r.ready) != "" {
		t.Errorf("%s, %v; want %+v", data, err, r.ready)
	}
}
