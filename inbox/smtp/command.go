package smtp

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/plunkmock/plunkmock/inbox"
)

// command answers a command, or puts it before the library in a form of its own.
func (s *session) command(line string) error {
	verb, arg, _ := strings.Cut(line, " ")
	verb, arg = strings.ToUpper(verb), strings.TrimSpace(arg)
	s.record(verb, line)
	s.isAuth = verb == "AUTH"
	switch verb {
	case "EHLO", "HELO":
		return s.hello(verb, arg)
	case "MAIL":
		return s.mail(arg)
	case "RCPT":
		return s.rcpt(arg)
	case "AUTH":
		if s.envelope.EHLO == "" {
			return s.refuse(refuse(503, "5.5.1", "Say EHLO first"))
		}
		return s.pass(strings.TrimSpace(verb + " " + arg))
	case "NOOP", "HELP", "VRFY", "EXPN":
		return s.pass(verb)
	case "DATA", "RSET", "QUIT", "STARTTLS":
	default:
		return s.unknown(verb)
	}
	if arg != "" {
		return s.say("501 5.5.4 " + verb + " takes no parameters")
	}
	switch verb {
	case "DATA":
		return s.data()
	case "STARTTLS":
		return s.startTLS()
	case "RSET":
		s.reset()
	}
	return s.pass(verb)
}

// unknown answers what is no command. A web page can make a browser come here, with
// commands of SMTP in what it posts: that is the end of the session.
func (s *session) unknown(verb string) error {
	switch verb {
	case "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE":
		s.ended = true
		return s.say("421 4.7.0 This is SMTP, not HTTP")
	}
	return s.say("500 5.5.2 Unknown command")
}

// record writes a command into the transcript, passwords masked: those beside AUTH,
// and those that are sent after it although no one asks.
func (s *session) record(verb, line string) {
	switch verb {
	case "AUTH":
		s.triedAuth = true
		if fields := strings.Fields(line); len(fields) > 2 {
			line = fields[0] + " " + fields[1] + " ***"
		}
	case "EHLO", "HELO", "MAIL", "RCPT", "DATA", "RSET", "NOOP", "QUIT", "HELP", "VRFY", "EXPN", "STARTTLS":
	default:
		if s.triedAuth {
			line = "***"
		}
	}
	s.heard(line)
}

// pass puts a line before the library.
func (s *session) pass(line string) error {
	s.lines = []byte(line + "\r\n")
	return nil
}

// reset forgets the message, but not the client.
func (s *session) reset() {
	e := &s.envelope
	e.MailFrom, e.Params, e.RcptTo, e.RcptParams = "", "", nil, nil
	s.inMail, s.size, s.oversize = false, 0, false
}

func (s *session) hello(verb, name string) error {
	if name == "" {
		return s.say("501 5.5.4 " + verb + " needs the name of the client")
	}
	s.reset()
	s.envelope.EHLO = name
	c := s.server.config
	if verb == "HELO" {
		s.reply = "250 " + c.Hostname + " greets " + name
		return s.pass("HELO client")
	}
	lines := []string{
		c.Hostname + " greets " + name, "PIPELINING", "8BITMIME", "SMTPUTF8",
		"SIZE " + strconv.FormatInt(c.MaxSize, 10), "ENHANCEDSTATUSCODES",
	}
	if c.TLS != nil && !s.envelope.TLS {
		lines = append(lines, "STARTTLS")
	}
	if c.Auth != nil {
		lines = append(lines, "AUTH PLAIN LOGIN")
	}
	last := len(lines) - 1
	s.reply = strings.Join(append(prefixed("250-", lines[:last]), "250 "+lines[last]), "\r\n")
	return s.pass("EHLO client")
}

func prefixed(prefix string, lines []string) []string {
	list := make([]string, len(lines))
	for i, line := range lines {
		list[i] = prefix + line
	}
	return list
}

func (s *session) mail(arg string) error {
	c := &s.server.config
	switch {
	case s.envelope.EHLO == "":
		return s.refuse(refuse(503, "5.5.1", "Say EHLO first"))
	case s.inMail:
		return s.refuse(refuse(503, "5.5.1", "MAIL has been said; RSET to start again"))
	case c.AuthRequired && !s.loggedIn:
		return s.refuse(refuse(530, "5.7.0", "Authentication required"))
	}
	p, err := parsePath(arg, "FROM:")
	if err == nil {
		err = p.checkMail(c.MaxSize)
	}
	if err != nil {
		return s.refuse(err)
	}
	e := s.envelope
	e.MailFrom, e.Params = p.address, p.text
	if reply, ok := s.check(inbox.AtMail, e); !ok {
		return s.say(reply)
	}
	s.envelope, s.inMail, s.isUTF8, s.size = e, true, p.isUTF8(), p.size
	return s.pass("MAIL FROM:<sender>")
}

func (s *session) rcpt(arg string) error {
	e, c := &s.envelope, &s.server.config
	switch {
	case !s.inMail:
		return s.say("503 5.5.1 Say MAIL first") // MAIL was refused, which is told
	case len(e.RcptTo) >= c.MaxRecipients:
		return s.refuse(refuse(452, "4.5.3", fmt.Sprintf("Too many recipients, %d are the most", c.MaxRecipients)))
	}
	p, err := parsePath(arg, "TO:")
	if err == nil {
		err = p.checkRcpt()
	}
	if err == nil && !s.isUTF8 {
		err = checkASCII(p.address)
	}
	if err != nil {
		return s.refuse(err)
	}
	asked := *e
	asked.RcptTo, asked.RcptParams = append(e.RcptTo, p.address), append(e.RcptParams, p.text)
	if reply, ok := s.check(inbox.AtRcpt, asked); !ok {
		return s.say(reply)
	}
	*e = asked
	return s.pass("RCPT TO:<recipient>")
}

func (s *session) data() error {
	switch {
	case !s.inMail:
		return s.say("503 5.5.1 Say MAIL and RCPT first")
	case len(s.envelope.RcptTo) == 0:
		return s.say("503 5.5.1 No recipient was accepted; say RCPT first")
	}
	if reply, ok := s.check(inbox.AtData, s.envelope); !ok {
		return s.say(reply)
	}
	return s.pass("DATA")
}

// login decides on a name and a password that the library has read.
func (s *session) login(user, password string) bool {
	var account string
	reply, ok := s.ask("AUTH", func() (err error) {
		if account, err = s.server.config.Auth(s.server.serving, s.envelope, user, password); err != nil {
			err = denied(err)
		}
		return err
	})
	if !ok {
		s.reply = reply
		return false
	}
	s.envelope.User, s.envelope.Account, s.loggedIn = user, account, true
	return true
}

// check asks whether the session may go on. Unless it may, reply is the answer.
func (s *session) check(at inbox.Stage, e inbox.Envelope) (reply string, ok bool) {
	check := s.server.config.Check
	if check == nil {
		return "", true
	}
	return s.ask(string(at), func() error { return check(s.server.serving, at, e) })
}

// problemOf tells what is wrong with the bytes of a command; "" for nothing.
func problemOf(line string) string {
	for i := range len(line) {
		if line[i] < ' ' || line[i] == 0x7F {
			return "Control character in a command"
		}
	}
	if !utf8.ValidString(line) {
		return "A command is UTF-8"
	}
	return ""
}
