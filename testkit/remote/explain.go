package remote

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// How much a failed test shows and keeps: a screen full.
const (
	shown = 10 // calls, those alike being one, and mails
	near  = 5  // mails that nearly match
	kept  = 20 // mails as files
	other = 3  // projects
)

// explain shows what a failed test needs to be understood: what was called and what was
// mailed. The mails themselves go where the test keeps its artifacts.
func (p *Plunk) explain(t TB) {
	t.Helper()
	ctx, cancel := callContext()
	defer cancel()
	var b strings.Builder
	fmt.Fprintf(&b, "plunkmock, project %s:", p.client.Project())
	requests, err := p.client.Requests(ctx)
	if err != nil {
		t.Logf("%s %v", b.String(), err)
		return
	}
	b.WriteString("\n  " + counted(len(requests), "call") + lines(requests))
	if len(requests) == 0 {
		p.explainSilence(ctx, &b)
	}
	messages, err := p.client.Messages(ctx)
	if err != nil {
		t.Logf("%s\n  %v", b.String(), err)
		return
	}
	b.WriteString("\n  " + counted(len(messages), "mail"))
	for _, m := range messages[:min(len(messages), shown)] {
		fmt.Fprintf(&b, "\n    to %s: %q (%s)", m.To, m.Subject, m.Kind)
	}
	b.WriteString(more(len(messages) - shown))
	if len(messages) > 0 {
		b.WriteString(p.keep(ctx, t, messages[:min(len(messages), kept)]))
	}
	t.Logf("%s", b.String())
}

// counted is a number of things of which the newest are shown.
func counted(n int, thing string) string {
	switch n {
	case 0:
		return "no " + thing + "s"
	case 1:
		return "1 " + thing + ":"
	}
	return fmt.Sprintf("%d %ss, newest first:", n, thing)
}

// more tells of n things that are not shown.
func more(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf("\n    and %d more", n)
}

// lines tells calls; those in a row that are told alike are told once.
func lines(requests []Request) string {
	var b strings.Builder
	told := 0
	for i := 0; i < len(requests); told++ {
		if told == shown {
			b.WriteString(more(len(requests) - i))
			break
		}
		first, rest := line(requests[i])
		n := 1
		for i+n < len(requests) {
			if f, r := line(requests[i+n]); f != first || r != rest {
				break
			}
			n++
		}
		b.WriteString(first)
		if n > 1 {
			fmt.Fprintf(&b, ", %d times", n)
		}
		b.WriteString(rest)
		i += n
	}
	return b.String()
}

// call tells a call in few words.
func call(r Request) string {
	status := strconv.Itoa(r.Status)
	if r.Status == 0 {
		status = "no answer:"
	}
	return strings.TrimSpace(status + " " + r.Method + " " + r.Path)
}

// line tells a call, and below it what was wrong with it.
func line(r Request) (first, below string) {
	var b strings.Builder
	for _, wrong := range r.Wrong() {
		b.WriteString("\n        " + wrong)
	}
	return "\n    " + call(r), b.String()
}

// explainSilence tells where calls may have gone that did not come.
func (p *Plunk) explainSilence(ctx context.Context, b *strings.Builder) {
	var out struct{ Requests []Request }
	err := p.client.Do(ctx, http.MethodGet, "/requests/unassigned", url.Values{"limit": {"3"}}, nil, &out)
	if err == nil && len(out.Requests) > 0 {
		fmt.Fprintf(b, "; but there are calls without a usable key, such as %s:%s", p.SecretKey(), lines(out.Requests))
		return
	}
	fmt.Fprintf(b, "; is what is tested given %s and %s?", p.APIURL(), p.SecretKey())
	if keys := p.otherKeys(ctx); len(keys) > 0 {
		b.WriteString(" There are calls with " + strings.Join(keys, " and ") + ".")
	}
}

// otherKeys returns the keys of other projects that were called. Where many were, as in
// tests side by side, it is the usual one alone.
func (p *Plunk) otherKeys(ctx context.Context) (keys []string) {
	projects, err := p.client.Projects(ctx)
	if err != nil {
		return nil
	}
	for _, project := range projects {
		if project.Requests > 0 && project.SecretKey != p.SecretKey() {
			keys = append(keys, project.SecretKey)
		}
	}
	if usual := New(Config{}).Key(); len(keys) > other {
		return slices.DeleteFunc(keys, func(key string) bool { return key != usual })
	}
	return keys
}

// keep writes mails to where a test keeps its artifacts, and tells where that is.
func (p *Plunk) keep(ctx context.Context, t TB, messages []Summary) string {
	keeper, ok := t.(interface{ ArtifactDir() string })
	if !ok {
		return ""
	}
	if asked := flag.Lookup("test.artifacts"); asked != nil && asked.Value.String() == "false" {
		return "\n  go test -artifacts keeps them as files"
	}
	dir := keeper.ArtifactDir()
	for i, m := range messages {
		// Names of files have nothing in them that is not the emulator's own.
		name := filepath.Join(dir, fmt.Sprintf("%s-%02d", p.client.Project(), i+1))
		raw, err := p.client.Raw(ctx, m.ID)
		if err == nil {
			err = os.WriteFile(name+".eml", raw, 0o600)
		}
		if err != nil {
			return fmt.Sprintf("\n  they cannot be kept: %v", err)
		}
		var html []byte
		if p.client.Do(ctx, http.MethodGet, "/inbox/messages/"+m.ID+"/html", nil, nil, &html) == nil {
			_ = os.WriteFile(name+".html", html, 0o600) // the source is there
		}
	}
	return "\n  they are in " + dir
}
