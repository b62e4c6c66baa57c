package plunk

import (
	"html"
	"net/url"
	"strings"

	"github.com/plunkmock/plunkmock/inbox"
)

// Styles of a mail's body.
const (
	stylePlunk = "PLUNK" // put into the project's layout
	styleHTML  = "HTML"  // sent as it is
)

// content is what a mail says, before it is rendered for a contact.
type content struct {
	subject string
	body    string
	plunk   bool           // in the layout
	footer  string         // HTML; "" for none
	data    map[string]any // variables beside the contact's
}

// wrap puts a rendered body into the layout, with the footer.
func (c content) wrap(body string) string {
	switch {
	case c.plunk:
		return layoutHead + body + "\n</td></tr>\n" + footerRow(c.footer) + layoutFoot
	case c.footer != "":
		return body + `<div style="margin:32px 16px 16px;font:13px/1.5 sans-serif;color:#6b7280;text-align:center">` + c.footer + "</div>\n"
	}
	return body
}

// The layout: one column of at most 600 pixels that narrows with the screen,
// follows the reader's light or dark mode, and needs no image.
const layoutHead = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<style>
body { margin: 0; padding: 0; background: #f4f5f7; color: #1f2937; }
.sheet { background: #ffffff; }
.content { font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
.content h1 { font-size: 28px; line-height: 1.25; margin: 0 0 16px; }
.content h2 { font-size: 22px; line-height: 1.3; margin: 28px 0 12px; }
.content h3 { font-size: 18px; line-height: 1.4; margin: 24px 0 8px; }
.content p, .content ul, .content ol { margin: 0 0 16px; }
.content a { color: #2563eb; }
.content img { max-width: 100%; height: auto; }
.content hr { border: 0; border-top: 1px solid #e5e7eb; margin: 24px 0; }
.footer { font: 13px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; color: #6b7280; }
.footer a { color: inherit; }
@media (max-width: 640px) { .content { padding: 24px 20px !important; } }
@media (prefers-color-scheme: dark) {
  body { background: #111827; color: #e5e7eb; }
  .sheet { background: #1f2937; }
  .content a { color: #93c5fd; }
  .footer { color: #9ca3af; }
}
</style>
</head>
<body>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
<tr><td align="center" style="padding:24px 12px">
<table role="presentation" class="sheet" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px;border-radius:8px">
<tr><td class="content" align="left" style="padding:32px 40px">
`

const layoutFoot = `</table>
</td></tr>
</table>
</body>
</html>
`

func footerRow(footer string) string {
	if footer == "" {
		return ""
	}
	return `<tr><td class="footer" align="center" style="padding:0 40px 32px">` + footer + "</td></tr>\n"
}

// unsubscribeLink leads to the page where the contact leaves.
func (st *state) unsubscribeLink(c *Contact) string {
	return st.options.URL + "/unsubscribe/" + c.ID + "?project=" + url.QueryEscape(st.options.Project)
}

// unsubscribeHeaders let a mail program offer to unsubscribe in one click (RFC
// 8058).
func (st *state) unsubscribeHeaders(c *Contact) []inbox.Field {
	return []inbox.Field{
		{Name: "List-Unsubscribe", Value: "<" + st.unsubscribeLink(c) + ">"},
		{Name: "List-Unsubscribe-Post", Value: "List-Unsubscribe=One-Click"},
	}
}

// footer is the text under marketing mail, with the link to a page where the
// contact leaves or stays.
func (st *state) footer(c *Contact) string {
	link := st.unsubscribeLink(c)
	var b strings.Builder
	b.WriteString("This mail comes from " + html.EscapeString(st.settings.DisplayName) + ". ")
	b.WriteString(`Getting too many, or none of interest? You can <a href="` + html.EscapeString(link) + `">update your preferences</a>.`)
	return b.String()
}
