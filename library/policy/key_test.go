package policy

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// rsaKey returns a public key of a number of bits, which nobody can sign with.
func rsaKey(bits uint) crypto.PublicKey {
	n := new(big.Int).Lsh(big.NewInt(1), bits-1)
	return &rsa.PublicKey{N: n.Add(n, big.NewInt(1)), E: 65537}
}

func TestReadPeopleWeakKeys(t *testing.T) {
	ed, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	line := func(key crypto.PublicKey) string {
		t.Helper()
		public, err := ssh.NewPublicKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(public)))
	}
	for _, test := range []struct{ name, line, want string }{
		{"Ed25519", line(ed), ""},
		{"ECDSA", line(&ec.PublicKey), ""},
		{"RSA of 2048 bits", line(rsaKey(2048)), ""},
		{"RSA of 2047 bits", line(rsaKey(2047)), "the key is of RSA with 2047 bits, and with fewer than 2048 it can be forged; enter one that ssh-keygen -t ed25519 makes"},
		{"DSA", dsaLine, "the key is of DSA, which can be forged; enter one that ssh-keygen -t ed25519 makes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			people, err := ReadPeople("p.yaml", []byte("people: {a: {keys: [{ssh: \""+test.line+"\"}]}}\nroles: {}\n"))
			if test.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				key := people.List[0].Keys[0]
				if p, k := people.ByFingerprint(ssh.FingerprintSHA256(key.Public)); p == nil || p.Name != "a" || ssh.FingerprintSHA256(k.Public) != ssh.FingerprintSHA256(key.Public) {
					t.Errorf("the fingerprint is that of %v", p)
				}
				if p, _ := people.ByFingerprint("SHA256:none"); p != nil {
					t.Errorf("no fingerprint is that of %s", p.Name)
				}
				return
			}
			if err == nil || !strings.HasSuffix(err.Error(), ": "+test.want) || !strings.HasPrefix(err.Error(), "p.yaml:1:") {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// dsaLine is a key that was made for this test and thrown away.
const dsaLine = "ssh-dss AAAAB3NzaC1kc3MAAACBAJuWWVkGALPb/bRkFOZGdtReWOQn3+i3VZmr2BFffgSlvkdLKNGF7FLbxkUSwo3nblymvBP7Ad6TzwBpibMzx/R9WKwZprQyt7abMYYkwJC06ohtw19fW9zaMvm5i0pO7qYIS5sCywiWoS+E56/IZKKAOzUVtKb6HBshy1XJDqrXAAAAFQCFx+Tzjjo2X3qWOCcz6J8paTXzoQAAAIEAlhOk7xy1MXkEQI5VQJXi+vKofveAY65zH5EBV8S0lTwidEWcKU2m4O58n2cVy647JRXUH9rKcTvMgCBNfA1miNyH/bo99T7GlyKx2jKkAjZRcxqQRL7GPTINQhLDGg/LEFxzJCO24Ly8DoBWRcHjdPsqgXprUQU4jMFVhq5BsPsAAACAbDfohJhYmRxKH+ii3ynDSRwqTZxsY8YOy50hnQuGk4GGnvmHEzw1JwrkJp11ryl4Tw8juquE4bGnp5NYu73ULDCIWMVxf7jgfhKy8NfJ4/NWfLsjP0qTM2GoK37h8t1pAuJtqrDxX6IH4FFl7BbSVg917P9FGYZARa+7/0HmSyk="
