package store

import (
	"database/sql"
	"fmt"
	"time"
)

// layout is fixed-width RFC 3339 in UTC: it sorts as text and reads well in the sqlite3 shell.
const layout = "2006-01-02T15:04:05.000Z"

// stamp writes a time as it is kept; the zero time is NULL.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(layout)
}

// at scans a time that stamp wrote; NULL is the zero time.
func at(t *time.Time) *stamped { return (*stamped)(t) }

type stamped time.Time

func (s *stamped) Scan(v any) error {
	var text sql.NullString
	if err := text.Scan(v); err != nil {
		return err
	}
	if !text.Valid {
		*s = stamped{}
		return nil
	}
	t, err := time.Parse(layout, text.String)
	if err != nil {
		return fmt.Errorf("stored time: %w", err)
	}
	*s = stamped(t)
	return nil
}
