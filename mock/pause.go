package mock

import (
	"context"
	"sync"
	"time"
)

// pause waits before anything else is done. A client that goes away meanwhile changes
// nothing: a slow server would do the work all the same. A stop of the server ends the
// wait, and so does the end of the call's project w, unless that is nil.
func (s *Server) pause(d time.Duration, w *world) {
	if d <= 0 {
		return
	}
	stopped, done := s.stopped()
	defer done()
	if w != nil {
		defer w.pauses.begin(done)()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-stopped:
	}
}

// stopped is closed when the server stops, until done gives it back. It is a channel of the
// caller's own: in a bubble of testing/synctest no time passes while one of outside, such as
// that of stopping, is waited for. Nor would it while a timer is looked at again and again,
// once the test has ended.
func (s *Server) stopped() (stopped <-chan struct{}, done func()) {
	own, cancel := context.WithCancel(context.Background())
	stop := context.AfterFunc(s.stopping, cancel)
	return own.Done(), func() {
		stop()
		cancel()
	}
}

// pauses are the waits of a project's calls, which end with it: a test that is over leaves
// nothing behind, also when its client did not wait for the answer. There is no channel in
// them, which would belong to a bubble of testing/synctest.
type pauses struct {
	mu    sync.Mutex // guards what follows
	ended bool
	ends  map[int]func() // by number
	next  int
}

// begin counts a wait that end ends. done takes it out again.
func (p *pauses) begin(end func()) (done func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		end()
		return func() {}
	}
	if p.ends == nil {
		p.ends = map[int]func(){}
	}
	n := p.next
	p.next++
	p.ends[n] = end
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.ends, n)
	}
}

// end ends all waits.
func (p *pauses) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	for _, end := range p.ends {
		end()
	}
}
