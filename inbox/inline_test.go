package inbox_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
)

// The starts of images, which is all of them that anyone looks at.
const (
	pngStart  = "\x89PNG\r\n\x1a\n...."
	jpegStart = "\xff\xd8\xff\xe0...."
	gifStart  = "GIF89a...."
	webpStart = "RIFF....WEBPVP8 "
)

// part makes an attachment that a reference may name.
func part(id, contentType, data string) inbox.Attachment {
	return inbox.Attachment{ContentID: id, ContentType: contentType, Base64: base64.StdEncoding.EncodeToString([]byte(data)), Inline: true}
}

// dataURL returns what stands for a part in the HTML.
func dataURL(kind, data string) string {
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString([]byte(data))
}

// inlined returns the HTML of a mail with its own images in it.
func inlined(html string, parts ...inbox.Attachment) string {
	body, _ := (&inbox.Message{HTML: html, Attachments: parts}).ShownBody(false)
	body = strings.TrimPrefix(body, `<base target="_blank">`)
	return strings.TrimPrefix(body, `<style>:where(img:not([src],[srcset])){display:inline-block}</style>`)
}

// checkInlined compares HTML with what is shown of it when its mail has a PNG with the
// ID logo@x, which PNG stands for.
func checkInlined(t *testing.T, pages map[string]string) {
	t.Helper()
	for html, want := range pages {
		want = strings.ReplaceAll(want, "PNG", dataURL("image/png", pngStart))
		if got := inlined(html, part("logo@x", "image/png", pngStart)); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", html, got, want)
		}
	}
}

func TestInlineImagesStandWhereHTMLReferToThem(t *testing.T) {
	t.Parallel()
	checkInlined(t, map[string]string{
		`<img src="cid:logo@x">`:                                            `<img src="PNG">`,
		`<img src='cid:logo@x' alt='cid:logo@x'>`:                           `<img src='PNG' alt='cid:logo@x'>`,
		`<IMG alt=a SRC = cid:logo@x width=1>`:                              `<IMG alt=a SRC = PNG width=1>`,
		`<img src=cid:logo@x>`:                                              `<img src=PNG>`,
		"<img src=\" cid:logo@x\n\"/>":                                      "<img src=\" PNG\n\"/>",
		`<td a/b background="CID:logo@x">x<video poster=cid:logo@x>`:        `<td a/b background="PNG">x<video poster=PNG>`,
		`<img srcset="cid:logo@x 1x, cid:logo@x, cid:no 2x,cid:logo@x 3x">`: `<img srcset="PNG 1x, PNG, PNG 3x">`,
		`<svg><image xlink:href="cid:logo@x"/><image href="cid:logo@x"/>`:   `<svg><image xlink:href="PNG"/><image href="PNG"/>`,
		`<noscript><img src="cid:logo@x"></noscript>`:                       `<noscript><img src="PNG"></noscript>`,
		`<img =src="cid:logo@x" src="cid:logo@x">`:                          `<img =src="cid:logo@x" src="PNG">`,
		`<p title=">" ><img src="cid:logo@x"`:                               `<p title=">" >`, // no tag until it ends
	})
}

func TestInlineImagesStandWhereStylesReferToThem(t *testing.T) {
	t.Parallel()
	checkInlined(t, map[string]string{
		`<p style="background:url(cid:logo@x)">`:                   `<p style="background:url(PNG)">`,
		`<p style="a:url( 'cid:logo@x' ) b; c:URL(cid:logo@x )">`:  `<p style="a:url( 'PNG' ) b; c:URL(PNG )">`,
		`<p style='a:url("cid:logo@x")'>`:                          `<p style='a:url("PNG")'>`,
		`<p style="a:url(&quot;cid:logo@x&quot;)">`:                `<p style="a:url(&quot;PNG&quot;)">`,
		`<p style="a:url(&#39;cid:logo@x&#39;),url(cid:logo@x)">`:  `<p style="a:url(&#39;PNG&#39;),url(PNG)">`,
		`<p style="a:url(cid:logo@x">`:                             `<p style="a:url(PNG">`, // the end closes it
		`<style>td{a:url(cid:logo@x)}</style>url(cid:logo@x)`:      `<style>td{a:url(PNG)}</style>url(cid:logo@x)`,
		`<STYLE>a{a:url("cid:logo@x")} <b title="`:                 `<STYLE>a{a:url("PNG")} <b title="`,
		`<style>@import "cid:logo@x";a{b:curl(cid:logo@x}</style>`: `<style>@none "";a{b:curl(cid:logo@x}</style>`,
	})
}

func TestOtherMentionsOfAnImageStay(t *testing.T) {
	t.Parallel()
	for _, html := range []string{
		"", "<p>plain</p>", "cid:logo@x", "<p>cid:logo@x</p>", `<a href="cid:logo@x">`, `<!-- <img src="cid:logo@x"> -->`,
		`<textarea><img src="cid:logo@x"></textarea>`, `<img data-src="cid:logo@x">`,
	} {
		if got := inlined(html, part("logo@x", "image/png", pngStart)); got != html {
			t.Errorf("%q\ngot %q", html, got)
		}
	}
}

func TestReferencesToNoImageAreLeftOut(t *testing.T) {
	t.Parallel()
	for _, ref := range []string{"cid:", "cid:logo", "cid:logo@x#a", "xcid:logo@x", "cid", "mid:1/logo@x", "cid:%zz\x00"} {
		if got := inlined(`<img src="`+ref+`" alt=a>`, part("logo@x", "image/png", pngStart)); got != "<img alt=a>" {
			t.Errorf("%q\ngot %q", ref, got)
		}
	}
}

func TestReferencesNameAContentID(t *testing.T) {
	t.Parallel()
	png, gif := dataURL("image/png", pngStart), dataURL("image/gif", gifStart)
	for _, c := range []struct{ id, ref, want string }{
		{"logo@x", "logo%40x", png},
		{"logo@x", "logo&#64;x", png},
		{"<logo@x>", "logo@x", png},
		{"logo@x", "&lt;logo@x&gt;", png},
		{"Logo@X", "logo@x", png},
		{"Other", "other", gif}, // the letter case decides
		{"50%off@x", "50%off@x", png},
		{"50%off@x", "50%25off@x", png},
		{"a%40b", "a%40b", png},
		{"a+b@x", "a+b@x", png},
		{"image (1)@x", "image (1)@x", png},
		{"../../etc/passwd", "../../etc/passwd", png},
	} {
		html := `<img src="cid:` + c.ref + `">`
		got := inlined(html, part(c.id, "image/png", pngStart), part("other", "image/gif", gifStart), part(c.id, "image/gif", gifStart))
		if want := `<img src="` + c.want + `">`; got != want {
			t.Errorf("%s for %s\ngot  %s\nwant %s", c.ref, c.id, got, want)
		}
	}
}

func TestOnlyFourTypesAreShown(t *testing.T) {
	t.Parallel()
	const page = "<script>alert(1)</script>"
	for _, c := range []struct{ declared, data, want string }{
		{"image/png", pngStart, "image/png"},
		{"image/jpeg", jpegStart, "image/jpeg"},
		{"image/gif; name=\"a.gif\"", gifStart, "image/gif"},
		{"image/webp", webpStart, "image/webp"},
		{"IMAGE/JPG", pngStart, "image/png"}, // the bytes tell
		{"application/octet-stream", gifStart, "image/gif"},
		{"", "GIF87a....", "image/gif"},
		{"image/svg+xml", pngStart, ""},
		{"text/html", gifStart + page, ""},
		{"application/xhtml+xml", jpegStart, ""},
		{"image/png", page, ""},
		{"image/png", "<svg xmlns='http://www.w3.org/2000/svg'/>", ""},
		{"image/png", "", ""},
		{"image/png", pngStart[:7], ""},
		{"image/webp", webpStart[:13], ""},
		{"image/bmp", "BM....", ""},
	} {
		const html = `<img src="cid:a">`
		want := "<img>"
		if c.want != "" {
			want = `<img src="` + dataURL(c.want, c.data) + `">`
		}
		if got := inlined(html, part("a", c.declared, c.data)); got != want {
			t.Errorf("%q declared %s\ngot  %s\nwant %s", c.data, c.declared, got, want)
		}
	}
	broken := inbox.Attachment{ContentID: "a", ContentType: "image/png", Base64: "iVBORw0KGgo=?"}
	if got := inlined(`<img src="cid:a">`, broken); got != "<img>" {
		t.Error("what is no base64 gives", got)
	}
}

func TestInliningLeavesTheMessageAsItIs(t *testing.T) {
	t.Parallel()
	const html = `<img src="cid:a">`
	m := small("a", "")
	m.Source = &inbox.Source{Read: func([]byte) inbox.Content {
		return inbox.Content{HTML: html, HasHTML: true, Attachments: []inbox.Attachment{part("a", "image/png", pngStart)}}
	}}
	shown, ok := m.ShownBody(false)
	if body, _ := m.Body(); !ok || shown == html || body != html {
		t.Errorf("the body is %s, shown as %s", body, shown)
	}
	m.Source = &inbox.Source{Read: func([]byte) inbox.Content { return inbox.Content{Text: "cid:a"} }}
	if shown, ok := m.ShownBody(false); ok || shown != "" {
		t.Errorf("a text alone is shown as %q", shown)
	}
}

func TestInlinedImagesAreBounded(t *testing.T) {
	t.Parallel()
	const mib = 1 << 20
	large := part("large", "image/png", pngStart+strings.Repeat("x", 9*mib)) // 12 MiB as base64
	dot := part("dot", "image/gif", gifStart)
	huge := part("huge", "image/png", pngStart+strings.Repeat("x", 25*mib))
	middling := part("middling", "image/png", pngStart+strings.Repeat("x", mib/2))
	for name, c := range map[string]struct {
		part             inbox.Attachment
		times, wantTimes int
	}{
		"a large image within all that may be shown": {large, 10_000, 2},
		"an image that never fits":                   {huge, 10_000, 0},
		"an image of some size a few times":          {middling, 10_000, 4},
		"a small image where it is wanted":           {dot, 10_000, 10_000},
	} {
		html := strings.Repeat(`<img src="cid:`+c.part.ContentID+`">`, c.times)
		got := inlined(html, c.part)
		if n := strings.Count(got, `"data:`); n != c.wantTimes || strings.Count(got, "<img>") != c.times-c.wantTimes {
			t.Errorf("%s stands %d times, want %d", name, n, c.wantTimes)
		}
		if len(got) > len(html)+32*mib {
			t.Errorf("%s makes %d bytes of %d", name, len(got), len(html))
		}
	}
}

func TestHostileHTMLIsInlinedInLinearTime(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	for _, unit := range []string{
		"<", "\x00", "<!--", "<div><span ", "<a b>", " src=cid:b", `<img src="cid:a">`, `<img src="cid:b">`, "<script><!--<script>", "cid:a, ",
		"url(cid:", "url('cid:", "url(&quot;cid:a ", "(", "\\", "/*", "@import '", "image-set('", "var(", "{--a:", "&", "&#x", "&quot", "<style>", "<select>", "<svg d='M0 0", "0 ", "1,", "<p =", "a=b ",
		"<!---", "</style", "<xmp>", "<![CDATA[", "<form>", "<<form>", "data:image/png,a 2x,", "<a " + strings.Repeat("b ", 600) + ">",
	} {
		for _, before := range []string{"", "<img src=\"", "<img srcset='", "<p style='", "<style>", "<img"} {
			html := before + strings.Repeat(unit, size/len(unit))
			start := time.Now()
			got := inlined(html+"<img src=cid:b>", part("a", "image/png", pngStart))
			if took := time.Since(start); took > 3*time.Second {
				t.Errorf("%q behind %q took %v", unit, before, took)
			}
			if len(got) > 2*len(html)+1<<20 {
				t.Errorf("%q behind %q makes %d bytes of %d", unit, before, len(got), len(html))
			}
		}
	}
}
