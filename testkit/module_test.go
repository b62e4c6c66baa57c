package testkit_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// goTool runs the go command in a directory, and returns all that it says.
func goTool(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS="+strings.TrimSpace(os.Getenv("GOFLAGS")+" -mod=mod"), "GOWORK=off")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// newModule makes a module outside of this one, with the files of testdata/signup, that
// uses the testkit.
func newModule(t *testing.T) (dir string) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/signup")); err != nil {
		t.Fatal(err)
	}
	// What the emulator needs is known, so that nothing is looked up.
	ours, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	module := strings.Replace(string(ours), "module github.com/plunkmock/plunkmock", "module example.com/signup", 1) +
		"\nrequire github.com/plunkmock/plunkmock v0.0.0\nreplace github.com/plunkmock/plunkmock => " + strconv.Quote(root) + "\n"
	sums, err := os.ReadFile("../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"go.mod": []byte(module), "go.sum": sums} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// edit changes a file of a module.
func edit(t *testing.T, file, from, to string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil || !bytes.Contains(text, []byte(from)) {
		t.Fatalf("%s has no %q: %v", file, from, err)
	}
	if err := os.WriteFile(file, bytes.Replace(text, []byte(from), []byte(to), 1), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A user's module tests a sign-up service in a few lines and a moment, and what a test says
// when it fails is all that is needed to see why.
func TestSignUpModule(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it builds a module")
	}
	dir := newModule(t)
	test, err := os.ReadFile(filepath.Join(dir, "signup_test.go"))
	if n := bytes.Count(test, []byte("\n")); err != nil || n >= 40 {
		t.Errorf("the test has %d lines, which should be less than 40: %v", n, err)
	}
	if out, err := goTool(t, dir, "vet", "./..."); err != nil {
		t.Fatalf("go vet: %v\n%s", err, out)
	}
	checkTime(t, dir)

	service := filepath.Join(dir, "signup.go")
	original, err := os.ReadFile(service)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		edits [][2]string
		want  []string
		mails int // in tests that fail
	}{
		{[][2]string{{"Welcome to the shop", "Hello"}, {"range 2", "range 1"}}, []string{
			`There is no mail to "ada@example.com" with subject "Welcome". What did arrive, nearest first:`,
			`to ada@example.com: "Hello", where subject is "Hello", not "Welcome"`,
			"200 POST /send", "after 1 failures: the mail was refused: Service Unavailable", "Expected exactly 2 calls to match, but there are 1",
			"503 POST /send\n", "the fault ", " struck: 503", "they are in ",
		}, 1},
		{[][2]string{{`"to": email`, `"two": email`}}, []string{
			"the mail was refused: Unprocessable Entity", `There is no mail to "ada@example.com" with subject "Welcome". Nothing else arrived.`,
			"422 POST /send\n", "to: is required",
		}, 0},
	} {
		for _, e := range c.edits {
			edit(t, service, e[0], e[1])
		}
		checkFailure(t, dir, c.want, c.mails)
		if err := os.WriteFile(service, original, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// checkFailure runs the tests of a module, which must fail and say what is wanted. The mails
// of those that fail are kept.
func checkFailure(t *testing.T, dir string, wants []string, mails int) {
	t.Helper()
	artifacts := t.TempDir()
	out, err := goTool(t, dir, "test", "-artifacts", "-outputdir="+artifacts, "./...")
	if err == nil {
		t.Error("it passes")
	}
	for _, want := range wants {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	t.Log(out)
	if n := len(filesIn(t, artifacts)); n != 2*mails {
		t.Errorf("%d files of mails are kept, for %d mails", n, mails)
	}
}

// filesIn returns the sources and the HTML of mails below a directory.
func filesIn(t *testing.T, dir string) (files []string) {
	t.Helper()
	if err := fs.WalkDir(os.DirFS(dir), ".", func(path string, _ fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); ext == ".eml" || ext == ".html" {
			files = append(files, path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return files
}

// checkTime runs the tests of a module, which take less than 0.3 s when the machine has
// nothing else to do.
func checkTime(t *testing.T, dir string) {
	t.Helper()
	const most, tries = 0.3, 20
	took := 0.0
	for range tries {
		out, err := goTool(t, dir, "test", "-count=1", "./...")
		if err != nil {
			t.Fatalf("go test: %v\n%s", err, out)
		}
		m := regexp.MustCompile(`^ok\s+example.com/signup\s+([0-9.]+)s`).FindStringSubmatch(out)
		if m == nil {
			t.Fatalf("it says %q", out)
		}
		if took, err = strconv.ParseFloat(m[1], 64); err != nil || took < most {
			t.Logf("its tests take %v s: %v", took, err)
			return
		}
	}
	t.Errorf("its tests take %v s, which should be less than %v", took, most)
}

// Who imports a part of the testkit links no more than it needs.
func TestDependencies(t *testing.T) {
	t.Parallel()
	emulator := []string{"github.com/gorilla/mux", "github.com/getkin/kin-openapi", "go.yaml.in/yaml", "github.com/plunkmock/plunkmock/mock", "github.com/plunkmock/plunkmock/inbox"}
	foreign := []string{"github.com/mhale/smtpd", "github.com/jhillyerd/enmime", "github.com/plunkmock/plunkmock/inbox/smtp"}
	for pkg, denied := range map[string][]string{"./remote": append(emulator, foreign...), ".": append(foreign, "github.com/google/go-cmp")} {
		out, err := goTool(t, ".", "list", "-deps", pkg)
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for dep := range strings.Lines(out) {
			for _, no := range denied {
				if dep = strings.TrimSpace(dep); dep == no || strings.HasPrefix(dep, no+"/") {
					t.Errorf("%s links %s", pkg, dep)
				}
			}
		}
	}
}
