package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/plunkmock/plunkmock/testkit/remote"
)

// part is what of a mail is asked for; none: a summary.
type part struct {
	code, id, text, html, raw, headers bool
	link                               string
}

// declare declares the flags of the parts that wait has, too.
func (p *part) declare(f *flag.FlagSet) {
	f.BoolVar(&p.code, "code", false, "print its one-time code alone")
	f.StringVar(&p.link, "link", "", "print its first link of a `purpose` alone: verify, reset, unsubscribe, invite or other")
	f.BoolVar(&p.text, "text", false, "print its text alone")
	f.BoolVar(&p.id, "id", false, "print its ID alone")
}

// one tells whether one part is asked for, and refuses several.
func (p *part) one(s *session) (bool, error) {
	var asked []string
	for _, a := range []struct {
		name string
		on   bool
	}{
		{"--json", s.json},
		{"--code", p.code},
		{"--link", p.link != ""},
		{"--text", p.text},
		{"--id", p.id},
		{"--html", p.html},
		{"--raw", p.raw},
		{"--headers", p.headers},
	} {
		if a.on {
			asked = append(asked, a.name)
		}
	}
	if len(asked) > 1 {
		return false, s.command.misused("%s cannot go together; choose one", strings.Join(asked, " and "))
	}
	if purposes := flagWords()["link"]; p.link != "" && !slices.Contains(purposes, p.link) {
		return false, s.command.misused("invalid value %q for --link: must be %s", p.link, strings.Join(purposes, ", "))
	}
	return len(asked) > 0, nil
}

// of returns the part of a mail that is asked for.
func (p *part) of(m *remote.Message) (string, error) {
	switch {
	case p.code:
		if len(m.Codes) == 0 {
			return "", lacks(m, "no one-time code; its text is %q", m.Text)
		}
		return m.Codes[0].Code, nil
	case p.link != "":
		return linkOf(m, p.link)
	case p.id:
		return m.ID, nil
	case p.text:
		return m.Text, nil
	case p.html:
		if m.HTML == "" {
			return "", lacks(m, "no HTML; --text has its text")
		}
		return m.HTML, nil
	case p.headers:
		var b strings.Builder
		for _, h := range m.Headers {
			fmt.Fprintln(&b, visible(h.Name+": "+h.Value))
		}
		return b.String(), nil
	}
	return summary(m), nil
}

func linkOf(m *remote.Message, purpose string) (string, error) {
	var others []string
	for _, l := range m.Links {
		if l.Purpose == purpose {
			return l.Href, nil
		}
		others = append(others, l.Purpose)
	}
	if len(others) == 0 {
		return "", lacks(m, "no link")
	}
	return "", lacks(m, "no link to %s; it has %s", purpose, strings.Join(others, ", "))
}

func lacks(m *remote.Message, format string, args ...any) error {
	return &failure{exitRuntime, fmt.Errorf("the mail %q to %s has "+format, append([]any{m.Subject, m.To}, args...)...), "plunkmock show " + m.ID + " shows it."}
}

// print prints the part of a mail that is asked for, as a line at least.
func (s *session) print(p *part, m *remote.Message) error {
	text, err := p.of(m)
	if err != nil {
		return err
	}
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	_, err = s.stdout.Write([]byte(screen(s.stdout)(text)))
	return err
}

// showFlags declares the flags of show.
func showFlags(f *flag.FlagSet) action {
	q := filterFlags(f)
	var p part
	p.declare(f)
	f.BoolVar(&p.html, "html", false, "print its HTML alone")
	f.BoolVar(&p.raw, "raw", false, "print its source (RFC 5322) alone")
	f.BoolVar(&p.headers, "headers", false, "print its headers alone")
	return func(ctx context.Context, s *session, args []string) error {
		id := "latest"
		if len(args) > 0 {
			id = args[0]
		}
		if _, err := p.one(s); err != nil {
			return err
		}
		if len(args) > 1 || id == "" || id != "latest" && len(q) > 0 {
			return s.command.misused("show takes one ID, or filters: plunkmock show latest --to ada@example.com")
		}
		return show(ctx, s, id, q.with(), &p)
	}
}

func show(ctx context.Context, s *session, id string, query url.Values, p *part) error {
	path := "/inbox/messages/" + url.PathEscape(id)
	if p.raw {
		raw, err := s.do(ctx, http.MethodGet, path+"/raw", query, nil)
		if err != nil {
			return err
		}
		_, err = s.stdout.Write([]byte(screen(s.stdout)(string(raw))))
		return err
	}
	var m remote.Message
	if err := s.ask(ctx, http.MethodGet, path, query, nil, &m); err != nil || s.json {
		return err
	}
	if err := s.print(p, &m); err != nil {
		return err
	}
	if text := strings.TrimRight(m.Text, "\n"); *p == (part{}) && text != "" {
		_, err := fmt.Fprintf(s.stdout, "\n%s\n", visibleLines(text))
		return err
	}
	return nil
}
