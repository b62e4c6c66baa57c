package inbox

import "strings"

// mayLoad tells whether the value of a property may refer to a URL.
func (s *sheet) mayLoad(url string) bool {
	if strings.HasPrefix(url, "#") {
		return true // a part of the page
	}
	if dataImage(url) {
		return s.takesImages(url)
	}
	switch s.property {
	case "background", "background-image", "list-style", "list-style-image", "content", "border-image", "border-image-source",
		"-webkit-border-image", "cursor":
		return s.loads(url)
	}
	return false
}

// takesImages tells whether the property is not one that would take a URL, even that
// of an image, for something else.
func (s *sheet) takesImages(url string) bool {
	switch s.property {
	case "filter", "-webkit-filter", "backdrop-filter", "-webkit-backdrop-filter", "clip-path", "-webkit-clip-path", "offset-path", "offset",
		"marker", "marker-start", "marker-mid", "marker-end", "fill", "stroke", "behavior", "-moz-binding", "src", "--":
		return false
	case "mask", "mask-image", "-webkit-mask", "-webkit-mask-image", "-webkit-mask-box-image", "mask-border", "shape-outside":
		return strings.IndexByte(url, '#') < 0
	}
	return true
}
