package contract_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/plunkmock/plunkmock/mock/internal/contract"
)

const (
	limit = 10_000                 // bytes
	long  = time.Minute            // longer than any test
	short = 100 * time.Millisecond // a client that stands still is given up soon
)

// request is a request whose body is announced to have n bytes; -1 says nothing.
func request(body io.Reader, n int64) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", body)
	r.ContentLength = n
	return r
}

func TestReadBody(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 4095, 4096, 4097, limit - 1, limit} {
		want := bytes.Repeat([]byte("x"), n)
		for name, reader := range map[string]io.Reader{
			"whole": bytes.NewReader(want), "a byte at a time": iotest.OneByteReader(bytes.NewReader(want)),
			"end with data": iotest.DataErrReader(bytes.NewReader(want)),
		} {
			for _, announced := range []int64{int64(n), -1} {
				if seeker, ok := reader.(io.Seeker); ok {
					_, _ = seeker.Seek(0, io.SeekStart)
				} else if announced < 0 {
					continue // was read
				}
				w := httptest.NewRecorder()
				got, err := contract.ReadBody(w, request(reader, announced), nil, limit, long)
				if err != nil || !bytes.Equal(got, want) || w.Header().Get("Connection") != "" {
					t.Errorf("%d bytes, %s, %d announced: got %d, %v", n, name, announced, len(got), err)
				}
			}
		}
	}
}

func TestReadBodyIntoABuffer(t *testing.T) {
	t.Parallel()
	buf := make([]byte, 5, 64)
	got, err := contract.ReadBody(httptest.NewRecorder(), request(strings.NewReader("hello"), 5), buf, limit, long)
	if err != nil || string(got) != "hello" || &got[0] != &buf[0] {
		t.Errorf("got %q, %v; want hello in the buffer", got, err)
	}
	got, err = contract.ReadBody(httptest.NewRecorder(), request(strings.NewReader(strings.Repeat("x", 100)), 100), buf, limit, long)
	if err != nil || string(got) != strings.Repeat("x", 100) || &got[0] == &buf[0] {
		t.Errorf("got %q, %v; want 100 bytes elsewhere", got, err)
	}
}

func TestReadBodyOfNothing(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*http.Request{
		"none": {}, "NoBody": {Body: http.NoBody, ContentLength: -1}, "of no length": request(iotest.ErrReader(io.ErrClosedPipe), 0),
	} {
		if got, err := contract.ReadBody(httptest.NewRecorder(), r, []byte("old"), limit, long); got != nil || err != nil {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
}

func TestReadBodyTooLarge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		size      int64
		announced int64
		closes    bool // there was too much to throw away
	}{
		{"announced", limit + 1, limit + 1, false},
		{"not announced", limit + 1, -1, false},
		{"announced too small", limit + 1, 1, false},
		{"almost four times as large", 4*limit - 1, 4*limit - 1, false},
		{"much too large", 10 * limit, 10 * limit, true},
		{"much too large, not announced", 10 * limit, -1, true},
	} {
		w, body := httptest.NewRecorder(), &counter{r: io.LimitReader(zeros{}, c.size)}
		got, err := contract.ReadBody(w, request(body, c.announced), nil, limit, long)
		tooLarge, ok := errors.AsType[*contract.TooLarge](err)
		if !ok || tooLarge.Limit != limit || got != nil || err.Error() != fmt.Sprintf("the request body is larger than %d bytes", limit) {
			t.Errorf("%s: got %d bytes, %v", c.name, len(got), err)
		}
		if closes := w.Header().Get("Connection") == "close"; closes != c.closes {
			t.Errorf("%s: the connection closes: %v, want %v", c.name, closes, c.closes)
		}
		if !c.closes && body.n != c.size || body.n > 7*limit {
			t.Errorf("%s: read %d bytes of %d", c.name, body.n, c.size)
		}
	}
}

// TestReadBodyAllocatesAsItArrives announces a gigabyte and sends a byte.
func TestReadBodyAllocatesAsItArrives(t *testing.T) {
	t.Parallel()
	var largest int
	body := readerFunc(func(b []byte) (int, error) {
		largest = max(largest, len(b))
		return 0, io.ErrUnexpectedEOF
	})
	_, err := contract.ReadBody(httptest.NewRecorder(), request(body, 1<<30), nil, 2<<30, long)
	if _, ok := errors.AsType[*contract.Broken](err); !ok || largest > 2<<20 {
		t.Errorf("a buffer of %d bytes, %v", largest, err)
	}
}

func TestReadBodyBroken(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	got, err := contract.ReadBody(w, request(io.MultiReader(strings.NewReader("{"), iotest.ErrReader(io.ErrUnexpectedEOF)), 9), nil, limit, long)
	if _, ok := errors.AsType[*contract.Broken](err); !ok || !errors.Is(err, io.ErrUnexpectedEOF) || got != nil {
		t.Errorf("got %q, %v", got, err)
	}
	same(t, "error", err.Error(), "the request body did not arrive whole: unexpected EOF")
	same(t, "Connection", w.Header().Get("Connection"), "close")
}

// TestReadBodyOfAConnection sends what no client of net/http would, to a real
// server, and reads the answer. The client never closes: the server must.
func TestReadBodyOfAConnection(t *testing.T) {
	t.Parallel()
	const chunked = "Transfer-Encoding: chunked\r\n\r\n"
	full := strings.Repeat("x", limit)
	for _, c := range []struct {
		name  string
		after string // what follows the request line and Host
		stall time.Duration
		want  string // of the answer
		still bool   // the connection goes on
	}{
		{"a length", "Content-Length: 5\r\n\r\nhello", long, "read hello", true},
		{"chunks", chunked + "2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nX-Trailer: 1\r\n\r\n", long, "read hello", true},
		{"no chunk", chunked + "0\r\n\r\n", long, "read ", true},
		{"chunks up to the limit", chunked + "2710\r\n" + full + "\r\n0\r\n\r\n", long, "read " + full, true},
		{"chunks over the limit", chunked + "2711\r\n" + full + "x\r\n0\r\n\r\n", long, "too large", true},
		{"stands still at once", "Content-Length: 5\r\n\r\n", short, "broken: timeout", false},
		{"stands still in the middle", "Content-Length: 5\r\n\r\nhe", short, "broken: timeout", false},
		{"stands still in a chunk", chunked + "5\r\nhe", short, "broken: timeout", false},
		{"stands still after a chunk", chunked + "2\r\nhe\r\n", short, "broken: timeout", false},
		{"stands still over the limit", "Content-Length: 20000\r\n\r\n" + full + "x", short, "too large", false},
		{"announces too much and sends nothing", "Content-Length: 20000\r\n\r\n", short, "too large", false},
		{"stands still in chunks over the limit", chunked + "4e20\r\n" + full + "x", short, "too large", false},
		{"a chunk size that is none", chunked + "zz\r\nhe\r\n", long, "broken: invalid byte in chunk length", false},
		{"a chunk longer than it says", chunked + "2\r\nhello\r\n", long, "broken: malformed chunked encoding", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := contract.ReadBody(w, r, nil, limit, c.stall)
				_, _ = io.WriteString(w, describe(body, err))
			}))
			defer s.Close()
			conn, err := net.Dial("tcp", s.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
			if _, err := io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\n"+c.after); err != nil {
				t.Fatal(err)
			}
			in := bufio.NewReader(conn)
			same(t, "answer", answerOf(t, in), c.want)
			if c.still {
				_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok")
				same(t, "the next answer", answerOf(t, in), "read ok")
				return
			}
			if b, err := in.ReadByte(); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("the server did not close the connection: %q, %v", b, err)
			}
		})
	}
}

// describe says how reading a body ended.
func describe(body []byte, err error) string {
	if _, ok := errors.AsType[*contract.TooLarge](err); ok {
		return "too large"
	}
	broken, ok := errors.AsType[*contract.Broken](err)
	switch {
	case ok && errors.Is(err, os.ErrDeadlineExceeded):
		return "broken: timeout"
	case ok:
		return "broken: " + broken.Err.Error()
	case err != nil:
		return "another error: " + err.Error()
	}
	return "read " + string(body)
}

// answerOf reads one answer.
func answerOf(t *testing.T, in *bufio.Reader) string {
	t.Helper()
	w, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	text, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// zeros never ends.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

// counter counts the bytes that were read.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}

// readerFunc is an io.Reader of one function.
type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }
