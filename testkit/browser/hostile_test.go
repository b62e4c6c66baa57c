package browser_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/plunkmock/plunkmock/inbox/smtp/testdata/hostile"
)

// parts are the tabs of a mail.
var parts = []string{"html", "text", "source", "headers", "attachments", "links", "why"}

// driver opens mails one after the other in the page itself. It answers what a mail has
// done to the page.
const driver = `(async (mails, parts, project) => {
	const found = [];
	const until = async (what, f) => {
		for (const end = performance.now() + 60_000; !f(); await new Promise(requestAnimationFrame)) {
			if (performance.now() > end) throw new Error(what);
		}
	};
	for (const {ID, Name} of mails) for (const part of parts) {
		location.hash = "#/inbox/" + ID + "?tab=" + part + "&project=" + project;
		await until(Name + " is not shown", () => document.querySelector(".mail-head a[download]")?.href.includes(ID));
		await until(Name + ": not " + part, () => document.querySelector(".tab-panel").dataset.tab === part || part === "html" && !document.getElementById("tab-html"));
		const frame = document.querySelector("iframe");
		if (frame) await until(Name + ": its frame does not load", () => frame.dataset.loaded === frame.src);
		if (frame && !frame.src.includes(ID)) found.push(Name + ": the frame is that of " + frame.src);
		if (document.activeElement === frame) found.push(Name + ": the frame has taken the focus");
		const strange = [...document.querySelectorAll("script, base, object, embed, form, [http-equiv], [href^='javascript:' i], [srcdoc]")]
			.filter((e) => !e.src?.endsWith("/main.js")).map((e) => e.outerHTML);
		for (const e of document.querySelectorAll("main *")) {
			if (e.getAttributeNames().some((name) => name.startsWith("on"))) strange.push(e.outerHTML);
		}
		if (strange.length) found.push(Name + ", " + part + ": the page has " + strange.join().slice(0, 300));
	}
	return found;
})($0, $1, $2)`

type letter struct{ Name, ID string }

// openAll opens parts of mails.
func (t *tab) openAll(mails []letter, parts ...string) {
	t.Helper()
	for some := range slices.Chunk(mails, 8) {
		for _, fault := range eval[[]string](t, driver, some, parts, t.name) {
			t.Errorf("%s", fault)
		}
	}
}

// TestHostileMails opens all of the mails that broke others. None may have the browser
// ask for anything, run anything, open or go anywhere.
func TestHostileMails(t *testing.T) {
	t.Parallel()
	all := hostile.Mails()
	if len(all) < 300 {
		t.Fatalf("there are %d mails", len(all))
	}
	const shares = 2 // at once
	for share := range shares {
		t.Run(strconv.Itoa(share), func(t *testing.T) {
			t.Parallel()
			p := regularTab(t, newProject(t))
			session := p.dial(t)
			var mails, whole []letter
			for i := share; i < len(all); i += shares {
				m := letter{all[i].Name, session.send(t, all[i].Data(20_000, shared.stray.address()))}
				mails = append(mails, m)
				if i%20 < shares || aimed[m.Name] {
					whole = append(whole, m)
				}
			}
			p.limit = 2 * time.Minute // for some mails at a time
			p.open("inbox")
			p.wait(`document.querySelector(".row a")`)
			p.openAll(mails, "html")
			p.openAll(whole, parts...)
			if err := shared.stray.err(); err != nil {
				t.Error(err)
			}
		})
	}
}

// aimed are mails that aim at whoever shows them.
var aimed = map[string]bool{
	"cid/SVG": true, "cid/page as PNG": true, "code/markup between": true, "encoding/script": true, "file/name: script": true, "file/type: SVG": true,
	"file/type: inline page": true, "file/type: page": true, "file/type: script": true, "header/right to left": true,
	"header/script in every place": true, "link/in what is hidden": true, "link/odd hosts": true, "link/schemes": true, "page/an image": true,
	"page/fetches": true, "page/in a text": true, "page/scripts": true, "page/two of them": true, "parts/calendar": true, "unsubscribe/script": true,
}

// TestMailOfItsOwnMind is all in one mail that a page could try from a frame.
func TestMailOfItsOwnMind(t *testing.T) {
	t.Parallel()
	p := regularTab(t, newProject(t))
	host := shared.stray.address()
	id := p.send(t, `<img src=x onerror=alert(1)>`, strings.ReplaceAll(`<!doctype html><html><head>
<base href="http://HOST/base/" target="_top"><meta http-equiv="refresh" content="0;url=http://HOST/refresh">
<link rel="preconnect" href="http://HOST"><link rel="dns-prefetch" href="//names.invalid"><link rel="preload" as="image" href="http://HOST/preload">
<link rel="prefetch" href="http://HOST/prefetch"><link rel="modulepreload" href="http://HOST/module"><link rel="icon" href="http://HOST/icon">
<link rel="stylesheet" href="http://HOST/sheet"><link rel="manifest" href="http://HOST/manifest"><link rel="prerender" href="http://HOST/prerender">
<style>@import "http://HOST/import"; @font-face { font-family: f; src: url(http://HOST/font) } body { background: url(http://HOST/background); font-family: f } li { list-style: url(http://HOST/list) }</style>
<script>top.location = "http://HOST/top"; alert(1); fetch("http://HOST/fetch")</script><script src="http://HOST/script"></script>
<script type="speculationrules">{"prefetch": [{"source": "list", "urls": ["http://HOST/speculation"]}]}</script></head>
<body onload="parent.postMessage('x', '*')" background="http://HOST/body"><p>Here it is<ul><li>a</ul>
<img src="http://HOST/image" onerror="alert(2)"><img srcset="http://HOST/srcset 2x"><img src="//names.invalid/"><picture><source srcset="http://HOST/source"><img></picture>
<svg><script>alert(3)</script><image href="http://HOST/svg"/><use href="http://HOST/use#a"/><a href="javascript:alert(4)"><text y="20">svg</text></a></svg>
<iframe src="http://HOST/frame"></iframe><iframe srcdoc="<script>alert(5)</script><img src=http://HOST/srcdoc>"></iframe><object data="http://HOST/object"></object><embed src="http://HOST/embed">
<video src="http://HOST/video" poster="http://HOST/poster" autoplay></video><audio src="http://HOST/audio" autoplay></audio>
<form action="http://HOST/form" target="_top"><input autofocus onfocus="alert(6)"><button type="submit">Send it</button></form>
<details open ontoggle="alert(7)"><summary>s</summary></details><marquee onstart="alert(8)">m</marquee><portal src="http://HOST/portal"></portal>
<div style="position:fixed;inset:0;background:url(http://HOST/fixed)"></div><input type="image" src="http://HOST/input"><table background="http://HOST/table"><td>t</table>
<dialog open>You have been logged out</dialog><math href="javascript:alert(9)">m</math></body></html>`, "HOST", host))
	p.open("inbox/" + id)
	p.see("<img src=x onerror=alert(1)>")
	p.openAll([]letter{{"it", id}}, parts...)
	p.openAll([]letter{{"it", id}}, "html")
	p.click("button", "Dark") // it has a say in the colours of its frame, and no more
	p.click("button", "Light")
	if err := shared.stray.err(); err != nil {
		t.Error(err)
	}
}

// TestRemoteImages are asked for when someone says so, and nothing else is.
func TestRemoteImages(t *testing.T) {
	t.Parallel()
	p := regularTab(t, newProject(t))
	host := shared.stray.address()
	id := p.send(t, "Pictures", fmt.Sprintf(`<img src="http://%s/pixel"><link rel=stylesheet href="http://%[1]s/sheet"><iframe src="http://%[1]s/frame"></iframe><p>Hi`, host))
	p.watch.expect("a request to http://" + host + "/pixel (Image")
	came := shared.stray.expect("/pixel")
	p.open("inbox/" + id)
	p.wait(`document.querySelector("iframe")?.dataset.loaded`)
	if came() {
		t.Error("the image was asked for before")
	}
	if n := p.watch.requests(); len(n) > 0 {
		t.Errorf("there were requests to %s", n)
	}
	p.click("button", "Show remote images")
	p.until("the image is asked for", func() (bool, string) { return came(), "" })
	p.wait(`document.querySelector("iframe").dataset.loaded.includes("remote=1")`)
	p.click("button", "Remote images shown")
	p.wait(`!document.querySelector("iframe").src.includes("remote=1")`)
	if status, _ := p.call(t, http.MethodGet, "/_mock/inbox/messages/"+id+"/html?remote=1", nil); status != http.StatusOK {
		t.Errorf("the mail's page answers %d", status)
	}
	if err := shared.stray.err(); err != nil {
		t.Error(err)
	}
}

// TestNoConnectionAhead hides a link that opens a connection, which no policy stops, from
// whatever takes it out of mails.
func TestNoConnectionAhead(t *testing.T) {
	t.Parallel()
	p := regularTab(t, newProject(t))
	link := fmt.Sprintf(`<link rel=preconnect href="http://%s">`, shared.stray.address())
	var mails []letter
	for name, page := range map[string]string{
		"alone":                link,
		"upper case":           strings.Replace(link, "link rel", "LINK REL", 1),
		"slash":                strings.Replace(link, "link ", "link/", 1),
		"line end":             strings.Replace(link, "link ", "link\n", 1),
		"twice named":          strings.Replace(link, "rel=", "rel=preconnect rel=", 1),
		"entity":               strings.Replace(link, "preconnect", "pre&#99;onnect", 1),
		"more words":           strings.Replace(link, "preconnect", `"icon preconnect"`, 1),
		"style sheet too":      strings.Replace(link, "preconnect", `"stylesheet preconnect"`, 1),
		"style of SVG":         `<svg><style><p>` + link,
		"title of SVG":         `<svg><title>` + link,
		"script of SVG":        `<svg><script><p>` + link,
		"CDATA":                `<svg><![CDATA[><p>]]><p>` + link,
		"CDATA without end":    `<![CDATA[>` + link,
		"short comment":        `<!-->` + link + `-->`,
		"short comment, dash":  `<!--->` + link + `-->`,
		"comment with a bang":  `<!-- --!>` + link + `-->`,
		"odd comment":          `</ >` + link + `<!-- -->`,
		"noscript":             `<noscript>` + link + `</noscript>`,
		"noscript in head":     `<head><noscript>` + link + `</noscript></head>`,
		"attribute of it":      `<noscript><p title="</noscript>` + strings.ReplaceAll(link, `"`, "") + `">`,
		"noembed":              `<noembed></noembed>` + link,
		"text area":            `<textarea></textarea >` + link,
		"title":                `<title></title/>` + link,
		"math":                 `<math><mtext><style><!--</style>` + link + `-->`,
		"math, annotation":     `<math><annotation-xml encoding="text/html"><style><p>` + link,
		"select":               `<select><style></select>` + link + `</style>`,
		"table":                `<table><style></style>` + link,
		"form":                 `<math><form>` + link,
		"plain text of SVG":    `<svg><plaintext><p>` + link,
		"frame text of SVG":    `<svg><xmp><p>` + link,
		"text area of SVG":     `<svg><textarea><p>` + link,
		"no frames of SVG":     `<svg><noframes><p>` + link,
		"frame of SVG":         `<svg><iframe><p>` + link,
		"srcdoc":               `<iframe srcdoc='` + strings.ReplaceAll(link, "<", "&lt;") + `'></iframe>`,
		"template":             `<template shadowrootmode=open>` + link + `</template>`,
		"div with a shadow":    `<div><template shadowrootmode="open">` + link + `</template></div>`,
		"processing":           `<?xml ?>` + link,
		"quote in a tag":       `<p title=">` + strings.ReplaceAll(link, `"`, "'") + `" >` + link,
		"tag without an end":   `<p <link rel=preconnect href="http://` + shared.stray.address() + `">` + link,
		"equals before a name": `<p ="` + `>` + link,
	} {
		mails = append(mails, letter{name, p.send(t, name, "<!doctype html><html>"+page+"<p>Hi")})
	}
	p.open("inbox")
	p.openAll(mails, "html")
	if err := shared.stray.err(); err != nil {
		t.Error(err)
	}
}

// TestLinkInMail opens a window of its own when it is clicked on, whatever it says, and
// the console stays where it is.
func TestLinkInMail(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"_top", "_self", "_parent", "other"} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			p := newTab(t, newProject(t))
			id := p.send(t, "To "+where, `<a href="http://elsewhere.test/" target="`+where+`" style="display:block;height:300px">Go`)
			p.open("inbox/" + id + "?tab=html")
			p.wait(`document.querySelector("iframe")?.dataset.loaded`)
			p.settled()
			p.watch.expect("a window for http://elsewhere.test/")
			p.watch.expect("a new page shows")
			place := eval[[]float64](p, `(({x, y}) => [x + 60, y + 60])(document.querySelector("iframe").getBoundingClientRect())`)
			ctx, cancel := p.within()
			defer cancel()
			p.must(chromedp.Do(ctx, chromedp.MouseClickXY(place[0], place[1])))
			p.until("the link opens a window", func() (bool, string) {
				p.watch.mu.Lock()
				defer p.watch.mu.Unlock()
				all := strings.Join(p.watch.faults, "\n")
				return strings.Contains(all, "a window for http://elsewhere.test/"), all
			})
			p.find("heading", "To "+where)
		})
	}
}
