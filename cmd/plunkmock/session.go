package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/plunkmock/plunkmock/testkit/remote"
)

// What is meant where nobody says which server and which project.
const (
	defaultURL = remote.DefaultURL
	defaultKey = "sk_test"
)

// longestCall is how long one call may take.
const longestCall = 10 * time.Minute

// An action is what a subcommand does on a running server.
type action func(ctx context.Context, s *session, args []string) error

// session is one run of a subcommand on a running server.
type session struct {
	system

	command command
	url     string
	said    string // who said the url, as words of an error; "" for a flag, or nobody
	key     string
	json    bool
	client  *remote.Client
}

func (s *session) declare(f *flag.FlagSet) {
	f.StringVar(&s.url, "url", defaultURL, "`address` of the server; else PLUNKMOCK_URL")
	f.StringVar(&s.key, "key", defaultKey, "secret `key` of the project; else PLUNKMOCK_KEY")
	f.BoolVar(&s.json, "json", false, "print the API's own answer, one JSON document, also of a refusal")
}

// call runs a command on a running server.
func (c command) call(ctx context.Context, args []string, sys system) error {
	s := &session{system: sys, command: c}
	f := flag.NewFlagSet(c.name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	s.declare(f)
	act := c.remote(f)
	strict(f)
	args, err := c.parse(f, args)
	if err != nil {
		return err
	}
	if err := s.connect(f); err != nil {
		return err
	}
	return s.explained(ctx, act(ctx, s, args))
}

// connect makes the client: a flag beats a variable.
func (s *session) connect(f *flag.FlagSet) error {
	given := map[string]bool{}
	f.Visit(func(f *flag.Flag) { given[f.Name] = true })
	for _, want := range []struct {
		name, example string
		odd           func(rune) bool
	}{
		{"url", "an address such as " + defaultURL, oddInURL},
		{"key", "a key such as " + defaultKey, oddInKey},
	} {
		who, value := "--"+want.name, f.Lookup(want.name).Value.String()
		if variable := variable(want.name); !given[want.name] && s.getenv(variable) != "" {
			who, value = variable, s.getenv(variable)
			if err := f.Set(want.name, value); err != nil {
				return s.command.misused("invalid value %q for %s: %w", value, who, err)
			}
			if want.name == "url" {
				s.said = " (" + variable + ")"
			}
		}
		if value == "" || strings.ContainsFunc(value, want.odd) {
			return s.command.misused("invalid value %q for %s: must be %s", value, who, want.example)
		}
	}
	for _, mount := range []string{"/_mock", "/api/v1", "/v1", "/api"} {
		if short, cut := strings.CutSuffix(strings.TrimRight(s.url, "/"), mount); cut {
			return s.command.misused("the URL %s is one of an API; that of the server is without %s: %s", s.url, mount, short)
		}
	}
	// By way of no proxy, as the health check: the server is near.
	s.client = remote.New(remote.Config{URL: s.url, Key: s.key, HTTP: &http.Client{Transport: new(http.Transport)}})
	return nil
}

// oddInURL and oddInKey tell of what a shell or a file of variables would take for more
// than a text; no key has it, and no address of a server.
func oddInURL(r rune) bool { return oddInKey(r) && !strings.ContainsRune(".:/[]%~@,=+", r) }

func oddInKey(r rune) bool {
	return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '_' && r != '-'
}

// do makes a call, and returns the answer as it is.
func (s *session) do(ctx context.Context, method, path string, query url.Values, in any) (body []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, longestCall)
	defer cancel()
	err = s.client.Do(ctx, method, path, query, in, &body)
	return body, err
}

// ask makes a call and decodes the answer into out, unless that is nil; with --json it
// prints the answer instead.
func (s *session) ask(ctx context.Context, method, path string, query url.Values, in, out any) error {
	body, err := s.do(ctx, method, path, query, in)
	return s.answer(body, err, out)
}

func (s *session) answer(body []byte, err error, out any) error {
	if s.json {
		if failed, ok := errors.AsType[*remote.Error](err); ok {
			body = failed.Body
		}
		return errors.Join(err, s.document(body))
	}
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("the answer is not what was expected: %w", err)
	}
	return nil
}

// document prints JSON; nothing when there is none.
func (s *session) document(body []byte) error {
	if !json.Valid(body) {
		return nil
	}
	_, err := s.stdout.Write(append(plainJSON(body), '\n'))
	return err
}

// say prints a line that is no part of a mail.
func (s *session) say(format string, args ...any) error {
	_, err := fmt.Fprintln(s.stdout, visible(fmt.Sprintf(format, args...)))
	return err
}

// note tells a person what is beside the matter.
func (s *session) note(format string, args ...any) {
	_, _ = fmt.Fprintln(s.stderr, visible(fmt.Sprintf(format, args...)))
}

// input reads a file that is named, or stdin for -.
func (s *session) input(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(s.stdin)
	}
	return os.ReadFile(name) //nolint:gosec // the user names it
}

// explained gives an error the exit code and the hint that it deserves.
func (s *session) explained(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*failure](err); ok {
		return err
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return &failure{exitRuntime, errors.New("interrupted"), ""}
	}
	if cutOff(err) {
		return &failure{
			exitRuntime, fmt.Errorf("the connection to %s%s was cut before the whole answer was there, and the call may have been carried out", s.client.URL(), s.said),
			"A fault does so, or a server that ends: plunkmock fault ls lists the faults, and plunkmock calls what was called.",
		}
	}
	if errors.Is(err, remote.ErrNoServer) {
		return &failure{exitRuntime, fmt.Errorf("no plunkmock answers at %s%s; start one with `plunkmock`, or say where it is with --url", s.client.URL(), s.said), cause(err)}
	}
	text := strings.TrimPrefix(err.Error(), remote.ErrVersion.Error()+": ")
	f := &failure{exitRuntime, errors.New(strings.TrimPrefix(text, "remote: ")), ""}
	if failed, ok := errors.AsType[*remote.Error](err); ok {
		switch failed.Status {
		case http.StatusUnprocessableEntity:
			f.code, f.hint = exitUsage, "plunkmock help "+s.command.name+" tells how it is used."
		case http.StatusUnauthorized:
			f.hint = "--key or PLUNKMOCK_KEY says the secret key of the project, such as " + defaultKey + "."
		}
	}
	return f
}

// cutOff tells of a server that took a call, and whose answer did not come or not whole.
func cutOff(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET)
}

// cause is why nothing answers, in the words of the system.
func cause(err error) string {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "Its certificate is not trusted: SSL_CERT_FILE=$(plunkmock ca --path) does, or say an address that begins with http://."
	}
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return "The system says: " + failed.Err.Error() + "."
	}
	return ""
}
