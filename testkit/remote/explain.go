package remote

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// shown is how many mails and calls a failed test shows.
const shown = 20

// explain shows what a failed test needs to be understood: what was called and what was
// mailed. The mails themselves go where the test keeps its artifacts.
func (p *Plunk) explain(t TB) {
	t.Helper()
	ctx, cancel := contextOf(t)
	defer cancel()
	var b strings.Builder
	fmt.Fprintf(&b, "plunkmock, project %s:", p.client.Project())
	requests, err := p.client.Requests(ctx)
	if err != nil {
		t.Logf("%s %v", b.String(), err)
		return
	}
	b.WriteString("\n  " + counted(len(requests), "call"))
	for _, r := range requests[:min(len(requests), shown)] {
		b.WriteString(line(r))
	}
	if len(requests) == 0 {
		p.explainSilence(ctx, &b)
	}
	messages, err := p.client.Messages(ctx, Limit(shown))
	if err != nil {
		t.Logf("%s\n  %v", b.String(), err)
		return
	}
	b.WriteString("\n  " + counted(len(messages), "mail"))
	for _, m := range messages {
		fmt.Fprintf(&b, "\n    to %s: %q (%s)", m.To, m.Subject, m.Kind)
	}
	if len(messages) > 0 {
		b.WriteString(p.keep(ctx, t, messages))
	}
	t.Logf("%s", b.String())
}

// counted is a number of things of which the newest are shown.
func counted(n int, thing string) string {
	switch {
	case n == 0:
		return "no " + thing + "s"
	case n == 1:
		return "1 " + thing + ":"
	case n < shown:
		return fmt.Sprintf("%d %ss, newest first:", n, thing)
	}
	return fmt.Sprintf("the newest %d %ss:", shown, thing)
}

// line tells a call.
func line(r Request) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n    %d %s %s", r.Status, r.Method, r.Path)
	for _, v := range r.Violations {
		fmt.Fprintf(&b, "\n        %s: %s", v.Field, v.Message)
	}
	for _, warning := range r.Warnings {
		fmt.Fprintf(&b, "\n        %s", warning)
	}
	if r.Fault != nil {
		fmt.Fprintf(&b, "\n        the fault %s struck: %s", r.Fault.ID, r.Fault.Did)
	}
	return b.String()
}

// explainSilence tells where calls may have gone that did not come.
func (p *Plunk) explainSilence(ctx context.Context, b *strings.Builder) {
	var out struct{ Requests []Request }
	err := p.client.Do(ctx, http.MethodGet, "/requests/unassigned", url.Values{"limit": {"3"}}, nil, &out)
	if err != nil || len(out.Requests) == 0 {
		fmt.Fprintf(b, "; is what is tested given %s and %s?", p.APIURL(), p.SecretKey())
		return
	}
	fmt.Fprintf(b, "; but there are calls without a usable key, such as %s:", p.SecretKey())
	for _, r := range out.Requests {
		b.WriteString(line(r))
	}
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
