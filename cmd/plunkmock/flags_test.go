package main

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"io"
	"strings"
	"testing"
)

// environment makes a getenv of name and value pairs.
func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// another returns a value that a flag takes and that is not its default.
func another(name string) string {
	switch name {
	case "http", "smtp", "smtps", "tls", "proxy":
		return "127.0.0.1:4999"
	case "url":
		return "https://plunk.test"
	case "clock":
		return "2030-01-01T00:00:00Z"
	case "seed", "ready-file", "allow-host", "fixtures", "state", "smtp-cert", "proxy-pass", "state-dir":
		return "text"
	case "header-timeout", "idle-timeout":
		return "7s"
	case "max-body", "max-bytes", "max-smtp":
		return "7MB"
	}
	choices := map[string]string{
		"keys": "strict", "smtp-auth": "required", "smtp-tls": "off", "proxy-public": "true", "profile": "spec", "envelope": "both", "log-level": "warn", "log-format": "json", "watch": "false", "fault": "sendEmail:429", "forward": "smtp://127.0.0.1:1025",
	}
	return cmp.Or(choices[name], "7")
}

func TestEveryFlagHasAVariableThatItBeats(t *testing.T) {
	t.Parallel()
	new(settings).flags(io.Discard).VisitAll(func(f *flag.Flag) {
		value := another(f.Name)
		byFlag, err := readSettings([]string{"--" + f.Name + "=" + value}, environment())
		if err != nil {
			t.Errorf("--%s %s: %v", f.Name, value, err)
			return
		}
		name := "PLUNKMOCK_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		byVariable, err := readSettings(nil, environment(name, value))
		if err != nil {
			t.Errorf("%s=%s: %v", name, value, err)
			return
		}
		both, err := readSettings([]string{"--" + f.Name + "=" + value}, environment(name, "rubbish"))
		if err != nil {
			t.Errorf("--%s does not beat %s: %v", f.Name, name, err)
			return
		}
		if got, want := shown(byVariable), shown(byFlag); got != want {
			t.Errorf("%s gives %s, and --%s gives %s", name, got, f.Name, want)
		}
		if got, want := shown(both), shown(byFlag); got != want {
			t.Errorf("--%s with %s gives %s, want %s", f.Name, name, got, want)
		}
		if none, _ := readSettings(nil, environment()); shown(none) == shown(byFlag) && f.Name != "profile" && f.Name != "watch" {
			t.Errorf("--%s %s changes nothing", f.Name, value)
		}
	})
}

// shown writes settings so that they compare.
func shown(s *settings) string {
	c := s.config
	return fmt.Sprint(
		s.http, s.profile, s.logLevel, s.logFormat, s.readyFile, s.headerTimeout, s.idleTimeout,
		c.URL, c.Keys, c.Envelope, c.Seed, c.AllowHosts, c.Faults, c.Forward, c.Limits, c.Clock, s.fixtures, s.watch, s.state, s.mail, s.tls,
	)
}

func TestApplicationsOwnVariablesAreNotRead(t *testing.T) {
	t.Parallel()
	s, err := readSettings(nil, func(name string) string {
		if strings.HasPrefix(name, "PLUNK_") {
			t.Errorf("%s is read", name)
		}
		return ""
	})
	if err != nil || s.http != "127.0.0.1:4580" {
		t.Error(s, err)
	}
}

func TestWrongUsageSaysWhatWouldBeRight(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		env  []string
		want []string // what the error says
	}{
		{args: []string{"frobnicate"}, want: []string{"frobnicate", "serve", "healthcheck"}},
		{args: []string{"serve", "extra"}, want: []string{"extra"}},
		{args: []string{"--frob"}, want: []string{"frob", "plunkmock help"}},
		{args: []string{"--keys", "lax"}, want: []string{"lax", "open", "strict"}},
		{args: []string{"--envelope", "paper"}, want: []string{"paper", "flat", "wrapped", "both"}},
		{args: []string{"--profile", "next"}, want: []string{"--profile", "spec", "next"}},
		{args: []string{"--http", "4580"}, want: []string{"--http", "127.0.0.1:4580"}},
		{args: []string{"--port", "70000"}, want: []string{"70000", "65535"}},
		{args: []string{"--url", "localhost"}, want: []string{"--url", "http://"}},
		{args: []string{"--max-body", "much"}, want: []string{"max-body", "50MB"}},
		{args: []string{"--max-bytes", "99999999999GiB"}, want: []string{"max-bytes", "number of bytes"}},
		{args: []string{"--max-projects", "0"}, want: []string{"--max-projects", "more than 0"}},
		{args: []string{"--max-messages", "-1"}, want: []string{"--max-messages", "more than 0"}},
		{args: []string{"--idle-timeout", "soon"}, want: []string{"idle-timeout", "soon"}},
		{args: []string{"--clock", "noon"}, want: []string{"clock", "noon", "2030-01-01T00:00:00Z"}},
		{args: []string{"--watch"}, want: []string{"--watch", "--fixtures"}},
		{args: []string{"validate"}, want: []string{"file"}},
		{args: []string{"--log-level", "loud"}, want: []string{"--log-level", "debug", "loud"}},
		{args: []string{"--log-format", "xml"}, want: []string{"--log-format", "json", "xml"}},
		{env: []string{"PLUNKMOCK_MAX_DEPTH", "deep"}, want: []string{"PLUNKMOCK_MAX_DEPTH", "deep"}},
		{args: []string{"healthcheck", "--http", "nowhere"}, want: []string{"--http"}},
	} {
		var stdout, stderr bytes.Buffer
		err := run(t.Context(), c.args, environment(c.env...), &stdout, &stderr)
		if code := exit(err, &stderr); code != exitUsage {
			t.Errorf("%v %v: exit code %d, want %d", c.args, c.env, code, exitUsage)
		}
		for _, want := range c.want {
			if !strings.Contains(stderr.String(), want) {
				t.Errorf("%v %v: does not say %q: %s", c.args, c.env, want, stderr.String())
			}
		}
		if stdout.Len() > 0 {
			t.Errorf("%v: on stdout: %s", c.args, stdout.String())
		}
	}
}

func TestHelpAndVersionAreForStdout(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"help"}, {"version"}, {"--help"}, {"serve", "-h"}} {
		var stdout, stderr bytes.Buffer
		if err := run(t.Context(), args, environment(), &stdout, &stderr); err != nil || stdout.Len() == 0 || stderr.Len() > 0 {
			t.Errorf("%v: %v, %d bytes on stdout, and on stderr: %s", args, err, stdout.Len(), stderr.String())
		}
		if args[0] == "serve" {
			new(settings).flags(io.Discard).VisitAll(func(f *flag.Flag) {
				if !strings.Contains(stdout.String(), "--"+f.Name) {
					t.Errorf("help leaves out --%s", f.Name)
				}
			})
		}
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"5": 5, "5B": 5, "50MB": 50_000_000, "64MiB": 64 << 20, "1gib": 1 << 30, "3 KB": 3000} {
		var s size
		if err := s.Set(text); err != nil || int64(s) != want {
			t.Errorf("%s: %d, %v; want %d", text, s, err, want)
		}
		var again size
		if err := again.Set(s.String()); err != nil || again != s {
			t.Errorf("%s is written as %s, and read as %d", text, s.String(), again)
		}
	}
	for _, text := range []string{"", "-1", "0", "0MB", "MB", "1.5MB", "1 XB", "9223372036854775808", "9007199254740993GiB"} {
		if err := new(size).Set(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
