package mock

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/plunkmock/plunkmock/fixtures"
	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/contract"
	"github.com/plunkmock/plunkmock/mock/internal/fault"
	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

// AddFixture adds the projects of a fixture, YAML or JSON, to the server, as
// POST /_mock/fixtures does: all of it, or nothing. The error has a line for
// each thing that is wrong: name, line, what, and what would be right.
func (s *Server) AddFixture(name string, data []byte) error {
	projects, f, err := s.parseFixture(name, data)
	if err != nil {
		return err
	}
	return located(f, s.addProjects(projects))
}

// addProjects adds projects, or none of them.
func (s *Server) addProjects(projects []projectFixture) error {
	worlds, err := s.worlds.load(projects)
	for _, w := range worlds {
		s.settle(w)
		w.release()
	}
	return err
}

// loadDemo reads the fixture of the project demo.
func (s *Server) loadDemo() (plunk.Snapshot, error) {
	projects, _, err := s.parseFixture("demo.yml", fixtures.Demo())
	if err != nil {
		return plunk.Snapshot{}, fmt.Errorf("mock: the demo: %w", err)
	}
	return projects[0].snapshot, nil
}

// CheckFixture tells what is wrong with a fixture, as AddFixture does, and adds
// nothing.
func (s *Server) CheckFixture(name string, data []byte) error {
	projects, f, err := s.parseFixture(name, data)
	if err != nil {
		return err
	}
	if err := s.worlds.check(projects); err != nil {
		return located(f, err)
	}
	return located(f, prefixed("projects[0].", s.worlds.dryRun(projects[0])))
}

// UpdateFixture adds a fixture that has changed since it was added: as
// AddFixture does, but for what has happened meanwhile. Clocks, pending tasks
// and what happened to contacts that are there stay as they are.
func (s *Server) UpdateFixture(name string, data []byte) error {
	projects, f, err := s.parseFixture(name, data)
	if err != nil {
		return err
	}
	for i := range projects {
		s.worlds.asUpdate(&projects[i])
	}
	return located(f, s.addProjects(projects))
}

// asUpdate takes out of a project what has gone on meanwhile.
func (ws *worlds) asUpdate(p *projectFixture) {
	ws.mu.RLock()
	w := ws.byName[p.name]
	ws.mu.RUnlock()
	if w == nil {
		return
	}
	p.snapshot.Clock, p.snapshot.Tasks = nil, nil
	if old := w.rules.Load(); old != nil && reflect.DeepEqual(*old, p.faults) {
		p.faults = nil // they go on counting
	}
	for i := range p.snapshot.Contacts {
		c := &p.snapshot.Contacts[i]
		if _, _, err := w.plunk.Find(c.Email); err == nil {
			c.Events, c.Automations = nil, nil
		}
	}
}

// parseFixture reads a fixture and checks its shape.
func (s *Server) parseFixture(name string, data []byte) ([]projectFixture, *fixtures.File, error) {
	f, err := fixtures.Parse(name, data)
	if err != nil {
		return nil, nil, err
	}
	control, err := s.control()
	if err != nil {
		return nil, nil, err
	}
	if problems := control.fixture.CheckBody(f.Value); len(problems) > 0 {
		return nil, nil, misshapen(f, problems)
	}
	return readFixture(f.Value), f, nil
}

// misshapen tells what is wrong with the shape of a fixture, a line each.
func misshapen(f *fixtures.File, problems []contract.Problem) error {
	errs := make([]error, len(problems))
	for i, p := range problems {
		errs[i] = f.Errorf(p.Field, "%s", p.Message)
	}
	return errors.Join(errs...)
}

// located puts name and line before what is wrong with a fixture.
func located(f *fixtures.File, err error) error {
	flaws, ok := errors.AsType[plunk.Flaws](err)
	if !ok {
		return err
	}
	errs := make([]error, len(flaws))
	for i, flaw := range flaws {
		errs[i] = f.Errorf(flaw.At, "%s", flaw.Msg)
	}
	return errors.Join(errs...)
}

// load adds projects, or none of them; its caller must release them. The error
// is plunk.Flaws or a problem.
func (ws *worlds) load(projects []projectFixture) ([]*world, error) {
	if err := ws.check(projects); err != nil {
		return nil, err
	}
	var loaded []*world
	for i, p := range projects {
		w, err := ws.loadOne(p)
		if err != nil {
			return loaded, prefixed(fmt.Sprintf("projects[%d].", i), err)
		}
		loaded = append(loaded, w)
	}
	return loaded, nil
}

// check looks at projects before anything changes.
func (ws *worlds) check(projects []projectFixture) error {
	var flaws plunk.Flaws
	names, keys := map[string]int{}, map[string]int{}
	for i, p := range projects {
		at := fmt.Sprintf("projects[%d]", i)
		if strings.HasPrefix(p.name, "invalid") {
			flaws = append(flaws, plunk.Flaw{At: at + ".name", Msg: "must not start with invalid: such keys are refused always, so that a client's 401 can be tested"})
		}
		if first, twice := names[p.name]; twice {
			flaws = append(flaws, plunk.Flaw{At: at + ".name", Msg: fmt.Sprintf("is that of projects[%d] too: %q", first, p.name)})
		}
		names[p.name] = i
		flaws = append(flaws, ws.checkKeys(i, p, keys)...)
		if len(p.messages) > 0 {
			flaws = append(flaws, plunk.Flaw{At: at + ".messages", Msg: "belong to a state; PUT /_mock/state takes them, a fixture does not"})
		}
		if len(projects) == 1 && len(flaws) == 0 {
			break // loading it is all or nothing by itself
		}
		if found, ok := errors.AsType[plunk.Flaws](prefixed(at+".", ws.dryRun(p))); ok {
			flaws = append(flaws, found...)
		}
	}
	if len(flaws) > 0 {
		return flaws
	}
	return nil
}

// checkKeys looks at the keys of the project at i. keys says which projects of
// the fixture have which already.
func (ws *worlds) checkKeys(i int, p projectFixture, keys map[string]int) (flaws plunk.Flaws) {
	for _, k := range p.claims() {
		text := ""
		if strings.HasPrefix(k.key[3:], "invalid") && k.at != ".name" {
			text = "must not start with " + k.key[:3] + "invalid: such keys are refused always, so that a client's 401 can be tested"
		}
		if first, twice := keys[k.key]; twice && first != i {
			text = fmt.Sprintf("is a key of projects[%d] too: %q; each key opens one project", first, k.key)
		} else if other := ws.owner(k.key); other != "" && other != p.name {
			text = fmt.Sprintf("is a key of the project %q already: %q", other, k.key)
		}
		if text != "" {
			flaws = append(flaws, plunk.Flaw{At: fmt.Sprintf("projects[%d]%s", i, k.at), Msg: text})
		}
		keys[k.key] = i
	}
	return flaws
}

// claim is a key that a project of a fixture wants, and where it says so.
type claim struct{ at, key string }

func (p projectFixture) claims() []claim {
	claims := []claim{{".name", "sk_" + p.name}, {".name", "pk_" + p.name}}
	if p.secret != "" {
		claims = append(claims, claim{".keys.secret", "sk_" + p.secret})
	}
	if p.public != "" {
		claims = append(claims, claim{".keys.public", "pk_" + p.public})
	}
	return claims
}

// dryRun tells whether a project could be loaded.
func (ws *worlds) dryRun(p projectFixture) error {
	ws.mu.RLock()
	w := ws.byName[p.name]
	ws.mu.RUnlock()
	if w != nil {
		return w.plunk.Check(p.snapshot)
	}
	_, err := plunk.New(ws.options(p.name, new(inbox.Box))).Replace(p.snapshot)
	return err
}

// loadOne makes the project of a fixture, or adds to the one that is there. Its
// caller must release it.
func (ws *worlds) loadOne(p projectFixture) (*world, error) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	w := ws.byName[p.name]
	if w == nil {
		var err error
		if w, err = ws.add(p.name); err != nil {
			return nil, err
		}
		v, err := w.plunk.Replace(p.snapshot)
		if err != nil {
			w.release()
			ws.remove(w, remains{})
			return nil, err
		}
		w.base.Store(&v)
		if err := ws.startFaults(w, p.faults); err != nil {
			return nil, err
		}
	} else {
		v, err := w.plunk.Add(p.snapshot)
		if refused, ok := errors.AsType[*plunk.Error](err); ok && refused.Kind == plunk.Conflict {
			// All is there, but its clock has stopped on the way.
			ws.config.Log.Warn(refused.Msg, "project", w.name)
		} else if err != nil {
			return nil, err
		}
		w.held.Add(1)
		ws.rebase(w, v)
		if err := ws.startFaults(w, p.faults); err != nil {
			return nil, err
		}
		if p.faults != nil { // no one follows a project that is new
			w.acts.addFaults(w.faults)
		}
	}
	w.declared = true
	ws.claim("sk_"+p.secret, p.secret, w)
	ws.claim("pk_"+p.public, p.public, w)
	return w, nil
}

// restore puts the saved state of a project in the place of what is there. What
// a reset takes it back to stays that of its fixture.
func (ws *worlds) restore(p projectFixture) error {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	w := ws.byName[p.name]
	if w == nil {
		var err error
		if w, err = ws.add(p.name); err != nil {
			return err
		}
		w.release()
	}
	if _, err := w.plunk.Replace(p.snapshot); err != nil {
		return err
	}
	if err := ws.putFaults(w, p.faults); err != nil {
		return err
	}
	w.ids.restartWith(p.snapshot.Salt) // its mails name calls of the last time
	if p.secret != p.name {
		ws.claim("sk_"+p.secret, p.secret, w)
	}
	if p.public != p.name {
		ws.claim("pk_"+p.public, p.public, w)
	}
	return nil
}

// startFaults gives a project the faults of its fixture; nil leaves it those that
// it has.
func (ws *worlds) startFaults(w *world, rules []fault.Rule) error {
	if rules == nil {
		return nil
	}
	w.rules.Store(&rules)
	return ws.putFaults(w, rules)
}

// rebase adds to what a reset takes a project back to.
func (ws *worlds) rebase(w *world, added plunk.Snapshot) {
	base := added
	if old := w.base.Load(); old != nil {
		scratch := plunk.New(ws.options(w.name, new(inbox.Box)))
		if _, err := scratch.Replace(*old); err == nil {
			if _, err := scratch.Add(added); err == nil {
				base = scratch.Snapshot()
				if base.Clock = added.Clock; base.Clock == nil {
					base.Clock = old.Clock
				}
			}
		}
	}
	w.base.Store(&base)
}

// claim gives a project a further key. ws.mu must be held.
func (ws *worlds) claim(key, given string, w *world) {
	if given != "" {
		ws.keys[key] = w.name
		if strings.HasPrefix(key, "sk_") {
			w.secret = key
		} else {
			w.public = key
		}
	}
}

// owner returns the name of the project that has a key for sure: one that
// declared it, or whose name it has; "" when none has.
func (ws *worlds) owner(key string) string {
	ws.mu.RLock()
	defer ws.mu.RUnlock()
	if name := ws.keys[key]; name != "" {
		return name
	}
	if w := ws.byName[key[3:]]; w != nil && w.declared {
		return w.name
	}
	return ""
}

// keys returns the keys of a project.
func (w *world) keys() (secret, public string) {
	secret, public = "sk_"+w.name, "pk_"+w.name
	if w.secret != "" {
		secret = w.secret
	}
	if w.public != "" {
		public = w.public
	}
	return secret, public
}

// prefixed puts a prefix before where the flaws of err are.
func prefixed(prefix string, err error) error {
	flaws, ok := errors.AsType[plunk.Flaws](err)
	if !ok {
		return err
	}
	moved := make(plunk.Flaws, len(flaws))
	for i, f := range flaws {
		moved[i] = plunk.Flaw{At: prefix + f.At, Msg: f.Msg}
	}
	return moved
}
