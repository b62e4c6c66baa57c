package smtp

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/jhillyerd/enmime/v2"
)

// Bounds of a part's header.
const (
	maxPartHeader = 64 << 10 // bytes until its body starts
	longHeader    = 8 << 10  // bytes that are looked into
	allHeaders    = 64 << 10 // bytes of all headers; then those of the others are short:
	shortHeader   = 1 << 10
)

const plainText = "text/plain"

// What a part may be meant as.
const (
	attached = "attachment"
	inline   = "inline"
)

// facts are what the header of a part says of it.
type facts struct {
	kind, disposition, filename, contentID, charset, encoding string
}

// headerReader reads headers alone.
var headerReader = enmime.NewParser( //nolint:gochecknoglobals // a constant
	enmime.RawContent(true), enmime.MultipartWOBoundaryAsSinglePart(true), enmime.DisableTextConversion(true), enmime.MaxStoredPartErrors(maxProblems),
)

// describe tells what the header of a part says, and the boundary of its parts; "" when
// it can have none.
func (s *splitter) describe(header []byte) (f facts, boundary string) {
	p := s.read(s.lean(header))
	f = facts{
		kind: cmp.Or(strings.ToLower(p.ContentType), plainText), disposition: strings.ToLower(p.Disposition),
		filename: p.FileName, contentID: p.ContentID, charset: p.Charset,
		encoding: strings.ToLower(strings.TrimSpace(p.Header.Get("Content-Transfer-Encoding"))),
	}
	if f.disposition != attached && f.disposition != inline {
		f.disposition = ""
	}
	if strings.HasPrefix(f.kind, "multipart/") {
		boundary = strings.TrimRight(p.Boundary, blank)
	}
	return f, boundary
}

// lean returns what is looked into of a header: all of it, unless it is long.
func (s *splitter) lean(header []byte) []byte {
	most := shortHeader
	if s.left > 0 {
		most = longHeader
	}
	if len(header) > most {
		var whole bool
		if header, whole = contentFields(header, most); !whole {
			s.warn("a part has a header of which only the first %d bytes are looked into; the source is whole", most)
		}
	}
	s.left -= len(header)
	return header
}

// read reads the header of a part. What has a type that is none is plain text, as RFC
// 2045 has it.
func (s *splitter) read(header []byte) *enmime.Part {
	if inDigest := len(s.open) > 0 && s.open[len(s.open)-1].digest; inDigest && !hasField(header, "Content-Type") {
		header = slices.Concat([]byte("Content-Type: message/rfc822\r\n"), header)
	}
	p, err := readHeader(header)
	if err != nil {
		s.problem("%s: %v", enmime.ErrorMalformedHeader, err)
		if p, err = readHeader(slices.Concat([]byte("Content-Type: "+plainText+"\r\n"), header)); err != nil {
			return enmime.NewPart(plainText)
		}
	}
	for _, problem := range p.Errors {
		s.problem("%s: %s", problem.Name, problem.Detail)
	}
	return p
}

func readHeader(header []byte) (*enmime.Part, error) {
	return headerReader.ReadParts(bytes.NewReader(slices.Concat(header, []byte("\r\n\r\n"))))
}

// hasField tells whether a header has a field of a name.
func hasField(header []byte, name string) bool {
	for line := range bytes.Lines(header) {
		if before, _, ok := bytes.Cut(line, []byte(":")); ok && strings.EqualFold(string(before), name) {
			return true
		}
	}
	return false
}

// contentFields returns the fields of a header that tell what its part is, up to most
// bytes, and whether that is all of them.
func contentFields(header []byte, most int) (fields []byte, whole bool) {
	const prefix = "Content-"
	wanted := false
	for line := range bytes.Lines(header[:min(len(header), maxHeader)]) {
		if line[0] != ' ' && line[0] != '\t' {
			wanted = len(line) > len(prefix) && strings.EqualFold(string(line[:len(prefix)]), prefix)
		}
		if !wanted {
			continue
		}
		if len(fields)+len(line) > most {
			return append(fields, line[:most-len(fields)]...), false
		}
		fields = append(fields, line...)
	}
	return fields, true
}
