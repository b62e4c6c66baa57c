package mock

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
)

// Version is the version of plunkmock; every response carries it as X-Plunkmock.
const Version = "0.1.0"

// Envelopes: how the answers of Plunk's API are wrapped. The zero value means
// EnvelopeFlat.
const (
	EnvelopeFlat    = "flat"    // as the document's schemas say
	EnvelopeWrapped = "wrapped" // {success: true, data: <flat>}, as the document's description says
	EnvelopeBoth    = "both"    // the flat object with success and data added, unless it has data of its own; arrays stay bare
)

// Key modes. The zero value means KeysOpen.
const (
	KeysOpen   = "open"   // any key opens the project of its name, made on first use
	KeysStrict = "strict" // only keys of declared projects
)

// ProfileSpec is the only profile yet: what the OpenAPI document says.
const ProfileSpec = "spec"

// Config says how to build a [Server]. The zero Config is a live emulator with
// open keys and random IDs.
type Config struct {
	Now        func() time.Time // the real time; nil means time.Now
	Clock      time.Time        // where the clocks of projects stand still at the start; zero: they are live
	Seed       string           // with a project's name, the source of its IDs; "" means random
	Keys       string           // KeysOpen or KeysStrict
	Envelope   string           // EnvelopeFlat, EnvelopeWrapped or EnvelopeBoth
	URL        string           // the public address, used in links; "" means http://localhost:4580
	HTTP       string           // the address listened on, for people to see; may be ""
	HTTPS      string           // as HTTP, of the listener that speaks TLS
	Proxy      string           // as HTTP, of the forward proxy
	SMTP       string           // as HTTP, of the SMTP listener
	SMTPS      string           // as SMTP, of the one that speaks TLS from the start
	AllowHosts []string         // further names that the control API may be called by
	Faults     []string         // rules that each project starts with, such as sendEmail:429*2,pass; one text may hold several, with white space between
	Forward    string           // the one server that mails are sent on to, such as smtp://127.0.0.1:1025; "" for none
	Log        *slog.Logger     // nil means no log
	// ReadMail reads mail by SMTP that comes back from a file or from an export; nil:
	// its source is all there is of it.
	ReadMail func([]byte) inbox.Content
	Limits   Limits
}

// Limits bound what the emulator takes and keeps. A field that is 0 has the
// default that stands beside it.
type Limits struct {
	Body     int64         // bytes of a request body; 50,000,000
	SMTP     int64         // bytes of a message by SMTP, for people to see: the listener keeps it; 25,000,000
	Bytes    int64         // bytes of mails and journals, all projects together; 1 GiB
	Messages int           // mails a project; 100,000
	Requests int           // calls in the journal of a project; 1,000
	Faults   int           // rules a project; 1,000
	Contacts int           // contacts a project; 1,000,000
	Events   int           // occurrences of events a project; 1,000,000
	Tasks    int           // pending tasks a project; 1,000,000
	Run      int           // tasks run in one advance of a clock; 1,000,000
	Chain    int           // mails each caused by the one before; 100
	Projects int           // 4,096
	Waits    int           // held waits and streams; 10,000
	Depth    int           // nesting of a JSON body; 1,000
	Stall    time.Duration // how long a body may make no progress; 30 s
}

// withDefaults fills in what is zero, and refuses what makes no sense.
func (c Config) withDefaults() (Config, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	set(&c.Keys, KeysOpen)
	set(&c.Envelope, EnvelopeFlat)
	set(&c.URL, "http://localhost:4580")
	l := &c.Limits
	set(&l.Body, 50_000_000)
	set(&l.SMTP, 25_000_000)
	set(&l.Bytes, 1<<30)
	set(&l.Messages, 100_000)
	set(&l.Requests, 1000)
	set(&l.Faults, 1000)
	set(&l.Contacts, 1_000_000)
	set(&l.Events, 1_000_000)
	set(&l.Tasks, 1_000_000)
	set(&l.Run, 1_000_000)
	set(&l.Chain, 100)
	set(&l.Projects, 4096)
	set(&l.Waits, 10_000)
	set(&l.Depth, 1000)
	set(&l.Stall, 30*time.Second)
	switch c.Keys {
	case KeysOpen, KeysStrict:
	default:
		return c, fmt.Errorf("mock: keys must be %s or %s, not %q", KeysOpen, KeysStrict, c.Keys)
	}
	switch c.Envelope {
	case EnvelopeFlat, EnvelopeWrapped, EnvelopeBoth:
	default:
		return c, fmt.Errorf("mock: envelope must be %s, %s or %s, not %q", EnvelopeFlat, EnvelopeWrapped, EnvelopeBoth, c.Envelope)
	}
	return c, nil
}

func set[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
