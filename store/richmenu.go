package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"ippo"
)

// MaxRichMenus is how many versions of the menu are kept to go back to.
const MaxRichMenus = 20

// ApplyRichMenu makes a menu the one that residents are to see; package jobs tells LINE. by is 0 for the program.
func (s *Store) ApplyRichMenu(ctx context.Context, by ippo.StaffID, m ippo.RichMenu) error {
	if err := m.Validate(); err != nil {
		return err
	}
	menu, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("apply rich menu: %w", err)
	}
	return s.Write(ctx, func(t *Tx) error {
		was, err := collect(ctx, t.tx, scanRichMenu, richMenuQuery+` ORDER BY m.id DESC LIMIT 1`)
		if err != nil {
			return fmt.Errorf("apply rich menu: %w", err)
		}
		if err := t.exec(ctx, `INSERT INTO rich_menus (menu, staff_id, at) VALUES (?, nullif(?, 0), ?)`, string(menu), by, stamp(t.now)); err != nil {
			return fmt.Errorf("apply rich menu: %w", err)
		}
		if err := t.exec(ctx, `
			DELETE FROM rich_menus WHERE id NOT IN (SELECT id FROM rich_menus ORDER BY id DESC LIMIT ?)
				AND id NOT IN (SELECT version FROM rich_menu_state WHERE version IS NOT NULL)`, MaxRichMenus); err != nil {
			return fmt.Errorf("drop old rich menus: %w", err)
		}
		if err := t.exec(ctx, `UPDATE rich_menu_state SET tried_at = NULL, problem = ''`); err != nil {
			return fmt.Errorf("apply rich menu: %w", err)
		}
		var before string
		if len(was) > 0 {
			before = richMenuWords(was[0].Menu)
		}
		return t.append(ctx, AuditEntry{Staff: by, Action: "richmenu.apply", Object: "richmenu",
			Changes: []Change{newChange("menu", before, richMenuWords(m), false)}})
	})
}

// richMenuWords is a menu as the audit log tells it.
func richMenuWords(m ippo.RichMenu) string {
	words := make([]string, len(m.Areas))
	for i, a := range m.Areas {
		words[i] = a.Words
		if a.Value != "" {
			words[i] += "（" + a.Value + "）"
		}
	}
	return m.Bar + "：" + strings.Join(words, "、")
}

const richMenuQuery = `SELECT m.id, m.menu, coalesce(m.staff_id, 0), coalesce(p.name, ''), m.at FROM rich_menus m LEFT JOIN staff p ON p.id = m.staff_id`

func scanRichMenu(row scanner) (v ippo.RichMenuVersion, err error) {
	var menu []byte
	if err := row.Scan(&v.ID, &menu, &v.Staff, &v.Name, at(&v.At)); err != nil {
		return v, err
	}
	return v, json.Unmarshal(menu, &v.Menu)
}

// RichMenus returns the versions that are kept, the newest first.
func (s *Store) RichMenus(ctx context.Context) ([]ippo.RichMenuVersion, error) {
	all, err := collect(ctx, s.ro, scanRichMenu, richMenuQuery+` ORDER BY m.id DESC`)
	if err != nil {
		return nil, fmt.Errorf("rich menus: %w", err)
	}
	return all, nil
}

// RichMenu returns one version.
func (s *Store) RichMenu(ctx context.Context, id ippo.RichMenuID) (ippo.RichMenuVersion, error) {
	v, err := one(ctx, s.ro, scanRichMenu, richMenuQuery+` WHERE m.id = ?`, id)
	if err != nil {
		return v, fmt.Errorf("rich menu %d: %w", id, err)
	}
	return v, nil
}

// WantedRichMenu returns the version that residents are to see; ippo.ErrNotFound if none was ever applied.
func (s *Store) WantedRichMenu(ctx context.Context) (ippo.RichMenuVersion, error) {
	v, err := one(ctx, s.ro, scanRichMenu, richMenuQuery+` ORDER BY m.id DESC LIMIT 1`)
	if err != nil {
		return v, fmt.Errorf("newest rich menu: %w", err)
	}
	return v, nil
}

// RichMenuState returns how far LINE is with it.
func (s *Store) RichMenuState(ctx context.Context) (ippo.RichMenuState, error) {
	state, err := one(ctx, s.ro, func(row scanner) (r ippo.RichMenuState, err error) {
		err = row.Scan(&r.Version, &r.Name, &r.LineID, at(&r.At), &r.Tidy, at(&r.Tried), &r.Problem)
		return r, err
	}, `SELECT coalesce(version, 0), name, line_id, applied_at, tidy, tried_at, problem FROM rich_menu_state`)
	if err != nil {
		return state, fmt.Errorf("state of the rich menu: %w", err)
	}
	return state, nil
}

// RichMenuApplied records that LINE shows a version, by its own name for it. Earlier menus are yet to be deleted there.
func (s *Store) RichMenuApplied(ctx context.Context, version ippo.RichMenuID, name, lineID string) error {
	return s.changeRichMenuState(ctx, `version = ?2, name = ?3, line_id = ?4, applied_at = ?1, tidy = 0, tried_at = NULL, problem = ''`, version, name, lineID)
}

// RichMenuFailed records why LINE does not show the newest version.
func (s *Store) RichMenuFailed(ctx context.Context, problem string) error {
	return s.changeRichMenuState(ctx, `tried_at = ?1, problem = ?2`, problem)
}

// RichMenuTidied records that no earlier menu of ours is left at LINE.
func (s *Store) RichMenuTidied(ctx context.Context) error {
	err := s.Write(ctx, func(t *Tx) error { return t.exec(ctx, `UPDATE rich_menu_state SET tidy = 1`) })
	if err != nil {
		return fmt.Errorf("tidied rich menus: %w", err)
	}
	return nil
}

// changeRichMenuState sets columns; ?1 is now, the others are args.
func (s *Store) changeRichMenuState(ctx context.Context, set string, args ...any) error {
	err := s.Write(ctx, func(t *Tx) error {
		return t.exec(ctx, `UPDATE rich_menu_state SET `+set, append([]any{stamp(t.now)}, args...)...)
	})
	if err != nil {
		return fmt.Errorf("state of the rich menu: %w", err)
	}
	return nil
}

// ForgetRichMenu has LINE asked anew what it shows: for a LINE that is another than the one that was told.
func (s *Store) ForgetRichMenu(ctx context.Context) error {
	return s.Write(ctx, func(t *Tx) error { return t.forgetRichMenu(ctx) })
}

// forgetRichMenu has LINE asked anew what it shows, after a restore: it may be another menu by now.
func (t *Tx) forgetRichMenu(ctx context.Context) error {
	if err := t.exec(ctx, `UPDATE rich_menu_state SET version = NULL, name = '', line_id = '', tidy = 0`); err != nil {
		return fmt.Errorf("forget what rich menu LINE shows: %w", err)
	}
	return nil
}
