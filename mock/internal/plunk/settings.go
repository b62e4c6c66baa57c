package plunk

import (
	"slices"
	"strings"
)

// Settings are what a project says of itself. A record: no one edits it.
type Settings struct {
	DisplayName string   // the name that mail comes from
	Sender      string   // the address that mail comes from
	Domains     []string // domains that /send may use in from; none means any
	Verified    bool     // the sender is; /send refuses without
	Members     []string // addresses that get the test mail of a campaign
}

// SettingsChange changes settings; nil leaves a setting as it is.
type SettingsChange struct {
	DisplayName *string
	Sender      *string
	Domains     []string
	Verified    *bool
	Members     []string
}

// defaultSettings are those of a project that no one has set up.
func defaultSettings(project string) Settings {
	domain := label(project) + ".example.com"
	return Settings{
		DisplayName: project,
		Sender:      "hello@" + domain,
		Domains:     []string{},
		Verified:    true,
		Members:     []string{"owner@" + domain},
	}
}

// label makes a domain label of a project's name.
func label(project string) string {
	var b strings.Builder
	for _, c := range []byte(strings.ToLower(project)) {
		switch {
		case alnum(c):
			b.WriteByte(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	name := b.String()
	name = strings.Trim(name[:min(len(name), 63)], "-")
	if name == "" {
		return "project"
	}
	return name
}

func (c SettingsChange) apply(s Settings) Settings {
	if c.DisplayName != nil {
		s.DisplayName = *c.DisplayName
	}
	if c.Sender != nil {
		s.Sender = strings.ToLower(*c.Sender)
	}
	if c.Domains != nil {
		s.Domains = lowered(c.Domains)
	}
	if c.Verified != nil {
		s.Verified = *c.Verified
	}
	if c.Members != nil {
		s.Members = lowered(c.Members)
	}
	return s
}

func lowered(list []string) []string {
	list = slices.Clone(list)
	for i, s := range list {
		list[i] = strings.ToLower(s)
	}
	return list
}
