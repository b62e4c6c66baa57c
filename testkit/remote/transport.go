package remote

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// fixedHost is the host that stands in code whose address of Plunk is fixed.
const fixedHost = "api.useplunk.com"

// transport sends what is meant for Plunk to the emulator, and nothing to anyone else.
type transport struct {
	url  string // of the emulator
	next http.RoundTripper
}

// RoundTrip sends a request.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	to, err := url.Parse(t.url)
	if err == nil && r.URL.Host != to.Host && !strings.EqualFold(r.URL.Hostname(), fixedHost) {
		err = fmt.Errorf("remote: this transport reaches the emulator at %s alone, not %s://%s", t.url, r.URL.Scheme, r.URL.Host)
	}
	if err != nil {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, err
	}
	sent := r.Clone(r.Context())
	sent.URL.Scheme, sent.URL.Host = to.Scheme, to.Host
	if r.URL.Host != to.Host {
		sent.Host = to.Host
	}
	response, err := t.next.RoundTrip(sent)
	if response != nil {
		response.Request = r
	}
	return response, err
}
