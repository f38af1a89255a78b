// Package secret turns IPPO_SECRET_KEY into what the program needs of it: sealed personal data and
// signed links. Each use has a key of its own, derived for its purpose, so that one never opens what
// another made.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// KeySize is the length of a master key in bytes.
const KeySize = 32

// Keyring holds master keys. The first writes; the others only read what they once wrote, so that a
// key can be changed without losing anything.
type Keyring struct {
	keys [][]byte
}

// Parse reads a keyring from its setting: base64 of 32 bytes, one or more parted by commas.
func Parse(setting string) (*Keyring, error) {
	var ring Keyring
	for i, one := range strings.Split(setting, ",") {
		key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(one))
		if err != nil || len(key) != KeySize {
			return nil, fmt.Errorf("key %d is not base64 of %d bytes", i+1, KeySize)
		}
		ring.keys = append(ring.keys, key)
	}
	return &ring, nil
}

// Load reads the keyring in a file, or makes the file (mode 0600) with one fresh key.
func Load(path string) (*Keyring, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return create(path)
	}
	if err != nil {
		return nil, err
	}
	ring, err := Parse(strings.TrimSpace(string(b)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return ring, nil
}

func create(path string) (*Keyring, error) {
	key := make([]byte, KeySize)
	rand.Read(key)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = io.WriteString(f, base64.StdEncoding.EncodeToString(key)+"\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("write %s: %w", path, err)
	}
	return &Keyring{keys: [][]byte{key}}, nil
}

// Box seals and opens for one purpose.
type Box struct {
	ids   []uint32
	aeads []cipher.AEAD
}

// Box returns the box for a purpose, such as "personal data".
func (r *Keyring) Box(purpose string) *Box {
	b := &Box{}
	for _, key := range r.keys {
		derived := derive(key, "box: "+purpose)
		block, err := aes.NewCipher(derived)
		if err != nil {
			panic(err) // the derived key has the right length
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			panic(err) // AES has the right block size
		}
		id := sha256.Sum256(derived)
		b.ids = append(b.ids, binary.BigEndian.Uint32(id[:4]))
		b.aeads = append(b.aeads, aead)
	}
	return b
}

// ErrSealed is returned by Open when none of the keys opens a value: the key is missing, or the
// value was damaged or moved from where it was sealed.
var ErrSealed = errors.New("sealed with a key that is not in IPPO_SECRET_KEY, or damaged")

// Seal encrypts plain with AES-256-GCM. The value begins with its key's ID. where binds it to its
// place, such as "ambassadors.name": it opens nowhere else.
func (b *Box) Seal(plain []byte, where string) []byte {
	aead := b.aeads[0]
	sealed := make([]byte, 4+aead.NonceSize(), 4+aead.NonceSize()+len(plain)+aead.Overhead())
	binary.BigEndian.PutUint32(sealed, b.ids[0])
	rand.Read(sealed[4:])
	return aead.Seal(sealed, sealed[4:], plain, []byte(where))
}

// Open decrypts what Seal returned for the same place.
func (b *Box) Open(sealed []byte, where string) ([]byte, error) {
	return b.open(nil, sealed, []byte(where))
}

func (b *Box) open(to, sealed, where []byte) ([]byte, error) {
	for i, id := range b.ids {
		size := b.aeads[i].NonceSize()
		if len(sealed) < 4+size || binary.BigEndian.Uint32(sealed) != id {
			continue
		}
		plain, err := b.aeads[i].Open(to, sealed[4:4+size], sealed[4+size:], where)
		if err == nil {
			return plain, nil
		}
	}
	return nil, fmt.Errorf("%s: %w", where, ErrSealed)
}

// Opener opens many values of one place, one after the other. It is for one goroutine.
type Opener struct {
	box   *Box
	where []byte
	plain []byte
}

// Opener returns an opener for a place.
func (b *Box) Opener(where string) *Opener { return &Opener{box: b, where: []byte(where)} }

// Open decrypts as Box.Open does. What it returns is overwritten by the next call; nil is opened to nothing.
func (o *Opener) Open(sealed []byte) ([]byte, error) {
	if sealed == nil {
		return nil, nil
	}
	plain, err := o.box.open(o.plain[:0], sealed, o.where)
	if err == nil {
		o.plain = plain
	}
	return plain, err
}

// Signer signs for one purpose and recognises what it signed.
type Signer struct {
	keys [][]byte
}

// Signer returns the signer for a purpose, such as "form links".
func (r *Keyring) Signer(purpose string) *Signer {
	s := &Signer{}
	for _, key := range r.keys {
		s.keys = append(s.keys, derive(key, "sign: "+purpose))
	}
	return s
}

// Sign returns message with its signature, in characters that a URL's path may hold.
func (s *Signer) Sign(message []byte) string {
	return encoding.EncodeToString(append(mac(s.keys[0], message), message...))
}

// Verify returns the message that Sign was given; ok is false if it signed no such thing.
func (s *Signer) Verify(signed string) (message []byte, ok bool) {
	b, err := encoding.DecodeString(signed)
	if err != nil || len(b) < macSize {
		return nil, false
	}
	for _, key := range s.keys {
		if hmac.Equal(b[:macSize], mac(key, b[macSize:])) {
			return b[macSize:], true
		}
	}
	return nil, false
}

// Hasher makes keyed hashes for one purpose: equal values can be found again, and nothing leads back from a
// hash to its value without the key.
type Hasher struct {
	keys [][]byte
}

// Hasher returns the hasher for a purpose, such as "erased accounts".
func (r *Keyring) Hasher(purpose string) *Hasher {
	h := &Hasher{}
	for _, key := range r.keys {
		h.keys = append(h.keys, derive(key, "hash: "+purpose))
	}
	return h
}

// Sums returns a value's hash under each master key, first under the one that writes.
func (h *Hasher) Sums(value string) [][]byte {
	sums := make([][]byte, len(h.keys))
	for i, key := range h.keys {
		sums[i] = mac(key, []byte(value))
	}
	return sums
}

var encoding = base64.RawURLEncoding.Strict()

const macSize = 16 // 128 bits of HMAC-SHA256: short links, far out of reach of guessing

func mac(key, message []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(message)
	return h.Sum(nil)[:macSize]
}

func derive(key []byte, purpose string) []byte {
	derived, err := hkdf.Key(sha256.New, key, nil, "ippo "+purpose, KeySize)
	if err != nil {
		panic(err) // the length asked for is within HKDF's
	}
	return derived
}
