package contract_test

import (
	"errors"
	"testing"

	"github.com/plunkmock/plunkmock/mock/internal/contract"
)

// list is a document whose operation has parameters of every sort.
const list = `
paths:
  /orders/{id}/lines:
    parameters: [{name: id, in: path, required: true, schema: {type: string, maxLength: 3}}]
    get:
      operationId: listLines
      parameters:
        - {name: shop, in: query, required: true, schema: {type: string, minLength: 1}}
        - {name: limit, in: query, schema: {type: integer, minimum: 0, maximum: 1000, default: 50}}
        - {name: remote, in: query, schema: {type: boolean}}
        - {name: to, in: query, schema: {type: array, items: {type: string, format: email}}}
        - {name: kind, in: query, schema: {type: array, items: {type: string, enum: [a, b]}}}
        - {name: every, in: query, schema: {type: string, format: email, default: x@}}
        - {name: X-Trace, in: header, schema: {type: string}}
      responses: {'200': {description: the lines}}
  /orders:
    get:
      operationId: listOrders
      responses: {'200': {description: the orders}}
`

// ask checks a query for the lines of order 7.
func ask(t *testing.T, rules contract.Rules, query string) (contract.Input, error) {
	t.Helper()
	op, vars := load(t, list, rules).Match("GET", "/orders/7/lines")
	return op.Check(contract.Request{Vars: vars, Query: query})
}

func TestParameters(t *testing.T) {
	t.Parallel()
	type params = map[string]any
	for query, want := range map[string]params{
		"shop=a":                             {"id": "7", "shop": "a", "limit": 50, "every": "x@"},
		"shop=a+b%2Bc&limit=0":               {"id": "7", "shop": "a b+c", "limit": 0, "every": "x@"},
		"limit=1000&remote=true&shop=%C3%A9": {"id": "7", "shop": "é", "limit": 1000, "remote": true, "every": "x@"},
		"shop=a&remote=0&every=me@":          {"id": "7", "shop": "a", "limit": 50, "remote": false, "every": "me@"},
		"shop=a&to=a@&to=b@&kind=b":          {"id": "7", "shop": "a", "limit": 50, "every": "x@", "to": []string{"a@", "b@"}, "kind": []string{"b"}},
		"shop=a&&kind=a&kind=a&":             {"id": "7", "shop": "a", "limit": 50, "every": "x@", "kind": []string{"a", "a"}},
		"%73hop=a":                           {"id": "7", "shop": "a", "limit": 50, "every": "x@"},
	} {
		for _, strict := range []bool{true, false} {
			rules := addresses()
			rules.Strict = strict
			in, err := ask(t, rules, query)
			if err != nil {
				t.Errorf("%s: %v", query, err)
			}
			same(t, query, in.Params, want)
			same(t, query+": warnings", in.Warnings, nil)
		}
	}
}

func TestParametersThatAreWrong(t *testing.T) {
	t.Parallel()
	const unknown = ": there is no such query parameter; there are shop, limit, remote, to, kind, every"
	for _, c := range []struct{ query, want string }{
		{"", "shop: is required: a string"},
		{"shop=", "shop: must not be empty"},
		{"shop", "shop: must not be empty"},
		{"shop=a&limit=", `limit: must be a whole number, not ""`},
		{"shop=a&limit=1.5", `limit: must be a whole number, not "1.5"`},
		{"shop=a&limit=1e2", `limit: must be a whole number, not "1e2"`},
		{"shop=a&limit=99999999999999999999", `limit: must be a whole number, not "99999999999999999999"`},
		{"shop=a&limit=-1", `limit: must be at least 0, not -1`},
		{"shop=a&limit=1001", `limit: must be at most 1000, not 1001`},
		{"shop=a&remote=yes", `remote: must be true or false, not "yes"`},
		{"shop=a&remote=", `remote: must be true or false, not ""`},
		{"shop=a&shop=b", `shop: is given 2 times; give it once`},
		{"shop=a&limit=1&limit=1&limit=1", `limit: is given 3 times; give it once`},
		{"shop=a&to=a@&to=b", `to: must be an address, not "b" (it has no @)`},
		{"shop=a&to=", `to: must be an address, not "" (it has no @)`},
		{"shop=a&kind=a,b", `kind: must be one of a, b, not "a,b"`},
		{"shop=a&kind[]=a", `["kind[]"]` + unknown},
		{"shop=a&Limit=1", "Limit" + unknown}, // letter case matters
		{"shop=a&id=7", "id" + unknown},       // it is of the path, not of the query
		{"shop=a&X-Trace=7", "X-Trace" + unknown},
		{"shop=a&=1", `[""]` + unknown},
		{"z=1&limit=x&shop=&b=2", "shop: must not be empty; limit: must be a whole number, not \"x\"; b" + unknown + "; z" + unknown},
		{"shop=%zz", `query: cannot be read: invalid URL escape "%zz"`},
		{"shop=a;limit=1", `query: cannot be read: invalid semicolon separator in query`},
	} {
		rules := addresses()
		rules.Strict = true
		in, err := ask(t, rules, c.query)
		if err == nil {
			t.Errorf("%s: got %v, want %s", c.query, in.Params, c.want)
			continue
		}
		same(t, c.query, err.Error(), c.want)
	}
}

func TestParametersThatTheDocumentDoesNotHave(t *testing.T) {
	t.Parallel()
	in, err := ask(t, addresses(), "shop=a&z=1&id=8&limt=5&z=2")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "parameters", in.Params, map[string]any{"id": "7", "shop": "a", "limit": 50, "every": "x@"})
	same(t, "warnings", in.Warnings, []string{
		"id: is not a query parameter of listLines and is ignored",
		"limt: is not a query parameter of listLines and is ignored",
		"z: is not a query parameter of listLines and is ignored",
	})

	op, _ := load(t, list, contract.Rules{Strict: true}).Match("GET", "/orders")
	_, err = op.Check(contract.Request{Query: "limit=5"})
	same(t, "none declared", lines(t, err), []string{"limit: there is no such query parameter; there are none here"})
}

func TestParameterOfThePath(t *testing.T) {
	t.Parallel()
	op, vars := load(t, list, addresses()).Match("GET", "/orders/1234/lines")
	_, err := op.Check(contract.Request{Vars: vars, Query: "shop=a"})
	same(t, "too long", lines(t, err), []string{"id: must have at most 3 characters"})
	if invalid, ok := errors.AsType[*contract.Invalid](err); !ok || invalid.Problems[0].Rule != "maxLength" {
		t.Errorf("got %v, want the rule maxLength", err)
	}
}
