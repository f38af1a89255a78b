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

// ContentFilter narrows a list of what residents read; its zero value is all of it.
type ContentFilter struct {
	Status        ippo.ContentStatus
	Topics, Areas *ippo.Choice           // about one of these; nil for any, and for none at all
	IDs           []int64                // some of them; nil for any
	Match         func(text string) bool // what a search wants of its texts, translations too; nil for nothing
}

// ContentPage returns a part of the list of what a filter leaves of a kind, and how much that is: sorted by "name", or
// else by the moment that counts.
func (s *Store) ContentPage(ctx context.Context, kind ippo.ContentKind, filter ContentFilter, p Page) (Part[ippo.ContentRow], int, error) {
	none := Part[ippo.ContentRow]{}
	l, err := s.contentListing(ctx, kind, filter)
	if err != nil {
		return none, 0, fmt.Errorf("list of %s: %w", kind, err)
	}
	total, err := l.count(ctx, s.ro)
	if err != nil {
		return none, 0, fmt.Errorf("count list of %s: %w", kind, err)
	}
	by := shelves[kind].at
	if p.Sort == "name" {
		by = shelves[kind].name
	}
	l.stretches = []stretch{{by: by, desc: p.Desc}}
	part, err := collectPage(ctx, s.ro, scanContentRow, l, p)
	if err != nil {
		return none, 0, fmt.Errorf("list of %s: %w", kind, err)
	}
	return part, total, nil
}

// ContentRows returns all that a filter leaves of a kind.
func (s *Store) ContentRows(ctx context.Context, kind ippo.ContentKind, filter ContentFilter) ([]ippo.ContentRow, error) {
	l, err := s.contentListing(ctx, kind, filter)
	if err != nil {
		return nil, fmt.Errorf("list of %s: %w", kind, err)
	}
	rows, err := collect(ctx, s.ro, scanContentRow, `SELECT `+l.columns+` FROM `+l.from+` WHERE `+l.where, l.args...)
	if err != nil {
		return nil, fmt.Errorf("list of %s: %w", kind, err)
	}
	return rows, nil
}

func scanContentRow(row scanner) (r ippo.ContentRow, err error) {
	err = row.Scan(&r.ID, &r.Topics, &r.Areas, &r.Status)
	return r, err
}

// contentListing says a filter in SQL. What is searched for is compared here, and what a team sees, of those that the
// rest of the filter leaves.
func (s *Store) contentListing(ctx context.Context, kind ippo.ContentKind, filter ContentFilter) (listing, error) {
	shelf := shelves[kind]
	l := listing{columns: "id, topics, areas, " + shelf.status, table: shelf.table, id: "id", from: shelf.table, where: "1 = 1"}
	if filter.Status != "" {
		l.narrow(shelf.status+" = ?", filter.Status)
	}
	if filter.Topics != nil {
		l.narrow("topics & ? <> 0", int64(*filter.Topics))
	}
	if filter.Areas != nil {
		l.narrow("areas & ? <> 0", int64(*filter.Areas))
	}
	if filter.IDs != nil {
		l.among(filter.IDs)
	}
	if filter.Match == nil && RemitOf(ctx) == nil {
		return l, nil
	}
	text := "''"
	if filter.Match != nil {
		text = shelf.text + ` || coalesce((SELECT group_concat(j.value, char(10)) FROM translations x, json_each(x.texts) j
			WHERE x.kind = '` + string(kind) + `' AND x.thing_id = ` + shelf.table + `.id), '')`
	}
	found := []int64{}
	_, err := collect(ctx, s.ro, func(row scanner) (struct{}, error) {
		var id int64
		var topics, areas ippo.Choice
		var text string
		err := row.Scan(&id, &topics, &areas, &text)
		if err == nil && RemitOf(ctx).Sees(topics, areas) && (filter.Match == nil || filter.Match(text)) {
			found = append(found, id)
		}
		return struct{}{}, err
	}, fmt.Sprintf(`SELECT id, topics, areas, %s FROM %s WHERE %s`, text, l.from, l.where), l.args...)
	l.among(found)
	return l, err
}

// ContentSlugs returns the IDs of every thing of a kind by its slug, whoever sees it.
func (s *Store) ContentSlugs(ctx context.Context, kind ippo.ContentKind) (map[string]int64, error) {
	ids := map[string]int64{}
	_, err := collect(ctx, s.ro, func(row scanner) (struct{}, error) {
		var slug string
		var id int64
		err := row.Scan(&slug, &id)
		ids[slug] = id
		return struct{}{}, err
	}, `SELECT slug, id FROM `+shelves[kind].table)
	if err != nil {
		return nil, fmt.Errorf("slugs of %s: %w", kind, err)
	}
	return ids, nil
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
