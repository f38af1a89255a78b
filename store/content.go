package store

import (
	"context"
	"encoding/json"
	"fmt"

	"ippo"
)

// shelves are the tables of what residents read, and what of each a long list is found and sorted by.
var shelves = map[ippo.ContentKind]struct{ table, status, name, at, text string }{
	ippo.ContentNews: {"news", "status", "title", "publish_at", "title || char(10) || summary || char(10) || body"},
	ippo.ContentEvent: {"events", "status", "title", "starts_at",
		"title || char(10) || summary || char(10) || body || char(10) || place"},
	ippo.ContentGroup: {"activity_groups", "CASE hidden WHEN 0 THEN 'published' ELSE 'retired' END",
		"CASE kana WHEN '' THEN name ELSE kana END", "updated_at",
		"name || char(10) || kana || char(10) || summary || char(10) || body || char(10) || place"},
}

// ContentRows returns every thing of a kind as a list finds it; with texts, only when somebody searches.
func (s *Store) ContentRows(ctx context.Context, kind ippo.ContentKind, texts bool) ([]ippo.ContentRow, error) {
	shelf := shelves[kind]
	text := "''"
	if texts {
		text = shelf.text + ` || coalesce((SELECT group_concat(j.value, char(10)) FROM translations x, json_each(x.texts) j
			WHERE x.kind = '` + string(kind) + `' AND x.thing_id = ` + shelf.table + `.id), '')`
	}
	rows, err := collect(ctx, s.ro, func(row scanner) (r ippo.ContentRow, err error) {
		err = row.Scan(&r.ID, &r.Topics, &r.Areas, &r.Status, &r.Name, at(&r.At), &r.Text)
		return r, err
	}, fmt.Sprintf(`SELECT id, topics, areas, %s, %s, %s, %s FROM %s ORDER BY id DESC`, shelf.status, shelf.name, shelf.at, text, shelf.table))
	if err != nil {
		return nil, fmt.Errorf("list of %s: %w", kind, err)
	}
	return seenOf(ctx, rows, func(r ippo.ContentRow) (topics, areas ippo.Choice) { return r.Topics, r.Areas }), nil
}

// AddBulkChange notes what was changed for many things at once, so that it can be taken back.
func (s *Store) AddBulkChange(ctx context.Context, by ippo.StaffID, b ippo.BulkChange) error {
	was, err := json.Marshal(b.Was)
	if err != nil {
		return fmt.Errorf("add bulk change: %w", err)
	}
	err = s.Write(ctx, func(t *Tx) error {
		return t.exec(ctx, `INSERT INTO bulk_changes (kind, state, was, staff_id, at) VALUES (?, ?, ?, ?, ?)`,
			b.Kind, b.Status, string(was), by, stamp(t.now))
	})
	if err != nil {
		return fmt.Errorf("add bulk change: %w", err)
	}
	return nil
}

// LatestBulkChange returns the last that somebody changed of a kind at once, while it can be taken back;
// ippo.ErrNotFound when there is none.
func (s *Store) LatestBulkChange(ctx context.Context, by ippo.StaffID, kind ippo.ContentKind) (ippo.BulkChange, error) {
	b, err := one(ctx, s.ro, func(row scanner) (b ippo.BulkChange, err error) {
		var was []byte
		if err := row.Scan(&b.ID, &b.Kind, &b.Status, &was, at(&b.At)); err != nil {
			return b, err
		}
		return b, json.Unmarshal(was, &b.Was)
	}, `SELECT id, kind, state, was, at FROM bulk_changes
		WHERE id = (SELECT max(id) FROM bulk_changes WHERE kind = ? AND staff_id = ?) AND undone_at IS NULL AND at >= ?`,
		kind, by, stamp(s.Now().Add(-ippo.UndoWithin)))
	if err != nil {
		return b, fmt.Errorf("latest bulk change: %w", err)
	}
	return b, nil
}

// UndoneBulkChange notes that a change of many things was taken back; ippo.ErrConflict: it was before.
func (s *Store) UndoneBulkChange(ctx context.Context, id int64) error {
	err := s.Write(ctx, func(t *Tx) error {
		return t.changeOne(ctx, `UPDATE bulk_changes SET undone_at = ? WHERE id = ? AND undone_at IS NULL`, stamp(t.now), id)
	})
	if err != nil {
		return fmt.Errorf("undo bulk change %d: %w", id, err)
	}
	return nil
}
