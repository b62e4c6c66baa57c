package mock

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"

	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

// The pages that mail footers link to: a contact leaves, comes back, or chooses.
// They work without script, and only a POST changes something.

// choice is what the button of a page does.
type choice struct {
	page       string // the page's name
	subscribed bool   // what its button makes of the contact
}

// pagePolicy is what such a page may do.
const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// pageOfPath returns the page and the contact that a path names.
func pageOfPath(path string) (page, contact string, ok bool) {
	page, contact, ok = strings.Cut(strings.Trim(path, "/"), "/")
	if !ok || contact == "" || strings.Contains(contact, "/") {
		return "", "", false
	}
	switch page {
	case "unsubscribe", "subscribe", "manage":
		return page, contact, true
	}
	return "", "", false
}

// servePage serves a page.
func (s *Server) servePage(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", pagePolicy)
	page, id, _ := pageOfPath(r.URL.Path)
	err := s.answerPage(w, r, page, id)
	if err != nil {
		p := refusal(err)
		if p.status == http.StatusInternalServerError {
			s.config.Log.Error("a bug in plunkmock", "err", err)
		}
		s.sendPage(w, p.status, http.StatusText(p.status), "<p>"+html.EscapeString(p.message)+"</p>")
	}
	s.logCall(r, call{}, nil, err)
}

func (s *Server) answerPage(w http.ResponseWriter, r *http.Request, page, id string) error {
	if err := s.checkHost(r); err != nil {
		return err
	}
	if err := s.checkOrigin(r); err != nil {
		return err
	}
	project, contact, err := s.findPerson(r.URL.Query().Get("project"), id)
	if err != nil {
		return err
	}
	defer project.release()
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		s.showPage(w, project, contact, page)
		return nil
	case http.MethodPost:
		return s.choose(w, r, project, contact, page)
	}
	w.Header().Set("Allow", "GET, HEAD, POST")
	return &problem{status: http.StatusMethodNotAllowed, message: "This page takes GET, and POST to change something"}
}

// findPerson finds a contact in the project named, or in any when none is.
// The project is held; its caller must release it.
func (s *Server) findPerson(name, id string) (*world, *plunk.Contact, error) {
	var found *world
	var person *plunk.Contact
	for _, w := range s.worlds.held(name) {
		c, err := w.plunk.Contact(id)
		switch {
		case err != nil:
			w.release()
		case found != nil:
			w.release()
			found.release()
			return nil, nil, &problem{status: http.StatusConflict, message: "More than one project has this contact; add ?project= and a name to the link"}
		default:
			found, person = w, c
		}
	}
	if found == nil {
		return nil, nil, &problem{status: http.StatusNotFound, message: "There is no such contact. It may be of a project that was reset; take the link of a newer mail"}
	}
	return found, person, nil
}

// showPage shows how a contact stands and what it can do about it.
func (s *Server) showPage(w http.ResponseWriter, project *world, c *plunk.Contact, page string) {
	sender := html.EscapeString(project.plunk.Settings().DisplayName)
	person := "<strong>" + html.EscapeString(c.Email) + "</strong>"
	state := person + " gets no news from " + sender + "."
	if c.Subscribed {
		state = person + " gets news from " + sender + "."
	}
	offer := choice{"subscribe", true}
	if page == "unsubscribe" || page == "manage" && c.Subscribed {
		offer = choice{"unsubscribe", false}
	}
	if offer.subscribed == c.Subscribed { // nothing to do
		offer = choice{map[bool]string{true: "unsubscribe", false: "subscribe"}[c.Subscribed], !c.Subscribed}
	}
	button := "Unsubscribe"
	if offer.subscribed {
		button = "Subscribe"
	}
	s.sendPage(w, http.StatusOK, "Mail from "+project.plunk.Settings().DisplayName, fmt.Sprintf(
		`<p>%s</p><form method="post" action="%s"><input type="hidden" name="by" value="form"><button>%s</button></form>`,
		state, html.EscapeString(pageLink(offer.page, c.ID, project.name)), button))
}

func pageLink(page, contact, project string) string {
	return "/" + page + "/" + url.PathEscape(contact) + "?project=" + url.QueryEscape(project)
}

// choose does what a POST asks for. A mail program's one-click POST (RFC 8058)
// and a script get a word; the form of a page leads back to it.
func (s *Server) choose(w http.ResponseWriter, r *http.Request, project *world, c *plunk.Contact, page string) error {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	if err := r.ParseMultipartForm(1 << 16); err != nil && r.PostForm == nil { //nolint:gosec // the body is bounded
		return unprocessable("The form cannot be read: " + err.Error())
	}
	wanted := page == "subscribe"
	if page == "manage" {
		switch r.PostForm.Get("subscribed") {
		case "true":
			wanted = true
		case "false":
		default:
			return unprocessable("subscribed: must be true or false; or POST to /subscribe or /unsubscribe")
		}
	}
	if _, err := project.plunk.SetSubscribed(plunk.Subscription{Operation: page + " page", ID: c.ID, Subscribed: wanted}); err != nil {
		return err
	}
	s.settle(project)
	if r.PostForm.Get("by") == "form" {
		http.Redirect(w, r, pageLink("manage", c.ID, project.name), http.StatusSeeOther) //nolint:gosec // to a page of this server
		return nil
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	word := "Unsubscribed"
	if wanted {
		word = "Subscribed"
	}
	s.send(w, http.StatusOK, []byte(word+"\n"))
	return nil
}

const pageHead = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>`

const pageStyle = `</title>
<style>
body { margin: 0; font: 17px/1.6 system-ui, sans-serif; background: #f4f5f7; color: #1f2937; }
main { max-width: 34rem; margin: 12vh auto; padding: 2rem; background: #fff; border-radius: 8px; overflow-wrap: anywhere; }
h1 { margin: 0 0 1rem; font-size: 1.4rem; }
button { font: inherit; padding: .6rem 1.2rem; border: 0; border-radius: 6px; background: #1d4ed8; color: #fff; cursor: pointer; }
button:focus-visible { outline: 3px solid #f59e0b; outline-offset: 2px; }
@media (prefers-color-scheme: dark) { body { background: #111827; color: #e5e7eb; } main { background: #1f2937; } }
</style>
</head>
<body>
<main>
<h1>`

// sendPage sends a page with a title, a text, and a body of HTML.
func (s *Server) sendPage(w http.ResponseWriter, status int, title, body string) {
	title = html.EscapeString(title)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	s.send(w, status, []byte(pageHead+title+pageStyle+title+"</h1>\n"+body+"\n</main>\n</body>\n</html>\n"))
}
