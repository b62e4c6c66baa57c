package mock

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

type settingsResponse struct {
	DisplayName string   `json:"displayName"`
	Sender      string   `json:"sender"`
	Domains     []string `json:"domains"`
	Verified    bool     `json:"verified"`
	Members     []string `json:"members"`
}

func settingsOut(s plunk.Settings) settingsResponse {
	return settingsResponse(s)
}

type projectResponse struct {
	Name      string           `json:"name"`
	SecretKey string           `json:"secretKey"`
	PublicKey string           `json:"publicKey"`
	Created   stamp            `json:"created"`
	LastUsed  stamp            `json:"lastUsed"`
	Messages  int              `json:"messages"`
	Requests  int64            `json:"requests"`
	Settings  settingsResponse `json:"settings"`
}

func projectOut(w *world) projectResponse {
	secret, public := w.keys()
	return projectResponse{
		w.name, secret, public, stamp(w.created), stamp(time.Unix(0, w.lastUsed.Load())),
		w.box.Len(), w.requests.Load(), settingsOut(w.plunk.Settings()),
	}
}

type projectsResponse struct {
	Projects []projectResponse `json:"projects"`
}

func (s *Server) listProjects(call, none) (projectsResponse, error) {
	r := projectsResponse{[]projectResponse{}}
	for _, w := range s.worlds.all() {
		r.Projects = append(r.Projects, projectOut(w))
	}
	return r, nil
}

type newProject struct {
	name     string
	settings plunk.SettingsChange
}

func readNewProject(f fields) newProject {
	return newProject{f.str("name"), readSettings(f.object("settings"))}
}

func readSettings(f fields) plunk.SettingsChange {
	return plunk.SettingsChange{
		DisplayName: optional[string](f, "displayName"), Sender: optional[string](f, "sender"),
		Domains: f.strings("domains"), Verified: optional[bool](f, "verified"), Members: f.strings("members"),
	}
}

func (s *Server) createProject(_ call, n newProject) (projectResponse, error) {
	if n.name == "" {
		n.name = "project-" + strings.ToLower(rand.Text()[:12])
	}
	w, err := s.worlds.declare(n.name, n.settings)
	if err != nil {
		return projectResponse{}, err
	}
	defer w.release()
	return projectOut(w), nil
}

type deletedResponse struct {
	Deleted int `json:"deleted"`
}

func (s *Server) deleteProject(c call, _ none) (deletedResponse, error) {
	name := param[string](c, "name")
	if !s.worlds.drop(name) {
		return deletedResponse{}, &problem{status: http.StatusNotFound, message: fmt.Sprintf("There is no project %q; GET /_mock/projects lists those that there are", name)}
	}
	return deletedResponse{1}, nil
}

func getSettings(c call, _ none) (settingsResponse, error) {
	return settingsOut(c.world.plunk.Settings()), nil
}

func updateSettings(c call, change plunk.SettingsChange) (settingsResponse, error) {
	return settingsOut(c.world.plunk.UpdateSettings(change)), nil
}

func readKeep(f fields) []string { return f.strings("keep") }

type resetResponse struct {
	Project string `json:"project"`
	Cursor  string `json:"cursor"`
}

func (s *Server) reset(c call, keep []string) (resetResponse, error) {
	has := func(name string) bool { return slices.Contains(keep, name) }
	var base plunk.Snapshot
	if p := c.world.base.Load(); p != nil {
		base = *p
	}
	if err := c.world.plunk.Reset(plunk.Keep{
		Settings: has("settings"), Contacts: has("contacts"), Events: has("events"), Templates: has("templates"), Automations: has("automations"),
		Campaigns: has("campaigns"), Tasks: has("tasks"), Messages: has("messages"), Clock: has("clock"),
	}, base); err != nil {
		return resetResponse{}, err
	}
	if !has("messages") {
		c.world.box.Clear()
	}
	if !has("faults") {
		if err := s.worlds.resetFaults(c.world); err != nil {
			return resetResponse{}, err
		}
	} else {
		c.world.faults.Rewind(c.world.plunk.Now())
	}
	if !has("requests") {
		c.world.requests.Store(0)
		c.world.journal.Clear()
		if !has("messages") { // which name the calls that they come from
			c.world.ids.restart()
		}
	}
	cursor := inbox.CursorOf(c.world.timeline.Seq())
	c.world.acts.add("reset", resetResponse{c.world.name, cursor})
	return resetResponse{c.world.name, cursor}, nil
}
