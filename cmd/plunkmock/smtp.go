package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/plunkmock/plunkmock/cmd/plunkmock/internal/authority"
	"github.com/plunkmock/plunkmock/inbox/smtp"
	"github.com/plunkmock/plunkmock/mock"
)

// Values of --smtp, --smtp-auth and --smtp-tls.
const (
	off      = "off"
	on       = "on"
	optional = "optional"
	required = "required"
)

// mailFlags are how mail is taken by SMTP.
type mailFlags struct {
	smtp     string // an address, or off
	given    bool   // it was named, and is not the default
	smtps    string // as smtp, for TLS from the start
	auth     string
	starttls string
	cert     string // files with a certificate and its key
}

// flags declares the flags of how mail is taken.
func (m *mailFlags) flags(f *flag.FlagSet) {
	f.StringVar(&m.smtp, "smtp", "127.0.0.1:4525", "`address` to take mail on by SMTP, or off; any that is free when --port is 0")
	f.StringVar(&m.smtps, "smtps", off, "`address` to take mail on by SMTP with TLS from the start, or off")
	f.StringVar(&m.auth, "smtp-auth", optional, "optional: mail without a log-in goes to the project test; required: it is refused")
	f.StringVar(&m.starttls, "smtp-tls", on, "on: STARTTLS is offered on --smtp; off: it is not, for clients that would refuse the certificate")
	f.StringVar(&m.cert, "smtp-cert", "", "`file` in PEM with the certificate of SMTP and its key, or both files with a comma between (default one of plunkmock ca, if that was ever made, or one that signs itself)")
}

// maxRecipients is how many recipients a message may have: as many as a project keeps
// mails, unless it is told otherwise.
const maxRecipients = 100_000

// mailbox takes mail by SMTP: one listener, or two.
type mailbox struct {
	listeners []net.Listener // nil where there is none: that of --smtp, that of --smtps
	configs   []smtp.Config
	needsAuth bool
	done      []chan struct{}
}

// listenMail listens where the settings say, and tells the emulator where that is.
func listenMail(ctx context.Context, s *settings) (*mailbox, error) {
	m := &mailbox{listeners: make([]net.Listener, 2), needsAuth: s.mail.auth == required}
	certificate, err := s.mail.certificate(s.authority)
	if err != nil {
		return nil, err
	}
	shown := []*string{&s.config.SMTP, &s.config.SMTPS}
	for i, address := range []string{s.mail.smtp, s.mail.smtps} {
		name := []string{"smtp", "smtps"}[i]
		c := smtp.Config{MaxSize: s.config.Limits.SMTP, MaxRecipients: maxRecipients, Drain: drainTime, TLS: certificate, Implicit: i == 1, Log: s.config.Log}
		if i == 0 && s.mail.starttls == off {
			c.TLS = nil
		}
		m.configs = append(m.configs, c)
		if address == off {
			continue
		}
		l, err := listen(ctx, address, name)
		if err != nil {
			return nil, errors.Join(err, m.close())
		}
		m.listeners[i], *shown[i] = l, l.Addr().String()
		if err := checkLoop(s.config.Forward, l.Addr()); err != nil {
			return nil, errors.Join(usage(err), m.close())
		}
	}
	s.config.ReadMail = smtp.Read
	return m, nil
}

// close is for a mailbox that does not serve.
func (m *mailbox) close() error {
	var err error
	for _, l := range m.listeners {
		if l != nil {
			err = errors.Join(err, l.Close())
		}
	}
	return err
}

// serve takes mail until ctx ends. failed is told when it ends before.
func (m *mailbox) serve(ctx context.Context, relay *mock.Relay, failed chan<- error) {
	for i, l := range m.listeners {
		if l == nil {
			continue
		}
		c := m.configs[i]
		c.Auth, c.AuthRequired = relay.Login, m.needsAuth
		c.Check, c.Refused, c.Deliver = relay.Check, relay.Refused, relay.Deliver
		done := make(chan struct{})
		m.done = append(m.done, done)
		go func() {
			err := smtp.Serve(ctx, l, c)
			if err != nil {
				failed <- err
			}
			close(done)
		}()
	}
}

// wait waits until messages in hand have come to their end, after the context of serve
// has ended.
func (m *mailbox) wait() {
	for _, done := range m.done {
		<-done
	}
}

// certificate is what TLS shows: that of the flags, else one of the authority that
// --tls has made, else one that is made when someone first needs it. Clients that know
// this machine by another name than the authority's get that one too.
func (m *mailFlags) certificate(known func() *authority.Authority) (*tls.Config, error) {
	if m.cert != "" {
		cert, key, two := strings.Cut(m.cert, ",")
		if !two {
			key = cert
		}
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return nil, usage(fmt.Errorf("--smtp-cert: must be a file that has a certificate and its key in PEM, or two such as cert.pem,key.pem: %w", err))
		}
		return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
	}
	made := sync.OnceValues(func() (tls.Certificate, error) {
		names := []string{"localhost", "127.0.0.1", "::1", "host.docker.internal"}
		if name, err := os.Hostname(); err == nil {
			names = append(names, name)
		}
		return smtp.SelfSigned(names...)
	})
	known = sync.OnceValue(known)
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		if a := known(); a != nil && authority.Covers(hello.ServerName) {
			return a.Certificate(hello)
		}
		pair, err := made()
		return &pair, err
	}}, nil
}

// checkLoop finds the --forward that leads back here, so that each mail would come
// again and again.
func checkLoop(forward string, own net.Addr) error {
	u, err := url.Parse(forward)
	at, ok := own.(*net.TCPAddr)
	if forward == "" || err != nil || !ok || u.Port() != strconv.Itoa(at.Port) || !isOwn(u.Hostname(), at.IP) {
		return nil //nolint:nilerr // the flag was checked
	}
	return fmt.Errorf("--forward %s is where this server itself takes mail, so that each mail would come again and again; name another server", forward)
}

// isOwn tells whether a host is this machine, as far as its name tells.
func isOwn(host string, listens net.IP) bool {
	ip := net.ParseIP(host)
	if ip == nil || ip.IsLoopback() || ip.IsUnspecified() || ip.Equal(listens) {
		return ip != nil || strings.EqualFold(host, "localhost")
	}
	local, _ := net.InterfaceAddrs()
	return slices.ContainsFunc(local, func(a net.Addr) bool {
		n, ok := a.(*net.IPNet)
		return ok && n.IP.Equal(ip)
	})
}
