package mock

import (
	"net/http"
	"strings"
)

// The texts of Plunk's own server; clients match on them.
const (
	msgNoKey        = "No authorization header passed"
	msgNoBearer     = "Please add Bearer in front of your API key" //nolint:gosec // a text, no secret
	msgMalformed    = "Your authorization header is malformed. Please pass your API key as Bearer sk_..."
	msgNotAKey      = "Your API key could not be parsed. API keys start with sk_ or pk_"
	msgPublicKey    = "You attached a public key but this route may only be accessed with a secret key"
	msgNotASecret   = "Your secret key could not be parsed. Secret keys start with sk_ and should be passed in the authorization header as Bearer sk_..."
	msgIncorrectKey = "Incorrect Bearer token specified"
)

// maxName is how long the name of a project may be.
const maxName = 128

// keyKind is what a key opens.
type keyKind string

const (
	noKey     keyKind = ""
	secretKey keyKind = "secret"
	publicKey keyKind = "public"
)

// A key is what the Authorization header holds.
type key struct {
	kind keyKind // noKey: it is not a key
	name string  // of the project that it opens
	flaw string  // why it can't be used, for the kinds that say so on every operation
}

// readKey reads an Authorization header, in the order in which Plunk's own
// server looks at it.
func readKey(header string) key {
	header = strings.TrimRight(header, " \t")
	if header == "" {
		return key{flaw: msgNoKey}
	}
	if !strings.Contains(header, "Bearer") {
		return key{flaw: msgNoBearer}
	}
	scheme, token, _ := strings.Cut(header, " ")
	if scheme != "Bearer" || token == "" || strings.Contains(token, " ") {
		return key{flaw: msgMalformed}
	}
	var k key
	switch {
	case strings.HasPrefix(token, "sk_"):
		k = key{kind: secretKey, name: token[3:]}
	case strings.HasPrefix(token, "pk_"):
		k = key{kind: publicKey, name: token[3:]}
	default:
		return key{}
	}
	if !validName(k.name) {
		k.flaw = msgIncorrectKey
	}
	return k
}

// validName tells whether name can be that of a project.
func validName(name string) bool {
	if name == "" || len(name) > maxName || strings.HasPrefix(name, "invalid") {
		return false
	}
	for i := range len(name) {
		c := name[i]
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

// usable tells whether the key opens a project at all.
func (k key) usable() bool { return k.kind != noKey && k.flaw == "" }

// check tells whether the key may be used where a secret key is needed, or,
// with public, any key.
func (k key) check(public bool) error {
	switch {
	case k.kind == noKey && k.flaw == "" && public:
		return unauthorized(msgNotAKey)
	case k.kind == noKey && k.flaw == "":
		return unauthorized(msgNotASecret)
	case k.kind == publicKey && !public:
		return unauthorized(msgPublicKey)
	case k.flaw != "":
		return unauthorized(k.flaw)
	}
	return nil
}

func unauthorized(message string) error {
	return &problem{status: http.StatusUnauthorized, message: message}
}
