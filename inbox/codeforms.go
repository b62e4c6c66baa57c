package inbox

import "strings"

// Lengths of a code, in letters and digits.
const (
	leastCode = 4
	mostCode  = 8
)

// form says how much a run looks like a code.
type form int

const (
	plainForm form = iota // digits, or capitals and digits
	boxForm               // one digit or letter a box
	weakForm              // could be a word: letters alone, or small letters
	yearForm              // four digits that could be a year
)

// run is a run of tokens that has the form of a code.
type run struct {
	first, last int // tokens
	code        string
	form        form
	digits      int
}

// findRuns cuts the tokens into runs. One that is too long, such as a phone
// number, is none, nor is any part of it.
func (r *codeReader) findRuns() {
	for i := 0; i < len(r.tokens); {
		if n := r.boxes(i); n > 1 {
			r.addBoxes(i, n)
			i += n
			continue
		}
		n := r.group(i)
		if code, f, ok := r.shape(i, n); ok && r.stands(i, i+n-1) {
			r.add(run{first: i, last: i + n - 1, code: code, form: f})
		}
		i += n
	}
}

func (r *codeReader) add(n run) {
	for i := n.first; i <= n.last; i++ {
		n.digits += r.tokens[i].digits
		r.tokens[i].run = true
	}
	r.runs = append(r.runs, n)
}

// boxes returns how many single digits or capitals follow one another, all the
// same way apart.
func (r *codeReader) boxes(i int) int {
	n := 1
	for r.single(i) && i+n < len(r.tokens) && r.single(i+n) {
		gap := r.between(i + n)
		if gap != r.between(i+1) || len(gap) > 6 || strings.Trim(gap, " \t\n\u00a0-|") != "" {
			break
		}
		n++
	}
	return n
}

func (r *codeReader) single(i int) bool {
	t := &r.tokens[i]
	return t.end-t.start == 1 && t.whole && t.upper
}

// addBoxes adds n boxes, if they are a code: 1 2 3 4 5 is a scale.
func (r *codeReader) addBoxes(i, n int) {
	if n < leastCode || n > mostCode || !r.stands(i, i+n-1) {
		return
	}
	code, digits, scale := "", 0, true
	for k, t := range r.tokens[i : i+n] {
		c := r.text[t.start:t.end]
		scale = scale && (k == 0 || c[0] == code[k-1]+1)
		code += c
		digits += t.digits
	}
	if scale && n%6 != 0 {
		return
	}
	f := boxForm
	if scale || digits == 0 {
		f = weakForm
	}
	r.add(run{first: i, last: i + n - 1, code: code, form: f})
}

// group returns how many tokens from i on belong together: groups of digits with
// spaces between, or groups of letters and digits with hyphens.
func (r *codeReader) group(i int) int {
	n := 1
	for i+n < len(r.tokens) {
		a, b := &r.tokens[i+n-1], &r.tokens[i+n]
		joined := false
		switch r.between(i + n) {
		case " ", "\u00a0", "\u2009", "\u202f", ") ", ")", "/":
			joined = a.number() && b.number()
		case "-", "\u2011", "\u2013":
			joined = true
		}
		if !joined {
			break
		}
		n++
	}
	return n
}

// shape returns the code that n tokens from i on are.
func (r *codeReader) shape(i, n int) (code string, f form, ok bool) {
	tokens := r.tokens[i : i+n]
	length, digits := 0, 0
	small := false
	for _, t := range tokens {
		length += t.end - t.start
		digits += t.digits
		small = small || !t.upper
		if !t.whole {
			return "", 0, false
		}
	}
	if length < leastCode || length > mostCode || digits == 0 && small || n > 1 && !r.grouped(tokens) {
		return "", 0, false
	}
	code = r.text[tokens[0].start:tokens[n-1].end]
	if n > 1 && strings.Trim(r.between(i+1), spaces) == "" {
		code = strings.Join(strings.FieldsFunc(code, func(c rune) bool { return strings.ContainsRune(spaces, c) }), "")
	}
	return code, formOf(code, digits, small), !dimension(code)
}

// spaces are those that group the digits of a code.
const spaces = " \u00a0\u2009\u202f"

func formOf(code string, digits int, small bool) form {
	switch {
	case digits == len(code) && year(code):
		return yearForm
	case small, digits == 0:
		return weakForm
	}
	return plainForm
}

// grouped tells whether tokens are the groups of one code: all of a length and
// with the same between them, or letters and then digits.
func (r *codeReader) grouped(tokens []token) bool {
	separator := r.text[tokens[0].end:tokens[1].start]
	if len(tokens) > mostCode/2 || strings.ContainsAny(separator, ")/") {
		return false
	}
	length := tokens[0].end - tokens[0].start
	equal := length > 1
	for k := 1; k < len(tokens); k++ {
		if r.text[tokens[k-1].end:tokens[k].start] != separator {
			return false
		}
		equal = equal && tokens[k].end-tokens[k].start == length
	}
	return equal || len(tokens) == 2 && separator == "-" && prefixed(tokens[0], tokens[1])
}

// prefixed tells whether two tokens are as in G-123456 or ABC-1234.
func prefixed(a, b token) bool {
	return a.digits == 0 && a.upper && b.letters == 0 && b.digits >= 3 && a.hint != numberHint
}

func year(code string) bool {
	return len(code) == 4 && (strings.HasPrefix(code, "19") || strings.HasPrefix(code, "20"))
}

// stands tells whether what stands right before and after a run leaves it a
// code: no currency, percentage, colour, fraction, phone number or unit.
func (r *codeReader) stands(first, last int) bool {
	before, after := r.between(first), r.between(last+1)
	near := strings.TrimRight(before, " \u00a0")
	switch {
	case endsInOne(near, "#$€£¥₹+\\/&@~%©№"), before == near && endsInOne(before, "-.,'"):
		return false
	case startsWithOne(strings.TrimLeft(after, " \u00a0"), "%€$£¥₹°"), startsWithOne(after, "/\\+@=&-"):
		return false
	}
	if r.sameLine(first-1, r.tokens[first].line) && counted(r.tokens[first-1].hint, false) {
		return false
	}
	apart := strings.Trim(after, " \u00a0") != "" || !r.sameLine(last+1, r.tokens[last].line)
	return apart || !counted(r.tokens[last+1].hint, true)
}

// counted tells whether a word beside a number makes it a price or a date, or,
// behind it, a quantity.
func counted(h hint, behind bool) bool {
	return h == moneyHint || h == monthHint || behind && h == unitHint
}

// dimension tells whether a code is a number and its unit, such as 1200px.
func dimension(code string) bool {
	unit := strings.TrimLeft(code, "0123456789")
	return unit != code && (hints[strings.ToLower(unit)] == unitHint || hints[strings.ToLower(unit)] == moneyHint)
}

func endsInOne(s, of string) bool {
	for _, c := range of {
		if strings.HasSuffix(s, string(c)) {
			return true
		}
	}
	return false
}

func startsWithOne(s, of string) bool {
	for _, c := range of {
		if strings.HasPrefix(s, string(c)) {
			return true
		}
	}
	return false
}
