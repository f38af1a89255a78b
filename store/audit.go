package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"ippo"
)

// AuditEntry is one thing that a member of staff, or the program itself, did.
type AuditEntry struct {
	ID     int64
	At     time.Time
	Staff  ippo.StaffID // 0: the program
	Name   string       // the member of staff's, as it is now
	Action string       // such as broadcast.approve
	Object string       // such as broadcast:12
	Detail string       // what the action alone does not say; never personal data
}

// audit notes what is being done, in the transaction that does it. by is 0 for the program itself;
// detail holds no personal data.
func (t *Tx) audit(ctx context.Context, by ippo.StaffID, action, object, detail string) error {
	err := t.exec(ctx, `
		INSERT INTO audit_log (at, staff_id, action, object, detail) VALUES (?, ?, ?, ?, ?)`,
		stamp(t.now), orNull(by), action, object, detail)
	if err != nil {
		return fmt.Errorf("audit %s: %w", action, err)
	}
	return nil
}

// Audit notes something that changes no row of its own, such as a list that was exported.
func (s *Store) Audit(ctx context.Context, by ippo.StaffID, action, object, detail string) error {
	return s.Write(ctx, func(t *Tx) error { return t.audit(ctx, by, action, object, detail) })
}

// AuditLog returns at most limit entries older than the entry before, the newest first; before 0
// begins with the newest of all.
func (s *Store) AuditLog(ctx context.Context, limit int, before int64) ([]AuditEntry, error) {
	entries, err := collect(ctx, s.ro, scanAuditEntry, `
		SELECT `+auditColumns+` FROM audit_log a LEFT JOIN staff s ON s.id = a.staff_id
		WHERE ? = 0 OR a.id < ? ORDER BY a.id DESC LIMIT ?`, before, before, limit)
	if err != nil {
		return nil, fmt.Errorf("audit log: %w", err)
	}
	return entries, nil
}

// History returns at most limit of the latest entries about one object, the newest first.
func (s *Store) History(ctx context.Context, object string, limit int) ([]AuditEntry, error) {
	entries, err := collect(ctx, s.ro, scanAuditEntry, `
		SELECT `+auditColumns+` FROM audit_log a LEFT JOIN staff s ON s.id = a.staff_id
		WHERE a.object = ? ORDER BY a.id DESC LIMIT ?`, object, limit)
	if err != nil {
		return nil, fmt.Errorf("history of %s: %w", object, err)
	}
	return entries, nil
}

// exceptions are the actions by which something passed a rule.
var exceptions = []any{
	"broadcast.release", "broadcast.approve-own", "campaign.activate-own", "series.activate-own", "campaign.activate-held", "series.activate-held",
	"broadcast.quiet", "broadcast.repeat", "firing.send", "digest.send",
	"settings.one-person", "settings.two-person",
}

// Exceptions returns at most limit of the latest entries since a moment about what passed a rule, the
// newest first.
func (s *Store) Exceptions(ctx context.Context, since time.Time, limit int) ([]AuditEntry, error) {
	entries, err := collect(ctx, s.ro, scanAuditEntry, `
		SELECT `+auditColumns+` FROM audit_log a LEFT JOIN staff s ON s.id = a.staff_id
		WHERE a.action IN (`+placeholders(len(exceptions))+`) AND a.at >= ? ORDER BY a.id DESC LIMIT ?`,
		append(append([]any{}, exceptions...), stamp(since), limit)...)
	if err != nil {
		return nil, fmt.Errorf("exceptions: %w", err)
	}
	return entries, nil
}

const auditColumns = `a.id, a.at, a.staff_id, s.name, a.action, a.object, a.detail`

func scanAuditEntry(row scanner) (AuditEntry, error) {
	var e AuditEntry
	var staff sql.NullInt64
	var name sql.NullString
	err := row.Scan(&e.ID, at(&e.At), &staff, &name, &e.Action, &e.Object, &e.Detail)
	e.Staff, e.Name = ippo.StaffID(staff.Int64), name.String
	return e, err
}

// orNull writes an ID as it is kept; 0 is NULL.
func orNull[ID ~int64](id ID) any {
	if id == 0 {
		return nil
	}
	return int64(id)
}
