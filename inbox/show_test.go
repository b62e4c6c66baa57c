package inbox_test

import (
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/inbox"
)

const (
	shownBase  = `<base target="_blank">`
	shownStyle = `<style>:where(img:not([src],[srcset])){display:inline-block}</style>`
	dot        = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
)

// shown returns the HTML of a mail as it is shown.
func shown(html string, remote bool) string {
	body, _ := (&inbox.Message{HTML: html}).ShownBody(remote)
	return body
}

// bare is shown without what is added.
func bare(html string, remote bool) string {
	return strings.Replace(strings.Replace(shown(html, remote), shownBase, "", 1), shownStyle, "", 1)
}

func checkShown(t *testing.T, vectors [][2]string) {
	t.Helper()
	for _, v := range vectors {
		if got := bare(v[0], false); got != v[1] {
			t.Errorf("%q\ngot  %q\nwant %q", v[0], got, v[1])
		}
	}
}

func TestWhatRunsIsLeftOut(t *testing.T) {
	t.Parallel()
	checkShown(t, [][2]string{
		{"<p oncontentvisibilityautostatechange=x ON" + strings.Repeat("a", 99) + "=y id=b>", "<p id=b>"},
		{"a<script>alert(1)</script>b", "ab"},
		{"a<SCRIPT src=//x.test/a></SCRIPT >b", "ab"},
		{"a<script/x>alert(1)</script\n>b", "ab"},
		{"a<script>b", "a"},
		{"a<script", "a"},
		{"a</script>b", "ab"},
		{"<script>'</scriptx>'</script>b", "b"},
		{"<svg><script>alert(1)</script></svg>", "<svg></svg>"},
		{"<svg><script/>a</svg>", "<svg>a</svg>"},
		{"<svg:script>a</svg:script>", "<svg:script>a</svg:script>"}, // an element that no one knows
		{"<scr<script>ipt>alert(1)</script>", "<scr<script>ipt>alert(1)"},
		{"<<script></script>script>alert(1)</script>", "< script>alert(1)"},
		{"<<form>img src=//x.test>", "< img src=//x.test>"},
		{"<<form></form><form>img>", "< img>"},
		{"<p onclick=alert(1)>", "<p>"},
		{"<p ONCLICK = 'alert(1)' id=a>", "<p id=a>"},
		{"<p id=a/onclick=alert(1) class=b>", "<p id=a/onclick=alert(1) class=b>"}, // a value
		{`<p id="a"onclick="alert(1)"class="b">`, `<p id="a" class="b">`},
		{"<p/onclick=alert(1)/id=a>", "<p>"},
		{"<svg/onload=alert(1)>", "<svg>"},
		{"<svg onload=alert(1) />", "<svg />"},
		{"<p a=b onclick='x'/>", "<p a=b />"},
		{"<p onclick src=x =alert(1)>", "<p>"},
		{"<a href src=x =javascript:alert(1) =b id=c>", "<a href id=c>"},
		{"<p =onclick=a>", "<p =onclick=a>"}, // a name
		{"<p onclick>", "<p>"},
		{"</p onclick=alert(1)>", "</p>"},
		{"<template shadowrootmode=open><script>1</script><b onclick=a>x</b></template>", "<template><b>x</b></template>"},
		{"<math><mi onclick=a><script>1</script></mi></math>", "<math><mi></mi></math>"},
		{"<iframe src=//x.test>a</iframe>b", "b"},
		{"<iframe srcdoc='<script>1</script>'>", ""},
		{"<frameset><frame src=//x.test></frameset>b", "b"},
		{"<object data=//x.test><param name=a>old</object>", "old"},
		{"<embed src=//x.test>b<applet code=a>c</applet>", "bc"},
		{"<portal src=//x.test></portal><fencedframe></fencedframe>b", "b"},
		{"<noembed><img src=//x.test></noembed><noframes><p></noframes>b", "b"},
		{"<!--[if IE]><script>1</script><![endif]-->", "<!--[if IE]><script>1</script><![endif]-->"}, // a comment
		{"<![if !mso]><p><![endif]>", "<![if !mso]><p><![endif]>"},
	})
}

func TestWhatIsSentOrMovedIsLeftOut(t *testing.T) {
	t.Parallel()
	checkShown(t, [][2]string{
		{"<form action=//x.test method=post><input name=a></form>", "<input name=a>"},
		{"<button formaction=javascript:1 formtarget=_top form=f>b</button>", "<button>b</button>"},
		{"<input autofocus type=date value=x>", "<input value=x>"},
		{"<input type='te&#120;t' pattern='['>", "<input type='te&#120;t'>"},
		{"<input TYPE=CheckBox checked>", "<input TYPE=CheckBox checked>"},
		{"<input type=image src=//x.test/a alt=Go>", "<input type=image alt=Go>"},
		{"<button popovertarget=p commandfor=p command=show-modal>b</button><p popover id=p>", "<button>b</button><p id=p>"},
		{"<a ping=//x.test attributionsrc download target=_top href=https://x.test/>a</a>", "<a href=https://x.test/>a</a>"},
		{"<a href=https://x.test/ rel='x OPENER'>a</a>", "<a href=https://x.test/>a</a>"},
		{"<a href=https://x.test/ rel=noopener>a</a>", "<a href=https://x.test/ rel=noopener>a</a>"},
		{"<base href=//x.test><base target=_top>b", "b"},
		{"<meta http-equiv=refresh content='0;url=//x.test'>b", "b"},
		{"<meta http-equiv=' Ref&#114;esh ' content=0>b", "b"},
		{"<meta http-equiv='" + strings.Repeat("&#32;", 100) + "refresh' content=0>b", "b"},
		{"<meta name=viewport content='width=1;height=2'>b", "b"},
		{"<meta http-equiv=content-type http-equiv=refresh content=0>b", "b"},
		{"<meta http-equiv=Content-Security-Policy content='img-src x'>b", "b"},
		{"<meta name=referrer content=unsafe-url>b", "b"},
		{"<meta http-equiv=Content-Type content='text/html; charset=utf-8'><meta name=viewport content=width=1>", "<meta http-equiv=Content-Type content='text/html; charset=utf-8'><meta name=viewport content=width=1>"},
		{"<html manifest=a lang=en>", "<html lang=en>"},
	})
}

func TestLinksLeadToNoScript(t *testing.T) {
	t.Parallel()
	for _, href := range []string{
		"javascript:alert(1)", "JaVaScRiPt:1", " javascript:1", "\x01\x1fjavascript:1", "java\tscript:1", "java\nscript:1", "java\rscript\n:1",
		"javascript&colon;1", "&#106;avascript:1", "&#x6A;avascript:1", "&#0000106avascript:1", "java&Tab;script:1", "java&NewLine;script&#58;1",
		"vbscript:1", "data:text/html,a", "DATA:image/svg+xml,a", "blob:x", "file:///etc/passwd", "view-source:x", "filesystem:x", "about:blank",
	} {
		checkShown(t, [][2]string{
			{`<a href="` + href + `" id=a>`, "<a id=a>"},
			{`<svg><a xlink:href='` + href + `'>`, "<svg><a>"},
			{`<map><area id=a href="` + href + `">`, "<map><area id=a>"},
		})
	}
	for _, href := range []string{
		"https://x.test/?a=1&b=2", "http:x", "mailto:a@x.test", "tel:1", "/path", "//x.test", "sms:1", "cid:a", "java:script", "",
		"https://x.test/?u=javascript:1", "&javascript;x", "https://x.test/&copy=1&notit;", "xjavascript:1",
	} {
		html := `<a href="` + href + `" id=a>`
		checkShown(t, [][2]string{{html, html}})
	}
	checkShown(t, [][2]string{ // places in the mail itself, which open no window
		{`<a href="#top" id=a>`, `<a href="#top" target="_self" id=a>`},
		{`<a href=#top target=_blank>`, `<a href=#top target="_self">`},
		{`<svg><a xlink:href=' &#35;a'/>`, `<svg><a xlink:href=' &#35;a' target="_self" />`},
		{"<math href=https://x.test><mi xlink:href=//x.test>", "<math><mi>"},
		{"<svg><use href=' #a'/><use xlink:href=//x.test/#a /><use href=data:image/svg+xml,a />", "<svg><use href=' #a'/><use /><use />"},
		{"<svg><textPath href=//x.test/#a><pattern href=#b>", "<svg><textPath><pattern href=#b>"},
		{"<svg><set attributeName=href to=javascript:1 /><animate values=//x.test></animate><feImage href=//x.test />", "<svg>"},
	})
}

func TestNothingIsLoaded(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"http://x.test/a", "https://x.test/a", "HTTPS://x.test", "//x.test/a", `\\x.test\a`, `/\x.test`, "/a", "a.png", "?a", "./a", "http:a", "https:/a",
		" http://x.test", "\x01//x.test", "ht\ntp://x.test", "&#104;ttp://x.test", "http&colon;//x.test", "&sol;&sol;x.test", "ftp://x.test",
		"about:blank", "file:///a", "blob:a", "data:text/html,a", "data:,a", "cid:none@x", "javascript:1", "#a",
	} {
		checkShown(t, [][2]string{
			{`<img src="` + url + `" alt=a width=1>`, "<img alt=a width=1>"},
			{`<td background='` + url + `'>`, "<td>"},
			{`<video poster="` + url + `" src="` + url + `">`, "<video>"},
			{`<img lowsrc="` + url + `" dynsrc="` + url + `">`, "<img>"},
			{`<svg><image href="` + url + `"/><image xlink:href='` + url + `' x=1 />`, "<svg><image /><image x=1 />"},
		})
	}
	checkShown(t, [][2]string{
		{"<img src=" + dot + ">", "<img src=" + dot + ">"},
		{"<img src=' DATA:image/png;base64,AAAA'>", "<img src=' DATA:image/png;base64,AAAA'>"},
		{"<img src='' alt=a>", "<img src='' alt=a>"},
		{"<img srcset='//x.test/a 1x, " + dot + " 2x'>", "<img srcset=' " + dot + " 2x'>"},
		{"<img srcset='" + dot + " 1x, /b 2x'>", "<img srcset='" + dot + " 1x, '>"},
		{"<img srcset='a 1x,b 2x' alt=c>", "<img alt=c>"},
		{"<img srcset='" + dot + " 1y' alt=c>", "<img alt=c>"},
		{"<img srcset='" + dot + " 1x, " + dot + " 100w' alt=c>", "<img alt=c>"},
		{"<picture><source srcset=//x.test/a media=print><img alt=c></picture>", "<picture><source media=print><img alt=c></picture>"},
		{"<audio src=a><source src=b><track src=c></audio>", "<audio><source></audio>"},
		{"<link rel=stylesheet href=//x.test><link rel=preload as=image href=a><link rel=icon href=b>c", "c"},
		{"<img crossorigin referrerpolicy=unsafe-url src=" + dot + ">", "<img src=" + dot + ">"},
	})
}

func TestStylesLoadNothing(t *testing.T) {
	t.Parallel()
	for css, want := range map[string]string{
		"a{b:url(//x.test)}":                                 "a{b:none}",
		"a{b:URL( 'http://x.test' ) c}":                      "a{b:none c}",
		"a{b:url(a.png)c}":                                   "a{b:none/**/c}",
		"a{b:url()}":                                         "a{b:none}",
		"a{b:u\\72l(//x.test)}":                              "a{b:none}",
		"a{b:\\75 \\000072\\6c(//x.test)}":                   "a{b:none}",
		"a{b:url(\\68 ttp://x.test)}":                        "a{b:none}",
		"a{b:url(\"\\68ttp://x.test\")}":                     "a{b:none}",
		"a{b:url(\"ht\\\ntp://x.test\")}":                    "a{b:none}",
		"a{b:url(//x.test":                                   "a{b:none",
		"a{b:url('//x.test":                                  "a{b:none",
		"a{b:url('a\n//x.test')}":                            "a{b:none(//x.test')}",
		"a{b:url(a'b)c:url(/d)}":                             "a{b:none/**/c:none}",
		"a{b:url(a b) url(/d)}":                              "a{b:none none}",
		"a{b:url('a' b) url(/d)}":                            "a{b:none(b) none}",
		"a{b:/*url(*/url(/d)/*)*/}":                          "a{b:/*url(*/none/*)*/}",
		"a{b:'url(/*'url(/d)'*/'}":                           "a{b:'url(/*'none'*/'}",
		"<!--url(/d)-->url(/d)":                              "<!--none/**/-->none",
		"a{b:src('/d')}":                                     "a{b:src(none)}",
		"a{b:image-set('//x.test' 1x,url(/d) 2x)'//e'}":      "a{b:image-set(none 1x,none 2x)'//e'}",
		"a{b:-webkit-image-set('//x.test'1x)}":               "a{b:-webkit-image-set(none/**/1x)}",
		"a{b:ima\\67 e('//x.test',red)}":                     "a{b:ima\\67 e(none,red)}",
		"a{--b:'//x.test';c:image-set(var(--b) 1x)}":         "a{--b:'//x.test';c:image-set(none(--b) 1x)}",
		"a{b:image-set(--f() 1x,env(a),attr(b))}":            "a{b:image-set(none() 1x,none(a),none(b))}",
		"a{b:image-set('" + dot + "' type('image/gif') 1x)}": "a{b:image-set('" + dot + "' type('image/gif') 1x)}",
		"@import '//x.test';a{b:c}":                          "@none \"\";a{b:c}",
		"@import url(//x.test)screen;":                       "@none none/**/screen;",
		"@\\69mport\"//x.test\";":                            "@none\"\";",
		"@IMPORT/**/'//x.test'print;":                        "@none/**/\"\"print;",
		"@namespace a '//x.test';":                           "@none a \"\";",
		"@font-face{font-family:'A';src:url(//x.test),url(data:font/woff2;base64,AA)}": "@none{font-family:'A';src:none,none}",
		"a{b:url(data:text/css,a)}":                        "a{b:none}",
		"a{filter:url(" + dot + "#a)}":                     "a{filter:none}",
		"a{filter:url(#b);c:url(\"#d\")}":                  "a{filter:url(#b);c:url(\"#d\")}",
		"a{--b:url(" + dot + ")}":                          "a{--b:none}",
		"a{behavior:url(a.htc);-moz-binding:url(b)}":       "a{behavior:none;-moz-binding:none}",
		"a{b:1url(/d);c:#url(/d);d:x-url(/d)}":             "a{b:1url(/d);c:#url(/d);d:x-url(/d)}",
		"a{b:5%url(/d),5.url(/d)}":                         "a{b:5%none,5.none}",
		"a{b:url(" + dot + ")}":                            "a{b:url(" + dot + ")}",
		"@media (min-width:1px) and (400px<width){a{b:c}}": "@media (min-width:1px) and (400px<width){a{b:c}}",
	} {
		checkShown(t, [][2]string{{"<style>" + css + "</style>", "<style>" + want + "</style>"}})
	}
	checkShown(t, [][2]string{
		{`<p style="b:url(&quot;//x.test&quot;);c:d">`, `<p style="b:none;c:d">`},
		{`<p style='b:u&#114;l(&#47;/x.test)c'>`, `<p style='b:none/**/c'>`},
		{`<p style="b:url&lpar;//x.test&rpar;">`, `<p style="b:none">`},
		{`<p style="b:&quota;url(//x.test)">`, `<p style="b:&quota;none">`},
		{`<p style="&quot;;b:url(/d);&quot;;c:url(/d)">`, `<p style="&quot;;b:url(/d);&quot;;c:none">`},
		{`<p style=b:url(/d)c>`, `<p style=b:none/**/c>`},
		{`<p style="b:url(&#x27;cid:no&#x27;)">`, `<p style="b:none">`},
		{`<svg><rect fill="url(//x.test#a)" mask="url(#b)" cursor='url(/c),auto'>`, `<svg><rect fill="none" mask="url(#b)" cursor='none,auto'>`},
	})
}

func TestDrawingsAreReadWell(t *testing.T) {
	t.Parallel()
	for attribute, ok := range map[string]bool{
		`path d="M2 8.5 6 12l-8-.5.5.5zM1,1 2,2H3v4z"`: true, `path d="M0 0A1 2 30 015 6a1,1,0,1,0,2,2C1 2 3 4 5 6S1 2 3 4q1 2 3 4T1 2"`: true, `path d=""`: true,
		`path d="L1 2"`: false, `path d="M1"`: false, `path d="M1 2 x"`: false, `path d="M1 2,,3 4"`: false, `path d="M1 2a1 1 0 2 0 1 1"`: false, `path d="M0 0C1 2 3"`: false,
		`path d="M1e3 0"`: false, `path d="M&#48; 0"`: true, `path d="none"`: false,
		`svg width="100%"`: true, `svg width="auto"`: false, `svg width=""`: false, `svg height`: false, `rect x="-1.5em"`: true, `rect x="1x"`: false, `circle r="-1"`: false,
		`svg viewBox="0 0 24 24"`: true, `svg viewBox="-4,-4,8,8"`: true, `svg viewBox="0 0 24"`: false, `svg viewBox="0 -3 1 1"`: true, `svg viewBox="-1 0 -1 1"`: false, `svg viewBox="a"`: false,
		`polygon points="1,2 3,4"`: true, `polygon points="1,2 3"`: false, `polygon points="a"`: false,
		`g transform="translate(1 2) rotate(45)scale(.5,2)"`: true, `g transform="matrix(1,0,0,1,0,0)"`: true, `g transform=""`: true,
		`g transform="rotate(45deg)"`: false, `g transform="foo(1)"`: false, `g transform="scale()"`: false, `g transform="scale(1"`: false,
		`text x="1 2,3"`: true, `text dy="q"`: false, `stop offset="50%"`: true, `stop offset="q"`: false, `lineargradient gradientUnits="userSpaceOnUse"`: true,
		`lineargradient gradientUnits="x"`: false, `svg preserveAspectRatio="xMidYMid slice"`: true, `svg preserveAspectRatio="xmid"`: false, `marker orient="auto"`: true,
		`table width="auto"`: true, `text rotate="a"`: false, `g fill="zz"`: true,
	} {
		element, rest, _ := strings.Cut(attribute, " ")
		want := "<svg><" + element + " " + rest + ">"
		if !ok {
			want = "<svg><" + element + ">"
		}
		checkShown(t, [][2]string{{"<svg><" + attribute + ">", want}})
	}
	checkShown(t, [][2]string{
		{"<table><td width=auto>", "<table><td width=auto>"},
		{"<svg><filter id=a><feBlend in=x /></filter><g filter=url(#a)>", "<svg><g filter=url(#a)>"},
	})
}

// Where the tree that a browser builds decides what is a tag, nothing depends on it.
func TestTextThatCouldBeTagsIsNone(t *testing.T) {
	t.Parallel()
	checkShown(t, [][2]string{
		{"<svg><style><img src=//x.test></style>", "<svg><style> img src=//x.test></style>"},
		{"<svg><style>a{b:&#117;rl(/d)}</style>", "<svg><style>a{b: #117;rl(/d)}</style>"},
		{"<svg><style>a{b:url(/d)}c&</style>", "<svg><style>a{b:none}c </style>"},
		{"<svg><style/><img src=//x.test>", "<svg><img>"},
		{"<svg><title>a<img src=//x.test></title>", "<svg><title>a&lt;img src=//x.test></title>"},
		{"<math><textarea><img src=//x.test></textarea>", "<math><textarea>&lt;img src=//x.test></textarea>"},
		{"<select><style></select><img src=//x.test></style>", "<select><style> /select> img src=//x.test></style>"},
		{"<template><col><style></template><img src=//x.test></style>", "<template><col><style> /template> img src=//x.test></style>"},
		{"<svg><![CDATA[><img src=//x.test>]]>", "<svg><img>]]>"},
		{"<svg><style><!--</style><img title='--><img src=//x.test>'>", "<svg><style> !--</style><img title='--><img src=//x.test>'>"},
		{"<select><option>a<select id=b><option>c</select><select>", "<select><option>a</select><option>c</select><select>"},
		{"<xmp><img src=//x.test>&lt;</xmp>a", "<pre>&lt;img src=//x.test>&amp;lt;</pre>a"},
		{"<plaintext><img src=//x.test></plaintext>", "<pre>&lt;img src=//x.test>&lt;/plaintext>"},
		{"<textarea><img src=//x.test></textarea>a", "<textarea><img src=//x.test></textarea>a"},
		{"<title><img src=//x.test></title>a", "<title><img src=//x.test></title>a"},
		{"<noscript><img src=//x.test></noscript>", "<noscript><img></noscript>"},
		{"<!--><img src=//x.test>-->", "<img>-->"},
		{"<!---><img src=//x.test>", "<img>"},
		{"<!--a--!><img src=//x.test>", "<img>"},
		{"<!-- a -- b - -><img src=//x.test>-->", "<!-- a -- b - -><img src=//x.test>-->"},
		{"a<!--b", "a"},
		{"a<p title='", "a"},
		{"a<?b", "a"},
		{"a<?b?><img src=//x.test>", "a<?b?><img>"},
		{"</ <img src=//x.test>", "</ <img src=//x.test>"},
		{"a < b & c <3 </> <", "a < b & c <3 </> <"},
		{"<img\x00 src=//x.test><scr\x00ipt>", "<img\x00><scr\x00ipt>"}, // elements that no one knows
		{"<img/src=//x.test/alt=a>", "<img>"},
		{"<img src=`//x.test`>", "<img>"},
	})
}

func TestTheBaseKeepsTheModeOfTheBrowser(t *testing.T) {
	t.Parallel()
	for html, want := range map[string]string{
		"":                                 "|",
		"text":                             "|text",
		"<!doctype html><p>":               "<!doctype html>|<p>",
		"\uFEFF \n<!-- a --><!DOCTYPE x>b": "\uFEFF \n<!-- a --><!DOCTYPE x>|b",
		"<?xml version=1?><!doctype html>": "<?xml version=1?><!doctype html>|",
		"<!--a--!><!doctype html>b":        "<!doctype html>|b",
		"\uFEFF<p><!doctype html>":         "\uFEFF|<p><!doctype html>",
		"a<!doctype html>":                 "|a<!doctype html>",
		"<!doctype":                        "|",
		"<!-- <!doctype html> -->b":        "|<!-- <!doctype html> -->b",
	} {
		if got := shown(html, false); got != strings.Replace(want, "|", shownBase, 1) {
			t.Errorf("%q is shown as %q", html, got)
		}
	}
}

func TestRemoteImagesAreShownWhenAskedFor(t *testing.T) {
	t.Parallel()
	for html, want := range map[string]string{
		"<img src=https://x.test/a><img src='//x.test/b'>":                                           "<img src=https://x.test/a><img src='//x.test/b'>",
		"<img srcset='http://x.test/a 1x, /b 2x, //x.test/c 3x'>":                                    "<img srcset='http://x.test/a 1x,  //x.test/c 3x'>",
		"<td background=http://x.test/a style='background:url(//x.test)'>":                           "<td background=http://x.test/a style='background:url(//x.test)'>",
		"<p style='background:image-set(\"https://x.test/a\" 1x)'>":                                  "<p style='background:image-set(\"https://x.test/a\" 1x)'>",
		"<p style='mask:url(//x.test);filter:url(//x.test#a);--c:url(//x.test);background:url(/c)'>": "<p style='mask:none;filter:none;--c:none;background:none'>",
		"<style>@font-face{src:url(//x.test)}@import url(//x.test);</style>":                         "<style>@none{src:none}@none none;</style>",
		"<video src=//x.test poster=//x.test/p>":                                                     "<video poster=//x.test/p>",
		`<img src="\\x.test\a"><img src=///x.test><img src=http:a><img src=https:/a>`:                "<img><img><img><img>",
		"<link rel=stylesheet href=//x.test><svg><use href=//x.test#a />":                            "<svg><use />",
	} {
		if got := bare(html, true); got != want {
			t.Errorf("%q\ngot  %q\nwant %q", html, got, want)
		}
	}
}

func TestRemoteTellsWhetherMoreWouldBeShown(t *testing.T) {
	t.Parallel()
	for html, want := range map[string]bool{
		"<p>a":                                               false,
		"<a href=https://x.test>":                            false,
		"<img src=" + dot + ">":                              false,
		"<img src=cid:a><img src=/a>":                        false,
		"<script src=//x.test></script>":                     false,
		"<!-- <img src=//x.test> -->":                        false,
		"<img src=//x.test>":                                 true,
		"<img src='&#104;ttp://x.test'>":                     true,
		"<img srcset='a 1x, https://x.test 2x'>":             true,
		"<style>p{background:url(//x.test)}":                 true,
		"<style>@import url(//x.test);":                      false,
		"<p style='filter:url(//x.test)'>":                   false,
		"<body background=http://x.test>":                    true,
		strings.Repeat("<b>", 60_000) + "<img src=//x.test>": false, // it is long
	} {
		m := small("a", "")
		m.HTML = html
		b := new(inbox.Box)
		b.Add(m)
		r, _ := b.Get("a")
		if m.Remote() != want || r.HasRemote() != want || r.HasRemote() != want {
			t.Errorf("%.60q: %v, want %v", html, m.Remote(), want)
		}
	}
}
