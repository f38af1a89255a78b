package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"ippo"
)

// Breach is how many of a broadcast's recipients would be written to too often.
type Breach struct {
	Often int // had as many messages within the hour as one person may get
	Again int // had the same content within a day
}

// Breach compares a broadcast that is about to leave with what its recipients have had, or are about
// to have, from the others and from notices. perHour is how many messages one person may get within an
// hour. A campaign or a series may repeat itself from day to day, a little sooner if it was late the day before.
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
	if err := s.countNotices(ctx, b, &had); err != nil {
		return Breach{}, fmt.Errorf("notices that the recipients of broadcast %d have had: %w", b.ID, err)
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

// countNotices counts the notices that LINE has or may have, and those that are due within a minute and
// so may leave at the same time.
func (s *Store) countNotices(ctx context.Context, b *ippo.Broadcast, had *counters) error {
	now := s.Now()
	rows, err := s.ro.QueryContext(ctx, `
		WITH n AS (
			SELECT follower_id, first_called_at, content FROM notices
			WHERE first_called_at > ?2 AND state IN ('accepted', 'unknown', 'pending')
			UNION ALL
			SELECT follower_id, ?3, content FROM notices
			WHERE state = 'pending' AND next_attempt_at <= ?3 AND first_called_at IS NULL)
		SELECT follower_id, first_called_at > ?1, content = ?4 FROM n`,
		stamp(now.Add(-time.Hour)), stamp(now.Add(-24*time.Hour)), stamp(now.Add(time.Minute)), b.Content())
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var who ippo.FollowerID
		var lately, same bool
		if err := rows.Scan(&who, &lately, &same); err != nil {
			return err
		}
		had.count([]ippo.FollowerID{who}, lately, same, 1)
	}
	return rows.Err()
}

// Had is what one person has had, or is about to have.
type Had struct {
	Lately []time.Time     // when, within the last hour; in no order
	Same   map[string]bool // the content of what came within a day: SHA-256, of what was asked about
}

// Add notes a message. What has no time yet is on its way.
func (h *Had) Add(called, now time.Time, content string) {
	if called.IsZero() {
		called = now
	}
	if called.After(now.Add(-time.Hour)) {
		h.Lately = append(h.Lately, called)
	}
	h.Same[content] = true
}

// Had returns what those to whom notices are due have had from broadcasts and from other notices: the
// breaker's view of people, where Breach is that of a broadcast.
func (s *Store) Had(ctx context.Context, due []DueNotice) (map[ippo.FollowerID]*Had, error) {
	now := s.Now()
	had := make(map[ippo.FollowerID]*Had, len(due))
	contents := make(map[string]bool, len(due))
	for _, d := range due {
		had[d.Follower] = &Had{Same: map[string]bool{}}
		contents[string(d.Content)] = true
	}
	if err := s.hadNotices(ctx, now, had); err != nil {
		return nil, fmt.Errorf("notices had: %w", err)
	}
	if err := s.hadBroadcasts(ctx, now, contents, had); err != nil {
		return nil, fmt.Errorf("broadcasts had: %w", err)
	}
	return had, nil
}

func (s *Store) hadNotices(ctx context.Context, now time.Time, had map[ippo.FollowerID]*Had) error {
	followers, err := json.Marshal(slices.Collect(maps.Keys(had)))
	if err != nil {
		return err
	}
	rows, err := s.ro.QueryContext(ctx, `
		SELECT follower_id, first_called_at, content FROM notices
		WHERE follower_id IN (SELECT value FROM json_each(?)) AND first_called_at > ? AND state IN ('accepted', 'unknown', 'pending')`,
		string(followers), stamp(now.Add(-24*time.Hour)))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var who ippo.FollowerID
		var called time.Time
		var content []byte
		if err := rows.Scan(&who, at(&called), &content); err != nil {
			return err
		}
		had[who].Add(called, now, string(content))
	}
	return rows.Err()
}

// hadBroadcasts reads the requests of the last hour, and those of the last day that say the same as one of
// the contents; whoever was left out of them has not had them.
func (s *Store) hadBroadcasts(ctx context.Context, now time.Time, contents map[string]bool, had map[ippo.FollowerID]*Had) error {
	type request struct {
		id      int64
		packed  []byte
		called  time.Time
		content string
	}
	requests, err := collect(ctx, s.ro, func(row scanner) (r request, err error) {
		var content []byte
		err = row.Scan(&r.id, &r.packed, at(&r.called), &content)
		r.content = string(content)
		return r, err
	}, `
		SELECT r.id, r.members, r.first_called_at, o.content
		FROM broadcasts o JOIN delivery_requests r ON r.broadcast_id = o.id
		WHERE o.started_at IS NOT NULL AND (o.finished_at IS NULL OR o.finished_at > ?1)
			AND coalesce(r.first_called_at > ?1, 1) AND (r.state IN ('accepted', 'unknown') OR r.state = 'pending'
				AND (r.first_called_at IS NOT NULL OR o.status = 'sending'))`,
		stamp(now.Add(-24*time.Hour)))
	if err != nil {
		return err
	}
	for _, r := range requests {
		if r.called.Before(now.Add(-time.Hour)) && !r.called.IsZero() && !contents[r.content] {
			continue
		}
		members, err := ippo.UnpackMembers(r.packed)
		if err != nil {
			return fmt.Errorf("request %d: %w", r.id, err)
		}
		var left map[ippo.FollowerID]bool // read once somebody is met
		for _, m := range members {
			h := had[m]
			if h == nil {
				continue
			}
			if left == nil {
				if left, err = s.leftOut(ctx, r.id); err != nil {
					return err
				}
			}
			if !left[m] {
				h.Add(r.called, now, r.content)
			}
		}
	}
	return nil
}

// leftOut are the members of a request who did not get it.
func (s *Store) leftOut(ctx context.Context, request int64) (map[ippo.FollowerID]bool, error) {
	left := map[ippo.FollowerID]bool{}
	_, err := collect(ctx, s.ro, func(row scanner) (none struct{}, err error) {
		var who ippo.FollowerID
		err = row.Scan(&who)
		left[who] = true
		return none, err
	}, `SELECT follower_id FROM delivery_exceptions WHERE request_id = ?`, request)
	return left, err
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
