package contract_test

import (
	"testing"

	"github.com/plunkmock/plunkmock/mock/internal/contract"
)

// shop is a document with paths that are easily taken for each other.
const shop = `
paths:
  /:
    get: {operationId: root, responses: {'200': {description: ok}}}
  /Orders/Count:
    get: {operationId: count, responses: {'200': {description: ok}}}
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {operationId: get, responses: {'200': {description: ok}}}
    delete: {operationId: delete, responses: {'200': {description: ok}}}
  /orders/{id}/{part}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
      - {name: part, in: path, required: true, schema: {type: string}}
    get: {operationId: part, responses: {'200': {description: ok}}}
  /orders/{id}/raw:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {operationId: raw, responses: {'200': {description: ok}}}
`

func TestMatch(t *testing.T) {
	t.Parallel()
	d := load(t, shop, contract.Rules{})
	type vars map[string]string
	for _, c := range []struct {
		method, path string
		want         string // the operation; "" for none
		vars         vars
	}{
		{"GET", "/", "root", nil},
		{"GET", "", "", nil},
		{"GET", "/orders/count", "count", nil}, // a fixed path wins
		{"GET", "/Orders/Count", "count", nil},
		{"GET", "/ORDERS/COUNT/", "count", nil},
		{"HEAD", "/orders/count", "count", nil},
		{"GET", "/orders/c%6Funt", "count", nil},
		{"POST", "/orders/count", "", nil},
		{"DELETE", "/orders/count", "delete", vars{"id": "count"}}, // there is no fixed path of that method
		{"GET", "/orders/1", "get", vars{"id": "1"}},
		{"GET", "/orders/1/", "get", vars{"id": "1"}},
		{"HEAD", "/orders/1", "get", vars{"id": "1"}},
		{"GET", "/ORDERS/AbC", "get", vars{"id": "AbC"}}, // a value keeps its letters
		{"GET", "/orders/a%2Fb", "get", vars{"id": "a/b"}},
		{"GET", "/orders/a%252Fb", "get", vars{"id": "a%2Fb"}}, // decoded once
		{"GET", "/orders/%C3%A9+%20", "get", vars{"id": "é+ "}},
		{"GET", "/orders/%2e%2e", "get", vars{"id": ".."}},
		{"GET", "/orders/1/raw", "raw", vars{"id": "1"}}, // fewer parameters win
		{"GET", "/orders/1/Raw", "raw", vars{"id": "1"}},
		{"GET", "/orders/1/html", "part", vars{"id": "1", "part": "html"}},
		{"GET", "/orders%2Fcount", "", nil}, // an encoded slash separates nothing
		{"GET", "/orders%2F1", "", nil},
		{"GET", "/orders/", "", nil},
		{"GET", "/orders//", "", nil},
		{"GET", "/orders/1//", "", nil}, // one slash at the end may be too many, not two
		{"GET", "//orders/1", "", nil},
		{"GET", "/orders/%zz", "", nil},
		{"GET", "/orders/1/raw/more", "", nil},
		{"get", "/orders/1", "", nil},
		{"OPTIONS", "/orders/1", "", nil},
	} {
		op, got := d.Match(c.method, c.path)
		id := ""
		if op != nil {
			id = op.ID
		}
		if id != c.want {
			t.Errorf("%s %s is %q, want %q", c.method, c.path, id, c.want)
			continue
		}
		same(t, c.method+" "+c.path, vars(got), c.vars)
	}
}

// TestMatchIsStable loads a document with ambiguous paths several times, since
// what the loader returns has no order.
func TestMatchIsStable(t *testing.T) {
	t.Parallel()
	for range 20 {
		d := load(t, shop+`
  /{any}/count/raw:
    parameters: [{name: any, in: path, required: true, schema: {type: string}}]
    get: {operationId: any, responses: {'200': {description: ok}}}
`, contract.Rules{})
		if op, _ := d.Match("GET", "/orders/count/raw"); op == nil || op.ID != "raw" {
			t.Fatalf("got %+v, want the operation raw", op)
		}
	}
}
