package mock

import (
	"bytes"
	"cmp"
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
func (s *Server) write(w http.ResponseWriter, status int, out any, err error) {
	buf := buffers.Get().(*bytes.Buffer)
	defer keep(buf)
	status, body := s.render(w.Header(), buf, status, out, err)
	s.send(w, status, body)
}

// writeError answers with an error in Plunk's shape.
func (s *Server) writeError(w http.ResponseWriter, err error) {
	s.write(w, 0, nil, err)
}

// render makes the answer that out stands for, or err when there is one: its
// status and its body, which may live in buf; the headers go to h.
func (s *Server) render(h http.Header, buf *bytes.Buffer, status int, out any, err error) (int, []byte) {
	if err != nil {
		return s.renderError(h, buf, err)
	}
	if f, ok := out.(*file); ok {
		for name, value := range f.headers {
			h.Set(name, value)
		}
		h.Set("Content-Type", f.contentType)
		return status, f.body
	}
	if err := encode(buf, out); err != nil {
		return s.renderError(h, buf, fmt.Errorf("encoding the answer: %w", err))
	}
	h["Content-Type"] = jsonType
	return status, buf.Bytes()
}

// renderError makes the answer that an error is, in Plunk's shape.
func (s *Server) renderError(h http.Header, buf *bytes.Buffer, err error) (int, []byte) {
	p := refusal(err)
	if p.status == http.StatusInternalServerError && !p.meant {
		s.config.Log.Error("a bug in plunkmock", "err", err)
	}
	buf.Reset()
	body := errorBody{
		Code: p.status, Error: reason(p.status), Message: p.message, Time: s.config.Now().UnixMilli(),
	}
	if err := encode(buf, body); err != nil {
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
	h["Content-Type"] = jsonType
	return p.status, buf.Bytes()
}

// reason returns the reason phrase of a status, also of one that has none.
func reason(status int) string {
	return cmp.Or(http.StatusText(status), "Status "+strconv.Itoa(status))
}

// send writes a whole answer.
func (s *Server) send(w http.ResponseWriter, status int, body []byte) {
	w.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	s.writeBody(w, body)
}

// writeBody writes a body, or a part of it. A client that takes nothing for as
// long as Stall is given up; what fits into a socket's buffer needs no watch.
func (s *Server) writeBody(w http.ResponseWriter, body []byte) {
	const chunk = 64 << 10
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
