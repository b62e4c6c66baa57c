// Command plunkmock is Plunk's email API in one process on your own machine: no
// account, no network, and no mail leaves it, unless --forward says where to.
//
// See plunkmock help, and the README.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/plunkmock/plunkmock/mock"
)

// Exit codes.
const (
	exitRuntime = 1 // something failed while it ran
	exitUsage   = 2 // a flag, a variable or a subcommand is wrong
	exitInUse   = 3 // the address is in use
	exitFixture = 4 // a document or a fixture is wrong
)

// failure is an error that has an exit code of its own.
type failure struct {
	code int
	err  error
	hint string // what to do about it; may be ""
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

func main() {
	ctx, stop := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		signal.Stop(signals) // before anything shows: a second signal ends the process at once
		stop()
	}()
	os.Exit(exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr), os.Stderr))
}

// exit tells what went wrong, and gives the exit code for it.
func exit(err error, stderr io.Writer) int {
	if err == nil {
		return 0
	}
	_, _ = fmt.Fprintln(stderr, "plunkmock:", err)
	if f, ok := errors.AsType[*failure](err); ok {
		if f.hint != "" {
			_, _ = fmt.Fprintln(stderr, f.hint)
		}
		return f.code
	}
	return exitRuntime
}

// run is the command. getenv reads the environment.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	command := "serve"
	if len(args) > 0 && (args[0] == "--version" || !strings.HasPrefix(args[0], "-")) {
		command, args = strings.TrimPrefix(args[0], "--"), args[1:]
	}
	switch command {
	case "serve":
		return serve(ctx, args, getenv, stdout, stderr)
	case "healthcheck":
		return healthcheck(ctx, args, getenv, stdout)
	case "validate":
		return validate(args, stdout)
	case "ca":
		return ca(args, getenv, stdout, stderr)
	case "version":
		if len(args) > 0 {
			return usage(fmt.Errorf("version takes nothing more, and %q is more", args[0]))
		}
		_, err := fmt.Fprintln(stdout, "plunkmock", mock.Version)
		return err
	case "help":
		return help(args, stdout)
	}
	return &failure{exitUsage, fmt.Errorf("there is no subcommand %q", command), "Known are serve (the default), healthcheck, validate, ca, version and help."}
}
