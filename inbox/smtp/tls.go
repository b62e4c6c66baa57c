package smtp

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
)

// startTLS changes to TLS. What is known of the client so far was said in clear, so it
// is forgotten, and what came along with the command ends the session: someone may
// have put it there.
func (s *session) startTLS() error {
	switch {
	case s.server.config.TLS == nil:
		return s.say("502 5.5.1 STARTTLS is not offered")
	case s.envelope.TLS:
		return s.say("503 5.5.1 TLS is in use")
	case s.inMail || s.loggedIn:
		return s.say("503 5.5.1 STARTTLS comes before AUTH and MAIL")
	case s.in.Buffered() > 0:
		s.ended = true
		return s.say("503 5.5.1 STARTTLS is the last command in clear")
	}
	err := s.say("220 2.0.0 Ready to start TLS")
	if err == nil {
		err = s.out.Flush()
	}
	if err != nil {
		return err
	}
	s.conn = tls.Server(s.base, s.server.config.TLS)
	if err := s.handshake(); err != nil {
		s.ended = true
		return err
	}
	s.in = bufio.NewReaderSize(s.conn, readAhead)
	s.envelope = inbox.Envelope{Remote: s.envelope.Remote, TLS: true}
	return nil
}

// handshake takes as long as a line may take.
func (s *session) handshake() error {
	s.arm(s.server.config.Idle)
	_ = s.base.SetWriteDeadline(earlier(time.Now().Add(s.server.config.Idle), s.until))
	err := s.conn.(*tls.Conn).HandshakeContext(context.WithoutCancel(s.server.delivery))
	if err != nil {
		s.muted = true // neither side could read it
		s.server.config.Log.Warn("smtp: TLS handshake", "error", err, "remote", s.envelope.Remote)
		return fmt.Errorf("smtp: TLS handshake: %w", err)
	}
	return nil
}

// SelfSigned makes a certificate for the names and IP addresses, with a new key. It is
// good for ten years.
func SelfSigned(names ...string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("smtp: making a key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("smtp: making a serial number: %w", err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "plunkmock"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(10, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("smtp: making a certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
