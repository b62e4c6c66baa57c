package hostile

import (
	"fmt"
	"maps"
	"net/url"
	"strings"
)

// fetched is HTML with whatever makes a program fetch something.
func fetched(host string) string {
	return strings.ReplaceAll(`<!doctype html><html><head><base href="//HOST/"><link rel=stylesheet href="//HOST/a.css"><link rel=prefetch href="//HOST/b">
<link rel=dns-prefetch href="//HOST"><link rel=icon href="//HOST/i"><meta http-equiv=refresh content="0;url=http://HOST/c"><script src="//HOST/d.js"></script>
<style>@import "//HOST/e.css"; body { background: url(http://HOST/f) } @font-face { font-family: x; src: url(//HOST/g) }</style></head>
<body background="http://HOST/h" onload="fetch('//HOST/j')"><img src="http://HOST/k" srcset="http://HOST/l 2x"><iframe src="http://HOST/m" srcdoc="<script>alert(1)</script>"></iframe>
<object data="http://HOST/n"></object><embed src="http://HOST/o"><video src="http://HOST/p" poster="http://HOST/q"></video><audio src="http://HOST/r"></audio>
<form action="http://HOST/s"><input type=image src="http://HOST/t"></form><svg><image href="http://HOST/u"/><use href="http://HOST/v#x"/></svg>
<table background="http://HOST/w"><tr><td style="background:url('http://HOST/x')">x</table><a ping="http://HOST/y" href="http://HOST/z">z</a>
<img src="\\HOST\share\1.png"><img src="file:///etc/passwd"><img src="cid:../../etc/passwd"></body></html>`, "HOST", host)
}

const scripts = `<script>alert(1)</script><svg onload=alert(2)><svg><script>alert(3)</script></svg><math><mtext><script>alert(4)</script></mtext></math>
<img src=x onerror=alert(5)><a href="javascript:alert(6)">x</a><a href=" java&#10;script&colon;alert(7)">y</a><iframe srcdoc="<script>alert(8)</script>"></iframe>
<body onload=alert(9)><form><button formaction=javascript:alert(10)>z</button></form><style><!--</style><script>alert(11)//--></script>
<noscript><p title="</noscript><img src=x onerror=alert(12)>"></noscript><textarea></textarea><script>alert(13)</script><template><script>alert(14)</script></template>
<!--[if IE]><script>alert(15)</script><![endif]--><![CDATA[<script>alert(16)</script>]]><?php alert(17) ?><xmp></xmp><script>alert(18)</script>
<object data="data:text/html,<script>alert(19)</script>"></object><meta http-equiv=refresh content="0;url=javascript:alert(20)"><p style="x:expression(alert(21))">`

// pages are mails whose HTML is the matter.
func pages() map[string]func(maker) string {
	all := longPages()
	maps.Copy(all, map[string]func(maker) string{
		"page/scripts": html(func(maker) string { return scripts }),
		"page/fetches": html(func(m maker) string { return fetched(m.host) }),
		"page/an image": func(m maker) string {
			return mail("Content-Type: image/svg+xml; name=x.svg\nContent-Disposition: inline", "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"><script>alert(2)</script></svg>")
		},
		"page/XHTML": func(m maker) string {
			return mail("Content-Type: application/xhtml+xml", "<html xmlns=\"http://www.w3.org/1999/xhtml\"><script>alert(1)</script></html>")
		},
		"page/XML entities": func(m maker) string {
			return mail("Content-Type: text/xml", "<!DOCTYPE x [<!ENTITY a \"&b;&b;\"><!ENTITY b SYSTEM \"file:///etc/passwd\">]><x>&a;</x>")
		},
		"page/zero bytes": html(func(maker) string { return "<scr\x00ipt>alert(1)</scr\x00ipt><a hr\x00ef='java\x00script:x'>\x00</a>" }),
		"page/in a text":  fixed("Content-Type: text/plain\n\n<script>alert(1)</script><a href=\"javascript:alert(1)\">x</a>\n"),
		"page/two of them": func(m maker) string {
			return mixed("mixed", part("Content-Type: text/html", "<!--"), part("Content-Type: text/html", "--><script>alert(1)</script>"))
		},
	})
	return all
}

// longPages are mails of HTML that is long.
func longPages() map[string]func(maker) string {
	all := repeatedPages()
	all["page/one tag of 25 MB"] = html(func(m maker) string { return "<p " + m.fill("a=b ") + ">x</p>" })
	all["page/one attribute of 25 MB"] = html(func(m maker) string { return "<p title=\"" + m.fill("x") + "\">x</p>" })
	all["page/attributes without number"] = html(func(m maker) string {
		return "<p " + m.fillWith(m.most/8, func(i int) string { return fmt.Sprintf("a%d ", i) }) + ">x</p>" + m.fill("<b>", 100_000)
	})
	all["page/one name of 25 MB"] = html(func(m maker) string { return "<" + m.fill("x") + ">y" })
	all["page/one style of 25 MB"] = html(func(m maker) string { return "<style>" + m.fill("a{b:c}\n") + "</style><p>At last 123456" })
	all["page/one comment of 25 MB"] = html(func(m maker) string { return "<!--" + m.fill("- ->") + "--><p>At last" })
	all["page/an image in it"] = html(func(m maker) string {
		return "<p>Before<img src=\"data:image/png;base64," + m.fill("AAAA") + "\">After"
	})
	all["page/a text after 25 MB"] = html(func(m maker) string {
		return m.fill("<i></i>") + "<p>Your code is 123456</p><a href=https://x.test/verify>Verify</a>"
	})
	return all
}

// repeatedPages are mails of a little HTML, again and again.
func repeatedPages() map[string]func(maker) string {
	all := map[string]func(maker) string{}
	long := map[string]string{
		"page/deep":                   "<div>",
		"page/deep tables":            "<table><tr><td>x",
		"page/deep in what is hidden": "<template><script>",
		"page/links in links":         "<a href=https://x.test/>x",
		"page/tags without end":       "<",
		"page/ends alone":             "</div>",
		"page/ends of nothing":        "</",
		"page/comments without end":   "<!--",
		"page/questions":              "<?",
		"page/entities":               "&amp;",
		"page/entities without end":   "&",
		"page/numbers without end":    "&#x",
		"page/scripts without end":    "<script>",
		"page/half ends of script":    "<script></scrip",
		"page/text areas":             "<textarea></textarea",
		"page/breaks":                 "<br>",
		"page/rules":                  "<hr>x",
		"page/items":                  "<li><ul>",
		"page/preformatted":           "<pre> x\n",
		"page/alternate texts":        "<img alt='a b'>",
		"page/quotes":                 "<p title=\"'",
		"page/styles":                 "<style>a{b:url(x)}</style>",
		"page/CSS parentheses":        "<p style='(((url((('>",
		"page/words":                  "a b ",
		"page/CDATA":                  "<svg><![CDATA[",
		"page/noscript":               "<noscript><p>",
		"page/cells":                  "<td>x",
		"page/odd spaces":             "\u2003\u00a0\u200b",
		"page/upper case":             "<DIV CLASS=X>",
	}
	for name, text := range long {
		all[name] = html(func(m maker) string { return m.fill(text) })
	}
	return all
}

// links are mails with those that make work, or lead astray.
func links() map[string]func(maker) string {
	all := map[string]func(maker) string{
		"link/of 1 MB":       html(func(m maker) string { return "<a href=\"https://x.test/" + m.fill("a", 1_000_000) + "\">x</a>" }),
		"link/bare, of 1 MB": plain(func(m maker) string { return "https://x.test/" + m.fill("a", 1_000_000) }),
		"link/schemes": html(func(maker) string {
			return "<a href=\"javascript:alert(1)\">a</a><a href=\"data:text/html,<script>\">b</a><a href=\"vbscript:x\">c</a><a href=\"file:///etc/passwd\">d</a><a href=\"\x01javascript:x\">e</a><a href=\"blob:x\">f</a><a href=\"https:\">g</a><a href=\"//x.test\">h</a><a href=\"https://\n\r\tx.test\">i</a>"
		}),
		"link/line ends": html(func(maker) string {
			return "<a href=\"https://x.test/&#13;&#10;Set-Cookie:%20a\">verify</a><a href=\"mailto:a@b.test?bcc=x%0d%0ay\">m</a><a href=\"https://x.test/%0d%0aX:y\" rel=\"a&#10;b\">n</a>"
		}),
		"link/odd hosts": html(func(maker) string {
			return "<a href=\"https://a@b@c\">a</a><a href=\"https://[::1\">b</a><a href=\"https://xn--\">c</a><a href=\"https://\u0430pple.com\">d</a><a href=\"https:\\\\x.test\">e</a><a href=\"https://%00/\">f</a><a href=\"http://1.1.1.1:99999\">g</a><a href=\"https://\x7f\">h</a>"
		}),
		"link/1,000 redirects": html(func(m maker) string {
			return "<a href=\"" + m.fill("https://r.test/?u=", 1000) + "https://x.test/end\">x</a>"
		}),
		"link/escaped redirects":   html(func(m maker) string { return "<a href=\"" + escapedRedirects(m) + "\">x</a>" }),
		"link/redirects in a path": html(func(m maker) string { return "<a href=\"" + m.fill("https://r.test/", 100_000) + "\">x</a>" }),
		"link/percent":             html(func(m maker) string { return "<a href=\"https://x.test/?u=" + m.fill("%25", 1_000_000) + "\">x</a>" }),
		"link/base64": html(func(m maker) string {
			return "<a href=\"https://x.test/?u=aHR0cHM6Ly9" + m.fill("4", 1_000_000) + "\">x</a>"
		}),
		"link/parameters": html(func(m maker) string { return "<a href=\"https://x.test/?" + m.fill("u=http%3A&", 500_000) + "\">x</a>" }),
		"link/segments":   html(func(m maker) string { return "<a href=\"https://x.test" + m.fill("/ahttp:%2f", 500_000) + "\">x</a>" }),
		"link/many with many parameters": html(func(m maker) string {
			return m.fill("<a href=\"https://x.test/?"+strings.Repeat("u=http%253A%252F%252Fy&", 400)+"\">x</a>", 1000)
		}),
		"link/many long ones": html(func(m maker) string {
			return m.fill("<a href=\"https://x.test/"+strings.Repeat("a-b%20", 4000)+"\">x</a>", 1000)
		}),
		"link/hundred thousand": html(func(m maker) string {
			return m.fillWith(100_000, func(i int) string { return fmt.Sprintf("<a href=\"https://x.test/verify/%d?token=a\">Verify</a> ", i) })
		}),
		"link/hundred thousand lines": html(func(m maker) string { return m.fill("<p><a href=https://x.test/>Here</a>", 100_000) }),
		"link/text of 10 MB":          html(func(m maker) string { return "<a href=https://x.test/>" + m.fill("verify your ", 900_000) + "</a>" }),
		"link/never closed":           html(func(m maker) string { return "<a href=https://x.test/>" + m.fill("<p>text</p>") }),
		"link/bare in a row":          plain(func(m maker) string { return m.fill("https://x.test/a ") }),
		"link/starts":                 plain(func(m maker) string { return m.fill("http://") }),
		"link/mailto":                 plain(func(m maker) string { return m.fill("mailto:") }),
		"link/colons":                 plain(func(m maker) string { return m.fill(":") }),
		"link/brackets behind":        plain(func(m maker) string { return "https://x.test/" + m.fill(")", 5_000_000) }),
		"link/dots behind":            plain(func(m maker) string { return m.fill("https://x.test/" + strings.Repeat(".", 1000) + " ") }),
		"link/autolinks":              plain(func(m maker) string { return m.fill("<https://x.test/>") }),
		"link/half autolinks":         plain(func(m maker) string { return m.fill("<https://") }),
		"link/no autolinks":           plain(func(m maker) string { return m.fill("<a.b-c+d ") }),
		"link/half addresses":         html(func(m maker) string { return m.fill("<a+b") }),
		"link/images":                 html(func(m maker) string { return m.fill("<a href=https://x.test/><img alt='Reset password'></a>") }),
		"link/areas":                  html(func(m maker) string { return "<map>" + m.fill("<area href=https://x.test/ alt=x>") }),
		"link/in what is hidden":      html(func(m maker) string { return "<template>" + m.fill("<a href=https://x.test/>x</a>") }),
	}
	return all
}

// escapedRedirects returns a redirect to a redirect, and so on. Each time its escapes are
// escaped too, so that it grows.
func escapedRedirects(m maker) string {
	to := "https://x.test/end"
	for len(to) < min(m.most, 500_000) {
		to = "https://r.test/?u=" + url.QueryEscape(to)
	}
	return to
}

// codes are mails with what looks like one.
func codes() map[string]func(maker) string {
	long := map[string]string{
		"code/digits":          "7",
		"code/six digits each": "482913 ",
		"code/named each":      "Your code is 482913.\r\n",
		"code/names alone":     "code ",
		"code/alone":           "482913\r\n",
		"code/boxes":           "4 8 ",
		"code/groups":          "123-456-",
		"code/dotted":          "1.2.",
		"code/apostrophes":     "1'2:3,",
		"code/addresses":       "1@2 ",
		"code/dots":            ". ",
		"code/one word":        "code",
		"code/letters":         "ABCDEF ",
		"code/marks":           "1\u0301",
		"code/other digits":    "\u0661\u0662 ",
		"code/slashes":         "1/",
		"code/labels":          "verification security login code\r\n\r\n",
	}
	all := map[string]func(maker) string{
		"code/in the subject": func(m maker) string { return "Subject: " + m.fill("code 482913 ", 70_000) + hi },
		"code/line ends":      fixed("Subject: code 48\r2913\n\nYour code is 48\r2913 or =34=38=32\n"),
		"code/in a page":      html(func(m maker) string { return m.fill("<td>4</td><td>8</td>") }),
		"code/markup between": html(func(m maker) string { return "Your code: " + m.fill("<b>4</b>") }),
	}
	for name, text := range long {
		all[name] = plain(func(m maker) string { return m.fill(text, 10_000_000) })
	}
	return all
}
