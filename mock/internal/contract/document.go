package contract

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

// Rules are what a document says only in prose, or not at all. The zero Rules
// add nothing to the document.
type Rules struct {
	// Formats says how strings of a format are checked, by the format's name.
	// A format that is neither here nor known to OpenAPI is not checked.
	Formats map[string]Format
	// Checks are further checks of a body, by operation ID. They run also when
	// the body breaks the schema, and so must trust no type.
	Checks map[string]func(body map[string]any) []Problem
	// Notes says what is done with a body field that the document does not
	// have, by operation ID and path, such as sendEmail.attachments.inline. Such
	// a field is warned about; "" means that it is known all the same, and no
	// warning is given.
	Notes map[string]string
	// Strict makes a problem of what is otherwise a warning: an unknown query
	// parameter, a body where the document has none.
	Strict bool
	// MaxDepth is how deep a body may nest; 0 means 1,000.
	MaxDepth int
}

// A Format is a string format and how to tell whether a string is of it.
type Format struct {
	Shape string             // what it is: "an email address"
	Check func(string) error // nil when the string is right, else why it is not
}

// A Source is an OpenAPI document that was read, which takes far longer than to make
// it ready to serve. It is safe for concurrent use.
type Source struct {
	doc     *openapi3.T
	located func() *openapi3.T // the same, with lines
}

// A Document is an OpenAPI document ready to serve. It is safe for concurrent
// use.
type Document struct {
	*Source

	rules   Rules
	options []openapi3.SchemaValidationOption
	ops     []*Operation
	static  map[string]map[string]*Operation // path in lower case → method
	dynamic []*Operation                     // those with parameters in the path, those with fewer first
	readers sync.Pool                        // of *reader
}

// An Operation is one operation of a [Document].
type Operation struct {
	ID       string
	Method   string
	Path     string // as the document writes it, such as /contacts/{id}
	Secured  bool   // a key is required
	Success  int    // the status of the normal answer: the first 2xx declared
	Statuses []int  // all statuses declared, ascending

	doc      *Document
	op       *openapi3.Operation
	segments []string
	params   []*openapi3.Parameter
	body     *openapi3.Schema // nil when the operation takes no JSON body
	required bool             // the body is
}

// Read reads an OpenAPI document. The error names what is wrong with it.
func Read(data []byte) (*Source, error) {
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, fmt.Errorf("contract: reading the OpenAPI document: %w", err)
	}
	return &Source{doc, sync.OnceValue(func() *openapi3.T { return locate(data) })}, nil
}

// With makes the document ready to serve, with rules of its own. The error names what
// cannot be served.
func (s *Source) With(rules Rules) (*Document, error) {
	if rules.MaxDepth == 0 {
		rules.MaxDepth = 1000
	}
	d := &Document{Source: s, rules: rules, static: map[string]map[string]*Operation{}}
	d.options = []openapi3.SchemaValidationOption{
		openapi3.DisableSchemaErrorDetails(), // the value may be a megabyte
		openapi3.EnableFormatValidation(),
	}
	for name, f := range rules.Formats {
		d.options = append(d.options, openapi3.WithStringFormatValidator(name, openapi3.NewCallbackValidator(f.Check)))
	}
	for path, item := range s.doc.Paths.Map() {
		for method, op := range item.Operations() {
			if err := d.add(method, path, item, op); err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(d.ops, func(a, b *Operation) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Method, b.Method))
	})
	for _, op := range d.ops {
		if strings.Contains(op.Path, "{") {
			d.dynamic = append(d.dynamic, op)
		}
	}
	slices.SortStableFunc(d.dynamic, func(a, b *Operation) int {
		return strings.Count(a.Path, "{") - strings.Count(b.Path, "{")
	})
	return d, nil
}

// locate reads the document again, with the line of each part: what orders the
// problems of a body. It doubles the time that reading takes, so no one pays for
// it before the first problem.
func locate(data []byte) *openapi3.T {
	loader := openapi3.NewLoader()
	loader.IncludeOrigin = true
	doc, err := loader.LoadFromData(data)
	if err != nil {
		panic("contract: a document that could be read once: " + err.Error())
	}
	return doc
}

// locatedBody returns the schema of the body with the lines of its parts.
func (o *Operation) locatedBody() *openapi3.Schema {
	op := o.doc.located().Paths.Value(o.Path).GetOperation(o.Method)
	return op.RequestBody.Value.Content.Get("application/json").Schema.Value
}

func (d *Document) add(method, path string, item *openapi3.PathItem, op *openapi3.Operation) error {
	o := &Operation{
		ID: op.OperationID, Method: method, Path: path, doc: d, op: op,
		segments: strings.Split(path, "/"),
		Secured:  secured(d.doc, op),
	}
	if o.ID == "" {
		return fmt.Errorf("contract: %s %s has no operationId", method, path)
	}
	for status := range op.Responses.Map() {
		n, err := strconv.Atoi(status)
		if err != nil {
			return fmt.Errorf("contract: %s declares the status %q; only numbers are served", o.ID, status)
		}
		o.Statuses = append(o.Statuses, n)
	}
	slices.Sort(o.Statuses)
	for _, n := range o.Statuses {
		if n/100 == 2 {
			o.Success = n
			break
		}
	}
	for _, p := range slices.Concat(item.Parameters, op.Parameters) {
		o.params = append(o.params, p.Value)
	}
	if op.RequestBody != nil {
		body := op.RequestBody.Value
		media := body.Content.Get("application/json")
		if media == nil {
			return fmt.Errorf("contract: the body of %s is not JSON", o.ID)
		}
		o.body, o.required = media.Schema.Value, body.Required
	}
	d.ops = append(d.ops, o)
	if strings.Contains(path, "{") {
		return nil
	}
	path = strings.ToLower(path)
	if d.static[path] == nil {
		d.static[path] = map[string]*Operation{}
	}
	d.static[path][method] = o
	return nil
}

// secured tells whether op needs a key: an empty requirement among several
// makes the key optional.
func secured(doc *openapi3.T, op *openapi3.Operation) bool {
	needs := doc.Security
	if op.Security != nil {
		needs = *op.Security
	}
	return len(needs) > 0 && !slices.ContainsFunc(needs, func(r openapi3.SecurityRequirement) bool { return len(r) == 0 })
}

// Operations returns all operations, by path and method.
func (d *Document) Operations() []*Operation { return slices.Clone(d.ops) }

// Match finds the operation of a method and a path, and the values of the
// path's parameters. The path comes as it arrived, percent-encoded, without
// its mount; letter case and one trailing slash do not matter, and a fixed
// path wins over one with parameters. HEAD is taken for GET. The operation is
// nil when there is none.
func (d *Document) Match(method, path string) (*Operation, map[string]string) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	if op := d.static[path][method]; op != nil {
		return op, nil
	}
	segments := strings.Split(path, "/")
	for i, s := range segments {
		plain, err := url.PathUnescape(s)
		if err != nil {
			return nil, nil
		}
		segments[i] = plain
	}
	plain := strings.ToLower(strings.Join(segments, "/"))
	if op := d.static[plain][method]; op != nil && len(op.segments) == len(segments) { // %2F separates nothing
		return op, nil
	}
	for _, op := range d.dynamic {
		if vars, ok := op.match(segments); ok && op.Method == method {
			return op, vars
		}
	}
	return nil, nil
}

func (o *Operation) match(segments []string) (map[string]string, bool) {
	if len(segments) != len(o.segments) {
		return nil, false
	}
	vars := map[string]string{}
	for i, s := range o.segments {
		switch {
		case strings.HasPrefix(s, "{"):
			if segments[i] == "" {
				return nil, false
			}
			vars[strings.Trim(s, "{}")] = segments[i]
		case !strings.EqualFold(s, segments[i]):
			return nil, false
		}
	}
	return vars, true
}

// HasParameter tells whether the operation declares a parameter of that name.
func (o *Operation) HasParameter(name string) bool {
	return slices.ContainsFunc(o.params, func(p *openapi3.Parameter) bool { return p.Name == name })
}

// TakesBody tells whether the operation declares a body.
func (o *Operation) TakesBody() bool { return o.body != nil }

// JSON returns the document as JSON with server, a URL, as its only server.
func (d *Document) JSON(server string) ([]byte, error) {
	served := *d.doc
	served.Servers = openapi3.Servers{{URL: server, Description: "This server"}}
	return served.MarshalJSON()
}

// last is the place of what the document does not have.
const last = math.MaxInt

// place orders by line and column what stands in the document; 0 when unknown.
func place(o *openapi3.Origin) int {
	if o == nil || o.Key == nil {
		return 0
	}
	return o.Key.Line<<20 + o.Key.Column
}

// propertyPlace returns the place at which schema has the property.
func propertyPlace(schema *openapi3.Schema, name string) int {
	p := schema.Properties[name]
	if p == nil {
		return last
	}
	if n := place(p.Origin); n > 0 {
		return n
	}
	return place(p.Value.Origin)
}
