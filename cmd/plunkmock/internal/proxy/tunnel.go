package proxy

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// take takes one of the tunnels; release gives it back.
func (p *Proxy) take(w http.ResponseWriter) (release func(), ok bool) {
	if p.tunnels.Add(1) > maxTunnels {
		p.tunnels.Add(-1)
		p.config.Log.Warn("a client of the proxy was refused", "tunnels", maxTunnels)
		say(w, http.StatusServiceUnavailable, "%d tunnels are open, the most at once.", maxTunnels)
		return nil, false
	}
	return sync.OnceFunc(func() { p.tunnels.Add(-1) }), true
}

// end makes a connection of a client one of the emulator's own.
func (p *Proxy) end(w http.ResponseWriter, to *handoff) {
	release, ok := p.take(w)
	if !ok {
		return
	}
	c, err := hijack(w, release)
	if err != nil {
		p.config.Log.Debug("a client of the proxy has gone", "err", err)
		return
	}
	to.give(c)
}

// tunnel passes on what a client and a destination say to each other, until both
// have ended or neither says anything any more.
func (p *Proxy) tunnel(w http.ResponseWriter, r *http.Request, d destination) {
	release, ok := p.take(w)
	if !ok {
		return
	}
	defer release()
	far, err := p.config.Pass.dial(r.Context(), net.JoinHostPort(d.host, d.port))
	if err != nil {
		unreachable(w, net.JoinHostPort(d.host, d.port), err)
		return
	}
	defer far.Close() //nolint:errcheck // what could be said has been said
	near, err := hijack(w, release)
	if err != nil {
		p.config.Log.Debug("a client of the proxy has gone", "err", err)
		return
	}
	defer near.Close() //nolint:errcheck // as above
	cut := func() { _, _ = far.Close(), near.Close() }
	defer context.AfterFunc(p.stopped, cut)() //nolint:contextcheck // the proxy ends it, not the request
	idle := time.AfterFunc(tunnelIdle, cut)
	defer idle.Stop()
	var both sync.WaitGroup
	both.Go(func() { carry(far, near, idle) })
	both.Go(func() { carry(near, far, idle) })
	both.Wait()
}

// carry copies one direction of a tunnel, and hands its end on.
func carry(to, from net.Conn, idle *time.Timer) {
	_, err := io.Copy(to, &lively{from, idle})
	if half, ok := to.(interface{ CloseWrite() error }); ok && err == nil {
		_ = half.CloseWrite()
		return
	}
	_, _ = to.Close(), from.Close()
}

// lively reads, and tells the timer that something came.
type lively struct {
	from io.Reader
	idle *time.Timer
}

func (l *lively) Read(b []byte) (int, error) {
	n, err := l.from.Read(b)
	if n > 0 {
		l.idle.Reset(tunnelIdle)
	}
	return n, err
}

// taken is a connection that was taken over from the server of a proxy. What the
// client has said ahead is read first.
type taken struct {
	net.Conn

	ahead   *bufio.Reader
	release func()
}

// hijack takes a connection over and tells its client that the tunnel is open.
// Where it fails, it has closed the connection.
func hijack(w http.ResponseWriter, release func()) (*taken, error) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		release()
		return nil, err
	}
	c := &taken{conn, buffered.Reader, release}
	_ = conn.SetDeadline(time.Now().Add(replyTime))
	_, err = io.WriteString(conn, "HTTP/1.1 200 Connection Established\r\n\r\n")
	if err == nil {
		err = conn.SetDeadline(time.Time{})
	}
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

func (t *taken) Read(b []byte) (int, error) {
	if t.ahead.Buffered() > 0 {
		return t.ahead.Read(b)
	}
	return t.Conn.Read(b)
}

// Close closes the connection and gives its tunnel back.
func (t *taken) Close() error {
	t.release()
	return t.Conn.Close()
}

// CloseWrite ends what is said to the client.
func (t *taken) CloseWrite() error {
	if half, ok := t.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// SetLinger lets a fault end the connection the hard way.
func (t *taken) SetLinger(sec int) error {
	if tcp, ok := t.Conn.(*net.TCPConn); ok {
		return tcp.SetLinger(sec)
	}
	return nil
}

// handoff is a listener that accepts what it is given.
type handoff struct {
	conns  chan net.Conn
	closed chan struct{}
	close  func()
}

func newHandoff() *handoff {
	h := &handoff{conns: make(chan net.Conn), closed: make(chan struct{})}
	h.close = sync.OnceFunc(func() { close(h.closed) })
	return h
}

// give hands a connection to whoever accepts, and closes it when no one does any
// more.
func (h *handoff) give(c net.Conn) {
	select {
	case h.conns <- c:
	case <-h.closed:
		_ = c.Close()
	}
}

func (h *handoff) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

func (h *handoff) Close() error {
	h.close()
	return nil
}

// Addr is not one that could be dialled.
func (h *handoff) Addr() net.Addr { return &net.UnixAddr{Name: "proxy", Net: "unix"} }
