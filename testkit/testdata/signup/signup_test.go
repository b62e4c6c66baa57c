package signup_test

import (
	"testing"

	"example.com/signup"
	"github.com/plunkmock/plunkmock/testkit"
)

func TestSignUp(t *testing.T) {
	plunk := testkit.Start(t)
	app := signup.New(plunk.APIURL(), plunk.SecretKey())

	if err := app.SignUp(t.Context(), "ada@example.com"); err != nil {
		t.Error(err)
	}

	mail := plunk.Mail(t, testkit.To("ada@example.com"), testkit.Subject("Welcome"))
	if !app.Verify("ada@example.com", mail.Code()) {
		t.Errorf("the code %s is refused", mail.Code())
	}
	plunk.NoMail(t, testkit.To("bob@example.com"))
}

func TestSignUpTriesAgain(t *testing.T) {
	plunk := testkit.Start(t)
	outage := plunk.Fail(t, testkit.On("sendEmail"), testkit.Status(503), testkit.Times(1))
	app := signup.New(plunk.APIURL(), plunk.SecretKey())

	if err := app.SignUp(t.Context(), "ada@example.com"); err != nil || outage.Hits() != 1 {
		t.Errorf("after %d failures: %v", outage.Hits(), err)
	}
	plunk.Called(t, 2, testkit.Operation("sendEmail"))
}
