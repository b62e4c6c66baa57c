package inbox_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/inbox"
)

// BenchmarkTagsBehindALongOne is of 8 MiB, half of them in one tag.
func BenchmarkTagsBehindALongOne(b *testing.B) {
	var html strings.Builder
	html.WriteString("<a")
	for i := 0; html.Len() < 4<<20; i++ {
		fmt.Fprintf(&html, " %x", i)
	}
	html.WriteString(">cid:x")
	html.WriteString(strings.Repeat("<a b>", 4<<20/5))
	m := &inbox.Message{HTML: html.String()}
	for name, read := range map[string]func(){
		"text":  func() { m.Text() },
		"links": func() { m.Links() },
		"page":  func() { m.ShownBody(false) },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(m.HTML)))
			for b.Loop() {
				read()
			}
		})
	}
}

func TestLongTagsLeaveTheTextAsItIs(t *testing.T) {
	t.Parallel()
	long := " x='" + strings.Repeat("a", 2000) + "'"
	checkTexts(t, map[string]string{
		"<p" + long + ">One<p>Two":                         "One\n\nTwo",
		"<style" + long + "><p>a</style>One<br/>Two":       "One\nTwo",
		"<title" + long + "></title><title><p></title>One": "One",
		"<Textarea" + long + "><b>One</textarea><b>Two":    "<b>OneTwo",
		"<plaintext" + long + "><b>One</plaintext>":        "<b>One</plaintext>",
	})
}
