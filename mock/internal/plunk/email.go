package plunk

import (
	"errors"
	"strings"
)

// maxAddress is more than any mail system takes, and less than a line of mail.
const maxAddress = 900

// CheckEmail tells what is wrong with an email address; nil when nothing is.
//
// The rule is that of Plunk's own server, stricter than the mail standards: a
// local part of letters, digits and _ ' + - . that ends in none of ' and ., no
// two dots in a row, and a domain of two labels or more, the last of letters
// only. Letter case does not matter.
func CheckEmail(s string) error {
	local, domain, ok := strings.Cut(s, "@")
	switch {
	case !ok:
		return errors.New("it has no @")
	case len(s) > maxAddress:
		return errors.New("it is too long")
	case strings.Contains(s, ".."):
		return errors.New("it has two dots in a row")
	}
	if err := checkLocal(local); err != nil {
		return err
	}
	return checkDomain(domain)
}

func checkLocal(s string) error {
	if s == "" {
		return errors.New("nothing stands before the @")
	}
	for i := range len(s) {
		if !alnum(s[i]) && !strings.ContainsRune("_'+-.", rune(s[i])) {
			return errors.New("before the @ only letters, digits and _ ' + - . may stand")
		}
	}
	if s[0] == '.' {
		return errors.New("it starts with a dot")
	}
	if last := s[len(s)-1]; last == '.' || last == '\'' {
		return errors.New("a " + string(last) + " stands just before the @")
	}
	return nil
}

func checkDomain(s string) error {
	labels := strings.Split(s, ".")
	if len(labels) < 2 {
		return errors.New("its domain has no dot")
	}
	for _, label := range labels {
		if label == "" || !alnum(label[0]) {
			return errors.New("each part of its domain must start with a letter or digit")
		}
		for i := range len(label) {
			if !alnum(label[i]) && label[i] != '-' {
				return errors.New("in its domain only letters, digits, - and . may stand")
			}
		}
	}
	top := labels[len(labels)-1]
	for i := range len(top) {
		if !letter(top[i]) {
			return errors.New("the last part of its domain must be letters only")
		}
	}
	if len(top) < 2 {
		return errors.New("the last part of its domain must have two letters or more")
	}
	return nil
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func alnum(c byte) bool { return letter(c) || '0' <= c && c <= '9' }
