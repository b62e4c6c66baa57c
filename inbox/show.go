package inbox

import "strings"

// ShownBody returns the HTML of the message ready to be shown in a sandbox that allows
// links to open windows and nothing else, so that nothing in it asks for what is not
// allowed there. It fetches nothing; with remote it does load images by http and https.
//
// What is harmless is, byte for byte, as in [Message.Body]. Scripts, frames, forms,
// style sheets and fonts from elsewhere, handlers of events and the like are left out,
// with what is dangerous about them alone where that is enough: an image without its
// address still says its alternate text. Links open a new window, but for those to a
// place in the message itself.
//
// The message's own images are in it: each cid: reference of RFC 2392 that names one
// is a data: URL. An image is what starts as a PNG, JPEG, GIF or WebP and is not
// declared to be something else, up to 32 MiB of them in all.
//
// It is false when the message has no HTML.
func (m *Message) ShownBody(remote bool) (body string, ok bool) {
	source, ok := m.Body()
	if !ok {
		return source, ok
	}
	c := &cleaner{source: source, remote: remote, images: newImages(m.Files())}
	c.b.Grow(len(source) + len(base))
	start := behindDoctype(source)
	c.read(0, start)
	c.replace(start, start, base)
	style := c.b.Len()
	c.read(start, len(source))
	c.keep(len(source))
	body = c.b.String()
	if c.blanked {
		body = body[:style] + blankedStyle + body[style:]
	}
	return body, true
}

// blankedStyle lets an image without an address keep its size beside its alternate
// text. Any style of the mail's own goes before it.
const blankedStyle = `<style>:where(img:not([src],[srcset])){display:inline-block}</style>`

// base makes links open a new window.
const base = `<base target="_blank">`

// Remote tells whether the HTML refers to images that are elsewhere: whether
// [Message.ShownBody] would load any. Long HTML is not looked into to its end.
func (m *Message) Remote() bool {
	source, ok := m.Body()
	if !ok {
		return false
	}
	source, _ = look(source)
	c := &cleaner{source: source, probing: true, images: newImages(nil)}
	c.read(0, len(source))
	return c.found
}

// cleaner copies HTML and leaves out what may not be shown.
//
// It reads HTML as a browser's tokenizer does, but knows nothing of the tree that the
// browser builds. Now what a tag is can depend on the tree: within SVG, or where a
// parser ignores a tag, what looks like the text of a style sheet may be tags. So where
// that could be (see loose), text of that sort is made to have no tags either way.
type cleaner struct {
	source  string
	images  *images
	remote  bool // whether images may be loaded from elsewhere
	probing bool // only to find out whether there are such images
	found   bool // there are
	blanked bool // an image has lost its address
	choices bool // within a select element
	loose   bool // the tree may decide what is a tag
	copied  int  // how much of the source is written
	b       strings.Builder
	styles  sheet // that is being read
}

// keep writes the source as it is, up to end.
func (c *cleaner) keep(end int) {
	if c.copied < end && !c.probing {
		c.b.WriteString(c.source[c.copied:end])
	}
	c.copied = max(c.copied, end)
}

// replace writes text for what stands from start to end.
func (c *cleaner) replace(start, end int, text string) {
	c.keep(start)
	if !c.probing {
		c.b.WriteString(text)
	}
	c.copied = end
}

// drop leaves out a token. What stood before and behind it must not become a tag.
func (c *cleaner) drop(start, end int) {
	c.replace(start, end, "")
	if s := c.b.String(); strings.HasSuffix(s, "<") {
		c.b.WriteByte(' ')
	}
}

// done tells whether nothing more is to be found out.
func (c *cleaner) done() bool { return c.probing && c.found }

// read cleans the tokens from i on, up to end.
func (c *cleaner) read(i, end int) {
	for i < end && !c.done() {
		n := strings.IndexByte(c.source[i:], '<')
		if n < 0 {
			return
		}
		i = c.token(i + n)
	}
}

// token cleans the token that may start at i, and returns where the next does.
func (c *cleaner) token(i int) int {
	rest := c.source[i:]
	switch {
	case len(rest) < 2:
		return len(c.source)
	case isLetter(rest[1]):
		return c.startTag(i)
	case strings.HasPrefix(rest, "<!--"):
		return c.comment(i)
	case rest[1] == '/' && len(rest) > 2 && isLetter(rest[2]):
		return c.endTag(i)
	case rest[1] == '!' || rest[1] == '?' || rest[1] == '/':
		return c.declaration(i)
	}
	return i + 1
}

// comment keeps a comment that all take for the same one.
func (c *cleaner) comment(i int) int {
	end, plain := commentEnd(c.source, i)
	if !plain {
		c.drop(i, end)
	}
	return end
}

// declaration keeps what ends at the first >, but for CDATA: that does not within SVG.
func (c *cleaner) declaration(i int) int {
	n := strings.IndexByte(c.source[i:], '>')
	if n < 0 {
		c.drop(i, len(c.source))
		return len(c.source)
	}
	if startsFold(c.source[i:], "<![cdata[") {
		c.drop(i, i+n+1)
	}
	return i + n + 1
}

// startTag cleans a tag, and what is in its element if that is text.
func (c *cleaner) startTag(i int) int {
	t, ok := tagAt(c.source, i, i+1)
	if !ok { // a tag that does not end is none
		c.drop(i, len(c.source))
		return len(c.source)
	}
	switch t.name {
	case "svg", "math", "select", "template":
		c.loose = true
	}
	switch {
	case c.loose && t.closed && holdsText(t.name), leftOut(t.name), t.name == "meta" && !c.harmlessMeta(t):
		c.drop(i, t.end)
		return t.end
	case leftOutWhole(t.name):
		_, end := textEnd(c.source, t.end, t.name)
		c.drop(i, end)
		return end
	case t.name == "xmp", t.name == "plaintext":
		return c.preformatted(t)
	case t.name == "select" && c.choices: // a browser takes it for the end, and complains
		c.choices = false
		c.replace(i, t.end, "</select>")
		return t.end
	}
	c.choices = c.choices || t.name == "select"
	c.attributes(t)
	return c.text(t)
}

// text cleans what is in an element whose tag is t, if that is text, and returns where
// the next token starts.
func (c *cleaner) text(t tag) int {
	switch t.name {
	case "style":
		end, _ := textEnd(c.source, t.end, t.name)
		c.sheet(t.end, end)
		return end
	case "title", "textarea":
		end, _ := textEnd(c.source, t.end, t.name)
		if c.loose {
			c.escape(t.end, end, "&")
		}
		return end
	}
	return t.end
}

// preformatted makes a pre element of one that shows tags as text.
func (c *cleaner) preformatted(t tag) int {
	c.replace(t.start, t.end, "<pre>")
	end := len(c.source)
	if t.name == "xmp" {
		end, _ = textEnd(c.source, t.end, t.name)
	}
	c.escape(t.end, end, "")
	return end
}

// escape writes text, with references for what starts tags and references; those in
// kept stay.
func (c *cleaner) escape(start, end int, kept string) {
	text := strings.ReplaceAll(c.source[start:end], "<", "&lt;")
	if kept == "" {
		text = strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(c.source[start:end])
	}
	c.replace(start, end, text)
}

// endTag cleans the end of an element.
func (c *cleaner) endTag(i int) int {
	t, ok := tagAt(c.source, i, i+2)
	switch {
	case !ok:
		c.drop(i, len(c.source))
		return len(c.source)
	case leftOut(t.name), leftOutWhole(t.name):
		c.drop(i, t.end)
	case t.name == "xmp" || t.name == "plaintext":
		c.replace(i, t.end, "</pre>")
	case t.dressed:
		c.replace(t.nameEnd, t.end, ">")
	}
	c.choices = c.choices && t.name != "select"
	return t.end
}
