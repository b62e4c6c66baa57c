package testkit

import (
	"time"

	"github.com/plunkmock/plunkmock/testkit/remote"
)

// A FaultOption says a part of a rule: which calls it strikes, how often, or what their
// client sees. What the client sees is added to the last step of the rule; [Then] begins
// the next. Nothing is said twice of a rule or of a step. A nil FaultOption says nothing.
type FaultOption = remote.FaultOption

// Fault is a rule that was made for a test.
type Fault = remote.Fault

// On strikes calls of these operations alone, such as sendEmail or trackEvent; smtp is
// mail by SMTP.
func On(operations ...string) FaultOption { return remote.On(operations...) }

// Path strikes calls of such a path alone, without its mount: /contacts/*.
func Path(glob string) FaultOption { return remote.Path(glob) }

// Method strikes calls of a method alone.
func Method(method string) FaultOption { return remote.Method(method) }

// Email strikes calls with such a recipient or contact alone: *@example.com.
func Email(glob string) FaultOption { return remote.Email(glob) }

// Stage is where a session of SMTP is struck: connect, MAIL, RCPT, DATA or after DATA,
// which is meant without it.
func Stage(stage string) FaultOption { return remote.Stage(stage) }

// Share strikes a share of the calls that match, from 0 to 1; with a seed always the same
// ones.
func Share(share float64) FaultOption { return remote.Share(share) }

// Skip lets the first n calls that match go.
func Skip(n int) FaultOption { return remote.Skip(n) }

// Times ends the rule after n strikes.
func Times(n int) FaultOption { return remote.Times(n) }

// Expires ends the rule after a time on the project's clock.
func Expires(d time.Duration) FaultOption { return remote.Expires(d) }

// Status answers with an error: 401, 422, 429, or any from 400 to 599.
func Status(status int) FaultOption { return remote.Status(status) }

// Reply refuses mail by SMTP with a code and an enhanced code, such as 450 and 4.2.0; "" is
// the usual one.
func Reply(code int, enhanced string) FaultOption { return remote.Reply(code, enhanced) }

// Text is what the error says.
func Text(message string) FaultOption { return remote.Text(message) }

// RetryAfter is the header of that name, in whole seconds.
func RetryAfter(d time.Duration) FaultOption { return remote.RetryAfter(d) }

// ResponseHeader adds a header to the answer.
func ResponseHeader(name, value string) FaultOption { return remote.ResponseHeader(name, value) }

// Delay waits before anything else, in real time.
func Delay(d time.Duration) FaultOption { return remote.Delay(d) }

// DelayBetween waits for a time between two, all with the same chance.
func DelayBetween(shortest, longest time.Duration) FaultOption {
	return remote.DelayBetween(shortest, longest)
}

// DropBefore resets the connection before anything has happened.
func DropBefore() FaultOption { return remote.DropBefore() }

// DropAfter carries the call out, and then resets the connection: the case that makes
// clients send twice.
func DropAfter() FaultOption { return remote.DropAfter() }

// Truncate ends the connection after n bytes of the answer's body.
func Truncate(n int) FaultOption { return remote.Truncate(n) }

// Body answers with another body.
func Body(body string) FaultOption { return remote.Body(body) }

// ContentType is that of [Body].
func ContentType(value string) FaultOption { return remote.ContentType(value) }

// Dribble sends the body at so many bytes a second.
func Dribble(bytesPerSecond int) FaultOption { return remote.Dribble(bytesPerSecond) }

// RateLimit lets so many calls through in a time, on the project's clock, and burst at
// once; burst 0 means as many as n. Others are a 429.
func RateLimit(n int, per time.Duration, burst int) FaultOption {
	return remote.RateLimit(n, per, burst)
}

// Pass is the real answer: a step that strikes and does nothing.
func Pass() FaultOption { return remote.Pass() }

// Then begins the next step. Steps are used once each, in order, and the last one repeats.
func Then() FaultOption { return remote.Then() }
