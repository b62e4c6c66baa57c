package inbox_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/plunkmock/plunkmock/inbox"
)

func TestSourceIsReadWhenSomeoneAsks(t *testing.T) {
	t.Parallel()
	var reads atomic.Int32
	source := &inbox.Source{Bytes: []byte("Subject: x\n\nbare\rlines\x00"), Read: func(b []byte) inbox.Content {
		reads.Add(1)
		return inbox.Content{
			Header: []inbox.Field{{Name: "Subject", Value: "x"}}, HTML: "<p>Hi <b>there</b></p>", HasHTML: true,
			Attachments: []inbox.Attachment{{Filename: "a"}}, Warnings: []string{string(b[:7]) + " is odd"}, Cc: []inbox.Address{{Address: "c@x.test"}},
		}
	}}
	var b inbox.Box
	for _, id := range []string{"a", "b"} { // two recipients
		m := small(id, "")
		m.Source, m.Warnings = source, []string{"first"}
		b.Add(m)
	}
	r, _ := b.Get("a")
	if string(r.Raw()) != "Subject: x\n\nbare\rlines\x00" || r.Size() != 23 || reads.Load() != 0 {
		t.Errorf("the source is %q, %d bytes, read %d times", r.Raw(), r.Size(), reads.Load())
	}
	other, _ := b.Get("b")
	html, ok := other.Body()
	says := fmt.Sprint(r.Text(), r.PreviewLine(), html, ok, len(r.Files()), len(r.Header()), r.Copies(), len(r.Replies()))
	if want := "Hi there" + "Hi there" + "<p>Hi <b>there</b></p>" + "true 1 1 [c@x.test] 0"; says != want {
		t.Errorf("it says %s, want %s", says, want)
	}
	if notes := strings.Join(r.Notes(), ", "); notes != "first, Subject is odd" {
		t.Errorf("the notes are %s", notes)
	}
	if reads.Load() != 1 {
		t.Errorf("it was read %d times", reads.Load())
	}
}

func TestSourceWithATextAlone(t *testing.T) {
	t.Parallel()
	m := small("a", "")
	m.Source = &inbox.Source{Read: func([]byte) inbox.Content { return inbox.Content{Text: "Hi\n there"} }}
	if html, ok := m.Body(); ok || html != "" || m.Text() != "Hi\n there" || m.Preview() != "Hi there" {
		t.Errorf("it says %q, %q", m.Text(), m.Preview())
	}
}

func TestSourceThatNoOneReads(t *testing.T) {
	t.Parallel()
	m := small("a", "")
	m.Source = &inbox.Source{Bytes: []byte("x")}
	if notes := m.Notes(); len(notes) != 1 || m.Text() != "" || string(m.Raw()) != "x" {
		t.Errorf("the notes are %q", notes)
	}
}
