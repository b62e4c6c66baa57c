package fault_test

import (
	"testing"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/fault"
)

func session(at inbox.Stage, emails ...string) fault.Call {
	return fault.Call{Operation: fault.SMTP, Stage: at, Emails: emails, Now: noon()}
}

// A rule for SMTP strikes at its stage and no call, and any other strikes calls alone.
func TestStrikeKnowsSMTPFromCalls(t *testing.T) {
	t.Parallel()
	s := newSet(t, parse(t, "smtp:450;stage=rcpt;email=ada@*"), parse(t, "smtp:554"), parse(t, "500"))
	for _, c := range []struct {
		call fault.Call
		want string
	}{
		{session(inbox.AtConnect), "-"},
		{session(inbox.AtMail, "ada@example.com"), "-"},
		{session(inbox.AtRcpt, "bob@example.com"), "-"},
		{session(inbox.AtRcpt, "ada@example.com"), "f1:450"},
		{session(inbox.AtData, "ada@example.com"), "-"},
		{session(inbox.AfterData, "ada@example.com"), "f2:554"},
		{send(), "f3:500"},
	} {
		same(t, string(c.call.Stage), struck(s, c.call), c.want)
	}
}

// What is written as the grammar has it is read again as the same.
func TestStageAndEnhancedCodeAreWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"smtp:450+enhanced=4.2.0*2,pass;stage=rcpt": "smtp:450+enhanced=4.2.0*2,pass;stage=rcpt",
		"smtp:drop=after":                        "smtp:drop=after;stage=after-data",
		"smtp:421;stage=CONNECT":                 "smtp:421;stage=connect",
		"smtp:delay=1s;stage=after_data;times=1": "smtp:delay=1s;stage=after-data;times=1",
		"smtp:limit=20/1s;stage=Mail":            "smtp:limit=20/1s;stage=mail",
	} {
		rule := parse(t, text)
		if flaws := rule.Check([]fault.Operation{{ID: fault.SMTP}}); len(flaws) > 0 {
			t.Errorf("%s: %v", text, flaws)
		}
		same(t, text, rule.String(), want)
		again := parse(t, want)
		again.Normalize()
		same(t, want, again.String(), want)
	}
}
