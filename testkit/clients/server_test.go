package clients_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// binaries is where the command is built, once for all tests.
var binaries string

func TestMain(m *testing.M) {
	os.Exit(testMain(m))
}

func testMain(m *testing.M) int {
	if os.Getenv("TEST_AS_GO_CLIENT") == "1" {
		return goClient()
	}
	dir, err := os.MkdirTemp("", "plunkmock-clients")
	if err != nil {
		log.Print(err)
		return 1
	}
	defer os.RemoveAll(dir)
	binaries = dir
	return m.Run()
}

// built builds the command when a test first needs it.
var built = sync.OnceValues(func() (bin string, err error) {
	bin = filepath.Join(binaries, "plunkmock.exe")
	out, err := exec.Command("go", "build", "-o", bin, "github.com/plunkmock/plunkmock/cmd/plunkmock").CombinedOutput() //nolint:noctx // it is for all tests
	if err != nil {
		log.Printf("go build: %s", out)
	}
	return bin, err
})

// server is a plunkmock of its own process.
type server struct {
	HTTP        string
	SMTP, SMTPS string // host:port
}

// serve starts the command on free ports. It must end well when the test does.
func serve(t *testing.T, args ...string) (s server) {
	t.Helper()
	bin, err := built()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	c := exec.Command(bin, append([]string{"--port", "0"}, args...)...) //nolint:noctx // a context would kill it
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "PLUNKMOCK_") { // each would be a flag
			c.Env = append(c.Env, v)
		}
	}
	c.Env = append(c.Env, "PLUNKMOCK_STATE_DIR="+t.TempDir()) // the authority of whoever runs the tests is none of theirs
	c.Stderr, c.WaitDelay = &stderr, 5*time.Second
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Signal(os.Interrupt)
		if err := c.Wait(); err != nil {
			t.Errorf("the server ended with %v\n%s", err, &stderr)
		}
	})
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		t.Fatalf("the server is not ready: %v\n%s", err, &stderr)
	}
	if err := json.Unmarshal(line, &s); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return s
}

// do sends a request about a project to the control API.
func (s server) do(t *testing.T, method, project, path, body string) []byte {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.HTTP+"/_mock"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer sk_"+project)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= 300 {
		t.Fatalf("%s %s: %s %.1000s %v", method, path, response.Status, answer, err)
	}
	return answer
}

// letter is a mail of the inbox, as far as tests look at it.
type letter struct {
	ID, To, Subject, Text, HTML string
	Envelope                    struct {
		MailFrom, Params, User, Remote string
		RcptTo, Transcript             []string
		TLS                            bool
	}
	Attachments []struct {
		N                   int
		Filename, ContentID string
		Inline              bool
	}
}

// letters returns the mails of a project, the first one first.
func (s server) letters(t *testing.T, project string) (list []letter) {
	t.Helper()
	var page struct{ Messages []letter }
	s.get(t, project, "/inbox/messages?limit=1000", &page)
	for i := len(page.Messages); i > 0; i-- {
		var l letter
		s.get(t, project, "/inbox/messages/"+page.Messages[i-1].ID, &l)
		list = append(list, l)
	}
	return list
}

func (s server) get(t *testing.T, project, path string, v any) {
	t.Helper()
	if body := s.do(t, http.MethodGet, project, path, ""); json.Unmarshal(body, v) != nil {
		t.Fatalf("%s: %s", path, body)
	}
}

// hostPort takes an address apart for a client.
func hostPort(t *testing.T, address string) (host string, port int) {
	t.Helper()
	host, digits, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	if port, err = strconv.Atoi(digits); err != nil {
		t.Fatal(err)
	}
	return host, port
}
