package main

import (
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"slices"

	"github.com/plunkmock/plunkmock/testkit/remote"
)

// What a test mail is, where nobody says.
const (
	testSubject = "A test mail"
	testBody    = `<p>Hi, your code is 482 913.</p><p><a href="https://example.com/verify?token=test">Verify your address</a></p>`
)

// sendFlags declares the flags of send.
func sendFlags(f *flag.FlagSet) action {
	var to []string
	f.Func("to", "`address` that the mail goes to; repeatable", func(address string) error {
		to = append(to, address)
		return nil
	})
	subject := f.String("subject", testSubject, "`text` of the subject")
	body := f.String("body", testBody, "`text` of the mail, HTML or plain; - reads it from stdin")
	from := f.String("from", "", "`address` that it comes from (default the project's)")
	name := f.String("name", "", "`name` that it comes from (default the project's)")
	reply := f.String("reply", "", "`address` that answers go to")
	return func(ctx context.Context, s *session, args []string) error {
		if len(args) > 0 {
			return s.command.misused("send takes flags alone, and %q is none; such as --to ada@example.com", args[0])
		}
		if len(to) == 0 {
			return s.command.misused("send needs --to: who gets the mail, such as --to ada@example.com")
		}
		in := map[string]any{"to": to, "subject": *subject, "body": *body}
		if *body == "-" {
			text, err := s.input("-")
			if err != nil {
				return err
			}
			in["body"] = string(text)
		}
		for field, value := range map[string]string{"from": *from, "name": *name, "reply": *reply} {
			if value != "" {
				in[field] = value
			}
		}
		return send(ctx, s, in)
	}
}

func send(ctx context.Context, s *session, in map[string]any) error {
	var out remote.Sent
	if err := s.ask(ctx, http.MethodPost, "/v1/send", nil, in, &out); err != nil || s.json {
		return err
	}
	for _, mail := range out.Emails {
		if err := s.say("Sent %s to %s", mail.Email, mail.Contact.Email); err != nil {
			return err
		}
	}
	return nil
}

// trackFlags declares the flags of track.
func trackFlags(f *flag.FlagSet) action {
	data := f.String("data", "", "`JSON` object of what is known of the contact")
	return func(ctx context.Context, s *session, args []string) error {
		if len(args) != 2 || slices.Contains(args, "") {
			return s.command.misused("track needs an address and the name of an event: plunkmock track ada@example.com signed-up")
		}
		in := map[string]any{"email": args[0], "event": args[1]}
		if *data != "" {
			var object map[string]json.RawMessage
			if err := json.Unmarshal([]byte(*data), &object); err != nil || object == nil {
				return s.command.misused("invalid value %q for --data: must be a JSON object such as {\"plan\": \"pro\"}", *data)
			}
			in["data"] = object
		}
		if err := s.ask(ctx, http.MethodPost, "/v1/track", nil, in, nil); err != nil || s.json {
			return err
		}
		return s.say("Tracked %s of %s", args[1], args[0])
	}
}
