package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/testkit/remote"
)

// longestHold is how long the server holds one call of a wait.
const longestHold = time.Minute

// patience is how long to wait, as a flag: 0s looks once.
type patience time.Duration

func (p *patience) String() string { return time.Duration(*p).String() }

// Set reads a duration.
func (p *patience) Set(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return errors.New("must be a duration such as 10s, 2m, or 0s to look once")
	}
	*p = patience(d)
	return nil
}

// waiting is what wait is to wait for.
type waiting struct {
	filters filters
	part    part
	count   int
	timeout patience
	none    bool
}

// waitFlags declares the flags of wait.
func waitFlags(f *flag.FlagSet) action {
	w := &waiting{filters: filterFlags(f), timeout: patience(30 * time.Second)}
	w.part.declare(f)
	f.IntVar(&w.count, "count", 1, "`number` of mails that must match, at least; the newest so many are printed")
	f.Var(&w.timeout, "timeout", "how long to wait: a `duration` of real time, or 0s to look once")
	w.filters.declare(f, condition{name: "scheduled", usage: "with --none: `ignore` looks at the inbox alone", once: true})
	f.BoolVar(&w.none, "none", false, "prove at once that no mail matches, nor could one that is scheduled")
	return w.run
}

func (w *waiting) run(ctx context.Context, s *session, args []string) error {
	one, err := w.part.one(s)
	if err != nil {
		return err
	}
	whole := (!one || s.json) && w.count == 1
	switch {
	case len(args) > 0:
		return s.command.misused("wait takes filters alone, and %q is none; such as --to ada@example.com", args[0])
	case w.none && !whole:
		return s.command.misused("--none waits for no mail: it has no part to print, and no --count")
	case w.none:
		return w.proof(ctx, s)
	case w.filters["scheduled"] != nil:
		return s.command.misused("--scheduled goes with --none")
	case whole && len(w.filters) == 0:
		return w.ready(ctx, s)
	}
	return w.mail(ctx, s)
}

// proof proves that there is no mail.
func (w *waiting) proof(ctx context.Context, s *session) error {
	err := s.ask(ctx, http.MethodGet, "/inbox/wait", w.filters.with("count", "0"), nil, nil)
	if err != nil || s.json {
		return s.unmet(err, "")
	}
	return s.say("No mail matches, and none that is scheduled could.")
}

// unmet gives the error of a wait that was not met its exit code, and tells what came
// instead; waited is how long it took in all.
func (s *session) unmet(err error, waited string) error {
	failed, _ := errors.AsType[*remote.Error](err)
	if failed == nil || failed.Unmet() == nil {
		return err
	}
	text := failed.Unmet().Explain()
	if _, rest, cut := strings.Cut(text, " for "); cut && strings.HasPrefix(text, "Waited ") {
		text = "Waited " + waited + " for " + rest // the server knows of its last call alone
	}
	hint := ""
	switch scheduled := len(failed.Unmet().Scheduled) > 0; {
	case waited == "": // there is something, and it says what
	case scheduled:
		hint = "What is scheduled comes when the project's clock gets there: plunkmock advance moves it on."
	case len(failed.Unmet().Arrived) == 0 && len(failed.Unmet().Messages) == 0:
		hint = "That is the project of " + s.key + "; --key or PLUNKMOCK_KEY names the one that the application mails to."
	}
	return &failure{exitUnmet, errors.New(text), hint}
}

// ready waits for the server.
func (w *waiting) ready(ctx context.Context, s *session) error {
	err := w.untilReady(ctx, s.client)
	switch {
	case errors.Is(err, remote.ErrVersion), ctx.Err() != nil:
		return err
	case err != nil:
		return &failure{
			exitUnmet, fmt.Errorf("no plunkmock answered at %s%s within %s; start one with `plunkmock`, or say where it is with --url", s.client.URL(), s.said, w.timeout.String()),
			cause(err),
		}
	case s.json:
		return s.ask(ctx, http.MethodGet, "/", nil, nil, nil)
	}
	return s.say("plunkmock is ready at %s", s.client.URL())
}

func (w *waiting) untilReady(ctx context.Context, c *remote.Client) error {
	if w.timeout == 0 {
		return c.Ready(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(w.timeout))
	defer cancel()
	return c.WaitReady(ctx)
}

// mail waits for mail, in as many calls as it takes.
func (w *waiting) mail(ctx context.Context, s *session) error {
	if !s.json && w.count <= maxPage {
		if there, err := w.there(ctx, s); err != nil || there != nil {
			return w.print(s, there, err)
		}
	}
	for left := time.Duration(w.timeout); ; {
		hold := min(left, longestHold)
		left -= hold
		body, err := s.do(ctx, http.MethodGet, "/inbox/wait", w.filters.with("count", strconv.Itoa(w.count), "timeout", hold.String()), nil)
		if failed, ok := errors.AsType[*remote.Error](err); ok && failed.Unmet() != nil && left > 0 {
			continue
		}
		var out struct{ Messages []*remote.Message }
		err = s.answer(body, err, &out)
		if err == nil && s.json {
			return nil
		}
		return w.print(s, out.Messages[max(0, len(out.Messages)-w.count):], s.unmet(err, w.timeout.String()))
	}
}

// there returns the newest mails, oldest first, when there are as many as are waited for:
// a wait would return all that match.
func (w *waiting) there(ctx context.Context, s *session) ([]*remote.Message, error) {
	var page remote.Page
	if err := s.ask(ctx, http.MethodGet, "/inbox/messages", w.filters.with("limit", strconv.Itoa(w.count)), nil, &page); err != nil || page.Total < w.count {
		return nil, err
	}
	messages := make([]*remote.Message, 0, len(page.Messages))
	for _, m := range slices.Backward(page.Messages) {
		message := new(remote.Message)
		err := s.ask(ctx, http.MethodGet, "/inbox/messages/"+url.PathEscape(m.ID), nil, nil, message)
		if failed, ok := errors.AsType[*remote.Error](err); ok && failed.Status == http.StatusNotFound {
			return nil, nil // it was deleted meanwhile: the wait sees
		}
		if err != nil {
			return nil, err
		}
		messages = append(messages, message)
	}
	return messages, nil
}

func (w *waiting) print(s *session, messages []*remote.Message, err error) error {
	if err != nil {
		return err
	}
	for i, m := range messages {
		if i > 0 && w.part == (part{}) {
			_, _ = io.WriteString(s.stdout, "\n")
		}
		if err := s.print(&w.part, m); err != nil {
			return err
		}
	}
	return nil
}
