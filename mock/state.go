package mock

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/plunkmock/plunkmock/fixtures"
	"github.com/plunkmock/plunkmock/mock/internal/contract"
	"github.com/plunkmock/plunkmock/mock/internal/fault"
	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

// projectFixture is a project of a fixture, in the types of the store.
type projectFixture struct {
	name     string
	secret   string // further keys, without sk_ and pk_; "" for none
	public   string
	snapshot plunk.Snapshot
	messages []savedMail
	faults   []fault.Rule // nil when they are not given
	wrong    plunk.Flaws  // what is wrong with the messages
}

// readFixture reads a fixture whose shape was checked by the control document.
func readFixture(f fields) []projectFixture {
	return mapped(f.list("projects"), readProject)
}

func readProject(f fields) projectFixture {
	keys := fields(f.object("keys"))
	p := projectFixture{
		name: f.str("name"), secret: strings.TrimPrefix(keys.str("secret"), "sk_"), public: strings.TrimPrefix(keys.str("public"), "pk_"),
		snapshot: plunk.Snapshot{
			ID:     f.str("id"),
			Events: mapped(f.list("events"), func(f fields) plunk.EventSnapshot { return plunk.EventSnapshot{ID: f.str("id"), Name: f.str("name")} }),
			// A list that is not given leaves what is there.
			Contacts:    mapped(f.list("contacts"), readContactSnapshot),
			Templates:   mapped(f.list("templates"), readTemplate),
			Automations: mapped(f.list("automations"), readAutomation),
			Campaigns:   mapped(f.list("campaigns"), readCampaignSnapshot),
			Tasks:       mapped(f.list("tasks"), readTask),
		},
	}
	if rules, ok := f["faults"].([]any); ok {
		p.faults = mapped(rules, readFixtureRule)
	}
	var above column
	for i, m := range f.list("messages") {
		mail, err := readSavedMail(m)
		if err == nil {
			err = above.join(&mail)
		}
		if err != nil {
			p.wrong = append(p.wrong, plunk.Flaw{At: fmt.Sprintf("messages[%d]", i), Msg: "is not a mail as an export has it: " + err.Error()})
		}
		p.messages = append(p.messages, mail)
	}
	if f["settings"] != nil {
		change := readSettings(f.object("settings"))
		p.snapshot.Settings = &change
	}
	if f["clock"] != nil {
		clock := fields(f.object("clock"))
		p.snapshot.Clock = &plunk.ClockSnapshot{Frozen: clock.str("mode") != "live" && clock["at"] != nil || clock.str("mode") == "frozen", At: clock.time("at")}
	}
	return p
}

func readContactSnapshot(f fields) plunk.ContactSnapshot {
	return plunk.ContactSnapshot{
		ID: f.str("id"), Email: f.str("email"), Subscribed: optional[bool](f, "subscribed"), Data: f.object("data"),
		CreatedAt: f.time("createdAt"), UpdatedAt: f.time("updatedAt"),
		Events: mapped(f.list("events"), func(f fields) plunk.Happened { return plunk.Happened{Name: f.str("name"), Time: f.time("at")} }),
		Automations: mapped(f.list("automations"), func(f fields) plunk.Fired {
			return plunk.Fired{Automation: f.str("name"), Times: f.integer("times"), At: f.time("at"), After: f.integer("after")}
		}),
	}
}

func readTemplate(f fields) plunk.Template {
	return plunk.Template{
		ID: f.str("id"), Name: f.str("name"), Subject: f.str("subject"), Body: f.str("body"),
		Marketing: f.str("type") != "TRANSACTIONAL", Style: f.or("style", "PLUNK"), From: f.str("from"), Email: f.str("email"),
		CreatedAt: f.time("createdAt"), UpdatedAt: f.time("updatedAt"),
	}
}

func readAutomation(f fields) plunk.Automation {
	once := optional[bool](f, "runOnce")
	return plunk.Automation{
		ID: f.str("id"), Name: f.str("name"), Template: f.str("template"), Events: f.strings("events"), NotEvents: f.strings("notevents"),
		Delay: f.integer("delay"), RunOnce: once != nil && *once, CreatedAt: f.time("createdAt"), UpdatedAt: f.time("updatedAt"),
	}
}

func readCampaignSnapshot(f fields) plunk.CampaignSnapshot {
	return plunk.CampaignSnapshot{
		ID: f.str("id"), Subject: f.str("subject"), Body: f.str("body"), Style: f.or("style", "PLUNK"), Recipients: f.strings("recipients"),
		Sent: f.str("status") == "SENT", CreatedAt: f.time("createdAt"), UpdatedAt: f.time("updatedAt"),
	}
}

func readTask(f fields) plunk.TaskSnapshot {
	return plunk.TaskSnapshot{
		ID: f.str("id"), Due: f.time("due"), Automation: f.str("automation"), Campaign: f.str("campaign"), Contact: f.str("contact"),
		Event: f.str("event"), Request: f.str("request"), Operation: f.str("operation"), Mails: f.integer("mails"),
	}
}

// takesYAML tells whether an operation takes a fixture, which may be YAML.
func takesYAML(op *contract.Operation) bool { return op.ID == "putState" || op.ID == "addFixture" }

func isYAML(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	switch strings.ToLower(strings.TrimSpace(kind)) {
	case "application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml":
		return true
	}
	return false
}

func yamlToJSON(text []byte) ([]byte, error) {
	f, err := fixtures.Parse("body", text)
	if err != nil {
		return nil, unprocessable(err.Error())
	}
	var buf bytes.Buffer
	err = encode(&buf, f.Value)
	return buf.Bytes(), err
}

// mapped is nil for a list that is nil.
func mapped[A, B any](list []A, fn func(A) B) []B {
	if list == nil {
		return nil
	}
	out := make([]B, len(list))
	for i, v := range list {
		out[i] = fn(v)
	}
	return out
}

// getState exports a project.
func getState(c call, _ none) (any, error) {
	out := fixtureOut(c.world)
	if param[bool](c, "messages") {
		out.Projects[0].Messages = savedMails(c.world)
	}
	if param[string](c, "format") != "yaml" {
		return out, nil
	}
	var buf bytes.Buffer
	if err := encode(&buf, out); err != nil {
		return nil, err
	}
	text, err := fixtures.YAML(buf.Bytes())
	if err != nil {
		return nil, err
	}
	return &file{contentType: "application/yaml", body: text}, nil
}

// putState puts a project of a fixture in the place of the one addressed.
func (s *Server) putState(c call, projects []projectFixture) (projectResponse, error) {
	if len(projects) != 1 {
		return projectResponse{}, unprocessable(fmt.Sprintf("projects: must be exactly one here, not %d; POST /_mock/fixtures takes several", len(projects)))
	}
	p := projects[0]
	if len(p.wrong) > 0 {
		return projectResponse{}, prefixed("projects[0].", p.wrong)
	}
	if len(p.messages) > 0 {
		p.snapshot.Salt = p.messages[len(p.messages)-1].Message.ID
	}
	if _, err := c.world.plunk.Replace(p.snapshot); err != nil {
		return projectResponse{}, prefixed("projects[0].", err)
	}
	if err := s.worlds.putFaults(c.world, p.faults); err != nil {
		return projectResponse{}, err
	}
	c.world.box.Clear()
	if c.world.requests.Load() == 0 { // else the IDs of calls go on, so that they differ
		c.world.ids.restartWith(p.snapshot.Salt) // the mails name calls that this project has not seen
	}
	for _, m := range p.messages {
		m.restore(c.world.box, s.config.ReadMail)
	}
	c.world.skipForwarding() // they are not new
	c.world.acts.add("reset", resetResponse{c.world.name, c.world.box.Cursor()})
	return projectOut(c.world), nil
}

// addFixture adds the projects of a fixture, or none of them.
func (s *Server) addFixture(_ call, projects []projectFixture) (projectsResponse, error) {
	worlds, err := s.worlds.load(projects)
	if err != nil {
		return projectsResponse{}, err
	}
	r := projectsResponse{[]projectResponse{}}
	for _, w := range worlds {
		r.Projects = append(r.Projects, projectOut(w))
		s.settle(w) // the call is of no project, so that it settles none
		w.release()
	}
	return r, nil
}
