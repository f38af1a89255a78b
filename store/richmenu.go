package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"ippo"
)

// MaxRichMenus is how many versions of the menu are kept to go back to.
const MaxRichMenus = 20

// ApplyRichMenu makes a menu the one that residents of its kind are to see; package jobs tells LINE. One that is that already
// makes no version: then LINE is only looked at again, to mend what it has not as it should be. by is 0 for the program.
func (s *Store) ApplyRichMenu(ctx context.Context, by ippo.StaffID, kind ippo.RichMenuKind, m ippo.RichMenu) (changed bool, err error) {
	if err := m.Validate(); err != nil {
		return false, err
	}
	err = s.Write(ctx, func(t *Tx) error {
		was, err := t.newestRichMenu(ctx, kind)
		if err != nil {
			return err
		}
		if changed = was.ID == 0 || was.Withdrawn || !was.Menu.Equal(m); changed {
			return t.addRichMenu(ctx, by, ippo.RichMenuVersion{Kind: kind, Menu: m})
		}
		if err := t.exec(ctx, `UPDATE rich_menu_state SET name = '', tried_at = NULL, problem = '' WHERE audience = ? AND language = ?`, kind.Audience, kind.Language); err != nil {
			return err
		}
		return t.audit(ctx, by, "richmenu.check", "richmenu", kind.Words("アンバサダー"))
	})
	if err != nil {
		return changed, fmt.Errorf("apply rich menu: %w", err)
	}
	return changed, nil
}

// WithdrawRichMenu leaves residents of a kind with the next best menu. ippo.ErrConflict: there was none of theirs, or it is
// the one that everybody else has.
func (s *Store) WithdrawRichMenu(ctx context.Context, by ippo.StaffID, kind ippo.RichMenuKind) error {
	err := s.Write(ctx, func(t *Tx) error {
		was, err := t.newestRichMenu(ctx, kind)
		if err != nil {
			return err
		}
		if was.ID == 0 || was.Withdrawn || kind == ippo.DefaultRichMenuKind {
			return ippo.ErrConflict
		}
		return t.addRichMenu(ctx, by, ippo.RichMenuVersion{Kind: kind, Menu: was.Menu, Withdrawn: true})
	})
	if err != nil {
		return fmt.Errorf("withdraw rich menu: %w", err)
	}
	return nil
}

// newestRichMenu returns the newest version of a kind; its ID is 0 if there is none.
func (t *Tx) newestRichMenu(ctx context.Context, kind ippo.RichMenuKind) (v ippo.RichMenuVersion, err error) {
	v, err = one(ctx, t.tx, scanRichMenu, richMenuQuery+` WHERE m.audience = ? AND m.language = ? ORDER BY m.id DESC LIMIT 1`, kind.Audience, kind.Language)
	if notFound(err) {
		return v, nil
	}
	return v, err
}

// addRichMenu adds the newest version of a kind, and has LINE told at once.
func (t *Tx) addRichMenu(ctx context.Context, by ippo.StaffID, v ippo.RichMenuVersion) error {
	menu, err := json.Marshal(v.Menu)
	if err != nil {
		return err
	}
	was, err := t.newestRichMenu(ctx, v.Kind)
	if err != nil {
		return err
	}
	err = t.exec(ctx, `INSERT INTO rich_menus (audience, language, menu, withdrawn, staff_id, at) VALUES (?, ?, ?, ?, ?, ?)`,
		v.Kind.Audience, v.Kind.Language, string(menu), v.Withdrawn, orNull(by), stamp(t.now))
	if err != nil {
		return err
	}
	if err := t.exec(ctx, `
		DELETE FROM rich_menus WHERE audience = ?1 AND language = ?2
			AND id NOT IN (SELECT id FROM rich_menus WHERE audience = ?1 AND language = ?2 ORDER BY id DESC LIMIT ?3)
			AND id NOT IN (SELECT version FROM rich_menu_state WHERE version IS NOT NULL)`, v.Kind.Audience, v.Kind.Language, MaxRichMenus); err != nil {
		return fmt.Errorf("drop old ones: %w", err)
	}
	if err := t.exec(ctx, `UPDATE rich_menu_state SET tried_at = NULL, problem = '' WHERE audience = ? AND language = ?`, v.Kind.Audience, v.Kind.Language); err != nil {
		return err
	}
	entry := AuditEntry{Staff: by, Action: "richmenu.apply", Object: "richmenu", Detail: v.Kind.Words("アンバサダー"),
		Changes: []Change{newChange("menu", wantedWords(was), wantedWords(v), false)}}
	if v.Withdrawn {
		entry.Action = "richmenu.withdraw"
	}
	return t.append(ctx, entry)
}

// wantedWords is what residents are to see of a version, as the audit log tells it.
func wantedWords(v ippo.RichMenuVersion) string {
	if v.Withdrawn || len(v.Menu.Areas) == 0 {
		return ""
	}
	return richMenuWords(v.Menu)
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

const richMenuQuery = `SELECT m.id, m.audience, m.language, m.menu, m.withdrawn, coalesce(m.staff_id, 0), coalesce(p.name, ''), m.at
	FROM rich_menus m LEFT JOIN staff p ON p.id = m.staff_id`

func scanRichMenu(row scanner) (v ippo.RichMenuVersion, err error) {
	var menu []byte
	if err := row.Scan(&v.ID, &v.Kind.Audience, &v.Kind.Language, &menu, &v.Withdrawn, &v.Staff, &v.Name, at(&v.At)); err != nil {
		return v, err
	}
	return v, json.Unmarshal(menu, &v.Menu)
}

// RichMenus returns the versions of a kind that are kept, the newest first.
func (s *Store) RichMenus(ctx context.Context, kind ippo.RichMenuKind) ([]ippo.RichMenuVersion, error) {
	all, err := collect(ctx, s.ro, scanRichMenu, richMenuQuery+` WHERE m.audience = ? AND m.language = ? ORDER BY m.id DESC`, kind.Audience, kind.Language)
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

// WantedRichMenus returns the version of each kind that residents are to see, the first kind first.
func (s *Store) WantedRichMenus(ctx context.Context) ([]ippo.RichMenuVersion, error) {
	all, err := collect(ctx, s.ro, scanRichMenu, richMenuQuery+`
		WHERE m.withdrawn = 0 AND m.id IN (SELECT max(id) FROM rich_menus GROUP BY audience, language) ORDER BY m.audience = 'ambassadors', m.language <> 'ja', m.language`)
	if err != nil {
		return nil, fmt.Errorf("newest rich menus: %w", err)
	}
	return all, nil
}

// RichMenuStates returns how far LINE is with each kind that it was told of.
func (s *Store) RichMenuStates(ctx context.Context) (map[ippo.RichMenuKind]ippo.RichMenuState, error) {
	list, err := collect(ctx, s.ro, func(row scanner) (r ippo.RichMenuState, err error) {
		err = row.Scan(&r.Kind.Audience, &r.Kind.Language, &r.Version, &r.Name, &r.LineID, at(&r.At), &r.Tidy, at(&r.Tried), &r.Problem)
		return r, err
	}, `SELECT audience, language, coalesce(version, 0), name, line_id, applied_at, tidy, tried_at, problem FROM rich_menu_state`)
	if err != nil {
		return nil, fmt.Errorf("state of the rich menus: %w", err)
	}
	states := map[ippo.RichMenuKind]ippo.RichMenuState{}
	for _, state := range list {
		states[state.Kind] = state
	}
	return states, nil
}

// RichMenuApplied records that LINE has a version, by its own name for it. Whom it is for is yet to be linked to it, and
// earlier menus are yet to be deleted.
func (s *Store) RichMenuApplied(ctx context.Context, kind ippo.RichMenuKind, version ippo.RichMenuID, name, lineID string) error {
	return s.changeRichMenuState(ctx, kind, func(t *Tx) error {
		if err := t.exec(ctx, `
			UPDATE rich_menu_state SET version = ?, name = ?, line_id = ?, applied_at = ?, tidy = 0, tried_at = NULL, problem = ''
			WHERE audience = ? AND language = ?`, version, name, lineID, stamp(t.now), kind.Audience, kind.Language); err != nil {
			return err
		}
		return t.relinkRichMenu(ctx, kind)
	})
}

// RichMenuGone records that there is to be none of a kind any more. Who has it is yet to be linked to another.
func (s *Store) RichMenuGone(ctx context.Context, kind ippo.RichMenuKind) error {
	return s.changeRichMenuState(ctx, kind, func(t *Tx) error {
		if err := t.exec(ctx, `
			UPDATE rich_menu_state SET version = NULL, name = '', line_id = '', tidy = 0, tried_at = NULL, problem = ''
			WHERE audience = ? AND language = ?`, kind.Audience, kind.Language); err != nil {
			return err
		}
		return t.relinkRichMenu(ctx, kind)
	})
}

// relinkRichMenu has everyone looked at whose menu may be of a kind. The default is nobody's own.
func (t *Tx) relinkRichMenu(ctx context.Context, kind ippo.RichMenuKind) error {
	if kind == ippo.DefaultRichMenuKind {
		return nil
	}
	who, args := `SELECT id, 1 FROM followers WHERE status = 'active' AND language = ?`, []any{kind.Language}
	if kind.Audience == ippo.MenuForAmbassadors {
		who, args = `SELECT follower_id, 1 FROM ambassadors WHERE follower_id IS NOT NULL`, nil
	}
	return t.exec(ctx, `INSERT INTO rich_menu_links (follower_id, due) `+who+` ON CONFLICT DO UPDATE SET due = due + 1`, args...)
}

// RichMenuFailed records why LINE does not show the newest version of a kind.
func (s *Store) RichMenuFailed(ctx context.Context, kind ippo.RichMenuKind, problem string) error {
	return s.changeRichMenuState(ctx, kind, func(t *Tx) error {
		return t.exec(ctx, `UPDATE rich_menu_state SET tried_at = ?, problem = ? WHERE audience = ? AND language = ?`, stamp(t.now), problem, kind.Audience, kind.Language)
	})
}

// changeRichMenuState changes the row of a kind, which is made where there is none.
func (s *Store) changeRichMenuState(ctx context.Context, kind ippo.RichMenuKind, change func(*Tx) error) error {
	err := s.Write(ctx, func(t *Tx) error {
		if err := t.exec(ctx, `INSERT INTO rich_menu_state (audience, language) VALUES (?, ?) ON CONFLICT DO NOTHING`, kind.Audience, kind.Language); err != nil {
			return err
		}
		return change(t)
	})
	if err != nil {
		return fmt.Errorf("state of the rich menu: %w", err)
	}
	return nil
}

// RichMenuLinking returns why LINE was last told in vain to show people their menu, in words for staff, and since when
// that is so; "" if it was not in vain.
func (s *Store) RichMenuLinking(ctx context.Context) (problem string, since time.Time, err error) {
	_, err = one(ctx, s.ro, func(row scanner) (struct{}, error) { return struct{}{}, row.Scan(&problem, at(&since)) },
		`SELECT problem, since FROM rich_menu_linking`)
	if err != nil {
		return "", since, fmt.Errorf("linking of rich menus: %w", err)
	}
	return problem, since, nil
}

// RichMenuLinkingFailed records why people are not shown their menu; "" once they are.
func (s *Store) RichMenuLinkingFailed(ctx context.Context, problem string) error {
	if was, _, err := s.RichMenuLinking(ctx); err != nil || was == problem {
		return err
	}
	err := s.Write(ctx, func(t *Tx) error {
		if problem == "" {
			return t.exec(ctx, `UPDATE rich_menu_linking SET problem = '', since = NULL`)
		}
		return t.exec(ctx, `UPDATE rich_menu_linking SET problem = ?, since = coalesce(since, ?)`, problem, stamp(t.now))
	})
	if err != nil {
		return fmt.Errorf("linking of rich menus: %w", err)
	}
	return nil
}

// RichMenuTidied records that no earlier menu of ours is left at LINE.
func (s *Store) RichMenuTidied(ctx context.Context) error {
	err := s.Write(ctx, func(t *Tx) error {
		return t.exec(ctx, `UPDATE rich_menu_state SET tidy = 1`)
	})
	if err != nil {
		return fmt.Errorf("tidied rich menus: %w", err)
	}
	return nil
}

// DueRichMenuLinks returns the next of those whose menu may have changed, from the first on: friends, and who asked to be
// forgotten and has not been yet. CROSS has SQLite begin with what is due.
func (s *Store) DueRichMenuLinks(ctx context.Context, limit int) ([]ippo.RichMenuReader, error) {
	list, err := collect(ctx, s.ro, func(row scanner) (l ippo.RichMenuReader, err error) {
		err = row.Scan(&l.Follower, &l.LineUserID, &l.Language, &l.Ambassador, &l.Gone, &l.Told, &l.Due)
		return l, err
	}, `SELECT f.id, f.line_user_id, f.language,
			EXISTS (SELECT 1 FROM ambassadors a WHERE a.follower_id = f.id AND a.status IN ('applied', 'contacted', 'appointed')),
			f.status = 'erased', l.line_id, l.due
		FROM rich_menu_links l CROSS JOIN followers f ON f.id = l.follower_id
		WHERE l.due > 0 AND f.status <> 'blocked' ORDER BY l.follower_id LIMIT ?`, limit)
	if err != nil {
		return nil, fmt.Errorf("due rich menu links: %w", err)
	}
	return list, nil
}

// CountDueRichMenuLinks counts the friends whose menu is yet to be looked at.
func (s *Store) CountDueRichMenuLinks(ctx context.Context) (int, error) {
	n, err := one(ctx, s.ro, scanInt, `
		SELECT count(*) FROM rich_menu_links l CROSS JOIN followers f ON f.id = l.follower_id WHERE l.due > 0 AND f.status = 'active'`)
	if err != nil {
		return 0, fmt.Errorf("count due rich menu links: %w", err)
	}
	return n, nil
}

// RichMenuLinked records which menu LINE was told to show to some; "" for the default. What changed meanwhile stays due.
func (s *Store) RichMenuLinked(ctx context.Context, some []ippo.RichMenuReader, lineID string) error {
	err := s.Write(ctx, func(t *Tx) error {
		for _, l := range some {
			if err := t.exec(ctx, `UPDATE rich_menu_links SET line_id = ?2, due = CASE due WHEN ?3 THEN 0 ELSE due END WHERE follower_id = ?1`, l.Follower, lineID, l.Due); err != nil {
				return err
			}
			if err := t.exec(ctx, `DELETE FROM rich_menu_links WHERE follower_id = ? AND line_id = '' AND due = 0`, l.Follower); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("linked rich menus: %w", err)
	}
	return nil
}

// ForgetRichMenu has LINE asked anew what it shows: for a LINE that is another than the one that was told.
func (s *Store) ForgetRichMenu(ctx context.Context) error {
	return s.Write(ctx, func(t *Tx) error { return t.forgetRichMenu(ctx) })
}

// forgetRichMenu has LINE asked anew what it shows, after a restore: it may be another menu by now. Menus that are linked
// to somebody are made anew; those before are deleted with their links.
func (t *Tx) forgetRichMenu(ctx context.Context) error {
	for _, query := range []string{
		`UPDATE rich_menu_state SET version = NULL, name = '', line_id = '', tidy = 0`,
		`UPDATE rich_menu_links SET line_id = '', due = due + 1`,
	} {
		if err := t.exec(ctx, query); err != nil {
			return fmt.Errorf("forget what rich menu LINE shows: %w", err)
		}
	}
	return nil
}
