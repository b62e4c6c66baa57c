package remote_test

import (
	"context"
	"fmt"
	"time"

	"github.com/plunkmock/plunkmock/testkit/internal/fake"
	"github.com/plunkmock/plunkmock/testkit/remote"
)

// The emulator runs elsewhere, and PLUNKMOCK_URL says where.
func ExampleConnect() {
	t := fake.New() // yours is that of the test
	defer t.Done()

	plunk := remote.Connect(t)
	signUp(plunk.URL(), plunk.SecretKey(), "ada@example.com")

	fmt.Println(plunk.Mail(t, remote.To("ada@example.com"), remote.Subject("Welcome")).Code())
	// Output: 482913
}

// What is no test has a client, whose methods return errors.
func ExampleNew() {
	ctx := context.Background()
	client := remote.New(remote.Config{Key: "sk_cron"})
	if _, err := client.Send(ctx, "ada@example.com", "Report", "All is well"); err != nil {
		fmt.Println(err)
		return
	}
	messages, err := client.Wait(ctx, 1, 5*time.Second, remote.To("ada@example.com"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(messages[0].Subject)
	// Output: Report
}

// signUp is the code under test.
func signUp(url, key, email string) {
	if _, err := remote.New(remote.Config{URL: url, Key: key}).Send(context.Background(), email, "Welcome", "Your code is 482 913."); err != nil {
		panic(err)
	}
}
