package inbox_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox"
)

func TestSubjectComesBackAsItWas(t *testing.T) {
	t.Parallel()
	for _, subject := range []string{
		"", "Hello", "Hello, \"you\" <there>", strings.Repeat("x", 10_000), strings.Repeat("hello you ", 1000) + "!",
		"Grüße aus Köln", strings.Repeat("日本語 ", 300) + "!", "👩‍👩‍👧‍👦 🎉", strings.Repeat("🎉", 100), "=?utf-8?q?x?=", "two  spaces", " around ", "\ttab",
		strings.Repeat("x", 70), strings.Repeat("x", 71), "Re: " + strings.Repeat("x", 69) + " y", "a=?b",
	} {
		m := letter()
		m.Subject = subject
		if got := parse(t, m).decoded(t, "Subject"); got != subject {
			t.Errorf("got  %.200q\nwant %.200q", got, subject)
		}
	}
}

func TestDisplayNamesComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"", "Ada", "Ada Lovelace", "Lovelace, Ada", `Ada "the Countess" Lovelace`, `back\slash`, "Zoë", "Zoë, Ü", "日本語", "🎉", "a@b", "x (y)", "J. R. Doe",
		strings.Repeat("long name ", 60) + "!", strings.Repeat("n", 700), strings.Repeat("ü", 400), "=?utf-8?q?x?=", "two  spaces",
	} {
		m := letter()
		want := []inbox.Address{{name, "ada@x.test"}, {"Bob", "bob@x.test"}}
		m.From, m.To, m.Cc, m.ReplyTo = want[0], want, want, want
		p := parse(t, m)
		for _, field := range []string{"From", "To", "Cc", "Reply-To"} {
			list, err := p.header.AddressList(field)
			if err != nil {
				t.Errorf("%s: %v in %q", field, err, p.header.Get(field))
			}
			got := make([]inbox.Address, len(list))
			for i, a := range list {
				got[i] = inbox.Address{a.Name, a.Address}
			}
			if diff := cmp.Diff(want[:len(got)], got); diff != "" || len(got) == 0 {
				t.Errorf("%s (-want +got):\n%s", field, diff)
			}
		}
	}
}

func TestCustomFieldsComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	link := "<https://x.test/unsubscribe?token=" + strings.Repeat("a", 200) + ">, <mailto:out@x.test>"
	m := letter()
	m.Headers = []inbox.Field{
		{"X-Token", strings.Repeat("t", 2000)},
		{"X-Umlaut", "schöne Grüße"},
		{"List-Unsubscribe", link},
		{"X-Empty", ""},
		{"X-Spaces", "a   b"},
		{"X-" + strings.Repeat("n", 898), strings.Repeat("v", 900)},
	}
	p := parse(t, m)
	for _, f := range m.Headers {
		if got := p.decoded(t, f.Name); got != f.Value {
			t.Errorf("%.50s: got %q, want %q", f.Name, got, f.Value)
		}
	}
	if got := p.header.Get("List-Unsubscribe"); got != link {
		t.Errorf("a link must stand as it is, for programs that decode nothing; got %q", got)
	}
}

func TestCustomReplyToReplacesOurs(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"custom@x.test":               "<custom@x.test>",
		"Custom <custom@x.test>":      `"Custom" <custom@x.test>`,
		"Jürgen, <j@x.test>":          "",
		"Jürgen <j@x.test>, b@x.test": "=?utf-8?q?J=C3=BCrgen?= <j@x.test>, <b@x.test>",
	} {
		m := letter()
		m.ReplyTo = []inbox.Address{{Address: "ours@x.test"}}
		m.Headers = []inbox.Field{{"reply-to", value}, {"Reply-To", "second@x.test"}}
		p := parse(t, m)
		if got := p.header["Reply-To"]; len(got) != 1 {
			t.Errorf("Reply-To stands %d times: %q", len(got), got)
		}
		list, _ := p.header.AddressList("Reply-To")
		var got []string
		for _, a := range list {
			got = append(got, a.String())
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: got %q, want %q", value, got, want)
		}
	}
}

func TestHTMLComesBackAsItWas(t *testing.T) {
	t.Parallel()
	for _, html := range []string{
		"", "<p>Hello</p>", strings.Repeat("<p>"+strings.Repeat("x", 1200)+"</p>\n", 5), "a\nb\r\nc\n", "=3D=\n", "Grüße 🎉 \t \n.\n..\n", "trailing ", "From me\n--=_m1--\n",
	} {
		for _, files := range [][]inbox.Attachment{nil, {{Filename: "f"}}} {
			m := letter()
			m.HTML, m.Attachments = html, files
			want := strings.ReplaceAll(strings.ReplaceAll(html, "\r\n", "\n"), "\n", "\r\n")
			if got := parse(t, m).html; got != want {
				t.Errorf("%d attachments:\ngot  %.200q\nwant %.200q", len(files), got, want)
			}
		}
	}
}

func TestAttachmentsComeBackByteForByte(t *testing.T) {
	t.Parallel()
	all := make([]byte, 1000)
	for i := range all {
		all[i] = byte(i)
	}
	m := letter()
	contents := []string{string(all), "only\nLF\n", "", "CR\r and CRLF\r\n", strings.Repeat("long ", 1000), "--=_m1--\r\n"}
	for _, data := range contents {
		for _, kind := range []string{"text/plain", "text/plain; charset=us-ascii", "text/csv; charset=iso-8859-1", "application/pdf", ""} {
			m.Attachments = append(m.Attachments, inbox.Attachment{Filename: "f", ContentType: kind, Base64: base64.StdEncoding.EncodeToString([]byte(data))})
		}
	}
	p := parse(t, m)
	if len(p.files) != len(m.Attachments) {
		t.Fatalf("%d files, want %d", len(p.files), len(m.Attachments))
	}
	for i, f := range p.files {
		if want := contents[i/5]; string(f.data) != want {
			t.Errorf("%d: got %q, want %q", i, f.data, want)
		}
		if f.kind != m.Attachments[i].MediaType() {
			t.Errorf("%d: %s, want %s", i, f.kind, m.Attachments[i].MediaType())
		}
	}
}

func TestWhatIsNoBase64IsShownAsItCame(t *testing.T) {
	t.Parallel()
	m := letter()
	m.Attachments = []inbox.Attachment{{Filename: "f", Base64: "no base64!"}}
	if got := string(parse(t, m).files[0].data); got != "no base64!" {
		t.Errorf("got %q", got)
	}
}

func TestFileNamesComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"", "a.pdf", "two words.pdf", "two  spaces", `say "hi".txt`, `back\slash`, "🎉.png", "Grüße.pdf", strings.Repeat("ü", 500), strings.Repeat("n", 500) + ".txt",
		"../x", "../../etc/passwd", "=?utf-8?q?x?=", "a;b=c", "100%25", "it's", "tab\there", strings.Repeat("w ", 40) + ".txt",
	} {
		m := letter()
		m.Attachments = []inbox.Attachment{{Filename: name, ContentType: "text/plain"}}
		if got := parse(t, m).files[0].name; got != name {
			t.Errorf("got  %q\nwant %q", got, name)
		}
	}
}

func TestMediaTypeIsOneThatLeavesTheContentWhole(t *testing.T) {
	t.Parallel()
	const opaque = "application/octet-stream"
	for given, want := range map[string]string{
		"":                                opaque,
		"rubbish":                         opaque,
		"text/":                           opaque,
		"/plain":                          opaque,
		"text/plain; =":                   opaque,
		"a/b\r\nX: y":                     opaque,
		"multipart/mixed":                 opaque,
		"multipart/mixed; boundary=x":     opaque,
		"Multipart/Form-Data; boundary=x": opaque,
		"message/rfc822":                  opaque,
		"text/plain; x=" + strings.Repeat("y", 300): opaque,
		"text/plain":                       "text/plain",
		"TEXT/Plain; Charset=UTF-8":        "text/plain; charset=UTF-8",
		"text/plain; charset=iso-8859-1":   "text/plain",
		`text/calendar; method="RE QUEST"`: `text/calendar; method="RE QUEST"`,
	} {
		a := inbox.Attachment{Filename: "f", ContentType: given}
		if got := a.MediaType(); got != want {
			t.Errorf("%q: got %q, want %q", given, got, want)
		}
		m := letter()
		m.Attachments = []inbox.Attachment{a}
		if got := parse(t, m).files[0].kind; got != want {
			t.Errorf("%q: written as %q, want %q", given, got, want)
		}
	}
}

func TestInlineAttachmentsSayWhatRefersToThem(t *testing.T) {
	t.Parallel()
	m := letter()
	m.Attachments = []inbox.Attachment{{Filename: "logo.png", ContentType: "image/png", ContentID: "logo@x\r\nBcc: eve", Inline: true}}
	parse(t, m)
	raw := string(m.Raw())
	for _, want := range []string{"\r\nContent-Disposition: inline; filename=\"logo.png\"\r\n", "\r\nContent-Id: <logo@xBcc:eve>\r\n"} {
		if !strings.Contains(strings.ReplaceAll(raw, "Content-ID", "Content-Id"), want) {
			t.Errorf("%q is missing in\n%s", want, raw)
		}
	}
}

func TestNoValueBringsASecondField(t *testing.T) {
	t.Parallel()
	want := parse(t, hostile("")).names
	for _, evil := range []string{"\r\nBcc: eve@x.test", "\nBcc: eve@x.test", "\rBcc: eve@x.test", "\r\n\r\n<p>body</p>", "\x00", "\r\n Bcc: eve@x.test\r\n", "\xff\r\nBcc: x"} {
		p := parse(t, hostile(evil))
		if diff := cmp.Diff(want, p.names); diff != "" {
			t.Errorf("%q (-want +got):\n%s", evil, diff)
		}
		if len(p.files) != 1 || p.html != "<p>x</p>" {
			t.Errorf("%q: %d files, HTML %q", evil, len(p.files), p.html)
		}
	}
}

// hostile returns a message that has evil in every value of its header.
func hostile(evil string) *inbox.Message {
	a := inbox.Address{Name: "Eve" + evil, Address: "eve" + evil + "@x.test"}
	return &inbox.Message{
		ID: "m1", Time: noon, From: a, To: []inbox.Address{a, a}, Cc: []inbox.Address{a}, ReplyTo: []inbox.Address{a}, Subject: "s" + evil, HTML: "<p>x</p>",
		Headers:     []inbox.Field{{"X-A", "a" + evil}, {"X-B", evil}},
		Attachments: []inbox.Attachment{{Filename: "f" + evil, ContentType: "text/plain" + evil, ContentID: "c" + evil}},
	}
}

func TestFieldsThatCannotStandAreLeftOut(t *testing.T) {
	t.Parallel()
	m := letter()
	for _, name := range []string{
		"", "X Y", "X:", "X\r\nBcc", "Ü", strings.Repeat("x", 901), "Content-Type", "content-transfer-encoding", "MIME-Version",
	} {
		m.Headers = append(m.Headers, inbox.Field{name, "multipart/mixed; boundary=x"})
	}
	if diff := cmp.Diff(parse(t, letter()).names, parse(t, m).names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(letter().Header(), m.Header()); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
}

func TestHeaderAgreesWithTheBytes(t *testing.T) {
	t.Parallel()
	m := letter()
	m.From.Name, m.Subject = "Zoë", strings.Repeat("Grüße ", 30)
	m.Cc, m.ReplyTo = []inbox.Address{{Name: "Cc Person", Address: "cc@x.test"}}, []inbox.Address{{Address: "r@x.test"}}
	m.Headers = []inbox.Field{{"X-Token", strings.Repeat("t", 2000)}, {"x-order", "12 \xff"}}
	for _, files := range [][]inbox.Attachment{nil, {{Filename: "f"}}} {
		m.Attachments = files
		p := parse(t, m)
		names := slices.DeleteFunc(p.names, func(n string) bool { return n == "Content-Transfer-Encoding" })
		var got []string
		for _, f := range m.Header() {
			got = append(got, f.Name)
			if text := p.decoded(t, f.Name); text != f.Value {
				t.Errorf("%s: %q, but the bytes say %q", f.Name, f.Value, text)
			}
		}
		if diff := cmp.Diff(names, got); diff != "" {
			t.Errorf("names (-bytes +Header):\n%s", diff)
		}
	}
}

// failing takes so many bytes and no more.
type failing int

func (f *failing) Write(p []byte) (int, error) {
	if len(p) > int(*f) {
		return 0, io.ErrShortWrite
	}
	*f -= failing(len(p))
	return len(p), nil
}

func TestWriteToTellsThatTheWriterFailed(t *testing.T) {
	t.Parallel()
	for _, files := range [][]inbox.Attachment{nil, {{Filename: "f", Base64: strings.Repeat("AAAA", 100)}}} {
		m := letter()
		m.Attachments = files
		for n := range len(m.Raw()) {
			w := failing(n)
			if _, err := m.WriteTo(&w); err == nil {
				t.Fatalf("%d attachments: no error after %d bytes", len(files), n)
			}
		}
	}
}

func FuzzCompose(f *testing.F) {
	f.Add("Hello", "Ada", "X-A", "1", "<p>x</p>\n", "f.txt", "text/plain", []byte("data"))
	f.Add("=?utf-8?q?x?=", "Lovelace, \"Ada\"", "Reply-To", "Jürgen <j@x.test>", "\r=\xff", "../ü\r\n", "multipart/mixed; boundary=a", []byte{0})
	f.Add(strings.Repeat("x", 1000), "a\r\nBcc: b@x.test", "x y", strings.Repeat("ü ", 500), "", "", "text/plain; charset=x; y=\"a  b\"", []byte{})
	f.Fuzz(func(t *testing.T, subject, name, header, value, html, filename, kind string, data []byte) {
		m := letter()
		m.Subject, m.From.Name, m.HTML = subject, name, html
		m.Headers = []inbox.Field{{header, value}}
		parse(t, m)
		m.Attachments = []inbox.Attachment{{Filename: filename, ContentType: kind, Base64: base64.StdEncoding.EncodeToString(data)}}
		p := parse(t, m)
		if len(p.files) != 1 || !bytes.Equal(p.files[0].data, data) {
			t.Errorf("the attachment came back as %q", p.files)
		}
		oneLine := strings.NewReplacer("\r", " ", "\n", " ", "\x00", " ")
		if want := oneLine.Replace(strings.ToValidUTF8(filename, "\uFFFD")); p.files[0].name != want {
			t.Errorf("file name %q, want %q", p.files[0].name, want)
		}
		if want := oneLine.Replace(strings.ToValidUTF8(subject, "\uFFFD")); !strings.EqualFold(header, "Subject") && p.decoded(t, "Subject") != want {
			t.Errorf("subject %q, want %q", p.decoded(t, "Subject"), want)
		}
		from, err := p.header.AddressList("From")
		if want := oneLine.Replace(strings.ToValidUTF8(name, "\uFFFD")); err != nil || from[0].Name != want {
			t.Errorf("name %v, want %q; %v", from, want, err)
		}
		if len(p.names) != len(m.Header()) {
			t.Errorf("fields %q, but Header has %q", p.names, m.Header())
		}
	})
}
