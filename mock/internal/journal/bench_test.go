package journal_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/mock/internal/journal"
)

// typical returns a call as an app makes it: half a KB of body, eight headers.
func typical(i int) *journal.Entry {
	e := small(strconv.Itoa(i))
	e.Operation, e.Method, e.Path = "sendEmail", "POST", "/send"
	for n := range 8 {
		e.Headers = append(e.Headers, journal.Header{Name: "X-Header-" + strconv.Itoa(n), Value: "some value"})
	}
	e.Body = journal.Body{Text: fmt.Sprintf(`{"to": "u%d@example.com", "subject": "Hello", "body": %q}`, i, strings.Repeat("Lorem ipsum ", 38))}
	e.Response.Body = journal.Body{Text: `{"success": true}`}
	return e
}

func BenchmarkAdd(b *testing.B) {
	j, _ := newJournal(1000)
	template := typical(0)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		e := *template
		e.ID = strconv.Itoa(i)
		j.Add(&e)
	}
}

func BenchmarkList(b *testing.B) {
	j, _ := newJournal(1000)
	for i := range 1000 {
		j.Add(typical(i))
	}
	b.ReportAllocs()
	for b.Loop() {
		if page := j.List(journal.Filter{Q: "u77@example.com post"}, 50); page.Total != 1 {
			b.Fatalf("%d found, want 1", page.Total)
		}
	}
}
