package plunk

import "fmt"

// Kind is the sort of a refusal.
type Kind int

// The kinds of refusal.
const (
	Invalid      Kind = iota // the call makes no sense, or a limit bites
	Unauthorized             // the project may not do that
	Forbidden                // no one may do that
	NotFound                 // what the call names is not there
	Conflict                 // what the call would make is there already
)

// Error is Plunk saying no. Any other error is a bug in the emulator.
type Error struct {
	Kind Kind
	Msg  string
}

func (e *Error) Error() string { return e.Msg }

func refuse(kind Kind, format string, args ...any) error {
	return &Error{kind, fmt.Sprintf(format, args...)}
}
