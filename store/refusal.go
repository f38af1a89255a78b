package store

import (
	"context"
	"fmt"
	"time"

	"ippo"
)

// What is refused is in the audit log, and whoever is refused decides how often: so of one kind only the
// first of an hour is written down at once, the others are counted and follow in one line when the hour is
// over. A kind is who, what, on what and from where; of these each person, and all strangers together, have
// at most maxRefusals an hour, and the rest is one kind more.
const (
	refusalHour = time.Hour
	maxRefusals = 40
)

// Refused notes that something was refused to somebody; by is 0 for who has not signed in.
func (s *Store) Refused(ctx context.Context, by ippo.StaffID, action, object string) error {
	return s.Write(ctx, func(t *Tx) error { return t.refused(ctx, by, action, object) })
}

func (t *Tx) refused(ctx context.Context, by ippo.StaffID, action, object string) error {
	if err := t.closeRefusals(ctx); err != nil {
		return err
	}
	from := fromWhere(ctx)
	n, err := t.countRefusal(ctx, by, action, object, from)
	if err != nil || n > 0 {
		return err
	}
	kinds, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM refusals WHERE staff_id = ?`, by)
	if err != nil {
		return fmt.Errorf("refused %s: %w", action, err)
	}
	if kinds >= maxRefusals {
		object, from = "", ""
		if n, err := t.countRefusal(ctx, by, action, object, from); err != nil || n > 0 {
			return err
		}
	}
	err = t.exec(ctx, `INSERT INTO refusals (staff_id, action, object, from_where, first_at) VALUES (?, ?, ?, ?, ?)`,
		by, action, object, from, stamp(t.now))
	if err != nil {
		return fmt.Errorf("refused %s: %w", action, err)
	}
	return t.append(From(ctx, from), AuditEntry{Staff: by, Action: action, Object: object})
}

// countRefusal counts one more of a kind that this hour has seen; n is 0 if it has not.
func (t *Tx) countRefusal(ctx context.Context, by ippo.StaffID, action, object, from string) (n int64, err error) {
	n, err = t.change(ctx, `
		UPDATE refusals SET more = more + 1 WHERE staff_id = ? AND action = ? AND object = ? AND from_where = ?`, by, action, object, from)
	if err != nil {
		return 0, fmt.Errorf("refused %s: %w", action, err)
	}
	return n, nil
}

// CloseRefusals writes down how many more there were in the hours that are over.
func (s *Store) CloseRefusals(ctx context.Context) error {
	return s.Write(ctx, func(t *Tx) error { return t.closeRefusals(ctx) })
}

func (t *Tx) closeRefusals(ctx context.Context) error {
	type refusal struct {
		id                   int64
		by                   ippo.StaffID
		action, object, from string
		more                 int
		first                time.Time
	}
	over, err := collect(ctx, t.tx, func(row scanner) (r refusal, err error) {
		err = row.Scan(&r.id, &r.by, &r.action, &r.object, &r.from, &r.more, at(&r.first))
		return r, err
	}, `SELECT id, staff_id, action, object, from_where, more, first_at FROM refusals WHERE first_at <= ? ORDER BY id`,
		stamp(t.now.Add(-refusalHour)))
	if err != nil {
		return fmt.Errorf("close refusals: %w", err)
	}
	for _, r := range over {
		if err := t.exec(ctx, `DELETE FROM refusals WHERE id = ?`, r.id); err != nil {
			return fmt.Errorf("close refusals: %w", err)
		}
		if r.more == 0 {
			continue
		}
		detail := fmt.Sprintf("%sから1時間のあいだに、ほか%s回", ippo.TimeWords(r.first), ippo.Comma(int64(r.more)))
		if err := t.append(From(ctx, r.from), AuditEntry{Staff: r.by, Action: r.action, Object: r.object, Detail: detail}); err != nil {
			return err
		}
	}
	return nil
}
