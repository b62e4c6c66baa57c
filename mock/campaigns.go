package mock

import "github.com/plunkmock/plunkmock/mock/internal/plunk"

type campaignResponse struct {
	ID         string   `json:"id"`
	Subject    string   `json:"subject"`
	Body       string   `json:"body"`
	Status     string   `json:"status"`
	Style      string   `json:"style"`
	Recipients []string `json:"recipients"`
	ProjectID  string   `json:"projectId"`
	CreatedAt  stamp    `json:"createdAt"`
	UpdatedAt  stamp    `json:"updatedAt"`
}

func campaignOut(c *plunk.Campaign) *campaignResponse {
	status := "DRAFT"
	if c.Sent {
		status = "SENT"
	}
	return &campaignResponse{c.ID, c.Subject, c.Body, status, c.Style, c.Recipients, c.ProjectID, stamp(c.CreatedAt), stamp(c.UpdatedAt)}
}

// campaignOr is campaignOut behind a store call.
func campaignOr(c *plunk.Campaign, err error) (*campaignResponse, error) {
	if err != nil {
		return nil, err
	}
	return campaignOut(c), nil
}

func readNewCampaign(f fields) plunk.NewCampaign {
	return plunk.NewCampaign{Subject: f.str("subject"), Body: f.str("body"), Style: f.str("style"), Recipients: f.strings("recipients")}
}

func readCampaignChange(f fields) plunk.CampaignChange {
	return plunk.CampaignChange{
		ID: f.str("id"), Subject: optional[string](f, "subject"), Body: optional[string](f, "body"),
		Style: optional[string](f, "style"), Recipients: f.strings("recipients"),
	}
}

func readSendCampaign(f fields) plunk.SendCampaign {
	o := plunk.SendCampaign{ID: f.str("id"), Delay: f.integer("delay")}
	if live := optional[bool](f, "live"); live != nil {
		o.Live = *live
	}
	return o
}

func createCampaign(c call, n plunk.NewCampaign) (*campaignResponse, error) {
	return campaignOr(c.world.plunk.CreateCampaign(n))
}

func updateCampaign(c call, u plunk.CampaignChange) (*campaignResponse, error) {
	if u.Style != nil && *u.Style != "PLUNK" && *u.Style != "HTML" {
		c.warned("style: is neither PLUNK nor HTML; the campaign is sent as HTML")
	}
	return campaignOr(c.world.plunk.UpdateCampaign(u))
}

func deleteCampaign(c call, id string) (*campaignResponse, error) {
	return campaignOr(c.world.plunk.DeleteCampaign(id))
}

func sendCampaign(c call, o plunk.SendCampaign) (*campaignResponse, error) {
	o.Request = c.id
	return campaignOr(c.world.plunk.SendCampaign(o))
}
