package contract_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/mock/internal/contract"
)

// load reads a document whose paths and components are given as YAML.
func load(tb testing.TB, yaml string, rules contract.Rules) *contract.Document {
	tb.Helper()
	d, err := read([]byte("openapi: 3.0.1\ninfo: {title: Shop, version: '1'}\n"+yaml), rules)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// takes returns an operation, createOrder, that takes a body of the schema,
// which is given as YAML.
func takes(tb testing.TB, schema string, rules contract.Rules) *contract.Operation {
	tb.Helper()
	d := load(tb, `
paths:
  /orders:
    post:
      operationId: createOrder
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}
      responses: {'200': {description: made}}
components:
  schemas:
    Address: {type: string, format: email}
    Order:
`+indent(schema, "      "), rules)
	op, _ := d.Match("POST", "/orders")
	return op
}

func indent(s, by string) string {
	return by + strings.ReplaceAll(strings.Trim(s, "\n"), "\n", "\n"+by)
}

// anything is the schema of any object.
const anything = `{type: object, additionalProperties: true}`

// post checks a JSON body.
func post(op *contract.Operation, body string) (contract.Input, error) {
	return op.Check(contract.Request{ContentType: "application/json", Body: []byte(body)})
}

// problems returns what is wrong with a body, one problem a line.
func problems(tb testing.TB, op *contract.Operation, body string) []string {
	tb.Helper()
	_, err := post(op, body)
	return lines(tb, err)
}

// lines writes an error's problems, each as field: message. No error has none.
func lines(tb testing.TB, err error) []string {
	tb.Helper()
	if err == nil {
		return nil
	}
	invalid, ok := errors.AsType[*contract.Invalid](err)
	if !ok || len(invalid.Problems) == 0 {
		tb.Fatalf("%T with nothing wrong: %v", err, err)
	}
	list := make([]string, len(invalid.Problems))
	for i, p := range invalid.Problems {
		if p.Rule == "" {
			tb.Errorf("%s has no rule", p.Field)
		}
		list[i] = p.Field + ": " + p.Message
	}
	return list
}

// same fails when got and want differ.
func same[T any](tb testing.TB, what string, got, want T) {
	tb.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		tb.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestLoadNamesWhatItCannotServe(t *testing.T) {
	t.Parallel()
	const head = "openapi: 3.0.1\ninfo: {title: Shop, version: '1'}\npaths:\n  /orders:\n    post:\n"
	for name, c := range map[string]struct{ document, want string }{
		"not YAML":          {"{", "reading the OpenAPI document"},
		"a reference":       {head + "      operationId: a\n      requestBody: {$ref: '#/nowhere'}\n", "nowhere"},
		"no operationId":    {head + "      responses: {'200': {description: made}}\n", "POST /orders has no operationId"},
		"a status by range": {head + "      operationId: a\n      responses: {2XX: {description: made}}\n", `a declares the status "2XX"`},
		"a body of XML": {
			head + "      operationId: a\n      requestBody: {content: {text/xml: {schema: {type: string}}}}\n      responses: {'200': {description: made}}\n",
			"the body of a is not JSON",
		},
	} {
		_, err := read([]byte(c.document), contract.Rules{})
		if err == nil || !strings.HasPrefix(err.Error(), "contract: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got the error %v, want one with %q", name, err, c.want)
		}
	}
}

func TestOperationSaysWhatTheDocumentSays(t *testing.T) {
	t.Parallel()
	d := load(t, `
security: [{key: []}]
components:
  securitySchemes: {key: {type: http, scheme: bearer}}
paths:
  /orders:
    get:
      operationId: listOrders
      security: []
      parameters: [{name: limit, in: query, schema: {type: integer}}]
      responses: {'404': {description: none}, '200': {description: the orders}, '401': {description: no key}}
    post:
      operationId: createOrder
      requestBody: {content: {application/json: {schema: {type: object}}}}
      responses: {'201': {description: made}, '202': {description: later}}
  /health:
    get:
      operationId: health
      security: [{key: []}, {}]
      responses: {'200': {description: well}}
`, contract.Rules{})
	type facts struct {
		ID, Method, Path        string
		Secured, Body, HasLimit bool
		Success                 int
		Statuses                []int
	}
	var got []facts
	for _, o := range d.Operations() {
		got = append(got, facts{o.ID, o.Method, o.Path, o.Secured, o.TakesBody(), o.HasParameter("limit"), o.Success, o.Statuses})
	}
	slices.SortFunc(got, func(a, b facts) int { return strings.Compare(a.ID, b.ID) })
	same(t, "operations", got, []facts{
		{"createOrder", "POST", "/orders", true, true, false, 201, []int{201, 202}},
		{"health", "GET", "/health", false, false, false, 200, []int{200}},
		{"listOrders", "GET", "/orders", false, false, true, 200, []int{200, 401, 404}},
	})
}

func TestJSONNamesThisServerAlone(t *testing.T) {
	t.Parallel()
	d := load(t, "servers: [{url: 'https://api.example.com'}]\npaths: {}\n", contract.Rules{})
	for _, server := range []string{"http://localhost:1/v1", "http://other.test"} {
		data, err := d.JSON(server)
		if err != nil || !strings.Contains(string(data), `"`+server+`"`) || strings.Contains(string(data), "api.example.com") {
			t.Errorf("got %s (%v), want the server %s", data, err, server)
		}
	}
}

func read(data []byte, rules contract.Rules) (*contract.Document, error) {
	source, err := contract.Read(data)
	if err != nil {
		return nil, err
	}
	return source.With(rules)
}
