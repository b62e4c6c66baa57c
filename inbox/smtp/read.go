package smtp

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"github.com/jhillyerd/enmime/v2"

	"github.com/plunkmock/plunkmock/inbox"
)

// Bounds of what is taken apart: beyond them a parser needs seconds.
const (
	maxMultiparts = 100
	maxUnclosed   = 10 // each that does not end doubles the time
	maxBoundaries = 1000
	maxWarnings   = 10
)

// Read tells what the bytes of a message say. It never fails: what cannot be read is
// left out, and a warning says why.
func Read(source []byte) (content inbox.Content) {
	content.Header = header(source)
	content.ReplyTo, content.Cc = addresses(content.Header, "Reply-To"), addresses(content.Header, "Cc")
	if warning := tooManyParts(source); warning != "" {
		content.Warnings = []string{warning}
		return content
	}
	defer func() {
		if v := recover(); v != nil {
			content.Warnings = append(content.Warnings, fmt.Sprintf("the message could not be read: %v; its source is whole", v))
		}
	}()
	parser := enmime.NewParser(
		enmime.MultipartWOBoundaryAsSinglePart(true), enmime.SkipMalformedParts(true),
		enmime.MaxStoredPartErrors(maxWarnings), enmime.DisableTextConversion(true), enmime.DisableCharacterDetection(true),
	)
	e, err := parser.ReadEnvelope(bytes.NewReader(source))
	if err != nil {
		content.Warnings = append(content.Warnings, "the message could not be read: "+err.Error()+"; its source is whole")
		return content
	}
	content.HTML, content.HasHTML, content.Text = e.HTML, e.HTML != "", e.Text
	for _, parts := range [][]*enmime.Part{e.Attachments, e.Inlines, e.OtherParts} {
		for _, p := range parts {
			content.Attachments = append(content.Attachments, attachment(p))
		}
	}
	for _, problem := range e.Errors[:min(len(e.Errors), maxWarnings)] {
		content.Warnings = append(content.Warnings, problem.Name+": "+problem.Detail)
	}
	return content
}

// tooManyParts tells why a message is not taken apart; "" when it is.
func tooManyParts(source []byte) string {
	const hint = "; it is not taken apart, and its source is whole"
	if n := countFold(source, "multipart/"); n > maxMultiparts {
		return fmt.Sprintf("the message nests or joins %d multiparts, and %d are the most that are read%s", n, maxMultiparts, hint)
	}
	if n := unclosed(source); n > maxUnclosed {
		return fmt.Sprintf("the message has %d multiparts in one another that do not end, and %d are the most that are read%s", n, maxUnclosed, hint)
	}
	if n := bytes.Count(source, []byte("\n--")); n > maxBoundaries {
		return fmt.Sprintf("the message has %d lines that look like boundaries, and %d are the most that are read%s", n, maxBoundaries, hint)
	}
	return ""
}

// unclosed counts the multiparts that end without their closing boundary. It takes
// each line that names a boundary for the header of one, so that it counts too many
// rather than too few.
func unclosed(source []byte) (n int) {
	var open []string
	for line := range bytes.Lines(source) {
		line = bytes.TrimRight(line, " \t\r\n")
		if name := boundaryOf(line); name != "" {
			if open = append(open, name); len(open) > maxBoundaries {
				return len(open)
			}
			continue
		}
		name, isCloser := bytes.CutSuffix(line, []byte("--"))
		if !isCloser || !bytes.HasPrefix(name, []byte("--")) {
			continue
		}
		if at := slices.Index(open, string(name[2:])); at >= 0 {
			n += len(open) - at - 1
			open = open[:at]
		}
	}
	return n + len(open)
}

// boundaryOf returns the boundary that a line names; "" for none.
func boundaryOf(line []byte) string {
	const parameter = "boundary="
	if len(line) > 1000 {
		line = line[:1000]
	}
	at := indexFold(line, parameter)
	if at < 0 {
		return ""
	}
	value := line[at+len(parameter):]
	if quoted, ok := bytes.CutPrefix(value, []byte(`"`)); ok {
		value, _, _ = bytes.Cut(quoted, []byte(`"`))
	} else if end := bytes.IndexAny(value, "; \t"); end >= 0 {
		value = value[:end]
	}
	return string(value)
}

// countFold counts an ASCII text in lower case, in whatever letter case it stands.
func countFold(source []byte, text string) (n int) {
	for {
		at := indexFold(source, text)
		if at < 0 {
			return n
		}
		n++
		source = source[at+len(text):]
	}
}

// indexFold returns where an ASCII text in lower case stands first, in whatever letter
// case; -1 for nowhere.
func indexFold(source []byte, text string) int {
	either := text[:1] + strings.ToUpper(text[:1])
	for from := 0; ; from++ {
		at := bytes.IndexAny(source[from:], either)
		if at < 0 {
			return -1
		}
		from += at
		if len(source)-from < len(text) {
			return -1
		}
		if strings.EqualFold(string(source[from:from+len(text)]), text) {
			return from
		}
	}
}

// attachment makes an attachment of a part. Its name is one, never a path.
func attachment(p *enmime.Part) inbox.Attachment {
	name := p.FileName
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	return inbox.Attachment{
		Filename: name, ContentType: p.ContentType, ContentID: strings.Trim(p.ContentID, "<>"), Inline: p.Disposition == "inline" || p.ContentID != "",
		Base64: base64.StdEncoding.EncodeToString(p.Content),
	}
}

// addresses reads the addresses of a field; one that is no address stands as it is.
func addresses(fields []inbox.Field, name string) (list []inbox.Address) {
	for _, f := range fields {
		if !strings.EqualFold(f.Name, name) || f.Value == "" {
			continue
		}
		parsed, err := mail.ParseAddressList(f.Value)
		if err != nil {
			list = append(list, inbox.Address{Address: f.Value})
			continue
		}
		for _, a := range parsed {
			list = append(list, inbox.Address{Name: a.Name, Address: a.Address})
		}
	}
	return list
}
