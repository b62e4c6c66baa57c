package mock

import (
	"net/http"
)

type rootResponse struct {
	Name    string   `json:"name"`
	Version string   `json:"version"`
	Plunk   []string `json:"plunk"`
	Control string   `json:"control"`
	OpenAPI []string `json:"openapi"`
}

// serveRoot tells whoever asks for / what is where.
func (s *Server) serveRoot(w http.ResponseWriter, _ *http.Request) {
	s.write(w, http.StatusOK, rootResponse{
		"plunkmock", Version,
		[]string{"/v1", "/api/v1", "/api", "/"},
		"/_mock/",
		[]string{"/openapi.yaml", "/openapi.json", "/_mock/openapi.yaml", "/_mock/openapi.json"},
	}, nil)
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
