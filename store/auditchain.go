package store

import (
	"bytes"
	"context"
	"crypto/hmac"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// The audit log is a chain: each row's hash covers the row before it, under a key derived from
// IPPO_SECRET_KEY, so that who can write the file but has no key can neither change, take out nor put in a
// row unnoticed. docs/decisions/audit-log.md says what this shows and what it cannot.

// chain is where the log ends, and up to where retention has cut it.
type chain struct {
	last    int64 // the last row's ID; they have no gaps
	hash    []byte
	cut     int64 // rows up to this one were deleted
	cutHash []byte
}

// chainState reads the one row of audit_chain and its sum; before the first entry both are empty.
func chainState(ctx context.Context, q queryer) (c chain, sum []byte, err error) {
	c, err = one(ctx, q, func(row scanner) (c chain, err error) {
		err = row.Scan(&c.last, &c.hash, &c.cut, &c.cutHash, &sum)
		return c, err
	}, `SELECT last, hash, cut, cut_hash, sum FROM audit_chain WHERE id = 1`)
	if notFound(err) {
		return chain{}, nil, nil
	}
	return c, sum, err
}

// canonical is the chain's state as its sum covers it.
func (c chain) canonical() string {
	return canonical("chain", strconv.FormatInt(c.last, 10), string(c.hash), strconv.FormatInt(c.cut, 10), string(c.cutHash))
}

// chained is a row as its hash covers it.
type chained struct {
	id                                         int64
	at                                         string
	staff                                      int64
	action, object, detail, fromWhere, changes string
	hash                                       []byte
}

const chainedColumns = `id, at, coalesce(staff_id, 0), action, object, detail, from_where, changes, hash`

func scanChained(row scanner) (r chained, err error) {
	err = row.Scan(&r.id, &r.at, &r.staff, &r.action, &r.object, &r.detail, &r.fromWhere, &r.changes, &r.hash)
	return r, err
}

func (r chained) canonical(before []byte) string {
	return canonical("row", string(before), strconv.FormatInt(r.id, 10), r.at, strconv.FormatInt(r.staff, 10),
		r.action, r.object, r.detail, r.fromWhere, r.changes)
}

// canonical joins fields so that no other fields join to the same text: each behind its length.
func canonical(fields ...string) string {
	var b []byte
	for _, f := range fields {
		b = fmt.Appendf(b, "%d:%s,", len(f), f)
	}
	return string(b)
}

// link adds an entry behind the last row of the log.
func (t *Tx) link(ctx context.Context, e AuditEntry) error {
	c, _, err := chainState(ctx, t.tx)
	if err != nil {
		return err
	}
	row := chained{
		id: c.last + 1, at: stamp(e.At).(string), staff: int64(e.Staff),
		action: e.Action, object: e.Object, detail: e.Detail, fromWhere: e.From,
	}
	if len(e.Changes) > 0 {
		changes, err := json.Marshal(e.Changes)
		if err != nil {
			return err
		}
		row.changes = string(changes)
	}
	row.hash = t.store.audited.Sums(row.canonical(c.hash))[0]
	err = t.exec(ctx, `
		INSERT INTO audit_log (id, at, staff_id, action, object, detail, from_where, changes, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		row.id, row.at, orNull(e.Staff), row.action, row.object, row.detail, row.fromWhere, row.changes, row.hash)
	if err != nil {
		return err
	}
	c.last, c.hash = row.id, row.hash
	return t.keepChain(ctx, c)
}

func (t *Tx) keepChain(ctx context.Context, c chain) error {
	return t.exec(ctx, `
		INSERT INTO audit_chain (id, last, hash, cut, cut_hash, sum) VALUES (1, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET last = excluded.last, hash = excluded.hash, cut = excluded.cut, cut_hash = excluded.cut_hash, sum = excluded.sum`,
		c.last, c.hash, c.cut, c.cutHash, t.store.audited.Sums(c.canonical())[0])
}

// linkOld chains the rows that were written before there was a chain, and notes in it that it did, for from
// then on nobody can tell a row that was changed before. There are none but at the first start of this release.
func (s *Store) linkOld(ctx context.Context) error {
	const batch = 2000
	total := 0
	for {
		n := 0
		err := s.Write(ctx, func(t *Tx) error {
			rows, err := collect(ctx, t.tx, scanChained, `SELECT `+chainedColumns+` FROM audit_log WHERE hash IS NULL ORDER BY id LIMIT ?`, batch)
			if err != nil || len(rows) == 0 {
				return err
			}
			n = len(rows)
			c, _, err := chainState(ctx, t.tx)
			if err != nil {
				return err
			}
			for _, r := range rows {
				c.last, c.hash = r.id, t.store.audited.Sums(r.canonical(c.hash))[0]
				if err := t.exec(ctx, `UPDATE audit_log SET hash = ? WHERE id = ?`, c.hash, r.id); err != nil {
					return err
				}
			}
			return t.keepChain(ctx, c)
		})
		if err != nil {
			return fmt.Errorf("chain the audit log: %w", err)
		}
		if total += n; n < batch {
			break
		}
	}
	if total == 0 {
		return nil
	}
	return s.Audit(ctx, 0, "audit.chain", "audit", fmt.Sprintf("%d件", total))
}

// cutAudit deletes a batch of the rows from before a moment, from the chain's beginning, and notes in the
// chain's end that it did.
func (t *Tx) cutAudit(ctx context.Context, before time.Time) (int64, error) {
	const batch = 5000
	c, sum, err := chainState(ctx, t.tx)
	if err != nil || sum == nil {
		return 0, err
	}
	keep, err := one(ctx, t.tx, scanInt, `SELECT id FROM audit_log WHERE at >= ? ORDER BY id LIMIT 1`, stamp(before))
	if notFound(err) {
		keep = int(c.last) + 1
	} else if err != nil {
		return 0, err
	}
	cut := min(int64(keep)-1, c.cut+batch)
	n := cut - c.cut
	if n <= 0 {
		return 0, nil
	}
	if c.cutHash, err = one(ctx, t.tx, scanBytes, `SELECT hash FROM audit_log WHERE id = ?`, cut); err != nil {
		return 0, err
	}
	c.cut = cut
	if err := t.keepChain(ctx, c); err != nil {
		return 0, err
	}
	if err := t.exec(ctx, `DELETE FROM audit_log WHERE id <= ?`, cut); err != nil {
		return 0, err
	}
	return n, t.audit(ctx, 0, "audit.cut", "audit", fmt.Sprintf("%d件（%d番まで）", n, cut))
}

// CheckAudit says, in words for whoever runs the program, where the audit log is not as it was written.
func (s *Store) CheckAudit(ctx context.Context) (faults []string, err error) {
	const (
		batch  = 1000
		enough = 10 // faults: one change shows in its row alone, but a lost key in every one
	)
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	c, sum, err := chainState(ctx, s.ro)
	if err != nil {
		return nil, fmt.Errorf("check audit log: %w", err)
	}
	if sum != nil && !s.vouches(c.canonical(), sum) {
		fault("どこまで続くかの控えが、書き換えられているか、今の鍵のものではありません")
	}
	last, before := c.cut, c.cutHash
	for len(faults) < enough {
		rows, err := collect(ctx, s.ro, scanChained, `SELECT `+chainedColumns+` FROM audit_log WHERE id > ? AND id <= ? ORDER BY id LIMIT ?`,
			last, c.last, batch)
		if err != nil {
			return nil, fmt.Errorf("check audit log: %w", err)
		}
		for _, r := range rows {
			if r.id != last+1 {
				fault("%d番から%d番までの記録がありません", last+1, r.id-1)
				before = nil // what is missing cannot be covered; the row itself is taken as it is
			}
			if r.id == last+1 && !s.vouches(r.canonical(before), r.hash) {
				fault("%d番の記録が、書かれたときのままではありません", r.id)
			}
			last, before = r.id, r.hash
		}
		if len(rows) < batch {
			break
		}
	}
	if len(faults) >= enough {
		return append(faults[:enough], "ほかにもあります"), nil
	}
	if last < c.last {
		fault("%d番から%d番までの記録がありません", last+1, c.last)
	}
	if last == c.last && !bytes.Equal(before, c.hash) {
		fault("最後の記録が、控えと合いません")
	}
	if now, _, err := chainState(ctx, s.ro); err != nil {
		return nil, fmt.Errorf("check audit log: %w", err)
	} else if now.cut != c.cut { // retention has cut it meanwhile
		return s.CheckAudit(ctx)
	}
	strays, err := one(ctx, s.ro, scanInt, `
		SELECT count(*) FROM audit_log LEFT JOIN audit_chain c ON c.id = 1
		WHERE c.id IS NULL OR audit_log.id > c.last OR audit_log.id <= c.cut OR audit_log.hash IS NULL`)
	if err != nil {
		return nil, fmt.Errorf("check audit log: %w", err)
	}
	if strays > 0 {
		fault("つながりの外に%d件の記録があります", strays)
	}
	return faults, nil
}

// vouches reports whether one of our keys made a hash of a text.
func (s *Store) vouches(text string, hash []byte) bool {
	for _, sum := range s.audited.Sums(text) {
		if hmac.Equal(sum, hash) {
			return true
		}
	}
	return false
}
