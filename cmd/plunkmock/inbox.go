package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/plunkmock/plunkmock/testkit/remote"
)

// mailCommands are those about mail.
func mailCommands() []command {
	return []command{
		{
			name: "wait", brief: "wait until the server is ready or, with filters, until a mail is there",
			about: "Without filters it waits until a server takes calls. With filters it waits for a mail, those\n" +
				"already there included, and prints it or a part of it. When it does not come in time, the exit\n" +
				"code is 124, and stderr tells what did come, nearest first. --none proves at once that no mail\n" +
				"matches, and that none which is scheduled could; the exit code is 124 when one does.",
			examples: []string{
				"plunkmock wait",
				"code=$(plunkmock wait --to ada@example.com --code)",
				"plunkmock wait --to ada@example.com --subject welcome --link verify --timeout 10s",
				"plunkmock wait --to bob@example.com --none",
			},
			remote: waitFlags,
		},
		{
			name: "ls", brief: "list mails, newest first",
			examples: []string{"plunkmock ls --to ada@example.com", "plunkmock ls -n 5 -q 'welcome -is:read'"},
			remote:   listFlags,
		},
		{
			name: "show", args: "[ID|latest]", brief: "show a mail, or a part of it", words: []string{"latest"},
			about:    "Without an ID it is the newest that matches the filters.",
			examples: []string{"plunkmock show --to ada@example.com", "plunkmock show latest --raw > mail.eml"},
			remote:   showFlags,
		},
		{
			name: "send", brief: "send a test mail by Plunk's API",
			about:    "What is left out of the mail is made up: its text has a code and a link.",
			examples: []string{"plunkmock send --to ada@example.com", `echo '<p>Hi</p>' | plunkmock send --to ada@example.com --subject Hi --body -`},
			remote:   sendFlags,
		},
		{
			name: "track", args: "EMAIL EVENT", brief: "track an event by Plunk's API, which starts automations",
			examples: []string{`plunkmock track ada@example.com signed-up --data '{"plan": "pro"}'`},
			remote:   trackFlags,
		},
	}
}

// filters are conditions, as a query.
type filters url.Values

// condition is a filter as a flag.
type condition struct {
	name, usage string
	once        bool // the last one counts, where of others any may match
}

// declare declares flags that add to the filters.
func (q filters) declare(f *flag.FlagSet, conditions ...condition) {
	for _, c := range conditions {
		f.Func(c.name, c.usage, func(text string) error {
			if c.once {
				q[c.name] = nil
			}
			q[c.name] = append(q[c.name], text)
			return nil
		})
	}
}

// filterFlags declares the filters of mails.
func filterFlags(f *flag.FlagSet) filters {
	q := filters{}
	q.declare(
		f,
		condition{name: "to", usage: "recipient: a whole `address`; repeatable, and any may match"},
		condition{name: "from", usage: "sender: a whole `address`"},
		condition{name: "subject", usage: "`text` that the subject contains"},
		condition{name: "kind", usage: "`sort` of mail: transactional, automation, campaign, campaign_test or smtp"},
		condition{name: "q", usage: "`query`, such as 'welcome has:attachment -is:read'"},
		condition{name: "campaign", usage: "`name` or ID of the campaign that it comes from"},
		condition{name: "automation", usage: "`name` or ID of the automation that it comes from"},
		condition{name: "event", usage: "`name` or ID of the event that it comes from"},
		condition{name: "since", usage: "`time` on the project's clock at which it was sent, or later", once: true},
		condition{name: "after", usage: "`cursor` that it is newer than", once: true},
	)
	return q
}

// with returns the filters as a query with more in it.
func (q filters) with(pairs ...string) url.Values {
	all := maps.Clone(url.Values(q))
	for i := 0; i+1 < len(pairs); i += 2 {
		all.Set(pairs[i], pairs[i+1])
	}
	return all
}

// maxPage is how many mails a page of the list has at most.
const maxPage = 1000

// listFlags declares the flags of ls.
func listFlags(f *flag.FlagSet) action {
	q := filterFlags(f)
	n := f.Int("n", 20, fmt.Sprintf("`number` of mails to list at most, up to %d", maxPage))
	q.declare(f, condition{name: "before", usage: "`cursor` before which the list goes on", once: true})
	return func(ctx context.Context, s *session, args []string) error {
		if len(args) > 0 {
			return s.command.misused("ls takes filters alone, and %q is none; such as --to ada@example.com", args[0])
		}
		if *n > maxPage {
			return s.command.misused("-n must be at most %d, not %d; --before goes on", maxPage, *n)
		}
		var page remote.Page
		if err := s.ask(ctx, http.MethodGet, "/inbox/messages", q.with("limit", strconv.Itoa(*n)), nil, &page); err != nil || s.json {
			return err
		}
		if len(page.Messages) > 0 {
			if err := table(s.stdout, page.Messages); err != nil {
				return err
			}
		}
		s.tell(page)
		return nil
	}
}

// tell tells what a list leaves out.
func (s *session) tell(page remote.Page) {
	switch {
	case page.Total == 0:
		s.note("No mail matches in the project of %s.", s.key)
	case page.Next != "":
		s.note("%d of %d mails; --before %s goes on.", len(page.Messages), page.Total, page.Next)
	}
	if page.Dropped > 0 {
		s.note("%d older mails had to go to make room.", page.Dropped)
	}
}

const stamp = "2006-01-02 15:04:05"

// table writes a line for each mail.
func table(stdout io.Writer, messages []remote.Summary) error {
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "ID\tTIME\tKIND\tTO\tSUBJECT") // Flush tells
	for _, m := range messages {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", visible(m.ID), m.Time.Format(stamp), visible(m.Kind), short(m.To), short(m.Subject))
	}
	return w.Flush()
}

// short is what of a text goes into a line of a table.
func short(text string) string {
	const most = 80
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most-1]) + "…"
	}
	return visible(text)
}

// summary writes what a person wants to know of a mail.
func summary(m *remote.Message) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	line := func(name, text string) { _, _ = fmt.Fprintf(w, "%s\t%s\n", name, visible(text)) } // b takes all
	line("From", addressed(m.From))
	line("To", m.To)
	line("Subject", m.Subject)
	line("Time", m.Time.Format(time.RFC3339))
	line("Kind", m.Kind+", "+m.Status)
	line("ID", m.ID)
	for _, c := range m.Codes {
		line("Code", c.Code)
	}
	for _, l := range m.Links {
		line("Link", l.Purpose+" "+l.Href)
	}
	for _, a := range m.Attachments {
		line("File", fmt.Sprintf("%s (%s, %d bytes)", a.Filename, a.ContentType, a.Size))
	}
	for _, text := range m.Warnings {
		line("Warning", text)
	}
	_ = w.Flush()
	return b.String()
}

func addressed(a remote.Address) string {
	if a.Name == "" {
		return a.Address
	}
	return a.Name + " <" + a.Address + ">"
}
