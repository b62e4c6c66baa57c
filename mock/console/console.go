// Package console is the page that plunkmock shows to browsers: plain ES modules
// and one stylesheet, served as they are. It asks nothing of the network but the
// server that it comes from, and knows nothing that the control API and the Plunk
// API do not tell.
package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// Base is the path under which the page's modules and stylesheet are. What follows is
// the version of all of them, so that a browser need not ask for one again that it has.
const Base = "/_mock/console/"

// versionMark stands in the page where the version goes.
const versionMark = Base + "VERSION/"

// policy is what the page may do. Mail has a frame of its own, with a stricter one.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

//go:embed index.html style.css *.js views
var files embed.FS

// asset is a file as it is served.
type asset struct {
	body    []byte
	kind    string
	etag    string
	smaller *asset // the same, compressed; nil for what is compressed
}

func newAsset(body []byte, kind string) *asset {
	a, small := asset{body: body, kind: kind, etag: etag(body)}, compressed(body)
	a.smaller = &asset{body: small, kind: kind, etag: etag(small)}
	return &a
}

func etag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}

func compressed(body []byte) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = z.Write(body)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		panic(err) // a buffer takes all
	}
	return b.Bytes()
}

// release is all that is served.
type release struct {
	version string
	page    *asset
	files   map[string]*asset
}

// current reads the files once, when the first page is asked for.
var current = sync.OnceValue(func() release { //nolint:gochecknoglobals // a constant
	bodies, hash := map[string][]byte{}, sha256.New()
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		bodies[name], err = files.ReadFile(name)
		hash.Write(fmt.Appendf(nil, "%s %d\n%s", name, len(bodies[name]), bodies[name]))
		return err
	})
	if err != nil {
		panic(err) // embedded files can be read
	}
	all := release{version: hex.EncodeToString(hash.Sum(nil)[:6]), files: map[string]*asset{}}
	for name, body := range bodies {
		if name == "index.html" {
			body = bytes.ReplaceAll(body, []byte(versionMark), []byte(Base+all.version+"/"))
			all.page = newAsset(body, typeOf(name))
			continue
		}
		all.files[name] = newAsset(body, typeOf(name))
	}
	return all
})

// typeOf is the type of a file, whatever the machine's own table says: a module of
// another type does not run.
func typeOf(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	}
	return "text/html; charset=utf-8"
}

// WantsPage reports whether a client that asks for / is a browser that shows a page.
func WantsPage(r *http.Request) bool { return takes(r.Header.Get("Accept"), "text/html") }

// takes reports whether a list of what a client accepts names one thing.
func takes(list, name string) bool {
	for part := range strings.SplitSeq(list, ",") {
		token, weight, _ := strings.Cut(part, ";")
		weight = strings.ReplaceAll(weight, " ", "")
		if strings.EqualFold(strings.TrimSpace(token), name) && weight != "q=0" && !strings.HasPrefix(weight, "q=0.000") {
			return true
		}
	}
	return false
}

// ServePage serves the page itself. It is asked for each time, and sent when it has
// changed.
func ServePage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-cache")
	serve(w, r, current().page)
}

// ServeFile serves what stands under [Base]; false when there is no such file, or the
// page that wants it is of another version.
func ServeFile(w http.ResponseWriter, r *http.Request) bool {
	name, ok := strings.CutPrefix(r.URL.Path, Base+current().version+"/")
	a := current().files[name]
	if !ok || a == nil {
		return false
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	serve(w, r, a)
	return true
}

func serve(w http.ResponseWriter, r *http.Request, a *asset) {
	h := w.Header()
	h.Add("Vary", "Accept-Encoding")
	if takes(r.Header.Get("Accept-Encoding"), "gzip") {
		a = a.smaller
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Type", a.kind)
	h.Set("Content-Security-Policy", policy)
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-DNS-Prefetch-Control", "off")
	h.Set("ETag", a.etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.body))
}
