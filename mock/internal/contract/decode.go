package contract

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// A reader decodes one JSON value at a time. It is strict where a mistake must
// be told, and forgiving where JavaScript is: of two members of one name the
// last wins, with a warning.
type reader struct {
	dec      *jsontext.Decoder
	buf      bytes.Buffer
	maxDepth int
	warnings []string
	repeats  int // members that were given again
	values   int // read so far
}

// maxRepeats is how many members that were given again are named, so that the
// warnings do not outgrow the body.
const maxRepeats = 100

// decoded is what a JSON text says.
type decoded struct {
	value    any // nil, bool, float64, string, []any or map[string]any
	values   int // how many values there are, one in another
	warnings []string
}

// decode reads data as one JSON value. The error says what is wrong and where.
func (d *Document) decode(data []byte) (decoded, error) {
	if at := invalidUTF8(data); at >= 0 {
		return decoded{}, fmt.Errorf("is not UTF-8 at %s", position(data, at))
	}
	r, ok := d.readers.Get().(*reader)
	if !ok {
		r = &reader{dec: new(jsontext.Decoder), maxDepth: d.rules.MaxDepth}
	}
	r.warnings, r.repeats, r.values = nil, 0, 0
	r.buf = *bytes.NewBuffer(data)
	// The bytes were checked above; what is allowed here are lone surrogate
	// escapes, which become U+FFFD.
	r.dec.Reset(&r.buf, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	value, err := r.value(0)
	if err == nil {
		err = r.end(data)
	}
	got := decoded{value, r.values, r.warnings}
	if r.repeats > maxRepeats {
		got.warnings = append(got.warnings, fmt.Sprintf("body: %d more fields are given again; the last one counts", r.repeats-maxRepeats))
	}
	if err != nil {
		err = explain(data, err)
	}
	r.buf = bytes.Buffer{} // keeps no body alive
	d.readers.Put(r)
	return got, err
}

// decodeError is a mistake at a place that the tokenizer does not tell.
type decodeError struct {
	offset int64
	msg    string
}

func (e *decodeError) Error() string { return e.msg }

func (r *reader) value(depth int) (any, error) {
	r.values++
	token, err := r.dec.ReadToken()
	if err != nil {
		return nil, err
	}
	switch token.Kind() {
	case jsontext.KindBeginObject, jsontext.KindBeginArray:
		if depth == r.maxDepth {
			return nil, &decodeError{r.dec.InputOffset() - 1, fmt.Sprintf("nests deeper than %d levels", r.maxDepth)}
		}
		if token.Kind() == jsontext.KindBeginArray {
			return r.array(depth)
		}
		return r.object(depth)
	case jsontext.KindString:
		return token.String(), nil
	case jsontext.KindNumber:
		text := token.String()
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, &decodeError{r.dec.InputOffset() - int64(len(text)), "has a number that is too large, " + quote(text)}
		}
		return n + 0, nil // JavaScript writes -0 as 0
	case jsontext.KindTrue, jsontext.KindFalse:
		return token.Bool(), nil
	case jsontext.KindNull, jsontext.KindInvalid, jsontext.KindEndObject, jsontext.KindEndArray:
	}
	return nil, nil // null: no value starts with the others
}

func (r *reader) array(depth int) (any, error) {
	list := []any{}
	for r.dec.PeekKind() != jsontext.KindEndArray {
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := r.dec.ReadToken()
	return list, err
}

func (r *reader) object(depth int) (any, error) {
	object := map[string]any{}
	for r.dec.PeekKind() != jsontext.KindEndObject {
		token, err := r.dec.ReadToken()
		if err != nil {
			return nil, err
		}
		name := token.String()
		if _, again := object[name]; again {
			r.repeated()
		}
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		object[name] = v
	}
	_, err := r.dec.ReadToken()
	return object, err
}

// repeated warns that the member whose name was read last was given before.
func (r *reader) repeated() {
	if r.repeats++; r.repeats > maxRepeats {
		return
	}
	if w := r.here() + ": given more than once; the last one counts"; !slices.Contains(r.warnings, w) {
		r.warnings = append(r.warnings, w)
	}
}

// here names the member that was read last.
func (r *reader) here() string {
	var path []step
	for token := range r.dec.StackPointer().Tokens() {
		kind, _ := r.dec.StackIndex(len(path) + 1)
		path = append(path, step{token, kind == jsontext.KindBeginArray})
	}
	return fieldName(path)
}

// end makes sure that nothing follows the value.
func (r *reader) end(data []byte) error {
	rest := bytes.TrimLeft(data[r.dec.InputOffset():], " \t\r\n")
	_, err := r.dec.ReadToken()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err == nil {
		return &decodeError{int64(len(data) - len(rest)), "has more text after the JSON value"}
	}
	return err
}

// explain says in one line what is wrong and where.
func explain(data []byte, err error) error {
	if e, ok := errors.AsType[*decodeError](err); ok {
		return fmt.Errorf("%s at %s", e.msg, position(data, int(e.offset)))
	}
	if e, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		if errors.Is(e.Err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("is not valid JSON: it ends too early, at %s", position(data, len(data)))
		}
		return fmt.Errorf("is not valid JSON: %s at %s", strings.TrimPrefix(e.Err.Error(), "jsontext: "), position(data, int(e.ByteOffset)))
	}
	return fmt.Errorf("is not valid JSON: it ends too early, at %s", position(data, len(data)))
}

// position gives an offset as line and column, both from 1, columns in
// characters.
func position(data []byte, offset int) string {
	before := data[:max(0, min(offset, len(data)))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return fmt.Sprintf("line %d, column %d", bytes.Count(before, []byte("\n"))+1, utf8.RuneCount(before[start:])+1)
}

// invalidUTF8 returns the offset of the first byte that is not UTF-8, or -1.
func invalidUTF8(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}
