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
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// Base is the path under which the page's modules, stylesheet and icons are.
const Base = "/_mock/console/"

// policy is what the page may do. Mail has a frame of its own, with a stricter one.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

//go:embed index.html style.css *.js views
var files embed.FS //nolint:gochecknoglobals // a constant

// asset is a file as it is served.
type asset struct {
	body    []byte
	kind    string
	etag    string
	smaller *asset // the same, compressed; nil for what is compressed
}

func newAsset(body []byte, kind string) *asset {
	sum := sha256.Sum256(body)
	return &asset{body: body, kind: kind, etag: `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}
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

// assets reads the files once, when the first page is asked for.
var assets = sync.OnceValue(func() map[string]*asset { //nolint:gochecknoglobals // a constant
	all := map[string]*asset{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		kind := mime.TypeByExtension(path.Ext(name))
		if path.Ext(name) == ".js" {
			kind = "text/javascript; charset=utf-8" // whatever the machine's own table says: a module of another type does not run
		}
		all[name] = newAsset(body, kind)
		all[name].smaller = newAsset(compressed(body), kind)
		return nil
	})
	if err != nil {
		panic(err) // embedded files can be read
	}
	return all
})

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

// ServePage serves the page itself.
func ServePage(w http.ResponseWriter, r *http.Request) { serve(w, r, assets()["index.html"]) }

// ServeFile serves what stands under [Base]; false when there is no such file.
func ServeFile(w http.ResponseWriter, r *http.Request) bool {
	a, ok := assets()[strings.TrimPrefix(r.URL.Path, Base)]
	if ok {
		serve(w, r, a)
	}
	return ok
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
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-DNS-Prefetch-Control", "off")
	h.Set("Cache-Control", "no-cache") // asked again each time, sent again when it differs
	h.Set("ETag", a.etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.body))
}
