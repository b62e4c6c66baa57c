package clients_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

const (
	fixedAddress = "https://api.useplunk.com/v1/send"
	aMail        = `{"to":"ada@example.com","subject":"Hi","body":"Hi"}`
)

// goClient is a program in Go whose address of Plunk cannot be changed, and whose
// environment says where it leads: it sends a mail with what the standard library does by itself.
func goClient() int {
	request, err := http.NewRequest(http.MethodPost, fixedAddress, strings.NewReader(aMail)) //nolint:noctx // a program of its own
	if err != nil {
		panic(err)
	}
	request.Header.Set("Authorization", "Bearer sk_go")
	request.Header.Set("Content-Type", "application/json")
	response, err := (&http.Client{Timeout: time.Minute}).Do(request)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer response.Body.Close()
	_, _ = io.Copy(os.Stdout, response.Body)
	return 0
}

// secured is plunkmock as a process, with HTTPS and a proxy.
type secured struct {
	HTTP, HTTPS, Proxy string
	ca                 string // a file
}

// environment is what a client needs to come by the proxy. Programs differ in which
// case of the names they look at.
func (s secured) environment(more ...string) []string {
	return append(more,
		"HTTPS_PROXY="+s.Proxy, "https_proxy="+s.Proxy, "HTTP_PROXY=", "http_proxy=", "NO_PROXY=", "no_proxy=", "ALL_PROXY=", "all_proxy=",
		"NODE_EXTRA_CA_CERTS="+s.ca, "SSL_CERT_FILE="+s.ca, "CURL_CA_BUNDLE="+s.ca)
}

// startSecured starts the command with both.
func startSecured(t *testing.T) secured {
	t.Helper()
	dir := t.TempDir()
	name, err := built()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), name, "--port", "0", "--tls", "127.0.0.1:0", "--proxy", "127.0.0.1:0", "--state-dir", dir)
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	var s secured
	if err := json.NewDecoder(stdout).Decode(&s); err != nil {
		t.Fatal(err)
	}
	out, err := command(t, ".", nil, name, "ca", "--path", "--state-dir", dir)
	if err != nil {
		t.Fatalf("plunkmock ca: %v\n%s", err, out)
	}
	s.ca = strings.TrimSpace(out)
	return s
}

// TestGoWithAFixedAddress sends by HTTPS_PROXY, as SSL_CERT_FILE trusts it.
func TestGoWithAFixedAddress(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		skip(t, "Go asks the system what to trust, and not SSL_CERT_FILE")
	}
	s := startSecured(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out, err := command(t, ".", s.environment("TEST_AS_GO_CLIENT=1"), self)
	if err != nil || !strings.Contains(out, `"success":true`) {
		t.Errorf("%v: %s", err, out)
	}
}

// TestCurlWithAFixedAddress sends by the proxy, and by a name that leads to HTTPS.
func TestCurlWithAFixedAddress(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		skip(t, "curl is not installed: %v", err)
	}
	s := startSecured(t)
	mail := []string{"-q", "-sS", "--max-time", "30", "-H", "Authorization: Bearer sk_curl", "-H", "Content-Type: application/json", "-d", aMail}
	here := strings.TrimPrefix(s.HTTPS, "https://")
	for name, c := range map[string]struct {
		env  []string
		args []string
		want string
	}{
		"HTTPS_PROXY":        {s.environment(), []string{fixedAddress}, `"success":true`},
		"--proxy":            {nil, []string{"--noproxy", "", "--proxy", s.Proxy, "--cacert", s.ca, fixedAddress}, `"success":true`},
		"--proxy, in clear":  {nil, []string{"--noproxy", "", "--proxy", s.Proxy, "http://api.useplunk.com/v1/send"}, `"success":true`},
		"--tls":              {nil, []string{"--noproxy", "*", "--cacert", s.ca, "--connect-to", "::" + here, fixedAddress}, `"success":true`},
		"--tls on localhost": {nil, []string{"--noproxy", "*", "--cacert", s.ca, strings.Replace(s.HTTPS, "127.0.0.1", "localhost", 1) + "/v1/send"}, `"success":true`},
		"HTTP/1.1":           {nil, []string{"--noproxy", "*", "--http1.1", "--cacert", s.ca, s.HTTPS + "/v1/send"}, `"success":true`},
		"no trust":           {nil, []string{"--noproxy", "*", s.HTTPS + "/v1/send"}, "curl: (60)"},
		"another host":       {s.environment(), []string{"https://example.com/"}, "403"},
	} {
		out, err := command(t, ".", c.env, "curl", append(mail, c.args...)...)
		if !strings.Contains(out, c.want) || (err == nil) != (c.want[0] == '"') {
			t.Errorf("%s: %v: %s, want %s", name, err, out, c.want)
		}
	}
}

// TestNodeWithAFixedAddress runs programs with the module, with a proxy and by HTTPS.
func TestNodeWithAFixedAddress(t *testing.T) {
	t.Parallel()
	needNode(t, 18)
	s, dir := startSecured(t), installed(t, "node")
	download(t, s.HTTP+"/_mock/redirect.mjs", filepath.Join(dir, "redirect.mjs"))
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %s %s", r.Method, r.RequestURI, r.Header.Get("X-Mine"), body)
	}))
	t.Cleanup(elsewhere.Close)
	url := strings.Replace(s.HTTP, "127.0.0.1", "localhost", 1)
	scripts := map[string][]string{
		"redirect.test.mjs": {"NODE_OPTIONS=--import=./redirect.mjs", "PLUNK_URL=" + url, "ELSEWHERE=" + elsewhere.URL},
		"proxy.test.mjs":    s.environment("NODE_OPTIONS=--import=./env-proxy.mjs"),
		"tls.test.mjs":      {"PLUNK_HTTPS=" + s.HTTPS, "NODE_EXTRA_CA_CERTS=" + s.ca},
	}
	for script, env := range scripts {
		if out, err := command(t, dir, env, "node", script); err != nil {
			t.Errorf("node %s: %v\n%s", script, err, out)
		}
	}
	const can = `process.allowedNodeEnvironmentFlags.has("--use-env-proxy")` // from 22.21 and 24.5 on
	if out, _ := command(t, dir, nil, "node", "-p", can); strings.TrimSpace(out) == "true" {
		if out, err := command(t, dir, s.environment("NODE_USE_ENV_PROXY=1"), "node", "proxy.test.mjs"); err != nil {
			t.Errorf("node proxy.test.mjs with NODE_USE_ENV_PROXY: %v\n%s", err, out)
		}
	}
}

// download writes what is at an address into a file.
func download(t *testing.T, address, name string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %s, %v", address, response.Status, data, err)
	}
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
