package smtp_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox/smtp"
)

// told is what is told of a mail: its text, its HTML, and its files with their names.
func told(mail string) (said []string) {
	c := smtp.Read(crlf(mail))
	said = append(said, strings.TrimSpace(c.Text), strings.TrimSpace(c.HTML))
	for _, a := range c.Attachments {
		said = append(said, fmt.Sprintf("%s %s: %s", a.Filename, a.ContentType, a.Bytes))
	}
	return said
}

func TestPartsAreFound(t *testing.T) {
	t.Parallel()
	const of = "Content-Type: multipart/mixed; boundary="
	for name, test := range map[string]struct {
		mail string
		want []string
	}{
		"no multipart":                   {"Subject: x\n\nhi\n", []string{"hi", ""}},
		"no header":                      {"\nhi\n", []string{"hi", ""}},
		"preamble and epilogue":          {of + "b\n\nbefore\n--b\n\nhi\n--b--\nafter\n--b\n\nno\n", []string{"hi", ""}},
		"no end":                         {of + "b\n\n--b\n\nhi", []string{"hi", ""}},
		"a boundary that starts another": {of + "ab\n\n--ab\n" + of + "abc\n\n--abc\n\none\n--abc--\n--ab\n\ntwo\n--ab--\n", []string{"one\n--\ntwo", ""}},
		"the outer one ends the inner":   {of + "a\n\n--a\n" + of + "b\n\n--b\n\none\n--a\nContent-Type: text/html\n\n<p>\n--a--\n", []string{"one", "<p>"}},
		"the same within":                {of + "b\n\n--b\n" + of + "b\n\n--b\n\none\n--b--\n--b\n\ntwo\n--b--\n", []string{"one\n--\ntwo", ""}},
		"a header that a boundary ends":  {of + "b\n\n--b\nContent-Type: text/html\n--b\n\nhi\n--b--\n", []string{"hi", ""}},
		"white space behind a boundary":  {of + "b\n\n--b \t\n\nhi\n--b-- \n", []string{"hi", ""}},
		"more behind a boundary":         {of + "b\n\n--b\n\nhi\n--bx\n--b x\n--b--\n", []string{"hi\r\n--bx\r\n--b x", ""}},
		"dashes":                         {of + "\"--\"\n\n----\n\nhi\n--\n-----\n------\n", []string{"hi\r\n--\r\n-----", ""}},
		"a digest":                       {"Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n--b--\n", []string{"", "", " message/rfc822: Subject: x"}},
		"a message":                      {"Content-Type: message/rfc822\n\nSubject: x\n", []string{"", "", " message/rfc822: Subject: x\r\n"}},
		"the text nested least":          {"Content-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: multipart/related; boundary=b\n\n--b\n\ndeep\n--b--\n--a\n\nhi\n--a--\n", []string{"hi", "", " text/plain: deep"}},
		"a second page":                  {of + "b\n\n--b\nContent-Type: text/html\n\n<p>\n--b\nContent-Type: text/html\n\n<i>\n--b--\n", []string{"", "<p>", " text/html: <i>"}},
		"a text with a name":             {of + "b\n\n--b\nContent-Type: text/plain; name=a.txt\n\nhi\n--b--\n", []string{"hi", "", "a.txt text/plain: hi"}},
		"a type that is none":            {"Content-Type: ;;;=\nContent-Transfer-Encoding: base64\n\naGk=\n", []string{"hi", ""}},
	} {
		if diff := cmp.Diff(test.want, told(test.mail)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestEncodingsAreUndone(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ encoding, body, want string }{
		{"base64", "aGVs\nbG8=\n", "hello"},
		{"base64", "aGVs*bG8", "hello"},      // with junk, without padding
		{"base64", "aGU=\nbGxv\n", "hello"},  // two that were joined
		{"base64", "aGVsbG8=====A", "hello"}, // half a byte too many
		{"BASE64 ", strings.Repeat("YWJj", 20_000), strings.Repeat("abc", 20_000)},
		{"quoted-printable", "a=3Db=c3=a4 \t\nc =\n d=\n", "a=b\u00e4\r\nc  d"},
		{"quoted-printable", "a=20 \nb= \nc=ZZ=4=", "a \r\nbc=ZZ=4"},
		{"quoted-printable", "a=3D=", "a="},
		{"8bit", "\u00e4", "\u00e4"},
		{"rot13", "hi", "hi"},
	} {
		c := smtp.Read(crlf("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: " + test.encoding + "\n\n" + test.body))
		if c.Text != test.want {
			t.Errorf("%s %.100q is %.100q, want %.100q", test.encoding, test.body, c.Text, test.want)
		}
	}
}

// A charset is that of all of a text, also of one that is too long to be guessed whole.
func TestCharsetsOfLongTexts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ charset, encoded, want string }{
		{"iso-8859-1", "Gr\xfc\xdfe ", "Gr\u00fc\u00dfe "},
		{"utf-7", "+APw- ", "\u00fc "},
		{"iso-2022-jp", "\x1b$B$\x22\x1b(B ", "\u3042 "},
		{"utf-8", "\u00fc ", "\u00fc "},
	} {
		for _, times := range []int{20, 50_000} {
			c := smtp.Read([]byte("Content-Type: text/plain; charset=" + test.charset + "\r\n\r\n" + strings.Repeat(test.encoded, times)))
			if c.Text != strings.Repeat(test.want, times) {
				t.Errorf("%s: %d bytes start with %.40q", test.charset, len(c.Text), c.Text)
			}
		}
	}
}

// Each bound that bites is told.
func TestBoundsAreTold(t *testing.T) {
	t.Parallel()
	const of = "Content-Type: multipart/mixed; boundary=b\n\n"
	var deep strings.Builder
	for i := range 101 {
		fmt.Fprintf(&deep, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	for name, test := range map[string]struct{ mail, want string }{
		"a long text":               {"\n" + strings.Repeat("x", 2<<20+1), "the text is long: only its first 2097152 bytes"},
		"several texts":             {of + strings.Repeat("--b\n\n"+strings.Repeat("x", 1<<20)+"\n", 3) + "--b--\n", "the text is long"},
		"long HTML":                 {"Content-Type: text/html\n\n" + strings.Repeat("x", 4<<20+1), "the HTML is long: only its first 4194304 bytes"},
		"many parts":                {of + strings.Repeat("--b\n\nx\n", 1001) + "--b--\n", "more than 1000 parts"},
		"deep parts":                {deep.String() + "\nhi\n", "more than 100 deep"},
		"many parts, many problems": {of + strings.Repeat("--b\n:\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nx\n", 600), "more than 1000 parts"},
		"a long header":             {strings.Repeat("X: y\n", 60_000) + "\nhi\n", "the header is long"},
		"many fields":               {strings.Repeat("X: y\n", 1001) + "\nhi\n", "the header is long"},
		"long addresses":            {"Reply-To: " + strings.Repeat("a@b.test, ", 7000) + "c@d.test\n\nhi\n", "Reply-To is long"},
		"a long type":               {"Content-Type: text/plain; name=" + strings.Repeat("x", 9000) + "\n\nhi\n", "only the first 8192 bytes"},
		"no base64":                 {"Content-Transfer-Encoding: base64\n\n!!!!\n", "4 bytes are none of it"},
		"unknown encoding":          {"Content-Transfer-Encoding: rot13\n\nhi\n", "rot13"},
		"no end":                    {of + "--b\n\nhi\n", "not closed"},
	} {
		c := smtp.Read(crlf(test.mail))
		if !slices.ContainsFunc(c.Warnings, func(w string) bool { return strings.Contains(w, test.want) }) {
			t.Errorf("%s: the warnings are %q", name, c.Warnings)
		}
		if len(c.Text) > 2<<20+10 || len(c.HTML) > 4<<20 {
			t.Errorf("%s: %d and %d bytes are told", name, len(c.Text), len(c.HTML))
		}
	}
}

// NULs of a text are not told: there is nothing to see of them.
func TestNULsAreLeftOut(t *testing.T) {
	t.Parallel()
	for name, mail := range map[string]string{
		"bytes":  "Content-Type: text/html\r\n\r\n<p>a\x00b</p>\x00",
		"UTF-16": "Content-Type: text/html; charset=utf-16le\r\n\r\n<\x00p\x00>\x00a\x00\x00\x00b\x00<\x00/\x00p\x00>\x00\x00\x00",
	} {
		c := smtp.Read([]byte(mail))
		if c.HTML != "<p>ab</p>" || !slices.ContainsFunc(c.Warnings, func(w string) bool { return strings.HasPrefix(w, "2 NUL characters ") }) {
			t.Errorf("%s: %q, %q", name, c.HTML, c.Warnings)
		}
	}
}
