package remote

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// shown is how many mails and calls a failed test shows.
const shown = 20

// explain shows what a failed test needs to be understood: what was called and what was
// mailed. The mails themselves go where the test keeps its artifacts.
func (p *Plunk) explain(t TB) {
	ctx, cancel := contextOf(t)
	defer cancel()
	requests, err := p.client.Requests(ctx)
	if err != nil {
		t.Logf("plunkmock: %v", err)
		return
	}
	messages, err := p.client.Messages(ctx, Limit(shown))
	if err != nil {
		t.Logf("plunkmock: %v", err)
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, "plunkmock, project %s:\n  %d calls, newest first", p.client.Project(), len(requests))
	for _, r := range requests[:min(len(requests), shown)] {
		fmt.Fprintf(&b, "\n    %d %s %s", r.Status, r.Method, r.Path)
		for _, v := range r.Violations {
			fmt.Fprintf(&b, "\n        %s: %s", v.Field, v.Message)
		}
		if r.Fault != nil {
			fmt.Fprintf(&b, "\n        the fault %s struck: %s", r.Fault.ID, r.Fault.Did)
		}
	}
	fmt.Fprintf(&b, "\n  %d mails, newest first", len(messages))
	for _, m := range messages {
		fmt.Fprintf(&b, "\n    %s to %s: %q", m.Kind, m.To, m.Subject)
	}
	if dir := p.keep(ctx, t, messages); dir != "" {
		fmt.Fprintf(&b, "\n  the mails are in %s", dir)
	}
	t.Logf("%s", b.String())
}

// keep writes mails to where a test keeps its artifacts, and returns that; "" when it keeps
// none. Names of files come from the emulator's own numbers alone.
func (p *Plunk) keep(ctx context.Context, t TB, messages []Summary) string {
	keeper, ok := t.(interface{ ArtifactDir() string })
	if !ok || len(messages) == 0 {
		return ""
	}
	dir := keeper.ArtifactDir()
	for i, m := range messages {
		name := filepath.Join(dir, fmt.Sprintf("mail-%02d", i+1))
		raw, err := p.client.Raw(ctx, m.ID)
		if err == nil {
			err = os.WriteFile(name+".eml", raw, 0o600)
		}
		if err != nil {
			t.Logf("plunkmock: keeping a mail: %v", err)
			return ""
		}
		var html []byte
		if p.client.Do(ctx, http.MethodGet, "/inbox/messages/"+m.ID+"/html", nil, nil, &html) == nil {
			_ = os.WriteFile(name+".html", html, 0o600) // the source is there
		}
	}
	return dir
}
