package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestCAPrintsTheCertificateAndHowToTrustIt(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), "my state")
	getenv := environment("PLUNKMOCK_STATE_DIR", state)
	var stdout, stderr, path bytes.Buffer
	if err := run(t.Context(), []string{"ca"}, getenv, &stdout, &stderr); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(state, "ca", "ca.pem")
	data, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(data, stdout.Bytes()) {
		t.Errorf("%v; the file has\n%s\nand printed was\n%s", err, data, &stdout)
	}
	for _, want := range []string{"NODE_EXTRA_CA_CERTS=", "--cacert ", "SSL_CERT_FILE=", "REQUESTS_CA_BUNDLE=", "openssl.cafile=", "Ruby", "keytool "} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("does not say %s:\n%s", want, &stderr)
		}
	}
	if runtime.GOOS != "windows" && !strings.Contains(stderr.String(), "--cacert '"+file+"'\n") {
		t.Errorf("the name of the file is not quoted:\n%s", &stderr)
	}
	stderr.Reset()
	err = run(t.Context(), []string{"ca", "--path"}, getenv, &path, &stderr)
	if err != nil || path.String() != file+"\n" || stderr.Len() > 0 {
		t.Errorf("%v: %q and %q", err, &path, &stderr)
	}
}

func TestCAWrongUsage(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{`"extra"`: {"ca", "extra"}, "--frob": {"ca", "--frob"}, "true or false": {"ca", "--path=maybe"}} {
		if said := wrong(t, environment(), args...); !strings.Contains(said, want) || !strings.Contains(said, "plunkmock help ca") {
			t.Errorf("%q: %s", args, said)
		}
	}
	var stdout, stderr bytes.Buffer
	err := run(t.Context(), []string{"ca"}, environment(), &stdout, &stderr)
	if code := exit(err, &stderr); code != exitRuntime || !strings.Contains(stderr.String(), "--state-dir") {
		t.Errorf("without a home: exit code %d, %s", code, &stderr)
	}
}

// TestProcessesAtOnceGetOneAuthority is about processes, as no lock of ours is between them.
func TestProcessesAtOnceGetOneAuthority(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	const n = 4
	var printed [n]bytes.Buffer
	var wg sync.WaitGroup
	for i := range n {
		c := process(t, "ca", "--state-dir", state)
		c.Stdout = &printed[i]
		wg.Go(func() {
			if err := c.Run(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i := range n {
		if printed[i].Len() == 0 || !bytes.Equal(printed[i].Bytes(), printed[0].Bytes()) {
			t.Fatalf("there are two authorities: %s %s", &printed[0], &printed[i])
		}
	}
}

func TestStateFolder(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the names are those of other systems")
	}
	for _, c := range []struct {
		system string
		env    []string
		want   string
	}{
		{"linux", []string{"HOME", "/home/ada"}, "/home/ada/.local/state/plunkmock"},
		{"linux", []string{"HOME", "/home/ada", "XDG_STATE_HOME", "/state"}, "/state/plunkmock"},
		{"linux", []string{"HOME", "/home/ada", "XDG_STATE_HOME", "state"}, "/home/ada/.local/state/plunkmock"},
		{"darwin", []string{"HOME", "/Users/ada"}, "/Users/ada/Library/Application Support/plunkmock"},
		{"windows", []string{"HOME", "/home/ada", "LocalAppData", "/local"}, "/local/plunkmock"},
		{"windows", []string{"HOME", "/home/ada"}, ""},
		{"linux", nil, ""},
	} {
		if got, err := stateFolder(c.system, environment(c.env...)); got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s %q: %q, %v; want %q", c.system, c.env, got, err, c.want)
		}
	}
}
