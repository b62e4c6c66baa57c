package testkit

import "sync"

// calls counts calls in hand. Tests in several bubbles of testing/synctest may share a
// server, which a sync.WaitGroup does not let them do.
type calls struct {
	mu   sync.Mutex // guards what follows
	n    int
	none chan struct{} // closed when there are none; nil: no one waits for that
}

func (c *calls) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
}

func (c *calls) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n--; c.n == 0 && c.none != nil {
		close(c.none)
		c.none = nil
	}
}

// wait waits until there are none. One may wait at a time.
func (c *calls) wait() {
	c.mu.Lock()
	if c.n == 0 {
		c.mu.Unlock()
		return
	}
	none := make(chan struct{})
	c.none = none
	c.mu.Unlock()
	<-none
}
