package inbox_test

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/plunkmock/plunkmock/inbox"
)

// codesOf returns the codes of a mail, in one line.
func codesOf(subject, html string) string {
	var codes []string
	for _, c := range (&inbox.Message{Subject: subject, HTML: html}).Codes() {
		codes = append(codes, c.Code)
	}
	return strings.Join(codes, " ")
}

func TestCodesAreFoundInAllForms(t *testing.T) {
	t.Parallel()
	for html, want := range map[string]string{
		"Your code is 1234":                                        "1234",
		"Your code is 12345678":                                    "12345678",
		"Your code is 123456789":                                   "",
		"Your code is 123":                                         "",
		"Your code is 123 456":                                     "123456",
		"Your code is 123&nbsp;456":                                "123456",
		"Your code is 123-456":                                     "123-456",
		"Your code is 1234 5678":                                   "12345678",
		"Your code is 12 34 56":                                    "123456",
		"Your code is ABC-123":                                     "ABC-123",
		"Your code is G-123456":                                    "G-123456",
		"Your code is A1B2C3":                                      "A1B2C3",
		"Your code is a1b2c3":                                      "a1b2c3",
		"Your code is QWERTZ":                                      "QWERTZ",
		"Your code is HERE":                                        "",
		"Your code is here":                                        "",
		"Your code is below":                                       "",
		"Your code: \u201c482913\u201d":                            "482913",
		"Your code (482913)":                                       "482913",
		"482913 is your code":                                      "482913",
		"<b>482913</b> (verification code)":                        "482913",
		"<p>Code<p>482913":                                         "482913",
		"<p>482913<p>Code":                                         "482913",
		"Code<br><i>4</i><i>8</i><i>2</i><i>9</i>":                 "4829",
		"Code<br><i>4</i> <i>8</i> <i>2</i> <i>9</i>":              "4829",
		"Code<table><tr><td>4<td>8<td>2<td>9":                      "4829",
		"Code<ul><li>4829-1111<li>5839-2222":                       "4829-1111 5839-2222",
		"code 482913 and again: code is 482913":                    "482913",
		"<a href='https://x.test/?code=482913'>Code: enter it</a>": "",
	} {
		if got := codesOf("", html); got != want {
			t.Errorf("%s: got %q, want %q", html, got, want)
		}
	}
}

// Each stands right behind a label, so that its own form must give it away.
func TestOtherNumbersAreNoCodes(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"$1234", "1234 EUR", "&euro; 1234", "1,234.00", "1234.50", "12.05.2026", "2026-05-12", "05/12/2026", "10:30", "12:30:45", "+4915112345678", "+49 1511 2345", "(030) 123456", "0800 123 4567",
		"192.168.10.24", "1.2.3", "v12.34.56", "1234%", "#1234", "#a1b2c3", "1234px", "1234 px", "1234 minutes", "1234 points", "May 2026", "2026 May", "1234/5678", "&copy; 2026",
		"order 12345", "order number 482913", "invoice no. 482913", "ticket #48213", "customer number 482913", "postcode 10115", "tracking number 482913", "phone 482913",
	} {
		if got := codesOf("Your code", "Your code "+s); got != "" {
			t.Errorf("%s: got %q", s, got)
		}
	}
	for _, s := range []string{
		"ZIP code 94103", "Postal code: 94103", "Promo code: SAVE20", "Code promo : HIVER26", "QR code 1234", "Error code 5003", "Tracking code: 482913", "Country code 0049", "Sort code 203040",
		"Discount code SPRING25", "Use code SPRING25 for 20% off", "Gutscheincode: SOMMER26", "Booking code X4K9QZ", "código postal 28001", "Order code: 48213", "The code expires in 1440 minutes",
		"We reviewed code in 1234 commits", "Over 4000 use our code", "Copyright 2026 Code Inc", "Code since 1998", "Exit code 1370", "Source code 2026",
	} {
		if got := codesOf("", s); got != "" {
			t.Errorf("%s: got %q", s, got)
		}
	}
}

func TestACodeSaysWhereItStandsAndWhatItIs(t *testing.T) {
	t.Parallel()
	m := &inbox.Message{Subject: "Your login", HTML: "<p>Grüße!</p><p>Your one-time code: <b>482 913</b></p><p>Your order: 55120</p>"}
	codes := m.Codes()
	if len(codes) != 1 {
		t.Fatalf("%+v", codes)
	}
	c := codes[0]
	if c.Code != "482913" || c.Label != "one-time code" || c.Confidence < 0.9 || !strings.HasPrefix(m.Text()[c.Position:], "482 913") {
		t.Errorf("%+v in %q", c, m.Text())
	}
	m = &inbox.Message{Subject: "482913 is your code", HTML: "<p>See the subject.</p>"}
	if got := fmt.Sprint(m.Codes()); got != "[{482913 code -1 0.9}]" {
		t.Error(got)
	}
}

func TestTheSurestCodeComesFirst(t *testing.T) {
	t.Parallel()
	html := "<p>Enter 771203 to sign in.</p><p>Your verification code is 482913.</p>"
	if got := codesOf("Sign in", html); got != "482913 771203" {
		t.Error(got)
	}
	if got := codesOf("771203 is your code", html); got != "482913 771203" {
		t.Error(got)
	}
}

func TestAtMostTwentyCodesAreTold(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("Backup codes:\n")
	for i := range 100 {
		fmt.Fprintf(&b, "%d\n", 300_000+i)
	}
	if got := codesOf("", b.String()); len(strings.Fields(got)) != 20 || !strings.HasPrefix(got, "300000 300001 ") {
		t.Error(got)
	}
}

func checkReading(t *testing.T, m *inbox.Message) {
	t.Helper()
	links, codes, text := m.Links(), m.Codes(), m.Text()
	again := *m
	if !reflect.DeepEqual(links, again.Links()) || !reflect.DeepEqual(codes, again.Codes()) {
		t.Error("read twice, it is not the same")
	}
	if len(links) > 1000 || len(codes) > 20 {
		t.Errorf("%d links, %d codes", len(links), len(codes))
	}
	for i, c := range codes {
		checkCode(t, c, text)
		if i > 0 && c.Confidence > codes[i-1].Confidence {
			t.Errorf("%+v", codes)
		}
	}
	for _, l := range links {
		checkLink(t, l)
	}
	if u := m.Unsubscribe(m.Links()); !utf8.ValidString(u.Header + u.Link) {
		t.Errorf("%+v", u)
	}
}

func checkCode(t *testing.T, c inbox.Code, text string) {
	t.Helper()
	inText := c.Position >= 0 && c.Position < len(text) && text[c.Position] == c.Code[0] || c.Position == -1
	if !inText || !utf8.ValidString(c.Code+c.Label) || strings.Contains(c.Code, " ") || c.Confidence <= 0 || c.Confidence > 1 {
		t.Errorf("%+v in %q", c, text)
	}
}

func checkLink(t *testing.T, l inbox.Link) {
	t.Helper()
	scheme, _, _ := strings.Cut(strings.ToLower(l.Href), ":")
	if !utf8.ValidString(l.Text+l.Href+l.Host+l.Rel) || !slices.Contains([]string{"http", "https", "mailto", "tel"}, scheme) {
		t.Errorf("%+v", l)
	}
	if !slices.Contains([]string{"verify", "reset", "unsubscribe", "invite", "other"}, l.Purpose) {
		t.Errorf("%+v", l)
	}
}

func FuzzLinksAndCodes(f *testing.F) {
	for _, path := range mails(f) {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		_, body, _ := strings.Cut(string(b), "\n\n")
		f.Add("Your code is 482 913", body, "<https://x.test/u>")
	}
	f.Add("G-123456 is your code", "<a href=https://x.test/?u=aHR0cHM6Ly94><div>\xff</a> code 1 2 3 4 \u00a0", "<mailto:\xff")
	f.Fuzz(func(t *testing.T, subject, html, list string) {
		checkReading(t, &inbox.Message{Subject: subject, HTML: html, Headers: []inbox.Field{{Name: "List-Unsubscribe", Value: list}}})
	})
}

// mailOf returns a mail of about n bytes: paragraphs, tables, links and numbers,
// and a code.
func mailOf(n int) *inbox.Message {
	const start = `<html><head><style>p{color:#123456}</style></head><body><p>Your verification code is:</p><p>482 913</p>`
	const part = `<tr><td><p>Order 48213 of 12 May 2026, <b>$1,299.00</b>, see <a href="https://t.test/r?u=https%3A%2F%2Fx.test%2Forders%2F1">your order</a>.</p></td><td>3</td></tr>`
	return &inbox.Message{Subject: "Your code", HTML: start + "<table>" + strings.Repeat(part, max(1, (n-len(start))/len(part))) + "</table></body></html>"}
}

func BenchmarkLinks(b *testing.B) {
	for _, n := range []int{2 << 10, 100 << 10} {
		b.Run(fmt.Sprintf("%dKB", n>>10), func(b *testing.B) {
			m := mailOf(n)
			b.SetBytes(int64(len(m.HTML)))
			b.ReportAllocs()
			for b.Loop() {
				m.Links()
			}
		})
	}
}

func BenchmarkCodes(b *testing.B) {
	for _, n := range []int{2 << 10, 100 << 10} {
		b.Run(fmt.Sprintf("%dKB", n>>10), func(b *testing.B) {
			m := mailOf(n)
			b.SetBytes(int64(len(m.HTML)))
			b.ReportAllocs()
			for b.Loop() {
				m.Codes()
			}
		})
	}
}
