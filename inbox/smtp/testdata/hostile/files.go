package hostile

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// related makes a mail of HTML and an image, whose header is given but for its ID.
func related(page, id, header, data string) string {
	return mixed("related", part("Content-Type: text/html", page),
		part(header+"\nContent-ID: "+id+"\nContent-Transfer-Encoding: base64", base64.StdEncoding.EncodeToString([]byte(data))))
}

const (
	svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>`
	gif = "GIF89a\x01\x00\x01\x00"
)

// images are mails whose own images are the matter.
func images() map[string]func(maker) string {
	one := func(page, id, header, data string) func(maker) string {
		return func(maker) string { return related(page, id, header, data) }
	}
	const shown = `<img src="cid:x">`
	return map[string]func(maker) string{
		"cid/SVG":                one(shown, "<x>", "Content-Type: image/svg+xml", svg),
		"cid/SVG as PNG":         one(shown, "<x>", "Content-Type: image/png", svg),
		"cid/page as PNG":        one(shown, "<x>", "Content-Type: image/png", "<script>alert(1)</script>"),
		"cid/GIF and script":     one(shown, "<x>", "Content-Type: image/gif", "GIF89a/*<script>alert(1)</script>*/=1"),
		"cid/PNG as page":        one(shown, "<x>", "Content-Type: text/html", "\x89PNG\r\n\x1a\n<script>alert(1)</script>"),
		"cid/PNG as SVG":         one(shown, "<x>", "Content-Type: image/svg+xml", "\x89PNG\r\n\x1a\n"+svg),
		"cid/JPEG and ZIP":       one(shown, "<x>", "Content-Type: image/jpeg", "\xff\xd8\xff\xfePK\x03\x04../../etc/passwd"),
		"cid/type with quotes":   one(shown, "<x>", "Content-Type: image/png\"onerror=\"alert(1)", gif),
		"cid/regular expression": one(`<img src="cid:(((a+)+$[">`, "<(((a+)+$[>", "Content-Type: image/gif", gif),
		"cid/quotes":             one(`<img src='cid:"onerror="alert(1)'>`, `<"onerror="alert(1)>`, "Content-Type: image/gif", gif),
		"cid/path":               one(`<img src="cid:../../etc/passwd"><img src="cid:/etc/passwd">`, "<../../etc/passwd>", "Content-Type: image/gif; name=\"../../etc/passwd\"", gif),
		"cid/zero byte":          one("<img src=\"cid:a\x00b\">", "<a\x00b>", "Content-Type: image/gif", gif),
		"cid/line ends":          one(`<img src="cid:a&#13;&#10;b%0d%0ac">`, "<a\n b>", "Content-Type: image/gif", gif),
		"cid/of 1 MB": func(m maker) string {
			id := m.fill("a", 1_000_000)
			return related(`<img src="cid:`+id+`">`, "<"+id+">", "Content-Type: image/gif", gif)
		},
		"cid/10,000 references": func(m maker) string {
			return related(m.fill(shown, 10_000), "<x>", "Content-Type: image/gif", gif+strings.Repeat("x", min(100_000, m.most/20)))
		},
		"cid/references without number": func(m maker) string { return related(m.fill("<img src=cid:x>"), "<x>", "Content-Type: image/gif", gif) },
		"cid/percent": func(m maker) string {
			return related(m.fill("<img src=cid:%78>"), "<x>", "Content-Type: image/gif", gif)
		},
		"cid/to nothing": func(m maker) string {
			return related(m.fill("<img src='cid:"+strings.Repeat("%25", 900)+"'>"), "<x>", "Content-Type: image/gif", gif)
		},
		"cid/in styles": func(m maker) string {
			return related("<style>"+m.fill("a{b:url('cid:x')}")+"</style>", "<x>", "Content-Type: image/gif", gif)
		},
		"cid/in sets": func(m maker) string {
			return related("<img srcset=\""+m.fill("cid:x 2x,")+"\">", "<x>", "Content-Type: image/gif", gif)
		},
		"cid/in styles without end": func(m maker) string {
			return related("<style>"+m.fill("url(\"cid:"), "<x>", "Content-Type: image/gif", gif)
		},
		"cid/900 images": func(m maker) string {
			parts := []string{part("Content-Type: text/html", m.fillWith(900, func(i int) string { return fmt.Sprintf("<img src=cid:x%d>", i) }))}
			for i := range 900 {
				parts = append(parts, part(fmt.Sprintf("Content-Type: image/gif\nContent-ID: <x%d>\nContent-Transfer-Encoding: base64", i), base64.StdEncoding.EncodeToString([]byte(gif))))
			}
			return mixed("related", parts...)
		},
	}
}

// files are mails whose attachments are the matter.
func files() map[string]func(maker) string {
	all := map[string]func(maker) string{}
	// What a file may be called, as a parameter.
	for name, filename := range map[string]string{
		"path":                `filename="../../etc/passwd"`,
		"Windows path":        `filename="..\\..\\C:\\Windows\\x.exe"`,
		"encoded path":        `filename*=utf-8''..%2F..%2Fetc%2Fpasswd`,
		"root":                `filename="/"`,
		"dots":                `filename=".."`,
		"nothing":             `filename=""`,
		"device":              `filename="CON"`,
		"stream":              `filename="x.txt:y.exe"`,
		"zero byte":           "filename=\"x.exe\x00.pdf\"",
		"encoded zero":        `filename*=utf-8''x.exe%00.pdf`,
		"line ends":           `filename*=utf-8''a%0D%0ASet-Cookie:%20x=1%0D%0A%0D%0A<script>`,
		"line ends in a word": `filename="=?utf-8?q?a=0D=0AX-Injected:_y?="`,
		"bare CR":             "filename=\"a\rX-Injected: y\"",
		"quotes":              `filename="a\"; filename=\"b.exe"`,
		"semicolons":          `filename="a;b=c; d"`,
		"percent":             `filename="%s%n%0d%0a%00"`,
		"emoji":               "filename=\"\U0001F4A5\U0001F468\u200D\U0001F469.png\"",
		"right to left":       "filename=\"invoice\u202efdp.exe\"",
		"script":              `filename="<script>alert(1)</script>.html"`,
		"8 bits":              "filename=\"\xff\xfe.pdf\"",
		"surrogates":          `filename*=utf-8''%ED%A0%80.pdf`,
		"charset":             `filename*=utf-16''%00a%00%2F`,
		"shell":               "filename=\"$(id);`id`|x&y.pdf\"",
		"twice":               `filename=a.pdf; filename=b.exe; filename*=utf-8''c.html`,
	} {
		all["file/name: "+name] = exact(mixed("mixed", part("Content-Type: application/pdf\nContent-Disposition: attachment; "+filename, "x")))
	}
	// What a file may say it is.
	for name, header := range map[string]string{
		"page":        "Content-Type: text/html; name=x.html\nContent-Disposition: attachment",
		"inline page": "Content-Type: application/xhtml+xml\nContent-Disposition: inline; filename=x.xhtml",
		"SVG":         "Content-Type: image/svg+xml; name=x.svg\nContent-Disposition: attachment",
		"script":      "Content-Type: text/javascript; name=x.js\nContent-Disposition: attachment",
		"line ends":   "Content-Type: text/html\r\tX: y; name=x\nContent-Disposition: attachment",
		"encoded":     "Content-Type: =?utf-8?q?text/html=0D=0AX:_y?=; name=x\nContent-Disposition: attachment",
		"zero byte":   "Content-Type: text/html\x00; name=x\nContent-Disposition: attachment",
		"nothing":     "Content-Type: \nContent-Disposition: attachment",
		"wild card":   "Content-Type: */*; name=x\nContent-Disposition: attachment",
		"multipart":   "Content-Type: multipart/x-mixed-replace; name=x\nContent-Disposition: attachment",
		"charset":     "Content-Type: text/html; charset=utf-7; name=x\nContent-Disposition: attachment",
		"disposition": "Content-Type: text/html\nContent-Disposition: <script>; filename=x",
		"long":        "Content-Type: text/" + strings.Repeat("x", 10_000) + "; name=x\nContent-Disposition: attachment",
		"8 bits":      "Content-Type: text/h\xfftml; name=x\nContent-Disposition: attachment",
	} {
		all["file/type: "+name] = exact(mixed("mixed", part("Content-Type: text/plain", "see there"), part(header, "<script>alert(1)</script>")))
	}
	all["file/name: of 10 KB"] = exact(mixed("mixed", part("Content-Type: application/pdf\nContent-Disposition: attachment; filename=\""+strings.Repeat("\u00e4", 5000)+".pdf\"", "x")))
	all["file/name: in 100,000 pieces"] = func(m maker) string {
		return mixed("mixed", part("Content-Type: application/pdf\nContent-Disposition: attachment"+m.fillWith(100_000, func(i int) string { return fmt.Sprintf(";\n filename*%d*=%%2e%%2e%%2f", i) }), "x"))
	}
	all["file/900 of one name"] = exact(mixed("mixed", strings.Split(strings.Repeat(part("Content-Type: text/html; name=x.html\nContent-Disposition: attachment", "x")+"\x00", 900), "\x00")...))
	return all
}
