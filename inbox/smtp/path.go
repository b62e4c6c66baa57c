package smtp

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// path is what MAIL and RCPT say: an address, and parameters beside it.
type path struct {
	address string
	text    string // the parameters as they were said
	params  []param
	size    int64 // that SIZE names
}

type param struct{ name, value string }

// parsePath takes "FROM:<a@b.c> X=Y" apart. The error is a reply.
func parsePath(arg, prefix string) (path, error) {
	bad := refuse(501, "5.5.4", "Say "+prefix+"<address>, and parameters behind it")
	if len(arg) < len(prefix) || !strings.EqualFold(arg[:len(prefix)], prefix) {
		return path{}, bad
	}
	rest, ok := strings.CutPrefix(strings.TrimLeft(arg[len(prefix):], " "), "<")
	end := closing(rest)
	if !ok || end < 0 {
		return path{}, bad
	}
	p := path{address: rest[:end]}
	if rest = rest[end+1:]; rest != "" && rest[0] != ' ' {
		return path{}, bad
	}
	if _, after, ok := strings.Cut(p.address, ":"); ok && p.address[0] == '@' {
		p.address = after // a source route, which nobody follows
	}
	p.text = strings.TrimSpace(rest)
	for word := range strings.FieldsSeq(p.text) {
		name, value, _ := strings.Cut(word, "=")
		name = strings.ToUpper(name)
		if slices.ContainsFunc(p.params, func(q param) bool { return q.name == name }) {
			return path{}, refuse(501, "5.5.4", name+" was said twice")
		}
		p.params = append(p.params, param{name, value})
	}
	return p, nil
}

// closing returns where the first > outside quotes is; -1 for nowhere.
func closing(s string) int {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '>' && !quoted:
			return i
		}
	}
	return -1
}

// checkMail judges the sender and its parameters.
func (p *path) checkMail(maxSize int64) error {
	if p.address != "" {
		if err := checkAddress(p.address); err != nil {
			return err
		}
	}
	if !p.isUTF8() {
		if err := checkASCII(p.address); err != nil {
			return err
		}
	}
	for _, q := range p.params {
		if err := p.checkMailParam(q, maxSize); err != nil {
			return err
		}
	}
	return nil
}

func (p *path) checkMailParam(q param, maxSize int64) error {
	ok := q.value != ""
	switch q.name {
	case "SIZE":
		n, err := strconv.ParseInt(q.value, 10, 64)
		if errors.Is(err, strconv.ErrRange) || n > maxSize {
			return tooBig(maxSize)
		}
		p.size, ok = n, err == nil && n >= 0
	case "BODY":
		ok = isOneOf(q.value, "7BIT", "8BITMIME")
	case "RET":
		ok = isOneOf(q.value, "FULL", "HDRS")
	case "SMTPUTF8":
		ok = !ok
	case "AUTH", "ENVID":
	default:
		return refuse(555, "5.5.4", "Unknown parameter "+q.name)
	}
	if !ok {
		return refuse(501, "5.5.4", "Bad value of "+q.name)
	}
	return nil
}

func (p *path) isUTF8() bool { return slices.Contains(p.params, param{"SMTPUTF8", ""}) }

// checkRcpt judges a recipient and its parameters.
func (p *path) checkRcpt() error {
	if !strings.EqualFold(p.address, "postmaster") {
		if err := checkAddress(p.address); err != nil {
			return err
		}
	}
	for _, q := range p.params {
		ok := q.value != ""
		switch q.name {
		case "NOTIFY":
			for v := range strings.SplitSeq(q.value, ",") {
				ok = ok && (isOneOf(v, "SUCCESS", "FAILURE", "DELAY") || strings.EqualFold(q.value, "NEVER"))
			}
		case "ORCPT":
			kind, address, found := strings.Cut(q.value, ";")
			ok = found && kind != "" && address != ""
		default:
			return refuse(555, "5.5.4", "Unknown parameter "+q.name)
		}
		if !ok {
			return refuse(501, "5.5.4", "Bad value of "+q.name)
		}
	}
	return nil
}

func isOneOf(value string, list ...string) bool {
	return slices.ContainsFunc(list, func(v string) bool { return strings.EqualFold(v, value) })
}

// checkAddress refuses what is no address.
func checkAddress(address string) error {
	at := strings.LastIndexByte(address, '@')
	if len(address) > 320 || at < 1 || !isLocal(address[:at]) || !isDomain(address[at+1:]) {
		return refuse(501, "5.1.3", "Not an address: "+address)
	}
	return nil
}

// checkASCII refuses an address that needs SMTPUTF8.
func checkASCII(address string) error {
	if strings.ContainsFunc(address, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return refuse(553, "5.6.7", "Say SMTPUTF8 in MAIL FROM to use the address "+address)
	}
	return nil
}

// isLocal tells whether a text is what stands before the @: words and dots, wherever
// they are, or a quoted text.
func isLocal(s string) bool {
	if s[0] != '"' {
		return !strings.ContainsAny(s, " ()<>[]:;@\\,\"")
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i == len(s)-1
		}
	}
	return false
}

// isDomain tells whether a text is what stands behind the @: a name, or an address in
// brackets.
func isDomain(s string) bool {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		return ok && inner != "" && !strings.ContainsAny(inner, " []\\<>@")
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || strings.Trim(label, "-") != label || strings.ContainsFunc(label, isNoLetter) {
			return false
		}
	}
	return true
}

func isNoLetter(r rune) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	return r < utf8.RuneSelf && !strings.ContainsRune(letters, r)
}
