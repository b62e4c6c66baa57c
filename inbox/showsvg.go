package inbox

import "strings"

// What follows leaves out attributes of SVG that a browser would complain of. HTML says
// nothing of a value that it cannot read; SVG does, on the console.

// drawn tells whether an attribute of an SVG element is one that is read well, or none
// that is read at all.
func (c *cleaner) drawn(element, name string, a attr) bool {
	if !c.loose || !isDrawing(element) {
		return true
	}
	check := drawingCheck(element, name)
	if check == nil {
		return true
	}
	r := &drawing{s: decode(c.source[a.value:a.valueEnd])}
	return check(r) && r.i == len(r.s)
}

func isDrawing(element string) bool {
	switch element {
	case "svg", "g", "a", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "textpath", "image", "use", "symbol",
		"defs", "marker", "pattern", "mask", "clippath", "lineargradient", "radialgradient", "stop", "foreignobject", "view", "switch":
		return true
	}
	return false
}

// drawingCheck returns what reads an attribute; nil when no one complains of it.
func drawingCheck(element, name string) func(*drawing) bool {
	switch name {
	case "x", "y", "dx", "dy":
		return lengthCheck(element)
	case "cx", "cy", "x1", "y1", "x2", "y2", "fx", "fy", "refx", "refy", "startoffset":
		return (*drawing).length
	case "width", "height", "r", "rx", "ry", "fr", "markerwidth", "markerheight", "textlength", "pathlength":
		return (*drawing).size
	case "offset":
		return (*drawing).share
	case "rotate":
		return (*drawing).numbers
	case "viewbox":
		return (*drawing).box
	case "points":
		return (*drawing).points
	case "transform", "gradienttransform", "patterntransform":
		return (*drawing).transforms
	case "d":
		return (*drawing).path
	}
	if words := drawingWords(name); words != "" {
		return func(r *drawing) bool { r.i = len(r.s); return strings.Contains(words, "|"+r.s+"|") }
	}
	return nil
}

// lengthCheck is drawingCheck of where an element stands, which is told of each letter
// of a text.
func lengthCheck(element string) func(*drawing) bool {
	if element == "text" || element == "tspan" {
		return (*drawing).lengths
	}
	return (*drawing).length
}

// drawingWords returns the values of an attribute that are words.
func drawingWords(name string) string {
	switch name {
	case "gradientunits", "patternunits", "patterncontentunits", "clippathunits", "maskunits", "maskcontentunits":
		return "|userSpaceOnUse|objectBoundingBox|"
	case "markerunits":
		return "|userSpaceOnUse|strokeWidth|"
	case "orient":
		return "|auto|auto-start-reverse|0|90|180|270|"
	case "spreadmethod":
		return "|pad|reflect|repeat|"
	case "lengthadjust":
		return "|spacing|spacingAndGlyphs|"
	case "method":
		return "|align|stretch|"
	case "spacing":
		return "|auto|exact|"
	case "side":
		return "|left|right|"
	case "zoomandpan":
		return "|disable|magnify|"
	case "preserveaspectratio":
		return "|none|xMidYMid|xMinYMin|xMaxYMax|xMidYMin|xMidYMax|xMinYMid|xMinYMax|xMaxYMin|xMaxYMid|" +
			"xMidYMid meet|xMidYMid slice|xMinYMin meet|xMinYMin slice|xMaxYMax meet|xMaxYMax slice|"
	}
	return ""
}

// drawing reads the value of an attribute.
type drawing struct {
	s string
	i int
}

func (r *drawing) digits(most int) bool {
	start := r.i
	for r.i < len(r.s) && isDigit(r.s[r.i]) {
		r.i++
	}
	return r.i > start && r.i-start <= most
}

func (r *drawing) word(word string) bool {
	if !strings.HasPrefix(r.s[r.i:], word) {
		return false
	}
	r.i += len(word)
	return true
}

func (r *drawing) number() bool {
	const most = 15 // digits
	_ = r.word("-") || r.word("+")
	whole := r.digits(most)
	if r.word(".") {
		return r.digits(most)
	}
	return whole
}

func (r *drawing) length() bool {
	if !r.number() {
		return false
	}
	for _, unit := range []string{"px", "%", "em", "ex", "pt", "pc", "cm", "mm", "in", "rem", "vw", "vh"} {
		if r.word(unit) {
			break
		}
	}
	return true
}

func (r *drawing) lengths() bool { return r.list((*drawing).length) > 0 }

func (r *drawing) numbers() bool { return r.list((*drawing).number) > 0 }

func (r *drawing) points() bool { return r.list((*drawing).number)%2 == 0 }

func (r *drawing) size() bool { return !strings.HasPrefix(r.s, "-") && r.length() }

func (r *drawing) share() bool {
	ok := r.number()
	r.word("%")
	return ok
}

func (r *drawing) transforms() bool {
	r.list((*drawing).transform)
	return true
}

// separator reads white space with at most one comma in it, if there is any.
func (r *drawing) separator() {
	r.i = pastBlank(r.s, r.i)
	if r.word(",") {
		r.i = pastBlank(r.s, r.i)
	}
}

// list reads what is separated, as far as it is well-formed, and returns how many
// there are.
func (r *drawing) list(read func(*drawing) bool) int {
	r.i = pastBlank(r.s, r.i)
	for n := 0; ; n++ {
		start := r.i
		if n > 0 {
			r.separator()
		}
		if !read(r) {
			r.i = pastBlank(r.s, start)
			return n
		}
	}
}

// box reads where something starts and how large it is.
func (r *drawing) box() bool {
	for i := range 4 {
		if i > 0 {
			r.separator()
		}
		if i > 1 && strings.HasPrefix(r.s[r.i:], "-") || !r.number() {
			return false
		}
	}
	return true
}

func (r *drawing) transform() bool {
	for _, f := range []struct {
		name string
		few  int // arguments
		many int
	}{{"matrix(", 6, 6}, {"translate(", 1, 2}, {"scale(", 1, 2}, {"rotate(", 1, 3}, {"skewX(", 1, 1}, {"skewY(", 1, 1}} {
		if r.word(f.name) {
			n := r.list((*drawing).number)
			return (n == f.few || n == f.many) && r.word(")")
		}
	}
	return false
}

// path reads the commands of a path, the first of which moves to where it starts.
func (r *drawing) path() bool {
	for first := true; ; first = false {
		if r.i = pastBlank(r.s, r.i); r.i >= len(r.s) {
			return true
		}
		command := r.s[r.i] | 0x20
		if r.i++; first && command != 'm' {
			return false
		}
		if !r.arguments(command) {
			return false
		}
	}
}

// arguments reads what stands behind a command of a path.
func (r *drawing) arguments(command byte) bool {
	count := 0
	switch command {
	case 'z':
		return true
	case 'a':
		return r.arcs()
	case 'h', 'v':
		count = 1
	case 'm', 'l', 't':
		count = 2
	case 's', 'q':
		count = 4
	case 'c':
		count = 6
	default:
		return false
	}
	n := r.list((*drawing).number)
	return n > 0 && n%count == 0
}

// arcs reads what stands behind the command of an arc: five numbers, with two flags of
// one digit before the last two.
func (r *drawing) arcs() bool {
	return r.list(func(r *drawing) bool {
		for i := range 7 {
			if i > 0 {
				r.separator()
			}
			if i == 3 || i == 4 {
				if !r.word("0") && !r.word("1") {
					return false
				}
			} else if !r.number() {
				return false
			}
		}
		return true
	}) > 0
}
