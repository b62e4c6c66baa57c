package mock

import "github.com/plunkmock/plunkmock/mock/internal/plunk"

type contactResponse struct {
	ID         string         `json:"id"`
	Email      string         `json:"email"`
	Subscribed bool           `json:"subscribed"`
	Data       map[string]any `json:"data"`
	CreatedAt  stamp          `json:"createdAt"`
	UpdatedAt  stamp          `json:"updatedAt"`
}

func contactOut(c *plunk.Contact) *contactResponse {
	return &contactResponse{c.ID, c.Email, c.Subscribed, c.Data, stamp(c.CreatedAt), stamp(c.UpdatedAt)}
}

// contactOr is contactOut behind a store call.
func contactOr(c *plunk.Contact, err error) (*contactResponse, error) {
	if err != nil {
		return nil, err
	}
	return contactOut(c), nil
}

type countResponse struct {
	Count int `json:"count"`
}

func readID(f fields) string { return f.str("id") }

func readNewContact(f fields) plunk.NewContact {
	subscribed := optional[bool](f, "subscribed")
	return plunk.NewContact{Email: f.str("email"), Subscribed: subscribed == nil || *subscribed, Data: f.object("data")}
}

func readContactChange(f fields) plunk.ContactChange {
	return plunk.ContactChange{
		ID: f.str("id"), Email: optional[string](f, "email"), Subscribed: optional[bool](f, "subscribed"), Data: f.object("data"),
	}
}

func getContacts(c call, _ none) ([]*contactResponse, error) {
	contacts := c.world.plunk.Contacts()
	list := make([]*contactResponse, len(contacts))
	for i, contact := range contacts {
		list[i] = contactOut(contact)
	}
	return list, nil
}

func createContact(c call, n plunk.NewContact) (*contactResponse, error) {
	return contactOr(c.world.plunk.CreateContact(n))
}

func updateContact(c call, u plunk.ContactChange) (*contactResponse, error) {
	return contactOr(c.world.plunk.UpdateContact(u))
}

func deleteContact(c call, id string) (*contactResponse, error) {
	return contactOr(c.world.plunk.DeleteContact(id))
}

func getContact(c call, _ none) (*contactResponse, error) {
	return contactOr(c.world.plunk.Contact(param[string](c, "id")))
}

func getContactCount(c call, _ none) (countResponse, error) {
	return countResponse{c.world.plunk.CountContacts()}, nil
}

func subscribeContact(c call, id string) (*contactResponse, error) {
	return contactOr(c.world.plunk.SetSubscribed(plunk.Subscription{Request: c.id, Operation: "subscribeContact", ID: id, Subscribed: true}))
}

func unsubscribeContact(c call, id string) (*contactResponse, error) {
	return contactOr(c.world.plunk.SetSubscribed(plunk.Subscription{Request: c.id, Operation: "unsubscribeContact", ID: id}))
}
