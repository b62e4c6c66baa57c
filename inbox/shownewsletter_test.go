package inbox_test

import (
	"strings"
	"testing"
)

// newsletters are mails as they are sent, with nothing in them that does anything.
var newsletters = map[string]string{
	"tables for Outlook": `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" lang="en">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
<meta http-equiv="X-UA-Compatible" content="IE=edge" />
<meta name="viewport" content="width=device-width, initial-scale=1.0" />
<meta name="x-apple-disable-message-reformatting" />
<meta name="format-detection" content="telephone=no, date=no" />
<title>Harbour & Pine: the autumn list</title>
<!--[if gte mso 9]><xml><o:OfficeDocumentSettings><o:AllowPNG/><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><![endif]-->
<!--[if (mso)|(mso 16)]><style type="text/css">a {text-decoration: none;} body, td {font-family: Arial !important}</style><![endif]-->
<style type="text/css">
#outlook a { padding: 0; }
.ExternalClass, .ExternalClass * { line-height: 100%; }
table, td { mso-table-lspace: 0pt; mso-table-rspace: 0pt; border-collapse: collapse }
@media only screen and (max-width: 600px) { .col { width: 100% !important; display: block !important; } u + #body a { color: inherit } }
@media (prefers-color-scheme: dark) { .sheet { background: #1c1b22 !important; color: #fbfbfe !important } [data-ogsc] .logo { filter: invert(1) } }
</style>
</head>
<body style="margin:0;padding:0;background-color:#f4f4f7" bgcolor="#f4f4f7" link="#0b57d0">
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">Boots are back&nbsp;&zwnj;&nbsp;&#847;</div>
<center><table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center">
<!--[if mso]><table width="600"><tr><td background="https://cdn.example.com/back.png"><v:rect xmlns:v="urn:schemas-microsoft-com:vml" fill="true" style="width:600px;height:200px"><v:fill type="tile" src="https://cdn.example.com/back.png"/><v:textbox inset="0,0,0,0"><![endif]-->
<a href="https://shop.example.com/?utm_source=mail&amp;utm_medium=email&ref=a" style="color:#0b57d0; font: bold 16px/1.4 'Helvetica Neue', Arial, sans-serif;">See all &raquo;</a>
<!--[if mso]></v:textbox></v:rect></td></tr></table><![endif]-->
<!--[if !mso]><!--><p class=MsoNormal>Price < 50 &euro; <o:p></o:p></p><!--<![endif]-->
<img src="data:image/png;base64,iVBORw0KGgo=" width="120" height="40" alt="Harbour &amp; Pine" style="display:block;border:0" />
</td></tr></table></center>
<p>You get this as <a href="mailto:ada@example.com?subject=Unsubscribe">ada@example.com</a>. <a href="https://shop.example.com/u/1">Unsubscribe</a></p>
</body>
</html>
`,
	"Word": `<html xmlns:w="urn:schemas-microsoft-com:office:word"><head><meta name=Generator content="Microsoft Word 15 (filtered medium)"><style><!--
/* Font Definitions */
p.MsoNormal, li.MsoNormal {margin:0cm; font-size:11.0pt; font-family:"Calibri",sans-serif; mso-fareast-language:EN-US;}
@page WordSection1 {size:612.0pt 792.0pt; margin:70.85pt;}
div.WordSection1 {page:WordSection1;}
--></style><!--[if gte mso 9]><xml><o:shapedefaults v:ext="edit" spidmax="1026" /></xml><![endif]--></head>
<body lang=DE link="#0563C1" vlink="#954F72" style='word-wrap:break-word'><div class=WordSection1><p class=MsoNormal><span lang=EN-US>Dear Ada,<o:p>&nbsp;</o:p></span></p>
<p class=MsoNormal><a href="https://example.com/a?b=c&d=e#f">the report</a> <![if !supportLists]><span style='mso-list:Ignore'>-</span><![endif]></p></div></body></html>`,
	"a sign-in code": `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<style>:root { color-scheme: light dark; supported-color-schemes: light dark } body { font: 16px system-ui, -apple-system, "Segoe UI", sans-serif }
.code { letter-spacing: .2em; background: linear-gradient(90deg, rgba(0,0,0,.04), transparent 80%) } .code::before { content: "\201C" } a[href^="tel"] { color: inherit }
@supports (display: grid) { .row { display: grid; grid-template-columns: repeat(auto-fit, minmax(10em, 1fr)); width: calc(100% - 2 * var(--gap, 8px)) } }</style></head>
<body><h1>Sign in</h1><p>Your code is <b class=code aria-label="code">482&#8239;913</b>, good for 10&nbsp;minutes.</p>
<p><a href="https://app.example.com/in?token=a%2Fb&next=/home" rel="noopener noreferrer" role=button>Sign in</a><br/>or copy https://app.example.com/in</p>
<details open><summary>Why?</summary>Someone asked for it.</details><hr><svg width="16" height="16" viewBox="0 0 16 16" fill="none" aria-hidden="true"><path d="M2 8.5 6 12 14 4" stroke="#0a0" stroke-width="2"/></svg></body></html>`,
	"plain": "Hello Ada,\r\n<br>your order <b>#1</b> is on its way.<br>\r\n<a href='https://example.com/track'>Track it</a>",
}

// pictures is a mail that loads what it shows.
const pictures = `<!doctype html><html><head><style>.hero { background: #fff url("https://cdn.example.com/hero.jpg") no-repeat center / cover }
@media (prefers-color-scheme: dark) { .hero { background-image: url(//cdn.example.com/dark.jpg) } }</style></head>
<body><picture><source srcset="https://cdn.example.com/dark.png 1x, https://cdn.example.com/dark@2x.png 2x" media="(prefers-color-scheme: dark)">
<img src="https://cdn.example.com/logo.png?a=1&amp;b=2" width=200 height=50 alt="Harbour" loading=lazy></picture>
<table background="http://cdn.example.com/paper.gif"><td style="background-image:url('https://cdn.example.com/a.png');list-style:square url(&quot;https://cdn.example.com/b.png&quot;)">x</table></body></html>`

func TestPicturesStayWhenAskedFor(t *testing.T) {
	t.Parallel()
	if got := bare(pictures, true); got != pictures {
		t.Errorf("it is shown as\n%s", got)
	}
	if got := bare(pictures, false); strings.Contains(got, "cdn.example.com") || !strings.Contains(got, "<img width=200 height=50 alt=\"Harbour\" loading=lazy>") {
		t.Errorf("it is shown as\n%s", got)
	}
}

func TestHarmlessMailStaysAsItIs(t *testing.T) {
	t.Parallel()
	for name, html := range newsletters {
		for _, remote := range []bool{false, true} {
			if got := shown(html, remote); strings.Replace(got, shownBase, "", 1) != html || !strings.Contains(got, shownBase) {
				t.Errorf("%s is shown as\n%s", name, got)
			}
		}
	}
}
