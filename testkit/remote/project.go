package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"time"
)

// Contact is a contact of a project.
type Contact struct {
	ID         string         `json:"id,omitempty"` // made when it is left out
	Email      string         `json:"email"`
	Subscribed *bool          `json:"subscribed,omitempty"` // nil in [Project] means that it is
	Data       map[string]any `json:"data,omitempty"`
	CreatedAt  *time.Time     `json:"createdAt,omitempty"`
	UpdatedAt  *time.Time     `json:"updatedAt,omitempty"`
}

// Template is the content of automations' mail.
type Template struct {
	ID      string `json:"id,omitempty"`
	Name    string `json:"name"`
	Subject string `json:"subject"`
	Body    string `json:"body"`            // with {{variables}}
	Type    string `json:"type,omitempty"`  // MARKETING, the default, or TRANSACTIONAL
	Style   string `json:"style,omitempty"` // PLUNK, the default, or HTML
	From    string `json:"from,omitempty"`  // the name it comes from; "" is the project's
	Email   string `json:"email,omitempty"` // the address it comes from, as From
}

// Automation mails a template to a contact to whom events happen.
type Automation struct {
	ID        string   `json:"id,omitempty"`
	Name      string   `json:"name"`
	Template  string   `json:"template"`            // by ID or name
	Events    []string `json:"events"`              // all must have happened
	NotEvents []string `json:"notevents,omitempty"` // none may have, also during the delay
	Delay     int      `json:"delay,omitempty"`     // minutes
	RunOnce   bool     `json:"runOnce,omitempty"`   // once a contact
}

// Campaign is a mail to many.
type Campaign struct {
	ID         string   `json:"id,omitempty"`
	Subject    string   `json:"subject"`
	Body       string   `json:"body"`
	Style      string   `json:"style,omitempty"`
	Recipients []string `json:"recipients,omitempty"` // addresses
	Status     string   `json:"status,omitempty"`     // DRAFT, the default, or SENT
}

// Settings are what a project sends as. What is left out of a change stays.
type Settings struct {
	DisplayName string   `json:"displayName,omitempty"`
	Sender      string   `json:"sender,omitempty"`
	Domains     []string `json:"domains,omitempty"` // to send from; none allows every one
	Verified    *bool    `json:"verified,omitempty"`
	Members     []string `json:"members,omitempty"` // who gets the tests of campaigns
}

// Arrangement is what a test puts into its project.
type Arrangement struct {
	Settings    *Settings    `json:"settings,omitempty"`
	Contacts    []Contact    `json:"contacts,omitempty"`
	Templates   []Template   `json:"templates,omitempty"`
	Automations []Automation `json:"automations,omitempty"`
	Campaigns   []Campaign   `json:"campaigns,omitempty"`
}

// Arrange adds to the project, and to what [Client.Reset] goes back to. It changes nothing
// when something is wrong, and says what.
func (c *Client) Arrange(ctx context.Context, a Arrangement) error {
	type named struct {
		Name string `json:"name"`
		Arrangement
	}
	return c.Do(ctx, http.MethodPost, "/fixtures", nil, map[string]any{"version": 1, "projects": []named{{c.Project(), a}}}, nil)
}

// LoadFixture puts the one project of a fixture, a file in YAML or JSON, in the place of
// what the project holds. [Client.Reset] empties it all the same.
func (c *Client) LoadFixture(ctx context.Context, file string) error {
	data, err := os.ReadFile(file) //nolint:gosec // the test names it
	if err != nil {
		return fmt.Errorf("remote: the fixture: %w", err)
	}
	// The server reads it, and JSON is YAML: whoever imports this package needs no parser.
	if err := c.Do(ctx, http.MethodPut, "/state", nil, YAML(data), nil); err != nil {
		return fmt.Errorf("remote: the fixture %s: %w", file, err)
	}
	return nil
}

// State returns all that the project holds, as a fixture in JSON, its mails too.
func (c *Client) State(ctx context.Context) (state json.RawMessage, err error) {
	var data []byte
	err = c.Do(ctx, http.MethodGet, "/state", url.Values{"messages": {"true"}}, nil, &data)
	return data, err
}

// PutState puts a fixture of one project in the place of all that the project holds.
func (c *Client) PutState(ctx context.Context, state json.RawMessage) error {
	return c.Do(ctx, http.MethodPut, "/state", nil, state, nil)
}

// Reset takes the project back to its start: empty, or what a fixture has made of it. What
// is named stays: settings contacts events templates automations campaigns tasks messages
// requests faults clock.
func (c *Client) Reset(ctx context.Context, keep ...string) error {
	return c.Do(ctx, http.MethodPost, "/reset", nil, map[string]any{"keep": append([]string{}, keep...)}, nil)
}

// Settings returns what the project sends as. [Client.Arrange] changes it.
func (c *Client) Settings(ctx context.Context) (s Settings, err error) {
	err = c.Do(ctx, http.MethodGet, "/settings", nil, nil, &s)
	return s, err
}

// ProjectInfo is what a server says of a project.
type ProjectInfo struct {
	Name      string
	SecretKey string
	PublicKey string
	Messages  int
	Requests  int // calls in its journal
}

// Projects lists the projects of the server.
func (c *Client) Projects(ctx context.Context) ([]ProjectInfo, error) {
	var out struct{ Projects []ProjectInfo }
	err := c.Do(ctx, http.MethodGet, "/projects", nil, nil, &out)
	return out.Projects, err
}

// CreateProject makes the project, which is then not dropped for another. The error is a
// 409 when it is there.
func (c *Client) CreateProject(ctx context.Context) error {
	return c.Do(ctx, http.MethodPost, "/projects", nil, map[string]string{"name": c.Project()}, nil)
}

// DeleteProject deletes the project with all that it holds.
func (c *Client) DeleteProject(ctx context.Context) error {
	return c.Do(ctx, http.MethodDelete, "/projects/"+url.PathEscape(c.Project()), nil, nil, nil)
}

// Happened is an event that happened to a contact.
type Happened struct {
	Name string
	Time time.Time
}

// ContactDetail is a contact with what happened to it.
type ContactDetail struct {
	Contact `json:"contact"`

	Events   []Happened
	Messages []Summary // newest first
}

// Contact returns a contact by ID or address.
func (c *Client) Contact(ctx context.Context, idOrEmail string) (d ContactDetail, err error) {
	if err = c.one(ctx, http.MethodGet, "/contacts/", idOrEmail, "", nil, &d); err != nil {
		err = fmt.Errorf("the contact %q: %w", idOrEmail, err)
	}
	return d, err
}

// Contacts lists the contacts, newest first, at most 1,000.
func (c *Client) Contacts(ctx context.Context) ([]Contact, error) {
	var out struct{ Contacts []Contact }
	err := c.Do(ctx, http.MethodGet, "/contacts", url.Values{"limit": {"1000"}}, nil, &out)
	return out.Contacts, err
}

// Campaigns lists the campaigns, newest first, at most 1,000.
func (c *Client) Campaigns(ctx context.Context) ([]Campaign, error) {
	var out struct{ Campaigns []Campaign }
	err := c.Do(ctx, http.MethodGet, "/campaigns", url.Values{"limit": {"1000"}}, nil, &out)
	return out.Campaigns, err
}

// Event is a name of events.
type Event struct {
	ID     string
	Name   string
	Count  int        // how often it has happened
	LastAt *time.Time // nil: never
}

// Events lists the names of events, newest first, at most 1,000.
func (c *Client) Events(ctx context.Context) ([]Event, error) {
	var out struct{ Events []Event }
	err := c.Do(ctx, http.MethodGet, "/events", url.Values{"limit": {"1000"}}, nil, &out)
	return out.Events, err
}

// Templates lists the templates, newest first, at most 1,000.
func (c *Client) Templates(ctx context.Context) ([]Template, error) {
	var out struct{ Templates []Template }
	err := c.Do(ctx, http.MethodGet, "/templates", url.Values{"limit": {"1000"}}, nil, &out)
	return out.Templates, err
}

// Automations lists the automations, newest first, at most 1,000. They name templates and
// events by their names.
func (c *Client) Automations(ctx context.Context) ([]Automation, error) {
	var out struct {
		Automations []struct {
			Automation

			Template  Reference   `json:"template"`
			Events    []Reference `json:"events"`
			NotEvents []Reference `json:"notevents"`
		}
	}
	if err := c.Do(ctx, http.MethodGet, "/automations", url.Values{"limit": {"1000"}}, nil, &out); err != nil {
		return nil, err
	}
	automations := make([]Automation, len(out.Automations))
	for i, a := range out.Automations {
		automations[i] = a.Automation
		automations[i].Template, automations[i].Events, automations[i].NotEvents = a.Template.Name, namesOf(a.Events), namesOf(a.NotEvents)
	}
	return automations, nil
}

func namesOf(list []Reference) (names []string) {
	for _, r := range list {
		names = append(names, r.Name)
	}
	return names
}

// Task is mail that is yet to come.
type Task struct {
	ID    string
	Due   time.Time // on the project's clock
	Label string    // what it will do
	Kind  string    // automation or campaign
	Email string    // whom it is for
}

// Schedule lists what is yet to come, in the order in which it will, at most 1,000.
func (c *Client) Schedule(ctx context.Context) ([]Task, error) {
	var out struct{ Tasks []Task }
	err := c.Do(ctx, http.MethodGet, "/schedule", url.Values{"limit": {"1000"}}, nil, &out)
	return out.Tasks, err
}

// Clock is the clock of a project.
type Clock struct {
	Now      time.Time
	Mode     string   // live or frozen
	Ran      int      // how many tasks the call has run
	Messages []string // the IDs of the mails that they have sent
}

// Clock returns the clock.
func (c *Client) Clock(ctx context.Context) (clock Clock, err error) {
	err = c.Do(ctx, http.MethodGet, "/clock", nil, nil, &clock)
	return clock, err
}

// Advance moves the clock on, and runs all that falls due, before it returns.
func (c *Client) Advance(ctx context.Context, d time.Duration) (clock Clock, err error) {
	err = c.Do(ctx, http.MethodPost, "/clock/advance", nil, map[string]string{"by": d.String()}, &clock)
	return clock, err
}

// SetTime moves the clock to a time, as Advance does.
func (c *Client) SetTime(ctx context.Context, t time.Time) (clock Clock, err error) {
	err = c.Do(ctx, http.MethodPost, "/clock/set", nil, map[string]string{"at": t.UTC().Format(time.RFC3339Nano)}, &clock)
	return clock, err
}

// Freeze makes the clock stand still but for Advance and SetTime.
func (c *Client) Freeze(ctx context.Context) (clock Clock, err error) {
	err = c.Do(ctx, http.MethodPost, "/clock/freeze", nil, nil, &clock)
	return clock, err
}

// Resume makes the clock run from where it stands.
func (c *Client) Resume(ctx context.Context) (clock Clock, err error) {
	err = c.Do(ctx, http.MethodPost, "/clock/resume", nil, nil, &clock)
	return clock, err
}

// Send sends a transactional mail by Plunk's API. The answer has the ID of its message.
func (c *Client) Send(ctx context.Context, to, subject, body string) (id string, err error) {
	var out Sent
	in := map[string]string{"to": to, "subject": subject, "body": body}
	if err := c.Do(ctx, http.MethodPost, "/v1/send", nil, in, &out); err != nil {
		return "", err
	}
	if len(out.Emails) == 0 {
		return "", errors.New("remote: POST /v1/send: the answer names no message, as a fault may have it")
	}
	return out.Emails[0].Email, nil
}

// Sent is the answer to a transactional mail: a message for each recipient.
type Sent struct {
	Emails []struct {
		Contact Contact // its ID and address
		Email   string  // the ID of the message
	}
}

// UnmarshalJSON reads the answer, also where the server's --envelope wraps it.
func (s *Sent) UnmarshalJSON(data []byte) error {
	type answer Sent
	var out struct {
		answer

		Data answer
	}
	if err := json.Unmarshal(data, &out); err != nil {
		return err
	}
	*s = Sent(out.answer)
	if len(s.Emails) == 0 {
		*s = Sent(out.Data)
	}
	return nil
}

// Track tracks an event by Plunk's API.
func (c *Client) Track(ctx context.Context, email, event string, data map[string]any) error {
	in := map[string]any{"email": email, "event": event}
	if data != nil {
		in["data"] = data
	}
	return c.Do(ctx, http.MethodPost, "/v1/track", nil, in, nil)
}
