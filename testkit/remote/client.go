package remote

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// DefaultURL is where an emulator listens that no one has told anything else.
const DefaultURL = "http://localhost:4580"

// version is what this client speaks: the version of the server without its last number,
// which changes nothing that a client sees.
const version = "0.1"

// Config says which server and which project. The zero Config is the project test of the
// server at PLUNKMOCK_URL or, without that, at [DefaultURL].
type Config struct {
	URL  string       // of the server, without a path; "" means PLUNKMOCK_URL, or DefaultURL
	Key  string       // the secret key of the project, such as sk_test, which is meant by ""
	HTTP *http.Client // nil means http.DefaultClient; redirects are not followed, which would give the key to others
}

// Client speaks to a project of a running emulator. It is safe for concurrent use.
type Client struct {
	url  string
	key  string
	http *http.Client
}

// New returns a client. Nothing is sent until one of its methods is called.
func New(c Config) *Client {
	own := *cmp.Or(c.HTTP, http.DefaultClient)
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{
		url:  strings.TrimRight(cmp.Or(c.URL, os.Getenv("PLUNKMOCK_URL"), DefaultURL), "/"),
		key:  cmp.Or(c.Key, "sk_test"),
		http: &own,
	}
}

// URL returns the address of the server, without a path.
func (c *Client) URL() string { return c.url }

// Key returns the secret key.
func (c *Client) Key() string { return c.key }

// PublicKey returns the key for events alone: that of a project which no one has declared
// with keys of its own; [Client.Projects] tells those of any.
func (c *Client) PublicKey() string { return "pk_" + c.Project() }

// SDKURL returns what the official SDK takes as its baseUrl: with /v1/, and a slash at the
// end, without which it would leave the path out.
func (c *Client) SDKURL() string { return c.url + "/v1/" }

// APIURL returns the base of the paths in Plunk's document: https://api.useplunk.com/v1 is
// the real one.
func (c *Client) APIURL() string { return c.url + "/v1" }

// Project returns the name of the project, which is what follows sk_ in its key.
func (c *Client) Project() string { return strings.TrimPrefix(c.key, "sk_") }

// Error is an answer of the server that is none of those asked for.
type Error struct {
	Status  int    // 401, 404, 409, 422, …
	Message string // what was wrong, and what would be right
	Body    []byte // the answer as it came: the API's error as JSON
}

// Error returns the message with its status.
func (e *Error) Error() string {
	return fmt.Sprintf("%d %s: %s", e.Status, http.StatusText(e.Status), e.Message)
}

// ErrNoServer is the error when nothing answers at the URL.
var ErrNoServer = errors.New("remote: no plunkmock answers")

// ErrVersion is the error of a server that speaks another version of the control API.
var ErrVersion = errors.New("remote: the server is of another version")

// maxAnswer is how many bytes of an answer are read.
const maxAnswer = 1 << 30

// one makes a call about one of a list. Without an ID it would be about the whole list, which
// is not what was meant.
func (c *Client) one(ctx context.Context, method, list, id, part string, query url.Values, out any) error {
	if id == "" {
		return fmt.Errorf("remote: %s %s: the ID must be that of one, not \"\"", method, list)
	}
	return c.Do(ctx, method, list+url.PathEscape(id)+part, query, nil, out)
}

// YAML is a body that is sent as YAML: a fixture.
type YAML []byte

// Do makes a call of the control API, or of Plunk's when path begins with /v1: path is as
// /inbox/messages, in is sent as JSON unless it is nil or [YAML], and the answer is decoded into out
// unless that is nil; a *[]byte takes it as it is. The error is an [Error] for an answer
// of 400 and more.
func (c *Client) Do(ctx context.Context, method, path string, query url.Values, in, out any) error {
	body, err := c.do(ctx, method, path, query, in)
	if err != nil {
		return err
	}
	switch out := out.(type) {
	case nil:
		return nil
	case *[]byte:
		*out = body
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("remote: %s %s: the answer is not what was expected: %w", method, path, err)
	}
	return nil
}

func (c *Client) do(ctx context.Context, method, path string, query url.Values, in any) ([]byte, error) {
	request, err := c.request(ctx, method, path, query, in)
	if err != nil {
		return nil, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("%w at %s: %w", ErrNoServer, c.url, err)
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	if err := checkVersion(response, c.url); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("remote: %s %s: %w", method, path, err)
	}
	if response.StatusCode < http.StatusBadRequest {
		return body, nil
	}
	failed := &Error{Status: response.StatusCode, Body: body}
	var shape struct{ Message string }
	if json.Unmarshal(body, &shape) == nil {
		failed.Message = shape.Message
	}
	return nil, failed
}

func (c *Client) request(ctx context.Context, method, path string, query url.Values, in any) (*http.Request, error) {
	var body io.Reader
	contentType := "application/json"
	if yaml, ok := in.(YAML); ok {
		body, contentType = bytes.NewReader(yaml), "application/yaml"
	} else if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("remote: %s %s: %w", method, path, err)
		}
		body = bytes.NewReader(data)
	}
	address, err := c.address(path, query)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, fmt.Errorf("remote: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+c.key)
	if body != nil {
		request.Header.Set("Content-Type", contentType)
	}
	return request, nil
}

// address returns that of a call.
func (c *Client) address(path string, query url.Values) (string, error) {
	server, err := url.Parse(c.url)
	if err == nil && (server.Host == "" || server.Scheme != "http" && server.Scheme != "https" || server.Path != "") {
		err = errors.New("it is no address of http or https, or has a path")
	}
	if err != nil {
		return "", fmt.Errorf("remote: the server's address (Config.URL, or PLUNKMOCK_URL) must be as %s, not %s: %w", DefaultURL, c.url, err)
	}
	if !strings.HasPrefix(path, "/v1/") {
		path = "/_mock" + path
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return c.url + path, nil
}

// checkVersion tells whether an answer is that of a server which this client can speak to.
func checkVersion(response *http.Response, address string) error {
	got, elsewhere := response.Header.Get("X-Plunkmock"), response.Header.Get("Location")
	switch {
	case got == "" && elsewhere != "":
		return fmt.Errorf("%w: what answers at %s is no plunkmock, and leads to %s; take the address of plunkmock itself", ErrVersion, address, elsewhere)
	case got == "":
		return fmt.Errorf("%w: what answers at %s is no plunkmock, for it sends no X-Plunkmock header", ErrVersion, address)
	case got != version && !strings.HasPrefix(got, version+"."):
		return fmt.Errorf("%w: plunkmock %s answers at %s, and this client speaks %s; take the client and the server of one version", ErrVersion, got, address, version)
	}
	return nil
}

// Info is what a server says of itself.
type Info struct {
	Version  string
	HTTP     string
	HTTPS    string // "" when it does not serve HTTPS
	Proxy    string // "" when it is no proxy
	SMTP     string // "" when it takes no mail by SMTP
	SMTPS    string
	Projects int
}

// Info asks the server what it is.
func (c *Client) Info(ctx context.Context) (info Info, err error) {
	err = c.Do(ctx, http.MethodGet, "/", nil, nil, &info)
	return info, err
}

// Env returns the variables for a program that is to use the emulator, as NAME=value.
func (c *Client) Env() []string {
	return []string{
		"PLUNK_API_URL=" + c.APIURL(), "PLUNK_BASE_URL=" + c.SDKURL(), "PLUNK_SECRET_KEY=" + c.Key(), "PLUNK_PUBLIC_KEY=" + c.PublicKey(),
		"PLUNKMOCK_URL=" + c.URL(),
	}
}
