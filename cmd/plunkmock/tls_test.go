package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// startTLS starts a server with HTTPS and a proxy, and returns a pool that trusts it.
func startTLS(t *testing.T) (running, *x509.CertPool) {
	t.Helper()
	state := t.TempDir()
	r := start(t, "--tls", "127.0.0.1:0", "--proxy", "127.0.0.1:0", "--state-dir", state)
	if r.ready.HTTPS == nil || r.ready.Proxy == nil {
		t.Fatalf("the ready line is %+v", r.ready)
	}
	return r, trusting(t, state)
}

// trusting asks plunkmock ca for what to trust.
func trusting(t *testing.T, state string) *x509.CertPool {
	t.Helper()
	var stdout bytes.Buffer
	if err := run(t.Context(), []string{"ca", "--state-dir", state}, environment(), &stdout, io.Discard); err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(stdout.Bytes()) {
		t.Fatalf("no certificate: %s", &stdout)
	}
	return pool
}

// client returns a client that trusts a pool, and finds every host at an address.
func client(t *testing.T, pool *x509.CertPool, address string) *http.Client {
	t.Helper()
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", address)
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// through returns a client that trusts a pool, and uses a proxy.
func through(t *testing.T, pool *x509.CertPool, proxy string) *http.Client {
	t.Helper()
	at, err := url.Parse(proxy)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true, Proxy: http.ProxyURL(at),
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// sends sends a mail with a client, and returns how it was answered.
func sends(t *testing.T, c *http.Client, address string, header ...string) (protocol string, err error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(mail))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer sk_test")
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := c.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: %s", response.Status, body)
	}
	return response.Proto, err
}

func TestCodeWithAFixedAddress(t *testing.T) {
	t.Parallel()
	r, pool := startTLS(t)
	direct := client(t, pool, strings.TrimPrefix(*r.ready.HTTPS, "https://"))
	proxied := through(t, pool, *r.ready.Proxy)
	for _, c := range []struct {
		client   *http.Client
		address  string
		protocol string
	}{
		{direct, "https://api.useplunk.com/v1/send", "HTTP/2.0"},
		{direct, "https://next-api.useplunk.com/v1/send", "HTTP/2.0"},
		{direct, *r.ready.HTTPS + "/v1/send", "HTTP/2.0"},
		{direct, strings.Replace(*r.ready.HTTPS, "127.0.0.1", "localhost", 1) + "/v1/send", "HTTP/2.0"},
		{proxied, "https://api.useplunk.com/v1/send", "HTTP/2.0"},
		{proxied, "https://next-api.useplunk.com/v1/send", "HTTP/2.0"},
		{proxied, "http://api.useplunk.com/v1/send", "HTTP/1.1"},
	} {
		if got, err := sends(t, c.client, c.address); err != nil || got != c.protocol {
			t.Errorf("%s: %s, %v; want %s", c.address, got, err, c.protocol)
		}
	}
	if n := len(r.letters(t, "sk_test")); n != 7 {
		t.Errorf("%d mails, want 7", n)
	}
}

func TestWhatHTTPSAndTheProxyRefuse(t *testing.T) {
	t.Parallel()
	r, pool := startTLS(t)
	if _, err := sends(t, through(t, x509.NewCertPool(), *r.ready.Proxy), "https://api.useplunk.com/v1/send"); err == nil || !strings.Contains(err.Error(), "unknown authority") {
		t.Errorf("a client that trusts nothing: %v", err)
	}
	if _, err := sends(t, through(t, pool, *r.ready.Proxy), "https://example.com/v1/send"); err == nil || !strings.Contains(err.Error(), "Forbidden") {
		t.Errorf("what was not named: %v", err)
	}
}

func TestWhereHTTPSAndTheProxyAreIsSaid(t *testing.T) {
	t.Parallel()
	r, _ := startTLS(t)
	var info ready
	r.get(t, "/_mock", "sk_test", &info)
	if info.HTTPS == nil || *info.HTTPS != *r.ready.HTTPS || info.Proxy == nil || *info.Proxy != *r.ready.Proxy {
		t.Errorf("/_mock says %+v, and the ready line %+v", info, r.ready)
	}
	if !strings.Contains(r.stderr.String(), *r.ready.HTTPS+", by the certificate of plunkmock ca\n") || !strings.Contains(r.stderr.String(), " "+*r.ready.Proxy+", for api.useplunk.com and next") {
		t.Errorf("the banner is\n%s", r.stderr)
	}
}

func TestOldClientsOfHTTPS(t *testing.T) {
	t.Parallel()
	r, pool := startTLS(t)
	for _, c := range []*http.Client{client(t, pool, strings.TrimPrefix(*r.ready.HTTPS, "https://")), through(t, pool, *r.ready.Proxy)} {
		transport := c.Transport.(*http.Transport)
		transport.ForceAttemptHTTP2, transport.TLSClientConfig.MaxVersion = false, tls.VersionTLS12
		if got, err := sends(t, c, "https://api.useplunk.com/v1/send"); err != nil || got != "HTTP/1.1" {
			t.Errorf("%s, %v", got, err)
		}
		if _, err := sends(t, c, "https://api.useplunk.com/v1/send", "X-Plunkmock-Fault", "drop=before"); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("a dropped call: %v", err)
		}
	}
}

func TestStopDrainsHTTPSAndTheProxy(t *testing.T) {
	t.Parallel()
	for _, proxied := range []bool{false, true} {
		r, pool := startTLS(t)
		conn := dial(t, strings.TrimPrefix(*r.ready.HTTPS, "https://"))
		if proxied {
			conn = tunnel(t, *r.ready.Proxy)
		}
		conn = secureCallInHand(t, conn, pool)
		wait := heldWait(t, strings.TrimPrefix(r.ready.HTTP, "http://"))
		stopped := make(chan error, 1)
		go func() { stopped <- r.stop() }()
		if got, err := io.ReadAll(wait); err != nil || !strings.HasPrefix(string(got), "HTTP/1.1 503") {
			t.Errorf("the held wait got %s, %v", got, err)
		}
		_, _ = io.WriteString(conn, mail)
		got, err := io.ReadAll(conn)
		if err != nil || !strings.Contains(string(got), "200 OK") || !strings.Contains(string(got), `"success":true`) {
			t.Errorf("the call in hand got %s, %v", got, err)
		}
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	}
}

// tunnel opens a tunnel to Plunk through a proxy.
func tunnel(t *testing.T, proxy string) net.Conn {
	t.Helper()
	conn := dial(t, strings.TrimPrefix(proxy, "http://"))
	_, _ = io.WriteString(conn, "CONNECT api.useplunk.com:443 HTTP/1.1\r\nHost: api.useplunk.com:443\r\n\r\n")
	opened := make([]byte, len("HTTP/1.1 200 Connection Established\r\n\r\n"))
	if _, err := io.ReadFull(conn, opened); err != nil || !bytes.HasSuffix(opened, []byte("\r\n\r\n")) {
		t.Fatalf("%q, %v", opened, err)
	}
	return conn
}

// secureCallInHand is callInHand by HTTPS.
func secureCallInHand(t *testing.T, conn net.Conn, pool *x509.CertPool) net.Conn {
	t.Helper()
	secure := tls.Client(conn, &tls.Config{RootCAs: pool, ServerName: "api.useplunk.com", MinVersion: tls.VersionTLS12})
	_, _ = fmt.Fprintf(secure, "POST /v1/send HTTP/1.1\r\nHost: api.useplunk.com\r\nAuthorization: Bearer sk_test\r\nContent-Type: application/json\r\n"+
		"Connection: close\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", len(mail))
	var first [25]byte // HTTP/1.1 100 Continue and two ends of lines
	if _, err := io.ReadFull(secure, first[:]); err != nil || !bytes.Contains(first[:], []byte("100")) {
		t.Fatalf("%q, %v", first, err)
	}
	return secure
}

func TestProxyIsForThisMachine(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "[::]:0", "plunk.test:0"} {
		if said := wrong(t, environment(), "--proxy", address); !strings.Contains(said, address) || !strings.Contains(said, "--proxy-public") {
			t.Errorf("%s: %s", address, said)
		}
	}
	r := start(t, "--proxy", "0.0.0.0:0", "--proxy-public", "--state-dir", t.TempDir())
	if !strings.Contains(r.stderr.String(), proxyToOthers) || r.ready.HTTPS != nil {
		t.Errorf("%+v\n%s", r.ready, r.stderr)
	}
}

func TestHTTPSThatOthersReachIsWarnedOf(t *testing.T) {
	t.Parallel()
	if r := start(t, "--tls", "0.0.0.0:0", "--state-dir", t.TempDir()); !strings.Contains(r.stderr.String(), openToOthers) {
		t.Errorf("no warning:\n%s", r.stderr)
	}
}

func TestAddressesOfHTTPSAndTheProxyInUse(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, flag := range []string{"--tls", "--proxy"} {
		var stdout, stderr bytes.Buffer
		err := run(t.Context(), []string{"--port", "0", "--state-dir", t.TempDir(), flag, l.Addr().String()}, environment(), &stdout, &stderr)
		if code := exit(err, &stderr); code != exitInUse || !strings.Contains(stderr.String(), flag+" off") {
			t.Errorf("%s: exit code %d, %s", flag, code, &stderr)
		}
	}
}

// TestMailByTheSameCertificate: there is one thing to trust.
func TestMailByTheSameCertificate(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	pool := trusting(t, state)
	r := start(t, "--smtps", "127.0.0.1:0", "--state-dir", state)
	for name, trusted := range map[string]bool{"localhost": true, "api.useplunk.com": true, "host.docker.internal": false} {
		conn, err := (&tls.Dialer{Config: &tls.Config{RootCAs: pool, ServerName: name, MinVersion: tls.VersionTLS12}}).DialContext(t.Context(), "tcp", *r.ready.SMTPS)
		if (err == nil) != trusted {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			conn.Close()
		}
	}
	deliverInTLS(t, *r.ready.SMTPS, &tls.Config{RootCAs: pool, ServerName: "localhost", MinVersion: tls.VersionTLS12})
}

func TestABrokenAuthorityStopsHTTPSAndNotMail(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	trusting(t, state)
	if err := os.WriteFile(filepath.Join(state, "ca", "ca.pem"), []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	err := run(t.Context(), []string{"--port", "0", "--tls", "127.0.0.1:0", "--state-dir", state}, environment(), &stdout, &stderr)
	if code := exit(err, &stderr); code != exitRuntime || !strings.Contains(stderr.String(), "remove that folder") || stdout.Len() > 0 {
		t.Errorf("exit code %d, %s", code, &stderr)
	}
	r := start(t, "--smtps", "127.0.0.1:0", "--state-dir", state)
	deliverInTLS(t, *r.ready.SMTPS, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12})
	if !strings.Contains(r.stderr.String(), "remove that folder") {
		t.Errorf("no warning: %s", r.stderr)
	}
}

func TestReadyLineSaysNullForWhatIsOff(t *testing.T) {
	t.Parallel()
	line, err := json.Marshal(start(t).ready)
	if err != nil || !bytes.Contains(line, []byte(`"https":null,"proxy":null,`)) {
		t.Errorf("%s, %v", line, err)
	}
}
