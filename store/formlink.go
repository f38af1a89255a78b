package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"ippo"
	"ippo/internal/secret"
)

// FormLink is one follower's way to one of our forms; or a telephone number that waits for their yes.
type FormLink struct {
	ID        int64 // random: it is part of the link
	Follower  ippo.FollowerID
	Purpose   string
	Context   []byte // what was chosen, or written, in the chat; nil once spent or taken over
	MessageID string // LINE's, when it came of a message: unsending it erases the link
	ExpiresAt time.Time
	SpentAt   time.Time

	browser []byte
}

// PurposeRoom is what the links are for that lead to the room of a follower's consultation. Stored.
const PurposeRoom = "consultation"

// RoomLinkLife is how long a link to a room is good: an answer may be read after a week away.
const RoomLinkLife = 7 * 24 * time.Hour

// FormLinks is what the key is for that signs them.
const FormLinks = "form links"

// NewFormLink makes a link that is not kept yet.
func NewFormLink(follower ippo.FollowerID, purpose string, context []byte, expires time.Time) FormLink {
	return FormLink{ID: randomID(), Follower: follower, Purpose: purpose, Context: context, ExpiresAt: expires}
}

// randomID is a positive number that nobody guesses.
func randomID() int64 {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return int64(binary.BigEndian.Uint64(b[:])>>1) | 1
}

// Path is the link below the public URL: its ID and its end, signed.
func (l FormLink) Path(signer *secret.Signer) string {
	var m [16]byte
	binary.BigEndian.PutUint64(m[:8], uint64(l.ID))
	binary.BigEndian.PutUint64(m[8:], uint64(l.ExpiresAt.Unix()))
	return "/r/f/" + signer.Sign(m[:])
}

// Bound reports whether some browser has tapped 開く.
func (l FormLink) Bound() bool { return l.browser != nil }

// BoundTo reports whether the browser with this cookie has.
func (l FormLink) BoundTo(cookie string) bool {
	sum := sha256.Sum256([]byte(cookie))
	return l.browser != nil && subtle.ConstantTimeCompare(l.browser, sum[:]) == 1
}

// AddFormLink makes a link.
func (t *Tx) AddFormLink(ctx context.Context, l FormLink) error {
	err := t.exec(ctx, `
		INSERT INTO form_links (id, follower_id, purpose, context, message_id, expires_at) VALUES (?, ?, ?, ?, ?, ?)`,
		l.ID, l.Follower, l.Purpose, t.store.box.Seal(l.Context, "form_links.context"), textOrNull(l.MessageID), stamp(l.ExpiresAt))
	if err != nil {
		return fmt.Errorf("add form link: %w", err)
	}
	return nil
}

// FormLink returns a link, whether or not it is still good.
func (s *Store) FormLink(ctx context.Context, id int64) (FormLink, error) {
	l, err := one(ctx, s.ro, s.scanFormLink, `
		SELECT id, follower_id, purpose, context, message_id, expires_at, browser, spent_at FROM form_links WHERE id = ?`, id)
	if err != nil {
		return l, fmt.Errorf("form link: %w", err)
	}
	return l, nil
}

func (s *Store) scanFormLink(row scanner) (l FormLink, err error) {
	var sealed []byte
	var message sql.NullString
	err = row.Scan(&l.ID, &l.Follower, &l.Purpose, &sealed, &message, at(&l.ExpiresAt), &l.browser, at(&l.SpentAt))
	if err != nil {
		return l, err
	}
	l.MessageID = message.String
	if sealed != nil {
		l.Context, err = s.box.Open(sealed, "form_links.context")
	}
	return l, err
}

// BindFormLink gives a link to the browser with this cookie. ErrConflict: another browser was first, or
// the link is spent.
func (s *Store) BindFormLink(ctx context.Context, id int64, cookie string) error {
	sum := sha256.Sum256([]byte(cookie))
	err := s.Write(ctx, func(t *Tx) error {
		return t.changeOne(ctx, `
			UPDATE form_links SET browser = ?1 WHERE id = ?2 AND spent_at IS NULL AND (browser IS NULL OR browser = ?1)`, sum[:], id)
	})
	if err != nil {
		return fmt.Errorf("bind form link: %w", err)
	}
	return nil
}

// SpendFormLink ends a link in the transaction of what it was for. ErrConflict: it was spent before.
func (t *Tx) SpendFormLink(ctx context.Context, id int64) error {
	err := t.changeOne(ctx, `UPDATE form_links SET spent_at = ?, context = NULL WHERE id = ? AND spent_at IS NULL`, stamp(t.now), id)
	if err != nil {
		return fmt.Errorf("spend form link: %w", err)
	}
	return nil
}

// EmptyFormLink forgets what a link carries and leaves it open: it has been taken over.
func (t *Tx) EmptyFormLink(ctx context.Context, id int64) error {
	if err := t.exec(ctx, `UPDATE form_links SET context = NULL, message_id = NULL WHERE id = ?`, id); err != nil {
		return fmt.Errorf("empty form link: %w", err)
	}
	return nil
}

func notFound(err error) bool { return errors.Is(err, ippo.ErrNotFound) }
