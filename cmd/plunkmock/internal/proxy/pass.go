package proxy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Pass is what a proxy passes on: hosts at the ports 80 and 443, hosts at one
// port, or "*" for all of the internet at 80 and 443. The last does not take in
// what only this machine and its neighbours reach: that must be named. The zero
// Pass passes nothing.
type Pass struct {
	any   bool
	named []destination // with the port "" for 80 and 443
}

// destination is where a client wants to go.
type destination struct{ host, port string }

// errDestination is what [parseDestination] refuses.
var errDestination = errors.New("must be a host, such as api.example.com or localhost:3000")

// parseDestination reads a host and a port. Without a port it has the given one;
// where that is "" too, it is an error.
func parseDestination(text, port string) (destination, error) {
	host := text
	if h, p, err := net.SplitHostPort(text); err == nil {
		host, port = h, p
	} else {
		host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return destination{}, errDestination
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if ip, err := netip.ParseAddr(host); err == nil {
		host = ip.String() // which has several forms
	} else if !isName(host) {
		return destination{}, errDestination
	}
	return destination{host, strconv.FormatUint(n, 10)}, nil
}

// isName tells whether a text looks like the name of a host. Numbers that some
// resolvers take for addresses, such as 2130706433 and 0x7f.1, do not.
func isName(host string) bool {
	var label string
	for label = range strings.SplitSeq(host, ".") {
		if label == "" || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return len(host) < 254 && (label[0] < '0' || label[0] > '9')
}

// Set adds what a text names, with commas between: it makes Pass a flag.
func (p *Pass) Set(text string) error {
	next := *p
	next.named = slices.Clone(p.named)
	for one := range strings.SplitSeq(text, ",") {
		if one == "*" {
			next.any = true
			continue
		}
		_, _, err := net.SplitHostPort(one)
		d, wrong := parseDestination(one, portOfHTTPS)
		if wrong != nil {
			return wrong
		}
		if err != nil {
			d.port = "" // none was named
		}
		next.named = append(next.named, d)
	}
	*p = next
	return nil
}

// String is what Set takes.
func (p *Pass) String() string {
	if p == nil {
		return ""
	}
	var all []string
	if p.any {
		all = append(all, "*")
	}
	for _, d := range p.named {
		if d.port != "" {
			d.host = net.JoinHostPort(d.host, d.port)
		}
		all = append(all, d.host)
	}
	return strings.Join(all, ",")
}

// Allows tells whether a destination may be passed on to. Where it leads is
// seen when it is dialled.
func (p *Pass) Allows(host, port string) bool {
	return p.names(host, port) || p.any && isWeb(port)
}

func isWeb(port string) bool { return port == portOfHTTP || port == portOfHTTPS }

// names tells whether a destination was named.
func (p *Pass) names(host, port string) bool {
	return slices.ContainsFunc(p.named, func(d destination) bool {
		return d.host == host && (d.port == port || d.port == "" && isWeb(port))
	})
}

// errPrivate is why a destination is not dialled that a * alone lets through.
var errPrivate = errors.New("leads to an address that is not public, which --proxy-pass * does not take in; name the host to allow it")

// dial opens a connection to an address that is allowed. An address that is not
// public must have been named: it is looked at after the name was resolved, so
// that no name can be made to lead there.
func (p *Pass) dial(ctx context.Context, address string) (net.Conn, error) {
	d, err := parseDestination(address, "")
	if err != nil {
		return nil, err
	}
	named := p.names(d.host, d.port)
	dialer := net.Dialer{Timeout: dialTime, Control: func(_, resolved string, _ syscall.RawConn) error {
		if at, err := netip.ParseAddrPort(resolved); !named && (err != nil || !Public(at.Addr())) {
			return errPrivate
		}
		return nil
	}}
	return dialer.DialContext(ctx, "tcp", net.JoinHostPort(d.host, d.port))
}

// Public tells whether an address is one of the internet: not of this machine,
// of its network, of a use that is special, or of a gateway that translates to one.
func Public(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsGlobalUnicast() && !a.IsPrivate() && a.Zone() == "" &&
		!slices.ContainsFunc(special(), func(block netip.Prefix) bool { return block.Contains(a) })
}

// special is what [netip.Addr] takes for global and is not.
func special() []netip.Prefix {
	var blocks []netip.Prefix
	for _, block := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:db8::/32", "2002::/16", "fec0::/10",
	} {
		blocks = append(blocks, netip.MustParsePrefix(block))
	}
	return blocks
}

// unreachable answers for a destination that could not be dialled.
func unreachable(w http.ResponseWriter, where string, err error) {
	if errors.Is(err, errPrivate) {
		say(w, http.StatusForbidden, "%s %v.", where, errPrivate)
		return
	}
	say(w, http.StatusBadGateway, "plunkmock could not pass this on to %s: %s.", where, fmt.Sprint(err))
}
