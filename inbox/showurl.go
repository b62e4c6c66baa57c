package inbox

import "strings"

// maxReference is how long a cid: reference may be: a Content-ID stands on one line of
// at most 998 bytes, of which each may be written as three.
const maxReference = 3000

// trimmed returns where a URL stands in a value that may have white space and control
// characters around it.
func trimmed(s string) (start, end int) {
	end = len(s)
	for start < end && s[start] <= ' ' {
		start++
	}
	for end > start && s[end-1] <= ' ' {
		end--
	}
	return start, end
}

// beginning returns as much of a URL as tells where it leads, in lower case and without
// what a browser skips.
func beginning(url string) string {
	const enough = 64
	b := make([]byte, 0, enough)
	for i := 0; i < len(url) && len(b) < enough; i++ {
		switch c := url[i]; {
		case c == '\t' || c == '\n' || c == '\r', c <= ' ' && len(b) == 0:
		default:
			b = append(b, lower(c))
		}
	}
	return string(b)
}

// dataImage tells whether a URL holds an image.
func dataImage(url string) bool { return strings.HasPrefix(beginning(url), "data:image/") }

// loads tells whether an image may be loaded from a URL, and notes whether it is one
// from elsewhere.
func (c *cleaner) loads(url string) bool {
	start := beginning(url)
	if strings.HasPrefix(start, "data:image/") {
		return true
	}
	for _, scheme := range []string{"http://", "https://", "//"} {
		if host, ok := strings.CutPrefix(start, scheme); ok && host != "" && host[0] != '/' && host[0] != '\\' {
			c.found = true
			return c.remote
		}
	}
	return false
}

// own returns the data: URL of the image of the message that a URL names; "" for none.
func (c *cleaner) own(url string) string {
	const scheme = "cid:"
	if len(url) > maxReference || !startsFold(url, scheme) {
		return ""
	}
	return c.images.show(url[len(scheme):])
}

// mayLead tells whether a link may lead to a URL: not to what would run in a page, and not
// to a file of the reader.
func mayLead(url string) bool {
	scheme, _, ok := strings.Cut(beginning(url), ":")
	if !ok {
		return true
	}
	switch scheme {
	case "javascript", "vbscript", "livescript", "mocha", "data", "blob", "filesystem", "file", "view-source", "jar", "about":
		return false
	}
	return true
}

// candidate is an image of a srcset.
type candidate struct {
	start, end, next int    // where its URL stands, and where the next candidate does
	shown            string // what stands for it; "" for itself
	stays            bool
}

// maxCandidates is how many images a srcset may have.
const maxCandidates = 100

// readCandidates reads a srcset: false when not all of it is well-formed, so that a
// browser would complain.
func readCandidates(s string) (list []candidate, ok bool) {
	kind := byte(0)
	for i := 0; ; {
		for i < len(s) && (isBlank(s[i]) || s[i] == ',') {
			i++
		}
		if i >= len(s) {
			return list, len(list) > 0
		}
		n, described, ok := candidateAt(s, i)
		if !ok || kind != 0 && described != kind || len(list) == maxCandidates {
			return nil, false
		}
		kind, i = described, n.next
		list = append(list, n)
	}
}

// candidateAt reads the image of a srcset that is at i, and of which kind its
// description is.
func candidateAt(s string, i int) (n candidate, kind byte, ok bool) {
	n.start = i
	i = until(s, i, isBlank)
	n.end = n.start + len(strings.TrimRight(s[n.start:i], ","))
	n.next = i
	if n.end < i {
		return n, 'x', true
	}
	comma := strings.IndexByte(s[i:], ',')
	if comma < 0 {
		comma = len(s) - i
	}
	n.next = min(len(s), i+comma+1)
	kind, ok = describes(strings.Trim(s[i:i+comma], blank))
	return n, kind, ok
}

// describes returns of which kind a description is: x or w.
func describes(s string) (kind byte, ok bool) {
	if s == "" {
		return 'x', true
	}
	kind = s[len(s)-1]
	digits, dots := 0, 0
	for _, b := range []byte(s[:len(s)-1]) {
		switch {
		case isDigit(b):
			digits++
		case b == '.' && kind == 'x':
			dots++
		default:
			return 0, false
		}
	}
	whole := strings.Trim(s[:len(s)-1], "0.") != "" && !strings.HasSuffix(s, ".x")
	return kind, (kind == 'x' || kind == 'w') && digits > 0 && digits < 9 && dots < 2 && whole
}
