package inbox

import (
	"errors"
	"fmt"
	"strings"
)

// Envelope is the SMTP session that brings a message, as far as it has come.
type Envelope struct {
	MailFrom   string // "" for the null sender
	RcptTo     []string
	Params     string   // what stood beside the sender in MAIL FROM, such as SIZE=512
	RcptParams []string // what stood beside each recipient in RCPT TO
	EHLO       string   // the name that the client gave
	TLS        bool
	User       string   // who logged in; "" when no one did
	Account    string   // whose mail it is, as the log-in found out; "" without one
	Remote     string   // address and port of the client
	Transcript []string // the lines of both sides, those of the client with C: before them
}

// Stage is a place in an SMTP session at which it may be refused.
type Stage string

// The stages.
const (
	AtConnect Stage = "connect"    // before the greeting
	AtMail    Stage = "MAIL"       // MailFrom and Params are known
	AtRcpt    Stage = "RCPT"       // the last of RcptTo is asked about
	AtData    Stage = "DATA"       // all recipients are known
	AfterData Stage = "after DATA" // the message is there
)

// Stages returns all stages, in order.
func Stages() []Stage { return []Stage{AtConnect, AtMail, AtRcpt, AtData, AfterData} }

// Arrival is a message that a session has brought.
type Arrival struct {
	From    Address // of its header; of the envelope when that names no one
	Subject string
	Source  *Source
}

// ErrDrop is the error of a session that is to end without a word.
var ErrDrop = errors.New("inbox: connection dropped")

// Refusal is an error that becomes exactly this reply of SMTP. After a 421 the session
// is over.
type Refusal struct {
	Code     int    // 400–599
	Enhanced string // such as 5.7.1; may be empty
	Text     string
}

// Error returns the line of the reply.
func (r *Refusal) Error() string {
	code := r.Code
	if code < 400 || code > 599 {
		code = 451
	}
	return strings.TrimRight(fmt.Sprintf("%d %s", code, strings.TrimLeft(OneReply(r.Enhanced+" "+r.Text), " ")), " ")
}

// OneReply makes a text fit into a line of SMTP. One that is too long loses whole words,
// so that no id in it is cut.
func OneReply(text string) string {
	const most = 480 // bytes; a line has 512, with a code and its end
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return ' '
		}
		return r
	}, text)
	if len(text) > most {
		cut := strings.LastIndexByte(text[:most+1], ' ')
		if cut <= 0 {
			cut = most
		}
		text = text[:cut]
	}
	return strings.ToValidUTF8(text, "")
}
