package policy

import (
	"crypto/rsa"
	"fmt"

	"golang.org/x/crypto/ssh"
)

// ByFingerprint returns who has a key with a fingerprint, "SHA256:" and 43
// characters as ssh-keygen -l prints it, whether it is good or not, and the key;
// nil for nobody.
func (p *People) ByFingerprint(sum string) (*Person, Key) {
	for i := range p.List {
		for _, k := range p.List[i].Keys {
			if ssh.FingerprintSHA256(k.Public) == sum {
				return &p.List[i], k
			}
		}
	}
	return nil, Key{}
}

// weak says why signatures by a key prove nothing; "" where they do.
func weak(public ssh.PublicKey) string {
	if public.Type() == "ssh-dss" {
		return "of DSA, which can be forged"
	}
	if c, is := public.(ssh.CryptoPublicKey); is {
		if key, is := c.CryptoPublicKey().(*rsa.PublicKey); is && key.N.BitLen() < minRSA {
			return fmt.Sprintf("of RSA with %d bits, and with fewer than %d it can be forged", key.N.BitLen(), minRSA)
		}
	}
	return ""
}

// minRSA is the least number of bits of an RSA key, by NIST SP 800-131A.
const minRSA = 2048
