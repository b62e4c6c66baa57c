package mock

import "github.com/plunkmock/plunkmock/mock/internal/plunk"

type trackResponse struct {
	Success   bool   `json:"success"`
	Contact   string `json:"contact"`
	Event     string `json:"event"`
	Timestamp stamp  `json:"timestamp"`
}

func readTrack(f fields) plunk.Track {
	return plunk.Track{
		Event: f.str("event"), Email: f.str("email"), Subscribed: optional[bool](f, "subscribed"), Data: f.object("data"),
	}
}

func trackEvent(c call, t plunk.Track) (trackResponse, error) {
	t.Request = c.id
	tracked, err := c.world.plunk.Track(t)
	c.warned(tracked.Warnings...)
	return trackResponse{true, tracked.Contact, tracked.Event, stamp(tracked.Time)}, err
}
