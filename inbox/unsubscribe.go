package inbox

import (
	"net/url"
	"strings"
)

// Unsubscribe is how the reader of a message says that it was the last.
type Unsubscribe struct {
	Header   string // the URI of List-Unsubscribe, a web page rather than an address (RFC 2369); "" for none
	Link     string // the first link of the body that is for it; "" for none
	OneClick bool   // whether a POST to Header is enough (RFC 8058)
}

// Unsubscribe returns how to unsubscribe. links are those of the message.
func (m *Message) Unsubscribe(links []Link) Unsubscribe {
	var u Unsubscribe
	u.Header = listUnsubscribe(m.header("List-Unsubscribe"))
	post := strings.Join(strings.Fields(m.header("List-Unsubscribe-Post")), "")
	u.OneClick = strings.EqualFold(post, "List-Unsubscribe=One-Click") && oneClick(u.Header)
	for _, l := range links {
		if l.Purpose == forUnsubscribe {
			u.Link = l.Href
			break
		}
	}
	return u
}

// header returns the value of the first field of a name.
func (m *Message) header(name string) string {
	for _, f := range m.given() {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// listUnsubscribe returns the best URI of a List-Unsubscribe field.
func listUnsubscribe(value string) string {
	best, rank := "", 0
	for value != "" {
		var uri string
		_, rest, bracket := strings.Cut(value, "<")
		if !bracket {
			break
		}
		uri, value, _ = strings.Cut(rest, ">")
		uri = strings.Join(strings.Fields(uri), "") // a folded field
		scheme, _, _ := strings.Cut(uri, ":")
		if n := map[string]int{"mailto": 1, "http": 2, "https": 3}[strings.ToLower(scheme)]; n > rank {
			best, rank = uri, n
		}
	}
	return strings.ToValidUTF8(best, "\uFFFD")
}

// oneClick tells whether a URI may be posted to: one of https, or on the way to
// a developer's own machine.
func oneClick(uri string) bool {
	u, err := url.Parse(uri)
	if err != nil || u.Host == "" {
		return false
	}
	local := u.Hostname() == "localhost" || strings.HasSuffix(u.Hostname(), ".localhost") || strings.HasPrefix(u.Hostname(), "127.") || u.Hostname() == "::1"
	return u.Scheme == "https" || u.Scheme == "http" && local
}
