package provider

import (
	"fmt"
	"net/netip"
)

// A reach says which addresses may be connected to. It is asked when the name of
// a host has been looked up, so that no name, whoever answers for it, leads where
// no request may go.
type reach struct {
	private bool // this machine and private networks
	public  bool // all others: not without TLS, which keeps key and replies to themselves
}

// An addressError is why an address is not connected to.
type addressError struct{ message string }

// Error returns the message.
func (e *addressError) Error() string { return e.message }

// Addresses that cloud machines get credentials from, beside link-local ones, and
// ranges that are no address of one server on the internet.
var (
	metadata = []netip.Addr{
		netip.MustParseAddr("fd00:ec2::254"),   // AWS
		netip.MustParseAddr("fd20:ce::254"),    // Google Cloud
		netip.MustParseAddr("100.100.100.200"), // Alibaba Cloud
		netip.MustParseAddr("192.0.0.192"),     // Oracle Cloud
		netip.MustParseAddr("168.63.129.16"),   // Azure
	}
	shared    = netip.MustParsePrefix("100.64.0.0/10") // RFC 6598
	nat64     = netip.MustParsePrefix("64:ff9b::/96")  // RFC 6052
	sixToFour = netip.MustParsePrefix("2002::/16")     // RFC 3056
)

// check returns an error for an address, HOST:PORT, that may not be connected to.
func (r reach) check(address string) error {
	port, err := netip.ParseAddrPort(address)
	if err != nil {
		return &addressError{fmt.Sprintf("%q is no address of a machine", address)}
	}
	ip := embedded(port.Addr().Unmap().WithZone(""))
	for _, m := range metadata {
		if ip == m {
			return &addressError{fmt.Sprintf("%s is where machines get credentials; no request is sent there", ip)}
		}
	}
	switch {
	case ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return &addressError{fmt.Sprintf("%s is a link-local or multicast address; no request is sent there", ip)}
	case ip.IsLoopback() || ip.IsUnspecified() || ip.IsPrivate() || shared.Contains(ip):
		if !r.private {
			return &addressError{fmt.Sprintf("%s is this machine or of a private network; the policy must say \"local: true\" of the provider", ip)}
		}
	case !r.public:
		return &addressError{fmt.Sprintf("%s is of the public internet; write https in the base URL: http is for this machine and private networks", ip)}
	}
	return nil
}

// embedded returns the IPv4 address that an IPv6 address stands for, where it
// stands for one: it is what is connected to in the end.
func embedded(ip netip.Addr) netip.Addr {
	b := ip.As16()
	switch {
	case nat64.Contains(ip):
		return netip.AddrFrom4([4]byte(b[12:16]))
	case sixToFour.Contains(ip):
		return netip.AddrFrom4([4]byte(b[2:6]))
	}
	return ip
}
