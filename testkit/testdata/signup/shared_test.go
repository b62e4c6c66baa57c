package signup_test

import (
	"os"
	"testing"

	"example.com/signup"
	"github.com/plunkmock/plunkmock/testkit"
)

var plunkmock = testkit.Shared()

func TestMain(m *testing.M) {
	code := m.Run()
	plunkmock.Close()
	os.Exit(code)
}

func TestSignUpOfTwo(t *testing.T) {
	t.Parallel()
	plunk := plunkmock.Start(t) // a project of its own
	app := signup.New(plunk.APIURL(), plunk.SecretKey())

	for _, email := range []string{"ada@example.com", "bob@example.com"} {
		if err := app.SignUp(t.Context(), email); err != nil {
			t.Error(err)
		}
		plunk.Mail(t, testkit.To(email))
	}
}
