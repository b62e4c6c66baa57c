// Package remote is plunkmock for tests that do not run it themselves: the client of
// an emulator that listens somewhere, in a container of the CI job or on the desk.
//
// [Connect] gives a test a project of its own on the server at PLUNKMOCK_URL, which is
// deleted when the test is over, so that tests run side by side. [New] makes a [Client]
// for what is no test: its methods return errors.
//
//	p := remote.Connect(t)
//	signUp(p.URL(), p.SecretKey(), "ada@example.com") // the code under test
//	code := p.Mail(t, remote.To("ada@example.com")).Code()
//
// It links none of the emulator: the standard library is all it needs. A test in Go that
// wants the emulator in its own process takes package testkit, whose methods are these.
package remote
