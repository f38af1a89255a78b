package store

import (
	"context"
	"fmt"

	"ippo"
)

// ActivityGroups returns every group by the reading of its name, the hidden ones too.
func (s *Store) ActivityGroups(ctx context.Context) ([]ippo.ActivityGroup, error) {
	groups, err := collect(ctx, s.ro, scanGroup, `
		SELECT `+groupColumns+` FROM activity_groups ORDER BY CASE kana WHEN '' THEN name ELSE kana END, id`)
	if err != nil {
		return nil, fmt.Errorf("activity groups: %w", err)
	}
	return groups, nil
}

// ActivityGroup returns one group, also a hidden one.
func (s *Store) ActivityGroup(ctx context.Context, id ippo.ActivityGroupID) (ippo.ActivityGroup, error) {
	g, err := one(ctx, s.ro, scanGroup, `SELECT `+groupColumns+` FROM activity_groups WHERE id = ?`, id)
	if err != nil {
		return g, fmt.Errorf("activity group %d: %w", id, err)
	}
	return g, nil
}

// ActivityGroupBySlug returns the group that a slug names, also a hidden one.
func (s *Store) ActivityGroupBySlug(ctx context.Context, slug string) (ippo.ActivityGroup, error) {
	g, err := one(ctx, s.ro, scanGroup, `SELECT `+groupColumns+` FROM activity_groups WHERE slug = ?`, slug)
	if err != nil {
		return g, fmt.Errorf("activity group %s: %w", slug, err)
	}
	return g, nil
}

const groupColumns = `id, slug, name, kana, summary, body, topics, areas, place, weekdays, parts, times, whom, cost,
	contact, beginners, children, wheelchair, online, receiving, hidden, updated_at`

func scanGroup(row scanner) (g ippo.ActivityGroup, err error) {
	err = row.Scan(&g.ID, &g.Slug, &g.Name, &g.Kana, &g.Summary, &g.Body, &g.Topics, &g.Areas, &g.Place, &g.Weekdays,
		&g.Parts, &g.When, &g.Whom, &g.Cost, &g.Contact, &g.Beginners, &g.Children, &g.Wheelchair, &g.Online,
		&g.Receiving, &g.Hidden, at(&g.UpdatedAt))
	return g, err
}

// CreateActivityGroup lists a group and returns it with its ID.
func (s *Store) CreateActivityGroup(ctx context.Context, by ippo.StaffID, g ippo.ActivityGroup) (ippo.ActivityGroup, error) {
	if err := g.Validate(); err != nil {
		return g, err
	}
	err := s.Write(ctx, func(t *Tx) error {
		id, err := t.insert(ctx, `
			INSERT INTO activity_groups (slug, name, kana, summary, body, topics, areas, place, weekdays, parts, times,
				whom, cost, contact, beginners, children, wheelchair, online, receiving, hidden, updated_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			g.Slug, g.Name, g.Kana, g.Summary, g.Body, g.Topics, g.Areas, g.Place, g.Weekdays, g.Parts, g.When,
			g.Whom, g.Cost, g.Contact, g.Beginners, g.Children, g.Wheelchair, g.Online, g.Receiving, g.Hidden, stamp(t.now))
		if err != nil {
			return fmt.Errorf("create activity group: %w", slugTaken(err))
		}
		g.ID, g.UpdatedAt = ippo.ActivityGroupID(id), t.now
		return t.audit(ctx, by, "group.create", fmt.Sprintf("group:%d", id), "")
	})
	return g, err
}

// UpdateActivityGroup changes everything of a group but its slug.
func (s *Store) UpdateActivityGroup(ctx context.Context, by ippo.StaffID, g ippo.ActivityGroup) error {
	if err := g.Validate(); err != nil {
		return err
	}
	err := s.Write(ctx, func(t *Tx) error {
		if err := t.sameSlugAs(ctx, "activity_groups", int64(g.ID), g.Slug); err != nil {
			return err
		}
		err := t.changeOne(ctx, `
			UPDATE activity_groups SET name = ?, kana = ?, summary = ?, body = ?, topics = ?, areas = ?, place = ?,
				weekdays = ?, parts = ?, times = ?, whom = ?, cost = ?, contact = ?, beginners = ?, children = ?,
				wheelchair = ?, online = ?, receiving = ?, hidden = ?, updated_at = ?
			WHERE id = ?`,
			g.Name, g.Kana, g.Summary, g.Body, g.Topics, g.Areas, g.Place, g.Weekdays, g.Parts, g.When, g.Whom, g.Cost,
			g.Contact, g.Beginners, g.Children, g.Wheelchair, g.Online, g.Receiving, g.Hidden, stamp(t.now), g.ID)
		if err != nil {
			return err
		}
		return t.audit(ctx, by, "group.update", fmt.Sprintf("group:%d", g.ID), "")
	})
	if err != nil {
		return fmt.Errorf("update activity group %d: %w", g.ID, err)
	}
	return nil
}

// DeleteActivityGroup removes a group made by mistake. One that residents asked about is refused with
// Problems: it can be hidden.
func (s *Store) DeleteActivityGroup(ctx context.Context, by ippo.StaffID, id ippo.ActivityGroupID) error {
	err := s.Write(ctx, func(t *Tx) error {
		n, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM desk_requests WHERE group_id = ?`, id)
		if err != nil {
			return err
		}
		if n > 0 {
			return inUse(fmt.Sprintf("この団体への見学の希望が%d件あるため、削除できません。「一覧に出さない」にしてください。", n))
		}
		if err := t.changeOne(ctx, `DELETE FROM activity_groups WHERE id = ?`, id); err != nil {
			return found(err)
		}
		return t.audit(ctx, by, "group.delete", fmt.Sprintf("group:%d", id), "")
	})
	if err != nil {
		return fmt.Errorf("delete activity group %d: %w", id, err)
	}
	return nil
}
