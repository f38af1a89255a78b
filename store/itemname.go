package store

import (
	"context"
	"fmt"
	"time"

	"ippo"
)

// ItemName is what something that residents see is called, to choose it by.
type ItemName struct {
	ID   int64
	Name string
}

// NewsNames returns at most limit news that residents see, the latest first.
func (s *Store) NewsNames(ctx context.Context, now time.Time, limit int) ([]ItemName, error) {
	return s.itemNames(ctx, "news", limit, `
		SELECT id, title, topics, areas FROM news WHERE status = 'published' AND publish_at <= ?
		ORDER BY publish_at DESC, id DESC`, stamp(now))
}

// EventNames returns at most limit events that residents see and that have not ended, the soonest first.
func (s *Store) EventNames(ctx context.Context, now time.Time, limit int) ([]ItemName, error) {
	return s.itemNames(ctx, "events", limit, `
		SELECT id, title, topics, areas FROM events WHERE status = 'published' AND ends_at >= ?
		ORDER BY starts_at, id`, stamp(now))
}

// GroupNames returns at most limit groups that residents see, in the order they are read in.
func (s *Store) GroupNames(ctx context.Context, limit int) ([]ItemName, error) {
	return s.itemNames(ctx, "groups", limit, `
		SELECT id, name, topics, areas FROM activity_groups WHERE hidden = 0 ORDER BY CASE kana WHEN '' THEN name ELSE kana END, id`)
}

func (s *Store) itemNames(ctx context.Context, what string, limit int, query string, args ...any) ([]ItemName, error) {
	type item struct {
		ItemName
		topics, areas ippo.Choice
	}
	var names []ItemName
	items, err := someSeen(ctx, s.ro, limit, func(i item) (topics, areas ippo.Choice) { return i.topics, i.areas }, func(row scanner) (i item, err error) {
		err = row.Scan(&i.ID, &i.Name, &i.topics, &i.areas)
		return i, err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("names of %s: %w", what, err)
	}
	for _, i := range items {
		names = append(names, i.ItemName)
	}
	return names, nil
}

// CampaignNames returns at most limit campaigns that residents see (ippo.Campaign.Shown) and that have not ended, the one
// that begins last first.
func (s *Store) CampaignNames(ctx context.Context, now time.Time, limit int) ([]ItemName, error) {
	l := listing{where: "(c.active OR c.held AND c.approver_id IS NOT NULL) AND (c.ends_on = '' OR c.ends_on >= ?1)", args: []any{ippo.Day(now).Format(time.DateOnly)}}
	if err := s.narrowToSeen(ctx, &l, "campaigns", "c.audience"); err != nil {
		return nil, err
	}
	names, err := collect(ctx, s.ro, func(row scanner) (n ItemName, err error) {
		err = row.Scan(&n.ID, &n.Name)
		return n, err
	}, fmt.Sprintf(`SELECT c.id, c.title FROM campaigns c WHERE %s ORDER BY c.starts_on DESC, c.id DESC LIMIT %d`, l.where, limit), l.args...)
	if err != nil {
		return nil, fmt.Errorf("names of campaigns: %w", err)
	}
	return names, nil
}
