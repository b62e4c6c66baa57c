package mock

import (
	"errors"
	"net/http"

	"github.com/plunkmock/plunkmock/mock/internal/contract"
	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

// A problem is a refusal that belongs to HTTP or to the control API.
type problem struct {
	status  int
	message string
	more    any  // a struct whose fields are added to the error's; nil for none
	meant   bool // a fault's: even a 500 is no bug
}

func (p *problem) Error() string { return p.message }

// status gives each kind of refusal its HTTP status. The exhaustive linter
// keeps it complete.
func status(k plunk.Kind) int {
	switch k {
	case plunk.Invalid:
		return http.StatusUnprocessableEntity
	case plunk.Unauthorized:
		return http.StatusUnauthorized
	case plunk.Forbidden:
		return http.StatusForbidden
	case plunk.NotFound:
		return http.StatusNotFound
	case plunk.Conflict:
		return http.StatusConflict
	}
	return http.StatusInternalServerError
}

// refusal gives err its status and its text. An error of an unknown sort is a
// bug in the emulator.
func refusal(err error) *problem {
	if p, ok := errors.AsType[*problem](err); ok {
		return p
	}
	if e, ok := errors.AsType[*plunk.Error](err); ok {
		return &problem{status: status(e.Kind), message: e.Msg}
	}
	if e, ok := errors.AsType[plunk.Flaws](err); ok {
		return &problem{status: http.StatusUnprocessableEntity, message: e.Error()}
	}
	if e, ok := errors.AsType[*contract.Invalid](err); ok {
		return &problem{status: http.StatusUnprocessableEntity, message: e.Error()}
	}
	if e, ok := errors.AsType[*contract.TooLarge](err); ok {
		return &problem{status: http.StatusRequestEntityTooLarge, message: e.Error() + "; --max-body raises the limit"}
	}
	if e, ok := errors.AsType[*contract.Broken](err); ok {
		return &problem{status: http.StatusUnprocessableEntity, message: "body: " + e.Error()}
	}
	return &problem{status: http.StatusInternalServerError, message: "plunkmock has a bug: " + err.Error()}
}

// errorBody is the shape of every error: Plunk's own.
type errorBody struct {
	Success bool   `json:"success"`
	Code    int    `json:"code"`
	Error   string `json:"error"`
	Message string `json:"message"`
	Time    int64  `json:"time"` // milliseconds
}
