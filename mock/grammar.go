package mock

import (
	"errors"
	"strings"

	"github.com/plunkmock/plunkmock/mock/internal/contract"
	"github.com/plunkmock/plunkmock/mock/internal/fault"
)

// CheckFault tells what is wrong with a text of [Config].Faults.
func CheckFault(text string) error {
	doc, err := loadPlunk(contract.Rules{})
	if err != nil {
		return err
	}
	_, err = parseRules(operations(doc), text)
	return err
}

// operations are those that rules may name: those of the document, and SMTP.
func operations(doc *contract.Document) []fault.Operation {
	known := mapped(doc.Operations(), func(op *contract.Operation) fault.Operation {
		return fault.Operation{ID: op.ID, Method: op.Method, Path: op.Path}
	})
	return append(known, fault.Operation{ID: fault.SMTP})
}

// parseRule reads a rule of the grammar, and checks it.
func parseRule(known []fault.Operation, text string) (fault.Rule, error) {
	rule, err := fault.Parse(text)
	if err != nil {
		return rule, err
	}
	if flaws := rule.Check(known); len(flaws) > 0 {
		return rule, errors.New(flawsText(flaws))
	}
	return rule, nil
}

// parseRules reads a rule of the grammar, or several with white space between.
func parseRules(known []fault.Operation, text string) ([]fault.Rule, error) {
	rule, whole := parseRule(known, text)
	if whole == nil {
		return []fault.Rule{rule}, nil
	}
	var rules []fault.Rule
	for part := range strings.FieldsSeq(text) {
		rule, err := parseRule(known, part)
		if err != nil {
			return nil, whole
		}
		rules = append(rules, rule)
	}
	if len(rules) == 0 {
		return nil, whole
	}
	return rules, nil
}

func flawsText(flaws []fault.Flaw) string {
	texts := make([]string, len(flaws))
	for i, f := range flaws {
		texts[i] = f.Msg
		if f.At != "" {
			texts[i] = f.At + ": " + f.Msg
		}
	}
	return strings.Join(texts, "; ")
}
