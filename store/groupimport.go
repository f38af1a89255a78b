package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"ippo"
)

const groupImportColumns = `id, name, staff_id, uploaded_at, ended_at, state, plan, rows, done, added, changed, bad`

func scanGroupImport(row scanner) (g ippo.GroupImport, err error) {
	var plan []byte
	err = row.Scan(&g.ID, &g.Name, &g.Staff, at(&g.UploadedAt), at(&g.EndedAt), &g.State, &plan, &g.Rows, &g.Done, &g.Added, &g.Changed, &g.Bad)
	if err != nil {
		return g, err
	}
	return g, json.Unmarshal(plan, &g.Plan)
}

// AddGroupImport keeps an uploaded spreadsheet with the plan of the last one, and returns it.
func (s *Store) AddGroupImport(ctx context.Context, by ippo.StaffID, name string, file []byte) (g ippo.GroupImport, err error) {
	g = ippo.GroupImport{Name: name, Staff: by, State: ippo.GroupImportDraft}
	err = s.Write(ctx, func(t *Tx) error {
		last, err := one(ctx, t.tx, scanGroupImport, `SELECT `+groupImportColumns+` FROM group_imports WHERE state <> 'draft' ORDER BY id DESC LIMIT 1`)
		if err != nil && !errors.Is(err, ippo.ErrNotFound) {
			return err
		}
		g.Plan, g.Plan.Head, g.UploadedAt = last.Plan, -1, t.now
		plan, err := json.Marshal(g.Plan)
		if err != nil {
			return err
		}
		id, err := t.insert(ctx, `INSERT INTO group_imports (name, staff_id, uploaded_at, state, file, plan) VALUES (?, ?, ?, 'draft', ?, ?)`,
			name, by, stamp(t.now), s.seal("group_imports.file", string(file)), string(plan))
		g.ID = ippo.GroupImportID(id)
		return err
	})
	if err != nil {
		return g, fmt.Errorf("add an import of groups: %w", err)
	}
	return g, nil
}

// GroupImport returns one import.
func (s *Store) GroupImport(ctx context.Context, id ippo.GroupImportID) (ippo.GroupImport, error) {
	g, err := one(ctx, s.ro, scanGroupImport, `SELECT `+groupImportColumns+` FROM group_imports WHERE id = ?`, id)
	if err != nil {
		return g, fmt.Errorf("import of groups %d: %w", id, err)
	}
	return g, nil
}

// GroupImportFile returns an import's file; ippo.ErrNotFound once it is gone.
func (s *Store) GroupImportFile(ctx context.Context, id ippo.GroupImportID) ([]byte, error) {
	sealed, err := one(ctx, s.ro, func(row scanner) (b []byte, err error) {
		err = row.Scan(&b)
		return b, err
	}, `SELECT file FROM group_imports WHERE id = ? AND file IS NOT NULL`, id)
	var file string
	if err == nil {
		file, err = s.open("group_imports.file", sealed)
	}
	if err != nil {
		return nil, fmt.Errorf("file of import %d: %w", id, err)
	}
	return []byte(file), nil
}

// GroupImports returns at most limit imports that were taken in or are waiting, the newest first.
func (s *Store) GroupImports(ctx context.Context, limit int) ([]ippo.GroupImport, error) {
	all, err := collect(ctx, s.ro, scanGroupImport, `SELECT `+groupImportColumns+` FROM group_imports WHERE state <> 'draft' ORDER BY id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, fmt.Errorf("imports of groups: %w", err)
	}
	return all, nil
}

// GroupImportWaiting returns the import that is next, or under way; ippo.ErrNotFound if there is none.
func (s *Store) GroupImportWaiting(ctx context.Context) (ippo.GroupImport, error) {
	g, err := one(ctx, s.ro, scanGroupImport, `SELECT `+groupImportColumns+` FROM group_imports WHERE state = 'waiting' ORDER BY id LIMIT 1`)
	if err != nil {
		return g, fmt.Errorf("next import of groups: %w", err)
	}
	return g, nil
}

// PlanGroupImport keeps how an import is to be read, while staff look at it.
func (s *Store) PlanGroupImport(ctx context.Context, id ippo.GroupImportID, plan ippo.GroupImportPlan) error {
	text, err := json.Marshal(plan)
	if err != nil {
		return fmt.Errorf("plan of import %d: %w", id, err)
	}
	return s.Write(ctx, func(t *Tx) error {
		if err := t.changeOne(ctx, `UPDATE group_imports SET plan = ? WHERE id = ? AND state = 'draft'`, string(text), id); err != nil {
			return fmt.Errorf("plan of import %d: %w", id, err)
		}
		return nil
	})
}

// StartGroupImport hands an import of as many rows to its job. Of two who press the button one meets ippo.ErrConflict.
func (s *Store) StartGroupImport(ctx context.Context, by ippo.StaffID, id ippo.GroupImportID, rows int) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.changeOne(ctx, `
			UPDATE group_imports SET state = 'waiting', staff_id = ?, rows = ? WHERE id = ? AND state = 'draft' AND file IS NOT NULL`, by, rows, id); err != nil {
			return fmt.Errorf("start import %d: %w", id, err)
		}
		return t.audit(ctx, by, "groups.import", "groups", fmt.Sprintf("%d行", rows))
	})
}

// NoteGroupImport keeps how far an import has come, so that one that was interrupted goes on from there.
func (s *Store) NoteGroupImport(ctx context.Context, g ippo.GroupImport) error {
	return s.Write(ctx, func(t *Tx) error {
		return t.exec(ctx, `UPDATE group_imports SET done = ?, added = ?, changed = ?, bad = ? WHERE id = ?`, g.Done, g.Added, g.Changed, g.Bad, g.ID)
	})
}

// EndGroupImport notes that an import is done. Its file has done its work.
func (s *Store) EndGroupImport(ctx context.Context, g ippo.GroupImport) error {
	return s.Write(ctx, func(t *Tx) error {
		err := t.changeOne(ctx, `
			UPDATE group_imports SET state = 'done', ended_at = ?, file = NULL, done = ?, added = ?, changed = ?, bad = ?
			WHERE id = ? AND state = 'waiting'`, stamp(t.now), g.Done, g.Added, g.Changed, g.Bad, g.ID)
		if err != nil {
			return fmt.Errorf("end import %d: %w", g.ID, err)
		}
		return nil
	})
}
