// Package signup is a small service that mails by Plunk's API, as an example of what a
// testkit tests.
package signup

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
)

// Service signs people up.
type Service struct {
	api, key string

	mu    sync.Mutex
	codes map[string]string // by address
}

// New returns a service that mails by the API at a base such as https://api.useplunk.com/v1.
func New(api, key string) *Service { return &Service{api: api, key: key, codes: map[string]string{}} }

// SignUp mails a code, and tries once more when the API is unavailable.
func (s *Service) SignUp(ctx context.Context, email string) error {
	code := fmt.Sprintf("%06d", 482913) // a real one would be random
	s.mu.Lock()
	s.codes[email] = code
	s.mu.Unlock()
	body, err := json.Marshal(map[string]string{
		"to": email, "subject": "Welcome to the shop",
		"body": "<p>Your code is " + code + `. Or <a href="https://shop.example.com/verify?code=` + code + `">verify your address</a>.</p>`,
	})
	if err != nil {
		return err
	}
	status := 0
	for range 2 {
		if status, err = s.post(ctx, "/send", body); err != nil || status < http.StatusInternalServerError {
			break
		}
	}
	if err == nil && status != http.StatusOK {
		return fmt.Errorf("the mail was refused: %s", http.StatusText(status))
	}
	return err
}

// Verify tells whether a code is the one that was mailed.
func (s *Service) Verify(email, code string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return code != "" && s.codes[email] == code
}

func (s *Service) post(ctx context.Context, path string, body []byte) (status int, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.api+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Authorization", "Bearer "+s.key)
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}
