package store

import (
	"context"
	"fmt"
	"math"
	"time"

	"ippo"
)

// Breach is how many of a broadcast's recipients would be written to too often.
type Breach struct {
	Often int // had as many messages within the hour as one person may get
	Again int // had the same content within a day
}

// Breach compares a broadcast that is about to leave with what its recipients have had, or are about
// to have, from the others. perHour is how many messages one person may get within an hour. A campaign
// or a series may repeat itself from day to day, a little sooner if it was late the day before.
//
// The members stay packed in the ledger; a counter for each follower is all that is held in memory.
func (s *Store) Breach(ctx context.Context, b *ippo.Broadcast, perHour int) (Breach, error) {
	planned, err := collect(ctx, s.ro, scanBytes, `
		SELECT members FROM delivery_requests WHERE broadcast_id = ? AND state = 'pending'`, b.ID)
	if err != nil {
		return Breach{}, fmt.Errorf("recipients of broadcast %d: %w", b.ID, err)
	}
	var had counters
	if err := s.countOthers(ctx, b, &had); err != nil {
		return Breach{}, fmt.Errorf("what the recipients of broadcast %d have had: %w", b.ID, err)
	}
	var found Breach
	for _, packed := range planned {
		members, err := ippo.UnpackMembers(packed)
		if err != nil {
			return Breach{}, fmt.Errorf("recipients of broadcast %d: %w", b.ID, err)
		}
		for _, m := range members {
			if int(had.messages.of(m)) >= perHour {
				found.Often++
			}
			if had.same.of(m) > 0 {
				found.Again++
			}
		}
	}
	return found, nil
}

// counters are what followers have had from other broadcasts.
type counters struct{ messages, same counter }

// countOthers counts the requests that LINE has or may have, and those of broadcasts on their way that
// it is about to get; then takes away the members who were left out of them.
func (s *Store) countOthers(ctx context.Context, b *ippo.Broadcast, had *counters) error {
	now := s.Now()
	hour, day := stamp(now.Add(-time.Hour)), stamp(now.Add(-24*time.Hour))
	nearlyDay := stamp(now.Add(-24*time.Hour + 2*ippo.LateLimit))
	const others = `
		WITH others AS (
			SELECT o.id, o.content = b.content AS same, CASE WHEN o.campaign_id = b.campaign_id OR o.series_id = b.series_id THEN ?4 ELSE ?3 END AS day
			FROM broadcasts b JOIN broadcasts o ON o.id <> b.id
			WHERE b.id = ?1 AND o.started_at IS NOT NULL AND (o.finished_at IS NULL OR o.finished_at > ?3)),
		called AS (
			SELECT r.id, r.members, coalesce(r.first_called_at > ?2, 1) AS lately,
				o.same AND coalesce(r.first_called_at > o.day, 1) AS same
			FROM others o JOIN delivery_requests r ON r.broadcast_id = o.id
			WHERE r.state IN ('accepted', 'unknown') OR r.state = 'pending' AND (r.first_called_at IS NOT NULL
				OR (SELECT status FROM broadcasts WHERE id = o.id) = 'sending'))
		`
	args := []any{b.ID, hour, day, nearlyDay}
	rows, err := s.ro.QueryContext(ctx, others+`SELECT members, lately, same FROM called WHERE lately OR same`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var packed []byte
		var lately, same bool
		if err := rows.Scan(&packed, &lately, &same); err != nil {
			return err
		}
		members, err := ippo.UnpackMembers(packed)
		if err != nil {
			return err
		}
		had.count(members, lately, same, 1)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	left, err := s.ro.QueryContext(ctx, others+`
		SELECT e.follower_id, lately, same FROM called JOIN delivery_exceptions e ON e.request_id = called.id
		WHERE lately OR same`, args...)
	if err != nil {
		return err
	}
	defer left.Close()
	for left.Next() {
		var member ippo.FollowerID
		var lately, same bool
		if err := left.Scan(&member, &lately, &same); err != nil {
			return err
		}
		had.count([]ippo.FollowerID{member}, lately, same, -1)
	}
	return left.Err()
}

func (c *counters) count(members []ippo.FollowerID, lately, same bool, n int8) {
	if lately {
		c.messages.add(members, n)
	}
	if same {
		c.same.add(members, n)
	}
}

// counter counts up to 127 for each follower; IDs are given in order, so it is dense.
type counter []int8

// add counts n more for each of ascending followers.
func (c *counter) add(members []ippo.FollowerID, n int8) {
	if len(members) == 0 {
		return
	}
	if need := int(members[len(members)-1]) + 1; need > len(*c) {
		*c = append(*c, make([]int8, need-len(*c))...)
	}
	for _, m := range members {
		if sum := int((*c)[m]) + int(n); sum <= math.MaxInt8 {
			(*c)[m] = int8(sum)
		}
	}
}

func (c counter) of(m ippo.FollowerID) int8 {
	if int(m) >= len(c) {
		return 0
	}
	return c[m]
}
