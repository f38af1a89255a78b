package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"ippo"
)

// Load is how much waits and how much there is, for those who watch the machine.
type Load struct {
	OpenEvents  int           // webhook events that are not handled yet
	OldestEvent time.Duration // age of the oldest of them
	Recipients  map[ippo.DeliveryState]int
	Broadcasts  map[ippo.BroadcastStatus]int
	Followers   map[ippo.FollowerStatus]int
	Bytes       int64 // the database file
}

// Load counts what is there now.
func (s *Store) Load(ctx context.Context) (Load, error) {
	l := Load{
		Recipients: map[ippo.DeliveryState]int{},
		Broadcasts: map[ippo.BroadcastStatus]int{},
		Followers:  map[ippo.FollowerStatus]int{},
	}
	for _, state := range ippo.DeliveryStates {
		l.Recipients[state] = 0 // a figure that is sometimes missing cannot be watched
	}
	var oldest time.Time
	err := s.ro.QueryRowContext(ctx, `
		SELECT count(*), min(received_at) FROM inbound_events WHERE state <> 'done'`).Scan(&l.OpenEvents, at(&oldest))
	if err != nil {
		return Load{}, fmt.Errorf("count open events: %w", err)
	}
	if !oldest.IsZero() {
		l.OldestEvent = s.Now().Sub(oldest)
	}
	// The few members whose fate differs from their request's are counted with it.
	if err := tally(ctx, s.ro.DB, l.Recipients, "SELECT state, sum(size) FROM delivery_requests GROUP BY state"); err != nil {
		return Load{}, fmt.Errorf("count recipients: %w", err)
	}
	if err := tally(ctx, s.ro.DB, l.Broadcasts, "SELECT status, count(*) FROM broadcasts GROUP BY status"); err != nil {
		return Load{}, fmt.Errorf("count broadcasts: %w", err)
	}
	people, err := s.headcount(ctx)
	if err != nil {
		return Load{}, fmt.Errorf("count followers: %w", err)
	}
	for _, status := range ippo.FollowerStatuses {
		of := standingOf(status)
		l.Followers[status] = people.count(func(s standing) bool { return s.is(of, 0) })
	}
	if l.Bytes, err = databaseSize(ctx, s.ro.DB); err != nil {
		return Load{}, fmt.Errorf("size of the database: %w", err)
	}
	return l, nil
}

// tally reads rows of a name and a number.
func tally[K ~string](ctx context.Context, db *sql.DB, into map[K]int, query string) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var (
			key K
			n   int
		)
		if err := rows.Scan(&key, &n); err != nil {
			return err
		}
		into[key] = n
	}
	return rows.Err()
}
