package inbox

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message"
)

// domain is the right side of the Message-ID.
const domain = "plunkmock.local"

// field is a header field as it is meant and as it is written.
type field struct {
	name, text, encoded string
}

// Header returns the header fields of the message, in order, decoded. How the
// body is encoded on the wire is none of them.
func (m *Message) Header() []Field {
	if m.Source != nil {
		return m.Source.Content().Header
	}
	var header []Field
	for _, f := range m.fields() {
		header = append(header, Field{f.name, f.text})
	}
	return append(header, Field{"MIME-Version", "1.0"}, Field{"Content-Type", m.contentType()})
}

// fields returns the header fields but those of MIME.
func (m *Message) fields() []field {
	var fields []field
	plain := func(name, value string) {
		value = clean(value)
		fields = append(fields, field{name, value, value})
	}
	addresses := func(name string, list []Address) {
		if len(list) > 0 {
			fields = append(fields, addressField(name, list))
		}
	}
	plain("Date", m.Time.UTC().Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	addresses("From", []Address{m.From})
	addresses("To", m.To)
	addresses("Cc", m.Cc)
	if !slices.ContainsFunc(m.Headers, isReplyTo) {
		addresses("Reply-To", m.ReplyTo)
	}
	subject := clean(m.Subject)
	fields = append(fields, field{"Subject", subject, encodeText(subject, maxWord)})
	plain("Message-ID", "<"+m.ID+"@"+domain+">")
	replyTo := false
	for _, f := range m.Headers {
		if !f.fits() || isReplyTo(f) && replyTo {
			continue
		}
		replyTo = replyTo || isReplyTo(f)
		fields = append(fields, f.custom())
	}
	return fields
}

func isReplyTo(f Field) bool { return strings.EqualFold(f.Name, "Reply-To") }

// fits tells whether a custom field can stand in a header and leaves the body
// readable. The API lets no other through; this is the last line of defence.
func (f Field) fits() bool {
	name := strings.ToLower(f.Name)
	return name != "" && len(name) <= maxToken && name != "mime-version" && !strings.HasPrefix(name, "content-") &&
		!strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || r == ':' })
}

func (f Field) custom() field {
	value := clean(f.Value)
	if isReplyTo(f) && !foldable(value, maxToken) {
		// An address in an encoded word would be none.
		if list, err := mail.ParseAddressList(value); err == nil {
			addresses := make([]Address, len(list))
			for i, a := range list {
				addresses[i] = Address{a.Name, a.Address}
			}
			return addressField(f.Name, addresses)
		}
	}
	return field{f.Name, value, encodeText(value, maxToken)}
}

func addressField(name string, list []Address) field {
	texts, encoded := make([]string, len(list)), make([]string, len(list))
	for i, a := range list {
		a = Address{clean(a.Name), strings.Join(strings.Fields(clean(a.Address)), " ")}
		texts[i], encoded[i] = a.Address, a.Address
		if a.Name != "" {
			texts[i] = a.Name + " <" + a.Address + ">"
			encoded[i] = encodePhrase(a.Name) + " <" + a.Address + ">"
		}
	}
	return field{name, strings.Join(texts, ", "), strings.Join(encoded, ", ")}
}

// clean keeps a value on its line, and valid UTF-8. The API refuses what would
// break it; this is the last line of defence.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if !strings.ContainsAny(s, "\r\n\x00") {
		return s
	}
	return strings.NewReplacer("\r", " ", "\n", " ", "\x00", " ").Replace(s)
}

// The longest word that is written as it is: a longer one could not be folded.
const (
	maxWord = 70
	// What a custom field has may be for a program, such as the link of a
	// List-Unsubscribe, and most read no encoded words. So a line may be long.
	maxToken = 900
)

// encodeText writes a text for a header: as it is when nothing can go wrong with
// it, else in encoded words of RFC 2047.
func encodeText(s string, longest int) string {
	if foldable(s, longest) {
		return s
	}
	return encodeWords(s)
}

// foldable tells whether a text without words over longest can be folded and
// read back as it was.
func foldable(s string, longest int) bool {
	if strings.Contains(s, "=?") || strings.Contains(s, "  ") || strings.HasPrefix(s, " ") || strings.HasSuffix(s, " ") {
		return false
	}
	word := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ':
			word = 0
		case c < ' ' || c > '~':
			return false
		default:
			if word++; word > longest {
				return false
			}
		}
	}
	return true
}

// encodePhrase writes a display name.
func encodePhrase(s string) string {
	if !foldable(s, maxWord) {
		return encodeWords(s)
	}
	for i := range len(s) {
		if c := s[i]; c != ' ' && !atomChar(c) {
			if len(s) > maxWord {
				return encodeWords(s)
			}
			return strconv.Quote(s) // \" and \\ are all that is escaped in ASCII
		}
	}
	return s
}

func atomChar(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0
}

// encodeWords writes all of s in encoded words, each short enough for a line
// and whole in itself. Between two of them the space does not count.
func encodeWords(s string) string {
	const most = 42 // bytes that make no more than 75 characters
	s = strings.ToValidUTF8(s, "\uFFFD")
	var words []string
	for s != "" {
		n := min(most, len(s))
		for n < len(s) && !utf8.RuneStart(s[n]) {
			n--
		}
		words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return strings.Join(words, " ")
}

// maxLine is the longest line that RFC 5322 allows.
const maxLine = 998

// fold writes a header field in lines of at most 76 characters where it has
// spaces to fold at.
func fold(name, value string) []byte {
	var b bytes.Buffer
	b.WriteString(name + ":")
	line := len(name) + 1
	for i, word := range strings.Split(value, " ") {
		if i > 0 && line+1+len(word) > 76 || line+1+len(word) > maxLine {
			b.WriteString("\r\n")
			line = 0
		}
		b.WriteString(" " + word)
		line += 1 + len(word)
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

func (m *Message) contentType() string {
	if len(m.Attachments) == 0 {
		return "text/html; charset=utf-8"
	}
	return mime.FormatMediaType("multipart/mixed", map[string]string{"boundary": "=_" + m.ID})
}

// Raw returns the message as RFC 5322 has it.
func (m *Message) Raw() []byte {
	var b bytes.Buffer
	_, _ = m.WriteTo(&b) // a buffer takes all
	return b.Bytes()
}

// WriteTo writes the message as RFC 5322 has it: CRLF, no line over 998 bytes. One
// that came in from outside is written as it was received.
// The error is that of w.
func (m *Message) WriteTo(w io.Writer) (int64, error) {
	if m.Source != nil {
		n, err := w.Write(m.Source.Bytes)
		return int64(n), err
	}
	counted := &counter{w: w}
	err := m.compose(counted)
	return counted.n, err
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

func (m *Message) compose(w io.Writer) error {
	var h message.Header
	h.Set("Content-Type", m.contentType())
	if len(m.Attachments) == 0 {
		h.Set("Content-Transfer-Encoding", "quoted-printable")
	}
	h.AddRaw([]byte("MIME-Version: 1.0\r\n")) // Set would write Mime-Version
	fields := m.fields()
	for _, field := range slices.Backward(fields) { // each goes before those that are there
		h.AddRaw(fold(field.name, field.encoded))
	}
	mw, err := message.CreateWriter(w, h)
	if err != nil {
		return err
	}
	if len(m.Attachments) == 0 {
		if _, err := io.WriteString(mw, m.HTML); err != nil {
			return err
		}
		return mw.Close()
	}
	var body message.Header
	body.SetContentType("text/html", map[string]string{"charset": "utf-8"})
	body.Set("Content-Transfer-Encoding", "quoted-printable")
	if err := writePart(mw, body, []byte(m.HTML)); err != nil {
		return err
	}
	for _, a := range m.Attachments {
		if err := a.write(mw); err != nil {
			return err
		}
	}
	return mw.Close()
}

func (a Attachment) write(mw *message.Writer) error {
	data, err := a.Data()
	if err != nil {
		data = []byte(a.Base64) // what is no base64 is shown as it came
	}
	disposition := "attachment"
	if a.Inline {
		disposition = "inline"
	}
	var h message.Header
	if a.ContentID != "" {
		h.AddRaw(fold("Content-ID", "<"+strings.Map(visible, a.ContentID)+">"))
	}
	h.AddRaw(fold("Content-Disposition", disposition+encodeParam("filename", clean(a.Filename))))
	h.Set("Content-Transfer-Encoding", "base64")
	h.Set("Content-Type", a.MediaType())
	return writePart(mw, h, data)
}

// visible drops what cannot be in a Content-ID.
func visible(r rune) rune {
	if r <= ' ' || r > '~' || r == '<' || r == '>' {
		return -1
	}
	return r
}

func writePart(mw *message.Writer, h message.Header, data []byte) error {
	part, err := mw.CreatePart(h)
	if err != nil {
		return err
	}
	if _, err := part.Write(data); err != nil {
		return err
	}
	return part.Close()
}

// MediaType returns the content type that the attachment is passed on with: its
// own, or application/octet-stream when that is none or would have the content
// taken apart.
func (a Attachment) MediaType() string {
	const opaque = "application/octet-stream"
	kind, params, err := mime.ParseMediaType(a.ContentType)
	if err != nil || len(a.ContentType) > 200 || !strings.Contains(kind, "/") ||
		strings.HasPrefix(kind, "multipart/") || strings.HasPrefix(kind, "message/") {
		return opaque
	}
	// The library that writes takes no other charset; and the bytes are what
	// was sent, in whatever charset they are.
	if charset := strings.ToLower(params["charset"]); charset != "" && charset != "utf-8" && charset != "us-ascii" {
		delete(params, "charset")
	}
	if text := mime.FormatMediaType(kind, params); text != "" {
		return text
	}
	return opaque
}

// percent writes a text in the percent encoding of RFC 2231.
func percent(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// encodeParam writes a parameter of a header, in the parts of RFC 2231 when it
// is long or not plain ASCII.
func encodeParam(name, value string) string {
	if foldable(value, maxWord) && len(value) <= maxWord {
		return "; " + name + "=" + strconv.Quote(value)
	}
	const most = 50
	parts := []string{"utf-8''"}
	for _, r := range strings.ToValidUTF8(value, "\uFFFD") {
		text := percent(string(r))
		if last := len(parts) - 1; len(parts[last])+len(text) > most {
			parts = append(parts, text)
		} else {
			parts[last] += text
		}
	}
	if len(parts) == 1 {
		return "; " + name + "*=" + parts[0]
	}
	var b strings.Builder
	for i, part := range parts {
		b.WriteString("; " + name + "*" + strconv.Itoa(i) + "*=" + part)
	}
	return b.String()
}
