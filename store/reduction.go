package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"ippo"
)

// AddReduction counts one use of 配信を減らす.
func (t *Tx) AddReduction(ctx context.Context, r ippo.Reduction) error {
	err := t.exec(ctx, "INSERT INTO reductions (at, broadcast_id, step, topic) VALUES (?, ?, ?, ?)",
		stamp(t.now), orNull(r.Broadcast), r.Step, nullText(r.Topic))
	if err != nil {
		return fmt.Errorf("count a use of %s: %w", r.Step, err)
	}
	return nil
}

// Reductions counts the uses of 配信を減らす since a moment.
func (s *Store) Reductions(ctx context.Context, since time.Time) (ippo.Reductions, error) {
	counted := ippo.Reductions{Since: since}
	err := s.ro.QueryRowContext(ctx, `
		SELECT count(CASE WHEN step = 'opened' THEN 1 END), count(CASE WHEN step = 'digest' THEN 1 END), count(CASE WHEN step = 'stopped' THEN 1 END),
			count(CASE WHEN step = 'opened' AND coalesce(json_array_length(b.audience, '$.topics'), 0) = 0 THEN 1 END)
		FROM reductions r LEFT JOIN broadcasts b ON b.id = r.broadcast_id WHERE r.at >= ?`, stamp(since)).
		Scan(&counted.Opened, &counted.Digest, &counted.Stopped, &counted.Others)
	if err != nil {
		return counted, fmt.Errorf("reductions: %w", err)
	}
	counted.Topics, err = collect(ctx, s.ro, scanTopicReductions, `
		SELECT topic, sum(opened), sum(digest), sum(gone) FROM (
			SELECT j.value AS topic, r.step = 'opened' AS opened, r.step = 'digest' AS digest, 0 AS gone
			FROM reductions r JOIN broadcasts b ON b.id = r.broadcast_id, json_each(b.audience, '$.topics') j
			WHERE r.step IN ('opened', 'digest') AND r.at >= ?1
			UNION ALL
			SELECT topic, 0, 0, 1 FROM reductions WHERE step = 'topic' AND at >= ?1)
		GROUP BY topic`, stamp(since))
	if err != nil {
		return counted, fmt.Errorf("reductions by topic: %w", err)
	}
	slices.SortFunc(counted.Topics, func(a, b ippo.TopicReductions) int {
		return cmp.Or(b.Left-a.Left, b.Digest-a.Digest, b.Opened-a.Opened, cmp.Compare(a.Topic, b.Topic))
	})
	return counted, nil
}

func scanTopicReductions(row scanner) (r ippo.TopicReductions, err error) {
	err = row.Scan(&r.Topic, &r.Opened, &r.Digest, &r.Left)
	return r, err
}
