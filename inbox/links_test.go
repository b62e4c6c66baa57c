package inbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox"
)

func linksOf(html string) []inbox.Link { return (&inbox.Message{HTML: html}).Links() }

func TestLinksAreInTheOrderOfTheDocument(t *testing.T) {
	t.Parallel()
	got := linksOf(`<p>See https://a.test/x?b=1&amp;c=2. Or <a href=" HTTPS://B.test:8080/y&#x3D;1 " rel="nofollow noopener">this
		<b>page</b> <img alt="now"></a>, (http://c.test/a_(b)) and <a href="mailto:d@d.test">mail</a> <a href="TEL:+1">call</a></p>`)
	want := []inbox.Link{
		{Text: "https://a.test/x?b=1&c=2", Href: "https://a.test/x?b=1&c=2", Host: "a.test", Purpose: "other"},
		{Text: "this page now", Href: "HTTPS://B.test:8080/y=1", Host: "b.test:8080", Rel: "nofollow noopener", Purpose: "other"},
		{Text: "http://c.test/a_(b)", Href: "http://c.test/a_(b)", Host: "c.test", Purpose: "other"},
		{Text: "mail", Href: "mailto:d@d.test", Purpose: "other"},
		{Text: "call", Href: "TEL:+1", Purpose: "other"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestOnlyWhatAPersonMayFollowIsALink(t *testing.T) {
	t.Parallel()
	for _, href := range []string{
		"javascript:alert(1)", "JaVaScRiPt:alert(1)", " java\nscript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://x.test", "cid:1", "#top", "/path", "//x.test/a",
		"", "x.test", "http:", "https://", "http:///x", "mailto:", "tel:", "blob:https://x.test/1",
	} {
		if got := linksOf(`<a href="` + href + `">x</a>`); len(got) > 0 {
			t.Errorf("%q: %+v", href, got)
		}
	}
	for _, html := range []string{
		`<!-- <a href="https://x.test">x</a> https://y.test -->`, `<script>"https://x.test"</script>`, `<style>a{background:url(https://x.test)}</style>`,
		`<template><a href="https://x.test">x</a></template>`, `<p title="https://x.test">x</p>`, `<img src="https://x.test">`, `<a>x</a>`,
	} {
		if got := linksOf(html); len(got) > 0 {
			t.Errorf("%s: %+v", html, got)
		}
	}
}

func TestTrackingRedirectsAreUndone(t *testing.T) {
	t.Parallel()
	for href, want := range map[string]string{
		"https://t.test/r?url=https%3A%2F%2Fx.test%2Fa%3Fb%3D1%26c%3D2&h=1":                    "https://x.test/a?b=1&c=2",
		"https://t.test/r?u=http://x.test/a":                                                   "http://x.test/a",
		"https://t.test/r?target=https%253A%252F%252Fx.test%252Fa":                             "https://x.test/a",
		"https://t.test/r?id=5&redirect=aHR0cHM6Ly94LnRlc3QvYT9iPTE":                           "https://x.test/a?b=1",
		"https://t.test/r?q=aHR0cHM6Ly94LnRlc3QvYQ%3D%3D":                                      "https://x.test/a",
		"https://e.test/CL0/https:%2F%2Fx.test%2Fverify%3Ftoken=a/1/0100-00/abc=321":           "https://x.test/verify?token=a",
		"https://t.test/c/aHR0cHM6Ly94LnRlc3QvYQ/sig":                                          "https://x.test/a",
		"https://t.test/r/https://x.test/a?b=1#c":                                              "https://x.test/a?b=1#c",
		"https://safe.test/?url=https%3A%2F%2Ft.test%2Fr%3Fu%3Dhttps%253A%252F%252Fx.test":     "https://x.test",
		"https://t.test/r?url=/local":                                                          "https://t.test/r?url=/local",
		"https://t.test/r?url=javascript%3Aalert(1)":                                           "https://t.test/r?url=javascript%3Aalert(1)",
		"https://t.test/r?url=aHR0cHM6!!":                                                      "https://t.test/r?url=aHR0cHM6!!",
		"https://x.test/a?b=%zz":                                                               "https://x.test/a?b=%zz",
		"https://x.test/verify?token=1&redirect=https://y.test":                                "https://x.test/verify?token=1&redirect=https://y.test",
		"https://x.test/login?url=https://y.test":                                              "https://x.test/login?url=https://y.test",
		"https://x.test/unsubscribe?id=1&url=https://y.test":                                   "https://x.test/unsubscribe?id=1&url=https://y.test",
		"https://x.test/page?next=https://y.test":                                              "https://x.test/page?next=https://y.test",
		"https://x.test/sharer?u=https://y.test":                                               "https://x.test/sharer?u=https://y.test",
		"https://x.test/a#url=https://y.test":                                                  "https://x.test/a#url=https://y.test",
		"https://u:p@X.test/?utm_source=mail":                                                  "https://u:p@X.test/?utm_source=mail",
		"https://t.test/1?u=https://t.test/2?u=https://t.test/3?u=https://t.test/4?u=https://": "https://t.test/4?u=https://",
	} {
		got := linksOf(`<a href="` + href + `">x</a>`)
		if len(got) != 1 || got[0].Href != want {
			t.Errorf("%s\ngot  %+v\nwant %s", href, got, want)
		}
	}
}

func TestALinkHasOnePurpose(t *testing.T) {
	t.Parallel()
	for html, want := range map[string]string{
		`<a href="https://x.test/1">Verify email</a>`:                                         "verify",
		`<a href="https://x.test/1">Click here to verify your email address</a>`:              "verify",
		`<a href="https://x.test/verify?token=1">Reset password</a>`:                          "reset",
		`<a href="https://x.test/1">Confirm and unsubscribe</a>`:                              "unsubscribe",
		`<a href="https://x.test/1" rel="unsubscribe">Leave</a>`:                              "unsubscribe",
		`<a href="https://x.test/invite/1">Verify your account</a>`:                           "verify",
		`<a href="https://x.test/invite/1"><img src="button.png"></a>`:                        "invite",
		`<p>To reset your password, click <a href="https://x.test/1">here</a>.</p>`:           "reset",
		`<p>Click <a href="https://x.test/1">here</a> to unsubscribe.</p>`:                    "unsubscribe",
		`<p>Not you? <a href="https://x.test/1">Tell us</a> to reset your password.</p>`:      "other",
		`<a href="https://x.test/1">Confirm order</a>`:                                        "other",
		`<a href="https://x.test/blog/how-to-verify-a-user">Read on</a>`:                      "other",
		`<a href="https://x.test/1">How we verify</a>`:                                        "other",
		`<a href="https://x.test/1">Sign in</a>`:                                              "other",
		`<a href="https://x.test/1?token=2">Sign in</a>`:                                      "verify",
		`<a href="https://x.test/account/activate/1">Get started</a>`:                         "verify",
		`<a href="mailto:verify@x.test">Verify</a>`:                                           "other",
		`<a href="mailto:l@x.test?subject=Unsubscribe">Leave</a>`:                             "unsubscribe",
		`<a href="tel:1">Verify</a>`:                                                          "other",
		`<a href="https://x.test/1"><table><tr><td><p>Accept invitation</p></table></a>`:      "invite",
		`<a href="https://x.test/1">Konto aktivieren</a>`:                                     "verify",
		`<a href="https://x.test/1">Einladung annehmen</a>`:                                   "invite",
		`<a href="https://x.test/1">Se désinscrire</a>`:                                       "unsubscribe",
		`<a href="https://x.test/1">Aceptar la invitación</a>`:                                "invite",
		`<a href="https://x.test/1">Afmelden</a>`:                                             "unsubscribe",
		"To verify your address, open:\nhttps://x.test/1":                                     "verify",
		"https://x.test/1 is where you unsubscribe":                                           "unsubscribe",
		`<a href="https://t.test/?u=https%3A%2F%2Fx.test%2Freset-password%3Ft%3D1">Go on</a>`: "reset",
	} {
		if got := linksOf(html); len(got) != 1 || got[0].Purpose != want {
			t.Errorf("%s\ngot  %+v\nwant %s", html, got, want)
		}
	}
}

func TestUnsubscribeReadsTheHeader(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		list, post string
		want       inbox.Unsubscribe
	}{
		{"", "List-Unsubscribe=One-Click", inbox.Unsubscribe{}},
		{"<mailto:a@x.test>", "List-Unsubscribe=One-Click", inbox.Unsubscribe{Header: "mailto:a@x.test"}},
		{"<mailto:a@x.test> (by mail), <https://x.test/u?a=1,2>", "", inbox.Unsubscribe{Header: "https://x.test/u?a=1,2"}},
		{"<http://x.test/u>,\r\n <https://x.test/\r\n u>", " list-unsubscribe=one-click ", inbox.Unsubscribe{Header: "https://x.test/u", OneClick: true}},
		{"<http://x.test/u>", "List-Unsubscribe=One-Click", inbox.Unsubscribe{Header: "http://x.test/u"}},
		{"<http://localhost:4580/u>", "List-Unsubscribe=One-Click", inbox.Unsubscribe{Header: "http://localhost:4580/u", OneClick: true}},
		{"<https://x.test/u>", "yes", inbox.Unsubscribe{Header: "https://x.test/u"}},
		{"<javascript:alert(1)>, nonsense, <", "List-Unsubscribe=One-Click", inbox.Unsubscribe{}},
	} {
		m := &inbox.Message{Headers: []inbox.Field{{Name: "list-unsubscribe", Value: test.list}, {Name: "List-Unsubscribe-Post", Value: test.post}}}
		if got := m.Unsubscribe(m.Links()); got != test.want {
			t.Errorf("%q %q: got %+v, want %+v", test.list, test.post, got, test.want)
		}
	}
}

func TestAutolinksOfAPlainTextAreLinks(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Hello, click <https://example.com/verify?t=1> to verify": "https://example.com/verify?t=1 verify",
		"Ada <ada@example.com>, see <HTTPS://x.test/a>.":          "HTTPS://x.test/a other",
	} {
		links := linksOf(text)
		if len(links) != 1 || links[0].Href+" "+links[0].Purpose != want {
			t.Errorf("%s: got %+v, want %s", text, links, want)
		}
	}
}

// Whatever a mail holds, reading it takes time that grows with its length alone.
func TestHostileLinksAndCodesAreReadInLinearTime(t *testing.T) {
	t.Parallel()
	const size = 1 << 16
	for _, part := range []string{
		"<a href=https://x.test/", `<a href="https://x.test">`, `<a href="https://x.test">x</a>`, "https://x.test/(((", "https://x.test/a)))) ", "https://x.test/?u=", "https%3A%2F%2F", "&u=aHR0c",
		"<div><a href=https://x.test><div>", "1 ", "123456 ", "1\n", "code ", "code 12345 ", "123-", "Your code is 482913\n", "482913\n", "A1-", "@ ", "/", "a@b ", "1.", "order code 482913, ", "<td>1",
		"<template>", "é", "\xff", "off % ", "code: ", "<https://x.test>", "<https://", "<a@x.test>", "< &", "https://x.test/%68%74%74%70",
	} {
		m := &inbox.Message{HTML: strings.Repeat(part, size/len(part))}
		start := time.Now()
		links, codes := m.Links(), m.Codes()
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("%q took %v", part, took)
		}
		if len(links) > 1000 || len(codes) > 20 {
			t.Errorf("%q: %d links, %d codes", part, len(links), len(codes))
		}
	}
	m := &inbox.Message{HTML: `<a href="https://x.test/?` + strings.Repeat("u=x&", size/4) + `">x</a><a href="https://t.test/?u=` + strings.Repeat("https://t.test/?u=", size/18) + `">x</a>`}
	if got := len(m.Links()); got != 2 {
		t.Errorf("%d links", got)
	}
}

func TestAtMostAThousandLinksAreTold(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 1500 {
		fmt.Fprintf(&b, `<p><a href="https://x.test/%d">x</a></p>`, i)
	}
	if got := linksOf(b.String()); len(got) != 1000 || got[999].Href != "https://x.test/999" {
		t.Errorf("%d links", len(got))
	}
}
