package smtp

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/jhillyerd/enmime/v2"
)

// Bounds of what is taken apart.
const (
	maxDepth = 100
	maxParts = 1000 // multiparts too
)

// leaf is a part that has none itself.
type leaf struct {
	facts
	body  []byte
	depth int
	shown bool // as the message's text
}

// splitter finds the parts of a message in one pass over its lines. A boundary of any
// open multipart ends what is open within: so no line is read twice, however deep the
// parts are nested.
type splitter struct {
	source   []byte
	kind     string // the message's own media type
	open     []multipart
	levels   map[string]int // where in open the innermost multipart of a boundary is
	starts   [256]bool      // with what a boundary starts
	leaves   []leaf
	from     int  // where the body of the last leaf starts
	inLeaf   bool // it has not ended yet
	parts    int
	full     bool     // no more of them are taken
	left     int      // how many bytes of headers are yet looked into
	warnings []string // of what is not told
	problems []string // of what is not as it should be
}

type multipart struct {
	boundary string
	digest   bool // its parts are messages, if they do not say otherwise
}

// split finds the parts of a message.
func split(source []byte) *splitter {
	s := &splitter{source: source, levels: map[string]int{}, left: allHeaders}
	at := s.begin(0)
	for len(s.open) > 0 && !s.full {
		start, end, found := s.delimiter(source, at)
		if !found {
			break
		}
		at = end
		level, closes := s.match(source[start:end])
		if level < 0 {
			continue
		}
		s.finish(start)
		s.popTo(level + 1)
		if closes {
			s.pop()
		} else {
			at = s.begin(at)
		}
	}
	s.finish(len(source))
	if !s.full {
		s.popTo(0)
	}
	if len(s.leaves) == 0 {
		s.warn("the message is of parts, and none of them begins; the source is whole")
	}
	return s
}

// warn notes, once, that something is not told.
func (s *splitter) warn(format string, args ...any) {
	if warning := fmt.Sprintf(format, args...); !slices.Contains(s.warnings, warning) {
		s.warnings = append(s.warnings, warning)
	}
}

// problem notes that something is not as it should be, unless enough is noted of such.
func (s *splitter) problem(format string, args ...any) {
	if len(s.problems) < maxProblems {
		s.problems = append(s.problems, fmt.Sprintf(format, args...))
	}
}

// delimiter returns where the next line stands that could be a boundary, from the start
// of a line on; false for nowhere.
func (s *splitter) delimiter(source []byte, at int) (start, end int, ok bool) {
	if !bytes.HasPrefix(source[at:], []byte("--")) {
		at = nextDashes(source, at)
	}
	for at >= 0 {
		if at+2 < len(source) && s.starts[source[at+2]] {
			return at, lineEnd(source, at), true
		}
		at = nextDashes(source, at)
	}
	return 0, 0, false
}

// nextDashes returns where the next line that starts with two dashes does; -1 for
// nowhere.
func nextDashes(source []byte, at int) int {
	if n := bytes.Index(source[at:], []byte("\n--")); n >= 0 {
		return at + n + 1
	}
	return -1
}

// lineEnd returns where the line behind the one at i starts.
func lineEnd(source []byte, i int) int {
	if n := bytes.IndexByte(source[i:], '\n'); n >= 0 {
		return i + n + 1
	}
	return len(source)
}

// match tells to which open multipart a line belongs, the innermost of several, and
// whether it ends it; -1 for none.
func (s *splitter) match(line []byte) (level int, closes bool) {
	line = line[len("--"):]
	for len(line) > 0 && strings.IndexByte(blank, line[len(line)-1]) >= 0 {
		line = line[:len(line)-1]
	}
	level = -1
	if at, ok := s.levels[string(line)]; ok {
		level = at
	}
	if name, ok := bytes.CutSuffix(line, []byte("--")); ok {
		if at, ok := s.levels[string(name)]; ok && at > level {
			return at, true
		}
	}
	return level, false
}

const blank = " \t\r\n"

// push opens a multipart.
func (s *splitter) push(m multipart) {
	s.levels[m.boundary] = len(s.open)
	s.starts[m.boundary[0]] = true
	s.open = append(s.open, m)
}

// pop closes the innermost multipart. One around it may have the same boundary.
func (s *splitter) pop() {
	last := len(s.open) - 1
	boundary := s.open[last].boundary
	delete(s.levels, boundary)
	s.open = s.open[:last]
	for level, m := range s.open {
		if m.boundary == boundary {
			s.levels[boundary] = level
		}
	}
}

// popTo leaves n multiparts open; the others were not closed.
func (s *splitter) popTo(n int) {
	for len(s.open) > n {
		s.problem("%s: Boundary %q was not closed correctly", enmime.ErrorMissingBoundary, s.open[len(s.open)-1].boundary)
		s.pop()
	}
}

// finish ends the leaf in hand. The line end before a boundary belongs to that.
func (s *splitter) finish(end int) {
	if !s.inLeaf {
		return
	}
	s.inLeaf = false
	body := s.source[min(s.from, end):end]
	if end < len(s.source) {
		body = bytes.TrimSuffix(bytes.TrimSuffix(body, []byte("\n")), []byte("\r"))
	}
	s.leaves[len(s.leaves)-1].body = body
}

// begin reads the header of a part and returns where its body starts. Then a leaf is in
// hand, or a multipart is open.
func (s *splitter) begin(at int) int {
	if s.parts == maxParts {
		s.full = true
		s.warn("the message has more than %d parts: the others are not told; the source is whole", maxParts)
		return at
	}
	header, body := s.header(at)
	f, boundary := s.describe(header)
	if s.parts++; s.parts == 1 {
		s.kind = f.kind
	}
	switch {
	case boundary == "":
		s.leaves = append(s.leaves, leaf{facts: f, depth: len(s.open)})
		s.from, s.inLeaf = body, true
	case len(s.open) == maxDepth:
		s.warn("the message nests its parts more than %d deep: what is within is not told; the source is whole", maxDepth)
	default:
		s.push(multipart{boundary, f.kind == "multipart/digest"})
	}
	return body
}

// header returns the header of the part at a place, and where its body starts. It ends
// at the first empty line, at a boundary, or where it is too long to be one.
func (s *splitter) header(at int) (header []byte, body int) {
	end := len(s.source)
	if at > 0 {
		end = min(end, at+maxPartHeader)
	}
	body = end
	rest := s.source[at:end]
	for _, empty := range []string{"\r\n", "\n"} { // the usual one first: it leaves less to look through
		if strings.HasPrefix(string(rest[:min(len(rest), 2)]), empty) {
			return nil, at + len(empty)
		}
		if n := bytes.Index(rest, []byte("\n"+empty)); n >= 0 {
			rest, body = rest[:n+1], at+n+1+len(empty)
		}
	}
	for from := 0; len(s.open) > 0; {
		start, end, found := s.delimiter(rest, from)
		if !found {
			break
		}
		from = end
		if level, _ := s.match(rest[start:end]); level >= 0 {
			return rest[:start], at + start
		}
	}
	return rest, body
}
