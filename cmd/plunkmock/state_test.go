package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// exported returns what a server holds, as far as it is kept over a restart.
func exported(t *testing.T, r running) string {
	t.Helper()
	_, state := r.do(t, http.MethodGet, "/_mock/state", "")
	_, mails := r.do(t, http.MethodGet, "/_mock/inbox/messages", "")
	if status, raw := r.do(t, http.MethodGet, "/_mock/inbox/messages/latest/raw", ""); status == http.StatusOK {
		mails += raw
	}
	return state + mails
}

// use brings about some of everything.
func use(t *testing.T, r running) {
	t.Helper()
	for _, c := range []struct{ method, path, body string }{
		{http.MethodPost, "/v1/track", `{"event": "signed-up", "email": "ada@example.com", "data": {"name": "Ada"}}`},
		{http.MethodPost, "/v1/send", `{"to": "bob@example.com", "subject": "Grüße", "body": "<p>ü</p>", "attachments": [{"filename": "a.bin", "content": "AAECAwQ="}]}`},
		{http.MethodPost, "/_mock/inbox/messages/latest/read", ""},
		{http.MethodPost, "/_mock/inbox/messages/latest/events", `{"type": "bounce"}`},
		{http.MethodPost, "/v1/send", `{"to": ["bob@example.com", "eve@example.com"], "subject": "s", "body": "b"}`},
		{http.MethodDelete, "/_mock/inbox/messages/latest", ""},
		{http.MethodPost, "/_mock/clock/freeze", ""},
	} {
		if status, body := r.do(t, c.method, c.path, c.body); status >= http.StatusMultipleChoices {
			t.Fatalf("%s %s: %d %s", c.method, c.path, status, body)
		}
	}
}

// A mail for which the disk has no room for a while does not spoil the file for those that
// come after it, however the server ends.
func TestStateSurvivesADiskThatIsFull(t *testing.T) {
	t.Parallel()
	prlimit, err := exec.LookPath("prlimit")
	if err != nil {
		t.Skip(err)
	}
	file := filepath.Join(t.TempDir(), "state.json")
	c, limited := startProcess(t, "--state", file)
	r := running{ready: limited}
	room := func(most string) {
		t.Helper()
		if said, err := exec.CommandContext(t.Context(), prlimit, "--pid", strconv.Itoa(c.Process.Pid), "--fsize="+most+":").CombinedOutput(); err != nil {
			t.Fatalf("%s: %v", said, err)
		}
	}
	send := func(subject string, size int) {
		t.Helper()
		body := fmt.Sprintf(`{"to": "ada@example.com", "subject": %q, "body": %q}`, subject, strings.Repeat("x", size))
		if status, answer := r.do(t, http.MethodPost, "/v1/send", body); status != http.StatusOK {
			t.Fatalf("%d %s", status, answer)
		}
	}
	send("before", 10)
	room("8192")
	send("while it is full", 20_000)
	room("unlimited")
	send("after", 10)
	_ = c.Process.Kill()
	_ = c.Wait()
	if list := start(t, "--state", file).letters(t, "sk_test"); len(list) != 3 {
		t.Errorf("there are %+v", list)
	}
}

// Mails that come while the file of mails is written anew are in it, however the server ends.
func TestNoMailIsLostWhileOthersAreTakenOut(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.json")
	c, ready := startProcess(t, "--state", file)
	r := running{ready: ready}
	r.do(t, http.MethodPost, "/v1/send", `{"to": "ada@example.com", "subject": "first", "body": "b"}`)
	first := r.letters(t, "sk_test")[0].ID
	if status, body := r.do(t, http.MethodDelete, "/_mock/inbox/messages/"+first, ""); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	written := func() bool { // anew, without the first one
		data, err := os.ReadFile(file + ".mail")
		return err == nil && !strings.Contains(string(data), first)
	}
	sent := 0
	for ; sent < 100 || !written(); sent++ {
		body := fmt.Sprintf(`{"to": "ada@example.com", "subject": "s%d", "body": %q}`, sent, strings.Repeat("x", 10_000))
		if status, answer := r.do(t, http.MethodPost, "/v1/send", body, fmt.Sprint("sk_p", sent%8)); status != http.StatusOK {
			t.Fatalf("%d %s", status, answer)
		}
	}
	_ = c.Process.Kill()
	_ = c.Wait()
	r = start(t, "--state", file)
	subjects := map[string]bool{}
	for i := range 8 {
		for _, m := range r.letters(t, fmt.Sprint("sk_p", i)) {
			subjects[m.Subject] = true
		}
	}
	if left := r.letters(t, "sk_test"); len(subjects) != sent || len(left) != 0 {
		t.Errorf("there are %d of %d, and %d that were deleted", len(subjects), sent, len(left))
	}
}

func TestStateSurvivesARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "state.json")
	fixture := write(t, dir, "test.yml", strings.Replace(shopFixture, "name: shop", "name: test", 1)+
		"      - {name: Later, template: Hi, events: [signed-up], delay: 60}\n")
	args := []string{"--state", file, "--fixtures", fixture, "--seed", "s"}
	r := start(t, args...)
	use(t, r)
	want := exported(t, r)
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		r = start(t, args...)
		if got := exported(t, r); got != want {
			t.Errorf("after a restart:\n%s\nwant\n%s", got, want)
		}
		if err := r.stop(); err != nil {
			t.Fatal(err)
		}
	}
	// It goes on: what was pending is sent, and no ID is given twice.
	r = start(t, args...)
	if _, body := r.do(t, http.MethodPost, "/_mock/clock/advance", `{"by": "1h"}`); !strings.Contains(body, `"ran":1`) {
		t.Error(body)
	}
	_, before := r.do(t, http.MethodGet, "/_mock/inbox/messages", "")
	_, sent := r.do(t, http.MethodPost, "/v1/send", mail)
	id := sent[strings.LastIndex(sent, `"email":"`)+9:]
	if id = id[:36]; strings.Contains(before, id) {
		t.Errorf("the ID %s was given again", id)
	}
	// A reset goes back to the fixture, and is kept too.
	r.do(t, http.MethodPost, "/_mock/reset", "")
	want = exported(t, r)
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if got := exported(t, start(t, args...)); got != want {
		t.Errorf("after a reset and a restart:\n%s\nwant\n%s", got, want)
	}
}

// TestFaultsGoOnAfterARestart holds for those of a project, not for those that the
// server was started with.
func TestFaultsGoOnAfterARestart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.json")
	r := start(t, "--state", file, "--fault", "getContactCount:500")
	r.do(t, http.MethodPost, "/_mock/faults", `{"id": "mine", "fault": "getContacts:501,502,503"}`)
	statuses := func(r running, path string) (codes [2]int) {
		for i := range codes {
			codes[i], _ = r.do(t, http.MethodGet, path, "")
		}
		return codes
	}
	if got := statuses(r, "/v1/contacts/count"); got != [2]int{500, 500} {
		t.Errorf("--fault: %d", got)
	}
	if got := statuses(r, "/v1/contacts"); got != [2]int{501, 502} {
		t.Errorf("the rule of the project: %d", got)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	r = start(t, "--state", file, "--fault", "createContact:504")
	if got := statuses(r, "/v1/contacts/count"); got != [2]int{200, 200} {
		t.Errorf("without the --fault: %d", got)
	}
	if got := statuses(r, "/v1/contacts"); got != [2]int{503, 503} {
		t.Errorf("the rule of the project, gone on: %d", got)
	}
	if code, _ := r.do(t, http.MethodPost, "/v1/contacts", `{"email": "ada@example.com"}`); code != http.StatusGatewayTimeout {
		t.Errorf("the new --fault: %d", code)
	}
}

func TestKilledServerLeavesWholeFiles(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.json")
	for round := range 3 {
		c, ready := startProcess(t, "--state", file)
		r := running{ready: ready}
		for i := range 20 {
			r.do(t, http.MethodPost, "/v1/send", fmt.Sprintf(`{"to": "u%d-%d@example.com", "subject": "s", "body": "b"}`, round, i))
		}
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = c.Wait()
	}
	r := start(t, "--state", file)
	if _, body := r.do(t, http.MethodGet, "/_mock/inbox/messages?limit=0", ""); !strings.Contains(body, `"total":60`) {
		t.Errorf("a mail whose call had been answered is lost: %s", body)
	}
}

func TestTornLastMailIsDropped(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.json")
	r := start(t, "--state", file)
	for range 3 {
		r.do(t, http.MethodPost, "/v1/send", mail)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file + ".mail")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(data), "\n")
	write(t, filepath.Dir(file), "state.json.mail", lines[0]+lines[1]+lines[2][:len(lines[2])-20])
	r = start(t, "--state", file)
	if _, body := r.do(t, http.MethodGet, "/_mock/inbox/messages?limit=0", ""); !strings.Contains(body, `"total":2`) {
		t.Error(body)
	}
	if !strings.Contains(r.stderr.String(), "cut off") {
		t.Errorf("the log does not tell:\n%s", r.stderr)
	}
}

func TestUnreadableStateIsNotOverwritten(t *testing.T) {
	t.Parallel()
	good := `{"version": 1, "projects": [{"name": "test"}]}`
	for _, c := range []struct{ state, mails, want string }{
		{good[:20], "", "state.json:1"},
		{`{"version": 1, "projects": [{"nome": "test"}]}`, "", "projects[0].nome"},
		{good, "{}\n", "state.json.mail:1"},
		{good, "rubbish\n{}\n", "state.json.mail:1"},
	} {
		dir := t.TempDir()
		file, mails := write(t, dir, "state.json", c.state), write(t, dir, "state.json.mail", c.mails)
		var stdout, stderr bytes.Buffer
		err := run(t.Context(), []string{"--port", "0", "--state", file}, environment(), &stdout, &stderr)
		if code := exit(err, &stderr); code != exitFixture || !strings.Contains(stderr.String(), c.want) {
			t.Errorf("%q: exit code %d, %s; want it to say %s", c.state, code, &stderr, c.want)
		}
		state, _ := os.ReadFile(file)
		lines, _ := os.ReadFile(mails)
		if string(state) != c.state || string(lines) != c.mails {
			t.Errorf("%q became %q, and %q became %q", c.state, state, c.mails, lines)
		}
	}
}
