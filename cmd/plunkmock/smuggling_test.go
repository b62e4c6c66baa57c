package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// What some servers take for the end of a message is none: one message comes of it, with
// all its bytes, and the session stays in step.
func TestSmugglingMakesOneMessage(t *testing.T) {
	t.Parallel()
	const second = "MAIL FROM:<evil@x.test>\r\nRCPT TO:<v@x.test>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n"
	r := start(t)
	c := dialSession(t, *r.ready.SMTP)
	for i, end := range []string{
		"\n.\n", "\n.\r\n", "\r.\r\n", "\r.\r", "\r\n.\n", "\r\n.\r", "\n.\r", "\r.\n", "\n\n.\n\n", "\r\r\n.\r\r\n",
		"\n\r.\r\n", "\r\n\x00.\r\n", "\r\n.\x00\r\n", "\r\n. \r\n", "\r\n..\r\n", "\x00\r\n.\r\r\n", "\n.\r\n.\n", "\r\n\u2028.\r\n", "\x85.\x85",
	} {
		c.begin(t, "ada@example.com")
		_, _ = io.WriteString(c, "Subject: one\r\n\r\nbody"+end+second+".\r\n")
		reply := c.reads(t, "250 2.0.0 Ok: queued as ")
		c.says(t, "NOOP", "250")
		want := "Subject: one\r\n\r\nbody" + strings.ReplaceAll(end, "\r\n.", "\r\n") + second
		raw := r.show(t, "/messages/"+strings.TrimPrefix(reply, "250 2.0.0 Ok: queued as ")+"/raw")
		if n := len(r.letters(t, "sk_test")); n != i+1 || string(raw.body) != want {
			t.Errorf("%q: %d messages of %d, the last is %q", end, n, i+1, raw.body)
		}
	}
}

// Of a message that is too big nothing is kept, and nothing in it is a command, however
// it is written.
func TestCommandsInWhatIsTooBigAreNone(t *testing.T) {
	t.Parallel()
	r := start(t, "--max-smtp", "1MB")
	for _, end := range []string{"\n.\r\n", "\r\n.\n", "\n.\n", "\r\n..\r\n", "\r.\r\n"} {
		c := dialSession(t, *r.ready.SMTP)
		c.begin(t, "ada@example.com")
		evil := end + "RSET\r\nMAIL FROM:<evil@x.test>\r\nRCPT TO:<v@x.test>\r\nDATA\r\nSubject: hidden\r\n\r\nx" + end + "QUIT\r\n"
		_, _ = io.WriteString(c, strings.Repeat(strings.Repeat("x", 70)+"\r\n", 14_000)+strings.Repeat(evil, 5000)+"\r\n.\r\n")
		c.reads(t, "552 5.3.4")
		c.says(t, "NOOP", "250")
		c.says(t, "DATA", "503")
		c.send(t, "ada@example.com", []byte("Subject: after it\r\n\r\n"+end+"\r\n"))
		c.says(t, "QUIT", "221")
	}
	list := r.letters(t, "sk_test")
	for _, m := range list {
		if m.Subject != "after it" {
			t.Errorf("%q came through", m.Subject)
		}
	}
	if len(list) != 5 {
		t.Errorf("%d messages", len(list))
	}
}

// 64 MB of one line are refused, or taken and kept whole where there is room.
func TestSixtyFourMegabytesOfOneLine(t *testing.T) {
	t.Parallel()
	const size = 64 << 20
	chunk := bytes.Repeat([]byte("x"), 1<<20)
	for _, test := range []struct {
		args []string
		want string
	}{{nil, "552 5.3.4"}, {[]string{"--max-smtp", "100MB"}, "250"}} {
		r := start(t, test.args...)
		c := dialSession(t, *r.ready.SMTP)
		c.begin(t, "ada@example.com")
		for range size / len(chunk) {
			_, _ = c.Write(chunk)
		}
		_, _ = io.WriteString(c, "\r\n.\r\n")
		c.reads(t, test.want)
		c.says(t, "NOOP", "250")
		if test.want != "250" {
			if list := r.letters(t, "sk_test"); len(list) != 0 {
				t.Errorf("it was taken: %+v", list)
			}
			continue
		}
		raw := r.show(t, "/messages/latest/raw")
		if len(raw.body) != size+2 || bytes.Count(raw.body, []byte("x")) != size {
			t.Errorf("%d bytes came back", len(raw.body))
		}
		var m struct{ Warnings []string }
		if r.sees(t, "/messages/latest", &m); len(m.Warnings) == 0 {
			t.Error("nothing is said of what is not told")
		}
	}
}
