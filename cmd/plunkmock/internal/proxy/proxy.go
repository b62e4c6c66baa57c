// Package proxy is a forward proxy for clients whose address of Plunk cannot be
// changed: it answers for Plunk's servers itself, and for no one else.
//
// What is asked of those hosts never leaves the machine. Everything else is
// refused, unless it was named: see [Pass].
package proxy

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Config says how to build a [Proxy].
type Config struct {
	Hosts   []string     // who is answered for, at the ports 80 and 443
	Handler http.Handler // what answers
	Pass    Pass         // what is passed on
	URL     string       // where the API is without a proxy, for texts
	Log     *slog.Logger
}

// Proxy is the handler of a forward proxy. It is safe for concurrent use.
type Proxy struct {
	config Config
	secure *handoff
	plain  *handoff
	onward *httputil.ReverseProxy // for calls in clear to hosts that are passed
	direct *http.Transport        // of onward

	tunnels atomic.Int64
	stopped context.Context //nolint:containedctx // ends with Close: the proxy's own life
	stop    context.CancelFunc
}

const (
	maxTunnels  = 1000             // tunnels at once, those that end here too
	dialTime    = 10 * time.Second // how long the other side may take to answer
	tunnelIdle  = 10 * time.Minute // how long a tunnel to elsewhere may carry nothing
	replyTime   = 10 * time.Second // how long a client may take to read an answer to CONNECT
	portOfHTTP  = "80"
	portOfHTTPS = "443"
)

// New makes a proxy. Someone must serve what its listeners accept.
func New(c Config) *Proxy {
	p := &Proxy{config: c, secure: newHandoff(), plain: newHandoff()}
	p.stopped, p.stop = context.WithCancel(context.Background())
	p.direct = &http.Transport{
		DialContext:           func(ctx context.Context, _, address string) (net.Conn, error) { return c.Pass.dial(ctx, address) },
		ResponseHeaderTimeout: time.Minute, IdleConnTimeout: time.Minute, MaxIdleConnsPerHost: 8, DisableCompression: true,
	}
	p.onward = &httputil.ReverseProxy{
		Transport: p.direct,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.Header.Del("Connection") // no WebSockets: a tunnel is for those
			r.Out.Header.Del("Upgrade")
		},
		ErrorLog:     slog.NewLogLogger(c.Log.Handler(), slog.LevelDebug),
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) { unreachable(w, r.URL.Host, err) },
	}
	return p
}

// Secure accepts connections to the hosts that are answered for, on which TLS is
// spoken.
func (p *Proxy) Secure() net.Listener { return p.secure }

// Plain accepts those on which it is not.
func (p *Proxy) Plain() net.Listener { return p.plain }

// Close cuts all tunnels to elsewhere. Connections that end here belong to
// whoever serves them.
func (p *Proxy) Close() {
	p.stop()
	_ = p.secure.Close()
	_ = p.plain.Close()
	p.direct.CloseIdleConnections()
}

// ServeHTTP answers a request to the proxy.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodConnect:
		p.connect(w, r)
	case r.URL.IsAbs():
		p.forward(w, r)
	default:
		say(w, http.StatusBadRequest, "This is a forward proxy, for HTTPS_PROXY. The API itself is at %s.", p.config.URL)
	}
}

// connect opens a tunnel: to the emulator for Plunk's hosts, else to what is
// passed on.
func (p *Proxy) connect(w http.ResponseWriter, r *http.Request) {
	d, err := parseDestination(r.URL.Host, "")
	switch {
	case err != nil || r.RequestURI != r.URL.Host:
		say(w, http.StatusBadRequest, "CONNECT takes a host and a port, such as %s:443.", p.config.Hosts[0])
	case r.ContentLength != 0:
		w.Header().Set("Connection", "close") // what follows could be taken for the next request
		say(w, http.StatusBadRequest, "CONNECT takes no body.")
	case p.owns(d) && d.port == portOfHTTPS:
		p.end(w, p.secure)
	case p.owns(d) && d.port == portOfHTTP:
		p.end(w, p.plain)
	case p.isOurs(d) || !p.config.Pass.Allows(d.host, d.port):
		p.refuse(w, d)
	default:
		p.tunnel(w, r, d)
	}
}

// forward answers a request that names its whole address: one in clear, or one
// of the clients that know no better way to ask for HTTPS.
func (p *Proxy) forward(w http.ResponseWriter, r *http.Request) {
	port := map[string]string{"http": portOfHTTP, "https": portOfHTTPS}[r.URL.Scheme]
	d, err := parseDestination(r.URL.Host, port)
	switch {
	case err != nil || port == "":
		say(w, http.StatusBadRequest, "The address must be one of http or https, such as http://%s/v1/send.", p.config.Hosts[0])
	case p.owns(d):
		p.config.Handler.ServeHTTP(w, inward(r))
	case p.isOurs(d) || !p.config.Pass.Allows(d.host, d.port):
		p.refuse(w, d)
	case port == portOfHTTPS:
		say(w, http.StatusBadRequest, "Only CONNECT leads to an address of https that is passed on.")
	default:
		p.onward.ServeHTTP(w, r)
	}
}

// isOurs tells whether a host is one that is answered for, which none of its
// ports is passed on for.
func (p *Proxy) isOurs(d destination) bool { return slices.Contains(p.config.Hosts, d.host) }

// owns tells whether a destination is answered here.
func (p *Proxy) owns(d destination) bool {
	return p.isOurs(d) && (d.port == portOfHTTP || d.port == portOfHTTPS)
}

func (p *Proxy) refuse(w http.ResponseWriter, d destination) {
	if p.isOurs(d) {
		say(w, http.StatusForbidden, "plunkmock answers for %s at the ports 80 and 443 alone, and nothing for it leaves this machine.", d.host)
		return
	}
	name := d.host
	if d.port != portOfHTTP && d.port != portOfHTTPS {
		name = net.JoinHostPort(d.host, d.port)
	}
	say(w, http.StatusForbidden, "plunkmock answers for %s here and passes nothing on to %s. "+
		"Start it with --proxy-pass %s to let that through, or keep it off the proxy with NO_PROXY=%s.",
		strings.Join(p.config.Hosts, " and "), net.JoinHostPort(d.host, d.port), name, d.host)
}

// inward is a request as the emulator would have got it without a proxy.
func inward(r *http.Request) *http.Request {
	in := r.Clone(r.Context())
	in.URL = &url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery, ForceQuery: r.URL.ForceQuery}
	if in.URL.Path == "" {
		in.URL.Path = "/"
	}
	in.RequestURI = in.URL.RequestURI()
	in.Host = r.URL.Host // and whatever the header Host said
	for _, list := range r.Header["Connection"] {
		for name := range strings.SplitSeq(list, ",") {
			in.Header.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range []string{"Connection", "Proxy-Connection", "Proxy-Authorization", "Keep-Alive", "Te", "Trailer", "Upgrade"} {
		in.Header.Del(name) // they were for the proxy
	}
	return in
}

// say answers with a text for people.
func say(w http.ResponseWriter, status int, format string, args ...any) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, format+"\n", args...) //nolint:gosec // plain text, as the headers say
}
