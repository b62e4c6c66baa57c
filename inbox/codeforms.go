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
	weak := false
	for _, t := range tokens {
		length += t.end - t.start
		digits += t.digits
		weak = weak || !t.upper
		if !t.whole {
			return "", 0, false
		}
	}
	if length < leastCode || length > mostCode || n > 1 && !r.grouped(tokens) || digits == 0 && weak {
		return "", 0, false
	}
	code = r.text[tokens[0].start:tokens[n-1].end]
	if n > 1 && strings.TrimLeft(r.between(i+1), " \u00a0\u2009\u202f") == "" {
		code = ""
		for _, t := range tokens {
			code += r.text[t.start:t.end]
		}
	}
	switch {
	case n == 1 && digits == length && year(code):
		f = yearForm
	case weak || digits == 0:
		f = weakForm
	}
	return code, f, true
}

// grouped tells whether tokens are the groups of one code: all of a length and
// with the same between them, or letters and then digits.
func (r *codeReader) grouped(tokens []token) bool {
	equal := true
	for k, t := range tokens {
		equal = equal && t.end-t.start == tokens[0].end-tokens[0].start && t.end-t.start > 1
		if k > 1 && r.text[tokens[k-1].end:t.start] != r.text[tokens[0].end:tokens[1].start] {
			return false
		}
	}
	separator := r.text[tokens[0].end]
	if separator == ')' || separator == '/' {
		return false
	}
	prefix, rest := tokens[0], tokens[1]
	return equal || len(tokens) == 2 && separator == '-' && prefix.digits == 0 && prefix.upper && rest.letters == 0 && rest.digits >= 3 && prefix.hint != numberHint
}

func year(code string) bool {
	return len(code) == 4 && (strings.HasPrefix(code, "19") || strings.HasPrefix(code, "20"))
}

// stands tells whether what stands right before and after a run leaves it a
// code: no currency, percentage, colour, fraction, phone number or unit.
func (r *codeReader) stands(first, last int) bool {
	before, after := strings.TrimRight(r.between(first), " \u00a0"), r.between(last+1)
	if endsInOne(before, "#$€£¥₹+\\/&@~%©№\u00ad") || before == r.between(first) && endsInOne(before, "-.,'") {
		return false
	}
	if startsWithOne(strings.TrimLeft(after, " \u00a0"), "%€$£¥₹°") || startsWithOne(after, "/\\+@=&-") {
		return false
	}
	if first > 0 && r.sameLine(first-1, r.tokens[first].line) {
		if h := r.tokens[first-1].hint; h == moneyHint || h == monthHint {
			return false
		}
	}
	if r.sameLine(last+1, r.tokens[last].line) && strings.Trim(after, " \u00a0") == "" {
		h := r.tokens[last+1].hint
		return h != moneyHint && h != monthHint && h != unitHint
	}
	return true
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
