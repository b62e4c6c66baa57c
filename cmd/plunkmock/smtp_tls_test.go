package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net/smtp"
	"os"
	"path/filepath"
	"testing"

	listener "github.com/plunkmock/plunkmock/inbox/smtp"
)

func TestTLSOfMail(t *testing.T) {
	t.Parallel()
	file, own := certificateFile(t)
	for _, args := range [][]string{{"--smtps", "127.0.0.1:0"}, {"--smtps", "127.0.0.1:0", "--smtp-cert", file}, {"--smtps", "127.0.0.1:0", "--smtp-cert", file + "," + file}} {
		r := start(t, args...)
		var seen []byte
		trust := &tls.Config{ServerName: "localhost", MinVersion: tls.VersionTLS12, InsecureSkipVerify: true, VerifyPeerCertificate: func(raw [][]byte, _ [][]*x509.Certificate) error {
			seen = raw[0]
			return nil
		}}
		c := dialSMTP(t, *r.ready.SMTP)
		if err := c.StartTLS(trust); err != nil {
			t.Fatal(err)
		}
		if _, err := deliver(c, "a@b.test", []string{"ada@example.com"}, note); err != nil {
			t.Error(err)
		}
		deliverInTLS(t, *r.ready.SMTPS, trust)
		if len(args) > 2 && !bytes.Equal(seen, own) {
			t.Error("the certificate is not the one given")
		}
		var m letter
		r.get(t, "/_mock/inbox/messages/latest", "sk_test", &m)
		if len(r.letters(t, "sk_test")) != 2 || !m.Envelope.TLS {
			t.Errorf("%+v", m)
		}
	}
}

// deliverInTLS sends a message where TLS is spoken from the start.
func deliverInTLS(t *testing.T, address string, trust *tls.Config) {
	t.Helper()
	conn, err := (&tls.Dialer{Config: trust}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	c, err := smtp.NewClient(conn, "localhost")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := deliver(c, "a@b.test", []string{"ada@example.com"}, note); err != nil {
		t.Error(err)
	}
}

// certificateFile makes a certificate, and a file that has it and its key.
func certificateFile(t *testing.T) (file string, certificate []byte) {
	t.Helper()
	pair, err := listener.SelfSigned("localhost")
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalECPrivateKey(pair.PrivateKey.(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "both.pem")
	data := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: key})...)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file, pair.Certificate[0]
}
