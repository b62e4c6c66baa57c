package main

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/mock"
)

// strict makes each flag refuse what makes no sense, and say what would. The
// refusal then names whoever said it: the flag, or its variable.
func strict(f *flag.FlagSet) {
	checks := map[string]func(string) error{
		"http":       checkAddress,
		"port":       checkPort,
		"url":        checkURL,
		"allow-host": checkNames,
		"keys":       oneOf(mock.KeysOpen, mock.KeysStrict),
		"profile":    oneOf(mock.ProfileSpec),
		"envelope":   oneOf(mock.EnvelopeFlat, mock.EnvelopeWrapped, mock.EnvelopeBoth),
		"fault":      checkFault,
		"forward":    checkForward,
		"smtp":       checkListener("127.0.0.1:4525"),
		"smtps":      checkListener("127.0.0.1:4465"),
		"tls":        checkListener("127.0.0.1:4543"),
		"proxy":      checkListener("127.0.0.1:4588"),
		"smtp-auth":  oneOf(optional, required),
		"smtp-tls":   oneOf(on, off),
		"log-level":  oneOf("debug", "info", "warn", "error"),
		"log-format": oneOf("text", "json"),
	}
	f.VisitAll(func(known *flag.Flag) {
		check := checks[known.Name]
		if check == nil {
			check = checkKind(known.Value)
		}
		known.Value = checked{known.Value, check}
	})
}

// checked is the value of a flag that takes what passes a check alone.
type checked struct {
	flag.Value

	check func(string) error
}

// Set takes a text that passes.
func (c checked) Set(text string) error {
	if err := c.check(text); err != nil {
		return err
	}
	return c.Value.Set(text)
}

// IsBoolFlag tells package flag whether the flag may stand without a value.
func (c checked) IsBoolFlag() bool {
	b, ok := c.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// checkKind returns the check of all flags of a kind. Numbers and durations
// are limits, which must be more than 0.
func checkKind(value flag.Value) func(string) error {
	if getter, ok := value.(flag.Getter); ok {
		switch getter.Get().(type) {
		case bool:
			return checkBool
		case int:
			return checkCount
		case time.Duration:
			return checkDuration
		}
	}
	return func(string) error { return nil } // it checks by itself, or takes any text
}

func checkBool(text string) error {
	if _, err := strconv.ParseBool(text); err != nil {
		return errors.New("must be true or false")
	}
	return nil
}

func checkCount(text string) error {
	if n, err := strconv.Atoi(text); err != nil || n <= 0 {
		return errors.New("must be a whole number, more than 0")
	}
	return nil
}

func checkDuration(text string) error {
	if d, err := time.ParseDuration(text); err != nil || d <= 0 {
		return errors.New("must be a duration such as 10s or 2m, more than 0")
	}
	return nil
}

// oneOf is the check of a flag that has so many values.
func oneOf(known ...string) func(string) error {
	return func(text string) error {
		if slices.Contains(known, text) {
			return nil
		}
		last := len(known) - 1
		if last == 0 {
			return fmt.Errorf("must be %s, the only one yet", known[0])
		}
		return fmt.Errorf("must be %s or %s", strings.Join(known[:last], ", "), known[last])
	}
}

func checkAddress(text string) error {
	_, port, err := net.SplitHostPort(text)
	if err != nil {
		return errors.New("must be an address such as 127.0.0.1:4580")
	}
	return checkPort(port)
}

// checkListener is the check of a listener that may be off.
func checkListener(example string) func(string) error {
	return func(text string) error {
		if text != off && checkAddress(text) != nil {
			return errors.New("must be off, or an address such as " + example)
		}
		return nil
	}
}

func checkPort(text string) error {
	if _, err := strconv.ParseUint(text, 10, 16); err != nil {
		return errors.New("the port must be a number from 0 to 65535")
	}
	return nil
}

func checkURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err == nil && text == "":
		return nil
	case err != nil, u.Hostname() == "", u.Scheme != "http" && u.Scheme != "https":
		return errors.New("must be an address such as http://plunk.localhost:4580")
	case u.User != nil, strings.ContainsAny(text, "?#"):
		return errors.New("must be an address such as http://plunk.localhost:4580, with no user, no ? and no #")
	case u.Port() != "" && (checkPort(u.Port()) != nil || u.Port() == "0"):
		return errors.New("must be an address such as http://plunk.localhost:4580, with a port from 1 to 65535")
	}
	return nil
}

// checkNames checks names of hosts that are separated by commas.
func checkNames(text string) error {
	for name := range strings.SplitSeq(text, ",") {
		if name == "" || strings.ContainsAny(name, "/: ") {
			return errors.New("must be a name such as plunk.example.com, with no scheme and no port")
		}
	}
	return nil
}

func checkForward(text string) error {
	if text == "" {
		return nil
	}
	return mock.CheckForward(text)
}

func checkFault(text string) error {
	if err := mock.CheckFault(text); err != nil {
		return fmt.Errorf("must be a rule such as sendEmail:429*2,pass: %w", err)
	}
	return nil
}

// size is a number of bytes above 0 as a flag: 50000000, 50MB or 64MiB.
type size int64

func (s *size) String() string {
	if s == nil {
		return "0"
	}
	for _, u := range units {
		if n := int64(*s); n > 0 && n%u.bytes == 0 {
			return strconv.FormatInt(n/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(int64(*s), 10)
}

var units = []struct { //nolint:gochecknoglobals // a constant
	name  string
	bytes int64
}{{"GiB", 1 << 30}, {"GB", 1e9}, {"MiB", 1 << 20}, {"MB", 1e6}, {"KiB", 1 << 10}, {"KB", 1e3}, {"B", 1}}

// Set reads a number of bytes.
func (s *size) Set(text string) error {
	factor := int64(1)
	for _, u := range units {
		if number, ok := strings.CutSuffix(strings.ToUpper(text), strings.ToUpper(u.name)); ok {
			text, factor = number, u.bytes
			break
		}
	}
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil || n <= 0 || n > math.MaxInt64/factor {
		return errors.New("must be a number of bytes such as 50MB or 64MiB, more than 0")
	}
	*s = size(n * factor)
	return nil
}
