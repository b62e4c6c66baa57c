package smtp

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"mime"
	"strings"
	"unicode/utf8"

	"github.com/jhillyerd/enmime/v2"
	"golang.org/x/net/html/charset"
)

// decoded undoes the transfer encoding of a part, up to most bytes and a few more.
func (r *reader) decoded(l *leaf, most int) []byte {
	switch l.encoding {
	case "base64":
		data, junk := fromBase64(l.body, most)
		if junk > 0 {
			r.problem("%s: %d bytes are none of it", enmime.ErrorMalformedBase64, junk)
		}
		return data
	case "quoted-printable":
		return fromPrintable(l.body, most)
	case "7bit", "8bit", "binary", "":
	default:
		r.problem("%s: Unrecognized Content-Transfer-Encoding type %q", enmime.ErrorContentEncoding, l.encoding)
	}
	return l.body
}

// digits are those of base64.
var digits = func() (t [256]bool) { //nolint:gochecknoglobals // a constant
	for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" {
		t[c] = true
	}
	return t
}()

// fromBase64 decodes what is base64, and counts what is not. Padding may stand between
// pieces, as programs write it that join what they have encoded.
func fromBase64(body []byte, most int) (data []byte, junk int) {
	data = make([]byte, 0, min(len(body)/4*3+3, most+readAhead))
	var group [readAhead]byte // of whole quanta, until a piece ends
	n := 0
	flush := func() {
		if n%4 == 1 { // one digit is no byte
			n--
			junk++
		}
		data, _ = base64.RawStdEncoding.AppendDecode(data, group[:n]) // of digits alone, it cannot fail
		n = 0
	}
	for _, c := range body {
		switch {
		case digits[c]:
			group[n] = c
			if n++; n == len(group) {
				if flush(); len(data) > most {
					return data, junk
				}
			}
		case c == '=':
			if n%4 != 0 {
				flush()
			}
		case c != '\r' && c != '\n' && c != ' ' && c != '\t':
			junk++
		}
	}
	flush()
	return data, junk
}

// fromPrintable decodes quoted-printable. White space at the end of a line was not
// meant, and an equals sign that escapes nothing stands for itself.
func fromPrintable(body []byte, most int) []byte {
	data := make([]byte, 0, min(len(body), most+readAhead))
	meant := 0 // how much of data is, whatever follows
	for i := 0; i < len(body) && len(data) <= most; {
		c, n := body[i], 1
		switch {
		case c == '=':
			data, n = unescaped(data, body[i:])
			meant = len(data)
		case c == '\n', c == '\r' && i+1 < len(body) && body[i+1] == '\n':
			data = append(data[:meant], c)
			meant = len(data)
		default:
			if data = append(data, c); c != ' ' && c != '\t' {
				meant = len(data)
			}
		}
		i += n
	}
	return data[:meant]
}

// unescaped adds what the equals sign at the start of a text stands for, and returns how
// much of the text that is.
func unescaped(data, text []byte) (added []byte, n int) {
	if n := softEnd(text[1:]); n >= 0 {
		return data, 1 + n
	}
	if len(text) > 2 && hex(text[1])|hex(text[2]) < 16 {
		return append(data, hex(text[1])<<4|hex(text[2])), 3
	}
	return append(data, '='), 1
}

// softEnd returns how long the line end at the start of a text is, with the white space
// before it; -1 for none.
func softEnd(text []byte) int {
	for i, c := range text {
		switch c {
		case ' ', '\t', '\r':
		case '\n':
			return i + 1
		default:
			return -1
		}
	}
	return len(text)
}

// hex returns the value of a hexadecimal digit; 255 for none.
func hex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return 255
}

// Bounds of how a charset is found.
const (
	maxSample  = 64 << 10 // bytes that are looked at
	maxGuesses = 8        // texts of a message; then the charset is the one that it names
)

// text returns what a part says, as far as there is room for most bytes, and whether
// that is all of it.
func (r *reader) text(l *leaf, most int) (text string, whole bool) {
	data := r.decoded(l, most)
	whole = len(data) <= most
	if !whole {
		data = cutRune(data[:most])
	}
	text = r.converted(l, data)
	if len(text) > most { // such as UTF-16 grows
		text, whole = text[:most], false
	}
	if n := strings.Count(text, "\x00"); n > 0 { // which no one sees, and which JSON writes in six bytes each
		r.warn("%d NUL characters of the text are left out; the source is whole", n)
		text = strings.ReplaceAll(text, "\x00", "")
	}
	return strings.ToValidUTF8(text, "\uFFFD"), whole
}

// cutRune leaves out the start of a character at the end.
func cutRune(data []byte) []byte {
	for i := 1; i < utf8.UTFMax && i <= len(data); i++ {
		if c := data[len(data)-i]; utf8.RuneStart(c) {
			if !utf8.FullRune(data[len(data)-i:]) {
				return data[:len(data)-i]
			}
			break
		}
	}
	return data
}

// converted makes UTF-8 of a text. What is UTF-8 already needs no guess, and the charset
// that a part declares counts, as in a mail program.
func (r *reader) converted(l *leaf, data []byte) string {
	switch strings.ToLower(l.charset) {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
		if utf8.Valid(data) {
			return string(data)
		}
	}
	if r.guesses++; l.charset != "" || r.guesses > maxGuesses {
		text, _ := r.guess(l.kind, cmp.Or(l.charset, "windows-1252"), data, stated)
		return text
	}
	sample := data
	if len(data) > maxSample {
		sample = cutRune(data[:maxSample])
	}
	text, name := r.guess(l.kind, "", sample, guessed)
	if len(sample) < len(data) {
		text, _ = r.guess(l.kind, name, data, stated)
	}
	return text
}

// Readers of a text: in a charset that it seems to be in, or in the one that it says it
// is in.
var (
	guessed = enmime.NewParser(enmime.DisableTextConversion(true), enmime.MaxStoredPartErrors(maxProblems))                                         //nolint:gochecknoglobals // a constant
	stated  = enmime.NewParser(enmime.DisableTextConversion(true), enmime.MaxStoredPartErrors(maxProblems), enmime.DisableCharacterDetection(true)) //nolint:gochecknoglobals // a constant
)

// guess reads a text, and tells the charset that it was read in.
func (r *reader) guess(kind, name string, data []byte, as *enmime.Parser) (text, charsetName string) {
	parameters := map[string]string{}
	if name != "" {
		parameters["charset"] = name
	}
	header := "Content-Type: " + mime.FormatMediaType(kind, parameters) + "\r\n\r\n"
	e, err := as.ReadEnvelope(bytes.NewReader(append([]byte(header), data...)))
	if err != nil {
		r.warn("the text could not be read: %v; the source is whole", err)
		return string(data), name
	}
	for _, problem := range e.Errors {
		if problem.Name != enmime.ErrorPlainTextFromHTML {
			r.problem("%s: %s", problem.Name, problem.Detail)
		}
	}
	if name = e.Root.Charset; name == "" {
		_, name, _ = charset.DetermineEncoding(data, kind)
	}
	return e.HTML + e.Text, name
}
