package inbox

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
)

// linkTo returns a link to href, if it is one that a person may follow.
func linkTo(href string) (Link, bool) {
	// As browsers do, of which no tab and no line end in a URL is part.
	href = strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' {
			return -1
		}
		return r
	}, strings.TrimSpace(href))
	scheme, rest, _ := strings.Cut(href, ":")
	switch strings.ToLower(scheme) {
	case "mailto", "tel":
		return Link{Href: href}, rest != ""
	case "http", "https":
		href = unwrap(href)
		return Link{Href: href, Host: hostOf(href)}, hostOf(href) != ""
	}
	return Link{}, false
}

// absolute tells whether s is an http or https URL.
func absolute(s string) bool {
	lower := strings.ToLower(s[:min(len(s), len("https://"))])
	return strings.HasPrefix(lower, "http://") || lower == "https://"
}

// split cuts an http or https URL into host, path and query, with no error for
// what is not quite one. A fragment is part of neither.
func split(href string) (host, path, query string) {
	_, rest, _ := strings.Cut(href, "://")
	rest, _, _ = strings.Cut(rest, "#")
	rest, query, _ = strings.Cut(rest, "?")
	if i := strings.IndexAny(rest, `/\`); i >= 0 {
		rest, path = rest[:i], rest[i:]
	}
	return rest[strings.LastIndexByte(rest, '@')+1:], path, query
}

func hostOf(href string) string {
	if !absolute(href) {
		return ""
	}
	host, _, _ := split(href)
	return strings.ToLower(host)
}

// maxRedirects is how many redirects within one another are undone.
const maxRedirects = 5

// unwrap returns where a tracking redirect leads.
func unwrap(href string) string {
	for range maxRedirects {
		inner := carried(href)
		if inner == "" {
			return href
		}
		href = inner
	}
	return href
}

// carried returns the URL that a tracking redirect carries. A page that does
// something itself and then goes on, such as one that verifies an address, is
// none: without it the link would do nothing.
func carried(href string) string {
	_, path, query := split(href)
	if inner := carriedInPath(href, path); inner != "" {
		return inner
	}
	inner, rest := "", ""
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		found := ""
		if !slices.Contains(afterwards(), strings.ToLower(key)) {
			found = decoded(value)
		}
		if found == "" {
			rest += "&" + pair[:min(len(pair), 64)]
		} else if inner == "" {
			inner = found
		}
		if len(rest) > 4096 {
			break
		}
	}
	if inner == "" || acts(path, rest) {
		return ""
	}
	return inner
}

// afterwards are the parameters that say where a page goes when it is done.
func afterwards() []string {
	return []string{
		"next", "continue", "continueurl", "continue_url", "return", "returnto", "return_to", "returnurl", "return_url", "redirect_to", "redirectto", "redirect_uri",
		"callback", "callbackurl", "callback_url", "ref", "referrer", "referer", "service", "origin", "success_url", "cancel_url", "text", "body",
	}
}

// acts tells whether a page does more than lead to another.
func acts(path, query string) bool {
	if hrefPurpose(path, query) != forOther || hasToken(query) {
		return true
	}
	for _, word := range words(path, 32) {
		switch word {
		case "share", "sharer", "sharearticle", "intent", "login", "signin", "auth", "oauth", "oauth2", "authorize", "sso", "saml", "logout":
			return true
		}
	}
	return false
}

func carriedInPath(href, path string) string {
	for _, scheme := range []string{"/https://", "/http://"} {
		if i := strings.Index(path, scheme); i >= 0 {
			from := strings.Index(href, path) + i + 1
			return href[from:]
		}
	}
	for segment := range strings.SplitSeq(path, "/") {
		if len(segment) > len("http://") && (segment[0] == 'h' || segment[0] == 'H' || segment[0] == 'a') {
			if inner := decoded(segment); inner != "" {
				return inner
			}
		}
	}
	return ""
}

// decoded returns the URL that s is: plain, percent-encoded once or twice, or in
// base64.
func decoded(s string) string {
	for range 3 {
		if absolute(s) && hostOf(s) != "" {
			return strings.ToValidUTF8(strings.TrimSpace(s), "\uFFFD")
		}
		if !strings.Contains(s, "%") {
			break
		}
		next, err := url.PathUnescape(s)
		if err != nil {
			break
		}
		s = next
	}
	// So starts http in base64.
	if strings.HasPrefix(s, "aHR0c") || strings.HasPrefix(s, "SFRUU") {
		s = strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(s), "=")
		if b, err := base64.RawURLEncoding.DecodeString(s); err == nil && absolute(string(b)) && hostOf(string(b)) != "" {
			return strings.ToValidUTF8(strings.TrimSpace(string(b)), "\uFFFD")
		}
	}
	return ""
}
