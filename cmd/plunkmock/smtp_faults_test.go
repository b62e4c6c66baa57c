package main

import (
	"cmp"
	"errors"
	"net/http"
	"net/smtp"
	"slices"
	"strings"
	"testing"
)

// smtpFault makes a rule and says what comes of a message.
func smtpFault(t *testing.T, r running, rule string) string {
	t.Helper()
	if status, body := r.do(t, http.MethodPost, "/_mock/faults", rule); status != http.StatusCreated {
		t.Fatalf("%s: %d %s", rule, status, body)
	}
	defer r.do(t, http.MethodDelete, "/_mock/faults", "")
	c, err := smtp.Dial(*r.ready.SMTP)
	if err == nil {
		defer c.Close()
		_, err = deliver(c, "shop@example.com", []string{"ada@example.com", "bob@example.com"}, note)
	}
	if err != nil {
		return cmp.Or(refused(err), "dropped")
	}
	return "ok"
}

func TestFaultsOfSMTP(t *testing.T) {
	t.Parallel()
	r := start(t)
	for _, test := range []struct {
		rule, want string
		mails      int
	}{
		{`{"operation": "smtp", "stage": "connect", "code": 421}`, "421 4.3.2 Service not available, closing the connection", 0},
		{`{"operation": "smtp", "stage": "MAIL", "code": 451, "enhancedCode": "4.7.1", "message": "greylisted"}`, "451 4.7.1 greylisted", 0},
		{`{"operation": "smtp", "stage": "RCPT", "email": "bob@*", "code": 550}`, "550 5.1.1 No such mailbox", 0},
		{`{"operation": "smtp", "stage": "data", "steps": [{"code": 554}]}`, "554 5.0.0 Transaction failed", 0},
		{`{"operation": "smtp", "stage": "after-data", "status": 552, "enhancedCode": "5.2.2"}`, "552 5.2.2 Mailbox full", 0},
		{`{"operation": "smtp", "code": 499}`, "499 4.0.0 Refused for now, try again later", 0},
		{`{"operation": "smtp", "drop": "before"}`, "dropped", 0},
		{`{"operation": "smtp", "drop": "after"}`, "dropped", 2},
		{`{"operation": "smtp", "stage": "connect", "drop": "before"}`, "dropped", 0},
		{`{"operation": "smtp", "stage": "MAIL", "email": "shop@*", "delay": "1ms"}`, "ok", 2},
		{`{"operation": "smtp", "pass": true}`, "ok", 2},
		{`{"status": 500}`, "ok", 2},
		{`{"fault": "smtp:450+enhanced=4.2.0,pass;stage=rcpt;email=carl@*"}`, "ok", 2},
		{`{"fault": "smtp:450+enhanced=4.2.0,pass;stage=rcpt"}`, "450 4.2.0 Mailbox unavailable, try again later", 0},
	} {
		r.do(t, http.MethodDelete, "/_mock/inbox/messages", "")
		r.do(t, http.MethodDelete, "/_mock/requests", "")
		if got := smtpFault(t, r, test.rule); got != test.want {
			t.Errorf("%s: %s, want %s", test.rule, got, test.want)
		}
		var calls struct {
			Requests []struct {
				Status int
				Fault  *struct{ Did string }
			}
		}
		r.get(t, "/_mock/requests?operation=smtp", "sk_test", &calls)
		struck := slices.ContainsFunc(calls.Requests, func(c struct {
			Status int
			Fault  *struct{ Did string }
		},
		) bool {
			return c.Fault != nil
		})
		if wants := !strings.HasPrefix(test.rule, `{"status"`) && !strings.Contains(test.rule, "carl"); struck != wants {
			t.Errorf("%s: the journal has %+v", test.rule, calls)
		}
		if n := len(r.letters(t, "sk_test")); n != test.mails {
			t.Errorf("%s: %d mails, want %d", test.rule, n, test.mails)
		}
	}
}

// A delay ends with the project, as that of a call does.
func TestDelayOfSMTPEndsWithTheProject(t *testing.T) {
	t.Parallel()
	r := start(t)
	r.do(t, http.MethodPost, "/_mock/faults", `{"operation": "smtp", "delay": "10m"}`)
	c := dialSMTP(t, *r.ready.SMTP)
	done := make(chan error, 1)
	go func() {
		_, err := deliver(c, "shop@example.com", []string{"ada@example.com"}, note)
		done <- err
	}()
	for struck := 0; struck == 0; {
		var out struct{ Faults []struct{ Struck int } }
		r.get(t, "/_mock/faults", "sk_test", &out)
		struck = out.Faults[0].Struck
	}
	r.do(t, http.MethodDelete, "/_mock/projects/test", "")
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// A message whose project has gone while it came is refused, and noted among the calls of no
// project.
func TestMessageOfAProjectThatHasGone(t *testing.T) {
	t.Parallel()
	r := start(t, "--keys", "strict")
	r.do(t, http.MethodPost, "/_mock/projects", `{"name": "test"}`)
	c := dialSMTP(t, *r.ready.SMTP)
	if err := errors.Join(c.Mail("shop@example.com"), c.Rcpt("ada@example.com")); err != nil {
		t.Fatal(err)
	}
	body, err := c.Data()
	if err != nil {
		t.Fatal(err)
	}
	r.do(t, http.MethodDelete, "/_mock/projects/test", "")
	if _, err = body.Write([]byte(note)); err != nil {
		t.Fatal(err)
	}
	if err := refused(body.Close()); !strings.HasPrefix(err, "530 5.7.0 ") {
		t.Errorf("the message is answered %q", err)
	}
	var calls struct{ Requests []struct{ Status int } }
	r.get(t, "/_mock/requests/unassigned?operation=smtp", "", &calls)
	if len(calls.Requests) != 1 || calls.Requests[0].Status != 530 {
		t.Errorf("the journal has %+v", calls)
	}
}

// A log-in for whose project there is no room is noted as it was answered.
func TestLoginWithoutRoom(t *testing.T) {
	t.Parallel()
	r := start(t, "--max-projects", "1", "--smtp-tls", "off")
	r.do(t, http.MethodPost, "/_mock/projects", `{"name": "test"}`)
	c := dialSMTP(t, *r.ready.SMTP)
	want := refused(c.Auth(smtp.PlainAuth("", "plunk", "sk_other", "127.0.0.1")))
	if !strings.HasPrefix(want, "452 4.3.1 There are 1 projects") {
		t.Errorf("the log-in is answered %q", want)
	}
	var calls struct {
		Requests []struct {
			Status   int
			Response struct{ Body string }
		}
	}
	r.get(t, "/_mock/requests/unassigned", "", &calls)
	if len(calls.Requests) != 1 || calls.Requests[0].Status != 452 || calls.Requests[0].Response.Body != want {
		t.Errorf("the journal has %+v", calls)
	}
}

// A rule that could not do what it says is refused, and the refusal says why.
func TestFaultsOfSMTPThatMakeNoSense(t *testing.T) {
	t.Parallel()
	r := start(t)
	for rule, want := range map[string]string{
		`{"operation": "smtp", "stage": "HELO", "code": 450}`:                      "stage: must be connect, MAIL, RCPT, DATA or after DATA",
		`{"operation": "smtp", "code": 450, "status": 450}`:                        "code: must not stand beside status",
		`{"operation": "smtp", "code": 250}`:                                       "code: must be ",
		`{"operation": "smtp", "code": 450, "enhancedCode": "5.7.1"}`:              "enhancedCode: must begin with 4",
		`{"operation": "smtp", "code": 450, "enhancedCode": "x"}`:                  "enhancedCode: must be a code such as 4.7.1",
		`{"operation": "smtp", "body": "x"}`:                                       "body: must be left out",
		`{"operation": "smtp", "stage": "RCPT", "drop": "after"}`:                  "drop: must be before",
		`{"operation": "smtp", "path": "/send", "code": 450}`:                      "path: must be left out",
		`{"operation": "smtp", "stage": "connect", "email": "a@b.c", "code": 450}`: "email: must be left out",
		`{"operation": "smtp|sendEmail", "status": 450}`:                           "operation: must be smtp alone",
		`{"operation": "sendEmail", "code": 450}`:                                  "code: must go with the operation smtp",
		`{"operation": "sendEmail", "stage": "RCPT", "status": 450}`:               "stage: must go with the operation smtp",
		`{"status": 450, "enhancedCode": "4.7.1"}`:                                 "enhancedCode: must go with the operation smtp",
		`{"fault": "smtp:450;stage="}`:                                             "stage= takes connect, mail",
		`{"fault": "smtp:450+enhanced="}`:                                          "enhanced= takes an enhanced code",
	} {
		if status, body := r.do(t, http.MethodPost, "/_mock/faults", rule); status != http.StatusUnprocessableEntity || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s, want %s", rule, status, body, want)
		}
	}
}

// A delay of hours does not hold up a stop.
func TestStopEndsADelayOfSMTP(t *testing.T) {
	t.Parallel()
	r := start(t, "--fault", "smtp:delay=10m;stage=mail")
	c := dialSMTP(t, *r.ready.SMTP)
	ended := make(chan error, 1)
	if err := c.Hello("me"); err != nil {
		t.Fatal(err)
	}
	id, err := c.Text.Cmd("MAIL FROM:<a@b.test>")
	if err != nil {
		t.Fatal(err)
	}
	c.Text.StartResponse(id)
	defer c.Text.EndResponse(id)
	go func() {
		_, _, err := c.Text.ReadResponse(250)
		ended <- err
	}()
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	<-ended
}
