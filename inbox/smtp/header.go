package smtp

import (
	"bytes"
	"mime"
	"strings"

	"golang.org/x/net/html/charset"

	"github.com/plunkmock/plunkmock/inbox"
)

// Bounds of a header.
const (
	maxHeader = 256 << 10 // bytes that are looked at
	maxFields = 1000
)

// head tells who a message is from and what its subject is, without looking at its
// body.
func head(source []byte) (from inbox.Address, subject string) {
	fields, _ := header(source)
	if list, _ := addresses(fields, "From"); len(list) > 0 {
		from = list[0]
	}
	for _, f := range fields {
		if strings.EqualFold(f.Name, "Subject") {
			return from, f.Value
		}
	}
	return from, ""
}

// header returns the header fields of a message, in order, unfolded and decoded, and
// whether that is all of them. A line that is no field belongs to the one before it, as
// most readers have it.
func header(source []byte) (fields []inbox.Field, whole bool) {
	var names []string
	var values [][]byte
	cut := len(source) > maxHeader
	source = source[:min(len(source), maxHeader)]
	for len(source) > 0 {
		line, rest, _ := bytes.Cut(source, []byte("\n"))
		source = rest
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) == 0 {
			cut = false
			break
		}
		name, value, found := bytes.Cut(line, []byte(":"))
		last := len(values) - 1
		switch {
		case line[0] != ' ' && line[0] != '\t' && found && !bytes.ContainsAny(name, " \t"):
			if len(names) == maxFields {
				return decodedFields(names, values), false
			}
			names, values = append(names, text(name)), append(values, bytes.Clone(bytes.TrimSpace(value)))
		case last >= 0:
			values[last] = append(append(values[last], ' '), bytes.TrimSpace(line)...)
		}
	}
	return decodedFields(names, values), !cut
}

// decodedFields makes fields of their parts.
func decodedFields(names []string, values [][]byte) []inbox.Field {
	words := mime.WordDecoder{CharsetReader: charset.NewReaderLabel}
	fields := make([]inbox.Field, len(names))
	for i, name := range names {
		value := string(values[i])
		if plain, err := words.DecodeHeader(value); err == nil {
			value = plain
		}
		fields[i] = inbox.Field{Name: name, Value: strings.ToValidUTF8(value, "\uFFFD")}
	}
	return fields
}

func text(b []byte) string { return strings.ToValidUTF8(string(b), "\uFFFD") }
