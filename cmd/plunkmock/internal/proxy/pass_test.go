package proxy_test

import (
	"net/netip"
	"testing"

	"github.com/plunkmock/plunkmock/cmd/plunkmock/internal/proxy"
)

func TestPass(t *testing.T) {
	t.Parallel()
	var p proxy.Pass
	for _, text := range []string{"Api.Example.com.,localhost:3000", "[::1]:8080", "0:0:0:0:0:0:0:2"} {
		if err := p.Set(text); err != nil {
			t.Fatal(text, err)
		}
	}
	if got, want := p.String(), "api.example.com,localhost:3000,[::1]:8080,::2"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, c := range []struct {
		host, port string
		want       bool
	}{
		{"api.example.com", "443", true},
		{"api.example.com", "80", true},
		{"api.example.com", "22", false},
		{"x.api.example.com", "443", false},
		{"example.com", "443", false},
		{"localhost", "3000", true},
		{"localhost", "443", false},
		{"::1", "8080", true},
		{"::2", "443", true},
	} {
		if got := p.Allows(c.host, c.port); got != c.want {
			t.Errorf("%s:%s: %t", c.host, c.port, got)
		}
	}
	if err := p.Set("*"); err != nil || !p.Allows("anything.test", "443") || p.Allows("anything.test", "22") {
		t.Error("* is not all of the web", err)
	}
	before := p.String()
	for _, text := range []string{"", "a,", "a b", "https://a", "a/b", "*.a.test", "a:0", "a:70000", "a:b", "0x7f.1", "127.1", ".a", "a..b", "a,*,-:"} {
		if err := p.Set(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
	if p.String() != before {
		t.Errorf("what was refused has changed %s to %s", before, p.String())
	}
}

func TestPublic(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"1.1.1.1": true, "2606:4700::1": true, "172.32.0.1": true,
		"127.0.0.1": false, "127.9.9.9": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false,
		"100.64.0.1": false, "0.0.0.0": false, "0.1.2.3": false, "224.0.0.1": false, "255.255.255.255": false, "240.0.0.1": false, "198.18.0.1": false,
		"::": false, "::1": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd00:ec2::254": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::127.0.0.1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false,
	} {
		if got := proxy.Public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %t", address, got)
		}
	}
}
