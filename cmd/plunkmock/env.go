package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/testkit/remote"
)

// formats are those of env.
func formats() []string { return []string{"shell", "dotenv", "github", "json"} }

// envFlags declares the flags of env.
func envFlags(f *flag.FlagSet) action {
	format := f.String("format", "shell", "`format`: "+strings.Join(formats(), ", "))
	return func(ctx context.Context, s *session, args []string) error {
		if len(args) > 0 {
			return s.command.misused("env takes flags alone, and %q is none; such as --format dotenv", args[0])
		}
		if err := oneOf(formats()...)(*format); err != nil {
			return s.command.misused("invalid value %q for --format: %w", *format, err)
		}
		if strings.HasPrefix(s.key, "pk_") { // which no server is asked about
			return s.command.misused("invalid value %q for --key: must be the secret key of the project, such as sk_test", s.key)
		}
		if s.json {
			*format = "json"
		}
		variables, err := s.variables(ctx)
		if err != nil {
			return err
		}
		return s.export(*format, variables)
	}
}

// variables are those for a program that is to use the server, as NAME=value.
func (s *session) variables(ctx context.Context) ([]string, error) {
	variables := append(s.client.Env(), variable("key")+"="+s.key) // for subcommands
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	projects, err := s.client.Projects(ctx)
	if errors.Is(err, remote.ErrNoServer) {
		return variables, nil // one that is yet to start
	}
	for _, p := range projects {
		if p.SecretKey != s.key {
			continue
		}
		for i, v := range variables {
			if name, _, _ := strings.Cut(v, "="); name == "PLUNK_PUBLIC_KEY" && !strings.ContainsFunc(p.PublicKey, oddInKey) {
				variables[i] = name + "=" + p.PublicKey
			}
		}
	}
	return variables, err
}

// export prints variables, or appends them to $GITHUB_ENV.
func (s *session) export(format string, variables []string) error {
	var b strings.Builder
	members := map[string]string{}
	for _, v := range variables {
		name, value, _ := strings.Cut(v, "=")
		members[name] = value
		switch format {
		case "shell":
			fmt.Fprintf(&b, "export %s='%s'\n", name, value) // no value has anything odd in it
		case "dotenv", "github":
			fmt.Fprintf(&b, "%s=%s\n", name, value)
		}
	}
	if format == "json" {
		text, err := json.MarshalIndent(members, "", "  ")
		if err != nil {
			return err
		}
		b.Write(append(text, '\n'))
	}
	if file := s.getenv("GITHUB_ENV"); file != "" && format == "github" {
		return named(file, appendTo(file, b.String()))
	}
	_, err := s.stdout.Write([]byte(b.String()))
	return err
}
