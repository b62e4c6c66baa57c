package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"text/tabwriter"

	"github.com/plunkmock/plunkmock/testkit/remote"
)

// callsFlags declares the flags of calls.
func callsFlags(f *flag.FlagSet) action {
	q := filters{}
	q.declare(
		f,
		condition{name: "operation", usage: "`name` of the operation, such as sendEmail; repeatable, and any may match"},
		condition{name: "method", usage: "`method`, such as POST"},
		condition{name: "path", usage: "`path` without its mount, such as /contacts/*"},
		condition{name: "status", usage: "`status` that was answered, such as 429 or 4xx"},
	)
	n := f.Int("n", 20, fmt.Sprintf("`number` of calls to list at most, up to %d", maxPage))
	return func(ctx context.Context, s *session, args []string) error {
		if len(args) > 0 {
			return s.command.misused("calls takes filters alone, and %q is none; such as --status 4xx", args[0])
		}
		if *n > maxPage {
			return s.command.misused("-n must be at most %d, not %d", maxPage, *n)
		}
		return calls(ctx, s, q.with("limit", strconv.Itoa(*n)))
	}
}

func calls(ctx context.Context, s *session, query url.Values) error {
	var out struct {
		Requests []remote.Request
		Total    int
	}
	if err := s.ask(ctx, http.MethodGet, "/requests", query, nil, &out); err != nil || s.json {
		return err
	}
	if out.Total == 0 {
		s.note("No call matches in the project of %s.", s.key)
		return nil
	}
	w := tabwriter.NewWriter(s.stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "TIME\tSTATUS\tCALL\tMAILS\tWHAT WAS WRONG") // Flush tells
	for _, r := range out.Requests {
		wrong := "-"
		if all := r.Wrong(); len(all) > 0 {
			wrong = all[0]
		}
		_, _ = fmt.Fprintf(w, "%s\t%d\t%s\t%d\t%s\n", r.Time.Format(stamp), r.Status, short(r.Method+" "+r.Path), len(r.Messages), short(wrong))
	}
	return w.Flush()
}
