package contract

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// readParams reads the parameters of path and query by the document.
func (o *Operation) readParams(r Request) (params map[string]any, warnings []string, all []placed) {
	if len(o.params) == 0 && r.Query == "" {
		return nil, nil, nil
	}
	query, err := url.ParseQuery(r.Query)
	if err != nil && o.doc.rules.Strict {
		return nil, nil, []placed{{Problem: Problem{"query", "syntax", "cannot be read: " + err.Error()}}}
	}
	params = map[string]any{}
	for i, p := range o.params {
		var texts []string
		switch p.In {
		case openapi3.ParameterInPath:
			texts = []string{r.Vars[p.Name]}
		case openapi3.ParameterInQuery:
			texts = query[p.Name]
			delete(query, p.Name)
		}
		value, problem := o.doc.param(p, texts)
		if problem != nil {
			all = append(all, placed{*problem, []int{i}})
		}
		if value != nil {
			params[p.Name] = value
		}
	}
	// What is left the document does not have.
	for _, name := range slices.Sorted(maps.Keys(query)) {
		field := fieldName([]step{{name, false}})
		if o.doc.rules.Strict {
			all = append(all, placed{Problem{field, "unknown", o.knownParams()}, []int{len(o.params)}})
		} else {
			warnings = append(warnings, field+": is not a query parameter of "+o.ID+" and is ignored")
		}
	}
	return params, warnings, all
}

func (o *Operation) knownParams() string {
	var names []string
	for _, p := range o.params {
		if p.In == openapi3.ParameterInQuery {
			names = append(names, p.Name)
		}
	}
	if names == nil {
		return "there is no such query parameter; there are none here"
	}
	return "there is no such query parameter; there are " + strings.Join(names, ", ")
}

// param reads one parameter: nil when it is not given and has no default.
func (d *Document) param(p *openapi3.Parameter, texts []string) (any, *Problem) {
	s := p.Schema.Value
	if len(texts) == 0 {
		if p.Required {
			return nil, &Problem{p.Name, "required", "is required: " + d.shape(s)}
		}
		return plain(s.Default), nil
	}
	if s.Type.Is("array") {
		for _, text := range texts {
			if _, problem := d.scalar(p.Name, s.Items.Value, text); problem != nil {
				return nil, problem
			}
		}
		return texts, nil
	}
	if len(texts) > 1 {
		return nil, &Problem{p.Name, "repeated", fmt.Sprintf("is given %d times; give it once", len(texts))}
	}
	return d.scalar(p.Name, s, texts[0])
}

// scalar reads and checks one value of a parameter.
func (d *Document) scalar(name string, s *openapi3.Schema, text string) (any, *Problem) {
	var value, checked any = text, text
	switch {
	case s.Type.Is("integer"):
		n, err := strconv.Atoi(text)
		if err != nil {
			return nil, &Problem{name, "type", "must be a whole number, not " + quote(text)}
		}
		value, checked = n, float64(n)
	case s.Type.Is("boolean"):
		b, err := strconv.ParseBool(text)
		if err != nil {
			return nil, &Problem{name, "type", "must be true or false, not " + quote(text)}
		}
		value, checked = b, b
	}
	if err := s.VisitJSON(checked, d.options...); err != nil {
		problems := sorted(d.problems(err, s, checked))
		return nil, &Problem{name, problems[0].Rule, problems[0].Message}
	}
	return value, nil
}

// plain gives a default of the document the type that a given value has.
func plain(v any) any {
	if n, ok := v.(float64); ok {
		return int(n)
	}
	return v
}
