package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// BenchmarkMail sends mail by SMTP over 8 connections to the whole server, which runs in
// this process beside its load: each command after the answer to the one before, or
// those up to DATA at once.
func BenchmarkMail(b *testing.B) {
	const sender, recipient, data = "MAIL FROM:<shop@example.com>\r\n", "RCPT TO:<ada@example.com>\r\n", "DATA\r\n"
	for _, size := range []int{1 << 10, 100 << 10} {
		for name, steps := range map[string][]string{"": {sender, recipient, data}, "Pipelined": {sender + recipient + data}} {
			b.Run(fmt.Sprintf("%dKB%s", size>>10, name), func(b *testing.B) {
				r := start(b)
				b.ReportAllocs()
				b.ResetTimer()
				flow(b, *r.ready.SMTP, b.N, append(slices.Clip(steps), body(size)))
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
			})
		}
	}
}

// BenchmarkNewest lists the newest 50 of 10,000 mails of 2 KB that came by SMTP, and
// tells what the process holds by then.
func BenchmarkNewest(b *testing.B) {
	r := start(b)
	before := heap()
	flow(b, *r.ready.SMTP, 10_000, []string{"MAIL FROM:<shop@example.com>\r\nRCPT TO:<ada@example.com>\r\nDATA\r\n", body(2 << 10)})
	held := float64(heap()-before) / 1e6
	for b.Loop() {
		if status, _ := r.do(b, http.MethodGet, "/_mock/inbox/messages?limit=50", ""); status != http.StatusOK {
			b.Fatal(status)
		}
	}
	b.ReportMetric(held, "MB")
}

// heap returns how many bytes are in use.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// body makes a message of about size bytes, and its end.
func body(size int) string {
	line := strings.Repeat("x", 76) + "\r\n"
	return "From: Shop <shop@example.com>\r\nTo: ada@example.com\r\nSubject: Your order\r\n\r\n" + strings.Repeat(line, size/len(line)) + ".\r\n"
}

// flow sends n mails over 8 connections. Each step is what is said before answers are
// read, one a line but for the last step, which is a message.
func flow(b *testing.B, address string, n int, steps []string) {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(n))
	var all sync.WaitGroup
	for range 8 {
		conn, err := new(net.Dialer).DialContext(b.Context(), "tcp", address)
		if err != nil {
			b.Fatal(err)
		}
		all.Go(func() {
			defer conn.Close()
			replies := bufio.NewReader(conn)
			err := talk(conn, replies, "HELO me\r\n", 2)
			for err == nil && left.Add(-1) >= 0 {
				err = talkSteps(conn, replies, steps)
			}
			if err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
}

func talkSteps(conn io.Writer, replies *bufio.Reader, steps []string) error {
	last := len(steps) - 1
	for _, words := range steps[:last] {
		if err := talk(conn, replies, words, strings.Count(words, "\n")); err != nil {
			return err
		}
	}
	return talk(conn, replies, steps[last], 1)
}

// talk says something and reads so many replies, of a line each.
func talk(conn io.Writer, replies *bufio.Reader, words string, count int) error {
	if _, err := io.WriteString(conn, words); err != nil {
		return err
	}
	for range count {
		reply, err := replies.ReadString('\n')
		if err != nil || reply[0] > '3' {
			return fmt.Errorf("%s, %w", reply, err)
		}
	}
	return nil
}
