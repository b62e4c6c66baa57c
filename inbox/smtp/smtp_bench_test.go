package smtp_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/inbox/smtp"
)

// Benchmarks send over 8 connections, from the same process: each command after the
// answer to the one before, or those up to DATA at once.
func BenchmarkMessages(b *testing.B) {
	var commands []step
	var together []byte
	for _, c := range []string{"MAIL FROM:<a@b.test>\r\n", "RCPT TO:<c@d.test>\r\n", "DATA\r\n"} {
		commands, together = append(commands, step{[]byte(c), 1}), append(together, c...)
	}
	for _, size := range []int{1 << 10, 100 << 10} {
		line := strings.Repeat("x", 76) + "\r\n"
		body := "Subject: x\r\n\r\n" + strings.Repeat(line, size/len(line)) + ".\r\n"
		last := step{[]byte(body), 1}
		b.Run(fmt.Sprintf("%dKB", size>>10), func(b *testing.B) { benchmark(b, append(slices.Clone(commands), last)) })
		b.Run(fmt.Sprintf("%dKBPipelined", size>>10), func(b *testing.B) { benchmark(b, []step{{together, len(commands)}, last}) })
	}
}

// step is one write, and how many replies of a line come to it.
type step struct {
	words   []byte
	replies int
}

// benchmark sends messages.
func benchmark(b *testing.B, steps []step) {
	b.Helper()
	r := start(b, smtp.Config{Deliver: func(context.Context, inbox.Arrival) (string, error) {
		return "0d6f1c2e-6d36-4aac-9a6f-419ec627c76b", nil
	}})
	var clients []*client
	for range 8 {
		clients = append(clients, r.hello(b))
	}
	var left atomic.Int64
	left.Store(int64(b.N))
	b.ReportAllocs()
	b.ResetTimer()
	var all sync.WaitGroup
	for _, c := range clients {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				for _, step := range steps {
					_, _ = c.Write(step.words)
					for range step.replies {
						if reply, err := c.r.ReadSlice('\n'); err != nil || reply[0] > '3' {
							b.Errorf("%s, %v", reply, err)
							return
						}
					}
				}
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}
