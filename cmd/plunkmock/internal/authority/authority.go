// Package authority is a certificate authority of one's own machine, for clients
// that insist on HTTPS and on the names of Plunk's servers.
//
// Whoever trusts it trusts it for very little: critical name constraints bind it
// to [Hosts], localhost and the loopback addresses, so that a stolen key opens
// nothing else. It is a file that clients are pointed at, and is never put into
// a system's store.
package authority

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// Authority makes certificates for this machine. It is safe for concurrent use.
type Authority struct {
	file        string
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey

	mu   sync.Mutex
	leaf *tls.Certificate // the one that is shown; made anew before it expires
}

// Names of the files in the folder of an authority.
const (
	folder   = "ca"
	certFile = "ca.pem"
	keyFile  = "ca-key.pem"
)

// Hosts are the names of Plunk's servers.
func Hosts() []string { return []string{"api.useplunk.com", "next-api.useplunk.com"} }

// Covers tells whether certificates are good for a client that asks for name,
// which is "" when it asks for none, as one that dials an IP address does.
func Covers(name string) bool {
	name = strings.ToLower(name)
	ip := net.ParseIP(name)
	return name == "" || name == localhost || ip != nil && ip.IsLoopback() || slices.Contains(Hosts(), name)
}

// Open returns the authority that a state folder has, and makes one when it has
// none. Processes that do so at once get the same.
func Open(state string) (*Authority, error) {
	a, err := Load(state)
	if !errors.Is(err, fs.ErrNotExist) {
		return a, err
	}
	if err := create(state); err != nil {
		return nil, err
	}
	return Load(state)
}

// Load returns the authority that a state folder has. The error is
// [fs.ErrNotExist] when it has none.
func Load(state string) (*Authority, error) {
	dir := filepath.Join(state, folder)
	if _, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("the certificate authority: %w", err)
	}
	a, err := read(dir)
	if err != nil {
		return nil, fmt.Errorf("the certificate authority in %s: %w", dir, err)
	}
	return a, nil
}

// errBroken says what to do about an authority that is of no use any more.
var errBroken = errors.New("remove that folder and start again, which makes a new one for clients to trust")

// read reads and tries an authority. A file that is missing is no
// [fs.ErrNotExist]: the folder comes into being whole, so it was taken out since.
func read(dir string) (*Authority, error) {
	a := &Authority{file: filepath.Join(dir, certFile)}
	der, err := readPEM(a.file, "CERTIFICATE")
	if err != nil {
		return nil, err
	}
	if a.certificate, err = x509.ParseCertificate(der); err != nil {
		return nil, fmt.Errorf("%s is broken (%w): %w", certFile, err, errBroken)
	}
	key := filepath.Join(dir, keyFile)
	if der, err = readPEM(key, "EC PRIVATE KEY"); err != nil {
		return nil, err
	}
	if info, err := os.Stat(key); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("others may read the key; if none has, chmod 600 %s, or else %w", key, errBroken)
	}
	if a.key, err = x509.ParseECPrivateKey(der); err != nil {
		return nil, fmt.Errorf("%s is broken (%w): %w", keyFile, err, errBroken)
	}
	return a, a.try()
}

// readPEM reads the block of a kind that a file starts with.
func readPEM(name, kind string) ([]byte, error) {
	data, err := os.ReadFile(name) //nolint:gosec // a name of ours in the user's own folder
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s is missing: %w", filepath.Base(name), errBroken)
	case err != nil:
		return nil, err
	}
	block, _ := pem.Decode(data)
	if block == nil || block.Type != kind {
		return nil, fmt.Errorf("%s is broken (it has no %s): %w", filepath.Base(name), kind, errBroken)
	}
	return block.Bytes, nil
}

// try finds what makes an authority useless, or more than it should be.
func (a *Authority) try() error {
	now, c := time.Now(), a.certificate
	switch {
	case now.After(c.NotAfter):
		return fmt.Errorf("it expired on %s: %w", c.NotAfter.Format(time.DateOnly), errBroken)
	case now.Before(c.NotBefore):
		return fmt.Errorf("it is valid from %s on, and now is %s: set the clock right, or %w", c.NotBefore.Format(time.DateOnly), now.Format(time.DateOnly), errBroken)
	case !c.PermittedDNSDomainsCritical || len(c.PermittedDNSDomains) == 0 || len(c.PermittedIPRanges) == 0:
		return fmt.Errorf("it may sign for any name, which none of ours may: %w", errBroken)
	}
	leaf, err := a.issue(now)
	if err == nil {
		roots := x509.NewCertPool()
		roots.AddCert(c)
		_, err = leaf.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: Hosts()[0], CurrentTime: now})
	}
	if err != nil {
		return fmt.Errorf("its certificates do not hold (%w): %w", err, errBroken)
	}
	a.leaf = leaf
	return nil
}

// File is where the certificate is, for clients to be pointed at.
func (a *Authority) File() string { return a.file }

// PEM is the certificate, as the file has it.
func (a *Authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
}

// Certificate is for [tls.Config.GetCertificate].
func (a *Authority) Certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	if now.Before(a.leaf.Leaf.NotAfter.Add(-leafLife / 2)) {
		return a.leaf, nil
	}
	leaf, err := a.issue(now)
	if err != nil {
		return nil, err
	}
	a.leaf = leaf
	return leaf, nil
}
