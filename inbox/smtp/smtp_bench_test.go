package smtp_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/plunkmock/plunkmock/inbox/smtp"
)

// BenchmarkMessages sends over 8 connections, from the same process.
func BenchmarkMessages(b *testing.B) {
	for _, size := range []int{1 << 10, 100 << 10} {
		b.Run(fmt.Sprintf("%dKB", size>>10), func(b *testing.B) {
			var delivered atomic.Int64
			r := start(b, smtp.Config{Deliver: func(_ context.Context, _ smtp.Envelope, data []byte) (string, error) {
				delivered.Add(int64(len(data)))
				return "0d6f1c2e-6d36-4aac-9a6f-419ec627c76b", nil
			}})
			line := strings.Repeat("x", 76) + "\r\n"
			body := []byte("Subject: x\r\n\r\n" + strings.Repeat(line, size/len(line)) + ".\r\n")
			var clients []*client
			for range 8 {
				clients = append(clients, r.hello(b))
			}
			var left atomic.Int64
			left.Store(int64(b.N))
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			b.ResetTimer()
			var all sync.WaitGroup
			for _, c := range clients {
				all.Go(func() {
					for left.Add(-1) >= 0 {
						for _, words := range []string{"MAIL FROM:<a@b.test>\r\n", "RCPT TO:<c@d.test>\r\n", "DATA\r\n", ""} {
							if words == "" {
								_, _ = c.Write(body)
							} else {
								_, _ = c.Write([]byte(words))
							}
							if reply := c.read(); reply[0] != '2' && reply[0] != '3' {
								b.Error(reply)
								return
							}
						}
					}
				})
			}
			all.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
		})
	}
}
