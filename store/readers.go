package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"ippo"
)

// retryReaders is how long LINE is left alone after it did not tell.
const retryReaders = time.Hour

// ReadersDue returns the broadcasts whose readers LINE is to be asked for at now: those that have ended,
// while their figures still change, once a day.
func (s *Store) ReadersDue(ctx context.Context, now time.Time) ([]*ippo.Broadcast, error) {
	from := ippo.ReadersFrom.At(now)
	if now.Before(from) {
		return nil, nil
	}
	// The last day's figures come the day after.
	list, err := collect(ctx, s.ro, scanBroadcast, "SELECT "+broadcastColumns+` FROM broadcasts
		LEFT JOIN broadcast_readers r ON r.broadcast_id = id
		WHERE unit <> '' AND finished_at > ? AND started_at < ?
			AND coalesce(r.fetched_at, '') < ? AND coalesce(r.tried_at, '') <= ?
		ORDER BY id`,
		stamp(now.Add(-ippo.ReadersSettle-24*time.Hour)), stamp(ippo.Day(now)), stamp(from), stamp(now.Add(-retryReaders)))
	if err != nil {
		return nil, fmt.Errorf("broadcasts whose readers are due: %w", err)
	}
	return list, nil
}

// PutOffReaders notes that LINE did not tell the readers of these broadcasts; they are due again in an hour.
func (s *Store) PutOffReaders(ctx context.Context, all []*ippo.Broadcast) error {
	return s.Write(ctx, func(t *Tx) error {
		for _, b := range all {
			if err := t.exec(ctx, `
				INSERT INTO broadcast_readers (broadcast_id, tried_at) VALUES (?1, ?2)
				ON CONFLICT DO UPDATE SET tried_at = ?2`, b.ID, stamp(t.now)); err != nil {
				return fmt.Errorf("put off readers of broadcast %d: %w", b.ID, err)
			}
		}
		return nil
	})
}

// SaveReaders keeps what LINE has counted of a broadcast. Counts only grow, so what LINE has told once
// stays when it tells it no more.
func (s *Store) SaveReaders(ctx context.Context, id ippo.BroadcastID, r ippo.Readers) error {
	if r.Links == nil {
		r.Links = []ippo.LinkReaders{}
	}
	links, err := json.Marshal(r.Links)
	if err != nil {
		return fmt.Errorf("readers of broadcast %d: %w", id, err)
	}
	return s.Write(ctx, func(t *Tx) error {
		if err := t.exec(ctx, `
			INSERT INTO broadcast_readers (broadcast_id, opened, clicked, links, tried_at, fetched_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
			ON CONFLICT DO UPDATE SET opened = coalesce(?2, opened), clicked = coalesce(?3, clicked),
				links = CASE ?4 WHEN '[]' THEN links ELSE ?4 END, tried_at = ?5, fetched_at = ?5`,
			id, r.Opened, r.Clicked, string(links), stamp(t.now)); err != nil {
			return fmt.Errorf("readers of broadcast %d: %w", id, err)
		}
		return nil
	})
}

// Readers returns what LINE has counted of a broadcast; nothing yet is the zero Readers.
func (s *Store) Readers(ctx context.Context, b *ippo.Broadcast) (ippo.Readers, error) {
	all, err := collect(ctx, s.ro, scanReaders, `
		SELECT opened, clicked, links, fetched_at FROM broadcast_readers WHERE broadcast_id = ?`, b.ID)
	if err != nil {
		return ippo.Readers{}, fmt.Errorf("readers of broadcast %d: %w", b.ID, err)
	}
	var r ippo.Readers
	if len(all) > 0 {
		r = all[0]
	}
	if b.Unit == "" {
		return r, nil
	}
	began := b.StartedAt.In(ippo.Tokyo)
	month := time.Date(began.Year(), began.Month(), 1, 0, 0, 0, 0, ippo.Tokyo)
	names, err := one(ctx, s.ro, scanInt, `
		SELECT count(*) FROM broadcasts WHERE unit <> '' AND started_at >= ? AND (started_at, id) <= (?, ?)`,
		stamp(month), stamp(b.StartedAt), b.ID)
	if err != nil {
		return r, fmt.Errorf("readers of broadcast %d: names of the month: %w", b.ID, err)
	}
	r.Uncounted = names > ippo.MaxUnits
	return r, nil
}

func scanReaders(row scanner) (r ippo.Readers, err error) {
	var opened, clicked sql.Null[int64]
	var links []byte
	if err := row.Scan(&opened, &clicked, &links, at(&r.FetchedAt)); err != nil {
		return r, err
	}
	if opened.Valid {
		r.Opened = &opened.V
	}
	if clicked.Valid {
		r.Clicked = &clicked.V
	}
	if err := json.Unmarshal(links, &r.Links); err != nil {
		return r, fmt.Errorf("links: %w", err)
	}
	return r, nil
}
