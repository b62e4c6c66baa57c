package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/plunkmock/plunkmock/cmd/plunkmock/internal/authority"
	"github.com/plunkmock/plunkmock/mock"
)

// drainTime is how long calls in hand may take when the server stops.
const drainTime = 5 * time.Second

// serve runs the server until ctx ends. It listens before it says that it is
// ready, so that no one has to poll.
func serve(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	s, err := readSettings(args, getenv)
	if err == nil {
		err = s.check()
	}
	if err != nil {
		return err
	}
	s.config.Log = logger(s, stderr)
	doors, err := listeners(ctx, s)
	if err != nil {
		return err
	}
	handler, err := emulator(ctx, s)
	if err != nil {
		return errors.Join(err, doors.close())
	}
	web := &http.Server{
		Handler: handler, ReadHeaderTimeout: s.headerTimeout, IdleTimeout: s.idleTimeout,
		ErrorLog: slog.NewLogLogger(s.config.Log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 8) // more than there are listeners
	doors.gates.serve(web, s, failed)
	go func() { failed <- web.Serve(doors.http) }()
	taking, last := context.WithCancel(ctx)
	doors.mails.serve(taking, handler.Relay(), failed)
	err = announce(s, doors, stdout, stderr, getenv)
	if err == nil {
		select {
		case err = <-failed:
		case <-ctx.Done():
		}
	}
	handler.Drain()
	last()
	return errors.Join(err, stop(ctx, handler, web, doors))
}

// doors are all that the server listens on.
type doors struct {
	http  net.Listener
	gates *gates
	mails *mailbox
}

// close is for a server that does not serve.
func (d *doors) close() error {
	return errors.Join(d.http.Close(), d.gates.close(), d.mails.close())
}

// listeners listens for calls and for mail, and says in the settings where.
func listeners(ctx context.Context, s *settings) (*doors, error) {
	l, err := listen(ctx, s.http, "http")
	if err != nil {
		return nil, err
	}
	g, err := openGates(ctx, s)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	mails, err := listenMail(ctx, s)
	if err != nil {
		return nil, errors.Join(err, l.Close(), g.close())
	}
	s.config.HTTP = "http://" + l.Addr().String()
	if s.config.URL == "" {
		_, port, _ := net.SplitHostPort(l.Addr().String())
		s.config.URL = "http://localhost:" + port
	}
	return &doors{l, g, mails}, nil
}

// emulator makes the server, with its fixtures and what it kept from the last time.
func emulator(ctx context.Context, s *settings) (*mock.Server, error) {
	server, err := mock.New(s.config)
	if err != nil { // what a flag by itself could not tell: a --fault
		return nil, usage(errors.New(strings.TrimPrefix(err.Error(), "mock: ")))
	}
	if err := furnish(ctx, s, server); err != nil {
		return nil, errors.Join(err, server.Close())
	}
	return server, nil
}

// furnish gives a server its fixtures, and what it kept from the last time.
func furnish(ctx context.Context, s *settings, server *mock.Server) error {
	seen := versions(s.fixtures) // before they are read: no change gets lost
	files, err := fixtureFiles(s.fixtures)
	if err != nil {
		return err
	}
	if err := loadFixtures(server, files); err != nil {
		return err
	}
	if s.state != "" {
		if err := server.Persist(s.state); err != nil {
			return &failure{exitFixture, errors.New(strings.TrimPrefix(err.Error(), "mock: ")), ""}
		}
	}
	if s.watch {
		go watch(ctx, server, s.fixtures, seen, s.config.Log)
	}
	return nil
}

// stop waits for calls and messages in hand, and closes.
func stop(ctx context.Context, handler *mock.Server, web *http.Server, doors *doors) error {
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	handler.Idle(grace)
	err := errors.Join(doors.gates.shutdown(grace), shutdown(grace, web))
	doors.gates.cut()
	doors.mails.wait()
	return errors.Join(err, handler.Close())
}

// shutdown ends a server when its calls have ended, or with ctx.
func shutdown(ctx context.Context, server *http.Server) error {
	err := server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close() // who is still at it has had its time
	}
	return err
}

// listen listens at the address that a flag names.
func listen(ctx context.Context, address, name string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err == nil {
		return l, nil
	}
	hint := fmt.Sprintf("Choose another with --%s or %s, or listen on none: --%s off.", name, variable(name), name)
	if name == "http" {
		hint = "Choose another with --port or PLUNKMOCK_PORT; --port 0 takes any that is free."
	}
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, &failure{exitInUse, fmt.Errorf("the address %s is in use", address), hint}
	}
	return nil, &failure{exitRuntime, fmt.Errorf("listening on %s: %w", address, err), fmt.Sprintf("--%s or %s says where to listen.", name, variable(name))}
}

func logger(s *settings, stderr io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(s.logLevel)) // strict has seen it
	options := &slog.HandlerOptions{Level: level}
	if s.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(stderr, options))
	}
	return slog.New(slog.NewTextHandler(stderr, options))
}

// ready is the line that tells a program where the server is.
type ready struct {
	Event string  `json:"event"`
	HTTP  string  `json:"http"`
	HTTPS *string `json:"https"`
	Proxy *string `json:"proxy"`
	SMTP  *string `json:"smtp"`
	SMTPS *string `json:"smtps"`
	PID   int     `json:"pid"`
}

// given is nil for what there is not.
func given(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// announce tells people on stderr and programs on stdout that the server is
// ready.
func announce(s *settings, doors *doors, stdout, stderr io.Writer, getenv func(string) string) error {
	line, err := json.Marshal(ready{"ready", s.config.HTTP, given(s.config.HTTPS), given(s.config.Proxy), given(s.config.SMTP), given(s.config.SMTPS), os.Getpid()})
	if err != nil {
		return err
	}
	line = append(line, '\n')
	var warnings []string
	for _, text := range []string{doors.warning(), elsewhere(s)} {
		if text != "" {
			warnings = append(warnings, text)
		}
	}
	if s.logFormat == "json" { // whoever reads this reads no prose
		s.config.Log.Info("ready", "http", s.config.HTTP, "https", s.config.HTTPS, "proxy", s.config.Proxy, "smtp", s.config.SMTP, "url", s.config.URL, "version", mock.Version)
		for _, text := range warnings {
			s.config.Log.Warn(text)
		}
	} else if _, err := io.WriteString(stderr, banner(s, warnings, paint(stderr, getenv))); err != nil {
		return err
	}
	if s.readyFile != "" {
		if err := writeWhole(s.readyFile, line); err != nil {
			return fmt.Errorf("--ready-file: %w", err)
		}
	}
	_, err = stdout.Write(line)
	return err
}

// warning is what there is to say when others can reach the server.
func (d *doors) warning() string {
	open := func(l net.Listener) bool {
		if l == nil {
			return false
		}
		a, ok := l.Addr().(*net.TCPAddr)
		return ok && !a.IP.IsLoopback()
	}
	switch {
	case open(d.http), open(d.gates.tls):
		return openToOthers
	case open(d.gates.proxy):
		return proxyToOthers
	}
	return ""
}

// elsewhere is what there is to say when links lead to another place than here because of
// PLUNKMOCK_URL, which may have been meant for clients.
func elsewhere(s *settings) string {
	if s.urlIsGiven || s.getenv(variable("url")) == "" {
		return ""
	}
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(s.config.HTTP, "http://"))
	if slices.Contains([]string{"http://localhost:" + port, "http://127.0.0.1:" + port, "http://[::1]:" + port, s.config.HTTP}, s.config.URL) {
		return ""
	}
	return fmt.Sprintf("Links lead to %s, as PLUNKMOCK_URL says, and not to the port %s of this server; --url %s says so without this line, --url http://localhost:%s leads them here.", s.config.URL, port, s.config.URL, port)
}

// paint returns what makes a text bold, on a terminal that wants it.
func paint(stderr io.Writer, getenv func(string) string) func(string) string {
	plain := func(s string) string { return s }
	f, ok := stderr.(*os.File)
	if !ok || getenv("NO_COLOR") != "" || getenv("TERM") == "dumb" {
		return plain
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return plain
	}
	return func(s string) string { return "\x1b[1m" + s + "\x1b[0m" }
}

// openToOthers is the warning when the address is no loopback address.
const openToOthers = "Others can reach this address, and the control API (/_mock) has no password."

// proxyToOthers is the warning when it is the proxy alone, through which the control API
// is reached as well.
const proxyToOthers = "Others can reach the proxy, which has no password, and through it the control API (/_mock)."

// banner tells a person what to paste where.
func banner(s *settings, warnings []string, bold func(string) string) string {
	url := s.config.URL
	key := "sk_test (secret), pk_test (public); any sk_… or pk_… opens a project of its own"
	if s.config.Keys == mock.KeysStrict {
		key = "strict: declare a project with POST " + url + "/_mock/projects"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", bold("plunkmock "+mock.Version+" listens on "+s.config.HTTP))
	fmt.Fprintf(&b, "  base URL, Plunk SDKs   %s/v1/\n", url)
	fmt.Fprintf(&b, "  base URL, self-hosted  %s/api\n", url)
	fmt.Fprintf(&b, "  keys                   %s\n", key)
	if s.config.HTTPS != "" {
		fmt.Fprintf(&b, "  HTTPS                  %s, by the certificate of plunkmock ca\n", s.config.HTTPS)
	}
	if s.config.Proxy != "" {
		fmt.Fprintf(&b, "  HTTPS_PROXY            %s, for %s\n", s.config.Proxy, strings.Join(authority.Hosts(), " and "))
	}
	if s.config.SMTP != "" {
		who := "user plunk, password a secret key; without a log-in: project test"
		if s.mail.auth == required {
			who = "user plunk, password a secret key"
		}
		fmt.Fprintf(&b, "  SMTP                   %s, %s\n", s.config.SMTP, who)
	}
	if s.config.SMTPS != "" {
		fmt.Fprintf(&b, "  SMTP with TLS          %s, as above\n", s.config.SMTPS)
	}
	if faults := s.config.Faults; len(faults) > 0 {
		fmt.Fprintf(&b, "  faults                 %s, in every project\n", strings.Join(faults, "  "))
	}
	fmt.Fprintf(&b, "  console, in a browser  %s/\n", url)
	fmt.Fprintf(&b, "  latest mail            %s/_mock/inbox/messages/latest\n", url)
	fmt.Fprintf(&b, "  documents              %s/openapi.yaml  %s/_mock/openapi.yaml\n\n", url, url)
	for _, text := range warnings {
		fmt.Fprintf(&b, "  %s\n\n", text)
	}
	return b.String()
}
