package main

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"text/tabwriter"
)

const exitCodes = `Exit codes: 0 clean, 1 failed while running, 2 wrong usage, 3 address in use,
4 wrong document or fixture, 124 what wait waited for did not come.
`

// help prints what the command can do, or how a subcommand is used.
func help(args []string, stdout io.Writer) error {
	if len(args) > 0 {
		c, err := commandNamed(args[0])
		if err != nil {
			return err
		}
		return c.help(stdout)
	}
	var b strings.Builder
	b.WriteString("plunkmock is Plunk's email API on your own machine. No mail leaves it, unless --forward says where to.\n\n" +
		"Usage: plunkmock [SUBCOMMAND] [flags]\n\n")
	w := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	list := func(title string, commands []command) {
		_, _ = fmt.Fprintf(w, "%s\n", title) // b takes all
		for _, c := range commands {
			_, _ = fmt.Fprintf(w, "  %s\t%s\n", strings.TrimSpace(c.name+" "+c.args), c.brief)
		}
		_, _ = fmt.Fprintln(w)
	}
	list("A server:", serverCommands())
	list("The mail of a running server:", mailCommands())
	list("The project of a running server:", projectCommands())
	list("Else:", otherCommands())
	_ = w.Flush()
	b.WriteString(`plunkmock help SUBCOMMAND, or its --help, lists its flags. Those that speak to a running
server take --url (PLUNKMOCK_URL, else ` + defaultURL + `), --key (PLUNKMOCK_KEY, else
` + defaultKey + `) and --json.

` + exitCodes)
	_, err := io.WriteString(stdout, b.String())
	return err
}

// longFlag finds the flags in what package flag prints; ours have two dashes.
var longFlag = regexp.MustCompile(`(?m)^  -(\w[\w-])`)

// help prints how a subcommand is used.
func (c command) help(stdout io.Writer) error {
	var b strings.Builder
	f := c.flags()
	line := "plunkmock " + c.name
	if c.args != "" {
		line += " " + c.args
	}
	if c.declare != nil || c.remote != nil {
		line += " [flags]"
	}
	fmt.Fprintf(&b, "Usage: %s\n\n%s.\n", line, strings.ToUpper(c.brief[:1])+c.brief[1:])
	if c.about != "" {
		fmt.Fprintf(&b, "%s\n", c.about)
	}
	if len(c.examples) > 0 {
		fmt.Fprintf(&b, "\n  %s\n", strings.Join(c.examples, "\n  "))
	}
	if c.declare != nil || c.remote != nil {
		var flags strings.Builder
		f.SetOutput(&flags)
		f.PrintDefaults()
		b.WriteString("\nFlags:\n" + longFlag.ReplaceAllString(flags.String(), "  --$1"))
	}
	b.WriteString("\n" + exitCodes)
	_, err := io.WriteString(stdout, b.String())
	return err
}
