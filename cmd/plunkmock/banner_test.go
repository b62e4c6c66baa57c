package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
)

func TestBannerSaysWhatToPasteWhere(t *testing.T) {
	t.Parallel()
	r := start(t, "--url", "https://plunk.test/", "--keys", "strict", "--fault", "sendEmail:429*2,pass")
	for _, want := range []string{
		" sendEmail:429*2,pass, in every project\n",
		"listens on " + r.ready.HTTP + "\n",
		" https://plunk.test/v1/\n",
		" https://plunk.test/api\n",
		" https://plunk.test/\n",
		" https://plunk.test/_mock/inbox/messages/latest\n",
		"POST https://plunk.test/_mock/projects\n",
	} {
		if !strings.Contains(r.stderr.String(), want) {
			t.Errorf("the banner does not say %q:\n%s", want, r.stderr)
		}
	}
	if strings.Contains(r.stderr.String(), openToOthers) {
		t.Errorf("a loopback address is said to be open:\n%s", r.stderr)
	}
}

func TestBannerWarnsOfAnAddressThatOthersReach(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "json"} {
		r := start(t, "--http", "0.0.0.0:4580", "--log-format", format) // --port 0 beats the port
		if !strings.Contains(r.stderr.String(), openToOthers) {
			t.Errorf("%s: no warning:\n%s", format, r.stderr)
		}
	}
}

// PLUNKMOCK_URL is where clients look, too: a server that was started in the shell of one
// must not mail links to another server without a word.
func TestBannerTellsWhenLinksLeadElsewhere(t *testing.T) {
	t.Parallel()
	const elsewhere = "http://localhost:4580"
	const want = "Links lead to http://localhost:4580, as PLUNKMOCK_URL says, and not to the port "
	for _, format := range []string{"text", "json"} {
		r := startIn(t, environment("PLUNKMOCK_URL", elsewhere), "--log-format", format)
		if !strings.Contains(r.stderr.String(), want) {
			t.Errorf("%s: no word of it:\n%s", format, r.stderr)
		}
	}
	if r := startIn(t, environment("PLUNKMOCK_URL", elsewhere), "--url", elsewhere); strings.Contains(r.stderr.String(), "PLUNKMOCK_URL") {
		t.Errorf("the flag has said so:\n%s", r.stderr)
	}
}

func TestBoldIsForTerminalsThatWantIt(t *testing.T) {
	t.Parallel()
	device, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // a character device, as a terminal is
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	file, err := os.Create(t.TempDir() + "/stderr")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, c := range []struct {
		name   string
		stderr io.Writer
		getenv func(string) string
		want   string
	}{
		{"terminal", device, environment(), "\x1b[1mx\x1b[0m"},
		{"NO_COLOR", device, environment("NO_COLOR", "1"), "x"},
		{"dumb terminal", device, environment("TERM", "dumb"), "x"},
		{"file", file, environment(), "x"},
		{"buffer", new(bytes.Buffer), environment(), "x"},
	} {
		if got := paint(c.stderr, c.getenv)("x"); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestLogLevels(t *testing.T) {
	t.Parallel()
	for level, want := range map[string]int{"debug": 3, "info": 0} {
		r := start(t, "--log-level", level)
		r.do(t, http.MethodPost, "/v1/send", mail)
		r.do(t, http.MethodPost, "/v1/send", "{}")
		r.do(t, http.MethodGet, "/v1/nowhere", "")
		if err := r.stop(); err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(r.stderr.String(), "level=DEBUG msg=call "); got != want {
			t.Errorf("%s: %d lines for 3 calls, want %d:\n%s", level, got, want, r.stderr)
		}
	}
}

func TestLogFormatJSONIsJSONThroughout(t *testing.T) {
	t.Parallel()
	r := start(t, "--log-level", "debug", "--log-format", "json")
	r.do(t, http.MethodPost, "/v1/send", mail)
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	var messages []string
	for line := range strings.Lines(r.stderr.String()) {
		var entry struct{ Msg, HTTP, Operation string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Errorf("%v: %s", err, line)
		}
		messages = append(messages, entry.Msg+" "+entry.HTTP+entry.Operation)
	}
	if got, want := strings.Join(messages, ", "), "ready "+r.ready.HTTP+", call sendEmail"; got != want {
		t.Errorf("the log is %q, want %q", got, want)
	}
}

// TestOnlyOurVariablesAreRead: those of the application, PLUNK_…, are its own.
func TestOnlyOurVariablesAreRead(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var foreign []string
	r := startIn(t, func(name string) string {
		mu.Lock()
		defer mu.Unlock()
		if !strings.HasPrefix(name, "PLUNKMOCK_") && name != "NO_COLOR" && name != "TERM" {
			foreign = append(foreign, name)
		}
		return ""
	})
	r.do(t, http.MethodPost, "/v1/send", mail)
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	if len(foreign) > 0 {
		t.Errorf("reads %q", foreign)
	}
}
