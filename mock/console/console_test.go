package console_test

import (
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/mock/console"
)

func get(t *testing.T, target string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	if name, ok := strings.CutPrefix(target, console.Base); ok {
		r.URL.Path = base(t) + name
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	if target == "/" {
		console.ServePage(w, r)
	} else if !console.ServeFile(w, r) {
		t.Fatalf("%s is not there", target)
	}
	return w
}

// base is where the page says that its files are.
func base(t *testing.T) string {
	t.Helper()
	found := regexp.MustCompile(console.Base + `\w{12}/`).FindString(get(t, "/").Body.String())
	if found == "" {
		t.Fatal("the page names no version")
	}
	return found
}

func TestPageForBrowsers(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]bool{
		"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": true,
		"application/json, text/html":                                     true,
		"TEXT/HTML":                                                       true,
		"text/html;q=0":                                                   false,
		"text/html; q=0.5":                                                true,
		"*/*":                                                             false,
		"application/json":                                                false,
		"":                                                                false,
		"text/html-sandboxed":                                             false,
		";;,,text/":                                                       false,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept", accept)
		if got := console.WantsPage(r); got != want {
			t.Errorf("Accept %q: a page is wanted: %v, want %v", accept, got, want)
		}
	}
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	const want = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
		"frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	for _, target := range []string{"/", console.Base + "main.js", console.Base + "style.css", console.Base + "views/inbox.js"} {
		w := get(t, target)
		if got := w.Header().Get("Content-Security-Policy"); got != want {
			t.Errorf("%s has the policy %q, want %q", target, got, want)
		}
		if w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s lacks nosniff or a referrer policy: %v", target, w.Header())
		}
		again := get(t, target, "If-None-Match", w.Header().Get("ETag"))
		if again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("%s is sent again: %d, %d bytes", target, again.Code, again.Body.Len())
		}
	}
}

func TestTypes(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]string{
		"/":                        "text/html; charset=utf-8",
		console.Base + "main.js":   "text/javascript; charset=utf-8",
		console.Base + "style.css": "text/css; charset=utf-8",
	} {
		if got := get(t, target).Header().Get("Content-Type"); got != want {
			t.Errorf("%s is %s, want %s", target, got, want)
		}
	}
}

func TestNoOtherFile(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "views", "views/", "index.html", "console.go", "../root.go", "..%2froot.go", "views/../main.js", "/etc/passwd"} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.Path = base(t) + name
		if w := httptest.NewRecorder(); console.ServeFile(w, r) {
			t.Errorf("%q is served: %d %.80s", name, w.Code, w.Body)
		}
	}
}

// TestSmall keeps the promise that the page is quick everywhere: what a browser loads
// in all.
func TestSmall(t *testing.T) {
	t.Parallel()
	const most = 100 << 10
	total := 0
	for name, source := range sources(t) {
		if name == "index.html" {
			continue // small, and not the file as it is
		}
		w := get(t, console.Base+name, "Accept-Encoding", "gzip, br")
		total += w.Body.Len()
		z, err := gzip.NewReader(w.Body)
		if err != nil || w.Header().Get("Content-Encoding") != "gzip" {
			t.Fatalf("%s is not compressed: %v %v", name, err, w.Header())
		}
		if body, err := io.ReadAll(z); err != nil || string(body) != source {
			t.Errorf("%s compressed is something else: %v", name, err)
		}
		if lines := strings.Count(source, "\n"); lines > 400 && path.Ext(name) == ".js" {
			t.Errorf("%s has %d lines", name, lines)
		}
	}
	if total > most {
		t.Errorf("the console has %d bytes in all, more than %d", total, most)
	}
}

// TestNothingForeign finds what would break the policy, or run what a mail holds,
// before a browser does.
func TestNothingForeign(t *testing.T) {
	t.Parallel()
	forbidden := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|\beval\(|new Function|DOMParser|createContextualFragment|javascript:[^ ]`)
	imported := regexp.MustCompile(`(?:import|from|import\()\s?"([^"]+)"`)
	all := sources(t)
	for name, source := range all {
		for i, line := range strings.Split(source, "\n") {
			if found := forbidden.FindString(line); found != "" {
				t.Errorf("%s:%d has %s: text goes into the page by textContent", name, i+1, found)
			}
			for _, m := range imported.FindAllStringSubmatch(line, -1) {
				if !strings.HasPrefix(m[1], ".") {
					continue // in a snippet for users
				}
				if target := path.Join(path.Dir(name), m[1]); all[target] == "" {
					t.Errorf("%s:%d imports %s, which is not there", name, i+1, target)
				}
			}
		}
	}
}

// TestPageNamesWhatThereIs finds a module of the page's head that is there no more.
func TestPageNamesWhatThereIs(t *testing.T) {
	t.Parallel()
	named := regexp.MustCompile(`(?:href|src)="(/_mock/[^"]+)"`).FindAllStringSubmatch(get(t, "/").Body.String(), -1)
	if len(named) < 3 {
		t.Fatalf("the page names %d files", len(named))
	}
	for _, m := range named {
		r := httptest.NewRequest(http.MethodGet, m[1], nil)
		if !strings.HasSuffix(m[1], "openapi.yaml") && !console.ServeFile(httptest.NewRecorder(), r) {
			t.Errorf("the page names %s, which is not there", m[1])
		}
	}
}

// sources reads what is served, by name.
func sources(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) == ".go" {
			return err
		}
		body, err := os.ReadFile(name)
		all[filepath.ToSlash(name)] = string(body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
