package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/mock"
)

// settings are what flags and environment say.
type settings struct {
	http          string
	port          int
	profile       string
	logLevel      string
	logFormat     string
	readyFile     string
	headerTimeout time.Duration
	idleTimeout   time.Duration
	fixtures      []string
	watch         bool
	state         string
	mail          mailFlags
	tls           tlsFlags
	getenv        func(string) string
	urlIsGiven    bool // by --url, which clients do not read, and not by PLUNKMOCK_URL
	config        mock.Config
}

// flags declares every flag of serve.
func (s *settings) flags(output io.Writer) *flag.FlagSet {
	f := flag.NewFlagSet("plunkmock serve", flag.ContinueOnError)
	f.SetOutput(output)
	s.declare(f)
	return f
}

func (s *settings) declare(f *flag.FlagSet) {
	c := &s.config
	f.StringVar(&s.http, "http", "127.0.0.1:4580", "`address` to listen on; 0.0.0.0:4580 for all interfaces")
	f.IntVar(&s.port, "port", -1, "port to listen on, in place of the one in --http; 0 lets the system choose")
	f.StringVar(&c.URL, "url", "", "public `address` of this server, used in links (default http://localhost:PORT); clients take PLUNKMOCK_URL for where the server is")
	f.Func("allow-host", "further host `name` that may call the control API; repeatable", func(name string) error {
		c.AllowHosts = append(c.AllowHosts, strings.Split(name, ",")...)
		return nil
	})
	f.StringVar(&c.Keys, "keys", mock.KeysOpen, "open: any key opens the project of its name; strict: only declared ones")
	s.mail.flags(f)
	s.tls.flags(f)
	f.StringVar(&s.profile, "profile", mock.ProfileSpec, "whose behaviour to follow; spec is the only one yet")
	f.StringVar(&c.Envelope, "envelope", mock.EnvelopeFlat, "how answers are wrapped: flat, wrapped or both")
	f.StringVar(&c.Seed, "seed", "", "`text` that IDs derive from, so that they repeat (default random)")
	f.Func("clock", "`time` at which the clocks of projects stand still at the start, such as 2030-01-01T00:00:00Z (default live)", func(text string) error {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil || at.Year() < 1 || at.Year() > 9999 {
			return errors.New("must be a time such as 2030-01-01T00:00:00Z")
		}
		c.Clock = at
		return nil
	})
	f.Func("fixtures", "`file` or folder that describes projects; repeatable, in a variable with commas", func(names string) error {
		s.fixtures = append(s.fixtures, strings.Split(names, ",")...)
		return nil
	})
	f.Func("fault", "`rule` of what goes wrong in every project, such as sendEmail:429*2,pass; repeatable", func(text string) error {
		c.Faults = append(c.Faults, text)
		return nil
	})
	f.StringVar(&c.Forward, "forward", "", "`address` of a mail server that all mails are sent on to, such as smtp://127.0.0.1:1025")
	f.StringVar(&s.state, "state", "", "`file` that keeps all projects over a restart; their mails are in FILE.mail")
	f.BoolVar(&s.watch, "watch", false, "pick up fixtures that change while it runs")
	limitFlags(f, &c.Limits)
	f.DurationVar(&s.headerTimeout, "header-timeout", 10*time.Second, "how long a request's header may take")
	f.DurationVar(&s.idleTimeout, "idle-timeout", 120*time.Second, "how long an idle connection stays open")
	f.StringVar(&s.logLevel, "log-level", "info", "debug, info, warn or error; debug has a line for each call")
	f.StringVar(&s.logFormat, "log-format", "text", "text or json")
	f.StringVar(&s.readyFile, "ready-file", "", "`file` to write the ready line into as well")
}

// limitFlags declares the flags of limits.
func limitFlags(f *flag.FlagSet, l *mock.Limits) {
	l.Body, l.SMTP, l.Bytes = 50_000_000, 25_000_000, 1<<30
	f.Var((*size)(&l.Body), "max-body", "`bytes` of a request body")
	f.Var((*size)(&l.SMTP), "max-smtp", "`bytes` of a message by SMTP")
	f.Var((*size)(&l.Bytes), "max-bytes", "`bytes` of mails and journals that all projects together keep")
	f.IntVar(&l.Messages, "max-messages", 100_000, "mails that a project keeps")
	f.IntVar(&l.Requests, "max-requests", 1000, "calls that the journal of a project keeps")
	f.IntVar(&l.Faults, "max-faults", 1000, "faults that a project may have")
	f.IntVar(&l.Contacts, "max-contacts", 1_000_000, "contacts that a project keeps")
	f.IntVar(&l.Events, "max-events", 1_000_000, "occurrences of events that a project keeps")
	f.IntVar(&l.Tasks, "max-tasks", 1_000_000, "pending tasks that a project keeps")
	f.IntVar(&l.Run, "max-run", 1_000_000, "tasks that run in one advance of a clock")
	f.IntVar(&l.Chain, "max-chain", 100, "mails that are each caused by the one before")
	f.IntVar(&l.Projects, "max-projects", 4096, "projects that are kept")
	f.IntVar(&l.Waits, "max-waits", 10_000, "waits and event streams that are held at once")
	f.IntVar(&l.Depth, "max-depth", 1000, "nesting of a JSON body")
}

// readSettings reads flags, and for those that are not given the environment. Whether they
// make sense together check tells: a health check sees some of them alone.
func readSettings(args []string, getenv func(string) string) (*settings, error) {
	s := settings{getenv: getenv}
	f := s.flags(io.Discard)
	strict(f)
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		}
		return nil, misplaced(errors.New(oneDash.ReplaceAllString(dashes.Replace(err.Error()), "-$1$2")), f.Args())
	}
	if f.NArg() > 0 {
		if slices.ContainsFunc(commands(), func(c command) bool { return c.name == f.Arg(0) }) {
			return nil, usage(fmt.Errorf("the subcommand comes first: plunkmock %s, and then its flags", f.Arg(0)))
		}
		return nil, usage(fmt.Errorf("only flags go here, and %q is none", f.Arg(0)))
	}
	given := map[string]bool{}
	f.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if given["http"] {
		given["port"] = true // which --http has
	}
	s.urlIsGiven = given["url"]
	s.mail.given = given["smtp"] || getenv(variable("smtp")) != ""
	var err error
	f.VisitAll(func(known *flag.Flag) {
		if value := getenv(variable(known.Name)); value != "" && !given[known.Name] {
			if e := f.Set(known.Name, value); e != nil && err == nil {
				err = usage(fmt.Errorf("invalid value %q for %s: %w", value, variable(known.Name), e))
			}
		}
	})
	if err != nil {
		return nil, err
	}
	s.settle()
	return &s, nil
}

// variable is the environment variable of a flag.
func variable(name string) string {
	return "PLUNKMOCK_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// dashes makes flags in the texts of package flag look as they do in ours.
var dashes = strings.NewReplacer(" for flag -", " for --", " for -", " for --", ": -", ": --") //nolint:gochecknoglobals // a constant

func usage(err error) error {
	return &failure{exitUsage, err, "plunkmock help serve lists the flags."}
}

// misplaced is the error of a flag that is none of serve. It may be that of a subcommand
// which is named behind it.
func misplaced(err error, rest []string) error {
	for _, word := range rest {
		if c, unknown := commandNamed(word); unknown == nil && c.remote != nil {
			return &failure{exitUsage, err, "The flags of a subcommand stand behind it: plunkmock " + word + " …; plunkmock help " + word + " lists them."}
		}
	}
	return usage(err)
}

// settle puts --port into --http, and what is meant where nobody says into the rest.
func (s *settings) settle() {
	if s.port >= 0 {
		host, _, _ := net.SplitHostPort(s.http) // strict has seen it
		s.http = net.JoinHostPort(host, strconv.Itoa(s.port))
	}
	if _, port, _ := net.SplitHostPort(s.http); port == "0" && !s.mail.given {
		s.mail.smtp = "127.0.0.1:0" // whoever wants any port that is free wants it of both
	}
	s.config.URL = strings.TrimRight(s.config.URL, "/")
}

// check refuses what makes no sense together.
func (s *settings) check() error {
	if s.watch && len(s.fixtures) == 0 {
		return usage(errors.New("--watch needs --fixtures: the files to watch"))
	}
	return s.tls.check()
}
