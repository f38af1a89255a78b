package store

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/binary"
	"fmt"
	"time"

	"ippo"
	"ippo/internal/secret"
)

// GroupLink is a group's way to one of our pages: to a match, until that ends, or to the question whether
// its entry is right.
type GroupLink struct {
	ID        int64 // random: it is part of the link
	Group     ippo.ActivityGroupID
	Match     ippo.MatchID // 0: the question
	ExpiresAt time.Time

	browser []byte
}

// groupLinkLife is how long a link is good at most. One to a match ends with it.
const groupLinkLife = 90 * 24 * time.Hour

// GroupLinks is what the key is for that signs them.
const GroupLinks = "group links"

// GroupPath is where groups' links begin, below the public URL.
const GroupPath = "/r/g/"

// Path is the link below the public URL, signed.
func (l GroupLink) Path(signer *secret.Signer) string {
	var m [16]byte
	binary.BigEndian.PutUint64(m[:8], uint64(l.ID))
	binary.BigEndian.PutUint64(m[8:], uint64(l.ExpiresAt.Unix()))
	return GroupPath + signer.Sign(m[:])
}

// Bound reports whether some browser has tapped 開く.
func (l GroupLink) Bound() bool { return l.browser != nil }

// BoundTo reports whether the browser with this cookie has.
func (l GroupLink) BoundTo(cookie string) bool {
	sum := sha256.Sum256([]byte(cookie))
	return l.browser != nil && subtle.ConstantTimeCompare(l.browser, sum[:]) == 1
}

// addGroupLink makes a link; those to the same match that were made before are void.
func (t *Tx) addGroupLink(ctx context.Context, group ippo.ActivityGroupID, match ippo.MatchID) (GroupLink, error) {
	l := GroupLink{
		ID: randomID(), Group: group, Match: match, ExpiresAt: t.now.Add(groupLinkLife).Truncate(time.Second),
	}
	if match != 0 {
		if err := t.exec(ctx, `DELETE FROM group_links WHERE match_id = ?`, match); err != nil {
			return l, fmt.Errorf("add group link: %w", err)
		}
	}
	err := t.exec(ctx, `INSERT INTO group_links (id, group_id, match_id, expires_at) VALUES (?, ?, ?, ?)`, l.ID, group, orNull(match), stamp(l.ExpiresAt))
	if err != nil {
		return l, fmt.Errorf("add group link: %w", err)
	}
	return l, nil
}

// GroupLink returns a link, or ippo.ErrNotFound once it is over.
func (s *Store) GroupLink(ctx context.Context, id int64) (GroupLink, error) {
	l, err := one(ctx, s.ro, func(row scanner) (l GroupLink, err error) {
		var match sql.NullInt64
		err = row.Scan(&l.ID, &l.Group, &match, at(&l.ExpiresAt), &l.browser)
		l.Match = ippo.MatchID(match.Int64)
		return l, err
	}, `SELECT id, group_id, match_id, expires_at, browser FROM group_links WHERE id = ?`, id)
	if err != nil {
		return l, fmt.Errorf("group link: %w", err)
	}
	return l, nil
}

// BindGroupLink gives a link to the browser with this cookie. ErrConflict: another browser was first.
func (s *Store) BindGroupLink(ctx context.Context, id int64, cookie string) error {
	sum := sha256.Sum256([]byte(cookie))
	err := s.Write(ctx, func(t *Tx) error {
		return t.changeOne(ctx, `UPDATE group_links SET browser = ?1 WHERE id = ?2 AND (browser IS NULL OR browser = ?1)`, sum[:], id)
	})
	if err != nil {
		return fmt.Errorf("bind group link: %w", err)
	}
	return nil
}
