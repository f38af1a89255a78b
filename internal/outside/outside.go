// Package outside asks whether addresses on the internet answer. Addresses that staff write could point
// anywhere, so it connects to public addresses only: never to this machine, its network or a cloud's
// metadata service, wherever a name or a redirect leads.
package outside

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// Answer is what an address said.
type Answer int

const (
	Answers Answer = iota
	Gone           // its server says that there is no such page, or has moved it nowhere
	Silent         // nothing answered in time, or nothing that can be understood
	Refused        // it is not a public address, and was not asked
)

// Client asks addresses. The zero Client is ready for use.
type Client struct {
	// Transport carries the requests; nil: one that reaches public addresses only.
	Transport http.RoundTripper
}

// timeout is how long an address may take; redirects are within it.
const timeout = 6 * time.Second

// maxRedirects is how often an address may lead on.
const maxRedirects = 5

var errNotPublic = errors.New("not a public address")

// transport reaches public addresses only. The check is made of the address that is dialled, after names
// are resolved, so that a name cannot change its mind in between.
var transport http.RoundTripper = &http.Transport{
	DialContext: (&net.Dialer{
		Timeout: timeout,
		Control: func(_, address string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err != nil || !public(to.Addr()) || to.Port() != 80 && to.Port() != 443 {
				return errNotPublic
			}
			return nil
		},
	}).DialContext,
	DisableKeepAlives:   true,
	TLSHandshakeTimeout: timeout,
}

// shared lists ranges that netip does not know as private. Source:
// https://www.iana.org/assignments/iana-ipv4-special-registry/
var shared = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	// IPv6 addresses that carry an IPv4 address.
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001::/32"),
	netip.MustParsePrefix("2001:db8::/32"),
}

func public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.Zone() != "" {
		return false
	}
	for _, p := range shared {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// Ask asks one address for its page and reads nothing of it.
func (c Client) Ask(ctx context.Context, address string) Answer {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return Refused
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	client := http.Client{Transport: c.Transport, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects {
			return errors.New("too many redirects")
		}
		return nil
	}}
	if client.Transport == nil {
		client.Transport = transport
	}
	status, err := ask(ctx, &client, http.MethodHead, address)
	if err == nil && status >= 400 {
		status, err = ask(ctx, &client, http.MethodGet, address) // some servers know no HEAD
	}
	switch {
	case errors.Is(err, errNotPublic):
		return Refused
	case err != nil || status >= 500:
		return Silent
	case status == http.StatusNotFound || status == http.StatusGone:
		return Gone
	}
	return Answers // what wants a login, or is tired of robots, is there
}

func ask(ctx context.Context, client *http.Client, method, address string) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return 0, fmt.Errorf("ask an address: %w", err)
	}
	req.Header.Set("User-Agent", "Ippo (link check)")
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, 1) // the answer is its status; the rest is left
	return resp.StatusCode, nil
}
