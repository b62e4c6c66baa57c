package plunk_test

import (
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

// report tells what the provider says of the newest mail, and returns the mail
// as it is known then.
func (p project) report(tb testing.TB, kinds ...string) inbox.Record {
	tb.Helper()
	id := p.latest(tb).ID
	for _, kind := range kinds {
		if err := p.Feedback(id, kind, "r7"); err != nil {
			tb.Fatal(err)
		}
	}
	r, _ := p.box.Get(id)
	return r
}

// followed returns a project that has mailed ann@rcpt.test by an automation.
// Every event that could follow has an automation, called by its name.
func followed(tb testing.TB) project {
	tb.Helper()
	p := newProject(tb)
	v := subjects("Hi", "More")
	v.Templates[0].Marketing = true
	v.Automations = []plunk.Automation{{Name: "greet", Template: "1", Events: []string{"e"}}}
	for _, e := range []string{"hi-template-delivered", "hi-template-opened", "hi-campaign-delivered", "hi-campaign-opened", "unsubscribe"} {
		v.Automations = append(v.Automations, plunk.Automation{Name: e, Template: "2", Events: []string{e}, Delay: 1})
	}
	p.add(tb, v)
	p.track(tb, "e", "ann@rcpt.test")
	return p
}

func TestFeedbackOfAnAutomation(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]struct {
		status     inbox.Status
		subscribed bool
		happened   []string
		pending    []string
	}{
		"delivery": {inbox.Delivered, true, []string{"e", "hi-template-delivered"}, []string{`1m0s automation "hi-template-delivered" to ann@rcpt.test`}},
		"open":     {inbox.Opened, true, []string{"e", "hi-template-opened"}, []string{`1m0s automation "hi-template-opened" to ann@rcpt.test`}},
		"click":    {inbox.Sent, true, []string{"e"}, []string{}},
		// Neither is the event unsubscribe, as in Plunk.
		"bounce":    {inbox.Bounced, false, []string{"e"}, []string{}},
		"complaint": {inbox.Complained, false, []string{"e"}, []string{}},
	} {
		p := followed(t)
		r := p.report(t, kind)
		same(t, kind+": status", r.Status, want.status)
		same(t, kind+": feedback", r.Feedback, []inbox.Feedback{{Type: kind, Time: noon}})
		same(t, kind+": subscribed", p.Contacts()[0].Subscribed, want.subscribed)
		same(t, kind+": happened", p.happened(t, "ann@rcpt.test"), want.happened)
		same(t, kind+": pending", p.pending(), want.pending)
	}
}

func TestFeedbackOfACampaign(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]struct {
		status     inbox.Status
		subscribed bool
		happened   []string
	}{
		"delivery":  {inbox.Delivered, true, []string{"hi-campaign-delivered"}},
		"open":      {inbox.Opened, true, []string{"hi-campaign-opened"}},
		"click":     {inbox.Sent, true, []string{}},
		"bounce":    {inbox.Bounced, false, []string{}},
		"complaint": {inbox.Complained, false, []string{}},
	} {
		p := followed(t)
		c := p.campaign(t, "Hi", "b", "bob@rcpt.test")
		must[*plunk.Campaign](t)(p.live(c.ID))
		at := p.pass(time.Hour)
		r := p.report(t, kind)
		same(t, kind+": status", r.Status, want.status)
		same(t, kind+": feedback", r.Feedback, []inbox.Feedback{{Type: kind, Time: at}})
		same(t, kind+": subscribed", p.Contacts()[1].Subscribed, want.subscribed)
		same(t, kind+": happened", p.happened(t, "bob@rcpt.test"), want.happened)
		same(t, kind+": what is only recorded starts nothing", p.pending(), []string{})
	}
}

// TestFeedbackOfTransactionalMail changes its status and nothing else.
func TestFeedbackOfTransactionalMail(t *testing.T) {
	t.Parallel()
	p := followed(t)
	c := p.campaign(t, "Hi", "b")
	for _, mail := range []func(){
		func() {
			must[plunk.Sent](t)(p.Send(plunk.Mail{To: []string{"ann@rcpt.test"}, Subject: "Hi"}))
		},
		func() { must[*plunk.Campaign](t)(p.SendCampaign(plunk.SendCampaign{ID: c.ID})) },
	} {
		mail()
		before := p.Snapshot()
		for kind, want := range map[string]inbox.Status{"delivery": inbox.Delivered, "open": inbox.Opened, "bounce": inbox.Bounced, "complaint": inbox.Complained} {
			same(t, kind, p.report(t, kind).Status, want)
		}
		same(t, "click", p.report(t, "open", "click").Status, inbox.Opened)
		same(t, "snapshot", p.Snapshot(), before)
	}
}

func TestFeedbackIsRefused(t *testing.T) {
	t.Parallel()
	p := followed(t)
	id := p.latest(t).ID
	before := p.Snapshot()
	for _, kind := range []string{"", "Open", "opened", "reject"} {
		refused(t, kind, p.Feedback(id, kind, ""), plunk.Invalid, `type: must be one of delivery, open, click, bounce, complaint, not "`+kind+`"`)
	}
	for _, missing := range []string{"", "nothing", p.Contacts()[0].ID} {
		refused(t, missing, p.Feedback(missing, "open", ""), plunk.NotFound, "That message was not found")
	}
	r, _ := p.box.Get(id)
	same(t, "feedback", len(r.Feedback), 0)
	same(t, "snapshot", p.Snapshot(), before)
}

// TestFeedbackMoreThanOnce counts each time, and keeps all of it in order.
func TestFeedbackMoreThanOnce(t *testing.T) {
	t.Parallel()
	p := followed(t)
	r := p.report(t, "delivery", "open", "click", "open", "bounce", "bounce")
	kinds := []string{}
	for _, f := range r.Feedback {
		kinds = append(kinds, f.Type)
	}
	same(t, "feedback", kinds, []string{"delivery", "open", "click", "open", "bounce", "bounce"})
	same(t, "status", r.Status, inbox.Bounced)
	same(t, "happened", p.happened(t, "ann@rcpt.test"), []string{"e", "hi-template-delivered", "hi-template-opened", "hi-template-opened"})
	same(t, "pending", len(p.pending()), 3)
}

// TestFeedbackCause: what feedback starts goes back to the call that brought it.
func TestFeedbackCause(t *testing.T) {
	t.Parallel()
	p := followed(t)
	p.report(t, "open")
	p.advance(t, time.Minute)
	cause := p.latest(t).Cause
	same(t, "cause", []string{cause.Request, cause.Operation, cause.Event.Name, cause.Automation.Name},
		[]string{"r7", "addMessageEvent", "hi-template-opened", "hi-template-opened"})
}

// TestFeedbackOnWhatIsGone: the mail is still there; what it is about is not.
func TestFeedbackOnWhatIsGone(t *testing.T) {
	t.Parallel()
	for what, remove := range map[string]func(p project){
		"contact":    func(p project) { must[*plunk.Contact](t)(p.DeleteContact(p.Contacts()[0].ID)) },
		"automation": func(p project) { p.add(t, plunk.Snapshot{Automations: []plunk.Automation{}}) },
		"template": func(p project) {
			p.add(t, plunk.Snapshot{Automations: []plunk.Automation{}, Templates: []plunk.Template{}})
		},
	} {
		p := followed(t)
		remove(p)
		r := p.report(t, "delivery", "open", "click", "bounce", "complaint")
		same(t, what+": status", r.Status, inbox.Complained)
		same(t, what+": pending", p.pending(), []string{})
	}
	p := followed(t)
	c := p.campaign(t, "Hi", "b", "ann@rcpt.test")
	must[*plunk.Campaign](t)(p.live(c.ID))
	must[*plunk.Campaign](t)(p.DeleteCampaign(c.ID))
	same(t, "campaign", p.report(t, "delivery", "bounce").Status, inbox.Bounced)
	same(t, "happened", p.happened(t, "ann@rcpt.test"), []string{"e"})
	same(t, "subscribed", p.Contacts()[0].Subscribed, false)
}

// TestFeedbackKeepsALimit: the mail has its status; the event that would be one
// too many is left out, and someone is told.
func TestFeedbackKeepsALimit(t *testing.T) {
	t.Parallel()
	var log []string
	warn := func(o *plunk.Options) { o.Warn = func(text string) { log = append(log, text) } }
	p := newProject(t, limited(10, 2), warn)
	v := subjects("Hi")
	v.Automations = []plunk.Automation{
		{Name: "greet", Template: "1", Events: []string{"e"}}, {Name: "later", Template: "1", Events: []string{"hi-template-opened"}, Delay: 1},
	}
	p.add(t, v)
	p.track(t, "e", "ann@rcpt.test")
	p.report(t, "delivery")
	same(t, "status", p.report(t, "open").Status, inbox.Opened)
	same(t, "happened", p.happened(t, "ann@rcpt.test"), []string{"e", "hi-template-delivered"})
	same(t, "log", log, []string{"the event opened of a mail to ann@rcpt.test is not recorded: the project holds as many as it may; raise --max-events"})

	// The same for tasks.
	log = nil
	p = newProject(t, bounded(1, 10, 10), warn)
	p.add(t, v)
	p.track(t, "e", "ann@rcpt.test")
	p.report(t, "open", "open")
	same(t, "happened", p.happened(t, "ann@rcpt.test"), []string{"e", "hi-template-opened", "hi-template-opened"})
	same(t, "pending", p.pending(), []string{`1m0s automation "later" to ann@rcpt.test`})
	same(t, "log", log, []string{"no automation starts by hi-template-opened: " +
		"The project would have more than 1 pending tasks; raise --max-tasks, advance the clock or reset the project"})
}

// TestSimulatorAddresses answer like those of the mail provider's simulator.
func TestSimulatorAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]struct {
		status     inbox.Status
		subscribed bool
		happened   []string
	}{
		"success@simulator.amazonses.com":          {inbox.Delivered, true, []string{"e", "hi-template-delivered"}},
		"Success+Label+2@Simulator.AmazonSES.com":  {inbox.Delivered, true, []string{"e", "hi-template-delivered"}},
		"ooto@simulator.amazonses.com":             {inbox.Delivered, true, []string{"e", "hi-template-delivered"}},
		"bounce@simulator.amazonses.com":           {inbox.Bounced, false, []string{"e"}},
		"bounce+1@simulator.amazonses.com":         {inbox.Bounced, false, []string{"e"}},
		"suppressionlist@simulator.amazonses.com":  {inbox.Bounced, false, []string{"e"}},
		"complaint@simulator.amazonses.com":        {inbox.Complained, false, []string{"e", "hi-template-delivered"}},
		"other@simulator.amazonses.com":            {inbox.Sent, true, []string{"e"}},
		"bounced@simulator.amazonses.com":          {inbox.Sent, true, []string{"e"}},
		"bounce@simulator.amazonses.com.rcpt.test": {inbox.Sent, true, []string{"e"}},
		"bounce@example.com":                       {inbox.Sent, true, []string{"e"}},
	} {
		p := newProject(t)
		v := subjects("Hi")
		v.Automations = []plunk.Automation{{Name: "greet", Template: "1", Events: []string{"e"}}}
		p.add(t, v)
		p.track(t, "e", address)
		r, _ := p.box.Get(p.latest(t).ID)
		same(t, address+": status", r.Status, want.status)
		same(t, address+": subscribed", p.Contacts()[0].Subscribed, want.subscribed)
		same(t, address+": happened", p.happened(t, address), want.happened)

		// Mail by /send has the status alone.
		sent := must[plunk.Sent](t)(p.Send(plunk.Mail{To: []string{address}, Subscribed: true}))
		r, _ = p.box.Get(sent.Emails[0].ID)
		same(t, address+": status of /send", r.Status, want.status)
		same(t, address+": subscribed after /send", p.Contacts()[0].Subscribed, true)
		same(t, address+": pending", p.pending(), []string{})
	}
}

// TestSimulatorAnswersACampaign to each recipient.
func TestSimulatorAnswersACampaign(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	c := p.campaign(t, "Hi", "b", "success@simulator.amazonses.com", "bounce@simulator.amazonses.com", "ann@rcpt.test")
	must[*plunk.Campaign](t)(p.live(c.ID))
	got := []inbox.Status{}
	for _, m := range p.mails() {
		got = append(got, m.Status)
	}
	same(t, "statuses", got, []inbox.Status{inbox.Delivered, inbox.Bounced, inbox.Sent})
	same(t, "delivered", p.happened(t, "success@simulator.amazonses.com"), []string{"hi-campaign-delivered"})
	same(t, "bounced", p.Contacts()[1].Subscribed, false)

	// A test goes to all members as one mail, and does not touch contacts.
	p.UpdateSettings(plunk.SettingsChange{Members: []string{"complaint@simulator.amazonses.com", "owner@rcpt.test"}})
	before := p.Snapshot()
	must[*plunk.Campaign](t)(p.SendCampaign(plunk.SendCampaign{ID: c.ID}))
	r, _ := p.box.Get(p.latest(t).ID)
	same(t, "status of the test", r.Status, inbox.Complained)
	same(t, "snapshot", p.Snapshot(), before)
}
