package contract

import (
	"fmt"
	"mime"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// CheckResponse checks an answer of the operation against the document: that
// the status is declared, the content type is that of the document, and a JSON
// body matches the schema and has no member that the schema does not name. A
// status that is not declared is an error unless extra, the name of a schema
// for such answers, is given. It is for tests.
func (o *Operation) CheckResponse(status int, contentType string, body []byte, extra string) error {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return fmt.Errorf("%s answered %d with the Content-Type %q: %w", o.ID, status, contentType, err)
	}
	var schema *openapi3.Schema
	switch declared := o.op.Responses.Status(status); {
	case declared != nil:
		media := declared.Value.Content.Get(kind)
		if media == nil {
			return fmt.Errorf("%s answered %d as %s, which the document does not declare", o.ID, status, kind)
		}
		schema = media.Schema.Value
	case extra != "":
		schema = o.doc.doc.Components.Schemas[extra].Value
	default:
		return fmt.Errorf("%s answered %d, which the document does not declare (%v)", o.ID, status, o.Statuses)
	}
	if kind != "application/json" || schema.Type.Is("string") {
		return nil
	}
	got, err := o.doc.decode(body)
	if err != nil {
		return fmt.Errorf("%s answered %d with a body that %w", o.ID, status, err)
	}
	if len(got.warnings) > 0 {
		return fmt.Errorf("%s answered %d: %s", o.ID, status, strings.Join(got.warnings, "; "))
	}
	if err := schema.VisitJSON(got.value, o.doc.options...); err != nil {
		return fmt.Errorf("%s answered %d: %w", o.ID, status, &Invalid{sorted(o.doc.problems(err, schema, got.value))})
	}
	if found := unnamed(nil, nil, schema, got.value); len(found) > 0 {
		return fmt.Errorf("%s answered %d with %s, which the document does not have", o.ID, status, fieldName(found[0]))
	}
	return nil
}
