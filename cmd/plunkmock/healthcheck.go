package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// healthcheck asks a running server whether it is well: the health check of a
// container that has no shell.
func healthcheck(ctx context.Context, args []string, getenv func(string) string, stderr io.Writer) error {
	s, err := readSettings(args, getenv)
	if errors.Is(err, flag.ErrHelp) {
		return help(nil, stderr)
	}
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(s.http)
	if err != nil {
		return usage(err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1" // listening everywhere, it listens here
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %s", request.URL, response.Status)
	}
	return errors.Join(err, response.Body.Close())
}
