package inbox

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// Attachment is a file that comes with a message.
type Attachment struct {
	Filename    string
	ContentType string
	ContentID   string // "" when nothing in the message refers to it
	Inline      bool
	// Base64 is the content as it was sent: standard alphabet, padding optional,
	// white space allowed. It is decoded when someone reads it.
	Base64 string
	// Bytes is the content of a file that came in from outside, whose Base64 is "". No
	// one may change it.
	Bytes []byte
}

// Data returns the content, which is not the caller's to change. The error is that of
// [CheckBase64].
func (a Attachment) Data() ([]byte, error) {
	if a.Bytes != nil {
		return a.Bytes, nil
	}
	if err := CheckBase64(a.Base64); err != nil {
		return nil, err
	}
	text := a.Base64
	if strings.ContainsAny(text, " \t\r\n") {
		text = strings.Map(func(r rune) rune {
			if r == ' ' || r == '\t' || r == '\r' || r == '\n' {
				return -1
			}
			return r
		}, text)
	}
	return base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
}

// Size returns how many bytes the content has, without decoding it.
func (a Attachment) Size() int {
	if a.Bytes != nil {
		return len(a.Bytes)
	}
	digits := 0
	for i := range len(a.Base64) {
		if alphabet[a.Base64[i]] == digit {
			digits++
		}
	}
	return digits * 3 / 4
}

// What a byte is in base64.
const (
	other = iota
	digit
	space
	padding
	urlSafe
)

// alphabet tells what each byte is.
var alphabet = func() (t [256]byte) { //nolint:gochecknoglobals // a constant
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = digit
	}
	for _, c := range []byte(" \t\r\n") {
		t[c] = space
	}
	t['='], t['-'], t['_'] = padding, urlSafe, urlSafe
	return t
}()

// CheckBase64 tells what keeps s from being base64; nil when nothing does. It
// looks at each byte once and keeps none.
func CheckBase64(s string) error {
	if strings.HasPrefix(s, "data:") {
		return errors.New("it is a data: URL; send only what follows base64,")
	}
	digits, i := 0, 0
	for ; i < len(s); i++ {
		// The run of plain digits is nearly all of it.
		start := i
		for i < len(s) && alphabet[s[i]] == digit {
			i++
		}
		digits += i - start
		if i == len(s) || alphabet[s[i]] != space {
			break
		}
	}
	return checkPadding(s, i, digits)
}

// checkPadding looks at what follows the digits of base64, from offset i on.
func checkPadding(s string, i, digits int) error {
	pads := 0
	for ; i < len(s); i++ {
		switch alphabet[s[i]] {
		case padding:
			pads++
		case space:
		case urlSafe:
			return fmt.Errorf("it is in the URL-safe alphabet (%q at offset %d); use + and / instead of - and _", s[i], i)
		case digit:
			return fmt.Errorf("it goes on after its padding, at offset %d", i)
		default:
			return fmt.Errorf("the character at offset %d is not of the base64 alphabet", i)
		}
	}
	switch {
	case digits%4 == 1:
		return errors.New("its length is that of no content: the last character stands alone")
	case pads > 0 && (digits+pads)%4 != 0, pads > 2:
		return errors.New("its padding does not fit its length")
	}
	return nil
}
