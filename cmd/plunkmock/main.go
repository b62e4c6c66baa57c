// Command plunkmock is Plunk's email API in one process on your own machine: no
// account, no network, and no mail leaves it, unless --forward says where to.
//
// See plunkmock help, and the README.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// Exit codes.
const (
	exitRuntime = 1   // something failed while it ran
	exitUsage   = 2   // a flag, a variable or a subcommand is wrong
	exitInUse   = 3   // the address is in use
	exitFixture = 4   // a document or a fixture is wrong
	exitUnmet   = 124 // what wait waited for did not come
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
	_, _ = fmt.Fprintln(stderr, "plunkmock:", visibleLines(err.Error())) // which may have words of a mail
	if f, ok := errors.AsType[*failure](err); ok {
		if f.hint != "" {
			_, _ = fmt.Fprintln(stderr, visibleLines(f.hint))
		}
		return f.code
	}
	return exitRuntime
}

// system is what the command works with.
type system struct {
	getenv         func(string) string
	stdin          io.Reader
	stdout, stderr io.Writer
}

// run is the command. getenv reads the environment.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	return runIn(ctx, args, system{getenv, os.Stdin, stdout, stderr})
}

func runIn(ctx context.Context, args []string, sys system) error {
	name := "serve"
	if len(args) > 0 {
		switch first := args[0]; {
		case first == "-h", first == "-help", first == "--help":
			name, args = "help", nil
		case first == "-version", first == "--version", !strings.HasPrefix(first, "-"):
			name, args = strings.TrimLeft(first, "-"), args[1:]
		}
	}
	c, err := commandNamed(name)
	if err != nil {
		return err
	}
	if err = c.run(ctx, args, sys); errors.Is(err, flag.ErrHelp) {
		return c.help(sys.stdout)
	}
	return err
}
