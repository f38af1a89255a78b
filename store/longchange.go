package store

import (
	"context"
	"encoding/json"
	"slices"

	"ippo"
)

// longChange are the columns of a table of changes of many people, as c; scanLongChange reads them.
func longChange(table string) string {
	return `c.id, coalesce(c.undoes, 0), EXISTS (SELECT 1 FROM ` + table + ` u WHERE u.undoes = c.id), c.at, c.people, c.changed, c.done_at IS NOT NULL`
}

// scanLongChange reads longChange's columns, and more behind them.
func scanLongChange(row scanner, c *ippo.LongChange, more ...any) error {
	return row.Scan(append([]any{&c.ID, &c.Undoes, &c.Undone, at(&c.At), &c.People, &c.Changed, &c.Done}, more...)...)
}

// addParts notes with what a change of a table of changes is to be made, so many in each of its parts.
func addParts[S any](ctx context.Context, t *Tx, table string, change int64, several []S, size int) error {
	part := 0
	for some := range slices.Chunk(several, size) {
		seen, err := json.Marshal(some)
		if err != nil {
			return err
		}
		if err := t.exec(ctx, `INSERT INTO `+table+` (change_id, part, seen) VALUES (?, ?, ?)`, change, part, string(seen)); err != nil {
			return err
		}
		part++
	}
	return nil
}

// undoChange notes that what a change of a table did, as these columns say, is to be taken back. ippo.ErrConflict: it is
// not done, was taken back before, or took another back itself.
func (t *Tx) undoChange(ctx context.Context, table, columns string, by ippo.StaffID, id int64) error {
	return t.changeOne(ctx, `
		INSERT INTO `+table+` (`+columns+`, undoes, staff_id, at, people)
		SELECT `+columns+`, id, ?, ?, changed FROM `+table+` c
		WHERE id = ? AND done_at IS NOT NULL AND undoes IS NULL AND NOT EXISTS (SELECT 1 FROM `+table+` u WHERE u.undoes = c.id)`,
		by, stamp(t.now), id)
}
