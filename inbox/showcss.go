package inbox

import "strings"

// css cleans the CSS that is the value of an attribute: of style, or of one that is a
// property.
func (c *cleaner) css(start, end int, property string) {
	v := newWritten(c.source, start, end)
	c.styles = sheet{cleaner: c, text: v.text, value: v, property: property, starts: property == ""}
	c.styles.read()
}

// sheet cleans the text of a style element.
func (c *cleaner) sheet(start, end int) {
	v := written{text: c.source[start:end], start: start, plain: true}
	c.styles = sheet{cleaner: c, text: v.text, value: v, starts: true}
	if !c.loose || !strings.ContainsAny(v.text, "<&") {
		c.styles.read()
		return
	}
	var b strings.Builder
	c.styles.text = strings.NewReplacer("<", " ", "&", " ").Replace(v.text)
	c.styles.copy = &b
	c.styles.read()
	b.WriteString(c.styles.text[c.styles.copied:])
	c.replace(start, end, b.String())
}

// sheet reads CSS token by token, as a browser does, and cleans what refers to
// something: each url(), and each text where it could be an address.
type sheet struct {
	*cleaner
	text   string
	value  written          // where that comes from
	copy   *strings.Builder // where it goes; nil for the cleaner's own
	copied int              // how much of it is in copy
	i      int

	property string // that the value is of; "" when that is not clear
	starts   bool   // a declaration may start here
	open     int    // parentheses that are open
	sets     int    // of those, up to the function whose texts are addresses; 0 for none
	rule     bool   // within an at-rule whose texts are addresses
	function string // that has just been opened
}

// put writes text for a part of the CSS, from front to back.
func (s *sheet) put(start, end int, text string) {
	if s.copy == nil {
		s.cleaner.put(&s.value, start, end, text)
		return
	}
	s.copy.WriteString(s.text[s.copied:start])
	s.copy.WriteString(text)
	s.copied = end
}

func (s *sheet) read() {
	for s.i < len(s.text) && !s.done() {
		start, function := s.i, s.function
		s.function = ""
		switch b := s.text[s.i]; {
		case isBlank(b):
			s.i++
			s.function = function
		case strings.HasPrefix(s.text[s.i:], "/*"):
			s.comment()
			s.function = function
		case strings.HasPrefix(s.text[s.i:], "<!--"):
			s.i += len("<!--")
		case b == '"' || b == '\'':
			text := s.quoted()
			s.address(start, text, function)
			s.starts, s.property = false, s.known()
		case b == '@':
			s.i++
			s.atRule(start, s.name())
		case isDigit(b):
			s.number()
			s.starts = false
		case s.startsName():
			s.word(start, s.name())
		default:
			s.delimiter(b)
		}
	}
}

// known is the property, unless a declaration starts with something else.
func (s *sheet) known() string {
	if s.starts {
		return ""
	}
	return s.property
}

func (s *sheet) comment() {
	n := strings.Index(s.text[s.i+len("/*"):], "*/")
	if n < 0 {
		s.i = len(s.text)
		return
	}
	s.i += n + len("/**/")
}

func (s *sheet) number() {
	for s.i < len(s.text) && isDigit(s.text[s.i]) {
		s.i++
	}
	if s.i+1 < len(s.text) && s.text[s.i] == '.' && isDigit(s.text[s.i+1]) {
		s.i++
		s.number()
		return
	}
	s.name() // its unit
}

func (s *sheet) delimiter(b byte) {
	s.i++
	switch b {
	case '#':
		s.name()
	case '(':
		s.open++
	case ')':
		s.open = max(0, s.open-1)
		if s.open < s.sets {
			s.sets = 0
		}
	case ';', '{', '}':
		s.starts, s.property, s.rule = true, "", false
		return
	case ':':
		return
	}
	s.property, s.starts = s.known(), false
}

// atRule makes a rule that loads something one that no browser knows.
func (s *sheet) atRule(start int, name string) {
	s.starts, s.property = false, ""
	switch name {
	case "import", "namespace":
		s.rule = true
	case "font-face":
	default:
		return
	}
	s.put(start, s.i, "@none"+s.apart())
}

// word is a name, or a function.
func (s *sheet) word(start int, name string) {
	if s.i >= len(s.text) || s.text[s.i] != '(' {
		if s.starts {
			s.property = name
			if name == "" {
				s.property = "--" // as good as one of the mail's own
			}
		}
		s.starts = false
		return
	}
	s.property, s.starts = s.known(), false
	s.i++
	if name == "url" {
		s.url(start)
		return
	}
	s.open++
	s.function = name
	switch name {
	case "image-set", "-webkit-image-set", "image", "src", "cross-fade", "-webkit-cross-fade":
		if s.sets == 0 {
			s.sets = s.open
		}
	case "type", "calc", "rgb", "rgba", "hsl", "hsla", "linear-gradient", "radial-gradient", "conic-gradient",
		"repeating-linear-gradient", "repeating-radial-gradient", "repeating-conic-gradient":
	default:
		if s.sets > 0 { // it could give an address
			s.put(start, s.i, "none(")
		}
	}
}

// address cleans a text from start to here, behind the opening of a function.
func (s *sheet) address(start int, text, function string) {
	if !s.rule && (s.sets == 0 || function == "type") {
		return
	}
	if s.sets == 0 {
		s.put(start, s.i, `""`)
		return
	}
	if shown := s.own(text); shown != "" && !s.rule && s.takesImages(text) {
		s.put(start, s.i, s.text[start:start+1]+shown+s.text[start:start+1])
	} else if s.rule || !s.mayLoad(text) {
		s.put(start, s.i, "none"+s.apart())
	}
}

// url cleans what starts with url( at start.
func (s *sheet) url(start int) {
	s.i = pastBlank(s.text, s.i)
	from := s.i
	if s.i >= len(s.text) || s.text[s.i] != '"' && s.text[s.i] != '\'' {
		address, to := s.bare()
		s.show(start, from, to, address)
		return
	}
	address := s.quoted()
	to := s.i
	if to > from+1 && s.text[to-1] == s.text[from] {
		to--
	}
	if s.i = pastBlank(s.text, s.i); s.i < len(s.text) && s.text[s.i] != ')' { // a bad string, or with more behind it
		s.open++
		s.put(start, s.i, "none(")
		return
	}
	s.i = min(len(s.text), s.i+1)
	s.show(start, from+1, to, address)
}

// show cleans a url() from start to here, whose address stands from from to to.
func (s *sheet) show(start, from, to int, address string) {
	if s.rule {
		s.put(start, s.i, "none"+s.apart())
		return
	}
	if s.takesImages(address) {
		if shown := s.own(address); shown != "" {
			s.put(from, to, shown)
			return
		}
	}
	if !s.mayLoad(address) {
		s.put(start, s.i, "none"+s.apart())
	}
}

// apart returns what keeps a name from growing into what follows.
func (s *sheet) apart() string {
	if s.i < len(s.text) && (s.inName(s.text[s.i]) || s.text[s.i] == '\\' || s.text[s.i] == '(' || s.text[s.i] == '%') {
		return "/**/"
	}
	return ""
}

// bare reads a URL without quotes, up to behind the parenthesis that closes it. It
// ends at end, and is "" when it is not well-formed.
func (s *sheet) bare() (address string, end int) {
	start := s.i
	s.closeURL()
	end = s.i
	if strings.HasSuffix(s.text[start:end], ")") {
		end--
	}
	address = strings.TrimRight(s.text[start:end], blank)
	end = start + len(address)
	if strings.IndexByte(address, '\\') >= 0 {
		address = unescapeCSS(address)
	}
	if strings.ContainsAny(address, "\"'()"+blank) {
		address = ""
	}
	return address, end
}

// closeURL goes behind the parenthesis that closes a URL without quotes.
func (s *sheet) closeURL() {
	for ; s.i < len(s.text); s.i++ {
		switch s.text[s.i] {
		case ')':
			s.i++
			return
		case '\\':
			if s.escapes() {
				s.i++
			}
		}
	}
	s.i = len(s.text)
}
