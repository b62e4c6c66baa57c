package testkit_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/testkit"
	"github.com/plunkmock/plunkmock/testkit/internal/fake"
)

// What a test says that fails tells what there was instead.
func TestFailures(t *testing.T) {
	t.Parallel()
	const journal = "plunkmock, project test:\n  1 call:\n    200 POST /send\n  1 mail:\n    to ada@example.com: \"Welcome\" (transactional)\n"
	for name, c := range map[string]struct {
		fail func(t *fake.T, p *testkit.Plunk)
		want string
	}{
		"mail": {
			func(t *fake.T, p *testkit.Plunk) {
				p.Mail(t, testkit.To("bob@example.com"), testkit.Subject("Hello"), testkit.Subject("Hi"))
			},
			`plunkmock: There is no mail to "bob@example.com" with subject "Hello" or "Hi". What did arrive, nearest first:
  to ada@example.com: "Welcome", where to is "ada@example.com", not "bob@example.com" and subject is "Welcome", not "Hello or Hi"
`,
		},
		"query": {
			func(t *fake.T, p *testkit.Plunk) { p.Mail(t, testkit.Query("from:nobody@example.com")) },
			`plunkmock: There is no mail with q "from:nobody@example.com". What did arrive, nearest first:
  to ada@example.com: "Welcome", where from:nobody@example.com of the query does not hold: it has "hello@test.example.com"
`,
		},
		"wait": {
			func(t *fake.T, p *testkit.Plunk) {
				p.WaitMail(t, time.Millisecond, testkit.Kind("automation"))
			},
			`plunkmock: In 1ms came no mail with kind "automation". What did arrive, nearest first:
  to ada@example.com: "Welcome", where kind is "transactional", not "automation"
`,
		},
		"no mail": {
			func(t *fake.T, p *testkit.Plunk) { p.NoMail(t, testkit.To("ada@example.com")) },
			`plunkmock: There should be no mail to "ada@example.com".
  there is one to ada@example.com: "Welcome"
`,
		},
		"count": {
			func(t *fake.T, p *testkit.Plunk) {
				p.Called(t, 1, testkit.Operation("sendEmail"), testkit.BodyContains(map[string]any{"to": "bob@example.com"}))
			},
			`plunkmock: Expected exactly 1 call to match, but there are 0. What was called, nearest first:
  200 POST /send, where body.to is "ada@example.com", not "bob@example.com"
`,
		},
		"wrong count": {
			func(t *fake.T, p *testkit.Plunk) { p.Called(t, 1, testkit.Operation("sendMail")) },
			`plunkmock: 422 Unprocessable Entity: operation: "sendMail" is none; `,
		},
		"code": {
			func(t *fake.T, p *testkit.Plunk) {
				if _, err := p.Control().Send(t.Context(), "bob@example.com", "Long", strings.Repeat("text ", 100)); err != nil {
					t.Fatalf("%v", err)
				}
				m := p.Mail(t, testkit.To("bob@example.com"))
				p.Reset(t)
				postOne(t, p)
				m.Code()
			},
			`plunkmock: the mail "Long" to bob@example.com has no one-time code; its text is "` + strings.Repeat("text ", 60) + `"` + "\n",
		},
		"link": {
			func(t *fake.T, p *testkit.Plunk) { p.Mail(t).Link("reset") },
			`plunkmock: the mail "Welcome" to ada@example.com has no link to reset; it has ["verify: https://x.test/verify?t=1"]` + "\n",
		},
		"attachment": {
			func(t *fake.T, p *testkit.Plunk) { p.Mail(t).Attachment("b.txt") },
			`plunkmock: the mail "Welcome" to ada@example.com has no attachment "b.txt"; it has ["a.txt"]` + "\n",
		},
		"smtp": {
			func(t *fake.T, p *testkit.Plunk) { p.SMTPAddr(t) },
			`plunkmock: the emulator at http://plunkmock.localhost takes no mail by SMTP; testkit.Start needs the option smtp.Listen() for that, and plunkmock no --smtp off` + "\n",
		},
		"arrange": {
			func(t *fake.T, p *testkit.Plunk) {
				p.Arrange(t, testkit.Arrangement{Automations: []testkit.Automation{{Name: "A", Template: "none", Events: []string{"e"}}}})
			},
			`plunkmock: 422 Unprocessable Entity: projects[0].automations[0].template: `,
		},
		"project": {
			func(t *fake.T, p *testkit.Plunk) { p.Project(t, "my shop") },
			`testkit: "my shop" cannot be the name of a project: it takes 1 to 128 of a-z, A-Z, 0-9, _ and -, and does not begin with invalid` + "\n",
		},
		"first project": {
			func(t *fake.T, p *testkit.Plunk) { p.Project(t, "test") },
			`testkit: the project "test" is the one that Start returns; take another name` + "\n",
		},
		"fault": {
			func(t *fake.T, p *testkit.Plunk) { p.Fail(t, testkit.On("sendMail"), testkit.Status(429)) },
			`plunkmock: 422 Unprocessable Entity: operation: `,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said := fake.Run("TestFailures", func(t *fake.T) {
				p := testkit.Start(t, testkit.InMemory())
				postOne(t, p)
				c.fail(t, p)
			})
			first := said[:min(len(c.want), len(said))]
			rest := journal + "FAIL"
			if diff := cmp.Diff(c.want, first); diff != "" || !strings.HasSuffix(said, rest) {
				t.Errorf("%s\nit says:\n%s", diff, said)
			}
		})
	}
}

// postOne mails once, which must work.
func postOne(t *fake.T, p *testkit.Plunk) {
	if status, err := postWith(p.Client(), p.APIURL(), p.SecretKey()); status != http.StatusOK || err != nil {
		t.Fatalf("%d %v", status, err)
	}
}

// A test that was called with nothing, or with the key of another project, says so; much of
// the same is told in a few lines, and a refusal with its reason.
func TestFailuresOfCalls(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		calls int
		key   string
		want  string
	}{
		"none":   {0, "", "  no calls; is what is tested given http://plunkmock.localhost/v1 and sk_test?\n  no mails\n"},
		"other":  {1, "sk_other", "  no calls; is what is tested given http://plunkmock.localhost/v1 and sk_test? There are calls with sk_other.\n  no mails\n"},
		"public": {1, "pk_test", "  1 call:\n    401 POST /send\n        You attached a public key but this route may only be accessed with a secret key\n  no mails\n"},
		"malformed": {1, "test", "  no calls; but there are calls without a usable key, such as sk_test:\n    401 POST /send\n" +
			"        Your secret key could not be parsed. Secret keys start with sk_ and should be passed in the authorization header as Bearer sk_...\n  no mails\n"},
		"many": {12, "sk_test", "  12 calls, newest first:\n    200 POST /send, 12 times\n  12 mails, newest first:\n" +
			strings.Repeat("    to ada@example.com: \"Welcome\" (transactional)\n", 10) + "    and 2 more\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said := fake.Run("TestFailures", func(t *fake.T) {
				p := testkit.Start(t, testkit.InMemory())
				for range c.calls {
					if _, err := postWith(p.Client(), p.APIURL(), c.key); err != nil {
						t.Fatalf("%v", err)
					}
				}
				t.Errorf("wrong")
			})
			if want := "wrong\nplunkmock, project test:\n" + c.want + "FAIL"; said != want {
				t.Error(cmp.Diff(want, said))
			}
		})
	}
}

// Without a filter there is nothing else.
func TestNoMailAtAll(t *testing.T) {
	t.Parallel()
	said := fake.Run("TestNone", func(t *fake.T) {
		p := testkit.Start(t, testkit.InMemory())
		p.Fail(t, testkit.DropBefore())
		if _, err := postWith(p.Client(), p.APIURL(), p.SecretKey()); err == nil {
			t.Fatalf("it is not dropped")
		}
		p.Mail(t)
	})
	if !strings.HasPrefix(said, "plunkmock: There is no mail at all.\n") || !strings.Contains(said, "\n    no answer: POST /send\n        the fault ") {
		t.Error(said)
	}
}

// postWith is post for any test.
func postWith(client *http.Client, base, key string) (int, error) {
	r, err := http.NewRequest(http.MethodPost, base+"/send", strings.NewReader(welcome))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "application/json")
	response, err := client.Do(r)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

// NoMail proves also that none is yet to come.
func TestNoMailLooksAhead(t *testing.T) {
	t.Parallel()
	said := fake.Run("TestAhead", func(t *fake.T) {
		p := shared.Start(t)
		p.Arrange(t, testkit.Arrangement{
			Templates:   []testkit.Template{{Name: "Reminder", Subject: "Still there?", Body: "Hi"}},
			Automations: []testkit.Automation{{Name: "Remind", Template: "Reminder", Events: []string{"signed-up"}, Delay: 60}},
		})
		p.Track(t, "ada@example.com", "signed-up", nil)
		p.NoMail(t, testkit.To("bob@example.com"))
		p.NoMail(t, testkit.Kind("transactional"))
		if t.Failed() {
			t.Fatalf("too early")
		}
		p.NoMail(t, testkit.To("ada@example.com"))
	})
	want := "plunkmock: There should be no mail to \"ada@example.com\".\n  scheduled at 2030-01-01T01:00:00Z, until which Advance can go: "
	if !strings.HasPrefix(said, want) || !strings.HasSuffix(said, "FAIL") {
		t.Error(said)
	}
}
