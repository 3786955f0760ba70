package check

import (
	"bytes"
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
	sig, err := sshsig.Unarmor(armoured)
	if err != nil {
		return nil, errors.New("it is no SSH signature")
	}
	if sig.Namespace != namespace {
		return nil, fmt.Errorf("it was made for %q, not for %q", sig.Namespace, namespace)
	}
	if sig.Signature.Format == ssh.KeyAlgoRSA {
		return nil, errors.New("it is of RSA with SHA-1, which can be forged")
	}
	if err := sshsig.Verify(bytes.NewReader(text), sig, sig.PublicKey, sig.HashAlgorithm, namespace); err != nil {
		return nil, errors.New("it is of another text, or was altered")
	}
	return sig.PublicKey, nil
}

// maxSignature is more than the signature of the longest key takes.
const maxSignature = 16 << 10
