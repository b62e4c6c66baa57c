package mock

import (
	"html"
	"net/http"

	"github.com/plunkmock/plunkmock/mock/console"
)

type rootResponse struct {
	Name    string   `json:"name"`
	Version string   `json:"version"`
	Plunk   []string `json:"plunk"`
	Control string   `json:"control"`
	OpenAPI []string `json:"openapi"`
}

// serveRoot shows the console to a browser, and tells anyone else who asks for /
// what is where.
func (s *Server) serveRoot(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Vary", "Accept")
	if console.WantsPage(r) {
		if err := s.checkHost(r); err != nil {
			s.refusePage(w, err)
			return
		}
		console.ServePage(w, r)
		return
	}
	s.write(w, http.StatusOK, rootResponse{
		"plunkmock", Version,
		[]string{"/v1", "/api/v1", "/api", "/"},
		"/_mock/",
		[]string{"/openapi.yaml", "/openapi.json", "/_mock/openapi.yaml", "/_mock/openapi.json"},
	}, nil)
}

// serveConsole serves what the console is made of.
func (s *Server) serveConsole(w http.ResponseWriter, r *http.Request) {
	switch err := s.checkHost(r); {
	case err != nil:
		s.refusePage(w, err)
	case !console.ServeFile(w, r):
		s.writeError(w, &problem{status: http.StatusNotFound, message: "The console has no file " + r.URL.Path})
	}
}

// refusePage says on a page why there is none.
func (s *Server) refusePage(w http.ResponseWriter, err error) {
	p := refusal(err)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Security-Policy", pagePolicy)
	s.sendPage(w, p.status, http.StatusText(p.status), "<p>"+html.EscapeString(p.message)+"</p>")
}

type healthResponse struct {
	Status string `json:"status"`
}

func (s *Server) serveHealth(w http.ResponseWriter, _ *http.Request) {
	s.write(w, http.StatusOK, healthResponse{"ok"}, nil)
}

func (s *Server) serveReady(w http.ResponseWriter, _ *http.Request) {
	if s.stopping.Err() != nil {
		s.writeError(w, errStopping())
		return
	}
	s.write(w, http.StatusOK, healthResponse{"ready"}, nil)
}

// errStopping is the answer while the server stops.
func errStopping() error {
	return &problem{status: http.StatusServiceUnavailable, message: "plunkmock is stopping"}
}

type infoResponse struct {
	Version  string         `json:"version"`
	Profile  string         `json:"profile"`
	Envelope string         `json:"envelope"`
	Keys     string         `json:"keys"`
	Seed     *string        `json:"seed"`
	HTTP     string         `json:"http"`
	HTTPS    *string        `json:"https"`
	Proxy    *string        `json:"proxy"`
	SMTP     *string        `json:"smtp"`
	SMTPS    *string        `json:"smtps"`
	Limits   map[string]any `json:"limits"`
	Projects int            `json:"projects"`
}

func (s *Server) getInfo(call, none) (infoResponse, error) {
	l := s.config.Limits
	info := infoResponse{
		Version: Version, Profile: ProfileSpec, Envelope: s.config.Envelope, Keys: s.config.Keys, Seed: given(s.config.Seed),
		HTTP: s.config.HTTP, HTTPS: given(s.config.HTTPS), Proxy: given(s.config.Proxy), SMTP: given(s.config.SMTP), SMTPS: given(s.config.SMTPS), Projects: s.worlds.len(),
		Limits: map[string]any{
			"body": l.Body, "smtp": l.SMTP, "bytes": l.Bytes, "messages": l.Messages, "requests": l.Requests, "faults": l.Faults, "contacts": l.Contacts, "events": l.Events,
			"tasks": l.Tasks, "run": l.Run, "chain": l.Chain,
			"projects": l.Projects, "waits": l.Waits, "depth": l.Depth,
		},
	}
	return info, nil
}
