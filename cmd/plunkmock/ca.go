package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/plunkmock/plunkmock/cmd/plunkmock/internal/authority"
)

// ca prints the certificate of the authority that signs for --tls and --proxy,
// which is made if there is none yet, and tells how clients come to trust it.
func ca(args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	var t tlsFlags
	var path bool
	c, err := commandNamed("ca")
	if err != nil {
		return err
	}
	f := flag.NewFlagSet(c.name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	caFlags(f, &path, &t.state)
	strict(f)
	switch args, err = c.parse(f, args); {
	case err != nil:
		return err
	case len(args) > 0:
		return c.misused("ca takes --path and --state-dir, and %q is neither", args[0])
	}
	if t.state == "" {
		t.state = getenv(variable("state-dir"))
	}
	dir, err := t.dir(getenv)
	if err != nil {
		return err
	}
	a, err := authority.Open(dir)
	if err != nil {
		return err
	}
	if path {
		_, err = fmt.Fprintln(stdout, a.File())
		return err
	}
	if _, err := stdout.Write(a.PEM()); err != nil {
		return err
	}
	_, err = io.WriteString(stderr, trust(a.File()))
	return err
}

// stateFlag declares the flag of the folder that has the certificate authority.
func stateFlag(f *flag.FlagSet, dir *string) {
	f.StringVar(dir, "state-dir", "", "`folder` of the certificate authority (default plunkmock in the user's state folder)")
}

// trust tells how clients come to trust a certificate file. None of it changes
// what the system trusts.
func trust(file string) string {
	f := shellName(file)
	var b strings.Builder
	for _, line := range [][2]string{
		{"Node.js", "NODE_EXTRA_CA_CERTS=" + f},
		{"curl", "curl --cacert " + f},
		{"Go *", "SSL_CERT_FILE=" + f + "   (not on macOS and Windows)"},
		{"Python *", "SSL_CERT_FILE=" + f + " REQUESTS_CA_BUNDLE=" + f},
		{"PHP *", "php -d openssl.cafile=" + f + " -d curl.cainfo=" + f},
		{"Ruby *", "SSL_CERT_FILE=" + f},
		{"Java *", "keytool -importcert -noprompt -alias plunkmock -file " + f + " -keystore plunkmock.p12 -storepass changeit"},
		{"", "java -Djavax.net.ssl.trustStore=plunkmock.p12 -Djavax.net.ssl.trustStorePassword=changeit"},
	} {
		fmt.Fprintf(&b, "%-10s%s\n", line[0], line[1])
	}
	b.WriteString("* trusts nothing else then: for more, add this certificate to a copy of the bundle in use.\n")
	return b.String()
}

// caFlags declares the flags of ca.
func caFlags(f *flag.FlagSet, path *bool, dir *string) {
	f.BoolVar(path, "path", false, "print the name of the file instead")
	stateFlag(f, dir)
}

// shellName is a file name as a shell takes it.
func shellName(name string) string {
	odd := func(r rune) bool {
		return !strings.ContainsRune("/._-+:\\", r) && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}
	if runtime.GOOS == "windows" {
		return `"` + name + `"`
	}
	if strings.IndexFunc(name, odd) < 0 && !strings.Contains(name, `\`) {
		return name
	}
	return quoted(name)
}

// dir is the folder of the certificate authority.
func (t *tlsFlags) dir(getenv func(string) string) (string, error) {
	dir, err := t.state, error(nil)
	if dir == "" {
		dir, err = stateFolder(runtime.GOOS, getenv)
	}
	if err != nil {
		return "", err
	}
	return filepath.Abs(dir) // clients are pointed at it from anywhere
}

// stateFolder is where a system wants what a program keeps for a user.
func stateFolder(system string, getenv func(string) string) (string, error) {
	home := getenv("HOME")
	for _, known := range []struct {
		fits bool
		dir  []string
	}{
		{filepath.IsAbs(getenv("XDG_STATE_HOME")), []string{getenv("XDG_STATE_HOME")}}, // a relative one is to be ignored
		{system == "windows" && getenv("LocalAppData") != "", []string{getenv("LocalAppData")}},
		{system == "darwin" && home != "", []string{home, "Library", "Application Support"}},
		{system != "windows" && system != "darwin" && home != "", []string{home, ".local", "state"}},
	} {
		if known.fits {
			return filepath.Join(append(known.dir, "plunkmock")...), nil
		}
	}
	return "", &failure{exitRuntime, errors.New("no variable says where the home of the user is, for the certificate authority to be kept"), "--state-dir or PLUNKMOCK_STATE_DIR names a folder for it."}
}
