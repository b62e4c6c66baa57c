package testkit

import "github.com/plunkmock/plunkmock/testkit/remote"

// What tests put into a project and get out of it is described in package remote.
type (
	// TB is what of a test is needed: *testing.T, *testing.B and ginkgo's GinkgoT have it.
	TB = remote.TB
	// Message is a captured mail.
	Message = remote.Message
	// Arrangement is what a test puts into its project.
	Arrangement = remote.Arrangement
	// Contact is a contact of a project.
	Contact = remote.Contact
	// ContactDetail is a contact with what happened to it.
	ContactDetail = remote.ContactDetail
	// Event is a name of events.
	Event = remote.Event
	// Template is the content of automations' mail.
	Template = remote.Template
	// Automation mails a template to a contact to whom events happen.
	Automation = remote.Automation
	// Campaign is a mail to many.
	Campaign = remote.Campaign
	// Settings are what a project sends as.
	Settings = remote.Settings
	// Request is a call in the journal.
	Request = remote.Request
	// Task is mail that is yet to come.
	Task = remote.Task
	// Snapshot is all that a project held.
	Snapshot = remote.Snapshot
)
