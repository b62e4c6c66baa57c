package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/plunkmock/plunkmock/testkit/internal/name"
)

// TB is what of a test is needed: *testing.T, *testing.B, *testing.F and ginkgo's GinkgoT
// have it.
type TB interface {
	Helper()
	Name() string
	Cleanup(func())
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Failed() bool
}

// Plunk is a project of its own for a test. Its methods fail the test that they are given
// when something cannot be done or is not as expected. All are safe for concurrent use, but
// those that end the test belong in its goroutine, as Fatalf does.
type Plunk struct {
	client *Client
}

// Connect makes a project on the running emulator at PLUNKMOCK_URL, or at [DefaultURL],
// and deletes it when the test is over. It fails the test when none answers there.
func Connect(t TB) *Plunk {
	t.Helper()
	return New(Config{}).Connect(t)
}

// Connect is the function of that name for the server of this client, such as one in a
// container that the test has started.
func (c *Client) Connect(t TB) *Plunk {
	t.Helper()
	return c.connect(t, fmt.Sprintf("%s-%08x", name.Of(t.Name()), rand.Uint32())) //nolint:gosec // no secret
}

// connect makes a project for a test.
func (c *Client) connect(t TB, project string) *Plunk {
	t.Helper()
	if err := name.Check(project); err != nil {
		t.Fatalf("plunkmock: %v", err)
	}
	c = New(Config{URL: c.url, Key: "sk_" + project, HTTP: c.http})
	ctx, cancel := callContext()
	defer cancel()
	err := c.CreateProject(ctx)
	if e := asError(err); e != nil && e.Status == http.StatusConflict {
		return &Plunk{c} // the test has it already
	}
	if errors.Is(err, ErrNoServer) {
		t.Fatalf("%v\nStart an emulator with `plunkmock`, or say in PLUNKMOCK_URL where one is.", err)
	}
	if err != nil {
		t.Fatalf("plunkmock: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := callContext()
		defer cancel()
		if err := c.DeleteProject(ctx); err != nil {
			t.Logf("plunkmock: %v", err)
		}
	})
	return Use(t, c)
}

// Use is [Connect] for the project of a client, which stays when the test is over.
func Use(t TB, c *Client) *Plunk {
	t.Helper()
	p := &Plunk{c}
	t.Cleanup(func() {
		t.Helper()
		if t.Failed() {
			p.explain(t)
		}
	})
	return p
}

// Project returns another project of the same emulator, as isolated as another account,
// which is deleted when the test is over. Its name begins with that of this one. The same
// name again is the same project.
func (p *Plunk) Project(t TB, project string) *Plunk {
	t.Helper()
	return p.client.connect(t, p.client.Project()+"--"+project)
}

// callContext returns the context of calls for a test: they must come to an end. It is not
// that of the test, which ends before Cleanup, and which ginkgo does not give out there.
func callContext() (context.Context, context.CancelFunc) {
	const longest = time.Minute
	return context.WithTimeout(context.Background(), longest)
}

// must makes a call for a test, and fails it with what is wrong.
func must[T any](t TB, call func(context.Context) (T, error)) T {
	t.Helper()
	ctx, cancel := callContext()
	defer cancel()
	v, err := call(ctx)
	if err != nil {
		t.Fatalf("plunkmock: %v", err)
	}
	return v
}

// do is must for a call that returns nothing.
func do(t TB, call func(context.Context) error) {
	t.Helper()
	must(t, func(ctx context.Context) (struct{}, error) { return struct{}{}, call(ctx) })
}

// URL returns the address of the emulator, without a path.
func (p *Plunk) URL() string { return p.client.url }

// SDKURL returns what the official SDK takes as its baseUrl: with /v1/, and a slash at the
// end, without which it would leave the path out.
func (p *Plunk) SDKURL() string { return p.client.SDKURL() }

// APIURL returns the base of the paths in Plunk's document: https://api.useplunk.com/v1 is
// the real one.
func (p *Plunk) APIURL() string { return p.client.APIURL() }

// SecretKey returns the key for all of the API.
func (p *Plunk) SecretKey() string { return p.client.key }

// PublicKey returns the key for events alone.
func (p *Plunk) PublicKey() string { return p.client.PublicKey() }

// Transport sends requests to the emulator: those to its own address and, for code whose
// address is fixed, those to api.useplunk.com. Requests to other hosts are an error.
func (p *Plunk) Transport() http.RoundTripper {
	next := p.client.http.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	return transport{p.client.url, next}
}

// Client returns a client with [Plunk.Transport].
func (p *Plunk) Client() *http.Client { return &http.Client{Transport: p.Transport()} }

// SMTPAddr returns where the emulator takes mail by SMTP, such as 127.0.0.1:4525: the port is
// the one that the emulator knows of, whatever a container makes of it. The user is plunk, and
// the password [Plunk.SecretKey]. The test fails when it takes none.
func (p *Plunk) SMTPAddr(t TB) string {
	t.Helper()
	info := must(t, p.client.Info)
	if info.SMTP == "" {
		t.Fatalf("plunkmock: the emulator at %s takes no mail by SMTP; testkit.Start needs the option smtp.Listen() for that, and plunkmock no --smtp off", p.URL())
	}
	host, port, err := net.SplitHostPort(info.SMTP)
	if err == nil && (host == "" || net.ParseIP(host).IsUnspecified()) { // every address, as in a container
		if u, err := url.Parse(p.URL()); err == nil {
			return net.JoinHostPort(u.Hostname(), port)
		}
	}
	return info.SMTP
}

// Env returns variables for a process that is to use the emulator, as os/exec takes them:
// those of this process, PLUNK_API_URL, PLUNK_BASE_URL, PLUNK_SECRET_KEY and PLUNK_PUBLIC_KEY
// for what is tested, and PLUNKMOCK_URL and PLUNKMOCK_KEY for the command.
func (p *Plunk) Env() []string {
	return append(append(os.Environ(), p.client.Env()...), "PLUNKMOCK_KEY="+p.SecretKey())
}

// Control returns the client of the control API, whose methods return errors.
func (p *Plunk) Control() *Client { return p.client }

// Arrange adds contacts, templates, automations, campaigns and settings, to what
// [Plunk.Reset] goes back to as well.
func (p *Plunk) Arrange(t TB, a Arrangement) {
	t.Helper()
	do(t, func(ctx context.Context) error { return p.client.Arrange(ctx, a) })
}

// LoadFixture puts the one project of a fixture, a file in YAML or JSON, in the place of
// what there is.
func (p *Plunk) LoadFixture(t TB, file string) {
	t.Helper()
	do(t, func(ctx context.Context) error { return p.client.LoadFixture(ctx, file) })
}

// Track lets an event happen to a contact, as the code under test would, so that its
// automations start.
func (p *Plunk) Track(t TB, email, event string, data map[string]any) {
	t.Helper()
	do(t, func(ctx context.Context) error { return p.client.Track(ctx, email, event, data) })
}

// Contact returns a contact by ID or address, with what happened to it.
func (p *Plunk) Contact(t TB, idOrEmail string) ContactDetail {
	t.Helper()
	return must(t, func(ctx context.Context) (ContactDetail, error) { return p.client.Contact(ctx, idOrEmail) })
}

// Contacts lists the contacts, newest first.
func (p *Plunk) Contacts(t TB) []Contact {
	t.Helper()
	return must(t, p.client.Contacts)
}

// Campaigns lists the campaigns, newest first.
func (p *Plunk) Campaigns(t TB) []Campaign {
	t.Helper()
	return must(t, p.client.Campaigns)
}

// Events lists the names of events, newest first: what happened, and what automations wait
// for.
func (p *Plunk) Events(t TB) []Event {
	t.Helper()
	return must(t, p.client.Events)
}

// Templates lists the templates, newest first.
func (p *Plunk) Templates(t TB) []Template {
	t.Helper()
	return must(t, p.client.Templates)
}

// Automations lists the automations, newest first.
func (p *Plunk) Automations(t TB) []Automation {
	t.Helper()
	return must(t, p.client.Automations)
}

// Settings returns what the project sends as. [Plunk.Arrange] changes it.
func (p *Plunk) Settings(t TB) Settings {
	t.Helper()
	return must(t, p.client.Settings)
}

// Schedule lists the mail that is yet to come, in order.
func (p *Plunk) Schedule(t TB) []Task {
	t.Helper()
	return must(t, p.client.Schedule)
}

// Now returns the time on the project's clock.
func (p *Plunk) Now(t TB) time.Time {
	t.Helper()
	return must(t, p.client.Clock).Now
}

// Advance moves the clock on and runs all that falls due before it returns: the mails that
// it has sent.
func (p *Plunk) Advance(t TB, d time.Duration) []*Message {
	t.Helper()
	clock := must(t, func(ctx context.Context) (Clock, error) { return p.client.Advance(ctx, d) })
	messages := make([]*Message, len(clock.Messages))
	for i, id := range clock.Messages {
		messages[i] = must(t, func(ctx context.Context) (*Message, error) { return p.client.Message(ctx, id) })
		messages[i].test = t
	}
	return messages
}

// Reset takes the project back to its start; see [Client.Reset].
func (p *Plunk) Reset(t TB, keep ...string) {
	t.Helper()
	do(t, func(ctx context.Context) error { return p.client.Reset(ctx, keep...) })
}

// Snapshot is all that a project held.
type Snapshot struct{ state json.RawMessage }

// Snapshot returns all that the project holds, mails too.
func (p *Plunk) Snapshot(t TB) Snapshot {
	t.Helper()
	return Snapshot{must(t, p.client.State)}
}

// Restore puts what a project held in the place of what there is.
func (p *Plunk) Restore(t TB, s Snapshot) {
	t.Helper()
	if s.state == nil {
		t.Fatalf("plunkmock: the Snapshot to restore is empty; it must be one that Plunk.Snapshot has returned")
	}
	do(t, func(ctx context.Context) error { return p.client.PutState(ctx, s.state) })
}

// Fault is a rule that was made for a test.
type Fault struct {
	plunk *Plunk
	test  TB
	id    string

	mu   sync.Mutex // guards what follows
	gone *int       // how many calls it had struck when it was removed; nil: it is there
}

// Fail makes calls go wrong: Fail(t, On("sendEmail"), Status(429), Times(2)).
func (p *Plunk) Fail(t TB, options ...FaultOption) *Fault {
	t.Helper()
	made := must(t, func(ctx context.Context) (FaultState, error) { return p.client.AddFault(ctx, options...) })
	return &Fault{plunk: p, test: t, id: made.ID}
}

// Hits returns how many calls the rule has struck, until it was removed.
func (f *Fault) Hits() int {
	f.test.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.gone != nil {
		return *f.gone
	}
	struck, there := f.struck()
	if !there {
		f.test.Fatalf("plunkmock: the hits of the rule are gone with it: a Reset, a Restore or a new start of the server has ended it; ask for Hits before that, or Remove it first")
	}
	return struck
}

// struck returns how many calls the rule has struck, if there still is one.
func (f *Fault) struck() (n int, there bool) {
	f.test.Helper()
	state := must(f.test, func(ctx context.Context) (*FaultState, error) {
		state, err := f.plunk.client.FaultByID(ctx, f.id)
		if e := asError(err); e != nil && e.Status == http.StatusNotFound {
			return nil, nil //nolint:nilnil // there is none
		}
		return &state, err
	})
	if state == nil {
		return 0, false
	}
	return state.Struck, true
}

// Remove ends the rule. Doing so again, or when a Reset or Restore has ended it, does nothing.
func (f *Fault) Remove() {
	f.test.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.gone != nil {
		return
	}
	struck, there := f.struck()
	if !there {
		return
	}
	do(f.test, func(ctx context.Context) error { return f.plunk.client.RemoveFault(ctx, f.id) })
	f.gone = &struck
}

// Requests lists the calls that match, newest first.
func (p *Plunk) Requests(t TB, filters ...CallFilter) []Request {
	t.Helper()
	return must(t, func(ctx context.Context) ([]Request, error) { return p.client.Requests(ctx, filters...) })
}

// Called fails the test unless exactly n calls match.
func (p *Plunk) Called(t TB, n int, filters ...CallFilter) {
	t.Helper()
	ctx, cancel := callContext()
	defer cancel()
	_, err := p.client.Verify(ctx, n, filters...)
	switch e := asError(err); {
	case err == nil:
	case e != nil && e.Status == http.StatusConflict:
		t.Errorf("plunkmock: %s", miscounted(e))
	default:
		t.Fatalf("plunkmock: %v", err)
	}
}
