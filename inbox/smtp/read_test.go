package smtp_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/inbox/smtp"
)

// crlf makes the lines of a text those of a mail.
func crlf(text string) []byte { return []byte(strings.ReplaceAll(text, "\n", "\r\n")) }

const mixed = `From: =?utf-8?q?J=C3=B6rg?= <joerg@example.com>
To: ada@example.com
Reply-To: Support <help@example.com>, sales@example.com
Cc: bob@example.com
Subject: =?iso-8859-1?Q?Gr=FC=DFe?=
 =?iso-8859-1?Q?_an_alle?=
X-Folded: one
	two
X-Twice: 1
X-Twice: 2
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe
--inner
Content-Type: text/html; charset=utf-8

<p>Grüße <img src="cid:logo"></p>
--inner--
--outer
Content-Type: image/png; name="logo.png"
Content-Disposition: inline; filename="logo.png"
Content-ID: <logo>
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--outer
Content-Type: application/pdf
Content-Disposition: attachment; filename*=utf-8''..%2F..%2Fetc%2Fr%C3%A9sum%C3%A9.pdf
Content-Transfer-Encoding: base64

AAECAw==
--outer--
`

func TestReadTellsWhatIsInAMail(t *testing.T) {
	t.Parallel()
	got := smtp.Read(crlf(mixed))
	want := inbox.Content{
		Header: []inbox.Field{
			{Name: "From", Value: "Jörg <joerg@example.com>"},
			{Name: "To", Value: "ada@example.com"},
			{Name: "Reply-To", Value: "Support <help@example.com>, sales@example.com"},
			{Name: "Cc", Value: "bob@example.com"},
			{Name: "Subject", Value: "Grüße an alle"},
			{Name: "X-Folded", Value: "one two"},
			{Name: "X-Twice", Value: "1"},
			{Name: "X-Twice", Value: "2"},
			{Name: "MIME-Version", Value: "1.0"},
			{Name: "Content-Type", Value: "multipart/mixed; boundary=outer"},
		},
		ReplyTo: []inbox.Address{{Name: "Support", Address: "help@example.com"}, {Address: "sales@example.com"}},
		Cc:      []inbox.Address{{Address: "bob@example.com"}},
		HTML:    "<p>Grüße <img src=\"cid:logo\"></p>", HasHTML: true,
		Text: "Grüße",
		Attachments: []inbox.Attachment{
			{Filename: "résumé.pdf", ContentType: "application/pdf", Bytes: []byte{0, 1, 2, 3}},
			{Filename: "logo.png", ContentType: "image/png", ContentID: "logo", Inline: true, Bytes: []byte("\x89PNG\r\n\x1a\n")},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRelatedImageIsShown is of a mail as mail programs write it: the image has neither
// a name nor a disposition.
func TestRelatedImageIsShown(t *testing.T) {
	t.Parallel()
	const related = `Subject: x
MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary=b

--b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<img src=3D"cid:part1.0A@example.com">
--b
Content-Type: image/gif
Content-Transfer-Encoding: base64
Content-Id: <part1.0A@example.com>

R0lGODlhAQ==
--b--
`
	m := &inbox.Message{Source: &inbox.Source{Bytes: crlf(related), Read: smtp.Read}}
	if got, _ := m.InlinedBody(); strings.TrimSpace(got) != `<img src="data:image/gif;base64,R0lGODlhAQ==">` {
		t.Errorf("it is shown as %s, with the attachments %+v", got, m.Files())
	}
}

// hostile are mails that broke others.
func hostile() map[string]string {
	parts := func(n int) string {
		return "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\nContent-Type: text/plain\n\nx\n", n) + "--b--\n"
	}
	nested := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
		}
		return b.String() + "\nx\n"
	}
	return map[string]string{
		"nothing":                     "",
		"one line":                    "x",
		"no header":                   "\nbody",
		"header alone":                "Subject: x\n",
		"zero bytes":                  "Subject: a\x00b\nFrom: \x00\n\n\x00\x00",
		"no boundary":                 "Content-Type: multipart/mixed\n\n--x\n\ny\n--x--\n",
		"empty boundary":              "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\ny\n----\n",
		"boundary never closed":       "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nhello",
		"bad base64":                  "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!!!###\naGVsbG8\n",
		"unknown charset":             "Content-Type: text/plain; charset=klingon\n\nhi\n",
		"unknown encoding":            "Content-Type: text/plain\nContent-Transfer-Encoding: rot13\n\nhi\n",
		"bad content type":            "Content-Type: ;;;=\n\nhi\n",
		"header junk":                 "Subject: ok\nthis is junk\n: nameless\n =continued\n\nhi\n",
		"huge field":                  "X: " + strings.Repeat("y", 2<<20) + "\n\nhi\n",
		"folded a million times":      "X: y\n" + strings.Repeat(" z\n", 1<<20) + "\nhi\n",
		"ten thousand fields":         strings.Repeat("X: y\n", 10_000) + "\nhi\n",
		"encoded words without end":   "Subject: =?utf-8?q?" + strings.Repeat("=C3", 10_000) + "\n\nhi\n",
		"many encoded words":          "Subject: " + strings.Repeat("=?utf-8?q?a?= ", 20_000) + "\n\nhi\n",
		"ten thousand parts":          parts(10_000),
		"nine hundred parts":          parts(900),
		"five thousand deep":          nested(5000),
		"ninety deep":                 nested(90),
		"message in a message":        strings.Repeat("Content-Type: message/rfc822\n\n", 1000) + "x\n",
		"one line of megabytes":       "Subject: x\n\n" + strings.Repeat("x", 8<<20),
		"a script in every place":     "Subject: <script>alert(1)</script>\nFrom: \"<script>\" <a@b.test>\nContent-Type: text/html\n\n<script>alert(1)</script>\n",
		"a path for a name":           "Content-Type: application/octet-stream; name=\"..\\\\..\\\\x\"\nContent-Disposition: attachment; filename=\"/etc/passwd\"\n\nx\n",
		"an emoji for a name":         "Content-Disposition: attachment; filename=\"💥.png\"\nContent-Type: image/png\n\nx\n",
		"bare LF and CR":              "Subject: x\r\rFrom: y\n\nbody\rmore\n",
		"overlong UTF-8":              "Subject: \xc0\xaf\xff\n\n\xc0\xaf\n",
		"utf-7":                       "Content-Type: text/html; charset=utf-7\n\n+ADw-script+AD4-\n",
		"fields twice":                "From: a@b.test\nFrom: c@d.test\nSubject: 1\nSubject: 2\n\nx\n",
		"quoted-printable broken":     "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n=ZZ=\n=",
		"uuencode":                    "Content-Type: text/plain\nContent-Transfer-Encoding: uuencode\n\nbegin 644 x\nM\nend\n",
		"boundary in the header only": "Content-Type: multipart/alternative; boundary=b\n\n",
	}
}

// TestReadOfHostileMails only asks that it ends soon, and that nothing is lost
// without a word. The bound is far beyond what it takes.
func TestReadOfHostileMails(t *testing.T) {
	t.Parallel()
	for name, mail := range hostile() {
		start := time.Now()
		c := smtp.Read(crlf(mail))
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		if c.Text == "" && !c.HasHTML && len(c.Attachments) == 0 && len(c.Warnings) == 0 && strings.Contains(mail, "\n\n") && !strings.HasSuffix(mail, "\n\n") {
			t.Errorf("%s: nothing is said of it, and not why: %+v", name, c)
		}
		for _, a := range c.Attachments {
			if strings.ContainsAny(a.Filename, `/\`) {
				t.Errorf("%s: a file is named %q", name, a.Filename)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(crlf(mixed))
	for _, mail := range hostile() {
		if len(mail) < 4096 {
			f.Add(crlf(mail))
		}
	}
	f.Fuzz(func(t *testing.T, mail []byte) {
		before := bytes.Clone(mail)
		first, second := smtp.Read(mail), smtp.Read(mail)
		if diff := cmp.Diff(first, second); diff != "" {
			t.Errorf("read twice:\n%s", diff)
		}
		if !bytes.Equal(before, mail) {
			t.Error("the source was changed")
		}
	})
}

func BenchmarkRead2KB(b *testing.B) {
	mail := crlf(mixed + strings.Repeat("x", 1000))
	b.SetBytes(int64(len(mail)))
	for b.Loop() {
		smtp.Read(mail)
	}
}
