package authority_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/cmd/plunkmock/internal/authority"
)

// opened returns an authority in a state folder of its own.
func opened(t *testing.T) (a *authority.Authority, state string) {
	t.Helper()
	state = filepath.Join(t.TempDir(), "some", "plunkmock")
	a, err := authority.Open(state)
	if err != nil {
		t.Fatal(err)
	}
	return a, state
}

func parse(t *testing.T, data []byte) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode(data)
	if block == nil {
		t.Fatalf("no PEM: %q", data)
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCertificatesAreGoodForThisMachineAlone(t *testing.T) {
	t.Parallel()
	a, _ := opened(t)
	roots := x509.NewCertPool()
	roots.AddCert(parse(t, a.PEM()))
	shown, err := a.Certificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"api.useplunk.com", "next-api.useplunk.com", "localhost", "127.0.0.1", "::1"} {
		if _, err := shown.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !authority.Covers(name) {
			t.Errorf("%s is not covered", name)
		}
	}
	if authority.Covers("example.com") || authority.Covers("192.0.2.1") || !authority.Covers("") {
		t.Error("what is covered is not what certificates say")
	}
	if left := time.Until(shown.Leaf.NotAfter); left > 31*24*time.Hour || left < time.Hour {
		t.Errorf("a certificate is good for %v", left)
	}
	if left := time.Until(parse(t, a.PEM()).NotAfter); left < 5*365*24*time.Hour {
		t.Errorf("the authority is good for %v", left)
	}
}

// TestAStolenKeySignsForNothingElse signs with the key from the file.
func TestAStolenKeySignsForNothingElse(t *testing.T) {
	t.Parallel()
	a, state := opened(t)
	root := parse(t, a.PEM())
	data, err := os.ReadFile(filepath.Join(state, "ca", "ca-key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	key, err := x509.ParseECPrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(root)
	forged, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	for name, template := range map[string]*x509.Certificate{
		"example.com":     {DNSNames: []string{"example.com"}},
		"useplunk.com":    {DNSNames: []string{"useplunk.com"}},
		"192.0.2.1":       {IPAddresses: []net.IP{net.IPv4(192, 0, 2, 1)}},
		"evil.app.test":   {DNSNames: []string{"localhost", "evil.app.test"}},
		"app.useplunk.us": {DNSNames: []string{"app.useplunk.us"}},
	} {
		template.SerialNumber, template.NotAfter = big.NewInt(1), time.Now().Add(time.Hour)
		der, err := x509.CreateCertificate(rand.Reader, template, root, &forged.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		leaf, _ := x509.ParseCertificate(der)
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name}); err == nil || !strings.Contains(err.Error(), "not permitted") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !root.PermittedDNSDomainsCritical || !root.MaxPathLenZero {
		t.Error("the constraints are not critical, or it may sign for other authorities")
	}
}

func TestOnlyTheUserMayReadTheKey(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	a, state := opened(t)
	key := filepath.Join(state, "ca", "ca-key.pem")
	for name, want := range map[string]fs.FileMode{state: 0o700, filepath.Dir(key): 0o700, key: 0o600} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want %v", name, info.Mode(), err, want)
		}
	}
	if on, err := os.ReadFile(a.File()); err != nil || !bytes.Equal(on, a.PEM()) || bytes.Contains(on, []byte("PRIVATE")) {
		t.Errorf("%s: %v\n%s", a.File(), err, on)
	}
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := authority.Open(state); err == nil || !strings.Contains(err.Error(), "chmod 600 "+key) {
		t.Errorf("a key that others may read: %v", err)
	}
}

func TestWhoeverOpensFirstOpensForAll(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	const n = 20
	got := make([][]byte, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			a, err := authority.Open(state)
			if err != nil {
				t.Error(err)
				return
			}
			got[i] = a.PEM()
		})
	}
	wg.Wait()
	for _, one := range got {
		if !bytes.Equal(one, got[0]) {
			t.Fatal("there are two authorities")
		}
	}
	if left, _ := filepath.Glob(filepath.Join(state, "*")); len(left) != 1 {
		t.Errorf("left are %q", left)
	}
}

func TestNoneIsNotMadeByLoad(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	if _, err := authority.Load(state); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if made, _ := os.ReadDir(state); len(made) > 0 {
		t.Error(made)
	}
}

func TestABrokenOneSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for want, damage := range map[string]func(dir string) error{
		"ca.pem is missing":     func(dir string) error { return os.Remove(filepath.Join(dir, "ca.pem")) },
		"ca-key.pem is missing": func(dir string) error { return os.Remove(filepath.Join(dir, "ca-key.pem")) },
		"ca.pem is broken":      func(dir string) error { return os.WriteFile(filepath.Join(dir, "ca.pem"), nil, 0o600) },
		"ca-key.pem is broken": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "ca-key.pem"), []byte("-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n"), 0o600)
		},
		"expired on":             func(dir string) error { return replace(dir, time.Now().AddDate(-1, 0, 0), bound()) },
		"valid from":             func(dir string) error { return replace(dir, time.Now().AddDate(2, 0, 0), bound()) },
		"may sign for any name":  func(dir string) error { return replace(dir, time.Now().Add(time.Hour), new(x509.Certificate)) },
		"certificates do not ho": func(dir string) error { return replace(dir, time.Now().Add(time.Hour), bound()) }, // with another key
	} {
		_, state := opened(t)
		dir := filepath.Join(state, "ca")
		if err := damage(dir); err != nil {
			t.Fatal(err)
		}
		_, err := authority.Open(state)
		if err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "remove that folder") {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// bound is a certificate with constraints.
func bound() *x509.Certificate {
	return &x509.Certificate{
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: []string{"api.useplunk.com"},
		PermittedIPRanges: []*net.IPNet{{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)}},
	}
}

// replace puts another certificate in the place of the authority's, which is
// good for a year until then.
func replace(dir string, until time.Time, c *x509.Certificate) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	c.SerialNumber, c.NotBefore, c.NotAfter, c.IsCA, c.BasicConstraintsValid = big.NewInt(1), until.AddDate(-1, 0, 0), until, true, true
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "ca.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600)
}
