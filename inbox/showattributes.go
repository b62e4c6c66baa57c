package inbox

import "strings"

// leftOut tells whether the tags of an element are left out; what is in it stays.
func leftOut(element string) bool {
	switch element {
	case "base", "link", "frame", "frameset", "object", "embed", "param", "applet", "portal", "fencedframe", "controlledframe", "webview", "track", "form", "bgsound":
		return true // it loads or sends
	case "set", "animate", "animatecolor", "animatetransform", "animatemotion", "discard", "filter", "handler", "listener", "tref":
		return true // in SVG it loads, or changes what is clean
	case "permission", "geolocation", "usermedia", "camera", "microphone", "install", "login", "credential":
		return true // it asks for what it does not get
	}
	return strings.HasPrefix(element, "fe") // what filters of SVG are made of
}

// leftOutWhole tells whether an element is left out with what is in it, which is text
// outside of SVG.
func leftOutWhole(element string) bool {
	switch element {
	case "script", "iframe", "noembed", "noframes":
		return true
	}
	return false
}

// holdsText tells whether what is in an element is text, whatever stands there.
func holdsText(element string) bool {
	switch element {
	case "style", "title", "textarea", "xmp", "plaintext":
		return true
	}
	return leftOutWhole(element)
}

// harmlessMeta tells whether a meta element only describes the page.
func (c *cleaner) harmlessMeta(t tag) bool {
	name, separated := "", false
	for i := t.nameEnd; ; {
		a, ok := attributeAt(c.source, i)
		if !ok || a.start >= t.end-1 {
			return name != "viewport" || !separated // which a browser complains of
		}
		i = a.end
		switch lowered(c.source[a.start:a.nameEnd]) {
		case "http-equiv":
			if !harmlessPragma(c.said(a)) {
				return false
			}
		case "name":
			if name = c.said(a); name == "referrer" {
				return false
			}
		case "content":
			separated = strings.IndexByte(c.source[a.value:a.valueEnd], ';') >= 0
		}
	}
}

func harmlessPragma(name string) bool {
	switch name {
	case "", "content-type", "content-language", "x-ua-compatible":
		return true
	}
	return false
}

// said is the value of an attribute that is a word; "?" for a long one.
func (c *cleaner) said(a attr) string {
	const longest = 8 * longestName // each letter may be a reference
	if a.valueEnd-a.value <= longest {
		if word := strings.Trim(decode(c.source[a.value:a.valueEnd]), blank); len(word) <= longestName {
			return lowered(word)
		}
	}
	return "?"
}

// attributes cleans the attributes of a tag.
func (c *cleaner) attributes(t tag) {
	if !t.dressed {
		return
	}
	last, changed := t.nameEnd, false // where the one before ends, and whether it was left out or one put in behind it
	for i := t.nameEnd; ; {
		a, ok := attributeAt(c.source, i)
		if !ok || a.start >= t.end-1 {
			return
		}
		i = a.end
		// Behind one that is left out, a name that starts with = would be a value.
		if changed && c.source[a.start] == '=' || !c.attribute(t.name, a) {
			c.undress(last, a.end)
		}
		last, changed = a.end, c.copied == a.end
	}
}

// undress leaves out an attribute and what separates it from what is before it.
func (c *cleaner) undress(from, end int) {
	c.replace(from, end, c.separator(end))
}

// separator is what must stand between an attribute that ends at end and the next one,
// beyond what does.
func (c *cleaner) separator(end int) string {
	if b := c.source[end]; isBlank(b) || b == '>' {
		return ""
	}
	return " "
}

// attribute cleans the value of an attribute. It is false when it may not stay.
func (c *cleaner) attribute(element string, a attr) bool {
	name := lowered(c.source[a.start:a.nameEnd])
	if startsFold(c.source[a.start:a.nameEnd], "on") || !allowedAttribute(name) || !c.input(element, name, a) || !c.drawn(element, name, a) {
		return false
	}
	if a.valueEnd == a.value {
		return true
	}
	switch name {
	case "src", "background", "poster", "lowsrc", "dynsrc":
		return c.address(element, a)
	case "href", "xlink:href":
		return c.link(element, a)
	case "srcset", "imagesrcset":
		return c.candidates(a)
	case "rel":
		return !opens(decode(c.source[a.value:a.valueEnd]))
	case "style":
		c.css(a.value, a.valueEnd, "")
	case "fill", "stroke", "filter", "mask", "clip-path", "marker", "marker-start", "marker-mid", "marker-end", "cursor":
		c.css(a.value, a.valueEnd, name)
	}
	return true
}

// allowedAttribute tells whether an attribute that handles no event may stay, whatever
// its value is.
func allowedAttribute(name string) bool {
	switch name {
	case "target", "formtarget", "download", "ping", "attributionsrc", "hreftranslate":
		return false // of links
	case "action", "formaction", "formmethod", "formenctype", "form", "pattern", "autofocus", "popover", "popovertarget", "popovertargetaction",
		"command", "commandfor", "interestfor", "interesttarget":
		return false // of forms
	case "srcdoc", "manifest", "nonce", "integrity", "crossorigin", "referrerpolicy", "sandbox", "allow", "csp", "credentialless",
		"browsingtopics", "sharedstoragewritable", "privatetoken", "fetchpriority", "elementtiming", "blocking", "is":
		return false // of what is loaded
	case "data", "classid", "codebase", "archive", "code", "object", "longdesc", "profile", "xml:base", "autoplay", "preload":
		return false
	}
	return !strings.HasPrefix(name, "shadowroot")
}

// input tells whether an attribute of an input element makes it no more than a text,
// a box, a button or an image: others complain about their value.
func (c *cleaner) input(element, name string, a attr) bool {
	if element != "input" || name != "type" {
		return true
	}
	switch c.said(a) {
	case "text", "hidden", "checkbox", "radio", "submit", "reset", "button", "image", "password", "search", "tel":
		return true
	}
	return false
}

// address cleans the address of an image. It is false when it may not be loaded.
func (c *cleaner) address(element string, a attr) bool {
	switch element {
	case "audio", "video", "source":
		if lowered(c.source[a.start:a.nameEnd]) == "src" {
			return false
		}
	}
	v := newWritten(c.source, a.value, a.valueEnd)
	start, end := trimmed(v.text)
	address := v.text[start:end]
	if shown := c.own(address); shown != "" {
		c.put(&v, start, end, shown)
		return true
	}
	loads := c.loads(address)
	c.blanked = c.blanked || !loads && (element == "img" || element == "image")
	return loads
}

// put writes text for a part of a value.
func (c *cleaner) put(v *written, start, end int, text string) {
	from := v.place(start)
	c.replace(from, v.place(end), text)
}

// link cleans where an element leads. It is false when it may not lead there.
func (c *cleaner) link(element string, a attr) bool {
	switch element {
	case "a", "area":
		to := decode(c.source[a.value:a.valueEnd])
		if strings.HasPrefix(strings.TrimLeft(to, blank), "#") {
			c.replace(a.end, a.end, ` target="_self"`+c.separator(a.end)) // a place in the mail itself
		}
		return mayLead(to)
	case "image":
		return c.address(element, a)
	}
	return strings.HasPrefix(strings.TrimLeft(decode(c.source[a.value:a.valueEnd]), blank), "#")
}

// candidates cleans a list of images, each of which may have a description. It is
// false when none may be loaded, or when the list is not well-formed.
func (c *cleaner) candidates(a attr) bool {
	v := newWritten(c.source, a.value, a.valueEnd)
	list, ok := readCandidates(v.text)
	if !ok {
		return false
	}
	stays := false
	for i := range list {
		n := &list[i]
		n.shown = c.own(v.text[n.start:n.end])
		n.stays = n.shown != "" || c.loads(v.text[n.start:n.end])
		stays = stays || n.stays
	}
	for _, n := range list {
		switch {
		case !stays:
		case !n.stays:
			c.put(&v, n.start, n.next, "")
		case n.shown != "":
			c.put(&v, n.start, n.end, n.shown)
		}
	}
	return stays
}

// opens tells whether a link would let the page that it leads to change this one.
func opens(rel string) bool {
	for word := range strings.FieldsSeq(rel) {
		if lowered(word) == "opener" {
			return true
		}
	}
	return false
}
