package mock

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/plunkmock/plunkmock/mock/internal/contract"
)

// What every answer, or every answer of Plunk's API, carries. The slices are
// shared and must not be written to.
var (
	versionHeader = []string{Version}                           //nolint:gochecknoglobals // a constant
	jsonType      = []string{"application/json; charset=utf-8"} //nolint:gochecknoglobals // a constant
	anyOrigin     = []string{"*"}                               //nolint:gochecknoglobals // a constant
	exposed       = []string{strings.Join([]string{             //nolint:gochecknoglobals // a constant
		"Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset",
		"X-Plunkmock", "X-Plunkmock-Request", "X-Plunkmock-Warning", "X-Plunkmock-Fault",
	}, ", ")}
)

// allow sets the headers of every answer of Plunk's API: a page of any origin
// may read it.
func allow(h http.Header, requestID string) {
	h["Access-Control-Allow-Origin"] = anyOrigin
	h["Access-Control-Expose-Headers"] = exposed
	h["X-Plunkmock-Request"] = []string{requestID}
}

// servePreflight lets a page of any origin call Plunk's API.
func (s *Server) servePreflight(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	allow(h, s.ids.next())
	h.Set("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE")
	if asked := r.Header.Get("Access-Control-Request-Headers"); asked != "" {
		h.Set("Access-Control-Allow-Headers", asked)
	}
	if r.Header.Get("Access-Control-Request-Private-Network") == "true" {
		h.Set("Access-Control-Allow-Private-Network", "true")
	}
	h.Set("Access-Control-Max-Age", "600")
	h.Set("Vary", "Access-Control-Request-Headers")
	w.WriteHeader(http.StatusNoContent)
}

// Bounds of X-Plunkmock-Warning.
const (
	maxWarnings    = 5
	maxWarningSize = 200
)

// setWarnings puts warnings into the header: one line each, the last counts
// those that found no room.
func setWarnings(h http.Header, warnings []string) {
	if len(warnings) == 0 {
		return
	}
	lines := make([]string, 0, maxWarnings)
	for i, warning := range warnings {
		if i == maxWarnings-1 && len(warnings) > maxWarnings {
			lines = append(lines, fmt.Sprintf("and %d more", len(warnings)-i))
			break
		}
		lines = append(lines, ascii(warning))
	}
	h["X-Plunkmock-Warning"] = lines
}

// ascii makes one line of ASCII of s, cut to what a header line takes.
func ascii(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
	if len(s) > maxWarningSize {
		return s[:maxWarningSize-3] + "..."
	}
	return s
}

// A file is an answer that is not JSON.
type file struct {
	contentType string
	headers     map[string]string
	body        []byte
}

// write answers with out, or with err when there is one.
func (s *Server) write(w http.ResponseWriter, status int, out any, err error, envelope string) {
	if err != nil {
		s.writeError(w, err)
		return
	}
	if f, ok := out.(*file); ok {
		for name, value := range f.headers {
			w.Header().Set(name, value)
		}
		w.Header().Set("Content-Type", f.contentType)
		s.send(w, status, f.body)
		return
	}
	buf := buffers.Get().(*bytes.Buffer)
	defer keep(buf)
	if err := encode(buf, out); err != nil {
		s.writeError(w, fmt.Errorf("encoding the answer: %w", err))
		return
	}
	w.Header()["Content-Type"] = jsonType
	s.send(w, status, wrap(buf.Bytes(), envelope))
}

// writeError answers with an error in Plunk's shape.
func (s *Server) writeError(w http.ResponseWriter, err error) {
	p := refusal(err)
	if p.status == http.StatusInternalServerError {
		s.config.Log.Error("a bug in plunkmock", "err", err)
	}
	var buf bytes.Buffer
	body := errorBody{
		Code: p.status, Error: http.StatusText(p.status), Message: p.message, Time: s.config.Now().UnixMilli(),
	}
	if err := encode(&buf, body); err != nil {
		panic(err) // strings and numbers are always JSON
	}
	if p.more != nil {
		var more bytes.Buffer
		if err := encode(&more, p.more); err == nil && more.Len() > 2 {
			buf.Truncate(buf.Len() - 1)
			buf.WriteByte(',')
			buf.Write(more.Bytes()[1:])
		}
	}
	w.Header()["Content-Type"] = jsonType
	s.send(w, p.status, buf.Bytes())
}

// send writes a whole body. A client that takes nothing for as long as Stall is
// given up; what fits into a socket's buffer needs no watch.
func (s *Server) send(w http.ResponseWriter, status int, body []byte) {
	const chunk = 64 << 10
	w.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	if len(body) > chunk {
		conn := http.NewResponseController(w)
		defer conn.SetWriteDeadline(time.Time{}) //nolint:errcheck // not every ResponseWriter has a connection
		for len(body) > chunk {
			_ = conn.SetWriteDeadline(time.Now().Add(s.config.Limits.Stall))
			if _, err := w.Write(body[:chunk]); err != nil { //nolint:gosec // HTML of mail goes out under a sandboxing CSP alone
				return // the client has gone
			}
			body = body[chunk:]
		}
	}
	_, _ = w.Write(body) //nolint:gosec // as above
}

// buffers are reused between answers.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }} //nolint:gochecknoglobals // a cache

// keep gives a buffer back, unless it grew out of proportion.
func keep(buf *bytes.Buffer) {
	if buf.Cap() <= 64<<10 {
		buf.Reset()
		buffers.Put(buf)
	}
}

// encode writes v as JSON on one line. Plunk answers from JavaScript, which
// keeps < > & as they are.
func encode(buf *bytes.Buffer, v any) error {
	e := json.NewEncoder(buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	buf.Truncate(buf.Len() - 1) // the line end
	return nil
}

// wrap puts an answer into the envelope.
func wrap(body []byte, envelope string) []byte {
	switch envelope {
	case EnvelopeWrapped:
		return fmt.Appendf(nil, `{"success":true,"data":%s}`, body)
	case EnvelopeBoth:
		if body[0] != '{' {
			return body
		}
		var object struct {
			Data json.RawMessage `json:"data"`
		}
		if json.Unmarshal(body, &object) == nil && object.Data != nil {
			// The schema's own data stays what it is: that of a contact.
			return fmt.Appendf(nil, `{"success":true,%s`, body[1:])
		}
		members := strings.TrimPrefix(string(body[1:len(body)-1]), `"success":true`)
		members = strings.TrimPrefix(members, ",")
		if members != "" {
			members = "," + members
		}
		return fmt.Appendf(nil, `{"success":true,"data":%s%s}`, body, members)
	}
	return body
}

// stamp is a time as JavaScript writes it: UTC, milliseconds, Z.
type stamp time.Time

const stampLayout = "2006-01-02T15:04:05.000Z"

// MarshalJSON writes the time as a JSON string.
func (t stamp) MarshalJSON() ([]byte, error) {
	b := make([]byte, 0, len(stampLayout)+2)
	b = append(b, '"')
	b = time.Time(t).UTC().AppendFormat(b, stampLayout)
	return append(b, '"'), nil
}

func (s *Server) logCall(r *http.Request, c call, op *contract.Operation, err error) {
	if !s.config.Log.Enabled(r.Context(), -4) {
		return
	}
	args := []any{"method", r.Method, "path", r.URL.Path}
	if op != nil {
		args = append(args, "operation", op.ID)
	}
	if c.id != "" {
		args = append(args, "request", c.id)
	}
	if c.world != nil {
		args = append(args, "project", c.world.name)
	}
	if err != nil {
		args = append(args, "refused", refusal(err).status, "why", err.Error())
	}
	s.config.Log.Debug("call", args...)
}
