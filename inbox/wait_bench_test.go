package inbox_test

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/plunkmock/plunkmock/inbox"
)

// BenchmarkWaiters is the time from a mail to the answer of the one who waits for it,
// with a thousand others that wait for other mails.
func BenchmarkWaiters(b *testing.B) {
	var box inbox.Box
	ctx, cancel := context.WithCancel(b.Context())
	var others sync.WaitGroup
	for i := range 1000 {
		others.Go(func() {
			_, _, _ = box.Wait(ctx, inbox.Filter{To: []string{fmt.Sprintf("nobody%d@x.test", i)}}, 1)
		})
	}
	n := 0
	for b.Loop() {
		id := strconv.Itoa(n)
		n++
		found, after := make(chan error), box.Cursor()
		go func() {
			_, _, err := box.Wait(ctx, inbox.Filter{To: []string{id + "@x.test"}, After: after}, 1)
			found <- err
		}()
		box.Add(small(id, "<p>Hi</p>"))
		if err := <-found; err != nil {
			b.Fatal(err)
		}
	}
	cancel()
	others.Wait()
}
