package browser_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// stray listens where no one should come, and notes who does.
type stray struct {
	listener net.Listener
	handled  sync.WaitGroup

	mu   sync.Mutex
	came []string
	want map[string]bool // paths that a test lets the browser ask for
}

func newStray() (*stray, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &stray{listener: l, want: map[string]bool{}}
	s.handled.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.handled.Go(func() { s.note(conn) })
		}
	})
	return s, nil
}

func (s *stray) address() string { return s.listener.Addr().String() }

// note notes the first line of a connection, and that there was one when no line comes.
func (s *stray) note(conn net.Conn) {
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(2 * time.Second))
	line, _ := bufio.NewReader(conn).ReadString('\n')
	line = strings.TrimSpace(line)
	s.mu.Lock()
	defer s.mu.Unlock()
	if fields := strings.Fields(line); len(fields) > 1 && s.want[fields[1]] {
		fmt.Fprint(conn, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
		s.want[fields[1]] = false
		return
	}
	s.came = append(s.came, fmt.Sprintf("%q", line))
}

// expect lets the browser ask for a path once; the func says whether it did.
func (s *stray) expect(path string) (came func() bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.want[path] = true
	return func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return !s.want[path]
	}
}

func (s *stray) close() {
	_ = s.listener.Close()
	s.handled.Wait()
}

// err says who came.
func (s *stray) err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.came) == 0 {
		return nil
	}
	return fmt.Errorf("the browser went where nothing leads: %s", strings.Join(s.came, ", "))
}

// checkNetLog reads what the browser itself has logged of its network: requests,
// names looked up, and sockets opened ahead of need, of whatever part of it.
func checkNetLog(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var all struct {
		Constants struct{ LogEventTypes map[string]int }
		Events    []struct {
			Type   int
			Params struct{ URL, Host, Address string }
		}
	}
	if err := json.Unmarshal(data, &all); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if len(all.Events) == 0 {
		return errors.New("the log of the network is empty")
	}
	var elsewhere []string
	for _, event := range all.Events {
		if event.Params.URL != "" && !here(event.Params.URL) {
			elsewhere = append(elsewhere, event.Params.URL)
		}
		if event.Params.Host != "" && !here(event.Params.Host) {
			elsewhere = append(elsewhere, event.Params.Host)
		}
	}
	slices.Sort(elsewhere)
	if elsewhere = slices.Compact(elsewhere); len(elsewhere) > 0 {
		return fmt.Errorf("the browser looked for %s", strings.Join(elsewhere, ", "))
	}
	return nil
}

// here reports whether an address is of this machine, of none, or may be asked for.
func here(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		if u, err = url.Parse("//" + address); err != nil {
			return false
		}
	}
	switch u.Scheme {
	case "data", "blob", "about":
		return true
	}
	name := u.Hostname()
	return slices.Contains([]string{"127.0.0.1", "localhost", "refused.test"}, name) ||
		slices.ContainsFunc(nowhere, func(n string) bool { return name == n || strings.HasSuffix(name, "."+n) })
}
