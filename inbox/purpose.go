package inbox

import (
	"slices"
	"strings"
	"unicode"
)

// The purposes of a link.
const (
	forVerify      = "verify"
	forReset       = "reset"
	forUnsubscribe = "unsubscribe"
	forInvite      = "invite"
	forOther       = "other"
)

// purpose decides what a link is for: from its text, then from where it leads,
// and if its text says nothing ("click here"), from what stands around it.
func purpose(s stand, before, after string) string {
	if strings.Contains(strings.ToLower(s.link.Rel), forUnsubscribe) {
		return forUnsubscribe
	}
	scheme, address, _ := strings.Cut(s.link.Href, ":")
	switch strings.ToLower(scheme) {
	case "tel":
		return forOther
	case "mailto":
		return mailPurpose(address, s.link.Text)
	}
	_, path, query := split(s.link.Href)
	var text []string
	if !s.bare {
		text = words(s.link.Text, 16)
		if p := textPurpose(text); p != "" {
			return p
		}
		if first := skipFillers(text); len(first) > 0 && signsIn(first) && (hasToken(query) || hrefHas(path, query, "magic")) {
			return forVerify
		}
	}
	if p := hrefPurpose(path, query); p != forOther {
		return p
	}
	if len(skipFillers(text)) > 0 {
		return forOther
	}
	return contextPurpose(before, after)
}

// mailPurpose decides for an address: a mail to it can unsubscribe, no more.
func mailPurpose(address, text string) string {
	if textPurpose(words(text, 16)) == forUnsubscribe || mentions(words(address, 64), unsubscribeWords) {
		return forUnsubscribe
	}
	return forOther
}

// textPurpose decides from a link's own words; "" if they do not say.
func textPurpose(text []string) string {
	rest := skipFillers(text)
	switch {
	case unsubscribes(text):
		return forUnsubscribe
	case mentions(text, orderWords):
		return forOther
	case mentions(text, passwordWords) && (mentions(text, resetWords) || mentions(text, createWords)), leads(rest, resetWords):
		return forReset
	case leads(rest, notInviteWords):
		return forOther
	case mentions(text, inviteNouns) && mentions(text, acceptWords):
		return forInvite
	case leads(rest, joinWords):
		if mentions(text, meetingWords) {
			return forOther
		}
		return forInvite
	case leads(rest, verifyWords), phrase(text, "subscribe", "me"):
		return forVerify
	}
	return ""
}

func unsubscribes(text []string) bool {
	if mentions(text, unsubscribeWords) {
		return true
	}
	joined := " " + strings.Join(text, " ") + " "
	return slices.ContainsFunc(unsubscribePhrases, func(p string) bool { return strings.Contains(joined, " "+p+" ") })
}

// leads tells whether a text of a few words starts with one of verbs, or, as
// German and Dutch have it, ends with it.
func leads(text, verbs []string) bool {
	if len(text) == 0 || len(text) > 10 {
		return false
	}
	first, last := text[0], text[len(text)-1]
	return slices.Contains(verbs, first) || len(text) <= 6 && slices.Contains(verbs, last) && lateVerb(last)
}

// lateVerb tells whether a verb is of a language that puts it last.
func lateVerb(verb string) bool {
	return strings.HasSuffix(verb, "en") && verb != "open"
}

func signsIn(text []string) bool { return mentions(text[:min(2, len(text))], signInWords) }

// contextPurpose decides from the sentence around a link.
func contextPurpose(before, after string) string {
	if i := strings.LastIndexAny(strings.TrimRight(before, " .:!?"), ".!?"); i >= 0 {
		before = before[i+1:]
	}
	after, _, _ = strings.Cut(after, ".")
	text := words(before+" "+after, 80)
	switch {
	case unsubscribes(text):
		return forUnsubscribe
	case mentions(text, orderWords):
		return forOther
	case mentions(text, passwordWords) && (mentions(text, resetWords) || mentions(text, createWords)):
		return forReset
	case mentions(text, inviteNouns):
		return forInvite
	case mentions(text, verifyWords):
		return forVerify
	}
	return forOther
}

// hrefPurpose decides from the words of a path and of a query's names.
func hrefPurpose(path, query string) string {
	text := hrefWords(path, query)
	has := func(list []string) bool { return mentions(text, list) }
	switch {
	case has(unsubscribeWords) || has([]string{"unsub", "optout"}) || phrase(text, "opt", "out"):
		return forUnsubscribe
	case has(orderWords):
		return forOther
	case has([]string{"reset", "resetpassword", "passwordreset", "forgot", "recover", "recovery"}):
		return forReset
	case has([]string{"invite", "invites", "invitation", "invitations", "acceptinvite", "acceptinvitation", "invitetoken"}):
		return forInvite
	case has([]string{
		"verify", "verification", "verifyemail", "emailverification", "confirm", "confirmation", "confirmemail", "confirmed", "activate", "activation",
		"validate", "magic", "magiclink", "bestaetigen", "bestatigen", "verifier", "confirmer", "verificar", "confirmar", "bevestigen",
	}):
		return forVerify
	case hasToken(query) && has([]string{"signup", "signin", "login", "callback"}):
		return forVerify
	}
	return forOther
}

// hrefWords are the words of a path that name a page rather than an article, the
// names of the query's parameters, and the values that say which page it is.
func hrefWords(path, query string) []string {
	var text []string
	for segment := range strings.SplitSeq(path, "/") {
		if len(segment) > 64 || len(text) > 64 {
			continue
		}
		if ws := words(segment, 8); len(ws) <= 3 {
			text = append(text, ws...)
		}
	}
	for pair := range strings.SplitSeq(query[:min(len(query), 4096)], "&") {
		key, value, _ := strings.Cut(pair, "=")
		text = append(text, words(key, 4)...)
		switch strings.ToLower(key) {
		case "mode", "type", "action", "purpose", "do", "event":
			text = append(text, words(camel(value), 4)...)
		}
	}
	return text
}

// camel puts a space before each capital of verifyEmail.
func camel(s string) string {
	var b strings.Builder
	for _, r := range s[:min(len(s), 64)] {
		if unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func hrefHas(path, query, word string) bool { return slices.Contains(hrefWords(path, query), word) }

// hasToken tells whether a query carries a secret of one person.
func hasToken(query string) bool {
	for pair := range strings.SplitSeq(query[:min(len(query), 4096)], "&") {
		key, value, _ := strings.Cut(strings.ToLower(pair), "=")
		switch key {
		case "token", "token_hash", "tokenhash", "access_token", "confirmation_token", "invitation_token", "code", "oobcode", "otp", "ticket", "magic", "nonce":
			if value != "" {
				return true
			}
		}
	}
	return false
}

func phrase(text []string, first, second string) bool {
	i := slices.Index(text, first)
	return i >= 0 && i+1 < len(text) && text[i+1] == second
}

func mentions(text, list []string) bool {
	return slices.ContainsFunc(text, func(w string) bool { return slices.Contains(list, w) })
}

// skipFillers leaves out what says only that there is a link.
func skipFillers(text []string) []string {
	i := 0
	for i < len(text) && slices.Contains(fillers, text[i]) {
		i++
	}
	return text[i:]
}
