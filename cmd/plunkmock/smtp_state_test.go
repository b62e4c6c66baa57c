package main

import (
	"encoding/json"
	"net/http"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"testing"

	diff "github.com/google/go-cmp/cmp"
)

// What was told to be there is there after a restart, and the recipients of a message
// share its bytes in the file.
func TestMailBySMTPOutlivesARestart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state")
	r := start(t, "--state", file)
	c := dialSMTP(t, *r.ready.SMTP)
	big := note + strings.Repeat("x", 900) + "\r\n"
	to := []string{"a@x.test", "b@x.test", "c@x.test"}
	for range 2 {
		if _, err := deliver(c, "shop@example.com", to, big); err != nil {
			t.Fatal(err)
		}
	}
	_ = c.Close()
	checkShared(t, file+".mail")
	before := r.letters(t, "sk_test")
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	checkShared(t, file+".mail")
	r = start(t, "--state", file)
	if d := diff.Diff(before, r.letters(t, "sk_test")); d != "" || len(before) != 6 {
		t.Error(d)
	}
	checkLetters(t, r, "sk_test", big)
	_, state := r.do(t, http.MethodGet, "/_mock/state?messages=true", "")
	if status, body := r.do(t, http.MethodPut, "/_mock/state", state, "sk_copy"); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	checkLetters(t, r, "sk_copy", big)
}

// checkShared tells whether two messages to three recipients each have their bytes in
// a file once.
func checkShared(t *testing.T, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil || strings.Count(string(data), `"Bytes"`) != 2 || strings.Count(string(data), `"sourceAbove":true`) != 4 {
		t.Errorf("%v, %s", err, data)
	}
}

// checkLetters tells whether all mails of a project have a source, and what it says.
func checkLetters(t *testing.T, r running, key, source string) {
	t.Helper()
	list := r.letters(t, key)
	if len(list) != 6 {
		t.Errorf("%s has %d mails", key, len(list))
	}
	for _, m := range list {
		var got letter
		r.get(t, "/_mock/inbox/messages/"+m.ID, key, &got)
		_, raw := r.do(t, http.MethodGet, "/_mock/inbox/messages/"+m.ID+"/raw", "", key)
		if raw != source || !strings.Contains(got.Text, "Hello {{name}}") || len(got.Envelope.RcptTo) != 3 {
			t.Errorf("%+v %q", got, raw)
		}
	}
}

// The server stops while eight clients send. Each mail that had its 250 is in the file,
// and none is there twice.
func TestNoMailIsLostByAStop(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state")
	r := start(t, "--state", file)
	outcomes := make(chan []string, 8)
	started := make(chan struct{}, 8)
	for range 8 {
		c := dialSMTP(t, *r.ready.SMTP)
		go func() { outcomes <- flood(c, started) }()
	}
	<-started
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	kept := mailsIn(t, file+".mail")
	told := 0
	for range 8 {
		ids := <-outcomes
		told += len(ids)
		for _, id := range ids {
			if kept[id] != 1 {
				t.Errorf("%s had its 250, and is in the file %d times", id, kept[id])
			}
		}
	}
	if told < 50 || len(kept) < told {
		t.Errorf("%d mails had their 250, %d are kept", told, len(kept))
	}
}

// flood sends mails until that fails, and returns the IDs that it was told. started
// hears when it is well under way.
func flood(c *smtp.Client, started chan<- struct{}) (ids []string) {
	for {
		reply, err := deliver(c, "shop@example.com", []string{"ada@example.com"}, note)
		if err != nil {
			return ids
		}
		if ids = append(ids, strings.TrimPrefix(reply, "2.0.0 Ok: queued as ")); len(ids) == 50 {
			started <- struct{}{}
		}
	}
}

// mailsIn counts the mails in a file by their IDs.
func mailsIn(t *testing.T, file string) map[string]int {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for line := range strings.Lines(string(data)) {
		var m struct{ Message *struct{ ID string } }
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		if m.Message != nil {
			count[m.Message.ID]++
		}
	}
	return count
}
