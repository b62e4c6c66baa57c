package plunk_test

import (
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

// TestCheckEmail says of each address what Plunk's own server said of it.
func TestCheckEmail(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"ann@example.com", "Ann.Lee@Example.COM", "a+b@example.com", "o'neil@example.com", "first_last@example.com", "a-b@example.co.uk",
		"1234@example.com", "a@b.co", "user@sub.domain.example.com", "_u@example.com", "-u@example.com", "user-@example.com",
		"a@xn--80ak6aa92e.com", "a@example-.com", strings.Repeat("x", 65) + "@example.com",
		// and by the same rule:
		"'a@example.com", "+@example.com", "a'b.c+d-e_f@1.2.3.four", "a@b--c.de", "A@B.CO",
	} {
		if err := plunk.CheckEmail(address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	for address, why := range map[string]string{
		"user'@example.com":     "a ' stands just before the @",
		"a@example.xn--p1ai":    "the last part of its domain must be letters only",
		"plain":                 "it has no @",
		"a@b":                   "its domain has no dot",
		"a@localhost":           "its domain has no dot",
		"a@b.c":                 "the last part of its domain must have two letters or more",
		"a@1.2.3.4":             "the last part of its domain must be letters only",
		`"quoted"@example.com`:  "before the @ only letters, digits and _ ' + - . may stand",
		"a..b@example.com":      "it has two dots in a row",
		".a@example.com":        "it starts with a dot",
		"a.@example.com":        "a . stands just before the @",
		" a@example.com":        "before the @ only letters, digits and _ ' + - . may stand",
		"a@example.com ":        "in its domain only letters, digits, - and . may stand",
		"a b@example.com":       "before the @ only letters, digits and _ ' + - . may stand",
		"a@ex_ample.com":        "in its domain only letters, digits, - and . may stand",
		"é@example.com":         "before the @ only letters, digits and _ ' + - . may stand",
		"a@@example.com":        "each part of its domain must start with a letter or digit",
		"Ann <ann@example.com>": "before the @ only letters, digits and _ ' + - . may stand",
		"a!b@example.com":       "before the @ only letters, digits and _ ' + - . may stand",
		"a@rcpt_x.test":         "in its domain only letters, digits, - and . may stand",
		"a..b@acme.test":        "it has two dots in a row",
		// and by the same rule:
		"":                    "it has no @",
		"@":                   "nothing stands before the @",
		"@example.com":        "nothing stands before the @",
		"a@":                  "its domain has no dot",
		"a@.com":              "each part of its domain must start with a letter or digit",
		"a@example.com.":      "each part of its domain must start with a letter or digit",
		"a@example..com":      "it has two dots in a row",
		"a@-example.com":      "each part of its domain must start with a letter or digit",
		"a@b@example.com":     "in its domain only letters, digits, - and . may stand",
		"a@münchen.de":        "in its domain only letters, digits, - and . may stand",
		"a@example.co,b@c.de": "in its domain only letters, digits, - and . may stand",
		"a@example.com\n":     "in its domain only letters, digits, - and . may stand",
		"a\r\nBcc: b@x.co":    "before the @ only letters, digits and _ ' + - . may stand",
		"a\x00@example.com":   "before the @ only letters, digits and _ ' + - . may stand",
		"\xff@example.com":    "before the @ only letters, digits and _ ' + - . may stand",
		"ſ@example.com":       "before the @ only letters, digits and _ ' + - . may stand", // which ToUpper makes an S
		"a@[127.0.0.1]":       "each part of its domain must start with a letter or digit",
		strings.Repeat("x", 1e4) + "@example.com": "it is too long",
	} {
		if err := plunk.CheckEmail(address); err == nil || err.Error() != why {
			t.Errorf("%.50q: got %v, want %s", address, err, why)
		}
	}
}

func TestCheckHeader(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{"X-A": "1", "x": "", "!#$%&'*+-.^_`|~": "é: x", "9": "\t", strings.Repeat("x", 900): "v"} {
		if problem := plunk.CheckHeader(name, value); problem != "" {
			t.Errorf("%s: %s", name, problem)
		}
	}
	const odd, line = "has a name that is not a mail header's", "must be one line"
	for _, c := range []struct{ name, value, want string }{
		{"", "v", "has an empty name"},
		{"X A", "v", odd},
		{"X:A", "v", odd},
		{"X-Ä", "v", odd},
		{"X\r\nBcc", "v", odd},
		{"X\x00", "v", odd},
		{"X\x7f", "v", odd},
		{"\xff", "v", odd},
		{strings.Repeat("x", 901), "v", "too long"},
		{"X", "a\nb", line},
		{"X", "a\r", line},
		{"X", "\x00", line},
		{"X", "a\r\n b", line},
	} {
		if problem := plunk.CheckHeader(c.name, c.value); !strings.Contains(problem, c.want) {
			t.Errorf("%q: %q: got %q, want %q", c.name, c.value, problem, c.want)
		}
	}
}
