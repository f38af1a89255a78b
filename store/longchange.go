package store

import "ippo"

// longChange are the columns of a table of changes of many people, as c; scanLongChange reads them.
func longChange(table string) string {
	return `c.id, coalesce(c.undoes, 0), EXISTS (SELECT 1 FROM ` + table + ` u WHERE u.undoes = c.id), c.at, c.people, c.changed, c.done_at IS NOT NULL`
}

// scanLongChange reads longChange's columns, and more behind them.
func scanLongChange(row scanner, c *ippo.LongChange, more ...any) error {
	return row.Scan(append([]any{&c.ID, &c.Undoes, &c.Undone, at(&c.At), &c.People, &c.Changed, &c.Done}, more...)...)
}
