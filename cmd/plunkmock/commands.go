package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/plunkmock/plunkmock/mock"
)

// A command is a subcommand. The table of them is all that running, help and completion
// know.
type command struct {
	name     string
	args     string   // what goes with it beside flags, such as EMAIL EVENT
	brief    string   // what it does, in the list of all
	about    string   // more, in its own help
	examples []string // lines to paste
	words    []string // what its first argument may be, where that is known

	declare func(*flag.FlagSet)                           // declares its flags; nil: it has none
	local   func(context.Context, []string, system) error // runs it; nil for one of a running server
	remote  func(*flag.FlagSet) action                    // declares its flags, and returns what runs it once they are read
}

// run runs a command. The error is flag.ErrHelp when its help is asked for.
func (c command) run(ctx context.Context, args []string, sys system) error {
	if c.remote != nil {
		return c.call(ctx, args, sys)
	}
	if c.declare == nil { // those that have flags read them by themselves
		f := c.flags()
		var err error
		if args, err = c.parse(f, args); err != nil {
			return err
		}
	}
	return c.local(ctx, args, sys)
}

// flags returns the flags of a command, to be read by nobody.
func (c command) flags() *flag.FlagSet {
	f := flag.NewFlagSet(c.name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	switch {
	case c.remote != nil:
		new(session).declare(f)
		c.remote(f)
	case c.declare != nil:
		c.declare(f)
	}
	return f
}

// undefined is how package flag begins to tell of a flag that there is not.
const undefined = "flag provided but not defined: "

// parse reads flags, which may stand between and behind other arguments, and returns
// those.
func (c command) parse(f *flag.FlagSet, args []string) ([]string, error) {
	var others []string
	for {
		err := f.Parse(args)
		rest := f.Args()
		last := ""
		if read := len(args) - len(rest); read > 0 {
			last = args[read-1]
		}
		switch {
		case errors.Is(err, flag.ErrHelp):
			return nil, err
		case err != nil && negative.MatchString(last) && err.Error() == undefined+last:
			others, args = append(others, last), rest
		case err != nil:
			return nil, c.misused("%s", oneDash.ReplaceAllString(dashes.Replace(err.Error()), "-$1$2"))
		case len(rest) == 0:
			return others, nil
		case last == "--":
			return append(others, rest...), nil // none of them is a flag
		default:
			others, args = append(others, rest[0]), rest[1:]
		}
	}
}

// negative finds what looks like a flag and is a number: whoever takes it says better what
// is wrong with it, such as advance -3h.
var negative = regexp.MustCompile(`^-\.?\d`)

// oneDash finds the flags of one letter, which have one dash.
var oneDash = regexp.MustCompile(`--(\w)(\W|$)`)

// misused is the error of wrong usage of a command.
func (c command) misused(format string, args ...any) error {
	return &failure{exitUsage, fmt.Errorf(format, args...), "plunkmock help " + c.name + " tells how it is used."}
}

func commandNamed(name string) (command, error) {
	var names []string
	for _, c := range commands() {
		if c.name == name {
			return c, nil
		}
		names = append(names, c.name)
	}
	last := len(names) - 1
	return command{}, &failure{
		exitUsage, fmt.Errorf("there is no subcommand %q", name),
		"Known are " + strings.Join(names[:last], ", ") + " and " + names[last] + "; without one it is serve.",
	}
}

// commands is the table of subcommands, in the order of the help.
func commands() []command {
	return append(serverCommands(), append(mailCommands(), append(projectCommands(), otherCommands()...)...)...)
}

// serverCommands are those that run a server, and what goes with it.
func serverCommands() []command {
	return []command{
		{
			name: "serve", brief: "run the server; meant without a subcommand",
			about: "Each flag has an environment variable, PLUNKMOCK_ and its name in capitals with _\n" +
				"for -, such as PLUNKMOCK_MAX_BODY. A flag beats a variable.",
			examples: []string{"plunkmock", "plunkmock --port 0 --fixtures fixtures.yml --watch"},
			declare:  new(settings).declare,
			local: func(ctx context.Context, args []string, sys system) error {
				return serve(ctx, args, sys.getenv, sys.stdout, sys.stderr)
			},
		},
		{
			name: "healthcheck", brief: "exit 0 when a server answers that has these flags, else 1",
			about:    "It takes the flags and variables of serve: it is the health check of a container.",
			examples: []string{"plunkmock healthcheck --port 4580"},
			declare:  new(settings).declare,
			local: func(ctx context.Context, args []string, sys system) error {
				return healthcheck(ctx, args, sys.getenv)
			},
		},
		{
			name: "validate", args: "FILE...", brief: "tell what is wrong with fixtures",
			examples: []string{"plunkmock validate fixtures.yml"},
			local: func(_ context.Context, args []string, sys system) error {
				return validate(args, sys.stdout)
			},
		},
		{
			name: "ca", args: "[--path]", brief: "print the certificate to trust for --tls and --proxy, and how",
			examples: []string{"plunkmock ca > ca.pem"},
			declare:  func(f *flag.FlagSet) { caFlags(f, new(bool), new(string)) },
			local: func(_ context.Context, args []string, sys system) error {
				return ca(args, sys.getenv, sys.stdout, sys.stderr)
			},
		},
	}
}

// otherCommands are those that need no server.
func otherCommands() []command {
	return []command{
		{
			name: "completion", args: "SHELL", brief: "print completion for bash, zsh or fish", words: shells(),
			examples: []string{`source <(plunkmock completion bash)`, `plunkmock completion fish > ~/.config/fish/completions/plunkmock.fish`},
			local:    completion,
		},
		{
			name: "version", brief: "print the version",
			local: func(_ context.Context, args []string, sys system) error {
				if len(args) > 0 {
					return command{name: "version"}.misused("version takes nothing more, and %q is more", args[0])
				}
				_, err := fmt.Fprintln(sys.stdout, "plunkmock", mock.Version)
				return err
			},
		},
		{
			name: "help", args: "[SUBCOMMAND]", brief: "print this, or how a subcommand is used",
			examples: []string{"plunkmock help wait"},
			local: func(_ context.Context, args []string, sys system) error {
				return help(args, sys.stdout)
			},
		},
	}
}
