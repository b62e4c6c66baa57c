package inbox_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// FuzzShown: what is shown is shown as it is when it is read again, is harmless to a
// parser that builds the tree, and does not grow much.
func FuzzShown(f *testing.F) {
	for _, text := range newsletters {
		f.Add(text)
	}
	for _, text := range []string{
		"<p onclick src=x =alert(1)><scr<script>ipt>", "<svg><style><img src=//x.test></style><title><a href=javascript:1></title><![CDATA[><script>1</script>]]>",
		"<template><col><style></template><img src=//x.test></style>", "<select><xmp></select><img src=a></xmp>", "<math><mtext><textarea><img src=a>",
		"<style>@import 'a';b{c:url(d)e:image-set('f' var(--g))}/*", `<p style="a:u&#114;l(&quot;b\0a c&quot;)d">`, "<img srcset='a 1x,data:image/png,a 2x' src=http:a>",
		"<!--a--!><!doctype html><base href=a><form><<form>b", "<noscript><style></noscript><img src=//x.test></style>", "<table><plaintext><img src=a>",
		"<svg><a xlink:href=&#x6a&#97vascript:1><set><use href=#a /><path d=M0,0 /><rect width=a transform='b(1)'>", "<style>a{b:\\75rl(c)d:url('e\nf')<!--url(g)",
		`<a href="#"0><a href="#"/><area href=#a onclick="1"b><a href="#"=><a href=" #" =b c=d onclick =e>`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, remote := range []bool{false, true} {
			once := shown(text, remote)
			if twice := shown(once, remote); twice != once {
				t.Errorf("%q is shown as\n%q, and that as\n%q", text, once, twice)
			}
			if len(once) > 5*len(text)+200 {
				t.Errorf("%d bytes become %d", len(text), len(once))
			}
			page, err := html.ParseWithOptions(strings.NewReader(once), html.ParseOptionEnableScripting(false))
			if err != nil {
				continue // it is too deep
			}
			for n := range page.Descendants() {
				if n.Type == html.ElementNode {
					checkNode(t, n, remote, once)
				}
			}
		}
	})
}

// What is never shown.
var (
	forbidden = strings.Fields("script iframe frame object embed link form applet noembed noframes track set animate")
	undressed = strings.Fields("action formaction srcdoc autofocus ping shadowrootmode popover nonce")
)

func checkNode(t *testing.T, n *html.Node, remote bool, page string) { //nolint:revive // flag-parameter: it says what to expect
	t.Helper()
	if slices.Contains(forbidden, n.Data) {
		t.Errorf("there is a %s in %q", n.Data, page)
	}
	for _, a := range n.Attr {
		value := strings.ToLower(strings.Map(func(r rune) rune {
			if r <= ' ' {
				return -1
			}
			return r
		}, a.Val))
		if strings.HasPrefix(a.Key, "on") || slices.Contains(undressed, a.Key) || !allowedValue(n.Data, a.Key, value) || loads(a.Key, value) && (!remote || !isFar(value)) {
			t.Errorf("there is a %s with %s=%q in %q", n.Data, a.Key, a.Val, page)
		}
	}
}

func loads(key, value string) bool {
	return (key == "src" || key == "background" || key == "poster") && value != "" && !strings.HasPrefix(value, "data:image/")
}

func isFar(url string) bool {
	return strings.HasPrefix(url, "http://") || strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "//")
}

func allowedValue(element, key, value string) bool {
	switch key {
	case "href":
		return !strings.HasPrefix(value, "javascript:") && (!strings.HasPrefix(value, "data:") || element == "image")
	case "http-equiv":
		return value != "refresh"
	case "target":
		return element == "base" && value == "_blank" || element == "a" && value == "_self" || element == "area" && value == "_self"
	}
	return true
}
