package mock

import (
	"sync/atomic"
	"time"
	"weak"

	"github.com/plunkmock/plunkmock/inbox"
)

// ahead reads mail that came in from outside before someone asks what it says: the
// newest, which a list shows first, and only when no more comes, so that taking mail
// stays quick. What it leaves out is read by whoever asks first. It keeps no message that
// its box has given up.
type ahead struct {
	queue chan weak.Pointer[inbox.Source]
	last  atomic.Int64 // when the newest came, in nanoseconds
}

const (
	readAhead  = 100 // messages
	aheadAfter = 20 * time.Millisecond
)

func newAhead() *ahead { return &ahead{queue: make(chan weak.Pointer[inbox.Source], readAhead)} }

// add takes note of a message; the oldest makes room for it.
func (a *ahead) add(source *inbox.Source) {
	a.last.Store(time.Now().UnixNano())
	for {
		select {
		case a.queue <- weak.Make(source):
			return
		default:
		}
		select {
		case <-a.queue:
		default:
		}
	}
}

// run reads until closed is.
func (a *ahead) run(closed <-chan struct{}) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-closed:
			return
		case next := <-a.queue:
			for wait := a.wait(); wait > 0; wait = a.wait() {
				timer.Reset(wait)
				select {
				case <-closed:
					return
				case <-timer.C:
				}
			}
			if source := next.Value(); source != nil {
				source.Content()
			}
		}
	}
}

// wait returns how long it takes until nothing has come for long enough.
func (a *ahead) wait() time.Duration {
	return aheadAfter - time.Duration(time.Now().UnixNano()-a.last.Load())
}
