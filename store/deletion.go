package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ippo"
)

// undoable are the kinds of things that can be put back after they were deleted. What holds rows of residents, or
// takes choices from them, is not among them: meanwhile they may have changed their mind, or be forgotten.
var undoable = map[string]struct {
	table, name string // its table, and the column that it is called by
	translated  ippo.ContentKind
	parts       []keptPart
}{
	"news":      {table: "news", name: "title", translated: ippo.ContentNews},
	"event":     {table: "events", name: "title", translated: ippo.ContentEvent},
	"group":     {table: "activity_groups", name: "name", translated: ippo.ContentGroup},
	"campaign":  {table: "campaigns", name: "title", translated: ippo.ContentCampaign, parts: []keptPart{{table: "flyers", owner: "campaign_id"}, {table: "campaign_enquiries", owner: "campaign_id"}}},
	"flyer":     {table: "flyers", name: "alt"},
	"faq":       {table: "faqs", name: "question", translated: ippo.ContentFAQ},
	"autoreply": {table: "auto_replies", name: "keywords", translated: ippo.ContentAutoReply},
	"canned":    {table: "canned_answers", name: "title"},
	"audience":  {table: "saved_audiences", name: "name"},
	"series":    {table: "series", name: "title"},
	"entry":     {table: "entries", name: "name"},
	"sheet":     {table: "indicator_sheets", name: "title", parts: sheetParts},
	"heading":   {table: "indicator_headings", name: "name"},
	"indicator": {table: "indicators", name: "name", parts: []keptPart{{table: "indicator_values", owner: "indicator_id"}}},
}

// keptPart is what goes with a thing that is deleted.
type keptPart struct {
	table string
	owner string // the column that names the thing; "" where only where tells whose it is
	where string // "": owner is the thing
}

// sheetParts are what is on a sheet of indicators.
var sheetParts = []keptPart{
	{table: "indicator_headings", owner: "sheet_id"},
	{table: "indicators", owner: "sheet_id"},
	{table: "indicator_values", where: "indicator_id IN (SELECT id FROM indicators WHERE sheet_id = ?)"},
}

// keptRow is a row of a table as it was before it was deleted.
type keptRow struct {
	Table string              `json:"table"`
	Owner string              `json:"owner,omitempty"` // the column that names the first row; "" in the first row
	Cells map[string]keptCell `json:"cells"`
}

// keptCell is one value; NULL has none of them.
type keptCell struct {
	Int   *int64   `json:"i,omitempty"`
	Real  *float64 `json:"r,omitempty"`
	Text  *string  `json:"t,omitempty"`
	Bytes *[]byte  `json:"b,omitempty"`
}

func keep(v any) keptCell {
	switch v := v.(type) {
	case int64:
		return keptCell{Int: &v}
	case float64:
		return keptCell{Real: &v}
	case []byte:
		return keptCell{Bytes: &v}
	case string:
		return keptCell{Text: &v}
	}
	return keptCell{}
}

func (c keptCell) value() any {
	switch {
	case c.Int != nil:
		return *c.Int
	case c.Real != nil:
		return *c.Real
	case c.Text != nil:
		return *c.Text
	case c.Bytes != nil:
		return *c.Bytes
	}
	return nil
}

// keepDeleted keeps a thing that is about to be deleted, with all that goes with it, so that it can be put back. It
// is ippo.ErrNotFound if there is no such thing.
func (t *Tx) keepDeleted(ctx context.Context, by ippo.StaffID, object string, id int64) error {
	kind, _, _ := strings.Cut(object, ":")
	rows, err := t.keptThing(ctx, kind, id)
	if err != nil {
		return err
	}
	return t.addDeletion(ctx, by, kind, object, *rows[0].Cells[undoable[kind].name].Text, rows, "")
}

// addDeletion keeps rows to be put back, in the place of what after is the fingerprint of.
func (t *Tx) addDeletion(ctx context.Context, by ippo.StaffID, kind, object, name string, rows []keptRow, after string) error {
	kept, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("keep what is deleted: %w", err)
	}
	for _, row := range rows {
		if id := row.Cells["id"].Int; id != nil {
			if err := t.exec(ctx, `INSERT INTO deleted_numbers (name, highest) VALUES (?, ?)
				ON CONFLICT (name) DO UPDATE SET highest = max(highest, excluded.highest)`, row.Table, *id); err != nil {
				return err
			}
		}
	}
	name, _, _ = strings.Cut(name, "\n")
	return t.exec(ctx, `INSERT INTO deletions (kind, object, name, rows, staff_id, at, after) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		kind, object, cut(name), string(kept), orNull(by), stamp(t.now), after)
}

// keptThing returns the rows of a thing, its own first; ippo.ErrNotFound if there is none.
func (t *Tx) keptThing(ctx context.Context, kind string, id int64) ([]keptRow, error) {
	of := undoable[kind]
	rows, err := t.keptRows(ctx, of.table, "", `id = ?`, id)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, ippo.ErrNotFound
	}
	if of.translated != "" {
		more, err := t.keptRows(ctx, "translations", "thing_id", `kind = ? AND thing_id = ?`, of.translated, id)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	for _, part := range of.parts {
		more, err := t.keptRows(ctx, part.table, part.owner, cmp.Or(part.where, part.owner+" = ?"), id)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// freeID returns a number for a new row that neither another has nor one that was deleted and may be put back: what
// points to that points to nothing else meanwhile.
func (t *Tx) freeID(ctx context.Context, table string) (int64, error) {
	id, err := one(ctx, t.tx, scanInt, `SELECT 1 + max(coalesce((SELECT max(id) FROM `+table+`), 0), coalesce((SELECT highest FROM deleted_numbers WHERE name = ?), 0))`, table)
	if err != nil {
		return 0, fmt.Errorf("a number in %s: %w", table, err)
	}
	return int64(id), nil
}

func (t *Tx) keptRows(ctx context.Context, table, owner, where string, args ...any) ([]keptRow, error) {
	names, err := collect(ctx, t.tx, scanText, `SELECT name FROM pragma_table_info(?) ORDER BY cid`, table)
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", table, err)
	}
	rows, err := collect(ctx, t.tx, func(s scanner) (keptRow, error) {
		cells, into := make([]any, len(names)), make([]any, len(names))
		for i := range cells {
			into[i] = &cells[i]
		}
		row := keptRow{Table: table, Owner: owner, Cells: make(map[string]keptCell, len(names))}
		err := s.Scan(into...)
		for i, name := range names {
			row.Cells[name] = keep(cells[i])
		}
		return row, err
	}, `SELECT `+strings.Join(names, ", ")+` FROM `+table+` WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("keep rows of %s: %w", table, err)
	}
	return rows, nil
}

const deletionColumns = `d.id, d.kind, d.object, d.name, coalesce(d.staff_id, 0), coalesce(s.name, ''), d.at`

// deletionsOf are those that somebody may put back: of a team, who sees part of the office's things only, those that
// they deleted themselves.
const deletionsOf = `FROM deletions d LEFT JOIN staff s ON s.id = d.staff_id WHERE d.at > ?1 AND (?2 = 0 OR d.staff_id = ?2)`

func deletedBy(who ippo.Staff) int64 {
	if len(who.Teams) == 0 {
		return 0
	}
	return int64(who.ID)
}

func scanDeletion(row scanner) (d ippo.Deletion, err error) {
	err = row.Scan(&d.ID, &d.Kind, &d.Object, &d.Name, &d.By, &d.Staff, at(&d.At))
	return d, err
}

// Deletions returns at most limit of the latest things that somebody can put back, the newest first.
func (s *Store) Deletions(ctx context.Context, who ippo.Staff, limit int) ([]ippo.Deletion, error) {
	all, err := collect(ctx, s.ro, scanDeletion, `SELECT `+deletionColumns+` `+deletionsOf+` ORDER BY d.id DESC LIMIT ?3`,
		stamp(s.Now().Add(-ippo.UndoWithin)), deletedBy(who), limit)
	if err != nil {
		return nil, fmt.Errorf("deletions: %w", err)
	}
	return all, nil
}

// LastDeletions returns the IDs of what somebody deleted last of a kind under some numbers.
func (s *Store) LastDeletions(ctx context.Context, by ippo.StaffID, kind string, numbers []int64) ([]int64, error) {
	ids, err := collect(ctx, s.ro, func(row scanner) (id int64, err error) {
		err = row.Scan(&id)
		return id, err
	}, `
		SELECT max(id) FROM deletions WHERE kind = ? AND staff_id = ? AND rows ->> '$[0].cells.id.i' IN (SELECT value FROM json_each(?))
		GROUP BY rows ->> '$[0].cells.id.i'`, kind, by, idList(numbers))
	if err != nil {
		return nil, fmt.Errorf("last deletions of %s: %w", kind, err)
	}
	return ids, nil
}

// Undelete puts back what was deleted and returns it, with its name of now: its number may have been given to
// another. What sends by itself comes back switched off. It is ippo.ErrNotFound if it was put back before or is too
// old, and Problems if something new has taken its place.
func (s *Store) Undelete(ctx context.Context, who ippo.Staff, id int64) (d ippo.Deletion, err error) {
	defer s.faqs.forget()
	defer s.replies.forget()
	err = s.Write(ctx, func(t *Tx) error {
		var kept, after string
		d, err = one(ctx, t.tx, func(row scanner) (ippo.Deletion, error) { return scanDeletion(with(row, &kept, &after)) },
			`SELECT `+deletionColumns+`, d.rows, d.after `+deletionsOf+` AND d.id = ?3`, stamp(t.now.Add(-ippo.UndoWithin)), deletedBy(who), id)
		if err != nil {
			return err
		}
		var rows []keptRow
		if err := json.Unmarshal([]byte(kept), &rows); err != nil {
			return fmt.Errorf("read what was deleted: %w", err)
		}
		was := *rows[0].Cells["id"].Int
		if err := t.makeRoom(ctx, who.ID, d.Kind, rows, after); err != nil {
			return err
		}
		number, err := t.putBack(ctx, rows, was)
		if isUnique(err) {
			return ippo.Problems{{Message: "「" + d.Name + "」は元に戻せません。同じ名前か識別名のものが、あとからつくられています。"}}
		}
		if isForeign(err) {
			return ippo.Problems{{Message: "「" + d.Name + "」は元に戻せません。入っていたものが、あとから削除されています。先にそれを元に戻してください。"}}
		}
		if err != nil {
			return err
		}
		if d.Object == object(d.Kind, was) {
			d.Object = object(d.Kind, number)
		}
		if err := t.exec(ctx, `DELETE FROM deletions WHERE id = ?`, id); err != nil {
			return err
		}
		subject, _, _ := strings.Cut(d.Object, ":")
		return t.audit(ctx, who.ID, subject+".restore", d.Object, "")
	})
	if err != nil {
		return d, fmt.Errorf("undelete %d: %w", id, err)
	}
	return d, nil
}

// makeRoom does what comes before some kinds of things are put back, or says why they cannot be.
func (t *Tx) makeRoom(ctx context.Context, by ippo.StaffID, kind string, rows []keptRow, after string) error {
	switch kind {
	case "flyer":
		return t.makeRoomForFlyer(ctx, by, ippo.CampaignID(*rows[0].Cells["campaign_id"].Int))
	case "sheet":
		if err := t.roomForSheet(ctx); err != nil {
			return err
		}
		return t.deferForeignKeys(ctx)
	case sheetImport:
		return t.makeRoomForSheet(ctx, rows, after)
	}
	return nil
}

// deferForeignKeys lets rows of this transaction point to those that come after them.
func (t *Tx) deferForeignKeys(ctx context.Context) error {
	return t.exec(ctx, `PRAGMA defer_foreign_keys = ON`)
}

// putBack inserts rows that were deleted, and returns the number of the first: the one that it had, if that is free.
func (t *Tx) putBack(ctx context.Context, rows []keptRow, number int64) (int64, error) {
	first := rows[0].Cells
	switch taken, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM `+rows[0].Table+` WHERE id = ?`, number); {
	case err != nil:
		return 0, err
	case taken > 0:
		first["id"] = keptCell{} // NULL: the next that is free
	}
	if _, sends := first["active"]; sends {
		first["active"] = keep(int64(0))
	}
	if _, approved := first["approver_id"]; approved {
		first["approver_id"] = keptCell{}
	}
	for i, row := range rows {
		if row.Owner != "" {
			row.Cells[row.Owner] = keep(number)
		}
		columns := slices.Sorted(maps.Keys(row.Cells))
		values := make([]any, len(columns))
		for j, column := range columns {
			values[j] = row.Cells[column].value()
		}
		made, err := t.insert(ctx, `INSERT INTO `+row.Table+` (`+strings.Join(columns, ", ")+`) VALUES (`+placeholders(len(values))+`)`, values...)
		if err != nil {
			return 0, err
		}
		if i == 0 {
			number = made
		}
	}
	return number, nil
}
