package mock

import (
	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

type templateOut struct {
	ID        string  `json:"id"`
	Name      string  `json:"name"`
	Subject   string  `json:"subject"`
	Body      string  `json:"body"`
	Type      string  `json:"type"`
	Style     string  `json:"style"`
	From      *string `json:"from"`
	Email     *string `json:"email"`
	CreatedAt stamp   `json:"createdAt"`
	UpdatedAt stamp   `json:"updatedAt"`
}

type templatesResponse struct {
	Templates []templateOut `json:"templates"`
	Total     int           `json:"total"`
	Next      *string       `json:"next"`
}

func listTemplates(c call, _ none) (templatesResponse, error) {
	p, err := pageOf(c)
	if err != nil {
		return templatesResponse{}, err
	}
	l := c.world.plunk.TemplatePage(param[string](c, "q"), p)
	return templatesResponse{mapped(l.Records, func(t *plunk.Template) templateOut {
		return templateOut{
			t.ID, t.Name, t.Subject, t.Body, templateType(t), t.Style, given(t.From), given(t.Email), stamp(t.CreatedAt), stamp(t.UpdatedAt),
		}
	}), l.Total, nextOut(l.Next)}, nil
}

func templateType(t *plunk.Template) string {
	if t.Marketing {
		return "MARKETING"
	}
	return "TRANSACTIONAL"
}

// given is nil for the zero value: what is not given.
func given[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

type automationOut struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Template  refOut   `json:"template"`
	Events    []refOut `json:"events"`
	NotEvents []refOut `json:"notevents"`
	Delay     int      `json:"delay"`
	RunOnce   bool     `json:"runOnce"`
	CreatedAt stamp    `json:"createdAt"`
	UpdatedAt stamp    `json:"updatedAt"`
}

type automationsResponse struct {
	Automations []automationOut `json:"automations"`
	Total       int             `json:"total"`
	Next        *string         `json:"next"`
}

func listAutomations(c call, _ none) (automationsResponse, error) {
	p, err := pageOf(c)
	if err != nil {
		return automationsResponse{}, err
	}
	l := c.world.plunk.AutomationPage(param[string](c, "q"), p)
	return automationsResponse{mapped(l.Records, func(a *plunk.AutomationRecord) automationOut {
		return automationOut{
			a.ID, a.Name, refOut(a.Template), refsOut(a.Events), refsOut(a.NotEvents), a.Delay, a.RunOnce, stamp(a.CreatedAt), stamp(a.UpdatedAt),
		}
	}), l.Total, nextOut(l.Next)}, nil
}

func refsOut(list []inbox.Ref) []refOut {
	out := make([]refOut, len(list))
	for i, r := range list {
		out[i] = refOut(r)
	}
	return out
}
