package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"ippo"
)

// TagTargets returns whom a tag could be given (adds), or taken from: those whom a filter leaves, or of these only
// some if any are named, in ascending order. Who has been forgotten is left out. ippo.ErrNotFound: there is no such
// tag.
func (s *Store) TagTargets(ctx context.Context, filter FollowerFilter, only []ippo.FollowerID, tag string, adds bool) ([]ippo.FollowerID, error) {
	id, err := one(ctx, s.ro, scanInt, `SELECT id FROM tags WHERE slug = ?`, tag)
	if err != nil {
		return nil, fmt.Errorf("tag %s: %w", tag, err)
	}
	chosen, err := s.followers(ctx, filter)
	if err != nil {
		return nil, fmt.Errorf("targets of tag %s: %w", tag, err)
	}
	has, more := tagged([]int{id})
	if adds {
		has = "NOT (" + has + ")"
	}
	all, err := collect(ctx, s.ro, scanFollowerID, `SELECT f.id FROM followers f INDEXED BY followers_audience_more
		WHERE f.status <> 'erased' AND `+chosen.where()+` AND `+has, append(chosen.args, more...)...)
	if err != nil {
		return nil, fmt.Errorf("targets of tag %s: %w", tag, err)
	}
	if only != nil {
		all = slices.DeleteFunc(all, func(id ippo.FollowerID) bool { return !slices.Contains(only, id) })
	}
	slices.Sort(all)
	return all, nil
}

// tagPart is how many followers one transaction gives a tag: some hundredths of a second's work.
const tagPart = 1000

// ChangeTag notes that a tag is to be given to some followers, in ascending order, or taken from them.
func (s *Store) ChangeTag(ctx context.Context, by ippo.StaffID, tag string, adds bool, members []ippo.FollowerID) error {
	action := "follower.untag"
	if adds {
		action = "follower.tag"
	}
	err := s.Write(ctx, func(t *Tx) error {
		id, err := one(ctx, t.tx, scanInt, `SELECT id FROM tags WHERE slug = ?`, tag)
		if err != nil {
			return err
		}
		change, err := t.insert(ctx, `INSERT INTO tag_changes (tag_id, adds, staff_id, at, people) VALUES (?, ?, ?, ?, ?)`,
			id, adds, by, stamp(t.now), len(members))
		if err != nil {
			return err
		}
		part := 0
		for some := range slices.Chunk(members, tagPart) {
			if err := t.exec(ctx, `INSERT INTO tag_change_parts (change_id, part, members) VALUES (?, ?, ?)`, change, part, ippo.PackMembers(some)); err != nil {
				return err
			}
			part++
		}
		return t.audit(ctx, by, action, "tag:"+tag, fmt.Sprintf("%d人", len(members)))
	})
	if err != nil {
		return fmt.Errorf("change tag %s: %w", tag, err)
	}
	return nil
}

// UndoTagChange notes that a change that is done is to be taken back: from those whom it changed, and no others.
// ippo.ErrConflict: it is not done, was taken back before, or took another back itself.
func (s *Store) UndoTagChange(ctx context.Context, by ippo.StaffID, id int64) error {
	err := s.Write(ctx, func(t *Tx) error {
		err := t.changeOne(ctx, `
			INSERT INTO tag_changes (tag_id, adds, undoes, staff_id, at, people)
			SELECT tag_id, 1 - adds, id, ?, ?, changed FROM tag_changes c
			WHERE id = ? AND done_at IS NOT NULL AND undoes IS NULL AND NOT EXISTS (SELECT 1 FROM tag_changes u WHERE u.undoes = c.id)`,
			by, stamp(t.now), id)
		if err != nil {
			return err
		}
		err = t.exec(ctx, `INSERT INTO tag_change_parts (change_id, part, members)
			SELECT u.id, p.part, p.members FROM tag_changes u JOIN tag_change_parts p ON p.change_id = u.undoes WHERE u.undoes = ?`, id)
		if err != nil {
			return err
		}
		tag, err := one(ctx, t.tx, scanText, `SELECT slug FROM tags WHERE id = (SELECT tag_id FROM tag_changes WHERE id = ?)`, id)
		if err != nil {
			return err
		}
		return t.audit(ctx, by, "follower.tag-undo", "tag:"+tag, "")
	})
	if err != nil {
		return fmt.Errorf("undo tag change %d: %w", id, err)
	}
	return nil
}

// ApplyTagChanges applies the next part of the oldest change that waits; more reports whether there was one.
func (s *Store) ApplyTagChanges(ctx context.Context) (more bool, err error) {
	type waiting struct {
		change  int64
		part    int
		tag     int64
		adds    bool
		members []byte
	}
	err = s.Write(ctx, func(t *Tx) error {
		w, err := one(ctx, t.tx, func(row scanner) (w waiting, err error) {
			err = row.Scan(&w.change, &w.part, &w.tag, &w.adds, &w.members)
			return w, err
		}, `SELECT p.change_id, p.part, c.tag_id, c.adds, p.members FROM tag_change_parts p JOIN tag_changes c ON c.id = p.change_id
			WHERE p.applied = 0 ORDER BY p.change_id, p.part LIMIT 1`)
		if notFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		more = true
		members, err := ippo.UnpackMembers(w.members)
		if err != nil {
			return err
		}
		statement := `DELETE FROM follower_tags WHERE tag_id = ? AND follower_id IN (SELECT value FROM json_each(?)) RETURNING follower_id`
		if w.adds {
			statement = `INSERT INTO follower_tags (tag_id, follower_id)
				SELECT ?, id FROM followers WHERE status <> 'erased' AND id IN (SELECT value FROM json_each(?)) ON CONFLICT DO NOTHING RETURNING follower_id`
		}
		list, err := json.Marshal(members)
		if err != nil {
			return err
		}
		changed, err := collect(ctx, t.tx, scanFollowerID, statement, w.tag, string(list))
		if err != nil {
			return err
		}
		slices.Sort(changed)
		if err := t.exec(ctx, `UPDATE tag_change_parts SET applied = 1, members = ? WHERE change_id = ? AND part = ?`,
			ippo.PackMembers(changed), w.change, w.part); err != nil {
			return err
		}
		return t.exec(ctx, `UPDATE tag_changes SET changed = changed + ?1, done_at = CASE
			WHEN EXISTS (SELECT 1 FROM tag_change_parts WHERE change_id = ?2 AND applied = 0) THEN NULL ELSE ?3 END WHERE id = ?2`,
			len(changed), w.change, stamp(t.now))
	})
	if err != nil {
		return false, fmt.Errorf("apply tag changes: %w", err)
	}
	return more, nil
}

// LatestTagChange returns the last that somebody changed at once, while it can be taken back; ippo.ErrNotFound when
// there is none.
func (s *Store) LatestTagChange(ctx context.Context, by ippo.StaffID) (ippo.TagChange, error) {
	c, err := one(ctx, s.ro, func(row scanner) (c ippo.TagChange, err error) {
		err = scanLongChange(row, &c.LongChange, &c.Tag, &c.Adds)
		return c, err
	}, `SELECT `+longChange("tag_changes")+`, t.name, c.adds FROM tag_changes c JOIN tags t ON t.id = c.tag_id WHERE c.staff_id = ? AND c.at >= ? ORDER BY c.id DESC LIMIT 1`,
		by, stamp(s.Now().Add(-ippo.UndoWithin)))
	if err != nil {
		return c, fmt.Errorf("latest tag change: %w", err)
	}
	return c, nil
}
