package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

func TestWrongUsageOfClientsSaysWhatWouldBeRight(t *testing.T) {
	t.Parallel()
	r := start(t)
	for want, args := range map[string][]string{
		`no subcommand "mails"`:               {"help", "mails"},
		"such as http://":                     {"ls", "--url", "localhost:4580"},
		"without /v1: http://localhost:4580":  {"ls", "--url", "http://localhost:4580/v1/"},
		"without /api/v1: http://h:1":         {"ls", "--url", "http://h:1/api/v1"},
		"without /_mock: http://h:1":          {"ls", "--url", "http://h:1/_mock/"},
		"no user, no ? and no #":              {"env", "--url", "http://localhost:4580?a=b"},
		"--url: must be":                      {"ls", "--url", ""},
		"--key: must be a key such as":        {"ls", "--key", "sk_a\nFOO=bar"},
		"for --key: must be a key":            {"env", "--key", "sk_a#b;c&d"},
		"must be the secret key":              {"env", "--key", "pk_test"},
		`invalid value "http://h:1/a;id"`:     {"env", "--url", "http://h:1/a;id"},
		"defined: -x":                         {"ls", "-x"},
		"-n: must be a whole number":          {"ls", "-n", "-1"},
		`invalid value "-5" for -n`:           {"ls", "-n", "-5"},
		`"-5" is none`:                        {"ls", "-5"},
		"time only moves forward":             {"advance", "-3h"},
		"only moves forward":                  {"advance", "-.5h", "--json=false"},
		"-n must be at most 1000":             {"ls", "-n", "1001"},
		`"ada@example.com" is none`:           {"ls", "ada@example.com"},
		"since: must be a time":               {"ls", "--since", "yesterday"},
		"never closed":                        {"show", "--q", `"`},
		"takes one ID, or filters":            {"show", "a", "b"},
		"show takes one ID":                   {"show", "a", "--to", "a@b.test"},
		"--code and --text cannot":            {"show", "--code", "--text"},
		"--json and --raw cannot":             {"show", "--json", "--raw"},
		"must be verify, reset":               {"wait", "--link", "confirm"},
		"--none waits for no mail":            {"wait", "--none", "--code"},
		"--scheduled goes with --none":        {"wait", "--scheduled", "ignore"},
		"or 0s to look once":                  {"wait", "--timeout", "-1s"},
		"--count: must be a whole":            {"wait", "--count", "0"},
		"wait takes filters alone":            {"wait", "ready"},
		"needs --to":                          {"send"},
		"send takes flags":                    {"send", "ada@example.com"},
		"to[0]: must be an email":             {"send", "--to", "ada"},
		"an address and the name of an event": {"track", "ada@example.com"},
		"must be a JSON object":               {"track", "a@b.test", "e", "--data", "[1]"},
		"for --data: must":                    {"track", "a@b.test", "e", "--data", "null"},
		"needs a duration or --to":            {"advance", "1h", "--to", "2030-01-01T00:00:00Z"},
		"advance 24h":                         {"advance"},
		"by: must be a duration":              {"advance", "soon"},
		"fault rm and one ID":                 {"fault", "rm"},
		"it is fault ls":                      {"fault", "clear", "all"},
		"is no step":                          {"fault", "frob"},
		"calls takes filters":                 {"calls", "all"},
		"reset takes flags":                   {"reset", "all"},
		"keep[0]: must be one of":             {"reset", "--keep", "mails"},
		"state needs get or put":              {"state", "export"},
		"json or yaml":                        {"state", "get", "--format", "xml"},
		"shell, dotenv, github or json":       {"env", "--format", "fish"},
		"name of a shell: bash, zsh, fish":    {"completion"},
		"completion needs the name":           {"completion", "tcsh"},
	} {
		_, stderr, code := r.cli(t, "", args...)
		if code != exitUsage || !strings.Contains(stderr, want) {
			t.Errorf("%q: exit code %d, does not say %q: %s", args, code, want, stderr)
		}
		if !strings.Contains(stderr, "plunkmock help "+args[0]) && args[0] != "help" {
			t.Errorf("%q: does not say where help is: %s", args, stderr)
		}
	}
	wrong(t, environment("PLUNKMOCK_URL", "localhost"), "ls")
}

func TestFlagsMayStandAnywhere(t *testing.T) {
	t.Parallel()
	r := start(t)
	if _, stderr, code := r.cli(t, "", "track", "--json", "ada@example.com", "--data", `{"a": 1}`, "--", "--event"); code != 0 {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

// said returns what a command that needs no server prints.
func said(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := exit(run(t.Context(), args, environment(), &stdout, &stderr), &stderr); code != 0 || stderr.Len() > 0 {
		t.Fatalf("%q: exit code %d, %s", args, code, &stderr)
	}
	return stdout.String()
}

// TestOneTableDrivesAll: what a subcommand takes is in its help and in each completion.
func TestOneTableDrivesAll(t *testing.T) {
	t.Parallel()
	all, bash, zsh, fish := said(t, "help"), said(t, "completion", "bash"), said(t, "completion", "zsh"), said(t, "completion", "fish")
	for _, c := range commands() {
		own := said(t, c.name, "--help")
		if !strings.HasPrefix(own, "Usage: plunkmock "+c.name) || !strings.Contains(all, "\n  "+c.name+" ") {
			t.Errorf("help leaves out %s, or its own is %s", c.name, own)
		}
		if len(c.examples) == 0 && c.name != "version" {
			t.Errorf("the help of %s has no example", c.name)
		}
		for _, o := range c.options() {
			for where, has := range map[string]bool{
				"its help": strings.Contains(own, "\n  "+o.dashed()) || o.name == "help",
				"bash":     strings.Contains(bash, `\n`+o.dashed()) || strings.Contains(bash, `'`+o.dashed()),
				"zsh":      strings.Contains(zsh, o.dashed()+"["),
				"fish":     strings.Contains(fish, "-l "+o.name+" ") || strings.Contains(fish, "-s "+o.name+" "),
			} {
				if !has {
					t.Errorf("%s leaves out %s of %s", where, o.dashed(), c.name)
				}
			}
		}
	}
}

func TestCompletionIsAScript(t *testing.T) {
	t.Parallel()
	for _, shell := range shells() {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			path, err := exec.LookPath(shell)
			if err != nil {
				t.Skip(shell + " is not here")
			}
			c := exec.CommandContext(t.Context(), path, "-n")
			c.Stdin = strings.NewReader(said(t, "completion", shell))
			if out, err := c.CombinedOutput(); err != nil || len(out) > 0 {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}

func TestBashCompletes(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not here")
	}
	script := said(t, "completion", "bash")
	for line, want := range map[string]string{
		"wa":                          "wait",
		"wait --ti":                   "--timeout",
		"wait --link ver":             "verify",
		"state g":                     "get",
		"help comp":                   "completion",
		"--log-l":                     "--log-level",
		"--log-level w":               "warn",
		"env --format d":              "dotenv",
		"state --format ''":           "json yaml",
		"serve --state testdata/m":    "testdata/mail.txt",
		"ls --to ''":                  "", // no file is an address
		"fault c":                     "clear",
		"ls --kind campaign":          "campaign campaign_test",
		"validate testdata/project.y": "testdata/project.yml",
		"state put testdata/mail.":    "testdata/mail.txt",
		"completion b":                "bash",
		"wait --link = ver":           "verify", // as bash splits it
		"env --format =":              "shell dotenv github json",
		"fault --json l":              "ls",
		"fault rm l":                  "",
		"state get testdata/mail.":    "testdata/mail.txt",
		"state get pu":                "",
	} {
		c := exec.CommandContext(t.Context(), bash, "-c", script+`
COMP_WORDS=(plunkmock `+line+`); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _plunkmock; echo "${COMPREPLY[@]}"`)
		if out, err := c.CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%q: %s, %v; want %s", line, out, err, want)
		}
	}
}

func TestATerminalGetsNoSequences(t *testing.T) {
	t.Parallel()
	terminal, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // a character device, as a terminal is
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	const text = "a\x1b[2J\r\nb\tc\u009b"
	if got, want := screen(terminal)(text), "a\\x1b[2J\nb\tc\\u009b"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := screen(new(bytes.Buffer))(text); got != text {
		t.Errorf("a file gets %q, want %q", got, text)
	}
	if got, want := visible("👩‍💻 ok\x00\u202e\xff"), "👩‍💻 ok\\x00\\u202e\ufffd"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestABrokenPipeEndsQuietly(t *testing.T) {
	t.Parallel()
	r := start(t)
	r.cli(t, "", "send", "--to", "ada@example.com")
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = read.Close()
	defer write.Close()
	c := process(t, "ls", "--url", r.ready.HTTP)
	var stderr bytes.Buffer
	c.Stdout, c.Stderr = write, &stderr
	err = c.Run()
	ended, ok := errors.AsType[*exec.ExitError](err)
	if !ok || ended.Sys().(syscall.WaitStatus).Signal() != syscall.SIGPIPE || stderr.Len() > 0 {
		t.Errorf("ended with %v, stderr: %s", err, &stderr)
	}
}
