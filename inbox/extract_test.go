package inbox_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox"
)

// wanted is what a person reads out of a mail.
type wanted struct {
	Codes, Links []string
	Label        string
	Unsubscribe  inbox.Unsubscribe
}

// readMail reads a mail of the corpus: a header, what is wanted, an empty line
// and a text or HTML.
func readMail(t *testing.T, path string) (*inbox.Message, wanted) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, body, _ := strings.Cut(string(b), "\n\n")
	m, w := &inbox.Message{HTML: body}, wanted{}
	for line := range strings.Lines(head) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			t.Fatalf("%s: %q is no field", path, line)
		}
		switch name {
		case "Subject":
			m.Subject = value
		case "Want-Code":
			w.Codes = append(w.Codes, value)
		case "Want-Label":
			w.Label = value
		case "Want-Link":
			w.Links = append(w.Links, value)
		case "Want-Unsubscribe":
			w.Unsubscribe.Link = value
		case "Want-Header":
			w.Unsubscribe.Header = value
		case "Want-One-Click":
			w.Unsubscribe.OneClick = value == "yes"
		case "Missed": // what a person would see and we do not
		default:
			m.Headers = append(m.Headers, inbox.Field{Name: name, Value: value})
		}
	}
	return m, w
}

func mails(tb testing.TB) []string {
	tb.Helper()
	paths, err := filepath.Glob("testdata/mails/*.txt")
	if err != nil || len(paths) < 40 {
		tb.Fatalf("%d mails, %v", len(paths), err)
	}
	return paths
}

// TestMailsAreReadAsAPersonReadsThem holds all mails of the corpus against what
// its headers say.
func TestMailsAreReadAsAPersonReadsThem(t *testing.T) {
	t.Parallel()
	for _, path := range mails(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			t.Parallel()
			m, want := readMail(t, path)
			got := wanted{Unsubscribe: m.Unsubscribe(m.Links())}
			codes := m.Codes()
			for _, c := range codes {
				got.Codes = append(got.Codes, c.Code)
			}
			if len(codes) > 0 && want.Label != "" {
				got.Label = codes[0].Label
			}
			for _, l := range m.Links() {
				got.Links = append(got.Links, l.Purpose+" "+l.Href)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s\ntext %q\ncodes %+v", diff, m.Text(), codes)
			}
		})
	}
}
