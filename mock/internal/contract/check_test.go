package contract_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/plunkmock/plunkmock/mock/internal/contract"
)

func TestContentType(t *testing.T) {
	t.Parallel()
	op := takes(t, anything, contract.Rules{})
	for _, header := range []string{
		"application/json", "APPLICATION/Json", "application/json;charset=utf-8", "application/json ; charset=latin1", "application/json;",
		"application/json; charset", `application/json; a="`, " application/json", "application/vnd.api+json", "application/merge-patch+json; v=1",
	} {
		if _, err := op.Check(contract.Request{ContentType: header, Body: []byte(`{}`)}); err != nil {
			t.Errorf("%s: %v", header, err)
		}
	}
	for _, header := range []string{
		"text/plain", "text/json", "json", "application/x-www-form-urlencoded", "application/jsonp; a", "application/json-seq", "application/xml",
		"application/json, application/json", "multipart/form-data; boundary=application/json", ";", "*/*",
	} {
		_, err := op.Check(contract.Request{ContentType: header, Body: []byte(`{}`)})
		same(t, header, lines(t, err), []string{fmt.Sprintf("Content-Type: must be application/json with a JSON body, not %q", header)})
	}
	_, err := op.Check(contract.Request{Body: []byte(`{}`)})
	same(t, "none", lines(t, err), []string{"Content-Type: is missing; send the header Content-Type: application/json with the JSON body"})
}

func TestBodyThatIsMissing(t *testing.T) {
	t.Parallel()
	for schema, want := range map[string]string{
		anything: "body: is empty; it must be a JSON object",
		order:    "body: is empty; it must be a JSON object with zip, lines",
	} {
		op := takes(t, schema, addresses())
		for _, body := range []string{"", " \r\n\t"} {
			_, err := op.Check(contract.Request{Body: []byte(body)}) // nor is there a content type
			same(t, fmt.Sprintf("%q", body), lines(t, err), []string{want})
		}
	}
}

// others is a document of operations with a body that may be left out, and
// without one.
const others = `
paths:
  /stop:
    post:
      operationId: stop
      requestBody: {content: {application/json: {schema: {type: object, properties: {after: {type: integer}}}}}}
      responses: {'200': {description: stopped}}
    get:
      operationId: stopped
      responses: {'200': {description: whether}}
`

func TestBodyThatMayBeLeftOut(t *testing.T) {
	t.Parallel()
	op, _ := load(t, others, contract.Rules{}).Match("POST", "/stop")
	in, err := op.Check(contract.Request{})
	if err != nil || in.Body != nil || in.Warnings != nil {
		t.Errorf("got %+v, %v; want nothing", in, err)
	}
	if in, err = post(op, `{"after":1}`); err != nil {
		t.Error(err)
	}
	same(t, "body", in.Body, map[string]any{"after": 1.0})
	same(t, "problems", problems(t, op, `{"after":true}`), []string{"after: must be a whole number, not true"})
}

func TestBodyWhereNoneIsRead(t *testing.T) {
	t.Parallel()
	op, _ := load(t, others, contract.Rules{}).Match("GET", "/stop")
	in, err := op.Check(contract.Request{Body: []byte("not JSON")})
	if err != nil || in.Body != nil {
		t.Errorf("got %+v, %v", in, err)
	}
	same(t, "warnings", in.Warnings, []string{"body: is not read by stopped and is ignored"})

	op, _ = load(t, others, contract.Rules{Strict: true}).Match("GET", "/stop")
	_, err = op.Check(contract.Request{Body: []byte(`{}`)})
	same(t, "strict", lines(t, err), []string{"body: takes no body; filters are query parameters"})
	if _, err = op.Check(contract.Request{}); err != nil {
		t.Error(err)
	}
}

func TestWarningsForMembersThatTheDocumentDoesNotHave(t *testing.T) {
	t.Parallel()
	op := takes(t, `
type: object
properties:
  lines: {type: array, items: {type: object, properties: {sku: {type: string}, kind: {type: string}}}}
  to: {oneOf: [{type: string}, {type: array, items: {type: object, properties: {name: {type: string}}}}]}
  data: {type: object}
  open: {type: object, additionalProperties: true, properties: {a: {type: object, properties: {b: {type: string}}}}}
  extra: {type: object, additionalProperties: {type: integer}, properties: {a: {type: integer}}}
  inner: {type: object, properties: {a: {type: string}}}
`, contract.Rules{Notes: map[string]string{
		"createOrder.cc": "is ignored: there are no copies", "createOrder.lines.cc": "is ignored: there are no copies of a line",
		"createOrder.lines.contentType": "", "other.zz": "",
	}})
	body := `{"zz":1,"inner":{"z":1,"y":{"a":1}},"data":{"any":{"thing":1}},"open":{"any":1,"a":{"b":"","c":1}},"extra":{"b":1},` +
		`"lines":[{"sku":"","contentType":"x"},{"cc":1,"kind":""}],"to":[{"name":""},{"nom":""}],"cc":[1],"a b":{}}`
	for range 10 {
		in, err := post(op, body)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "warnings", in.Warnings, []string{
			"inner.y: is not a field of createOrder and is ignored",
			"inner.z: is not a field of createOrder and is ignored",
			"lines[1].cc: is ignored: there are no copies of a line",
			"open.a.c: is not a field of createOrder and is ignored",
			"to[1].nom: is not a field of createOrder and is ignored",
			`["a b"]: is not a field of createOrder and is ignored`,
			"cc: is ignored: there are no copies",
			"zz: is not a field of createOrder and is ignored",
		})
	}
}

// TestFurtherChecks is for what a document says in prose: it is checked also
// when the schema is broken, and told at its place.
func TestFurtherChecks(t *testing.T) {
	t.Parallel()
	check := func(body map[string]any) []contract.Problem {
		if body["zip"] == "0" {
			return []contract.Problem{
				{Field: "extra", Rule: "prose", Message: "is there"},
				{Field: "lines[1].sku", Rule: "prose", Message: "is sold out"},
				{Field: "lines[0]", Rule: "prose", Message: "is late"},
				{Field: "zip", Rule: "prose", Message: "is nowhere"},
			}
		}
		return nil
	}
	rules := addresses()
	rules.Checks = map[string]func(map[string]any) []contract.Problem{
		"createOrder": check,
		"other":       func(map[string]any) []contract.Problem { panic("this is for another operation") },
	}
	op := takes(t, order, rules)
	if _, err := post(op, valid+`}`); err != nil {
		t.Error(err)
	}
	same(t, "valid by the schema", problems(t, op, `{"zip":"0","lines":[{"sku":"a"}]}`), []string{
		"zip: is nowhere", "lines[0]: is late", "lines[1].sku: is sold out", "extra: is there",
	})
	same(t, "and not", problems(t, op, `{"zip":"0","lines":[{}],"express":1}`), []string{
		"zip: is nowhere", "lines[0].sku: is required: a string", "lines[0]: is late", "lines[1].sku: is sold out",
		"express: must be true or false, not 1", "extra: is there",
	})
}

// TestCheckInParallel is for the race detector: good and bad bodies at once, on
// one document.
func TestCheckInParallel(t *testing.T) {
	t.Parallel()
	op := takes(t, order, addresses())
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 50 {
				zip := fmt.Sprintf("%d%d", i, j%10)
				in, err := post(op, `{"zip":"9","zip":"`+zip+`","lines":[{"sku":"a"}],"new":1}`)
				if err != nil || in.Body["zip"] != zip || len(in.Warnings) != 2 {
					t.Errorf("got %+v, %v", in, err)
				}
				if got := problems(t, op, `{"zip":"`+zip+`","lines":[{}]}`); strings.Join(got, "; ") != "lines[0].sku: is required: a string" {
					t.Errorf("got %q", got)
				}
			}
		})
	}
	all.Wait()
}
