package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"

	"github.com/plunkmock/plunkmock/cmd/plunkmock/internal/authority"
	"github.com/plunkmock/plunkmock/cmd/plunkmock/internal/proxy"
)

// tlsFlags are how calls are taken from clients whose address of Plunk cannot be
// changed.
type tlsFlags struct {
	tls    string // an address, or off
	proxy  string // as tls
	pass   proxy.Pass
	public bool   // the proxy may listen where others reach it
	state  string // the folder of the certificate authority; "" for the usual one
}

// flags declares the flags of HTTPS and of the proxy.
func (t *tlsFlags) flags(f *flag.FlagSet) {
	f.StringVar(&t.tls, "tls", off, "`address` to listen on for HTTPS, such as 127.0.0.1:4543, or off; clients must trust what plunkmock ca prints")
	f.StringVar(&t.proxy, "proxy", off, "`address` of a forward proxy that answers for Plunk's servers, such as 127.0.0.1:4588, or off; for HTTPS_PROXY")
	f.Var(&t.pass, "proxy-pass", "further `host` that the proxy lets through, host:port for a port that is not 80 or 443, or * for all of the internet; repeatable, in a variable with commas")
	f.BoolVar(&t.public, "proxy-public", false, "let --proxy listen where other machines reach it")
	stateFlag(f, &t.state)
}

// check refuses a proxy that others reach, unless it is meant, and what is said of one that
// there is not.
func (t *tlsFlags) check() error {
	if t.proxy == off {
		name := ""
		switch {
		case t.pass.String() != "":
			name = "proxy-pass"
		case t.public:
			name = "proxy-public"
		default:
			return nil
		}
		return usage(fmt.Errorf("--%s (%s) needs --proxy: where the proxy listens, such as --proxy 127.0.0.1:4588", name, variable(name)))
	}
	host, _, _ := net.SplitHostPort(t.proxy) // strict has seen it
	if ip := net.ParseIP(host); t.public || host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return usage(fmt.Errorf("--proxy %s can be reached by other machines; take an address such as 127.0.0.1:4588, or add --proxy-public if that is meant", t.proxy))
}

// authority returns the certificate authority if there is one, and nil if not: mail
// needs none.
func (s *settings) authority() *authority.Authority {
	dir, err := s.tls.dir(s.getenv)
	if err != nil {
		return nil
	}
	a, err := authority.Load(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.config.Log.Warn("the certificate of SMTP signs itself", "err", err)
	}
	return a
}

// gates are the listeners of HTTPS and of the proxy.
type gates struct {
	tls    net.Listener // nil where there is none
	proxy  net.Listener // as tls
	config *tls.Config

	through *proxy.Proxy // nil without a proxy
	server  *http.Server // of the proxy
}

// openGates listens where the settings say, and says in them where that is.
func openGates(ctx context.Context, s *settings) (*gates, error) {
	g := new(gates)
	if s.tls.tls == off && s.tls.proxy == off {
		return g, nil
	}
	dir, err := s.tls.dir(s.getenv)
	if err != nil {
		return nil, err
	}
	ca, err := authority.Open(dir)
	if err != nil {
		return nil, err
	}
	g.config = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: ca.Certificate}
	if s.tls.tls != off {
		if g.tls, err = listen(ctx, s.tls.tls, "tls"); err != nil {
			return nil, err
		}
		s.config.HTTPS = "https://" + g.tls.Addr().String()
	}
	if s.tls.proxy != off {
		if g.proxy, err = listen(ctx, s.tls.proxy, "proxy"); err != nil {
			return nil, errors.Join(err, g.close())
		}
		s.config.Proxy = "http://" + g.proxy.Addr().String()
	}
	return g, nil
}

// close is for gates that do not serve.
func (g *gates) close() error {
	var err error
	for _, l := range []net.Listener{g.tls, g.proxy} {
		if l != nil {
			err = errors.Join(err, l.Close())
		}
	}
	return err
}

// serve takes calls with web, which serves the other listener too. failed is told
// when that ends.
func (g *gates) serve(web *http.Server, s *settings, failed chan<- error) {
	if g.config != nil {
		web.TLSConfig = g.config.Clone()
		// Whichever listener is served first settles for all whether HTTP/2 is spoken: that
		// of plain HTTP would settle that it is not, and yet it would be offered.
		web.TLSConfig.NextProtos = []string{"h2", "http/1.1"}
	}
	if g.tls != nil {
		go func() { failed <- web.ServeTLS(g.tls, "", "") }()
	}
	if g.proxy == nil {
		return
	}
	g.through = proxy.New(proxy.Config{Hosts: authority.Hosts(), Handler: web.Handler, Pass: s.tls.pass, URL: s.config.URL, Log: s.config.Log})
	g.server = &http.Server{
		Handler: g.through, ReadHeaderTimeout: s.headerTimeout, IdleTimeout: s.idleTimeout,
		ErrorLog: slog.NewLogLogger(s.config.Log.Handler(), slog.LevelDebug),
	}
	go func() { failed <- g.server.Serve(g.proxy) }()
	go func() { failed <- web.ServeTLS(g.through.Secure(), "", "") }()
	go func() { failed <- web.Serve(g.through.Plain()) }()
}

// shutdown lets no one in any more and waits for calls in hand. What the proxy
// passes on is cut by cut.
func (g *gates) shutdown(ctx context.Context) error {
	if g.server == nil {
		return nil
	}
	return shutdown(ctx, g.server)
}

func (g *gates) cut() {
	if g.through != nil {
		g.through.Close()
	}
}
