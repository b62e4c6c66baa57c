package plunk_test

import (
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

// rendered sends a mail and returns how it arrived.
func (p project) rendered(tb testing.TB, to, subject, body string) (string, string) {
	tb.Helper()
	must[plunk.Sent](tb)(p.Send(plunk.Mail{To: []string{to}, Subject: subject, Body: body}))
	m := p.latest(tb)
	return m.Subject, m.HTML
}

// rendering is a case of a table: a template as body and as subject. An empty
// subject means that of the body, in both.
type rendering struct {
	name     string
	template string
	body     string
	subject  string // what it is as a subject; "same" for as in the body
}

// check renders a table for the contact ann@rcpt.test.
func (p project) check(t *testing.T, table []rendering) {
	t.Helper()
	for _, c := range table {
		subject, body := p.rendered(t, "ann@rcpt.test", c.template, c.template)
		if c.subject == "same" {
			c.subject = c.body
		}
		same(t, c.name+": body", body, c.body)
		same(t, c.name+": subject", subject, c.subject)
	}
}

// TestRender says of each template what Plunk's own server made of it.
func TestRender(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.contact(t, "ann@rcpt.test", map[string]any{
		"name": "Ann", "empty": "", "items": []any{"a", "b"}, "none": []any{}, "html": `<b>bold</b> & "q"`, "nested": "{{name}}",
		"first name": "Ann Marie", "a.b": "dotted", "dollar": "$& $1",
	})
	p.check(t, []rendering{
		{"known key", "<p>{{name}}</p>", "<p>Ann</p>", "same"},
		{"blanks inside", "{{ name }}|{{  name}}|{{name  }}", "Ann|Ann|Ann", "same"},
		{"twice", "{{name}} and {{name}}", "Ann and Ann", "same"},
		{"unknown key", "[{{missing}}]", "[]", "same"},
		{"fallback used", "{{missing ?? there}}", "there", "same"},
		{"fallback not used", "{{name ?? there}}", "Ann", "same"},
		{"fallback of several words", "{{missing ?? dear  friend }}", "dear  friend", "same"},
		{"fallback in quotes", `{{missing ?? 'x'}} {{missing ?? "y"}}`, `'x' "y"`, "same"},
		{"no blanks around ??", "{{missing??x}}", "x", "same"},
		{"empty fallback", "[{{missing ?? }}]", "[]", "same"},
		{"two fallbacks", "{{missing ?? one ?? two}}", "one", "same"},
		{"empty value counts as known", "[{{empty ?? fallback}}]", "[]", "same"},
		{"array", "<ul>{{items}}</ul>", "<ul><li>a</li>\n<li>b</li></ul>", "<ul>a,b</ul>"},
		{"empty array", "[{{none}}]", "[]", "same"},
		{"array with fallback", "{{items ?? x}}", "<li>a</li>\n<li>b</li>", "a,b"},
		{"mark-up in the value", "{{html}}", `<b>bold</b> & "q"`, "same"},
		{"placeholder in the value", "{{nested}}", "{{name}}", "same"},
		{"key with a blank", "{{first name}}", "Ann Marie", "same"},
		{"dotted key is one key", "{{a.b}}", "dotted", "same"},
		{"nested access", "[{{name.length}}]", "[]", "same"},
		{"dollar signs", "{{dollar}}", "$& $1", "same"},
		{"case matters", "[{{Name}}{{NAME}}]", "[]", "same"},
		{"empty braces", "[{{}}][{{ }}]", "[][]", "same"},
		{"unbalanced", "{{name and }} done {{name", " done {{name", "same"},
		{"three braces", "{{{name}}}", "}", "same"},
		{"single braces", "{name} {%name%} <%name%>", "{name} {%name%} <%name%>", "same"},
		{"adjacent", "{{name}}{{empty}}{{name}}", "AnnAnn", "same"},
		{"only ??", "[{{ ?? }}][{{ ?? x}}][{{??}}]", "[][x][]", "same"},
		// and by the same rules:
		{"no braces", "{name}}", "{name}}", "same"},
		{"closes before it opens", "}}{{name}}{{", "}}Ann{{", "same"},
		{"one brace short", "{{name} {{name}}", "", "same"}, // the key is "name} {{name"
		{"five braces", "{{{{{name}}}}}", "}}}", "same"},
		{"nothing", "", "", "same"},
		{"not ASCII", "é{{name}}é", "éAnné", "same"},
		{"no-break space", "{{\u00a0name\u00a0}}", "Ann", "same"},
		{"one ?", "{{name ? x}}", "", "same"},
		{"three ?", "{{missing ??? x}}", "? x", "same"},
	})
	_, body := p.rendered(t, "ann@rcpt.test", "x", "{{\nname\n}} {{name}}")
	same(t, "line feed inside", body, "{{\nname\n}} Ann")
	_, body = p.rendered(t, "ann@rcpt.test", "x", "{{a\r{{name}}\n{{\u2028{{name}}{{b\u2029}}{{\u2027name}}{{name")
	same(t, "other ends of a line", body, "{{a\rAnn\n{{\u2028Ann{{b\u2029}}{{name")
}

// TestRenderValues is for data that is no text.
func TestRenderValues(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.contact(t, "ann@rcpt.test", map[string]any{
		"n": 5.0, "zero": 0.0, "f": false, "t": true, "nul": nil, "o": map[string]any{"a": 1.0},
		"mix": []any{1.0, nil, map[string]any{"x": 2.0}}, "deep": []any{[]any{"a", "b"}}, "deeper": []any{[]any{nil, []any{1.0, []any{}}}, ""},
		"half": 0.5, "big": 1e20, "huge": 1e21, "most": 1.7976931348623157e308, "small": 1e-6, "tiny": 1.5e-7, "long": 12345678901234567890.0,
		"third": 1.0 / 3, "minus": -1e-10,
	})
	p.check(t, []rendering{
		{"numbers", "{{n}} {{zero}}", "5 0", "same"},
		{"zero with fallback", "{{zero ?? x}}", "0", "same"},
		{"booleans", "{{t}} {{f}} {{f ?? x}}", "true false false", "same"},
		{"null falls back", "[{{nul}}] {{nul ?? x}}", "[] x", "same"},
		{"object", "{{o}}", "[object Object]", "same"},
		{"mixed array", "{{mix}}", "<li>1</li>\n<li>null</li>\n<li>[object Object]</li>", "1,,[object Object]"},
		{"array of arrays", "{{deep}}", "<li>a,b</li>", "a,b"},
		// and as JavaScript writes them:
		{"arrays in arrays", "{{deeper}}", "<li>,1,</li>\n<li></li>", ",1,,"},
		{"fractions", "{{half}} {{third}}", "0.5 0.3333333333333333", "same"},
		{"large numbers", "{{big}} {{huge}} {{long}} {{most}}", "100000000000000000000 1e+21 12345678901234567000 1.7976931348623157e+308", "same"},
		{"small numbers", "{{small}} {{tiny}} {{minus}}", "0.000001 1.5e-7 -1e-10", "same"},
	})
}

// TestRenderNamesOfPlunk is for the variables that every contact has.
func TestRenderNamesOfPlunk(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	ann := p.contact(t, "ann@rcpt.test", nil)
	p.check(t, []rendering{
		{"id and address", "{{plunk_id}} {{plunk_email}}", ann.ID + " ann@rcpt.test", "same"},
		{"names that are not variables", "[{{email}}{{id}}{{subscribed}}{{createdAt}}{{project}}]", "[]", "same"},
		{"with fallback", "{{plunk_email ?? x}}{{plunk_unsubscribe ?? none}}", "ann@rcpt.testnone", "same"},
		{"names of JavaScript's objects", "[{{__proto__}}{{constructor}}{{toString ?? x}}{{hasOwnProperty}}]", "[x]", "same"},
	})
	must[*plunk.Contact](t)(p.UpdateContact(plunk.ContactChange{ID: ann.ID, Data: map[string]any{
		"plunk_email": "spoof@rcpt.test", "plunk_id": "me", "email": "own", "__proto__": "p", "constructor": map[string]any{}, "": "nameless",
	}}))
	p.check(t, []rendering{
		{"contact data wins", "{{plunk_id}} {{plunk_email}} {{email}}", "me spoof@rcpt.test own", "same"},
		{"names of JavaScript's objects", "{{__proto__}} {{constructor}}", "p [object Object]", "same"},
		{"the empty name", "{{}}{{ ?? x}}", "namelessnameless", "same"},
	})
	must[plunk.Sent](t)(p.Send(plunk.Mail{To: []string{"new1@rcpt.test", "new2@rcpt.test"}, Subject: "{{plunk_email}}", Body: "{{plunk_id}}"}))
	for _, m := range p.mails()[len(p.mails())-2:] {
		same(t, "subject", m.Subject, m.To[0].Address)
		same(t, "body", m.HTML, m.Cause.Contact.ID)
	}
}

func TestRenderTellsWhichVariables(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.contact(t, "ann@rcpt.test", map[string]any{"name": "Ann", "nul": nil, "list": []any{}})
	p.rendered(t, "ann@rcpt.test", "{{name}} {{b}}", "{{b ?? x}} {{a}} {{nul ?? y}} {{b}} {{list}} {{plunk_email}} {{name}}")
	cause := p.latest(t).Cause
	same(t, "used", cause.Variables, map[string]any{"name": "Ann", "list": []any{}, "plunk_email": "ann@rcpt.test"})
	same(t, "missing", cause.Missing, []string{"b", "a", "nul"})
}

// TestRenderKeepsTheSubjectOnItsLine is for line breaks that a variable brings
// in: those given in the subject itself were refused before.
func TestRenderKeepsTheSubjectOnItsLine(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.contact(t, "ann@rcpt.test", map[string]any{"evil": "a\r\nBcc: b@rcpt.test", "list": []any{"x\ny", "\r", "\x00"}, "fine": "a\tb"})
	const warning = "subject: a variable brought in a line break or NUL; a space took its place"
	for _, c := range []struct {
		subject, want string
		warnings      []string
	}{
		{"Hi {{evil}}", "Hi a Bcc: b@rcpt.test", []string{warning}},
		{"{{list}}{{evil}}", "x y, , a Bcc: b@rcpt.test", []string{warning}},
		{"{{fine}}", "a\tb", nil},
	} {
		subject, body := p.rendered(t, "ann@rcpt.test", c.subject, "{{evil}}")
		same(t, c.subject, subject, c.want)
		same(t, "body", body, "a\r\nBcc: b@rcpt.test") // it has many lines
		same(t, "warnings", p.latest(t).Warnings, c.warnings)
	}
}

// TestRenderTakesLinearTime renders braces that never close, which once took
// minutes, and names many variables that are missing.
func TestRenderTakesLinearTime(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	for _, template := range []string{strings.Repeat("{", 1e6), strings.Repeat("{{\n", 3e5) + "}}", strings.Repeat("{{x", 3e5) + "\u2028}}"} {
		if _, body := p.rendered(t, "ann@rcpt.test", "x", template); body != template {
			t.Errorf("%.20q… did not stay as it is", template)
		}
	}
	var b strings.Builder
	for i := range 50_000 {
		b.WriteString("{{" + strings.Repeat("x", i%100) + string(rune('a'+i%26)) + string(rune(0x4e00+i/26)) + "}}")
	}
	if _, body := p.rendered(t, "ann@rcpt.test", "x", b.String()); body != "" {
		t.Errorf("got %.50q…, want nothing", body)
	}
}

// placeholder is what is filled in, as the pattern that Plunk's server uses.
var placeholder = regexp.MustCompile(`\{\{([^\n\r\x{2028}\x{2029}]*?)\}\}`)

// FuzzRender compares with that pattern. Whatever is rendered, the subject stays
// on its line, and the mail has no header that others have not.
func FuzzRender(f *testing.F) {
	f.Add("Hi {{name ?? you}}", "name", "Ann")
	f.Add("{{a}}{{ b ?? c }}{{{a}}}{{", "a", "{{b}}\r\nBcc: x@example.com\r\n\r\n<p>")
	f.Add("{{\n{{x}}\u2028{{?? y}}\x00", "x", "\xff\x00")
	f.Fuzz(func(t *testing.T, template, name, value string) {
		p := newProject(t)
		ann := p.contact(t, "ann@example.com", map[string]any{name: value})
		want := placeholder.ReplaceAllStringFunc(template, func(pair string) string {
			key, fallback, _ := strings.Cut(pair[2:len(pair)-2], "??")
			fallback, _, _ = strings.Cut(fallback, "??")
			switch strings.TrimSpace(key) {
			case name:
				return value
			case "plunk_id":
				return ann.ID
			case "plunk_email":
				return ann.Email
			}
			return strings.TrimSpace(fallback)
		})
		subject, body := p.rendered(t, ann.Email, template, template)
		same(t, "body", body, want)
		same(t, "subject", subject, strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ", "\x00", " ").Replace(want))
		checkHeaders(t, p.latest(t).Raw())
	})
}

// checkHeaders fails when a mail has other header fields than every mail.
func checkHeaders(t *testing.T, raw []byte) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatalf("%v: %q", err, raw)
	}
	known := []string{"From", "To", "Reply-To", "Subject", "Date", "Message-Id", "Mime-Version", "Content-Type", "Content-Transfer-Encoding"}
	for name, values := range m.Header {
		if !slices.Contains(known, name) || len(values) != 1 {
			t.Errorf("the header %s: %q in %q", name, values, raw)
		}
	}
}
