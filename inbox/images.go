package inbox

import (
	"bytes"
	"encoding/base64"
	"net/url"
	"strings"
)

// How much of a message's images its HTML may hold. One that is large can be referred
// to ten thousand times, and would make an answer of as many copies; one that is
// small, such as the dot of a list, often stands there for a good reason.
const (
	maxInlined = 32 << 20 // bytes of all copies of all images
	maxCopies  = 4        // of one image; of a small one
	maxRepeats = 1 << 20  // as many as come to this many bytes
)

// image is an attachment that a reference may name.
type image struct {
	file   Attachment
	read   bool   // once, since it may be long
	url    string // its data: URL; "" when it may not be shown
	copies int
}

// images are the attachments of a message by their Content-ID.
type images struct {
	exact, folded map[string]*image
	left          int // how many bytes may yet be shown
}

func newImages(files []Attachment) *images {
	s := &images{exact: map[string]*image{}, folded: map[string]*image{}, left: maxInlined}
	for _, a := range files {
		id := bareID(a.ContentID)
		if id == "" {
			continue
		}
		picture := &image{file: a}
		for _, ids := range []map[string]*image{s.exact, s.folded} {
			if ids[id] == nil { // the first of a name counts
				ids[id] = picture
			}
			id = strings.ToLower(id)
		}
	}
	return s
}

// show returns the data: URL of the image that a reference names, which is about to
// be shown; "" for none.
func (s *images) show(ref string) string {
	picture := s.find(ref)
	if picture == nil {
		return ""
	}
	if !picture.read {
		picture.read = true
		// What has no room now never will, and is not even decoded.
		if base64.StdEncoding.EncodedLen(picture.file.Size()) <= s.left {
			picture.url = picture.file.dataURL()
		}
	}
	n := len(picture.url)
	if n > s.left || picture.copies >= maxCopies && (picture.copies+1)*n > maxRepeats {
		return ""
	}
	picture.copies++
	s.left -= n
	return picture.url
}

func (s *images) find(ref string) *image {
	ids := contentIDs(ref)
	for _, id := range ids {
		if picture := s.exact[id]; picture != nil {
			return picture
		}
	}
	for _, id := range ids {
		if picture := s.folded[strings.ToLower(id)]; picture != nil {
			return picture
		}
	}
	return nil
}

// dataURL returns the data: URL of an attachment that is an image; "" for any other.
func (a Attachment) dataURL() string {
	if !a.maybeImage() {
		return ""
	}
	data, err := a.Data()
	if err != nil {
		return ""
	}
	kind := imageType(data)
	if kind == "" {
		return ""
	}
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(data)
}

// maybeImage tells whether the declared type lets the attachment be an image that may
// be shown. What is declared an SVG or a page is none, whatever its bytes start with.
func (a Attachment) maybeImage() bool {
	declared, _, _ := strings.Cut(a.ContentType, ";")
	switch strings.ToLower(strings.TrimSpace(declared)) {
	case "", "application/octet-stream", "image/png", "image/x-png", "image/apng", "image/jpeg", "image/jpg", "image/pjpeg", "image/gif", "image/webp":
		return true
	}
	return false
}

// imageType returns what sort of image the first bytes are of; "" for one that may
// not be shown.
func imageType(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png"
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	case bytes.HasPrefix(data, []byte("GIF87a")), bytes.HasPrefix(data, []byte("GIF89a")):
		return "image/gif"
	case len(data) >= 16 && string(data[:4]) == "RIFF" && string(data[8:14]) == "WEBPVP":
		return "image/webp"
	}
	return ""
}

// contentIDs returns what a reference may name, the likeliest first: mail programs do
// not always encode what they should.
func contentIDs(ref string) []string {
	if decoded, err := url.PathUnescape(ref); err == nil && decoded != ref {
		return []string{bareID(decoded), bareID(ref)}
	}
	return []string{bareID(ref)}
}

// bareID returns a Content-ID without its brackets.
func bareID(id string) string {
	id = strings.TrimSpace(id)
	return strings.TrimSuffix(strings.TrimPrefix(id, "<"), ">")
}
