package check

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

// VerifySignature holds a text against an armoured SSH signature and returns the
// key that made it. Whose key it is, is not looked at. The format is PROTOCOL.sshsig
// of OpenSSH.
func VerifySignature(text, armoured []byte, namespace string) (ssh.PublicKey, error) {
	if len(armoured) > maxSignature {
		return nil, fmt.Errorf("the signature has more than %d bytes", maxSignature)
	}
	blob, ok := unarmour(armoured)
	if !ok {
		return nil, errors.New("it is no SSH signature")
	}
	sig, err := sshsig.ParseSignature(blob)
	if err != nil {
		return nil, errors.New("it is no SSH signature, or one of RSA with SHA-1, which can be forged")
	}
	if sig.Namespace != namespace {
		return nil, fmt.Errorf("it was made for %q, not for %q", sig.Namespace, namespace)
	}
	if err := sshsig.Verify(bytes.NewReader(text), sig, sig.PublicKey, sig.HashAlgorithm, namespace); err != nil {
		return nil, errors.New("it is of another text, or was altered")
	}
	return sig.PublicKey, nil
}

// maxSignature is more than the signature of the longest key takes.
const maxSignature = 16 << 10

// unarmour returns what stands between the armour of a signature. As for ssh-keygen,
// nothing may stand before it; and nothing after it or inside of it, where nobody
// would look.
func unarmour(text []byte) ([]byte, bool) {
	begin := []byte("-----BEGIN " + sshsig.PEMType + "-----")
	if !bytes.HasPrefix(text, begin) || bytes.Count(text, []byte("-----BEGIN")) > 1 {
		return nil, false
	}
	block, rest := pem.Decode(text)
	if block == nil || len(block.Headers) > 0 || len(bytes.TrimSpace(rest)) > 0 {
		return nil, false
	}
	return block.Bytes, true
}
