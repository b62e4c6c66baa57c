// Package smtp adds Plunk's SMTP relay to the emulator of a test. It is a package of its
// own, so that package testkit links neither a listener nor a parser of foreign mail.
//
//	plunk := testkit.Start(t, smtp.Listen())
//	mailer := NewMailer(plunk.SMTPAddr(t), "plunk", plunk.SecretKey())
package smtp

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/plunkmock/plunkmock/inbox/smtp"
	"github.com/plunkmock/plunkmock/mock"
	"github.com/plunkmock/plunkmock/testkit"
)

// Listen takes mail by SMTP on a port of 127.0.0.1 that is free, which SMTPAddr of
// [testkit.Plunk] tells. The user is plunk and the password a secret key, whose project gets
// the mail; without a log-in that is the project test, which is the one of [testkit.Start].
// There is no TLS, which clients would refuse without a certificate that they trust.
func Listen() testkit.Option {
	return func(s *testkit.Setup) error {
		l, err := listen(context.Background(), "127.0.0.1:0")
		if err != nil {
			return err
		}
		at := l.Addr().String()
		s.Config.SMTP, s.Config.ReadMail = at, smtp.Read
		s.Undo = append(s.Undo, func() {
			if l != nil { // it does not serve
				_ = l.Close()
			}
		})
		s.Serve = append(s.Serve, func(ctx context.Context, server *mock.Server) (wait func() error, err error) {
			if l == nil { // it starts again
				if l, err = listen(ctx, at); err != nil {
					return nil, err
				}
			}
			relay, done := server.Relay(), make(chan error, 1)
			listener := l
			l = nil
			go func() {
				done <- smtp.Serve(ctx, listener, smtp.Config{
					Auth: relay.Login, Check: relay.Check, Refused: relay.Refused, Deliver: relay.Deliver,
					Drain: 2 * time.Second, // a client that is in the middle of a message does not hold up the end of a test
				})
			}()
			return func() error { return <-done }, nil
		})
		return nil
	}
}

func listen(ctx context.Context, address string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("smtp: %w", err)
	}
	return l, nil
}
