package contract_test

import (
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/mock/internal/contract"
)

// answers is a document whose operation answers in every sort.
const answers = `
paths:
  /orders:
    get:
      operationId: listOrders
      responses:
        '200':
          description: the orders
          content:
            application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Order'}}}
            text/plain: {schema: {type: string}}
        '404': {description: none, content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}}
components:
  schemas:
    Order:
      type: object
      required: [id]
      properties:
        id: {type: string}
        email: {type: string, format: email}
        note: {type: string, nullable: true}
        data: {type: object}
    Error: {type: object, required: [message], properties: {message: {type: string}}}
`

func TestCheckResponse(t *testing.T) {
	t.Parallel()
	op, _ := load(t, answers, addresses()).Match("GET", "/orders")
	const json = "application/json; charset=utf-8"
	for _, c := range []struct {
		status            int
		kind, body, extra string
		want              string // in the error; "" for none
	}{
		{200, json, `[]`, "", ""},
		{200, json, `[{"id":"1","email":"a@","note":null,"data":{"any":1}}]`, "", ""},
		{200, "text/plain", `not JSON`, "", ""},
		{404, json, `{"message":"none"}`, "", ""},
		{422, json, `{"message":"wrong"}`, "Error", ""},
		{200, json, `{}`, "", `must be a list, each item an object, not an object`},
		{200, json, `[{"id":1}]`, "", `[0].id: must be a string, not 1`},
		{200, json, `[{"email":"a@"}]`, "", `[0].id: is required`},
		{200, json, `[{"id":"1","email":"b"}]`, "", `[0].email: must be an address, not "b"`},
		{200, json, `[{"id":"1","data":null}]`, "", `[0].data: must be an object, not null`},
		{200, json, `[{"id":"1"},{"id":"2","new":1}]`, "", `with [1].new, which the document does not have`},
		{200, json, `[{"id":"1","id":"2"}]`, "", `[0].id: given more than once`},
		{200, json, `[`, "", `with a body that is not valid JSON`},
		{200, json, ``, "", `with a body that is not valid JSON`},
		{200, "text/html", ``, "", `as text/html, which the document does not declare`},
		{200, "", `[]`, "", `with the Content-Type ""`},
		{404, json, `{}`, "", `message: is required`},
		{422, json, `{"message":"wrong"}`, "", `answered 422, which the document does not declare ([200 404])`},
		{422, json, `{"msg":"wrong"}`, "Error", `message: is required`},
	} {
		err := op.CheckResponse(c.status, c.kind, []byte(c.body), c.extra)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%d %s: %v", c.status, c.body, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "listOrders answered ")):
			t.Errorf("%d %s: got the error %v, want one with %q", c.status, c.body, err, c.want)
		}
	}
}

// TestCheckResponseAllowsWhatIsOpen is for a schema that names some members and
// lets others pass.
func TestCheckResponseAllowsWhatIsOpen(t *testing.T) {
	t.Parallel()
	op, _ := load(t, strings.Replace(answers, "    Order:\n", "    Order:\n      additionalProperties: {type: integer}\n", 1), contract.Rules{}).Match("GET", "/orders")
	if err := op.CheckResponse(200, "application/json", []byte(`[{"id":"1","more":1}]`), ""); err != nil {
		t.Error(err)
	}
	if err := op.CheckResponse(200, "application/json", []byte(`[{"id":"1","more":"x"}]`), ""); err == nil {
		t.Error("a member of the wrong type passes")
	}
}
