package mock_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/fixtures"
	"github.com/plunkmock/plunkmock/mock"
	"github.com/plunkmock/plunkmock/mock/internal/contract"
)

// A transcript is a file of paragraphs: what is done, a line of four dashes,
// and what came of it. `go test ./mock -update` writes the second half anew,
// and the diff is the review.
//
//	server keys=strict envelope=both    starts another server, empty
//	as sk_name                          the key of the requests that follow; - for none
//	POST /v1/send                       a request: header lines, then the body;
//	Header: value                       a body in Go's quotes may hold any byte
//	{"to": …}
//	let name                            $name stands for the ID in the last answer from here on;
//	                                    $request for that of the last call
//	inbox                               the mails of the project, oldest first
//
// An answer is shown as its status, what its header says of warnings, faults and
// limits, and its body: JSON indented, other text with a bar before each line. Each
// answer is checked against its document on the way.
var update = flag.Bool("update", false, "write the answers of the transcripts anew")

// epoch is when transcripts play; their clock stands.
var epoch = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

func TestTranscripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no transcripts", err)
	}
	d := newDocuments(t)
	refusals(t, d)
	t.Cleanup(func() { // when all have ended
		if !t.Failed() && !strings.Contains(flag.Lookup("test.run").Value.String(), "/") {
			d.complete(t)
		}
	})
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			playFile(t, d, file)
		})
	}
}

func playFile(t *testing.T, d *documents, file string) {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := &player{t: t, documents: d}
	p.start(mock.Config{})
	var played []string
	for paragraph := range strings.SplitSeq(strings.TrimSpace(string(source)), "\n\n") {
		if strings.HasPrefix(paragraph, "#") {
			played = append(played, paragraph)
			continue
		}
		input, _, _ := strings.Cut(paragraph+"\n", "----\n")
		played = append(played, strings.TrimSpace(input+"----\n"+p.play(strings.TrimSpace(input))))
	}
	got := strings.Join(played, "\n\n") + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(source), got); diff != "" {
		t.Errorf("%s (-want +got; -update writes it anew):\n%s", file, diff)
	}
}

// player plays the paragraphs of one transcript.
type player struct {
	t         *testing.T
	documents *documents
	server    *mock.Server
	key       string
	last      []byte            // the last answer
	names     map[string]string // what $name stands for
}

func (p *player) start(c mock.Config) {
	c.Seed, c.Now = "transcript", func() time.Time { return epoch }
	p.server = newServer(p.t, c)
	p.key, p.names = "sk_test", map[string]string{}
}

var headerLine = regexp.MustCompile(`^([A-Za-z-]+): ?(.*)$`)

func (p *player) play(input string) string {
	for name, id := range p.names {
		input = strings.ReplaceAll(input, "$"+name, id)
	}
	lines := strings.Split(input, "\n")
	command, rest, _ := strings.Cut(lines[0], " ")
	switch command {
	case "as":
		p.key = rest
		return ""
	case "let":
		var answer struct{ ID string }
		if err := json.Unmarshal(p.last, &answer); err != nil || answer.ID == "" {
			p.t.Fatalf("%s: the last answer has no id: %s", input, p.last)
		}
		p.names[rest] = answer.ID
		return ""
	case "server":
		p.start(config(p.t, rest))
		return ""
	case "inbox":
		return p.inbox()
	}
	return p.exchange(p.request(command, rest, lines[1:]))
}

// exchange sends a request, and shows what comes of it.
func (p *player) exchange(r *http.Request) string {
	w := httptest.NewRecorder()
	cut := p.serve(w, r)
	if w.Code == http.StatusOK && w.Body.Len() == 0 && cut {
		return "connection reset"
	}
	if cut {
		return show(w) + "\nconnection closed"
	}
	p.last = w.Body.Bytes()
	if id := w.Header().Get("X-Plunkmock-Request"); id != "" {
		p.names["request"] = id
	}
	if w.Header().Get("X-Plunkmock-Fault") == "" || json.Valid(p.last) { // else a wrong body was asked for
		p.documents.check(p.t, r, w)
	}
	return show(w)
}

// serve serves a request, and tells whether the connection ended before the
// answer did.
func (p *player) serve(w http.ResponseWriter, r *http.Request) (cut bool) {
	defer func() {
		if v := recover(); v != nil && v != http.ErrAbortHandler { //nolint:errorlint // panics are compared
			panic(v)
		} else if v != nil {
			cut = true
		}
	}()
	p.server.ServeHTTP(w, r)
	return false
}

// request builds a request of its header lines and its body.
func (p *player) request(method, target string, lines []string) *http.Request {
	r := httptest.NewRequest(method, "http://localhost:4580/", nil)
	u, err := url.Parse("http://localhost:4580" + target)
	if err != nil {
		p.t.Fatalf("%q: %v", target, err)
	}
	r.URL = u
	if p.key != "-" {
		r.Header.Set("Authorization", "Bearer "+p.key)
	}
	for len(lines) > 0 && headerLine.MatchString(lines[0]) {
		m := headerLine.FindStringSubmatch(lines[0])
		r.Header.Set(m[1], m[2])
		if m[1] == "Host" {
			r.Host = m[2]
		}
		lines = lines[1:]
	}
	body := strings.Join(lines, "\n")
	if body == "" {
		return r
	}
	if unquoted, err := strconv.Unquote(body); err == nil {
		body = unquoted
	}
	if _, given := r.Header["Content-Type"]; !given {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	return r
}

// config reads the settings of the server command.
func config(t *testing.T, text string) mock.Config {
	t.Helper()
	var c mock.Config
	for setting := range strings.FieldsSeq(text) {
		name, value, _ := strings.Cut(setting, "=")
		switch name {
		case "keys":
			c.Keys = value
		case "envelope":
			c.Envelope = value
		case "url":
			c.URL = value
		case "fault":
			c.Faults = append(c.Faults, value)
		case "allow-host":
			c.AllowHosts = append(c.AllowHosts, value)
		default:
			setLimit(t, &c.Limits, name, value)
		}
	}
	return c
}

func setLimit(t *testing.T, l *mock.Limits, name, value string) {
	t.Helper()
	number, err := strconv.Atoi(value)
	limit := map[string]*int{
		"max-messages": &l.Messages, "max-contacts": &l.Contacts, "max-events": &l.Events, "max-projects": &l.Projects,
		"max-tasks": &l.Tasks, "max-run": &l.Run, "max-chain": &l.Chain,
		"max-requests": &l.Requests, "max-faults": &l.Faults,
	}[name]
	switch {
	case err != nil:
		t.Fatalf("the setting %s of the server command is no number: %q", name, value)
	case name == "max-body":
		l.Body = int64(number)
	case limit == nil:
		t.Fatalf("the server command has no setting %q", name)
	default:
		*limit = number
	}
}

// realTime is what no clock of a project makes stand still.
var realTime = regexp.MustCompile(`("duration":|"waited":) [0-9.e-]+`)

// show writes an answer the way that a transcript has it.
func show(w *httptest.ResponseRecorder) string {
	var b strings.Builder
	fmt.Fprintln(&b, w.Code)
	for _, warning := range w.Header().Values("X-Plunkmock-Warning") {
		fmt.Fprintln(&b, "warning:", warning)
	}
	for _, name := range []string{"X-Plunkmock-Fault", "Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "X-Added"} {
		if value := w.Header().Get(name); value != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		}
	}
	switch kind := w.Header().Get("Content-Type"); {
	case w.Body.Len() == 0:
	case strings.HasPrefix(kind, "application/json"):
		var indented bytes.Buffer
		if err := json.Indent(&indented, w.Body.Bytes(), "", "  "); err != nil {
			return b.String() + "not JSON: " + w.Body.String()
		}
		b.Write(realTime.ReplaceAll(indented.Bytes(), []byte(`$1 ...`)))
	default:
		fmt.Fprintln(&b, kind)
		for line := range strings.SplitSeq(strings.TrimSuffix(w.Body.String(), "\n"), "\n") {
			fmt.Fprintln(&b, strings.TrimRight("| "+strings.ReplaceAll(line, "\r", ""), " "))
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// inbox lists the mails of the project, oldest first.
func (p *player) inbox() string {
	r := httptest.NewRequest(http.MethodGet, "http://localhost:4580/_mock/inbox/wait?timeout=0s", nil)
	r.Header.Set("Authorization", "Bearer "+p.key)
	w := httptest.NewRecorder()
	p.server.ServeHTTP(w, r)
	p.documents.check(p.t, r, w)
	var answer struct {
		Messages []struct {
			Kind     string
			From     struct{ Name, Address string }
			To       string
			Subject  string
			HTML     string
			Warnings []string
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		p.t.Fatal(err)
	}
	var b strings.Builder
	for _, m := range answer.Messages {
		fmt.Fprintf(&b, "%s from %s <%s> to %s: %s | %s\n", m.Kind, m.From.Name, m.From.Address, m.To, m.Subject, strings.ReplaceAll(m.HTML, "\n", "⏎"))
		for _, warning := range m.Warnings {
			fmt.Fprintln(&b, "  warning:", warning)
		}
	}
	return b.String()
}

// documents checks answers, and remembers which of those that the documents
// declare were seen.
type documents struct {
	plunk, control *contract.Document
	mu             sync.Mutex
	seen           map[string]bool
}

func newDocuments(t *testing.T) *documents {
	t.Helper()
	return &documents{plunk: load(t, fixtures.Plunk()), control: load(t, fixtures.Control()), seen: map[string]bool{}}
}

func load(t *testing.T, document []byte) *contract.Document {
	t.Helper()
	source, err := contract.Read(document)
	if err != nil {
		t.Fatal(err)
	}
	d, err := source.With(contract.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// check checks one answer; one of no operation need only be in Plunk's shape of
// errors.
func (d *documents) check(t *testing.T, r *http.Request, w *httptest.ResponseRecorder) {
	t.Helper()
	document, path, undeclared := d.plunk, r.URL.EscapedPath(), "Error"
	if rest, ok := strings.CutPrefix(path, "/_mock"); ok {
		document, path, undeclared = d.control, rest, ""
	} else {
		path = regexp.MustCompile(`(?i)^(/api)?(/v1)?/`).ReplaceAllString(path, "/")
	}
	op, _ := document.Match(r.Method, path)
	if op == nil || r.Method == http.MethodOptions {
		return
	}
	body := w.Body.Bytes()
	if w.Code < 400 && document == d.plunk {
		body = unwrapped(body)
	}
	if err := op.CheckResponse(w.Code, w.Header().Get("Content-Type"), body, undeclared); err != nil {
		t.Errorf("%s %s: %v\n%s", r.Method, r.URL, err, w.Body)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seen[fmt.Sprintf("%s %d", op.ID, w.Code)] = true
}

// unwrapped takes an answer out of its envelope.
func unwrapped(body []byte) []byte {
	var e struct{ Data json.RawMessage }
	if json.Unmarshal(body, &e) == nil && bytes.HasPrefix(body, []byte(`{"success":true,"data":`)) {
		return e.Data
	}
	return body
}

// complete fails for what a document declares and no transcript has produced.
func (d *documents) complete(t *testing.T) {
	t.Helper()
	waiting := []string{
		"streamEvents 200", "streamInboxEvents 200", // TestStream
		"releaseMessage 200", // TestForward
	}
	for name, document := range map[string]*contract.Document{"plunk": d.plunk, "control": d.control} {
		for _, op := range document.Operations() {
			for _, status := range op.Statuses {
				produced := fmt.Sprintf("%s %d", op.ID, status)
				switch {
				case name == "control" && status == http.StatusServiceUnavailable, // TestDrainEndsWaits
					slices.Contains(waiting, produced):
				case !d.seen[produced]:
					t.Errorf("the %s document declares %s, which no transcript produces", name, produced)
				}
			}
		}
	}
}
