package mock

import (
	"strconv"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

// pageOf reads which page of a listing a call asks for.
func pageOf(c call) (plunk.Page, error) {
	p := plunk.Page{Limit: param[int](c, "limit"), Offset: param[int](c, "offset")}
	if text := param[string](c, "before"); text != "" {
		before, err := strconv.ParseUint(text, 10, 64)
		if err != nil || before == 0 {
			return p, unprocessable("before: must be the next of an earlier page, not " + strconv.Quote(text))
		}
		p.Before = before
	}
	return p, nil
}

// nextOut is the cursor of the next page, nil when there is none.
func nextOut(next uint64) *string {
	if next == 0 {
		return nil
	}
	text := strconv.FormatUint(next, 10)
	return &text
}

type contactsResponse struct {
	Contacts []*contactResponse `json:"contacts"`
	Total    int                `json:"total"`
	Next     *string            `json:"next"`
}

func listContacts(c call, _ none) (contactsResponse, error) {
	p, err := pageOf(c)
	if err != nil {
		return contactsResponse{}, err
	}
	l := c.world.plunk.ContactPage(param[string](c, "q"), p)
	return contactsResponse{mapped(l.Records, contactOut), l.Total, nextOut(l.Next)}, nil
}

type contactDetail struct {
	Contact  *contactResponse `json:"contact"`
	Events   []happenedOut    `json:"events"`
	Messages []summary        `json:"messages"`
}

type happenedOut struct {
	Name string `json:"name"`
	Time stamp  `json:"time"`
}

// shownMessages is how many messages of a contact are shown: the newest.
const shownMessages = 1000

func findContact(c call, _ none) (contactDetail, error) {
	contact, events, err := c.world.plunk.Find(param[string](c, "id"))
	if err != nil {
		return contactDetail{}, err
	}
	page := c.world.box.List(inbox.Filter{Contact: []string{contact.ID}}, shownMessages)
	d := contactDetail{contactOut(contact), make([]happenedOut, len(events)), summariesOut(page.Messages)}
	for i, e := range events {
		d.Events[i] = happenedOut{e.Name, stamp(e.Time)}
	}
	return d, nil
}

type eventsResponse struct {
	Events []eventOut `json:"events"`
	Total  int        `json:"total"`
	Next   *string    `json:"next"`
}

type eventOut struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Count  int    `json:"count"`
	LastAt *stamp `json:"lastAt"`
}

func listEvents(c call, _ none) (eventsResponse, error) {
	p, err := pageOf(c)
	if err != nil {
		return eventsResponse{}, err
	}
	l := c.world.plunk.EventPage(param[string](c, "q"), p)
	return eventsResponse{mapped(l.Records, func(e *plunk.Event) eventOut {
		out := eventOut{e.ID, e.Name, e.Count, nil}
		if last := e.Last; last != (time.Time{}) {
			out.LastAt = (*stamp)(&last)
		}
		return out
	}), l.Total, nextOut(l.Next)}, nil
}

type campaignsResponse struct {
	Campaigns []*campaignResponse `json:"campaigns"`
	Total     int                 `json:"total"`
	Next      *string             `json:"next"`
}

func listCampaigns(c call, _ none) (campaignsResponse, error) {
	p, err := pageOf(c)
	if err != nil {
		return campaignsResponse{}, err
	}
	l := c.world.plunk.CampaignPage(param[string](c, "q"), p)
	return campaignsResponse{mapped(l.Records, campaignOut), l.Total, nextOut(l.Next)}, nil
}
