package mock

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/plunkmock/plunkmock/mock/internal/contract"
)

// defaultProject is the project of a control call that names none.
const defaultProject = "test"

// serveControl serves the control API: is it safe, what is asked, of which
// project, is it valid, run, answer.
func (s *Server) serveControl(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	c := call{ctx: r.Context(), host: r.Host, header: r.Header, warn: new([]string)}
	op, out, err := s.answerControl(w, r, &c)
	defer c.leave() // as it is now: the world is open
	setWarnings(w.Header(), *c.warn)
	status := http.StatusOK
	if op != nil {
		status = op.Success
	}
	s.logCall(r, c, op, err)
	if events, ok := out.(*stream); ok && err == nil {
		events.serve(s, w, r.Method)
		return
	}
	s.write(w, status, out, err)
}

func (s *Server) answerControl(w http.ResponseWriter, r *http.Request, c *call) (*contract.Operation, any, error) {
	if err := s.checkHost(r); err != nil {
		return nil, nil, err
	}
	if err := s.checkOrigin(r); err != nil {
		return nil, nil, err
	}
	control, err := s.control()
	if err != nil {
		return nil, nil, err
	}
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/_mock")
	if path == "" {
		path = "/"
	}
	op, vars := control.doc.Match(r.Method, path)
	if op == nil {
		return nil, nil, &problem{status: http.StatusNotFound, message: fmt.Sprintf(
			"The control API has no %s %s; /_mock/openapi.yaml lists what it has", r.Method, r.URL.Path)}
	}
	ofProject := op.HasParameter("project")
	k := readKey(r.Header.Get("Authorization"))
	given := ofProject && r.Header.Get("Authorization") != ""
	if given {
		if err := k.check(false); err != nil {
			return op, nil, err
		}
	}
	if c.in, err = s.readControl(w, r, op, vars); err != nil {
		return op, nil, err
	}
	c.warned(c.in.Warnings...)
	if ofProject {
		if err := s.enterControl(c, k, given); err != nil {
			return op, nil, err
		}
	}
	out, err := control.ops[op](*c)
	s.settleControl(op, r.Method, c.world)
	return op, out, err
}

// readControl reads and checks a request.
func (s *Server) readControl(w http.ResponseWriter, r *http.Request, op *contract.Operation, vars map[string]string) (contract.Input, error) {
	body, err := s.readBody(w, r)
	defer body.release(s) // what is decoded holds copies, never the bytes themselves
	if err != nil {
		return contract.Input{}, err
	}
	request := contract.Request{Vars: vars, Query: r.URL.RawQuery, ContentType: r.Header.Get("Content-Type"), Body: body.bytes}
	if isYAML(request.ContentType) && takesYAML(op) {
		if request.Body, err = yamlToJSON(body.bytes); err != nil {
			return contract.Input{}, err
		}
		request.ContentType = jsonType[0]
	}
	return op.Check(request)
}

// settleControl is settle after a control call, which may change mails that are
// there.
func (s *Server) settleControl(op *contract.Operation, method string, w *world) {
	switch op.ID {
	case "deleteMessages", "deleteMessage", "reset", "putState", "deleteProject", "markRead", "markUnread", "markAllRead", "addMessageEvent":
		s.saver.Load().throw()
	}
	if changes(method) {
		s.settle(w)
	}
}

// enterControl opens the project that a control call is about: that of its key,
// else of its parameter, else test.
func (s *Server) enterControl(c *call, k key, given bool) error {
	name, named := c.in.Params["project"].(string)
	opened := s.worlds.named(k)
	switch {
	case given && named && name != opened:
		return &problem{status: http.StatusUnprocessableEntity, message: fmt.Sprintf(
			"project: the key opens the project %q, but the parameter names %q; give one of them, or both the same", opened, name)}
	case given:
		name = opened
	case !named:
		name = defaultProject
	}
	if !validName(name) {
		return &problem{status: http.StatusUnprocessableEntity, message: fmt.Sprintf(
			"project: must be 1 to %d letters, digits, _ or -, and not start with invalid, not %q", maxName, name)}
	}
	w, err := s.worlds.open(name)
	switch {
	case err != nil:
		return err
	case w == nil && given:
		return unauthorized(msgIncorrectKey)
	case w == nil:
		return &problem{status: http.StatusNotFound, message: fmt.Sprintf(
			"There is no project %q; keys are strict, so it must be declared first with POST /_mock/projects", name)}
	}
	c.world = w
	return nil
}
