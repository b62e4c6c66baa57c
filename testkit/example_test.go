package testkit_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/testkit"
	"github.com/plunkmock/plunkmock/testkit/internal/fake"
)

// The code under test is given the address and the key of the emulator. Once it has called
// the API, its mail is there.
func Example() {
	t := fake.New() // yours is that of the test
	defer t.Done()

	plunk := testkit.Start(t)
	signUp(plunk.APIURL(), plunk.SecretKey(), "ada@example.com")

	mail := plunk.Mail(t, testkit.To("ada@example.com"), testkit.Subject("Welcome"))
	fmt.Println(mail.Subject)
	// Output: Welcome to the shop
}

func ExamplePlunk_Mail() {
	t := fake.New()
	defer t.Done()
	plunk := testkit.Start(t)
	signUp(plunk.APIURL(), plunk.SecretKey(), "ada@example.com")

	mail := plunk.Mail(t, testkit.To("ada@example.com"))
	fmt.Println(mail.Code())         // as one would type it
	fmt.Println(mail.Link("verify")) // or reset, unsubscribe, invite
	fmt.Println(mail.Text)
	// Output:
	// 482913
	// https://shop.example.com/verify?t=1
	// Your code is 482 913. Verify (https://shop.example.com/verify?t=1)
}

func ExamplePlunk_NoMail() {
	t := fake.New()
	defer t.Done()
	plunk := testkit.Start(t)
	signUp(plunk.APIURL(), plunk.SecretKey(), "ada@example.com")

	plunk.NoMail(t, testkit.To("bob@example.com")) // none came, and none is scheduled
	// Output:
}

// Delays of automations run on the project's clock, which only the test moves.
func ExamplePlunk_Advance() {
	t := fake.New()
	defer t.Done()
	plunk := testkit.Start(t)
	plunk.Arrange(t, testkit.Arrangement{
		Contacts:    []testkit.Contact{{Email: "ada@example.com", Data: map[string]any{"name": "Ada"}}},
		Templates:   []testkit.Template{{Name: "Reminder", Subject: "Still there, {{name}}?", Body: "Come back"}},
		Automations: []testkit.Automation{{Name: "Remind", Events: []string{"signed-up"}, Delay: 24 * 60, Template: "Reminder"}},
	})
	plunk.Track(t, "ada@example.com", "signed-up", nil) // or the code under test does

	fmt.Println(plunk.Schedule(t)[0].Due)
	for _, mail := range plunk.Advance(t, 24*time.Hour) {
		fmt.Println(mail.Subject, "from", mail.Cause.Automation.Name)
	}
	fmt.Println(plunk.Contact(t, "ada@example.com").Events[0].Name)
	// Output:
	// 2030-01-02 00:00:00 +0000 UTC
	// Still there, Ada? from Remind
	// signed-up
}

func ExamplePlunk_Fail() {
	t := fake.New()
	defer t.Done()
	plunk := testkit.Start(t)

	limit := plunk.Fail(t, testkit.On("sendEmail"), testkit.Status(429), testkit.RetryAfter(2*time.Second), testkit.Times(2))
	fmt.Println(signUp(plunk.APIURL(), plunk.SecretKey(), "ada@example.com"), "tries")

	fmt.Println(limit.Hits(), "were refused")
	plunk.Called(t, 1, testkit.Operation("sendEmail"), testkit.Answered(200))
	// Output:
	// 3 tries
	// 2 were refused
}

// The answer is lost, though the mail is sent: does the code under test send twice?
func ExampleDropAfter() {
	t := fake.New()
	defer t.Done()
	plunk := testkit.Start(t)

	plunk.Fail(t, testkit.On("sendEmail"), testkit.DropAfter(), testkit.Times(1))
	signUp(plunk.APIURL(), plunk.SecretKey(), "ada@example.com")

	fmt.Println(len(plunk.Mails(t, testkit.To("ada@example.com"))), "mails")
	// Output: 2 mails
}

func ExamplePlunk_LoadFixture() {
	t := fake.New()
	defer t.Done()
	plunk := testkit.Start(t)

	plunk.LoadFixture(t, "testdata/shop.yml") // or JSON
	for _, a := range plunk.Automations(t) {
		fmt.Printf("%s: %s after %d minutes\n", a.Name, a.Template, a.Delay)
	}
	// Output: Remind: Reminder after 1440 minutes
}

func ExamplePlunk_Called() {
	t := fake.New()
	defer t.Done()
	plunk := testkit.Start(t)
	signUp(plunk.APIURL(), plunk.SecretKey(), "ada@example.com")

	plunk.Called(t, 1, testkit.Operation("sendEmail"), testkit.BodyContains(map[string]any{"to": "ada@example.com"}))
	for _, r := range plunk.Requests(t) {
		fmt.Println(r.Status, r.Method, r.Path)
	}
	// Output: 200 POST /send
}

// WaitMail is for code that mails in the background.
func ExamplePlunk_WaitMail() {
	t := fake.New()
	defer t.Done()
	plunk := testkit.Start(t)
	go signUp(plunk.APIURL(), plunk.SecretKey(), "ada@example.com")

	mail := plunk.WaitMail(t, 5*time.Second, testkit.To("ada@example.com"))
	fmt.Println(mail.Subject)
	// Output: Welcome to the shop
}

// Code whose address is fixed is reached by its client.
func ExamplePlunk_Client() {
	t := fake.New()
	defer t.Done()
	plunk := testkit.Start(t)
	client := plunk.Client() // for the code under test

	response, err := client.Get("https://api.useplunk.com/healthz")
	if err != nil {
		t.Fatalf("%v", err)
	}
	defer response.Body.Close()
	fmt.Println(response.Status)
	// Output: 200 OK
}

// The emulator can stand behind a server of yours.
func ExamplePlunk_Handler() {
	t := fake.New()
	defer t.Done()
	plunk := testkit.Start(t, testkit.InMemory())
	server := httptest.NewServer(plunk.Handler())
	defer server.Close()

	signUp(server.URL+"/v1", plunk.SecretKey(), "ada@example.com")
	fmt.Println(plunk.Mail(t).Subject)
	// Output: Welcome to the shop
}

func ExamplePlunk_Project() {
	t := fake.New()
	defer t.Done()
	plunk := testkit.Start(t)
	billing := plunk.Project(t, "billing")

	signUp(plunk.APIURL(), billing.SecretKey(), "ada@example.com")
	billing.Mail(t, testkit.To("ada@example.com"))
	plunk.NoMail(t)
	fmt.Println(billing.SecretKey())
	// Output: sk_billing
}

func ExamplePlunk_Snapshot() {
	t := fake.New()
	defer t.Done()
	plunk := testkit.Start(t)
	signUp(plunk.APIURL(), plunk.SecretKey(), "ada@example.com")

	before := plunk.Snapshot(t)
	plunk.Reset(t)
	plunk.NoMail(t)
	plunk.Restore(t, before)
	plunk.Mail(t, testkit.To("ada@example.com"))
	// Output:
}

// Clients see what they see when a service is deployed anew.
func ExamplePlunk_Restart() {
	t := fake.New()
	defer t.Done()
	plunk := testkit.Start(t)
	signUp(plunk.APIURL(), plunk.SecretKey(), "ada@example.com")

	plunk.Restart(t)
	signUp(plunk.APIURL(), plunk.SecretKey(), "ada@example.com")
	fmt.Println(len(plunk.Mails(t)), "mails")
	// Output: 2 mails
}

// A package shares a server, and each of its tests has a project of its own.
func ExampleShared() {
	server := testkit.Shared() // in a variable of the package; TestMain closes it
	defer server.Close()

	t := fake.New()
	defer t.Done()
	plunk := server.Start(t)
	signUp(plunk.APIURL(), plunk.SecretKey(), "ada@example.com")
	plunk.Mail(t, testkit.To("ada@example.com"))
	// Output:
}

// signUp is the code under test: it mails, and tries again while it is told to.
func signUp(api, key, email string) (tries int) { //nolint:unparam // it shows what is mailed
	for tries = 1; tries < 5; tries++ {
		r, err := http.NewRequest(http.MethodPost, api+"/send", strings.NewReader(`{"to": `+strconv.Quote(email)+`, "subject": "Welcome to the shop",
			"body": "<p>Your code is 482 913. <a href='https://shop.example.com/verify?t=1'>Verify</a></p>"}`))
		if err != nil {
			panic(err)
		}
		r.Header.Set("Authorization", "Bearer "+key)
		r.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			continue
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusTooManyRequests {
			break
		}
	}
	return tries
}
