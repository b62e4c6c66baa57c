package hostile

import (
	"fmt"
	"maps"
	"strings"
)

// nested puts n multiparts into one another.
func nested(m maker, n int, kind string, closed bool) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "Content-Type: multipart/%s; boundary=b%d\r\n\r\n--b%d\r\n", kind, i, i)
	}
	b.WriteString("Content-Type: text/plain\r\n\r\ninnermost\r\n")
	for i := n - 1; closed && i >= 0; i-- {
		fmt.Fprintf(&b, "--b%d--\r\n", i)
	}
	return b.String()[:min(b.Len(), m.most)]
}

const aPart = "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"

const ofB = "Content-Type: multipart/mixed; boundary=b"

// structures are mails whose parts are the matter.
func structures() map[string]func(maker) string {
	all := map[string]func(maker) string{
		"parts/5,000 deep":              func(m maker) string { return nested(m, 5000, "mixed", true) },
		"parts/5,000 deep without end":  func(m maker) string { return nested(m, 5000, "mixed", false) },
		"parts/alternative without end": func(m maker) string { return nested(m, 1000, "alternative", false) },
		"parts/90 deep":                 func(m maker) string { return nested(m, 90, "related", true) },
		"parts/90 deep without end":     func(m maker) string { return nested(m, 90, "mixed", false) },
		"parts/90 deep around 25 MB":    func(m maker) string { return nested(m, 90, "mixed", false) + m.fill("--b1x\r\nand so on\r\n") },
		"parts/10,000":                  func(m maker) string { return mail(ofB, m.fill(aPart, 10_000)+"--b--\r\n") },
		"parts/990":                     func(m maker) string { return mail(ofB, m.fill(aPart, 990)+"--b--\r\n") },
		"parts/10,000 in one alternative": func(m maker) string {
			return mail("Content-Type: multipart/alternative; boundary=b", m.fill("--b\r\nContent-Type: text/html\r\n\r\n<p>x\r\n", 10_000)+"--b--\r\n")
		},
		"parts/empty ones without number": func(m maker) string { return mail(ofB, m.fill("--b\r\n")) },
		"parts/ends without number":       func(m maker) string { return mail(ofB, m.fill("--b--\r\n")) },
		"parts/900 multiparts in a row": func(m maker) string {
			return mail(ofB, m.fill("--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nx\r\n", 900)+"--b--\r\n")
		},
		"parts/lines like boundaries": func(m maker) string { return mail(ofB, "--b\r\n\r\n"+m.fill("--bx\r\n")) },
		"parts/dashes":                func(m maker) string { return mail(ofB, "--b\r\n\r\n"+m.fill("--\r\n")) },
		"parts/preamble of 25 MB":     func(m maker) string { return mail(ofB, m.fill("before all parts\r\n")+aPart+"--b--\r\n") },
		"parts/epilogue of 25 MB":     func(m maker) string { return mail(ofB, aPart+"--b--\r\n"+m.fill("after all parts\r\n")) },
		"parts/header of 25 MB":       func(m maker) string { return mail(ofB, "--b\r\n"+m.fill("X-Header: value\r\n")+"\r\nx\r\n--b--\r\n") },
		"parts/1,000 messages deep": func(m maker) string {
			return m.fill("Content-Type: message/rfc822\r\n\r\n", 1000) + "Subject: innermost\r\n\r\nx\r\n"
		},
		"parts/message in base64":   fixed("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeA0KDQp4DQo=\n"),
		"parts/a part of a message": fixed("Content-Type: message/partial; id=x; number=1; total=99999\n\nx\n"),
		"parts/body elsewhere": func(m maker) string {
			return mail("Content-Type: message/external-body; access-type=URL; URL=\"http://"+m.host+"/body\"", "Content-Type: text/html\r\n\r\n") + "file:///etc/passwd\r\n"
		},
		"parts/related to itself":   fixed("Content-Type: multipart/related; boundary=b; start=\"<x>\"\n\n--b\nContent-ID: <x>\nContent-Type: text/html\n\n<img src=\"cid:x\"><iframe src=\"cid:x\"></iframe>\n--b--\n"),
		"parts/signed":              fixed("Content-Type: multipart/signed; boundary=b; protocol=\"application/pgp-signature\"; micalg=pgp-sha1\n\n--b\nContent-Type: text/plain\n\nsigned\n--b\nContent-Type: application/pgp-signature\n\n-----BEGIN PGP SIGNATURE-----\nx\n--b--\n"),
		"parts/encrypted":           fixed("Content-Type: multipart/encrypted; boundary=b; protocol=\"application/pgp-encrypted\"\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----\nx\n--b--\n"),
		"parts/S/MIME":              fixed("Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\nContent-Transfer-Encoding: base64\n\nMIAGCSqGSIb3DQEHA6CAMIACAQAxggHfMIIB2wIBADCBwzCBvTELMAkGA1UEBhMCVVMx\n"),
		"parts/report":              fixed("Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nfailed\n--b\nContent-Type: message/delivery-status\n\nAction: failed\nStatus: 9.9.9\n--b\nContent-Type: text/rfc822-headers\n\nSubject: x\n--b--\n"),
		"parts/TNEF":                fixed("Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\neJ8+IgAAAQaQCAAEAAAAAAABAAEAAQeQBgAIAAAA5AQAAAAAAADoAAEIgAcAGAAAAElQTS5NaWNy\n"),
		"parts/multipart in base64": fixed(ofB + "\nContent-Transfer-Encoding: base64\n\nLS1iDQoNCngNCi0tYi0tDQo=\n"),
		"parts/digest":              fixed("Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: one\n\nx\n--b\n\n--b--\n"),
		"parts/calendar":            fixed("Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\n\nBEGIN:VCALENDAR\nATTACH:file:///etc/passwd\nEND:VCALENDAR\n--b--\n"),
	}
	maps.Copy(all, boundaries())
	return all
}

// boundaries are mails whose boundary is the matter.
func boundaries() map[string]func(maker) string {
	withBoundary := func(parameter, line string) func(maker) string {
		return fixed("Subject: x\nContent-Type: multipart/mixed; boundary=" + parameter + "\n\n" + line + "\nContent-Type: text/plain\n\ninside\n" + line + "--\n")
	}
	long := strings.Repeat("b", 1000)
	return map[string]func(maker) string{
		"boundary/none":               fixed("Content-Type: multipart/mixed\n\n--x\n\ny\n--x--\n"),
		"boundary/empty":              withBoundary(`""`, "--"),
		"boundary/spaces":             withBoundary(`"   "`, "--   "),
		"boundary/dashes":             withBoundary(`"--"`, "----"),
		"boundary/regular expression": withBoundary(`".*+?(){}[]^$|\\"`, `--.*+?(){}[]^$|\`),
		"boundary/1,000 long":         withBoundary(long, "--"+long),
		"boundary/8 bits":             exact("Content-Type: multipart/mixed; boundary=\"\xff\xfe\"\r\n\r\n--\xff\xfe\r\n\r\nx\r\n--\xff\xfe--\r\n"),
		"boundary/quote without end":  withBoundary(`"b`, "--b"),
		"boundary/twice":              withBoundary("b; boundary=c", "--b"),
		"boundary/in pieces":          withBoundary("x; boundary*0=\"a\"; boundary*1=\"b\"", "--ab"),
		"boundary/with a zero byte":   withBoundary("\"b\x00c\"", "--b\x00c"),
		"boundary/white space behind": fixed(ofB + "\n\n--b \t\nContent-Type: text/plain\n\ninside\n--b-- \t\n"),
		"boundary/never closed":       fixed(ofB + "\n\n--b\nContent-Type: text/plain\n\nhello"),
		"boundary/in the header only": fixed(ofB + "\n\n"),
		"boundary/only the end":       fixed(ofB + "\n\n--b--\n"),
		"boundary/start of another":   fixed("Content-Type: multipart/mixed; boundary=ab\n\n--ab\nContent-Type: multipart/mixed; boundary=abc\n\n--abc\nContent-Type: text/plain\n\ninside\n--abc--\n--ab\nContent-Type: text/html\n\n<p>outside\n--ab--\n"),
		"boundary/the same within":    fixed("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n--b--\n"),
		"boundary/end of the other":   fixed("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=\"b--\"\n\n--b--\n\nx\n--b----\n--b--\n"),
		"boundary/in base64":          fixed(ofB + "\n\n--b\nContent-Transfer-Encoding: base64\n\nAAAA\n--b\n\nx\n--b--\nBBBB\n"),
		"boundary/on a text":          fixed("Content-Type: text/plain; boundary=b\n\n--b\nContent-Type: text/html\n\n<script>\n--b--\n"),
		"boundary/header ends early":  fixed(ofB + "\n\n--b\nContent-Type: text/html\n--b\nContent-Type: text/plain\n\nx\n--b--\n"),
		"boundary/lone line ends":     exact("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\n\nx\n--b\r\r\n\r\ny\r--b--\n--b--\r\n"),
	}
}
