package inbox_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/inbox"
)

func TestCheckBase64TellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"data:image/png;base64,AAAA": "data: URL",
		"AA-A":                       `URL-safe alphabet ('-' at offset 2)`,
		"AAA_":                       "URL-safe",
		"AA==AA":                     "goes on after its padding, at offset 4",
		"AA!A":                       "offset 2 is not of the base64 alphabet",
		"ÄAAA":                       "offset 0",
		"A":                          "stands alone",
		"AAAAA===":                   "stands alone",
		"AA=":                        "padding does not fit",
		"AAA==":                      "padding does not fit",
		"AAAA====":                   "padding does not fit",
		"=":                          "padding does not fit",
	} {
		if err := inbox.CheckBase64(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want …%s…", s, err, want)
		}
		if data, err := (inbox.Attachment{Base64: s}).Data(); err == nil {
			t.Errorf("%q: decoded to %q", s, data)
		}
	}
}

func TestDataAndSizeAreThoseOfTheContent(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"", "a", "ab", "abc", "abcd", "\xff\xfe\x00", strings.Repeat("long ", 100)} {
		padded := base64.StdEncoding.EncodeToString([]byte(data))
		for _, s := range []string{padded, strings.TrimRight(padded, "="), " " + strings.ReplaceAll(padded, "A", "A\r\n\t ") + "\n"} {
			a := inbox.Attachment{Base64: s}
			if got, err := a.Data(); err != nil || string(got) != data {
				t.Errorf("%q: got %q, %v, want %q", s, got, err, data)
			}
			if a.Size() != len(data) {
				t.Errorf("%q: size %d, want %d", s, a.Size(), len(data))
			}
		}
	}
}

// decode is the standard library's word on s: with its padding or without any.
func decode(s string) ([]byte, error) {
	s = strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "").Replace(s)
	data, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		data, err = base64.RawStdEncoding.DecodeString(s)
	}
	return data, err
}

func FuzzCheckBase64(f *testing.F) {
	for _, s := range []string{"", "AA==", "AA", "A", "AAA=", "A A\r\n=\t=", "AA==AA", "====", "AA-_", "data:AAAA", "ü"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, wantErr := decode(s)
		a := inbox.Attachment{Base64: s}
		got, err := a.Data()
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: %v, but encoding/base64 says %v", s, err, wantErr)
		}
		if err == nil && (!bytes.Equal(got, want) || a.Size() != len(want)) {
			t.Errorf("%q: got %q of size %d, want %q", s, got, a.Size(), want)
		}
	})
}

func BenchmarkCheckBase64MiB(b *testing.B) {
	s := base64.StdEncoding.EncodeToString(make([]byte, 3<<18))
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		if err := inbox.CheckBase64(s); err != nil {
			b.Fatal(err)
		}
	}
}
