package hostile

import (
	"encoding/base64"
	"fmt"
	"maps"
	"strings"
)

const (
	aText = "text/plain; charset=utf-8"
	aPage = "text/html; charset=utf-8"
	aFile = "application/octet-stream; name=x.bin"
)

// encodings are mails whose alphabet is the matter.
func encodings() map[string]func(maker) string {
	all := map[string]func(maker) string{
		"base64/junk":                  fixed("Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!!!###\naGVs*bG8\n"),
		"base64/one digit":             fixed("Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\nA\n"),
		"base64/five digits":           fixed("Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\nAAAAA\n"),
		"base64/goes on":               fixed("Content-Type: text/html\nContent-Transfer-Encoding: base64\n\nPGI+\nPA==\nPHNjcmlwdD4=\n====\nQUJD\n"),
		"base64/URL alphabet":          fixed("Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n-_-_\n"),
		"base64/script":                fixed("Content-Type: text/html\nContent-Transfer-Encoding: BASE64\n\nPHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==\n"),
		"base64/8 bits":                exact("Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n\xc1\xc1\xc1\xc1\x00AAAA\r\n"),
		"base64/25 MB of junk":         encoded(aFile, "base64", func(m maker) string { return m.fill("!") }),
		"base64/25 MB of equals":       encoded(aFile, "base64", func(m maker) string { return m.fill("=") }),
		"base64/25 MB half junk":       encoded(aFile, "base64", func(m maker) string { return m.fill("A*") }),
		"base64/25 MB on one line":     encoded(aFile, "base64", func(m maker) string { return m.fill("QUJD") }),
		"base64/a digit a line":        encoded(aFile, "base64", func(m maker) string { return m.fill("A\r\n") }),
		"base64/25 MB of text":         encoded(aText, "base64", func(m maker) string { return m.fill("aGVsbG8g") }),
		"base64/25 MB of page":         encoded(aPage, "base64", func(m maker) string { return m.fill("PGI+\r\n") }),
		"base64/25 MB of invalid text": encoded(aText, "base64", func(m maker) string { return m.fill("/////w*=") }),

		"printable/broken":              fixed("Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n=ZZ=\n=\n=4\n=4=41=\n"),
		"printable/line ends":           fixed("Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n=0D=0A.=0D=0A=00=3Cscript=3E\n"),
		"printable/25 MB of equals":     encoded(aText, "quoted-printable", func(m maker) string { return m.fill("=") }),
		"printable/25 MB of escapes":    encoded(aText, "quoted-printable", func(m maker) string { return m.fill("=3D") }),
		"printable/25 MB of soft ends":  encoded(aText, "quoted-printable", func(m maker) string { return m.fill("=\r\n") }),
		"printable/25 MB of high bytes": encoded(aPage, "quoted-printable", func(m maker) string { return m.fill("\xe9") }),
		"printable/25 MB of controls":   encoded(aText, "quoted-printable", func(m maker) string { return m.fill("\x01\x02") }),
		"printable/25 MB file":          encoded(aFile, "quoted-printable", func(m maker) string { return m.fill("=00=FF") }),
		"printable/spaces at line ends": encoded(aText, "quoted-printable", func(m maker) string { return m.fill(strings.Repeat(" ", 100) + "\r\n") }),

		"encoding/unknown":            fixed("Content-Type: text/plain\nContent-Transfer-Encoding: rot13\n\nuv\n"),
		"encoding/script":             fixed("Content-Type: text/plain\nContent-Transfer-Encoding: <script>alert(1)</script>\n\nhi\n"),
		"encoding/uuencode":           fixed("Content-Type: text/plain\nContent-Transfer-Encoding: uuencode\n\nbegin 644 ../../etc/passwd\nM_____\n#0V%T\n`\nend\n"),
		"encoding/uuencode in a text": fixed("Content-Type: text/plain\n\nbegin 777 ../../x.sh\n#0V%T\n`\nend\n"),
		"encoding/yEnc":               fixed("Content-Type: text/plain\n\n=ybegin line=128 size=99999999999 name=../x\nx\n=yend size=1\n"),
		"encoding/zip bomb":           fixed("Content-Type: application/gzip; name=bomb.gz\nContent-Encoding: gzip\nContent-Transfer-Encoding: base64\n\nH4sIAAAAAAACA+3BMQEAAADCoPVPbQhfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA\n"),
		"type/junk":                   fixed("Content-Type: ;;;=\n\nhi\n"),
		"type/no slash":               fixed("Content-Type: html\n\n<b>hi\n"),
		"type/slashes":                fixed("Content-Type: text/html/plain///\n\n<b>hi\n"),
		"type/line ends":              exact("Content-Type: text/html\rX-Injected: y; charset=\"utf-8\r\"\r\n\r\n<b>hi\r\n"),
		"type/10,000 parameters": func(m maker) string {
			return "Content-Type: text/html" + m.fillWith(10_000, func(i int) string { return fmt.Sprintf("; p%d=%d", i, i) }) + hi
		},
		"type/same parameters": func(m maker) string { return "Content-Type: text/html" + m.fill(";a=b", 100_000) + hi },
		"type/semicolons":      func(m maker) string { return "Content-Type: text/html" + m.fill(";", 1_000_000) + hi },
		"type/quotes":          func(m maker) string { return "Content-Type: text/html; a=" + m.fill("\"\\", 400_000) + hi },
		"type/equals":          func(m maker) string { return "Content-Type: text/html; " + m.fill("=", 900_000) + hi },
		"type/pieces": func(m maker) string {
			return "Content-Type: text/html" + m.fillWith(100_000, func(i int) string { return fmt.Sprintf(";name*%d*=%%41", i) }) + hi
		},
		"type/pieces out of order": fixed("Content-Type: application/pdf; name*2=c; name*0*=utf-8''a%2F; name*1=b; name*-1=x; name*99999999999999999999=y; name*00=z\nContent-Disposition: attachment; filename*0*=klingon''%ZZ; filename*1*=%; filename**=x; filename*=\n\nx\n"),
	}
	maps.Copy(all, charsets())
	return all
}

// charsets are mails in one.
func charsets() map[string]func(maker) string {
	in := func(charset, body string) func(maker) string {
		return exact(mail("Content-Type: text/html; charset="+charset, body))
	}
	bomb := func(charset, text string) func(maker) string {
		return func(m maker) string { return mail("Content-Type: text/html; charset="+charset, m.fill(text)) }
	}
	return map[string]func(maker) string{
		"charset/unknown":           in("klingon", "hi"),
		"charset/empty":             in(`""`, "hi"),
		"charset/twice":             in("charset=utf-8", "h\u00e4"),
		"charset/of a meta":         in("utf-8", "<meta charset=utf-7>+ADw-script+AD4-alert(1)+ADw-/script+AD4-"),
		"charset/UTF-7":             in("utf-7", "+ADw-script+AD4-alert(1)+ADw-/script+AD4- +AAAA +//8- +"),
		"charset/UTF-16":            in("utf-16", "\xfe\xff\x00<\x00b\x00>\x00x\xd8\x00"),
		"charset/UTF-16 odd":        in("utf-16le", "<\x00b\x00>\x00x"),
		"charset/UTF-32":            in("utf-32", "\x00\x00\xfe\xff\x00\x00\x00<"),
		"charset/ISO-2022-JP":       in("iso-2022-jp", "\x1b$B\x1b(B<\x1b$Bscript>\x1b"),
		"charset/ISO-2022-KR":       in("iso-2022-kr", "\x1b$)C\x0e<b>\x0f"),
		"charset/HZ":                in("hz-gb-2312", "~{<script>~}~~\x7e"),
		"charset/cut characters":    in("gb18030", "\x81\x30\x81"),
		"charset/Big5":              in("big5", "\x88\x62\xff\xfe\x80<"),
		"charset/Shift JIS":         in("shift_jis", "\x81\"onerror=\x81<b>"),
		"charset/x-user-defined":    in("x-user-defined", "\x80\xff"),
		"charset/8 bits in ASCII":   in("us-ascii", "\x80\xfe\xff<b>"),
		"charset/25 MB GB18030":     bomb("gb18030", "\x81\x30\x81\x30"),
		"charset/25 MB ISO-2022-JP": bomb("iso-2022-jp", "\x1b$B$\x33\x1b(B"),
		"charset/25 MB UTF-7":       bomb("utf-7", "+ADw-"),
		"charset/25 MB UTF-16":      bomb("utf-16", "\x00<\x00b\x00>"),
		"charset/25 MB invalid":     bomb("utf-8", "\xff\xfe"),
		"charset/25 MB Latin 1":     bomb("iso-8859-1", "\xe4\xf6\xfc "),
		"charset/25 MB guessed": func(m maker) string {
			return mail("Content-Type: text/plain", m.fill("\xe4\xf6\xfc\xdf und so weiter "))
		},
	}
}

// sizes are mails that are large.
func sizes() map[string]func(maker) string {
	file := strings.Repeat("\x89PNG\r\n\x1a\n and so on", 10_000)
	return map[string]func(maker) string{
		"size/one line":         plain(func(m maker) string { return m.fill("x") }),
		"size/one line of page": html(func(m maker) string { return m.fill("x") }),
		"size/empty lines":      plain(func(m maker) string { return m.fill("\r\n") }),
		"size/dots":             plain(func(m maker) string { return m.fill("..\r\n") }),
		"size/zero bytes":       plain(func(m maker) string { return m.fill("\x00") }),
		"size/bare CR":          plain(func(m maker) string { return m.fill("\r") }),
		"size/bare LF":          plain(func(m maker) string { return m.fill("\n") }),
		"size/white space":      html(func(m maker) string { return m.fill(" \t\u00a0") }),
		"size/emoji":            plain(func(m maker) string { return m.fill("\U0001F4A9") }),
		"size/marks":            html(func(m maker) string { return "a" + m.fill("\u0300") }),
		"size/one byte lines":   plain(func(m maker) string { return m.fill("x\r\n") }),
		"size/text": plain(func(m maker) string {
			return m.fill("The quick brown fox jumps over the lazy dog, and so on: 12345.\r\n")
		}),
		"size/page": html(func(m maker) string {
			return m.fill("<p>The quick <b>brown</b> fox &amp; <a href=\"https://x.test/a?b=c\">so</a> on.</p>\r\n")
		}),
		"size/text and page": func(m maker) string {
			half := maker{m.most / 2, m.host}
			return mixed("alternative", part("Content-Type: text/plain", half.fill("so on\r\n")), part("Content-Type: text/html", half.fill("<p>so on\r\n")))
		},
		"size/file of 25 MB": func(m maker) string {
			line := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", 57))) + "\r\n"
			return mixed("mixed", part("Content-Type: text/plain", "hi"), part("Content-Type: "+aFile+"\nContent-Transfer-Encoding: base64", m.fill(line)))
		},
		"size/file of 8 bits": encoded(aFile, "8bit", func(m maker) string { return m.fill("\xff\x00\r\n") }),
		"size/image of 25 MB": func(m maker) string {
			return mixed("related", part("Content-Type: text/html", strings.Repeat("<img src=cid:x>", 100)), part("Content-Type: image/png\nContent-ID: <x>\nContent-Transfer-Encoding: base64", m.fill(base64.StdEncoding.EncodeToString([]byte(file[:8]+"x")))))
		},
		"size/900 files": func(m maker) string {
			text := base64.StdEncoding.EncodeToString([]byte(file[:min(len(file), m.most/1500)]))
			parts := make([]string, 900)
			for i := range parts {
				parts[i] = part("Content-Type: "+aFile+"\nContent-Disposition: attachment; filename=x\nContent-Transfer-Encoding: base64", text)
			}
			return mixed("mixed", parts...)
		},
	}
}
