package journal

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// What is known of a body of which only the beginning is kept: an object or a list
// that the cut goes through is of one of these types, and lacks what came later.
type (
	cutObject map[string]any
	cutList   []any
)

// errCut ends the reading of a body at its cut.
var errCut = errors.New("journal: the body is cut")

// decodeCut reads the beginning of a JSON value. It returns nil when not even that
// can be told.
func decodeCut(text string) any {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	v, _ := readValue(d)
	return v
}

// readValue reads a value as far as it goes. Behind errCut it is what is there of
// it; nil when that is nothing.
func readValue(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, errCut
	}
	switch token {
	case json.Delim('{'):
		return readObject(d)
	case json.Delim('['):
		return readList(d)
	}
	return token, nil
}

func readObject(d *json.Decoder) (any, error) {
	object := map[string]any{}
	for d.More() {
		token, err := d.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return cutObject(object), errCut
		}
		value, err := readValue(d)
		if value != nil || err == nil {
			object[name] = value
		}
		if err != nil {
			return cutObject(object), err
		}
	}
	if _, err := d.Token(); err != nil {
		return cutObject(object), errCut
	}
	return object, nil
}

func readList(d *json.Decoder) (any, error) {
	list := []any{}
	for d.More() {
		value, err := readValue(d)
		if value != nil || err == nil {
			list = append(list, value)
		}
		if err != nil {
			return cutList(list), err
		}
	}
	if _, err := d.Token(); err != nil {
		return cutList(list), errCut
	}
	return list, nil
}

// decodeWhole reads a JSON value; false when the text is none.
func decodeWhole(text string) (v any, ok bool) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber() // also a number beyond all floats is one
	if err := d.Decode(&v); err != nil {
		return nil, false
	}
	_, err := d.Token()
	return v, errors.Is(err, io.EOF)
}
