package inbox_test

import (
	"bytes"
	"fmt"
	"mime/quotedprintable"
	"runtime"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/inbox/smtp"
)

// receivedBoxOf fills a box with n mails of 2 KB that came in by SMTP, as nodemailer
// makes them: a text part and an HTML part, quoted-printable. Their texts are those of
// boxOf.
func receivedBoxOf(n int) *inbox.Box {
	from := boxOf(n)
	b := new(inbox.Box)
	for i, r := range from.After("") {
		text := r.Text()
		text = text[:min(len(text), 700)]
		source := bytes.NewBufferString(strings.ReplaceAll(fmt.Sprintf(`From: "Shop" <shop@example.com>
To: %s
Subject: %s
Message-ID: <%08x-5f1c-9d2a-7b3e-0123456789ab@example.com>
Date: Tue, 01 Jan 2030 12:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/alternative;
 boundary="--_NmP-%08x-Part_1"

`, r.To[0].Address, r.Subject, i, i), "\n", "\r\n"))
		for _, part := range [][2]string{{"plain", text}, {"html", "<p>" + strings.ReplaceAll(text, "\n", "</p>\n<p style=\"margin:0\">") + "</p>"}} {
			fmt.Fprintf(source, "----_NmP-%08x-Part_1\r\nContent-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", i, part[0])
			w := quotedprintable.NewWriter(source)
			_, _ = w.Write([]byte(part[1]))
			_ = w.Close()
			source.WriteString("\r\n")
		}
		fmt.Fprintf(source, "----_NmP-%08x-Part_1--\r\n", i)
		b.Add(&inbox.Message{
			ID: r.ID, Kind: inbox.SMTP, Time: noon, From: r.From, To: r.To, Subject: r.Subject,
			Source: &inbox.Source{Bytes: bytes.Clone(source.Bytes()), Envelope: session(i, r.To[0].Address), Read: smtp.Read},
		})
	}
	return b
}

// session is what brought a mail, with a transcript of 14 lines of about 40 bytes.
func session(i int, to string) inbox.Envelope {
	e := inbox.Envelope{MailFrom: "shop@example.com", RcptTo: []string{to}, EHLO: "app.example.com"}
	for line := range 14 {
		e.Transcript = append(e.Transcript, fmt.Sprintf("> line %02d of the session that brought %05d", line, i))
	}
	return e
}

// makers make boxes of mails of 2 KB.
func makers() map[string]func(int) *inbox.Box {
	return map[string]func(int) *inbox.Box{"composed": boxOf, "received": receivedBoxOf}
}

// BenchmarkMemory10000 tells what 10,000 mails of 2 KB hold: after capture, and once
// they have been read and searched.
func BenchmarkMemory10000(b *testing.B) {
	for name, fill := range makers() {
		b.Run(name, func(b *testing.B) {
			var captured, indexed uint64
			for b.Loop() {
				before := heap()
				box := fill(10_000)
				captured = heap() - before
				for _, r := range box.After("") {
					look(r)
				}
				searchAll(b, box)
				indexed = heap() - before
				runtime.KeepAlive(box)
			}
			b.ReportMetric(float64(captured)/1e6, "MB-captured")
			b.ReportMetric(float64(indexed)/1e6, "MB-indexed")
		})
	}
}

// look asks for what a summary of a mail tells.
func look(r inbox.Record) {
	_, _, _ = r.PreviewLine(), r.Size(), r.Files()
}

// BenchmarkNewest50Of10000 lists the newest mails with what their summaries tell, when
// no one has looked at them and when someone has.
func BenchmarkNewest50Of10000(b *testing.B) {
	for name, fill := range makers() {
		box := fill(10_000)
		runtime.GC()
		b.Run(name+" seen", func(b *testing.B) {
			for b.Loop() {
				for _, r := range box.List(inbox.Filter{}, 50).Messages {
					look(r)
				}
			}
		})
		b.Run(name+" unseen", func(b *testing.B) {
			before := ""
			for b.Loop() {
				if before == "" {
					b.StopTimer()
					box = fill(10_000)
					runtime.GC()
					b.StartTimer()
				}
				page := box.List(inbox.Filter{Before: before}, 50)
				for _, r := range page.Messages {
					look(r)
				}
				before = page.Next
			}
		})
	}
}
