package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// healthcheck asks a running server whether it is well: the health check of a
// container that has no shell.
func healthcheck(ctx context.Context, args []string, getenv func(string) string) error {
	s, err := readSettings(args, getenv)
	if err != nil {
		return err
	}
	host, port, _ := net.SplitHostPort(s.http) // strict has seen it
	if port == "0" {
		return usage(errors.New("healthcheck needs the port that the server has, and 0 is none; say it with --port"))
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1" // listening everywhere, it listens here
	}
	if err := ask(ctx, "http://"+net.JoinHostPort(host, port)); err != nil {
		return &failure{exitRuntime, err, "--http and --port, or PLUNKMOCK_HTTP and PLUNKMOCK_PORT, say where to ask."}
	}
	return nil
}

// ask asks the server at an address, by way of no proxy.
func ask(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/healthz", nil)
	if err != nil {
		return err
	}
	response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request)
	if err != nil {
		return fmt.Errorf("no server answers at %s: %w", address, err)
	}
	switch {
	case response.Header.Get("X-Plunkmock") == "":
		err = fmt.Errorf("what answers at %s is not plunkmock", address)
	case response.StatusCode != http.StatusOK:
		err = fmt.Errorf("%s answered %s", request.URL, response.Status)
	}
	return errors.Join(err, response.Body.Close())
}
