package contract_test

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/plunkmock/plunkmock/mock/internal/contract"
)

func TestDecodeRefusesAndSaysWhere(t *testing.T) {
	t.Parallel()
	op := takes(t, anything, contract.Rules{MaxDepth: 4})
	for _, c := range []struct{ body, want string }{
		{`{"a":1`, `is not valid JSON: it ends too early, at line 1, column 7`},
		{`{"a"`, `is not valid JSON: it ends too early, at line 1, column 5`},
		{"{\n  \"a\": \"", `is not valid JSON: it ends too early, at line 2, column 9`},
		{`[`, `is not valid JSON: it ends too early, at line 1, column 2`},
		{`{"a":tru}`, `is not valid JSON: invalid character '}' in literal true (expecting 'e') at line 1, column 9`},
		{`{"a":NaN}`, `is not valid JSON: invalid character 'N' at start of value at line 1, column 6`},
		{"{\"a\": 1,\n  b: 2}", `is not valid JSON: invalid character 'b' at start of value at line 2, column 3`},
		{`{"é": x}`, `is not valid JSON: invalid character 'x' at start of value at line 1, column 7`}, // characters, not bytes
		{`{'a': 1}`, `is not valid JSON: invalid character '\'' at start of value at line 1, column 2`},
		{`{"a" 1}`, `is not valid JSON: invalid character '1' after object name (expecting ':') at line 1, column 6`},
		{`{"a": 01}`, `is not valid JSON: invalid character '1' after object value (expecting ',' or '}') at line 1, column 8`},
		{`{"a": +1}`, `is not valid JSON: invalid character '+' at start of value at line 1, column 7`},
		{`{"a": .5}`, `is not valid JSON: invalid character '.' at start of value at line 1, column 7`},
		{"{\"a\": \"\n\"}", `is not valid JSON: invalid character '\n' in string (expecting non-control character) at line 1, column 8`},
		{`{"a": "\x"}`, "is not valid JSON: invalid escape sequence `\\x` in string at line 1, column 8"},
		{`{1: 2}`, `is not valid JSON: object member name must be a string at line 1, column 2`},
		{`// {}`, `is not valid JSON: invalid character '/' at start of value at line 1, column 1`},
		{"\ufeff{}", `is not valid JSON: invalid character '\ufeff' at start of value at line 1, column 1`},
		{`{} x`, `is not valid JSON: invalid character 'x' at start of value at line 1, column 4`},
		{`{}}`, `is not valid JSON: invalid character '}' at start of value at line 1, column 3`},
		{"{}\n \"more\"", `has more text after the JSON value at line 2, column 2`},
		{`{}{}`, `has more text after the JSON value at line 1, column 3`},
		{`{} 12`, `has more text after the JSON value at line 1, column 4`},
		{"{\"a\": \"\xff\"}", `is not UTF-8 at line 1, column 8`},
		{"\n{\"a\": \"é\xc3\"}", `is not UTF-8 at line 2, column 9`},
		{"{\"a\": \"\xed\xa0\x80\"}", `is not UTF-8 at line 1, column 8`}, // half a pair, written as bytes
		{`{"a": 1e400}`, `has a number that is too large, "1e400" at line 1, column 7`},
		{`{"a": [-1e999]}`, `has a number that is too large, "-1e999" at line 1, column 8`},
		{`{"a": [[[[1]]]]}`, `nests deeper than 4 levels at line 1, column 10`},
		{`{"a": [[{"b": {}}]]}`, `nests deeper than 4 levels at line 1, column 15`},
	} {
		same(t, c.body, problems(t, op, c.body), []string{"body: " + c.want})
	}
}

func TestDecodeRefusesWhatIsNoObject(t *testing.T) {
	t.Parallel()
	op := takes(t, anything, contract.Rules{})
	for body, want := range map[string]string{
		`null`: "null", `true`: "true", `1.5`: "1.5", `"text"`: `"text"`, `[]`: "a list", ` [{}] `: "a list",
	} {
		same(t, body, problems(t, op, body), []string{"body: must be an object, not " + want})
	}
}

func TestDecodeValues(t *testing.T) {
	t.Parallel()
	op := takes(t, anything, contract.Rules{MaxDepth: 3})
	for _, c := range []struct {
		body string
		want map[string]any
	}{
		{"\r\n\t {} \n", map[string]any{}},
		{`{"a":[1,"b",null,true,{}],"":{"c":[]}}`, map[string]any{
			"a": []any{1.0, "b", nil, true, map[string]any{}}, "": map[string]any{"c": []any{}},
		}},
		{`{"a":"é😀","b":"\u00e9\ud83d\ude00"}`, map[string]any{"a": "é😀", "b": "é😀"}},
		{`{"a":"x\ud800y","b":"\udc00","c":"\ud800\ud800"}`, map[string]any{"a": "x\ufffdy", "b": "\ufffd", "c": "\ufffd\ufffd"}},
		{`{"a\ud800":1}`, map[string]any{"a\ufffd": 1.0}},
		{`{"a":"\u0000\u001f\/\b"}`, map[string]any{"a": "\x00\x1f/\b"}},
		{`{"a":"` + "\ufeff\u2028" + `"}`, map[string]any{"a": "\ufeff\u2028"}},
		{`{"__proto__":{"a":1},"constructor":2}`, map[string]any{"__proto__": map[string]any{"a": 1.0}, "constructor": 2.0}},
		{`{"a":12345678901234567890,"b":9007199254740993}`, map[string]any{"a": 12345678901234567000.0, "b": 9007199254740992.0}},
		{`{"a":1e308,"b":1E-999,"c":0.1,"d":-5}`, map[string]any{"a": 1e308, "b": 0.0, "c": 0.1, "d": -5.0}},
	} {
		in, err := post(op, c.body)
		if err != nil {
			t.Errorf("%s: %v", c.body, err)
		}
		same(t, c.body, in.Body, c.want)
		same(t, c.body+": warnings", in.Warnings, nil)
	}
}

func TestDecodeTakesTheMinusOffZero(t *testing.T) {
	t.Parallel()
	in, err := post(takes(t, anything, contract.Rules{}), `{"a":-0,"b":-0.0,"c":-1e-999}`)
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range in.Body {
		if f, ok := v.(float64); !ok || f != 0 || math.Signbit(f) {
			t.Errorf("%s is %v, want 0", name, v)
		}
	}
}

// TestDecodeTakesTheLastOfTwo is also for warnings: they name each member once.
func TestDecodeTakesTheLastOfTwo(t *testing.T) {
	t.Parallel()
	op := takes(t, anything, contract.Rules{})
	in, err := post(op, `{"a":1,"b":[{"c":1,"c":{"d":1}},{"c":2}],"a":{"x":1},"a":2,"e":{"f g":1,"f g":2},"\u0061":3}`)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "body", in.Body, map[string]any{
		"a": 3.0, "b": []any{map[string]any{"c": map[string]any{"d": 1.0}}, map[string]any{"c": 2.0}}, "e": map[string]any{"f g": 2.0},
	})
	same(t, "warnings", in.Warnings, []string{
		"b[0].c: given more than once; the last one counts",
		"a: given more than once; the last one counts",
		`e["f g"]: given more than once; the last one counts`,
	})
}

// TestDecodeBoundsItsWarnings uses a body whose warnings would be a thousand
// times as large as itself.
func TestDecodeBoundsItsWarnings(t *testing.T) {
	t.Parallel()
	const depth, members = 900, 5000
	var b strings.Builder
	b.WriteString(strings.Repeat(`{"a":`, depth) + `[`)
	for i := range members {
		fmt.Fprintf(&b, `{"x%d":1,"x%[1]d":2},`, i)
	}
	b.WriteString(`1]` + strings.Repeat(`}`, depth))
	in, err := post(takes(t, anything, contract.Rules{}), b.String())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(in.Warnings); n != 101 {
		t.Fatalf("%d warnings, want 101", n)
	}
	same(t, "the last", in.Warnings[100], "body: 4900 more fields are given again; the last one counts")
}

func TestDecodeDefaultDepth(t *testing.T) {
	t.Parallel()
	op := takes(t, anything, contract.Rules{})
	nested := func(n int) string { return strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n) }
	if _, err := post(op, nested(1000)); err != nil {
		t.Errorf("1000 levels: %v", err)
	}
	same(t, "1001 levels", problems(t, op, nested(1001)), []string{"body: nests deeper than 1000 levels at line 1, column 5001"})
	same(t, "1,000,000 levels", problems(t, op, strings.Repeat(`{"a":`, 1e6)), []string{"body: nests deeper than 1000 levels at line 1, column 5001"})
}

// TestDecodeKeepsNothing decodes with one reader after another failed.
func TestDecodeKeepsNothing(t *testing.T) {
	t.Parallel()
	op := takes(t, anything, contract.Rules{})
	for range 3 {
		_, _ = post(op, `{"a":1,"a":2,`)
		in, err := post(op, `{"b":"c"}`)
		if err != nil || len(in.Warnings) > 0 || !reflect.DeepEqual(in.Body, map[string]any{"b": "c"}) {
			t.Fatalf("got %v, %q, %v", in.Body, in.Warnings, err)
		}
	}
}

// FuzzDecode compares with encoding/json: what is taken is what that takes, and
// says the same. What is refused is refused by that too, or says why not.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{}`, ` {"a":[1,-0,1e400,true,null,"x"],"b":{"c":{}}} `, `{"a":1,"a":{"b":2},"a":3}`, `{"a":"\ud800\u0000é"}`, "\ufeff{}", "{\"a\":\"\xff\"}",
		`{} {}`, `{} x`, `[1]`, `null`, `{"a":[[[[[[[[[[]]]]]]]]]]}`, `{"a":01}`, `{"a":12345678901234567890}`, `{"a":1,}`, `{"`, "",
	} {
		f.Add([]byte(seed))
	}
	const depth = 8
	op := takes(f, anything, contract.Rules{MaxDepth: depth})
	f.Fuzz(func(t *testing.T, body []byte) {
		in, err := post(op, string(body))
		var want any
		wantErr := json.Unmarshal(body, &want)
		if err == nil {
			if wantErr != nil || !utf8.Valid(body) {
				t.Fatalf("taken, but it is wrong: %v", wantErr)
			}
			if !reflect.DeepEqual(any(in.Body), want) {
				t.Fatalf("got %#v, want %#v", in.Body, want)
			}
			return
		}
		checkRefusal(t, strings.Join(lines(t, err), "; "), body)
	})
}

// checkRefusal checks what was told of a body that was refused.
func checkRefusal(t *testing.T, told string, body []byte) {
	t.Helper()
	var object map[string]any
	if json.Unmarshal(body, &object) == nil && object != nil && utf8.Valid(body) && !strings.Contains(told, "nests deeper than 8 levels") {
		t.Fatalf("refused, but it is right: %s", told)
	}
	if !strings.HasPrefix(told, "body: ") || strings.ContainsAny(told, "\r\n") || !utf8.ValidString(told) {
		t.Fatalf("not told well: %q", told)
	}
}
