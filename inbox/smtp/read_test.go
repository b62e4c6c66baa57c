package smtp_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/inbox/smtp"
	"github.com/plunkmock/plunkmock/inbox/smtp/testdata/hostile"
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
	if got, _ := m.ShownBody(false); strings.TrimSpace(got) != `<base target="_blank"><img src="data:image/gif;base64,R0lGODlhAQ==">` {
		t.Errorf("it is shown as %s, with the attachments %+v", got, m.Files())
	}
}

// TestReadOfHostileMails asks that nothing is lost without a word, and that it ends soon:
// the bound is far beyond what it takes.
func TestReadOfHostileMails(t *testing.T) {
	t.Parallel()
	for _, m := range hostile.Mails() {
		mail := m.Data(100_000, "x.test")
		start := time.Now()
		c := smtp.Read(mail)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s: took %v", m.Name, took)
		}
		_, body, _ := bytes.Cut(mail, []byte("\r\n\r\n"))
		body = bytes.Trim(body, "=\r\n ") // what says nothing in any encoding
		if c.Text == "" && !c.HasHTML && len(c.Attachments) == 0 && len(c.Warnings) == 0 && len(body) > 0 {
			t.Errorf("%s: nothing is said of it, and not why: %+v", m.Name, c)
		}
		for _, a := range c.Attachments {
			if strings.ContainsAny(a.Filename, "/\\\r\n\x00") {
				t.Errorf("%s: a file is named %q", m.Name, a.Filename)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(crlf(mixed))
	for _, m := range hostile.Mails() {
		if mail := m.Data(2000, "x.test"); len(mail) < 4000 {
			f.Add(mail)
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

// TestTheDeclaredCharsetCounts: a mail program does not guess either. The text is one
// of which a guess would be sure.
func TestTheDeclaredCharsetCounts(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("Grüße aus Köln, schöne Äpfel für müde Füße. ", 10)
	c := smtp.Read([]byte("Content-Type: text/plain; charset=iso-8859-1\r\n\r\n" + text))
	if !strings.HasPrefix(c.Text, "GrÃ¼ÃŸe aus KÃ¶ln") && !strings.HasPrefix(c.Text, "GrÃ¼Ã\u009fe aus KÃ¶ln") || c.Warnings != nil {
		t.Errorf("declared to be ISO-8859-1 it reads %.40q, %q", c.Text, c.Warnings)
	}
	c = smtp.Read([]byte("Content-Type: text/plain\r\n\r\n" + text))
	if !strings.HasPrefix(c.Text, "Grüße aus Köln") {
		t.Errorf("not declared it reads %.40q", c.Text)
	}
}
