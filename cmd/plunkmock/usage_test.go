package main

import (
	"bytes"
	"flag"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/mock"
)

// wrong runs a command that is wrong usage, and returns what it says.
func wrong(t *testing.T, getenv func(string) string, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := exit(run(t.Context(), args, getenv, &stdout, &stderr), &stderr)
	if code != exitUsage || stdout.Len() > 0 {
		t.Errorf("%q: exit code %d, want %d; stdout %q, stderr:\n%s", args, code, exitUsage, &stdout, &stderr)
	}
	return stderr.String()
}

// TestEveryFlagRefusesRubbish holds for flags that are yet to come, too.
func TestEveryFlagRefusesRubbish(t *testing.T) {
	t.Parallel()
	const rubbish = "a b:/"
	anyText := []string{"seed", "ready-file", "fixtures", "state", "smtp-cert", "state-dir"}
	new(settings).flags(io.Discard).VisitAll(func(f *flag.Flag) {
		if slices.Contains(anyText, f.Name) {
			return
		}
		for who, said := range map[string]string{
			"--" + f.Name:    wrong(t, environment(), "--"+f.Name+"="+rubbish),
			variable(f.Name): wrong(t, environment(variable(f.Name), rubbish)),
		} {
			if !strings.Contains(said, who+": ") || !strings.Contains(said, rubbish) {
				t.Errorf("%s: does not say so: %s", who, said)
			}
			if !strings.Contains(said, "must be ") {
				t.Errorf("%s: does not say what would be right: %s", who, said)
			}
		}
	})
}

func TestLimitsAreMoreThanZero(t *testing.T) {
	t.Parallel()
	new(settings).flags(io.Discard).VisitAll(func(f *flag.Flag) {
		if !strings.HasPrefix(f.Name, "max-") && !strings.HasSuffix(f.Name, "-timeout") {
			return
		}
		for _, value := range []string{"0", "-1", "-1s"} {
			if said := wrong(t, environment(variable(f.Name), value)); !strings.Contains(said, variable(f.Name)+": must be ") {
				t.Errorf("%s=%s: %s", variable(f.Name), value, said)
			}
		}
	})
}

func TestValuesThatLookRight(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ flag, value, want string }{
		{"port", "-1", "from 0 to 65535"},
		{"port", "65536", "from 0 to 65535"},
		{"http", "127.0.0.1", "127.0.0.1:4580"},
		{"http", "127.0.0.1:http", "from 0 to 65535"},
		{"http", "", "127.0.0.1:4580"},
		{"url", "localhost:4580", "http://"},
		{"url", "ftp://localhost", "http://"},
		{"url", "http://:4580", "http://"},
		{"url", "http://localhost:4580?a=b", "no ?"},
		{"url", "http://localhost:4580#", "no #"},
		{"url", "http://user:word@localhost:4580", "no user"},
		{"url", "http://localhost:99999", "from 1 to 65535"},
		{"keys", "Strict", "open or strict"},
		{"envelope", "", "flat, wrapped or both"},
		{"profile", "next", "spec, the only one yet"},
		{"log-level", "warning", "debug, info, warn or error"},
		{"log-format", "JSON", "text or json"},
		{"allow-host", "plunk.test:4580", "no port"},
		{"allow-host", "https://plunk.test", "no scheme"},
		{"allow-host", "a.test,", "must be a name"},
		{"max-messages", "1e6", "whole number"},
		{"max-body", "-5MB", "64MiB"},
		{"idle-timeout", "10", "10s"},
	} {
		if said := wrong(t, environment(), "--"+c.flag, c.value); !strings.Contains(said, "--"+c.flag+": ") || !strings.Contains(said, c.want) {
			t.Errorf("--%s %q: does not say %q: %s", c.flag, c.value, c.want, said)
		}
	}
}

func TestWhatIsNotThereIsWrongUsage(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		`no subcommand "frobnicate"`: {"frobnicate"},
		`no subcommand ""`:           {""},
		"defined: --frob":            {"serve", "--frob"},
		"defined: -v\n":              {"-v"},
		"behind it: plunkmock ls":    {"--json", "ls"},
		"behind it: plunkmock show":  {"--key", "sk_a", "show", "latest"},
		"argument: --seed":           {"--seed"},
		`"extra" is none`:            {"healthcheck", "extra"},
		"comes first: plunkmock ls":  {"--url", "http://localhost:4580", "ls"},
		`"frob" is more`:             {"version", "frob"},
		"defined: --grob":            {"version", "--grob"},
	} {
		if said := wrong(t, environment(), args...); !strings.Contains(said, want) {
			t.Errorf("%q: does not say %q: %s", args, want, said)
		}
	}
}

// A flag that does nothing without another is a mistake, and not nothing.
func TestWhatIsSaidOfAProxyThatThereIsNot(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{"proxy-pass": "example.com", "proxy-public": "true"} {
		for _, said := range []string{
			wrong(t, environment(), "--"+name+"="+value),
			wrong(t, environment(variable(name), value), "--proxy", "off"),
		} {
			if want := "--" + name + " (" + variable(name) + ") needs --proxy: where"; !strings.Contains(said, want) {
				t.Errorf("does not say %q: %s", want, said)
			}
		}
	}
}

func TestAskedForHelpOrVersion(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"version"}, "plunkmock " + mock.Version + "\n"},
		{[]string{"-version"}, "plunkmock " + mock.Version + "\n"},
		{[]string{"--version"}, "plunkmock " + mock.Version + "\n"},
		{[]string{"healthcheck", "--help"}, "Usage:"},
		{[]string{"help", "serve"}, "Exit codes:"},
	} {
		var stdout, stderr bytes.Buffer
		code := exit(run(t.Context(), c.args, environment("PLUNKMOCK_PORT", "rubbish"), &stdout, &stderr), &stderr)
		if code != 0 || !strings.Contains(stdout.String(), c.want) || stderr.Len() > 0 {
			t.Errorf("%q: exit code %d, stdout %q, stderr %q", c.args, code, &stdout, &stderr)
		}
	}
}

func TestAnEmptyVariableIsNone(t *testing.T) {
	t.Parallel()
	s, err := readSettings(nil, func(string) string { return "" })
	if err != nil || s.http != "127.0.0.1:4580" {
		t.Errorf("%+v, %v", s, err)
	}
}
