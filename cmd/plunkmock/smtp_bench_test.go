package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// BenchmarkMail sends mail by SMTP over 8 connections to the whole server, which runs in
// this process beside its load: each command after the answer to the one before, or
// those up to DATA at once.
func BenchmarkMail(b *testing.B) {
	for _, size := range []int{1 << 10, 100 << 10} {
		for _, pipelined := range []bool{false, true} {
			b.Run(fmt.Sprintf("%dKB/pipelined=%v", size>>10, pipelined), func(b *testing.B) {
				r := start(b)
				b.ReportAllocs()
				b.ResetTimer()
				send(b, *r.ready.SMTP, size, pipelined)
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
	sendN(b, *r.ready.SMTP, 10_000, 2<<10, true)
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

func send(b *testing.B, address string, size int, pipelined bool) {
	b.Helper()
	sendN(b, address, b.N, size, pipelined)
}

// sendN sends n mails of about size bytes.
func sendN(b *testing.B, address string, n, size int, pipelined bool) {
	b.Helper()
	line := strings.Repeat("x", 76) + "\r\n"
	commands := []string{"MAIL FROM:<shop@example.com>\r\n", "RCPT TO:<ada@example.com>\r\n", "DATA\r\n"}
	steps := commands
	if pipelined {
		steps = []string{strings.Join(commands, "")}
	}
	steps = append(steps[:len(steps):len(steps)], "From: Shop <shop@example.com>\r\nTo: ada@example.com\r\nSubject: Your order\r\n\r\n"+strings.Repeat(line, size/len(line))+".\r\n")
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
			if err := talk(conn, replies, "HELO me\r\n", 2); err != nil {
				b.Error(err)
				return
			}
			for left.Add(-1) >= 0 {
				for i, words := range steps {
					count := 1
					if pipelined && i == 0 {
						count = len(commands)
					}
					if err := talk(conn, replies, words, count); err != nil {
						b.Error(err)
						return
					}
				}
			}
		})
	}
	all.Wait()
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
