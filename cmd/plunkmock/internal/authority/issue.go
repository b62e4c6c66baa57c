package authority

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// How long certificates are good: the authority for years, since people have to
// tell their clients about it; what it signs for days, since no one sees it.
const (
	years    = 10
	leafLife = 14 * 24 * time.Hour
)

const localhost = "localhost"

// longestName is what a common name may have (RFC 5280, ub-common-name). Hosts may have
// longer ones.
const longestName = 64

// create makes an authority in a state folder. The files are made aside and
// moved there in one folder, so that they are whole or not there at all; where
// another process was first, its authority stays.
func create(state string) error {
	cert, key, err := generate(time.Now())
	if err != nil {
		return err
	}
	if err := os.MkdirAll(state, 0o700); err != nil {
		return fmt.Errorf("making a folder for the certificate authority: %w", err)
	}
	aside, err := os.MkdirTemp(state, folder+"-*.part") // 0700
	if err != nil {
		return fmt.Errorf("making a folder for the certificate authority: %w", err)
	}
	err = errors.Join(
		os.WriteFile(filepath.Join(aside, keyFile), key, 0o600),
		os.WriteFile(filepath.Join(aside, certFile), cert, 0o600),
	)
	if err == nil {
		err = os.Rename(aside, filepath.Join(state, folder))
	}
	if err == nil {
		return nil
	}
	_ = os.RemoveAll(aside)
	if _, there := os.Stat(filepath.Join(state, folder)); !errors.Is(there, fs.ErrNotExist) {
		return nil // another process was first
	}
	return fmt.Errorf("writing the certificate authority: %w", err)
}

// generate makes a key, and a certificate that binds it to this machine.
func generate(now time.Time) (cert, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("making a key: %w", err)
	}
	name := "plunkmock CA"
	if host, err := os.Hostname(); err == nil {
		name += " of " + host // to tell it from those of other machines
	}
	name = name[:min(len(name), longestName)]
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{Organization: []string{"plunkmock"}, CommonName: name},
		NotBefore: now.Add(-24 * time.Hour), NotAfter: now.AddDate(years, 0, 0), // clocks of containers differ
		BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		PermittedDNSDomainsCritical: true, // and with them the ranges: it is one extension
		PermittedDNSDomains:         append(Hosts(), localhost),
		PermittedIPRanges: []*net.IPNet{
			{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)},
			{IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)},
		},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		return nil, nil, fmt.Errorf("making the certificate authority: %w", err)
	}
	secret, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		return nil, nil, fmt.Errorf("writing a key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret}), nil
}

// issue makes a certificate for all that the authority may sign for, with a key
// that is never written anywhere.
func (a *Authority) issue(now time.Time) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{Organization: []string{"plunkmock"}}, // a common name would be a name to constrain
		NotBefore: now.Add(-24 * time.Hour), NotAfter: now.Add(leafLife),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		DNSNames:              append(Hosts(), localhost),
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	if template.NotAfter.After(a.certificate.NotAfter) {
		template.NotAfter = a.certificate.NotAfter
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, a.key)
	if err != nil {
		return nil, fmt.Errorf("making a certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, err
}

// serial is a number that no other certificate has.
func serial() *big.Int {
	var bytes [16]byte
	_, _ = rand.Read(bytes[:]) // never fails
	bytes[0] &= 0x7f
	bytes[15] |= 1
	return new(big.Int).SetBytes(bytes[:])
}
