package check

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

// newSigner makes a key of a type.
func newSigner(t testing.TB, typ string) ssh.Signer {
	t.Helper()
	var private crypto.Signer
	var err error
	switch typ {
	case "ed25519":
		_, private, err = ed25519.GenerateKey(rand.Reader)
	case "ecdsa":
		private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "rsa":
		private, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		t.Fatal(err)
	}
	s, err := ssh.NewSignerFromSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func signature(t testing.TB, s ssh.Signer, text []byte, namespace string) []byte {
	t.Helper()
	sig, err := sshsig.Sign(bytes.NewReader(text), s, sshsig.HashSHA512, namespace)
	if err != nil {
		t.Fatal(err)
	}
	return sshsig.Armor(sig)
}

// sha1Signature signs as PROTOCOL.sshsig forbids it.
func sha1Signature(t testing.TB, s ssh.Signer, text []byte) []byte {
	t.Helper()
	sum := sha512.Sum512(text)
	signed := append([]byte("SSHSIG"), ssh.Marshal(struct{ Namespace, Reserved, Hash, Sum string }{Namespace, "", "sha512", string(sum[:])})...)
	sig, err := s.(ssh.AlgorithmSigner).SignWithAlgorithm(rand.Reader, signed, ssh.KeyAlgoRSA)
	if err != nil {
		t.Fatal(err)
	}
	return sshsig.Armor(&sshsig.Signature{Version: 1, PublicKey: s.PublicKey(), Namespace: Namespace, HashAlgorithm: sshsig.HashSHA512, Signature: sig})
}

func TestSignaturesOfStatements(t *testing.T) {
	text := []byte(`{"a": 1}` + "\n")
	key, short := newSigner(t, "ed25519"), newSigner(t, "rsa")
	good := signature(t, key, text, Namespace)
	const none = "it is no SSH signature"
	tests := []struct {
		name       string
		text, sig  []byte
		namespace  string
		want       string // of the error; "" for none
		fingerOfBy ssh.PublicKey
	}{
		{"good", text, good, Namespace, "", key.PublicKey()},
		{"good, of ECDSA", text, signature(t, newSigner(t, "ecdsa"), text, Namespace), Namespace, "", nil},
		{"good, of RSA with SHA-512", text, signature(t, short, text, Namespace), Namespace, "", short.PublicKey()},
		{"of RSA with SHA-1", text, sha1Signature(t, short, text), Namespace, none + ", or one of RSA with SHA-1, which can be forged", nil},
		{"good, of no text", nil, signature(t, key, nil, Namespace), Namespace, "", nil},
		{"good, without a last line end", text, bytes.TrimSpace(good), Namespace, "", key.PublicKey()},
		{"good, with CR LF", text, bytes.ReplaceAll(good, []byte("\n"), []byte("\r\n")), Namespace, "", key.PublicKey()},
		{"other namespace", text, signature(t, key, text, "git"), Namespace, `it was made for "git", not for "promptlib-approval@v1"`, nil},
		{"good, of a commit", text, signature(t, key, text, "git"), "git", "", nil},
		{"no namespace asked for", text, good, "", `it was made for "promptlib-approval@v1", not for ""`, nil},
		{"other text", []byte(`{"a": 2}` + "\n"), good, Namespace, "it is of another text, or was altered", nil},
		{"text with a line end more", append(bytes.Clone(text), '\n'), good, Namespace, "it is of another text, or was altered", nil},
		{"altered", text, altered(t, good), Namespace, "it is of another text, or was altered", nil},
		{"garbage", text, []byte("looks good to me"), Namespace, none, nil},
		{"empty", text, nil, Namespace, none, nil},
		{"other armour", text, bytes.ReplaceAll(good, []byte("SSH SIGNATURE"), []byte("PGP SIGNATURE")), Namespace, none, nil},
		{"truncated armour", text, good[:len(good)/2], Namespace, none, nil},
		{"truncated signature", text, truncated(t, good), Namespace, none + ", or one of RSA with SHA-1, which can be forged", nil},
		{"text before it", text, append([]byte("approved by all\n"), good...), Namespace, none, nil},
		{"text after it", text, append(bytes.Clone(good), "approved by all\n"...), Namespace, none, nil},
		{"two", text, append(bytes.Clone(good), good...), Namespace, none, nil},
		{"one in another", text, append([]byte("-----BEGIN SSH SIGNATURE-----\nU1NI\n"), good...), Namespace, none, nil},
		{"headers in the armour", text, bytes.Replace(good, []byte("-----\n"), []byte("-----\nBy: all\n\n"), 1), Namespace, none, nil},
		{"huge", text, append(bytes.Clone(good), bytes.Repeat([]byte(" "), maxSignature)...), Namespace, "the signature has more than 16384 bytes", nil},
		{"of the largest size", text, append(bytes.Clone(good), bytes.Repeat([]byte(" "), maxSignature-len(good))...), Namespace, "", key.PublicKey()},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			public, err := VerifySignature(test.text, test.sig, test.namespace)
			switch {
			case test.want != "":
				if err == nil || err.Error() != test.want || public != nil {
					t.Errorf("got key %v, error %v; want the error %q", public, err, test.want)
				}
			case err != nil:
				t.Errorf("got %v, want none", err)
			case test.fingerOfBy != nil && ssh.FingerprintSHA256(public) != ssh.FingerprintSHA256(test.fingerOfBy):
				t.Error("the key is not the one that has signed")
			}
		})
	}
}

// altered changes the last byte of what a signature is made of.
func altered(t testing.TB, armoured []byte) []byte {
	t.Helper()
	sig, err := sshsig.Unarmor(armoured)
	if err != nil {
		t.Fatal(err)
	}
	sig.Signature.Blob[len(sig.Signature.Blob)-1] ^= 1
	return sshsig.Armor(sig)
}

// truncated takes the last line of base64 away.
func truncated(t testing.TB, armoured []byte) []byte {
	t.Helper()
	lines := strings.SplitAfter(string(armoured), "\n")
	if len(lines) < 5 {
		t.Fatalf("the armour has %d lines", len(lines))
	}
	return []byte(strings.Join(append(lines[:len(lines)-3:len(lines)-3], lines[len(lines)-2:]...), ""))
}

// TestVerifySignatureOfOpenSSH: what ssh-keygen signs holds, and what we take for
// a signature ssh-keygen does too.
func TestVerifySignatureOfOpenSSH(t *testing.T) {
	keygen, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Skip("skipped: there is no ssh-keygen")
	}
	text := []byte("{}\n")
	for _, typ := range [][]string{{"ed25519"}, {"ecdsa", "-b", "256"}, {"ecdsa", "-b", "384"}, {"ecdsa", "-b", "521"}, {"rsa", "-b", "2048"}} {
		for _, hash := range []string{"sha256", "sha512"} {
			t.Run(strings.Join(typ, "")+" "+hash, func(t *testing.T) {
				dir := t.TempDir()
				file := filepath.Join(dir, "text")
				if err := os.WriteFile(file, text, 0o600); err != nil {
					t.Fatal(err)
				}
				command(t, keygen, append([]string{"-q", "-N", "", "-f", filepath.Join(dir, "key"), "-t"}, typ...)...)
				command(t, keygen, "-Y", "sign", "-q", "-n", Namespace, "-Ohashalg="+hash, "-f", filepath.Join(dir, "key"), file)
				sig, err := os.ReadFile(file + ".sig")
				if err != nil {
					t.Fatal(err)
				}
				public, err := VerifySignature(text, sig, Namespace)
				if err != nil {
					t.Fatal(err)
				}
				line, err := os.ReadFile(filepath.Join(dir, "key.pub"))
				if err != nil {
					t.Fatal(err)
				}
				want, _, _, _, err := ssh.ParseAuthorizedKey(line)
				if err != nil || ssh.FingerprintSHA256(want) != ssh.FingerprintSHA256(public) {
					t.Errorf("the key is not that of ssh-keygen: %v", err)
				}
				if _, err := VerifySignature([]byte("{} \n"), sig, Namespace); err == nil {
					t.Error("the signature holds for another text")
				}
			})
		}
	}
	ours := filepath.Join(t.TempDir(), "sig")
	if err := os.WriteFile(ours, signature(t, newSigner(t, "ed25519"), text, Namespace), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(keygen, "-Y", "check-novalidate", "-n", Namespace, "-s", ours)
	cmd.Stdin = bytes.NewReader(text)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("ssh-keygen refuses what holds: %s", out)
	}
}

func command(t testing.TB, program string, args ...string) {
	t.Helper()
	if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
}

// FuzzVerifySignature: whatever stands in place of a signature is refused without a
// panic, unless it is the signature of this very text.
func FuzzVerifySignature(f *testing.F) {
	text := []byte("{}\n")
	key := newSigner(f, "ed25519")
	good := signature(f, key, text, Namespace)
	f.Add(text, good)
	f.Add(text, altered(f, good))
	f.Add(text, truncated(f, good))
	f.Add(text, signature(f, newSigner(f, "ecdsa"), text, Namespace))
	f.Add(text, sha1Signature(f, newSigner(f, "rsa"), text))
	f.Add([]byte(""), []byte("-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAQAAAAA=\n-----END SSH SIGNATURE-----\n"))
	f.Fuzz(func(t *testing.T, other, armoured []byte) {
		public, err := VerifySignature(other, armoured, Namespace)
		if (err == nil) != (public != nil) {
			t.Fatalf("got key %v and error %v", public, err)
		}
		if err == nil && !bytes.Equal(other, text) && bytes.Equal(public.Marshal(), key.PublicKey().Marshal()) {
			t.Errorf("a signature of our key holds for %q", other)
		}
	})
}
