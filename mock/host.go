package mock

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// checkHost refuses a Host that a web page could own: a page whose name is made
// to lead here would otherwise read the inbox.
func (s *Server) checkHost(r *http.Request) error {
	host, name := r.Host, hostname(r.Host)
	switch {
	case isAddress(name), name != "" && !strings.Contains(name, "."):
		return nil
	case strings.HasSuffix(name, ".localhost"), name == "host.docker.internal", name == "host.testcontainers.internal":
		return nil
	case r.TLS != nil && strings.HasSuffix(name, ".useplunk.com"): // names of Plunk alone, and whoever trusts this certificate for them means this server
		return nil
	case slices.ContainsFunc(s.config.AllowHosts, func(allowed string) bool { return strings.EqualFold(allowed, name) }):
		return nil
	}
	if u, err := url.Parse(s.config.URL); err == nil && u.Host != "" && strings.EqualFold(u.Hostname(), name) {
		return nil
	}
	return &problem{status: http.StatusForbidden, message: fmt.Sprintf(
		"The Host %q is not one that this server answers to here, so that no web page can read the inbox; start it with --allow-host %s if that is its name", host, name)}
}

// hostname takes the port off a Host and the brackets off an IPv6 address.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}

func isAddress(name string) bool {
	_, err := netip.ParseAddr(name)
	return err == nil
}

// checkOrigin refuses a write that a web page of another origin sends.
func (s *Server) checkOrigin(r *http.Request) error {
	if err := s.cross.Check(r); err != nil {
		return &problem{status: http.StatusForbidden, message: "A web page of another origin may not call the control API: " + err.Error()}
	}
	return nil
}
