package proxy_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/plunkmock/plunkmock/cmd/plunkmock/internal/proxy"
)

// seen is what the emulator in these tests says of a call.
func seen(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Header.Del("User-Agent")
	r.Header.Del("Accept-Encoding")
	fmt.Fprintf(w, "%s %s of %s, %v, %q", r.Method, r.RequestURI, r.Host, r.Header, body)
}

// proxied starts a proxy that passes on what pass says, and returns its address.
func proxied(t *testing.T, pass string) (p *proxy.Proxy, address string) {
	t.Helper()
	c := proxy.Config{Hosts: []string{"api.plunk.test"}, Handler: http.HandlerFunc(seen), URL: "http://localhost:4580", Log: slog.New(slog.DiscardHandler)}
	if pass != "" {
		if err := c.Pass.Set(pass); err != nil {
			t.Fatal(err)
		}
	}
	p = proxy.New(c)
	emulator := &http.Server{Handler: c.Handler}
	go emulator.Serve(p.Plain())
	front := httptest.NewUnstartedServer(p)
	var said lines
	front.Config.ErrorLog = log.New(&said, "", 0)
	front.Start()
	t.Cleanup(func() {
		p.Close()
		front.Close()
		emulator.Close()
		if strings.Contains(said.String(), "panic") {
			t.Error(said.String())
		}
	})
	return p, front.Listener.Addr().String()
}

// lines is a bytes.Buffer for several goroutines.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// raw sends bytes, and returns the status and all of the first answer.
func raw(t *testing.T, address, request string) (int, string) {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, request)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return response.StatusCode, string(body)
}

func TestWhatIsAnsweredHere(t *testing.T) {
	t.Parallel()
	_, address := proxied(t, "")
	for name, c := range map[string]struct{ request, want string }{
		"absolute": {
			"POST http://api.plunk.test/v1/send?a=b HTTP/1.1\r\nHost: other.test\r\nContent-Length: 2\r\n\r\nHi",
			`POST /v1/send?a=b of api.plunk.test, map[Content-Length:[2]], "Hi"`,
		},
		"absolute, https, as some clients do": {
			"GET https://API.plunk.test:443/v1/x%2Fy HTTP/1.1\r\nHost: x\r\n\r\n",
			`GET /v1/x%2Fy of API.plunk.test:443, map[], ""`,
		},
		"no path": {"GET http://api.plunk.test HTTP/1.1\r\nHost: x\r\n\r\n", `GET / of api.plunk.test, map[], ""`},
		"two slashes": {
			"GET http://api.plunk.test//evil.test/x HTTP/1.1\r\nHost: x\r\n\r\n", `GET //evil.test/x of api.plunk.test, map[], ""`,
		},
		"hop by hop": {
			"GET http://api.plunk.test/ HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic eDp5\r\nProxy-Connection: keep-alive\r\nConnection: Upgrade, X-Mine, close\r\n" +
				"Upgrade: websocket\r\nX-Mine: 1\r\nTE: trailers\r\nKeep-Alive: 5\r\nX-Yours: 2\r\n\r\n",
			`GET / of api.plunk.test, map[X-Yours:[2]], ""`,
		},
		"a tunnel, and a call that came along": {
			"CONNECT api.plunk.test:80 HTTP/1.1\r\nHost: api.plunk.test:80\r\n\r\nGET /v1/x HTTP/1.1\r\nHost: api.plunk.test\r\nConnection: close\r\n\r\n",
			`GET /v1/x of api.plunk.test, map[Connection:[close]], ""`,
		},
	} {
		status, body := raw(t, address, c.request)
		if status != http.StatusOK || !strings.Contains(body, c.want) {
			t.Errorf("%s: %d %s, want %s", name, status, body, c.want)
		}
	}
}

func TestWhatIsRefusedIsExplained(t *testing.T) {
	t.Parallel()
	_, address := proxied(t, "named.test,api.plunk.test:8443,*")
	_, closed := proxied(t, "")
	for name, c := range map[string]struct {
		address, request string
		status           int
		want             string
	}{
		"CONNECT elsewhere":      {closed, "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n", 403, "--proxy-pass example.com "},
		"elsewhere in clear":     {closed, "GET http://example.com/ HTTP/1.1\r\nHost: example.com\r\n\r\n", 403, "NO_PROXY=example.com"},
		"another port":           {closed, "CONNECT localhost:3000 HTTP/1.1\r\nHost: x\r\n\r\n", 403, "--proxy-pass localhost:3000 "},
		"* has ports of its own": {address, "CONNECT example.com:25 HTTP/1.1\r\nHost: x\r\n\r\n", 403, "--proxy-pass example.com:25 "},
		"* is not for us":        {address, "CONNECT 127.0.0.1:443 HTTP/1.1\r\nHost: x\r\n\r\n", 403, "not public"},
		"nor by name":            {address, "GET http://localhost/ HTTP/1.1\r\nHost: x\r\n\r\n", 403, "not public"},
		"nor in another form":    {address, "CONNECT [::ffff:127.0.0.1]:443 HTTP/1.1\r\nHost: x\r\n\r\n", 403, "not public"},
		"nor as a number":        {address, "CONNECT 2130706433:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400, "a host and a port"},
		"Plunk never passes":     {address, "CONNECT api.plunk.test:8443 HTTP/1.1\r\nHost: x\r\n\r\n", 403, "ports 80 and 443 alone"},
		"nor with a dot":         {address, "CONNECT api.plunk.test.:8443 HTTP/1.1\r\nHost: x\r\n\r\n", 403, "ports 80 and 443 alone"},
		"https without CONNECT":  {address, "GET https://named.test/ HTTP/1.1\r\nHost: x\r\n\r\n", 400, "Only CONNECT"},
		"not a proxy request":    {address, "GET /v1/send HTTP/1.1\r\nHost: x\r\n\r\n", 400, "http://localhost:4580"},
		"ftp":                    {address, "GET ftp://api.plunk.test/ HTTP/1.1\r\nHost: x\r\n\r\n", 400, "http or https"},
		"no port":                {address, "CONNECT api.plunk.test HTTP/1.1\r\nHost: x\r\n\r\n", 400, "a host and a port"},
		"a path":                 {address, "CONNECT /v1/send HTTP/1.1\r\nHost: api.plunk.test:443\r\n\r\n", 400, "a host and a port"},
		"a path behind it":       {address, "CONNECT api.plunk.test:443/x HTTP/1.1\r\nHost: x\r\n\r\n", 400, ""},
		"a user":                 {address, "CONNECT u@api.plunk.test:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400, ""},
		"a body":                 {address, "CONNECT api.plunk.test:80 HTTP/1.1\r\nHost: x\r\nContent-Length: 30\r\n\r\nGET / HTTP/1.1\r\nHost: y\r\n\r\nxx", 400, "no body"},
		"a body in chunks":       {address, "CONNECT api.plunk.test:80 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "no body"},
		"two lengths":            {address, "POST http://api.plunk.test/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400, ""},
		"garbage":                {address, "\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\r\n\r\n", 400, ""},
		"empty host":             {address, "GET http:///x HTTP/1.1\r\nHost: x\r\n\r\n", 400, ""},
		"SOCKS":                  {address, "\x05\x01\x00\r\n\r\n", 400, ""},
		"a name with zeros":      {address, "CONNECT a\x00b:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400, ""},
	} {
		if status, body := raw(t, c.address, c.request); status != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s: %d %s, want %d %s", name, status, body, c.status, c.want)
		}
	}
}

func TestWhatIsNamedPasses(t *testing.T) {
	t.Parallel()
	far := httptest.NewServer(http.HandlerFunc(seen))
	t.Cleanup(far.Close)
	secure := httptest.NewTLSServer(http.HandlerFunc(seen))
	t.Cleanup(secure.Close)
	_, address := proxied(t, far.Listener.Addr().String()+","+secure.Listener.Addr().String()+",localhost:"+port(far))
	client := secure.Client()
	client.Transport.(*http.Transport).Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: address})
	for _, target := range []string{far.URL, secure.URL, "http://localhost:" + port(far)} {
		at, _ := url.Parse(target)
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, target+"/x?y", strings.NewReader("Hi"))
		request.Header.Set("Proxy-Authorization", "Basic eDp5")
		response, err := client.Do(request)
		if err != nil {
			t.Error(err)
			continue
		}
		body, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if want := "POST /x?y of " + at.Host + ", map[Content-Length:[2]"; !strings.HasPrefix(string(body), want) || at.Scheme == "http" && strings.Contains(string(body), "Proxy") {
			t.Errorf("%s: %s, want %s", target, body, want)
		}
	}
}

func port(s *httptest.Server) string {
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	return port
}

func TestNoOneThere(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := l.Addr().String()
	l.Close()
	_, address := proxied(t, gone)
	for _, request := range []string{"CONNECT " + gone + " HTTP/1.1\r\nHost: x\r\n\r\n", "GET http://" + gone + "/ HTTP/1.1\r\nHost: x\r\n\r\n"} {
		if status, body := raw(t, address, request); status != http.StatusBadGateway || !strings.Contains(body, gone) {
			t.Errorf("%q: %d %s", request, status, body)
		}
	}
}

// echo starts a server that says what it hears.
func echo(t *testing.T) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(c, c)
				c.Close()
			}()
		}
	}()
	return l.Addr().String()
}

// through opens a tunnel, and says something ahead of the answer.
func through(t *testing.T, front, far string) (*net.TCPConn, *bufio.Reader) {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", front)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "CONNECT %s HTTP/1.1\r\nHost: x\r\n\r\nahead ", far)
	in := bufio.NewReader(conn)
	for _, want := range []string{"HTTP/1.1 200 Connection Established\r\n", "\r\n"} {
		if line, err := in.ReadString('\n'); err != nil || line != want {
			t.Fatal(line, err)
		}
	}
	return conn.(*net.TCPConn), in
}

func TestTunnelEndsOneDirectionAtATime(t *testing.T) {
	t.Parallel()
	far := echo(t)
	_, address := proxied(t, far)
	conn, in := through(t, address, far)
	_, _ = io.WriteString(conn, "and after")
	_ = conn.CloseWrite() // the other direction goes on
	if got, err := io.ReadAll(in); err != nil || string(got) != "ahead and after" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestCloseCutsTunnels(t *testing.T) {
	t.Parallel()
	far := echo(t)
	p, address := proxied(t, far)
	_, in := through(t, address, far)
	if got, err := in.ReadString(' '); err != nil || got != "ahead " {
		t.Errorf("%q, %v", got, err)
	}
	p.Close()
	if got, _ := io.ReadAll(in); len(got) > 0 {
		t.Errorf("%q", got)
	}
}

// TestTunnelsAreBounded opens as many as there may be, and gives one back.
func TestTunnelsAreBounded(t *testing.T) {
	t.Parallel()
	_, address := proxied(t, "")
	const request = "CONNECT api.plunk.test:80 HTTP/1.1\r\nHost: x\r\n\r\n"
	const most = 1000
	var last *net.TCPConn
	for range most {
		last, _ = through(t, address, "api.plunk.test:80")
	}
	if status, body := raw(t, address, request); status != http.StatusServiceUnavailable || !strings.Contains(body, "1000 tunnels") {
		t.Errorf("%d %s", status, body)
	}
	_, _ = io.WriteString(last, "\r\n\r\n") // after "ahead ": no request, so that it ends
	_, _ = io.ReadAll(last)
	if status, body := raw(t, address, request+"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
}
