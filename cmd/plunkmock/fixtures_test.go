package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const shopFixture = `version: 1
projects:
  - name: shop
    settings: {displayName: Shop}
    templates:
      - {name: Hi, subject: Hi, body: <p>Hi</p>}
    automations:
      - {name: Hi, template: Hi, events: [hi]}
`

const wrongFixture = `version: 1
projects:
  - name: shop
    contacts:
      - email: ada@example.com
      - emial: bob@example.com
    automations:
      - name: Hi
        template: Nope
        events: [hi]
`

// write puts a file into a folder of the test.
func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestValidateNamesFileAndLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	right := write(t, dir, "right.yml", shopFixture)
	wrong := write(t, dir, "wrong.yml", wrongFixture)
	dangling := write(t, dir, "dangling.yml", strings.Replace(shopFixture, "template: Hi,", "template: Nope,", 1))
	twoOwners := write(t, dir, "key.json", `{"version": 1, "projects": [{"name": "other",
		"keys": {"secret": "sk_shop"}}]}`)
	broken := write(t, dir, "broken.yml", "version: 1\nprojects:\n  - name: [")
	var stdout, stderr bytes.Buffer
	if err := run(t.Context(), []string{"validate", right}, environment(), &stdout, &stderr); err != nil || !strings.Contains(stdout.String(), right) {
		t.Errorf("a right file: %v, %s", err, &stdout)
	}
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{wrong}, []string{wrong + ":6: projects[0].contacts[1].emial", wrong + ":6: projects[0].contacts[1].email: is required"}},
		{[]string{dangling}, []string{dangling + ":8: projects[0].automations[0].template", `"Nope"`, "there are Hi"}},
		{[]string{right, twoOwners}, []string{twoOwners + ":2: projects[0].keys.secret", `"shop"`}},
		{[]string{broken}, []string{broken + ":3: is not valid YAML"}},
		{[]string{filepath.Join(dir, "none.yml")}, []string{"none.yml"}},
	} {
		stderr.Reset()
		err := run(t.Context(), append([]string{"validate"}, c.args...), environment(), &stdout, &stderr)
		if code := exit(err, &stderr); code != exitFixture {
			t.Errorf("%v: exit code %d, want %d", c.args, code, exitFixture)
		}
		for _, want := range c.want {
			if !strings.Contains(stderr.String(), want) {
				t.Errorf("%v: does not say %s:\n%s", c.args, want, &stderr)
			}
		}
	}
}

func TestServeRefusesAWrongFixture(t *testing.T) {
	t.Parallel()
	file := write(t, t.TempDir(), "wrong.yml", wrongFixture)
	var stdout, stderr bytes.Buffer
	err := run(t.Context(), []string{"--port", "0", "--fixtures", file}, environment(), &stdout, &stderr)
	if code := exit(err, &stderr); code != exitFixture || stdout.Len() > 0 || !strings.Contains(stderr.String(), file+":6:") {
		t.Errorf("exit code %d, stdout %q, stderr:\n%s", code, &stdout, &stderr)
	}
}

func TestFolderOfFixturesIsLoadedAndWatched(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := write(t, dir, "shop.yml", shopFixture)
	write(t, dir, "README.md", "no fixture")
	r := start(t, "--fixtures", dir, "--watch", "--keys", "strict")
	settings := func() string {
		_, body := r.do(t, http.MethodGet, "/_mock/settings?project=shop", "", "")
		return body
	}
	if !strings.Contains(settings(), `"displayName":"Shop"`) {
		t.Fatal(settings())
	}
	until := func(what string, done func() bool) {
		for end := time.Now().Add(20 * time.Second); !done(); {
			if time.Now().After(end) {
				t.Fatalf("%s did not come:\n%s", what, r.stderr)
			}
		}
	}
	write(t, dir, "shop.yml", wrongFixture)
	until("the complaint about a wrong file", func() bool { return settings() != "" && strings.Contains(r.stderr.String(), file+":6:") })
	if !strings.Contains(settings(), `"displayName":"Shop"`) {
		t.Error("a wrong file changed", settings())
	}
	write(t, dir, "shop.yml", strings.Replace(shopFixture, "displayName: Shop", "displayName: Market", 1))
	until("the change", func() bool { return strings.Contains(settings(), `"displayName":"Market"`) })
}
