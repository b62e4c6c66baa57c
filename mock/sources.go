package mock

import (
	"fmt"
	"sync"

	"github.com/plunkmock/plunkmock/fixtures"
	"github.com/plunkmock/plunkmock/mock/internal/contract"
)

// Both documents are read once in a process, by the first server that needs them: a
// test makes many servers.
var (
	plunkSource   = sync.OnceValues(func() (*contract.Source, error) { return contract.Read(fixtures.Plunk()) })   //nolint:gochecknoglobals // a cache
	controlSource = sync.OnceValues(func() (*contract.Source, error) { return contract.Read(fixtures.Control()) }) //nolint:gochecknoglobals // a cache
)

func loadPlunk(rules contract.Rules) (*contract.Document, error) {
	return load("Plunk", plunkSource, rules)
}

func loadControl(rules contract.Rules) (*contract.Document, error) {
	return load("control", controlSource, rules)
}

func load(name string, read func() (*contract.Source, error), rules contract.Rules) (*contract.Document, error) {
	source, err := read()
	if err != nil {
		return nil, fmt.Errorf("mock: the %s document: %w", name, err)
	}
	doc, err := source.With(rules)
	if err != nil {
		return nil, fmt.Errorf("mock: the %s document: %w", name, err)
	}
	return doc, nil
}
