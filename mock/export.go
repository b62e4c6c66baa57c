package mock

import (
	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

// What follows is a project as a fixture: what an export gives, and what an
// import reads as fields.

type fixtureResponse struct {
	Version  int              `json:"version"`
	Projects []fixtureProject `json:"projects"`
}

type fixtureProject struct {
	Name        string              `json:"name"`
	ID          string              `json:"id"`
	Keys        fixtureKeys         `json:"keys"`
	Settings    settingsResponse    `json:"settings"`
	Clock       fixtureClock        `json:"clock"`
	Events      []fixtureEvent      `json:"events"`
	Contacts    []fixtureContact    `json:"contacts"`
	Templates   []fixtureTemplate   `json:"templates"`
	Automations []fixtureAutomation `json:"automations"`
	Campaigns   []fixtureCampaign   `json:"campaigns"`
	Tasks       []fixtureTask       `json:"tasks"`
	Faults      []faultResponse     `json:"faults"`
	Messages    []savedMail         `json:"messages,omitempty"`
}

type fixtureKeys struct {
	Secret string `json:"secret"`
	Public string `json:"public"`
}

type fixtureClock struct {
	Mode string `json:"mode"`
	At   *stamp `json:"at,omitempty"` // but when it is the real time
}

type fixtureEvent struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type fixtureContact struct {
	ID          string            `json:"id"`
	Email       string            `json:"email"`
	Subscribed  bool              `json:"subscribed"`
	Data        map[string]any    `json:"data"`
	CreatedAt   stamp             `json:"createdAt"`
	UpdatedAt   stamp             `json:"updatedAt"`
	Events      []fixtureHappened `json:"events"`
	Automations []fixtureFired    `json:"automations,omitempty"`
}

type fixtureHappened struct {
	Name string `json:"name"`
	At   stamp  `json:"at"`
}

type fixtureFired struct {
	Name  string `json:"name"`
	Times int    `json:"times"`
	At    stamp  `json:"at"`
	After int    `json:"after"`
}

type fixtureTemplate struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Subject   string `json:"subject"`
	Body      string `json:"body"`
	Type      string `json:"type"`
	Style     string `json:"style"`
	From      string `json:"from,omitempty"`
	Email     string `json:"email,omitempty"`
	CreatedAt stamp  `json:"createdAt"`
	UpdatedAt stamp  `json:"updatedAt"`
}

type fixtureAutomation struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Template  string   `json:"template"`
	Events    []string `json:"events"`
	NotEvents []string `json:"notevents"`
	Delay     int      `json:"delay"`
	RunOnce   bool     `json:"runOnce"`
	CreatedAt stamp    `json:"createdAt"`
	UpdatedAt stamp    `json:"updatedAt"`
}

type fixtureCampaign struct {
	ID         string   `json:"id"`
	Subject    string   `json:"subject"`
	Body       string   `json:"body"`
	Style      string   `json:"style"`
	Recipients []string `json:"recipients"`
	Status     string   `json:"status"`
	CreatedAt  stamp    `json:"createdAt"`
	UpdatedAt  stamp    `json:"updatedAt"`
}

type fixtureTask struct {
	ID         string `json:"id"`
	Due        stamp  `json:"due"`
	Automation string `json:"automation,omitempty"`
	Campaign   string `json:"campaign,omitempty"`
	Contact    string `json:"contact"`
	Event      string `json:"event,omitempty"`
	Request    string `json:"request,omitempty"`
	Operation  string `json:"operation,omitempty"`
	Mails      int    `json:"mails"`
}

func fixtureOut(w *world) fixtureResponse {
	v := w.plunk.Snapshot()
	secret, public := w.keys()
	p := fixtureProject{
		Name: w.name, ID: v.ID, Keys: fixtureKeys{secret, public}, Settings: settingsOut(v.Settings.Settings()),
		Clock:       fixtureClock{Mode: "live"},
		Events:      mapped(v.Events, func(e plunk.EventSnapshot) fixtureEvent { return fixtureEvent(e) }),
		Contacts:    mapped(v.Contacts, contactFixture),
		Templates:   mapped(v.Templates, templateFixture),
		Automations: mapped(v.Automations, automationFixture),
		Campaigns:   mapped(v.Campaigns, campaignFixture),
		Tasks: mapped(v.Tasks, func(t plunk.TaskSnapshot) fixtureTask {
			return fixtureTask{t.ID, stamp(t.Due), t.Automation, t.Campaign, t.Contact, t.Event, t.Request, t.Operation, t.Mails}
		}),
	}
	p.Faults = mapped(w.ownFaults(), faultOut)
	if !v.Clock.At.IsZero() {
		p.Clock.At = (*stamp)(&v.Clock.At)
	}
	if v.Clock.Frozen {
		p.Clock.Mode = "frozen"
	}
	return fixtureResponse{1, []fixtureProject{p}}
}

func contactFixture(c plunk.ContactSnapshot) fixtureContact {
	return fixtureContact{
		c.ID, c.Email, *c.Subscribed, c.Data, stamp(c.CreatedAt), stamp(c.UpdatedAt),
		mapped(c.Events, func(h plunk.Happened) fixtureHappened { return fixtureHappened{h.Name, stamp(h.Time)} }),
		mapped(c.Automations, func(f plunk.Fired) fixtureFired {
			return fixtureFired{f.Automation, f.Times, stamp(f.At), f.After}
		}),
	}
}

func templateFixture(t plunk.Template) fixtureTemplate {
	style := t.Style
	if style != "PLUNK" {
		style = "HTML"
	}
	return fixtureTemplate{
		t.ID, t.Name, t.Subject, t.Body, templateType(&t), style, t.From, t.Email, stamp(t.CreatedAt), stamp(t.UpdatedAt),
	}
}

func automationFixture(a plunk.Automation) fixtureAutomation {
	return fixtureAutomation{
		a.ID, a.Name, a.Template, a.Events, append([]string{}, a.NotEvents...), a.Delay, a.RunOnce, stamp(a.CreatedAt), stamp(a.UpdatedAt),
	}
}

func campaignFixture(c plunk.CampaignSnapshot) fixtureCampaign {
	status := "DRAFT"
	if c.Sent {
		status = "SENT"
	}
	return fixtureCampaign{c.ID, c.Subject, c.Body, c.Style, c.Recipients, status, stamp(c.CreatedAt), stamp(c.UpdatedAt)}
}
