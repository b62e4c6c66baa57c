package mock

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/contract"
	"github.com/plunkmock/plunkmock/mock/internal/duration"
	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

// emailFormat is Plunk's rule for addresses, for both documents.
func emailFormat() contract.Format {
	return contract.Format{Shape: "an email address", Check: plunk.CheckEmail}
}

// plunkRules are what the Plunk document says only in prose.
func plunkRules(depth int) contract.Rules {
	return contract.Rules{
		Formats:  map[string]contract.Format{"email": emailFormat()},
		MaxDepth: depth,
		Notes: map[string]string{
			"sendEmail.attachments.contentType": "", // what the real server reads
			"sendEmail.type":                    "is ignored: a body is always sent as HTML",
			"sendEmail.text":                    "is ignored: Plunk sends no text part; the content is body",
			"sendEmail.cc":                      "is ignored: Plunk sends no copies; put the address into to",
			"sendEmail.bcc":                     "is ignored: Plunk sends no copies; put the address into to",
			"sendEmail.template":                "is ignored: /send takes no template; put the content into subject and body",
		},
		Checks: map[string]func(map[string]any) []contract.Problem{
			"sendEmail":      func(body map[string]any) []contract.Problem { return checkSend(fields(body)) },
			"createCampaign": func(body map[string]any) []contract.Problem { return checkLines(body, "subject") },
			"updateCampaign": func(body map[string]any) []contract.Problem { return checkLines(body, "subject") },
		},
	}
}

// checkLines checks fields that become one line of mail.
func checkLines(body fields, names ...string) []contract.Problem {
	var problems []contract.Problem
	for _, name := range names {
		if text := plunk.CheckLine(body.str(name)); text != "" {
			problems = append(problems, contract.Problem{Field: name, Rule: "line", Message: text})
		}
	}
	return problems
}

// checkSend checks what becomes a header or an attachment.
func checkSend(body fields) []contract.Problem {
	problems := checkLines(body, "subject", "name")
	headers := body.object("headers")
	names := make([]string, 0, len(headers))
	for name := range headers {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		value, _ := headers[name].(string)
		if text := plunk.CheckHeader(name, value); text != "" {
			problems = append(problems, contract.Problem{Field: contract.Member("headers", name), Rule: "header", Message: text})
		}
	}
	attachments, _ := body["attachments"].([]any)
	for i, a := range attachments {
		object, _ := a.(map[string]any)
		problems = append(problems, checkAttachment(fmt.Sprintf("attachments[%d]", i), object)...)
	}
	return problems
}

func checkAttachment(at string, a fields) []contract.Problem {
	var problems []contract.Problem
	for _, name := range []string{"filename", "type", "contentType"} {
		if v, given := a[name]; given && name == "contentType" {
			if _, ok := v.(string); !ok {
				problems = append(problems, contract.Problem{Field: at + ".contentType", Rule: "type", Message: "must be a string"})
			}
		}
		if text := plunk.CheckLine(a.str(name)); text != "" {
			problems = append(problems, contract.Problem{Field: at + "." + name, Rule: "line", Message: text})
		}
	}
	if err := inbox.CheckBase64(a.str("content")); err != nil {
		problems = append(problems, contract.Problem{Field: at + ".content", Rule: "base64", Message: "must be base64: " + err.Error()})
	}
	return problems
}

// controlRules are what the control document cannot say.
func (s *Server) controlRules() contract.Rules {
	return contract.Rules{
		Formats: map[string]contract.Format{
			"email": emailFormat(),
			"date-time": {Shape: "a time such as 2030-01-31T12:00:00Z", Check: func(s string) error {
				_, err := time.Parse(time.RFC3339, s)
				if err != nil {
					return errors.New("ISO 8601 with a zone; in a query a + must be written %2B")
				}
				return nil
			}},
			"duration": {Shape: "a duration such as 500ms, 30s or 1d12h", Check: func(s string) error {
				_, err := duration.Parse(s)
				return err
			}},
		},
		Checks: map[string]func(map[string]any) []contract.Problem{
			"updateSettings": func(body map[string]any) []contract.Problem { return checkSettings(body, "") },
			"putState":       func(body map[string]any) []contract.Problem { return s.checkFixture(body) },
			"addFixture":     func(body map[string]any) []contract.Problem { return s.checkFixture(body) },
			"createFault":    func(body map[string]any) []contract.Problem { return s.checkRule(body) },
			"putFault":       func(body map[string]any) []contract.Problem { return s.checkRule(body) },
			"verifyRequests": func(body map[string]any) []contract.Problem { return checkExpectation(body) },
			"createProject": func(body map[string]any) []contract.Problem {
				problems := checkSettings(fields(body).object("settings"), "settings.")
				if name := fields(body).str("name"); strings.HasPrefix(name, "invalid") {
					problems = append(problems, contract.Problem{Field: "name", Rule: "reserved", Message: "must not start with invalid: such keys are refused always, so that a client's 401 can be tested"})
				}
				return problems
			},
		},
		Strict:   true,
		MaxDepth: s.config.Limits.Depth,
	}
}

// checkFixture checks the settings and the faults of the projects of a fixture.
func (s *Server) checkFixture(body fields) (problems []contract.Problem) {
	for i, p := range body.list("projects") {
		at := fmt.Sprintf("projects[%d].", i)
		problems = append(problems, checkSettings(p.object("settings"), at+"settings.")...)
		problems = append(problems, s.checkFixtureRules(at+"faults", p)...)
	}
	return problems
}

func checkSettings(body fields, prefix string) []contract.Problem {
	problems := checkLines(body, "displayName")
	for i, domain := range body.strings("domains") {
		if plunk.CheckEmail("a@"+domain) != nil {
			problems = append(problems, contract.Problem{
				Field: fmt.Sprintf("domains[%d]", i), Rule: "domain", Message: "must be a domain such as example.com, not " + strconv.Quote(domain),
			})
		}
	}
	for i := range problems {
		problems[i].Field = prefix + problems[i].Field
	}
	return problems
}
