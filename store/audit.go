package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"ippo"
)

// AuditEntry is one thing that a member of staff, or the program itself, did.
type AuditEntry struct {
	ID      int64
	At      time.Time
	Staff   ippo.StaffID // 0: the program, or somebody who had not signed in
	Name    string       // the member of staff's, as it is now
	Action  string       // such as broadcast.approve
	Object  string       // such as broadcast:12
	Detail  string       // what the action alone does not say; never personal data
	From    string       // where it was done from: an IP address, or CommandLine; "": the program itself
	Changes []Change
}

// CommandLine is where commands do things from.
const CommandLine = "command line"

type fromKey struct{}

// From returns a context in which what is done is noted as done from somewhere: an IP address, or
// CommandLine.
func From(ctx context.Context, where string) context.Context {
	return context.WithValue(ctx, fromKey{}, where)
}

func fromWhere(ctx context.Context) string {
	where, _ := ctx.Value(fromKey{}).(string)
	return where
}

// audit notes what is being done, in the transaction that does it. by is 0 for the program itself;
// detail holds no personal data.
func (t *Tx) audit(ctx context.Context, by ippo.StaffID, action, object, detail string) error {
	return t.append(ctx, AuditEntry{Staff: by, Action: action, Object: object, Detail: detail})
}

// append adds an entry to the end of the chain, as of now and from where ctx says.
func (t *Tx) append(ctx context.Context, e AuditEntry) error {
	e.At, e.From = t.now, fromWhere(ctx)
	if err := t.link(ctx, e); err != nil {
		return fmt.Errorf("audit %s: %w", e.Action, err)
	}
	return nil
}

// Audit notes something that changes no row of its own, such as a list that was exported.
func (s *Store) Audit(ctx context.Context, by ippo.StaffID, action, object, detail string) error {
	return s.Write(ctx, func(t *Tx) error { return t.audit(ctx, by, action, object, detail) })
}

// AuditFilter narrows the log; what is zero narrows nothing.
type AuditFilter struct {
	Staff  ippo.StaffID
	System bool      // only what nobody who had signed in did
	About  string    // the first part of the action, such as broadcast
	Object string    // such as broadcast:12
	Since  time.Time // from here …
	Until  time.Time // … to before here

	Before int64 // only entries older than this one; 0: from the newest
	Limit  int
}

// AuditLog returns the entries that a filter lets through, the newest first.
func (s *Store) AuditLog(ctx context.Context, f AuditFilter) ([]AuditEntry, error) {
	where, args := []string{"TRUE"}, []any{}
	and := func(condition string, arg ...any) {
		where, args = append(where, condition), append(args, arg...)
	}
	if f.Before != 0 {
		and("a.id < ?", f.Before)
	}
	switch {
	case f.System:
		and("a.staff_id IS NULL")
	case f.Staff != 0:
		and("a.staff_id = ?", f.Staff)
	}
	if f.About != "" {
		// A slash comes after a full stop. Not by the index, whose rows would have to be sorted anew for each page.
		and("+a.action >= ? AND +a.action < ?", f.About+".", f.About+"/")
	}
	if f.Object != "" {
		and("a.object = ?", f.Object)
	}
	if !f.Since.IsZero() {
		and("a.at >= ?", stamp(f.Since))
	}
	if !f.Until.IsZero() {
		and("a.at < ?", stamp(f.Until))
	}
	entries, err := collect(ctx, s.ro, scanAuditEntry, `
		SELECT `+auditColumns+` FROM audit_log a LEFT JOIN staff s ON s.id = a.staff_id
		WHERE `+strings.Join(where, " AND ")+` ORDER BY a.id DESC LIMIT ?`, append(args, f.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("audit log: %w", err)
	}
	return entries, nil
}

// History returns at most limit of the latest entries about one object, the newest first.
func (s *Store) History(ctx context.Context, object string, limit int) ([]AuditEntry, error) {
	return s.AuditLog(ctx, AuditFilter{Object: object, Limit: limit})
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

const auditColumns = `a.id, a.at, a.staff_id, s.name, a.action, a.object, a.detail, a.from_where, a.changes`

func scanAuditEntry(row scanner) (AuditEntry, error) {
	var e AuditEntry
	var staff sql.NullInt64
	var name sql.NullString
	var changes string
	err := row.Scan(&e.ID, at(&e.At), &staff, &name, &e.Action, &e.Object, &e.Detail, &e.From, &changes)
	e.Staff, e.Name = ippo.StaffID(staff.Int64), name.String
	if err == nil && changes != "" {
		err = json.Unmarshal([]byte(changes), &e.Changes)
	}
	return e, err
}

// orNull writes an ID as it is kept; 0 is NULL.
func orNull[ID ~int64](id ID) any {
	if id == 0 {
		return nil
	}
	return int64(id)
}
