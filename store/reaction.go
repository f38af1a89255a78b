package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"ippo"
)

// ReactionsDue returns the broadcasts whose reaction is to be counted at now, and when the next one will be; zero if none
// waits.
func (s *Store) ReactionsDue(ctx context.Context, now time.Time) (due []*ippo.Broadcast, next time.Time, err error) {
	waiting, err := collect(ctx, s.ro, scanBroadcast, "SELECT "+broadcastColumns+` FROM broadcasts
		WHERE started_at IS NOT NULL AND finished_at IS NOT NULL
			AND NOT EXISTS (SELECT 1 FROM broadcast_reactions o WHERE o.broadcast_id = broadcasts.id)
		ORDER BY finished_at, id`)
	if err != nil {
		return nil, next, fmt.Errorf("broadcasts to count: %w", err)
	}
	for i, b := range waiting {
		if at := b.FinishedAt.Add(ippo.ReactionAfter); at.After(now) {
			return waiting[:i], at, nil
		}
	}
	return waiting, next, nil
}

// CountReaction counts what a broadcast has come to and keeps it, if that was not done before.
func (s *Store) CountReaction(ctx context.Context, b *ippo.Broadcast) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("reaction of broadcast %d: %w", b.ID, err)
		}
	}()
	topics, err := s.Topics(ctx)
	if err != nil {
		return err
	}
	areas, err := s.Areas(ctx)
	if err != nil {
		return err
	}
	members, err := s.reachedBy(ctx, "r.broadcast_id = ?", b.ID)
	if err != nil {
		return err
	}
	slices.Sort(members)
	count := ippo.NewReactionCount(topics, areas)
	if err := s.eachRecipient(ctx, b, members, count.Add); err != nil {
		return err
	}
	o := count.Reaction()
	return s.Write(ctx, func(t *Tx) error {
		err := t.changeOne(ctx, `
			INSERT INTO broadcast_reactions (broadcast_id, counted_at, people, blocked) VALUES (?, ?, ?, ?)
			ON CONFLICT DO NOTHING`, b.ID, stamp(t.now), o.People, unless(o.Few, o.Blocked))
		if errors.Is(err, ippo.ErrConflict) { // it was counted meanwhile
			return nil
		}
		if err != nil {
			return err
		}
		for kind, rows := range map[string][]ippo.ReactionRow{"topic": o.Topics, "area": o.Areas} {
			for i, r := range rows {
				if err := t.exec(ctx, `
					INSERT INTO broadcast_reaction_rows (broadcast_id, kind, place, name, people, blocked) VALUES (?, ?, ?, ?, ?, ?)`,
					b.ID, kind, i, r.Name, unless(r.Few, r.People), unless(r.Few, r.Blocked)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// eachRecipient calls add for each of a broadcast's members, which are in ascending order, as they are now.
func (s *Store) eachRecipient(ctx context.Context, b *ippo.Broadcast, members []ippo.FollowerID, add func(ippo.Recipient)) error {
	if len(members) == 0 {
		return nil
	}
	rows, err := s.ro.QueryContext(ctx, `
		SELECT id, topics, areas, status = 'blocked' AND blocked_at >= ? AND blocked_at < ?, status = 'erased'
		FROM followers WHERE id BETWEEN ? AND ? ORDER BY id`,
		stamp(b.StartedAt), stamp(b.FinishedAt.Add(ippo.ReactionAfter)), members[0], members[len(members)-1])
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var r ippo.Recipient
		var blocked sql.NullBool // NULL: blocked_at is
		if err := rows.Scan(&r.ID, &r.Topics, &r.Areas, &blocked, &r.Erased); err != nil {
			return err
		}
		for len(members) > 0 && members[0] < r.ID {
			members = members[1:]
		}
		if len(members) > 0 && members[0] == r.ID {
			r.Blocked = blocked.Bool
			add(r)
		}
	}
	return rows.Err()
}

// unless is NULL for a number that is not told.
func unless(few bool, n int) any {
	if few {
		return nil
	}
	return n
}

// Reaction returns what a broadcast has come to, as it was counted once; ippo.ErrNotFound before that.
func (s *Store) Reaction(ctx context.Context, id ippo.BroadcastID) (ippo.Reaction, error) {
	o, err := one(ctx, s.ro, func(row scanner) (o ippo.Reaction, err error) {
		var blocked sql.Null[int]
		err = row.Scan(at(&o.CountedAt), &o.People, &blocked)
		o.Blocked, o.Few = blocked.V, !blocked.Valid
		return o, err
	}, `SELECT counted_at, people, blocked FROM broadcast_reactions WHERE broadcast_id = ?`, id)
	if err == nil {
		o.Topics, err = s.reactionRows(ctx, id, "topic")
	}
	if err == nil {
		o.Areas, err = s.reactionRows(ctx, id, "area")
	}
	if err != nil {
		return o, fmt.Errorf("reaction of broadcast %d: %w", id, err)
	}
	return o, nil
}

func (s *Store) reactionRows(ctx context.Context, id ippo.BroadcastID, kind string) ([]ippo.ReactionRow, error) {
	return collect(ctx, s.ro, func(row scanner) (r ippo.ReactionRow, err error) {
		var people, blocked sql.Null[int]
		err = row.Scan(&r.Name, &people, &blocked)
		r.People, r.Blocked, r.Few = people.V, blocked.V, !people.Valid
		return r, err
	}, `SELECT name, people, blocked FROM broadcast_reaction_rows WHERE broadcast_id = ? AND kind = ? ORDER BY place`, id, kind)
}
