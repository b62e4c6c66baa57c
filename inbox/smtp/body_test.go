package smtp_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/inbox/smtp"
)

// A message ends at CRLF.CRLF, whatever else looks like it.
func TestOnlyCRLFDotCRLFEndsAMessage(t *testing.T) {
	t.Parallel()
	const second = "MAIL FROM:<evil@x.test>\r\nRCPT TO:<v@x.test>\r\nDATA\r\nSubject: two\r\n\r\nx\r\n"
	for _, end := range []string{
		"\n.\n", "\n.\r\n", "\r.\r\n", "\r.\r", "\r\n.\n", "\r\n.\r", "\n.\r", "\r.\n", "\n\n.\n\n", "\r\r\n.\r\r\n",
		"\n\r.\r\n", "\r\n\x00.\r\n", "\r\n.\x00\r\n", "\r\n. \r\n", "\r\n..\r\n", "\x00\r\n.\r\r\n", "\n.\r\n.\n",
	} {
		t.Run(fmt.Sprintf("%q", end), func(t *testing.T) {
			t.Parallel()
			r := start(t, smtp.Config{})
			c := r.inData(t)
			c.say("Subject: one\r\n\r\nbody" + end + second + ".\r\n")
			c.reads("250 2.0.0 Ok: queued as m1")
			c.want("NOOP", "250")
			c.want("QUIT", "221")
			c.gone()
			want := "Subject: one\r\n\r\nbody" + strings.ReplaceAll(end, "\r\n.", "\r\n") + second
			if got := r.only(t).data; got != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

// The end may come in any pieces.
func TestMessageInPieces(t *testing.T) {
	t.Parallel()
	r := start(t, smtp.Config{})
	c := r.inData(t)
	for _, b := range []byte("..a\r\n.\n\r\n\n.\r\nb\r\n.\r\n") {
		c.say(string(b))
	}
	c.reads("250")
	if got, want := r.only(t).data, ".a\r\n\n\r\n\n.\r\nb\r\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A line's CR and LF, and its dot, may stand on the two sides of any buffer.
func TestLongLinesArriveByteForByte(t *testing.T) {
	t.Parallel()
	r := start(t, smtp.Config{})
	c := r.hello(t)
	for n := 16<<10 - 4; n <= 16<<10+4; n++ {
		c.begin()
		long := strings.Repeat("x", n)
		c.say(long + "\r\n..dot\r\n" + long + "\n.\r\n\r\n.\r\n")
		c.reads("250")
		mails := r.all()
		if got, want := mails[len(mails)-1].data, long+"\r\n.dot\r\n"+long+"\n.\r\n\r\n"; got != want {
			t.Errorf("%d: %d bytes, want %d", n, len(got), len(want))
		}
	}
}

func TestEmptyAndBinaryMessages(t *testing.T) {
	t.Parallel()
	r := start(t, smtp.Config{})
	c := r.hello(t)
	var binary strings.Builder
	for b := range 256 {
		binary.WriteByte(byte(b))
	}
	for _, body := range []string{"", "\r\n", "\n\r\n", "bare\nlines\n\r\n", binary.String() + "\r\n", "Received: by me\r\n\tand me\r\n\r\nx\r\n"} {
		c.begin()
		c.say(body + ".\r\n")
		c.reads("250")
		mails := r.all()
		if got := mails[len(mails)-1].data; got != body {
			t.Errorf("got %q, want %q", got, body)
		}
	}
}

// What is beyond the limit is read past, and nothing of it is a command.
func TestTooBig(t *testing.T) {
	t.Parallel()
	r := start(t, smtp.Config{MaxSize: 1000})
	c := r.hello(t)
	c.want("MAIL FROM:<a@b.test> SIZE=1001", "552 5.3.4")
	c.want("MAIL FROM:<a@b.test> SIZE=99999999999999999999", "552 5.3.4")
	c.begin()
	evil := "RSET\r\nMAIL FROM:<evil@x.test>\r\nRCPT TO:<v@x.test>\r\nDATA\r\nhidden\r\n\n.\n"
	c.say(strings.Repeat(strings.Repeat("x", 70)+"\r\n", 200) + strings.Repeat(evil, 100) + strings.Repeat("y", 200_000) + "\r\n.\r\n")
	c.reads("552 5.3.4")
	c.want("RCPT TO:<c@d.test>", "503")
	c.begin()
	c.say(strings.Repeat("z", 998) + "\r\n.\r\n")
	c.reads("250 2.0.0 Ok: queued as m1")
	c.begin()
	c.say(strings.Repeat("z", 999) + "\r\n.\r\n")
	c.reads("552 5.3.4")
	if got := len(r.only(t).data); got != 1000 {
		t.Errorf("%d bytes", got)
	}
}

// Most clients listen when they have sent all: one that sends 100 MB hears why they were
// refused, and goes on.
func TestFarTooBig(t *testing.T) {
	t.Parallel()
	r := start(t, smtp.Config{MaxSize: 1000})
	c := r.inData(t)
	chunk := bytes.Repeat([]byte(strings.Repeat("x", 998)+"\r\n"), 1000)
	for range 100 {
		if _, err := c.Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	c.say(".\r\n")
	c.reads("552 5.3.4")
	c.want("NOOP", "250")
}

// A body of one line without end is not held in memory, and neither is a command.
func TestEndlessLines(t *testing.T) { //nolint:paralleltest // it looks at the memory of the process
	r := start(t, smtp.Config{MaxSize: 1 << 20})
	var before, after runtime.MemStats
	c := r.inData(t)
	d := r.hello(t)
	chunk := bytes.Repeat([]byte("x"), 64<<10)
	runtime.ReadMemStats(&before)
	for range 1024 - 8 {
		_, _ = c.Write(chunk)
	}
	c.say("\r\n.\r\n")
	c.reads("552 5.3.4")
	for range 10 {
		_, _ = d.Write(chunk)
	}
	d.want("", "500 5.5.2")
	d.want("NOOP", "250")
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
		t.Errorf("%d bytes were allocated", used)
	}
	for range 1024 {
		if _, err := c.Write(chunk); err != nil {
			return // the session was given up
		}
	}
	t.Error("a command of 64 MB was read")
}

func TestBodyWithoutEnd(t *testing.T) {
	t.Parallel()
	r := start(t, smtp.Config{MaxSize: 1000})
	c := r.inData(t)
	line := []byte(strings.Repeat(strings.Repeat("x", 998)+"\r\n", 64))
	for range 4096 {
		if _, err := c.Write(line); err != nil {
			if len(r.all()) != 0 {
				t.Error("it was delivered")
			}
			return
		}
	}
	t.Error("256 MB of a message of at most 1,000 bytes were read")
}
