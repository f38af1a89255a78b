package secret

import (
	"bytes"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func ring(t *testing.T, seeds ...byte) *Keyring {
	t.Helper()
	var setting string
	for i, seed := range seeds {
		if i > 0 {
			setting += ","
		}
		setting += base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{seed}, KeySize))
	}
	r, err := Parse(setting)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A key is changed by putting the new one first: what the old one sealed still opens, and what is
// sealed from then on no longer needs the old one.
func TestChangingTheKey(t *testing.T) {
	sealed := ring(t, 1).Box("p").Seal([]byte("山田"), "x.name")
	both := ring(t, 2, 1).Box("p")
	if plain, err := both.Open(sealed, "x.name"); err != nil || string(plain) != "山田" {
		t.Fatalf("after the change: %q, %v", plain, err)
	}
	renewed := both.Seal([]byte("山田"), "x.name")
	if _, err := ring(t, 2).Box("p").Open(renewed, "x.name"); err != nil {
		t.Errorf("sealed after the change, with the new key alone: %v", err)
	}
	if _, err := ring(t, 2).Box("p").Open(sealed, "x.name"); !errors.Is(err, ErrSealed) {
		t.Errorf("without the old key: %v, want ErrSealed", err)
	}
}

// An opener opens one value after the other, passes over NULL, and is not put off by a value that none of the keys opens.
func TestOpener(t *testing.T) {
	box := ring(t, 1).Box("p")
	o := box.Opener("x.name")
	for _, c := range []struct {
		sealed []byte
		want   string
		err    error
	}{
		{box.Seal([]byte("山田 花子"), "x.name"), "山田 花子", nil}, {nil, "", nil}, {box.Seal([]byte("山田"), "x.note"), "", ErrSealed},
		{[]byte{}, "", ErrSealed}, {box.Seal([]byte("川口"), "x.name"), "川口", nil},
	} {
		if plain, err := o.Open(c.sealed); string(plain) != c.want || !errors.Is(err, c.err) {
			t.Errorf("%q, %v; want %q, %v", plain, err, c.want, c.err)
		}
	}
}

func TestSealedValueOpensOnlyInItsPlace(t *testing.T) {
	r := ring(t, 1)
	sealed := r.Box("p").Seal([]byte("山田"), "ambassadors.name")
	if _, err := r.Box("p").Open(sealed, "ambassadors.vision"); !errors.Is(err, ErrSealed) {
		t.Errorf("moved to another column: %v", err)
	}
	if _, err := r.Box("other").Open(sealed, "ambassadors.name"); !errors.Is(err, ErrSealed) {
		t.Errorf("opened for another purpose: %v", err)
	}
	for i := range sealed {
		damaged := bytes.Clone(sealed)
		damaged[i] ^= 1
		if _, err := r.Box("p").Open(damaged, "ambassadors.name"); !errors.Is(err, ErrSealed) {
			t.Fatalf("byte %d damaged: %v", i, err)
		}
	}
}

func TestSignature(t *testing.T) {
	signed := ring(t, 1).Signer("links").Sign([]byte("42"))
	if m, ok := ring(t, 2, 1).Signer("links").Verify(signed); !ok || string(m) != "42" {
		t.Errorf("Verify = %q, %v", m, ok)
	}
	if _, ok := ring(t, 1).Signer("sessions").Verify(signed); ok {
		t.Error("a signature for one purpose was good for another")
	}
	for _, bad := range []string{"", "x", signed + "A", signed[1:]} {
		if _, ok := ring(t, 1).Signer("links").Verify(bad); ok {
			t.Errorf("Verify(%q) accepted", bad)
		}
	}
}

func TestLoadMakesTheFileOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret.key")
	first, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode = %v, %v; want 0600", info.Mode(), err)
	}
	again, err := Load(path)
	if err != nil || !bytes.Equal(first.keys[0], again.keys[0]) {
		t.Errorf("second start: %v, same key %v", err, bytes.Equal(first.keys[0], again.keys[0]))
	}
	os.WriteFile(path, []byte("short"), 0o600)
	if _, err := Load(path); err == nil {
		t.Error("a damaged key file was accepted")
	}
}

// What an older key hashed is found again while that key is there, and each use has hashes of its own.
func TestHashes(t *testing.T) {
	old := ring(t, 1).Hasher("erased").Sums("U1")[0]
	if now := ring(t, 2, 1).Hasher("erased").Sums("U1"); len(now) != 2 || bytes.Equal(now[0], old) || !bytes.Equal(now[1], old) {
		t.Errorf("%x after %x", now, old)
	}
	if bytes.Equal(ring(t, 1).Hasher("other").Sums("U1")[0], old) || bytes.Equal(ring(t, 1).Hasher("erased").Sums("U2")[0], old) {
		t.Error("the same hash for something else")
	}
}
