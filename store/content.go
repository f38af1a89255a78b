package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"ippo"
	"ippo/internal/fold"
)

// shelves are the tables of what residents read, and what of each a long list is found and sorted by.
var shelves = map[ippo.ContentKind]struct {
	table, status, name, at string
	texts                   []string // columns that a search looks through
}{
	ippo.ContentNews:  {"news", "status", "title", "publish_at", []string{"title", "summary", "body"}},
	ippo.ContentEvent: {"events", "status", "title", "starts_at", []string{"title", "summary", "body", "place"}},
	ippo.ContentGroup: {"activity_groups", "CASE hidden WHEN 0 THEN 'published' ELSE 'retired' END",
		"CASE kana WHEN '' THEN name ELSE kana END", "updated_at", []string{"name", "kana", "summary", "body", "place"}},
}

// ContentFilter narrows a list of what residents read; its zero value is all of it.
type ContentFilter struct {
	Status        ippo.ContentStatus
	Topics, Areas *ippo.Choice // about one of these; nil for any, and for none at all
	IDs           []int64      // some of them; nil for any
	Query         string       // what is searched for in its texts, translations too
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
	query := fold.QueryOf(filter.Query)
	if query.Empty() && RemitOf(ctx) == nil {
		return l, nil
	}
	found, err := sift(ctx, s.ro, l, s.contentSieve(kind, query))
	l.found(found)
	return l, err
}

// contentSieve finds what the reader's team sees and whose texts hold a query.
func (s *Store) contentSieve(kind ippo.ContentKind, query fold.Query) sieve[int64] {
	shelf, texts := shelves[kind], []string{}
	if !query.Empty() {
		texts = shelf.texts
	}
	return sieve[int64]{
		table: shelf.table, from: shelf.table + " NOT INDEXED", columns: strings.Join(append([]string{"id, topics, areas"}, texts...), ", "),
		begin: func(ctx context.Context, after, to int64) (sifter[int64], error) {
			looker, remit := query.Looker(), RemitOf(ctx)
			translated, err := s.foundInTranslations(ctx, kind, looker, after, to)
			if err != nil {
				return nil, err
			}
			var id int64
			var topics, areas ippo.Choice
			raw, into := make([]sql.RawBytes, len(texts)), []any{&id, &topics, &areas}
			for i := range raw {
				into = append(into, &raw[i])
			}
			return func(row scanner) (int64, bool, error) {
				if err := row.Scan(into...); err != nil || !remit.Sees(topics, areas) {
					return 0, false, err
				}
				found := translated[id]
				for _, text := range raw {
					found |= looker.Look(text)
				}
				return id, found.All(query), nil
			}, nil
		},
	}
}

// foundInTranslations returns which words stand in the translations of each thing of a kind after one ID to another.
func (s *Store) foundInTranslations(ctx context.Context, kind ippo.ContentKind, looker *fold.Looker, after, to int64) (map[int64]fold.Found, error) {
	found := map[int64]fold.Found{}
	_, err := collect(ctx, s.ro, func(row scanner) (none struct{}, err error) {
		var id int64
		var text sql.RawBytes
		err = row.Scan(&id, &text)
		found[id] |= looker.Look(text)
		return none, err
	}, `SELECT x.thing_id, j.value FROM translations x, json_each(x.texts) j WHERE x.kind = ? AND x.thing_id > ? AND x.thing_id <= ?`,
		kind, after, to)
	return found, err
}

// ContentSlugs returns the IDs of every thing of a kind by its slug, whoever sees it.
func (s *Store) ContentSlugs(ctx context.Context, kind ippo.ContentKind) (map[string]int64, error) {
	ids, table := map[string]int64{}, shelves[kind].table
	if kind == ippo.ContentCampaign {
		table = "campaigns"
	}
	_, err := collect(ctx, s.ro, func(row scanner) (struct{}, error) {
		var slug string
		var id int64
		err := row.Scan(&slug, &id)
		ids[slug] = id
		return struct{}{}, err
	}, `SELECT slug, id FROM `+table)
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
func (s *Store) LatestBulkChange(ctx context.Context, by ippo.StaffID, kind string) (ippo.BulkChange, error) {
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
