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
	maxHeader = 1 << 20 // bytes that are looked at
	maxFields = 1000
)

// head tells who a message is from and what its subject is, without looking at its
// body.
func head(source []byte) (from inbox.Address, subject string) {
	fields := header(source)
	if list := addresses(fields, "From"); len(list) > 0 {
		from = list[0]
	}
	for _, f := range fields {
		if strings.EqualFold(f.Name, "Subject") {
			return from, f.Value
		}
	}
	return from, ""
}

// header returns the header fields of a message, in order, unfolded and decoded. A
// line that is no field belongs to the one before it, as most readers have it.
func header(source []byte) []inbox.Field {
	var names []string
	var values [][]byte
	source = source[:min(len(source), maxHeader)]
	for len(source) > 0 {
		line, rest, _ := bytes.Cut(source, []byte("\n"))
		source = rest
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) == 0 {
			break
		}
		name, value, found := bytes.Cut(line, []byte(":"))
		last := len(values) - 1
		switch {
		case line[0] != ' ' && line[0] != '\t' && found && !bytes.ContainsAny(name, " \t"):
			if len(names) == maxFields {
				return decoded(names, values)
			}
			names, values = append(names, text(name)), append(values, bytes.Clone(bytes.TrimSpace(value)))
		case last >= 0:
			values[last] = append(append(values[last], ' '), bytes.TrimSpace(line)...)
		}
	}
	return decoded(names, values)
}

// decoded makes fields of their parts.
func decoded(names []string, values [][]byte) []inbox.Field {
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
