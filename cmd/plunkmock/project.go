package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/testkit/remote"
)

// projectCommands are those about a project as a whole.
func projectCommands() []command {
	return []command{
		{
			name: "advance", args: "[DURATION]", brief: "move the clock on, and run all that falls due",
			about:    "It prints the mails that it has sent, 20 at most.",
			examples: []string{"plunkmock advance 24h", "plunkmock advance 1d12h", "plunkmock advance --to 2030-01-01T00:00:00Z"},
			remote:   advanceFlags,
		},
		{
			name: "fault", args: "[RULE...|ls|rm ID|clear]", brief: "make calls go wrong; list and end such rules", words: []string{"ls", "rm", "clear"},
			about: "A rule is [operation:]step,step;option: the steps are used once each, in order, and the last one\n" +
				"repeats. Steps: a status, pass, delay=D, drop=before, drop=after, truncate=N, dribble=N,\n" +
				"limit=N/D; + joins them, *N repeats one. Options: share= after= times= email= expires=.",
			examples: []string{"plunkmock fault 'sendEmail:429*2,pass'", "plunkmock fault '500;share=0.1' 'trackEvent:delay=2s'", "plunkmock fault ls", "plunkmock fault clear"},
			remote:   faultFlags,
		},
		{
			name: "calls", brief: "list the calls that came in, newest first",
			examples: []string{"plunkmock calls --status 4xx"},
			remote:   callsFlags,
		},
		{
			name: "reset", brief: "take the project back to its start",
			about:    "Its start is empty, or what a fixture has made of it.",
			examples: []string{"plunkmock reset", "plunkmock reset --keep templates,automations"},
			remote:   resetFlags,
		},
		{
			name: "state", args: "get|put [FILE]", brief: "export the project, or import one in its place", words: []string{"get", "put"},
			about:    "It is a fixture, in JSON or YAML. Without FILE, or with -, it goes to stdout or comes from stdin.",
			examples: []string{"plunkmock state get project.json --messages", "plunkmock state put project.json --key sk_other"},
			remote:   stateFlags,
		},
		{
			name: "env", brief: "print the base URLs and keys as variables",
			about: "The format github appends to the file $GITHUB_ENV when that is set. No server has to run, but one\n" +
				"that does tells the public key of a project that was declared with keys of its own.",
			examples: []string{`eval "$(plunkmock env)"`, "plunkmock env --format dotenv --key sk_ci >> .env", "plunkmock env --format github"},
			remote:   envFlags,
		},
	}
}

// advanceFlags declares the flags of advance.
func advanceFlags(f *flag.FlagSet) action {
	to := f.String("to", "", "`time` to move to, such as 2030-01-01T00:00:00Z, in place of a duration")
	return func(ctx context.Context, s *session, args []string) error {
		path, in := "/clock/advance", map[string]string{}
		switch {
		case *to != "" && len(args) == 0:
			path, in["at"] = "/clock/set", *to
		case *to == "" && len(args) == 1:
			in["by"] = args[0]
		default:
			return s.command.misused("advance needs a duration or --to and a time: plunkmock advance 24h")
		}
		var clock remote.Clock
		if err := s.ask(ctx, http.MethodPost, path, nil, in, &clock); err != nil || s.json {
			return err
		}
		if err := s.say("It is %s (%s); %s run, %s sent", clock.Now.Format(time.RFC3339), clock.Mode, counted(clock.Ran, "task"), counted(len(clock.Messages), "mail")); err != nil {
			return err
		}
		return s.sent(ctx, clock.Messages)
	}
}

// sent lists mails by their IDs.
func (s *session) sent(ctx context.Context, ids []string) error {
	const most = 20
	var messages []remote.Summary
	for _, id := range ids[:min(len(ids), most)] {
		var m remote.Summary
		if err := s.ask(ctx, http.MethodGet, "/inbox/messages/"+url.PathEscape(id), nil, nil, &m); err != nil {
			return err
		}
		messages = append(messages, m)
	}
	if len(messages) == 0 {
		return nil
	}
	if more := len(ids) - len(messages); more > 0 {
		s.note("The first %d of them; plunkmock ls lists more.", most)
	}
	return table(s.stdout, messages)
}

// counted is a number of things in words.
func counted(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return strconv.Itoa(n) + " " + thing
}

// resetFlags declares the flags of reset.
func resetFlags(f *flag.FlagSet) action {
	keep := []string{}
	f.Func("keep", "`names` of what stays, with commas: "+strings.Join(flagWords()["keep"], " "), func(names string) error {
		keep = append(keep, strings.Split(names, ",")...)
		return nil
	})
	return func(ctx context.Context, s *session, args []string) error {
		if len(args) > 0 {
			return s.command.misused("reset takes flags alone, and %q is none; such as --keep templates", args[0])
		}
		var done struct{ Project string }
		if err := s.ask(ctx, http.MethodPost, "/reset", nil, map[string]any{"keep": keep}, &done); err != nil || s.json {
			return err
		}
		return s.say("The project %s is back at its start", done.Project)
	}
}

// stateFormats are those of state get.
func stateFormats() []string { return []string{"json", "yaml"} }

// stateFlags declares the flags of state.
func stateFlags(f *flag.FlagSet) action {
	format := f.String("format", "json", "`format` of get: json or yaml")
	messages := f.Bool("messages", false, "get the mails, too")
	return func(ctx context.Context, s *session, args []string) error {
		if len(args) == 0 || len(args) > 2 || args[0] != "get" && args[0] != "put" {
			return s.command.misused("state needs get or put, and may have a file: plunkmock state get project.json")
		}
		if check := oneOf(stateFormats()...)(*format); check != nil {
			return s.command.misused("invalid value %q for --format: %w", *format, check)
		}
		file := append(args, "-")[1]
		if args[0] == "get" {
			return getState(ctx, s, file, url.Values{"format": {*format}, "messages": {strconv.FormatBool(*messages)}})
		}
		return putState(ctx, s, file)
	}
}

func getState(ctx context.Context, s *session, file string, query url.Values) error {
	state, err := s.do(ctx, http.MethodGet, "/state", query, nil)
	if err != nil {
		return s.answer(nil, err, nil)
	}
	state = append(bytes.TrimRight(state, "\n"), '\n')
	if file != "-" {
		return writeWhole(file, state)
	}
	if isTerminal(s.stdout) {
		state = []byte(visibleLines(string(state)))
	}
	_, err = s.stdout.Write(state)
	return err
}

func putState(ctx context.Context, s *session, file string) error {
	data, err := s.input(file)
	if file == "-" {
		file = "stdin"
	}
	if err != nil {
		return &failure{exitFixture, err, ""}
	}
	var in any = remote.YAML(data)
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		in = json.RawMessage(data)
		if !json.Valid(data) {
			return &failure{exitFixture, errors.New(file + " is not valid JSON"), "plunkmock validate FILE tells where."}
		}
	}
	var project remote.ProjectInfo
	err = s.ask(ctx, http.MethodPut, "/state", nil, in, &project)
	if failed, ok := errors.AsType[*remote.Error](err); ok && failed.Status == http.StatusUnprocessableEntity {
		return &failure{exitFixture, err, "plunkmock validate FILE tells what is wrong with a fixture."}
	}
	if err != nil || s.json {
		return err
	}
	return s.say("The project %s has what %s says", project.Name, file)
}
