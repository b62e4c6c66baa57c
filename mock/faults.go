package mock

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/plunkmock/plunkmock/mock/internal/fault"
)

type faultsResponse struct {
	Faults []faultResponse `json:"faults"`
}

func listFaults(c call, _ none) (faultsResponse, error) {
	return faultsResponse{mapped(c.world.faults.List(), faultOut)}, nil
}

func createFault(c call, rule fault.Rule) (faultResponse, error) {
	made, err := c.world.faults.Add(rule, c.world.plunk.Now())
	if errors.Is(err, fault.ErrTaken) {
		return faultResponse{}, &problem{status: http.StatusConflict, message: fmt.Sprintf("The project %q has a fault %q already; PUT changes it, or leave the id out", c.world.name, rule.ID)}
	}
	if err != nil {
		return faultResponse{}, unprocessable("faults: " + err.Error())
	}
	c.world.acts.addFaults(c.world.faults)
	c.hint(made)
	return faultOut(made), nil
}

// hint warns of a rule that will do something else than may be meant.
func (c call) hint(rule fault.Rule) {
	if text := fault.Repeats(rule); text != "" {
		c.warned("steps: " + text)
	}
	if !rule.Expires.IsZero() && !rule.Expires.After(c.world.plunk.Now()) {
		c.warned("expires: is past, so that the rule strikes nothing")
	}
}

func deleteFaults(c call, _ none) (deletedResponse, error) {
	n := c.world.faults.Clear()
	if n > 0 {
		c.world.acts.addFaults(c.world.faults)
	}
	return deletedResponse{n}, nil
}

func getFault(c call, _ none) (faultResponse, error) {
	rule, ok := c.world.faults.Get(param[string](c, "id"))
	if !ok {
		return faultResponse{}, noFault(c)
	}
	return faultOut(rule), nil
}

func putFault(c call, rule fault.Rule) (faultResponse, error) {
	id := param[string](c, "id")
	if rule.ID != "" && rule.ID != id {
		return faultResponse{}, unprocessable(fmt.Sprintf("id: must be that of the path, %q, or be left out, not %q", id, rule.ID))
	}
	rule.ID = id
	made, err := c.world.faults.Put(rule, c.world.plunk.Now())
	if errors.Is(err, fault.ErrNone) {
		return faultResponse{}, noFault(c)
	}
	if err != nil {
		return faultResponse{}, unprocessable("faults: " + err.Error())
	}
	c.world.acts.addFaults(c.world.faults)
	c.hint(made)
	return faultOut(made), nil
}

func readSwitch(f fields) (enabled bool) { return *optional[bool](f, "enabled") } // which the document requires

func switchFault(c call, enabled bool) (faultResponse, error) {
	rule, ok := c.world.faults.Switch(param[string](c, "id"), enabled)
	if !ok {
		return faultResponse{}, noFault(c)
	}
	c.world.acts.addFaults(c.world.faults)
	return faultOut(rule), nil
}

func deleteFault(c call, _ none) (deletedResponse, error) {
	if !c.world.faults.Delete(param[string](c, "id")) {
		return deletedResponse{}, noFault(c)
	}
	c.world.acts.addFaults(c.world.faults)
	return deletedResponse{1}, nil
}

func noFault(c call) error {
	return &problem{status: http.StatusNotFound, message: fmt.Sprintf("The project %q has no fault %q; GET /_mock/faults lists those that there are", c.world.name, param[string](c, "id"))}
}

// furnish gives a new world its faults: those that each project starts with.
func (ws *worlds) furnish(w *world) {
	w.ruleIDs = newIDSource(ws.config.Seed, w.name, "faults")
	w.faults = fault.NewSet(fault.Options{Seed: ws.dice + "\x00" + w.name, Max: ws.config.Limits.Faults, NewID: w.ruleIDs.next})
	if len(ws.rules) > 0 {
		_ = ws.putFaults(w, nil) // New has counted them
	}
}

// putFaults puts rules in the place of those of a project, behind those that each
// project starts with.
func (ws *worlds) putFaults(w *world, rules []fault.Rule) error {
	w.ruleIDs.restart() // so that the same rules have the same IDs, and with them the same dice
	if err := w.faults.Replace(slices.Concat(ws.rules, rules), w.plunk.Now()); err != nil {
		return unprocessable("faults: " + err.Error())
	}
	common := map[string]bool{}
	for _, rule := range w.faults.List()[:len(ws.rules)] {
		common[rule.ID] = true
	}
	w.common.Store(&common)
	return nil
}

// resetFaults takes the faults of a project back to its start.
func (ws *worlds) resetFaults(w *world) error {
	var rules []fault.Rule
	if p := w.rules.Load(); p != nil {
		rules = *p
	}
	return ws.putFaults(w, rules)
}

// ownFaults returns the faults of a project that not every project starts with.
func (w *world) ownFaults() []fault.Rule {
	rules := w.faults.List()
	if common := w.common.Load(); common != nil {
		rules = slices.DeleteFunc(rules, func(r fault.Rule) bool { return (*common)[r.ID] })
	}
	return rules
}
