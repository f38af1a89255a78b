package store

import (
	"context"
	"database/sql"
	"fmt"

	"ippo"
	"ippo/internal/fold"
)

// Entries returns every entry with the number of followers who came by it, the hidden ones too.
func (s *Store) Entries(ctx context.Context) ([]ippo.Entry, error) {
	entries, err := collect(ctx, s.ro, scanEntry, `SELECT `+entryColumns+` FROM `+entriesCounted+` ORDER BY e.hidden, e.id`)
	if err != nil {
		return nil, fmt.Errorf("entries: %w", err)
	}
	return entries, nil
}

// EntryFilter narrows a list of entries; its zero value is all of them.
type EntryFilter struct {
	Status ippo.ContentStatus // of an entry that is hidden, retired; of every other, published
	IDs    []int64            // some of them; nil for any
	Query  string             // what is searched for in name and slug
}

// EntryPage returns a part of the list of those entries that a filter leaves, and how many these are: those in use before
// the hidden ones, unless it is sorted by "name" or by how many "friends" came by it, "onboarded" or "joined" a group.
func (s *Store) EntryPage(ctx context.Context, filter EntryFilter, p Page) (Part[ippo.Entry], int, error) {
	none := Part[ippo.Entry]{}
	l, err := s.entryListing(ctx, filter)
	if err != nil {
		return none, 0, fmt.Errorf("search entries: %w", err)
	}
	total, err := l.count(ctx, s.ro)
	if err != nil {
		return none, 0, fmt.Errorf("count entries: %w", err)
	}
	switch p.Sort {
	case "name":
		l.stretches = []stretch{{by: "e.name", desc: p.Desc}}
	case "friends":
		l.from, l.stretches = entriesCounted, []stretch{{by: digits("coalesce(n.people, 0)"), desc: p.Desc}}
	case "onboarded":
		l.from, l.stretches = entriesCounted, []stretch{{by: digits("coalesce(n.onboarded, 0)"), desc: p.Desc}}
	case "joined":
		l.from, l.stretches = entriesCounted, []stretch{{by: digits("coalesce(j.people, 0)"), desc: p.Desc}}
	default:
		l.stretches = []stretch{{where: "e.hidden = 0"}, {where: "e.hidden = 1"}}
	}
	part, err := collectPage(ctx, s.ro, scanEntry, l, p)
	if err != nil {
		return none, 0, fmt.Errorf("entries: %w", err)
	}
	return part, total, nil
}

// EntryRows returns the entries that a filter leaves.
func (s *Store) EntryRows(ctx context.Context, filter EntryFilter) ([]ippo.ContentRow, error) {
	l, err := s.entryListing(ctx, filter)
	if err != nil {
		return nil, fmt.Errorf("rows of entries: %w", err)
	}
	rows, err := collect(ctx, s.ro, func(row scanner) (r ippo.ContentRow, err error) {
		err = row.Scan(&r.ID, &r.Status, &r.Used)
		return r, err
	}, `SELECT e.id, `+entryStatus+`, e.id IN (SELECT entry_id FROM entry_sums) FROM `+l.from+` WHERE `+l.where, l.args...)
	if err != nil {
		return nil, fmt.Errorf("rows of entries: %w", err)
	}
	return rows, nil
}

const entryStatus = `CASE e.hidden WHEN 0 THEN 'published' ELSE 'retired' END`

// entryListing says a filter in SQL. What is searched for is compared here, of those that the rest of the filter leaves.
func (s *Store) entryListing(ctx context.Context, filter EntryFilter) (listing, error) {
	l := listing{columns: entryColumns, table: entriesCounted, id: "e.id", from: "entries e", where: "1 = 1"}
	if filter.Status != "" {
		l.narrow(entryStatus+" = ?", filter.Status)
	}
	if filter.IDs != nil {
		l.among(filter.IDs)
	}
	query := fold.QueryOf(filter.Query)
	if query.Empty() {
		return l, nil
	}
	found, err := sift(ctx, s.ro, l, sieve[int64]{
		table: "entries", from: "entries e NOT INDEXED", columns: "e.id, e.slug, e.name",
		begin: func(context.Context, int64, int64) (sifter[int64], error) {
			looker := query.Looker()
			return func(row scanner) (id int64, ok bool, err error) {
				var slug, name sql.RawBytes
				err = row.Scan(&id, &slug, &name)
				return id, (looker.Look(slug) | looker.Look(name)).All(query), err
			}, nil
		},
	})
	l.found(found)
	return l, err
}

// EntryNames returns every entry without its counts, which take longer to find the more followers there are.
func (s *Store) EntryNames(ctx context.Context) ([]ippo.Entry, error) {
	entries, err := collect(ctx, s.ro, scanEntryName, `SELECT `+entryNames+` FROM entries ORDER BY hidden, id`)
	if err != nil {
		return nil, fmt.Errorf("names of entries: %w", err)
	}
	return entries, nil
}

// EntryName returns one of them.
func (s *Store) EntryName(ctx context.Context, id int64) (ippo.Entry, error) {
	e, err := one(ctx, s.ro, scanEntryName, `SELECT `+entryNames+` FROM entries WHERE id = ?`, id)
	if err != nil {
		return e, fmt.Errorf("entry %d: %w", id, err)
	}
	return e, nil
}

const entryNames = `id, slug, name, newcomer, hidden`

func scanEntryName(row scanner) (e ippo.Entry, err error) {
	err = row.Scan(&e.ID, &e.Slug, &e.Name, &e.Newcomer, &e.Hidden)
	return e, err
}

// Entry returns the entry that a slug names.
func (s *Store) Entry(ctx context.Context, slug string) (ippo.Entry, error) {
	e, err := one(ctx, s.ro, scanEntry, `SELECT `+entryColumns+` FROM `+entriesCounted+` WHERE e.slug = ?`, slug)
	if err != nil {
		return e, fmt.Errorf("entry %s: %w", slug, err)
	}
	return e, nil
}

const entryColumns = `e.id, e.slug, e.name, e.newcomer, e.hidden,
	coalesce(n.people, 0), coalesce(n.onboarded, 0), coalesce(j.people, 0)`

// entriesCounted are entries e with their followers n, and with those j of them who have joined a group. One pass over the
// matches counts for all entries.
const entriesCounted = `entries e
	LEFT JOIN entry_sums n ON n.entry_id = e.id
	LEFT JOIN (SELECT f.entry_id, count(DISTINCT m.follower_id) AS people
		FROM matches m INDEXED BY matches_joined CROSS JOIN followers f ON f.id = m.follower_id WHERE m.joined_at IS NOT NULL GROUP BY f.entry_id) j ON j.entry_id = e.id`

func scanEntry(row scanner) (e ippo.Entry, err error) {
	err = row.Scan(&e.ID, &e.Slug, &e.Name, &e.Newcomer, &e.Hidden, &e.Friends, &e.Onboarded, &e.Joined)
	return e, err
}

// CreateEntry makes an entry and returns it with its ID.
func (s *Store) CreateEntry(ctx context.Context, by ippo.StaffID, e ippo.Entry) (ippo.Entry, error) {
	err := s.Write(ctx, func(t *Tx) (err error) {
		e, err = t.CreateEntry(ctx, by, e)
		return err
	})
	return e, err
}

// CreateEntry is Store.CreateEntry as a part of a transaction.
func (t *Tx) CreateEntry(ctx context.Context, by ippo.StaffID, e ippo.Entry) (ippo.Entry, error) {
	if err := e.Validate(); err != nil {
		return e, err
	}
	id, err := t.insert(ctx, `INSERT INTO entries (slug, name, newcomer, hidden) VALUES (?, ?, ?, ?)`,
		e.Slug, e.Name, e.Newcomer, e.Hidden)
	if err != nil {
		return e, fmt.Errorf("create entry: %w", slugTaken(err))
	}
	e.ID = id
	return e, t.audit(ctx, by, "entry.create", "entry:"+e.Slug, "")
}

// UpdateEntry changes everything of an entry but its slug, which is printed in QR codes.
func (s *Store) UpdateEntry(ctx context.Context, by ippo.StaffID, slug string, e ippo.Entry) error {
	if err := sameSlug(slug, e.Slug); err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error { return t.UpdateEntry(ctx, by, e) })
}

// UpdateEntry is Store.UpdateEntry as a part of a transaction.
func (t *Tx) UpdateEntry(ctx context.Context, by ippo.StaffID, e ippo.Entry) error {
	if err := e.Validate(); err != nil {
		return err
	}
	was, err := t.row(ctx, "entries", "slug", e.Slug)
	if err != nil {
		return fmt.Errorf("update entry %s: %w", e.Slug, err)
	}
	err = t.changeOne(ctx, `UPDATE entries SET name = ?, newcomer = ?, hidden = ? WHERE slug = ?`, e.Name, e.Newcomer, e.Hidden, e.Slug)
	if err != nil {
		return fmt.Errorf("update entry %s: %w", e.Slug, found(err))
	}
	return t.auditChange(ctx, by, "entry.update", "entry:"+e.Slug, "", was)
}

// DeleteEntry removes an entry made by mistake. One that followers came by is refused with Problems:
// it can be hidden, and still counts.
func (s *Store) DeleteEntry(ctx context.Context, by ippo.StaffID, slug string) error {
	err := s.Write(ctx, func(t *Tx) error {
		e, err := one(ctx, t.tx, func(row scanner) (ippo.Entry, error) {
			var friends int
			e, err := scanEntryName(with(row, &friends))
			e.Friends = friends
			return e, err
		}, `SELECT `+entryNames+`, coalesce((SELECT people FROM entry_sums WHERE entry_id = entries.id), 0) FROM entries WHERE slug = ?`, slug)
		if err != nil {
			return err
		}
		if e.Friends > 0 {
			return inUse(fmt.Sprintf("この登録経路から登録した友だちが%d人いるため、削除できません。「使わない」にしてください。", e.Friends))
		}
		if err := t.keepDeleted(ctx, by, "entry:"+slug, int64(e.ID)); err != nil {
			return err
		}
		if err := t.exec(ctx, `DELETE FROM entries WHERE id = ?`, e.ID); err != nil {
			return err
		}
		return t.audit(ctx, by, "entry.delete", "entry:"+slug, "")
	})
	if err != nil {
		return fmt.Errorf("delete entry %s: %w", slug, err)
	}
	return nil
}
