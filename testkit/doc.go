// Package testkit is plunkmock inside a Go test: a real HTTP server on a port of its own,
// with a private project, a clock that only the test moves, and all that was mailed at hand.
//
//	func TestSignUp(t *testing.T) {
//		plunk := testkit.Start(t)
//		app := NewApp(plunk.SDKURL(), plunk.SecretKey())
//
//		app.SignUp("ada@example.com")
//
//		mail := plunk.Mail(t, testkit.To("ada@example.com"), testkit.Subject("Welcome"))
//		app.Verify(mail.Code())
//	}
//
// A call of the API has done all that it does by the time it returns, so that nothing waits
// or polls. Mail of an automation's delay comes when the test says [remote.Plunk.Advance].
// A test that fails shows what was called and mailed.
//
// Most methods of [Plunk] are those of [remote.Plunk], which speaks to an emulator in
// another process: a test can change from one to the other.
package testkit
