package remote

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Bounds of [Client.WaitReady].
const (
	readyEvery = 50 * time.Millisecond // how long until it asks again
	readyTry   = 2 * time.Second       // how long it waits for one answer
)

// errNotReady is the error of a server that starts, or stops.
var errNotReady = errors.New("remote: what answers is not ready")

// Ready asks the server once whether it takes calls.
func (c *Client) Ready(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("remote: %w", err)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return fmt.Errorf("%w at %s: %w", ErrNoServer, c.url, err)
	}
	defer response.Body.Close() //nolint:errcheck // nothing is read
	switch response.StatusCode {
	case http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusGatewayTimeout: // of a proxy before it, too
		return fmt.Errorf("%w: %s answers %s", errNotReady, c.url, response.Status)
	}
	return checkVersion(response, c.url)
}

// WaitReady asks until the server takes calls, or ctx ends: then the error is the last
// answer's. What answers and is no plunkmock, or of another version ([ErrVersion]), is no
// reason to wait on.
func (c *Client) WaitReady(ctx context.Context) error {
	ticker := time.NewTicker(readyEvery)
	defer ticker.Stop()
	var last error
	for {
		try, cancel := context.WithTimeout(ctx, readyTry)
		err := c.Ready(try)
		cancel()
		if err == nil || errors.Is(err, ErrVersion) {
			return err
		}
		if last == nil || ctx.Err() == nil { // not that the time was over
			last = err
		}
		select {
		case <-ctx.Done():
			return last
		case <-ticker.C:
		}
	}
}
