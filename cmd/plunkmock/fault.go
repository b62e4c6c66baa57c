package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/plunkmock/plunkmock/testkit/remote"
)

// faultFlags declares the flags of fault: those that all have.
func faultFlags(*flag.FlagSet) action {
	return func(ctx context.Context, s *session, args []string) error {
		verb := append(args, "ls")[0]
		switch {
		case verb == "ls" && len(args) <= 1:
			return listFaults(ctx, s)
		case verb == "clear" && len(args) == 1:
			return endFaults(ctx, s, "/faults")
		case verb == "rm" && len(args) == 2 && args[1] != "":
			return endFaults(ctx, s, "/faults/"+url.PathEscape(args[1]))
		case verb == "ls", verb == "clear", verb == "rm":
			return s.command.misused("it is fault ls, fault clear, or fault rm and one ID that fault ls lists")
		}
		return addFaults(ctx, s, args)
	}
}

// addFaults makes rules, all or none.
func addFaults(ctx context.Context, s *session, rules []string) error {
	made := make([]json.RawMessage, 0, len(rules))
	for _, rule := range rules {
		body, err := s.do(ctx, http.MethodPost, "/faults", nil, map[string]string{"fault": rule})
		if err != nil {
			return s.answer(nil, errors.Join(err, takeBack(ctx, s, made)), nil)
		}
		made = append(made, body)
	}
	body, err := json.Marshal(map[string]any{"faults": made})
	if err != nil {
		return err
	}
	return printFaults(s, body)
}

// takeBack ends the rules that were made before one that is wrong.
func takeBack(ctx context.Context, s *session, made []json.RawMessage) error {
	var errs []error
	for _, body := range made {
		var rule remote.FaultState
		err := json.Unmarshal(body, &rule)
		if err == nil {
			_, err = s.do(ctx, http.MethodDelete, "/faults/"+url.PathEscape(rule.ID), nil, nil)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func listFaults(ctx context.Context, s *session) error {
	body, err := s.do(ctx, http.MethodGet, "/faults", nil, nil)
	if err != nil {
		return s.answer(nil, err, nil)
	}
	return printFaults(s, body)
}

// printFaults prints rules, a line each.
func printFaults(s *session, body []byte) error {
	var out struct{ Faults []remote.FaultState }
	if err := s.answer(body, nil, &out); err != nil || s.json {
		return err
	}
	if len(out.Faults) == 0 {
		s.note("No rule makes calls go wrong in the project of %s.", s.key)
		return nil
	}
	w := tabwriter.NewWriter(s.stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "ID\tSTRUCK\tLEFT\tWHEN\tTHEN") // Flush tells
	for _, rule := range out.Faults {
		left := "no end"
		switch {
		case !rule.Enabled:
			left = "off"
		case rule.Left != nil:
			left = strconv.Itoa(*rule.Left)
		}
		_, _ = fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\n", visible(rule.ID), rule.Struck, left, short(when(rule)), short(then(rule.Steps)))
	}
	return w.Flush()
}

// when tells which calls a rule strikes.
func when(rule remote.FaultState) string {
	var words []string
	for _, word := range []string{rule.Operation, rule.Method, rule.Path, rule.Key, rule.Email, rule.Stage} {
		if word != "" {
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		words = []string{"any call"}
	}
	if rule.Share != 1 {
		words = append(words, fmt.Sprintf("share=%g", rule.Share))
	}
	if rule.After > 0 {
		words = append(words, fmt.Sprintf("after=%d", rule.After))
	}
	if rule.Expires != nil {
		words = append(words, "expires="+rule.Expires.Format(time.RFC3339))
	}
	return strings.Join(words, " ")
}

// then tells the steps of a rule, much as the grammar has them.
func then(steps []map[string]any) string {
	var texts []string
	for _, step := range steps {
		var atoms []string
		for _, name := range slices.Sorted(maps.Keys(step)) {
			switch value := step[name].(type) {
			case bool:
				atoms = append(atoms, name)
			case string, float64:
				atoms = append(atoms, fmt.Sprintf("%s=%v", name, value))
			default:
				text, _ := json.Marshal(value) // it came as JSON
				atoms = append(atoms, name+"="+string(text))
			}
		}
		texts = append(texts, strings.Join(atoms, "+"))
	}
	return strings.Join(texts, ", ")
}

func endFaults(ctx context.Context, s *session, path string) error {
	var out struct{ Deleted int }
	if err := s.ask(ctx, http.MethodDelete, path, nil, nil, &out); err != nil || s.json {
		return err
	}
	return s.say("Ended %s", counted(out.Deleted, "rule"))
}
