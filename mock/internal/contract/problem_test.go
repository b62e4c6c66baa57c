package contract_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/mock/internal/contract"
)

// addresses are rules for a format of our own.
func addresses() contract.Rules {
	return contract.Rules{Formats: map[string]contract.Format{
		"email": {Shape: "an address", Check: func(s string) error {
			if strings.Contains(s, "@") {
				return nil
			}
			return errors.New("it has no @")
		}},
	}}
}

// order is the schema of an order. Its properties are in no alphabetical order.
const order = `
type: object
required: [zip, lines]
properties:
  zip: {type: string, minLength: 1, maxLength: 3, pattern: '^[0-9]*$'}
  lines:
    type: array
    minItems: 1
    items:
      type: object
      required: [sku]
      properties:
        sku: {type: string}
        count: {type: integer, minimum: 1, maximum: 1000000}
  to: {oneOf: [{$ref: '#/components/schemas/Address'}, {type: array, items: {$ref: '#/components/schemas/Address'}}]}
  from: {$ref: '#/components/schemas/Address'}
  express: {type: boolean}
  price: {type: number, minimum: 0.5}
  style: {type: string, enum: [PLAIN, GIFT]}
  only: {type: string, enum: [this]}
  either: {oneOf: [{type: boolean}, {type: integer}]}
  headers: {type: object, additionalProperties: {type: string}}
  note: {type: string, nullable: true}
  due: {type: string, format: date-time}
  data: {type: object}
`

// valid is the start of an order with nothing wrong.
const valid = `{"zip":"1","lines":[{"sku":"a"}]`

func TestProblemsOfOneField(t *testing.T) {
	t.Parallel()
	op := takes(t, order, addresses())
	for _, c := range []struct{ member, want string }{
		{`"to":"ada"`, `to: must be an address, or a list of them, not "ada" (it has no @)`},
		{`"to":["a@","bob",1,null,"eve"]`, `to[1]: must be an address, not "bob" (it has no @); to[2]: must be an address, not 1; ` +
			`to[3]: must be an address, not null; to[4]: must be an address, not "eve" (it has no @)`},
		{`"to":{"email":"a@"}`, `to: must be an address, or a list of them, not an object`},
		{`"to":5`, `to: must be an address, or a list of them, not 5`},
		{`"to":null`, `to: must be an address, or a list of them, not null`},
		{`"from":""`, `from: must be an address, not "" (it has no @)`},
		{`"from":null`, `from: must be an address, not null (leave the field out instead)`},
		{`"express":"yes"`, `express: must be true or false, not "yes"`},
		{`"express":0`, `express: must be true or false, not 0`},
		{`"price":"1"`, `price: must be a number, not "1"`},
		{`"price":0.25`, `price: must be at least 0.5, not 0.25`},
		{`"price":-1e300`, `price: must be at least 0.5, not -1e+300`},
		{`"style":"gift"`, `style: must be one of PLAIN, GIFT, not "gift"`},
		{`"style":true`, `style: must be one of PLAIN, GIFT, not true`},
		{`"only":"that"`, `only: must be this, not "that"`},
		{`"either":"x"`, `either: must be true or false, or a whole number, not "x"`},
		{`"headers":{"X-A":1}`, `headers.X-A: must be a string, not 1`},
		{`"headers":{"X A":null}`, `headers["X A"]: must be a string, not null`},
		{`"headers":["X-A"]`, `headers: must be an object, each value a string, not a list`},
		{`"note":null`, ``},
		{`"note":[]`, `note: must be a string, not a list`},
		{`"due":"soon"`, `due: must be a string of the format date-time, not "soon"`},
		{`"data":"{}"`, `data: must be an object, not "{}"`},
		{`"data":{"a":null}`, ``},
		{`"zip":""`, `zip: must not be empty`},
		{`"zip":"1234"`, `zip: must have at most 3 characters`},
		{`"zip":"ä"`, `zip: must match ^[0-9]*$, not "ä"`},
		{`"zip":null`, `zip: must be a string, not null`},
		{`"zip":20123456`, `zip: must be a string, not 20123456`},
		{`"lines":[]`, `lines: must be a list, each item an object: minimum number of items is 1`},
		{`"lines":{}`, `lines: must be a list, each item an object, not an object`},
		{`"lines":[{}]`, `lines[0].sku: is required: a string`},
		{`"lines":[{"sku":null}]`, `lines[0].sku: must be a string, not null`},
		{`"lines":[{"sku":"a","count":null}]`, `lines[0].count: must be a whole number, not null (leave the field out instead)`},
		{`"lines":[{"sku":"a","count":0}]`, `lines[0].count: must be at least 1, not 0`},
		{`"lines":[{"sku":"a","count":1000001}]`, `lines[0].count: must be at most 1000000, not 1000001`},
		{`"lines":[{"sku":"a","count":-1.5}]`, `lines[0].count: must be a whole number, not -1.5`}, // one problem, not two
		{`"lines":[{"sku":"a","count":"2"}]`, `lines[0].count: must be a whole number, not "2"`},
		{`"lines":[null,7]`, `lines[0]: must be an object, not null; lines[1]: must be an object, not 7`},
	} {
		// The member counts, not the one of the same name before it.
		got := strings.Join(problems(t, op, valid+","+c.member+"}"), "; ")
		same(t, c.member, got, c.want)
	}
}

func TestProblemsComeInTheDocumentsOrder(t *testing.T) {
	t.Parallel()
	op := takes(t, order, addresses())
	want := []string{
		"zip: is required: a string",
		"lines[0].sku: is required: a string",
		`lines[0].count: must be a whole number, not "x"`,
		"lines[2].sku: must be a string, not 1",
		"lines[10].sku: is required: a string", // numbers, not texts
		`from: must be an address, not "eve" (it has no @)`,
		`express: must be true or false, not 1`,
		`headers.A: must be a string, not 1`,
		`headers.B: must be a string, not 2`,
	}
	const good = `{"sku":"a"},`
	for range 10 {
		got := problems(t, op, `{"headers":{"B":2,"A":1},"express":1,"from":"eve","lines":[{"count":"x"},`+good+`{"sku":1},`+strings.Repeat(good, 7)+`{}]}`)
		same(t, "problems", got, want)
	}
}

// TestProblemsOfADocumentOnOneLine is for documents in YAML's short form, or in
// JSON.
func TestProblemsOfADocumentOnOneLine(t *testing.T) {
	t.Parallel()
	op := takes(t, `{type: object, required: [z, a, m], properties: {z: {type: string}, a: {type: string}, m: {type: string}}}`, contract.Rules{})
	same(t, "problems", problems(t, op, `{}`), []string{"z: is required: a string", "a: is required: a string", "m: is required: a string"})
}

func TestErrorNamesTenProblems(t *testing.T) {
	t.Parallel()
	op := takes(t, order, addresses())
	for n, want := range map[int]string{10: "", 11: "; and 1 more", 500: "; and 490 more"} {
		_, err := post(op, valid+`,"to":[`+strings.Repeat(`"x",`, n-1)+`"x"]}`)
		if len(lines(t, err)) != n {
			t.Errorf("%d problems, want %d", len(lines(t, err)), n)
		}
		var told []string
		for i := range min(n, 10) {
			told = append(told, fmt.Sprintf(`to[%d]: must be an address, not "x" (it has no @)`, i))
		}
		same(t, strconv.Itoa(n), err.Error(), strings.Join(told, "; ")+want)
	}
}

// TestProblemsOfAHugeBodyAreBounded fails by its memory when every one of a
// hundred thousand wrong items becomes an error.
func TestProblemsOfAHugeBodyAreBounded(t *testing.T) {
	t.Parallel()
	op := takes(t, order, addresses())
	got := problems(t, op, valid+`,"to":["a@",`+strings.Repeat("1,", 2e5)+`1]}`)
	same(t, "problems", got, []string{"to[1]: must be an address, not 1"})
}

func TestValuesAreQuotedShort(t *testing.T) {
	t.Parallel()
	op := takes(t, order, addresses())
	for _, c := range []struct{ value, want string }{
		{strings.Repeat("x", 60), `"` + strings.Repeat("x", 60) + `"`},
		{strings.Repeat("x", 61), `"` + strings.Repeat("x", 60) + `"…`},
		{strings.Repeat("😀", 60), `"` + strings.Repeat("😀", 60) + `"`},
		{strings.Repeat("😀", 1e5), `"` + strings.Repeat("😀", 60) + `"…`},
		{`a\r\n\u0000\"b`, `"a\r\n\x00\"b"`},
		{`\u202e\u200b`, `"\u202e\u200b"`},
	} {
		same(t, c.want, problems(t, op, valid+`,"from":"`+c.value+`"}`), []string{"from: must be an address, not " + c.want + " (it has no @)"})
	}
}

func TestUnknownMembersWhereNoneAreAllowed(t *testing.T) {
	t.Parallel()
	op := takes(t, `
type: object
additionalProperties: false
properties:
  name: {type: string}
  also: {type: object, additionalProperties: false, properties: {b: {type: string}, a: {type: string}}}
`, contract.Rules{})
	same(t, "problems", problems(t, op, `{"nam":1,"also":{"c":1},"aim":2}`), []string{
		"also.c: there is no such field; there are b, a",
		"aim: there is no such field; there are name, also",
		"nam: there is no such field; there are name, also",
	})
}

func TestFieldNames(t *testing.T) {
	t.Parallel()
	op := takes(t, `{type: object, additionalProperties: {type: string}}`, contract.Rules{})
	for name, want := range map[string]string{
		`a`: `a`, `X-A`: `X-A`, `é`: `é`, `0`: `0`, ``: `[""]`, `a b`: `["a b"]`, `a.b`: `["a.b"]`, `a[0]`: `["a[0]"]`, `a:b`: `["a:b"]`,
		`a;b`: `["a;b"]`, `\"`: `["\""]`, `\n`: `["\n"]`, `~/~1`: `~/~1`,
	} {
		same(t, name, problems(t, op, `{"`+name+`":1}`), []string{want + ": must be a string, not 1"})
	}
	for name, want := range map[string]string{"X-A": "headers.X-A", "": `headers[""]`, "a b": `headers["a b"]`} {
		same(t, name, contract.Member("headers", name), want)
	}
}
