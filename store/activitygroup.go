package store

import (
	"context"
	"fmt"
	"strings"

	"ippo"
)

// ActivityGroups returns every group by the reading of its name, the hidden ones too.
func (s *Store) ActivityGroups(ctx context.Context) ([]ippo.ActivityGroup, error) {
	groups, err := collect(ctx, s.ro, s.scanGroup, `
		SELECT `+groupColumns+` FROM activity_groups ORDER BY CASE kana WHEN '' THEN name ELSE kana END, id`)
	if err != nil {
		return nil, fmt.Errorf("activity groups: %w", err)
	}
	return seenOf(ctx, groups, aboutGroup), nil
}

func aboutGroup(g ippo.ActivityGroup) (topics, areas ippo.Choice) { return g.Topics, g.Areas }

// ActivityGroup returns one group, also a hidden one.
func (s *Store) ActivityGroup(ctx context.Context, id ippo.ActivityGroupID) (ippo.ActivityGroup, error) {
	g, err := one(ctx, s.ro, s.scanGroup, `SELECT `+groupColumns+` FROM activity_groups WHERE id = ?`, id)
	if err == nil {
		err = visible(ctx, g.Topics, g.Areas)
	}
	if err != nil {
		return g, fmt.Errorf("activity group %d: %w", id, err)
	}
	return g, nil
}

// ActivityGroupBySlug returns the group that a slug names, also a hidden one.
func (s *Store) ActivityGroupBySlug(ctx context.Context, slug string) (ippo.ActivityGroup, error) {
	g, err := one(ctx, s.ro, s.scanGroup, `SELECT `+groupColumns+` FROM activity_groups WHERE slug = ?`, slug)
	if err != nil {
		return g, fmt.Errorf("activity group %s: %w", slug, err)
	}
	return g, nil
}

var groupColumns = `id, slug, name, kana, summary, body, topics, areas, place, weekdays, parts, times, whom, cost, fee,
	contact, beginners, children, alone, together, wheelchair, online, joining, tongues, receiving, full, hidden,
	welcome, bring, model, host, confirmed_at, asked_at, silent_since, updated_at, ` + translationsOf(ippo.ContentGroup, "activity_groups.id")

func (s *Store) scanGroup(row scanner) (g ippo.ActivityGroup, err error) {
	var host []byte
	err = row.Scan(&g.ID, &g.Slug, &g.Name, &g.Kana, &g.Summary, &g.Body, &g.Topics, &g.Areas, &g.Place, &g.Weekdays,
		&g.Parts, &g.When, &g.Whom, &g.Cost, &g.Fee, &g.Contact, &g.Beginners, &g.Children, &g.Alone, &g.Together, &g.Wheelchair,
		&g.Online, &g.Joining, &g.Tongues, &g.Receiving, &g.Full, &g.Hidden, &g.Welcome, &g.Bring, &g.Model, &host,
		at(&g.ConfirmedAt), at(&g.AskedAt), at(&g.SilentSince), at(&g.UpdatedAt), translated(&g.Translations))
	if err == nil && host != nil {
		err = s.openJSON("activity_groups.host", host, &g.Host)
	}
	return g, err
}

// groupValues are the columns that staff write, in the order of groupWritten.
func (s *Store) groupValues(g ippo.ActivityGroup) ([]any, error) {
	var host []byte
	if g.Host != (ippo.Host{}) {
		var err error
		if host, err = s.sealJSON("activity_groups.host", g.Host); err != nil {
			return nil, err
		}
	}
	return []any{g.Name, g.Kana, g.Summary, g.Body, g.Topics, g.Areas, g.Place, g.Weekdays, g.Parts, g.When, g.Whom, g.Cost, g.Fee,
		g.Contact, g.Beginners, g.Children, g.Alone, g.Together, g.Wheelchair, g.Online, g.Joining, g.Tongues, g.Receiving, g.Full,
		g.Hidden, g.Welcome, g.Bring, g.Model, host, stamp(g.ConfirmedAt), stamp(g.AskedAt), stamp(g.SilentSince)}, nil
}

const groupWritten = `name, kana, summary, body, topics, areas, place, weekdays, parts, times, whom, cost, fee,
	contact, beginners, children, alone, together, wheelchair, online, joining, tongues, receiving, full,
	hidden, welcome, bring, model, host, confirmed_at, asked_at, silent_since`

var groupMarks = strings.Repeat("?, ", strings.Count(groupWritten, ",")) + "?"

// CreateActivityGroup lists a group and returns it with its ID.
func (s *Store) CreateActivityGroup(ctx context.Context, by ippo.StaffID, g ippo.ActivityGroup) (ippo.ActivityGroup, error) {
	err := s.Write(ctx, func(t *Tx) (err error) {
		g, err = t.CreateActivityGroup(ctx, by, g)
		return err
	})
	return g, err
}

// CreateActivityGroup is Store.CreateActivityGroup as a part of a transaction.
func (t *Tx) CreateActivityGroup(ctx context.Context, by ippo.StaffID, g ippo.ActivityGroup) (ippo.ActivityGroup, error) {
	if err := t.store.checkContent(ctx, g.Validate(), g.Topics, g.Areas); err != nil {
		return g, err
	}
	if g.ConfirmedAt.IsZero() {
		g.ConfirmedAt = t.now // whoever lists it has just asked
	}
	values, err := t.store.groupValues(g)
	if err != nil {
		return g, err
	}
	id, err := t.insert(ctx, `INSERT INTO activity_groups (slug, updated_at, `+groupWritten+`) VALUES (?, ?, `+groupMarks+`)`,
		append([]any{g.Slug, stamp(t.now)}, values...)...)
	if err != nil {
		return g, fmt.Errorf("create activity group: %w", slugTaken(err))
	}
	g.ID, g.UpdatedAt = ippo.ActivityGroupID(id), t.now
	if g.Translations, err = t.saveTranslations(ctx, ippo.ContentGroup, id, g.Translations, g.Texts()); err != nil {
		return g, err
	}
	return g, t.audit(ctx, by, "group.create", fmt.Sprintf("group:%d", id), "")
}

// UpdateActivityGroup changes everything of a group but its slug.
func (s *Store) UpdateActivityGroup(ctx context.Context, by ippo.StaffID, g ippo.ActivityGroup) error {
	err := s.Write(ctx, func(t *Tx) error { return t.UpdateActivityGroup(ctx, by, g) })
	if err != nil {
		return fmt.Errorf("update activity group %d: %w", g.ID, err)
	}
	return nil
}

// UpdateActivityGroup is Store.UpdateActivityGroup as a part of a transaction.
func (t *Tx) UpdateActivityGroup(ctx context.Context, by ippo.StaffID, g ippo.ActivityGroup) error {
	if err := t.store.checkContent(ctx, g.Validate(), g.Topics, g.Areas); err != nil {
		return err
	}
	if err := t.sameSlugAs(ctx, "activity_groups", int64(g.ID), g.Slug); err != nil {
		return err
	}
	values, err := t.store.groupValues(g)
	if err != nil {
		return err
	}
	was, err := t.row(ctx, "activity_groups", "id", g.ID)
	if err != nil {
		return err
	}
	err = t.changeOne(ctx, `UPDATE activity_groups SET (updated_at, `+groupWritten+`) = (?, `+groupMarks+`) WHERE id = ?`,
		append(append([]any{stamp(t.now)}, values...), g.ID)...)
	if err != nil {
		return err
	}
	if _, err := t.saveTranslations(ctx, ippo.ContentGroup, int64(g.ID), g.Translations, g.Texts()); err != nil {
		return err
	}
	return t.auditChange(ctx, by, "group.update", fmt.Sprintf("group:%d", g.ID), "", was)
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
		if n, err = one(ctx, t.tx, scanInt, `SELECT count(*) FROM matches WHERE group_id = ? AND state <> 'suggested'`, id); err != nil {
			return err
		}
		if n > 0 {
			return inUse(fmt.Sprintf("この団体への紹介の記録が%d件あるため、削除できません。「公開しない」にしてください。", n))
		}
		if err := t.keepDeleted(ctx, by, object("group", id), int64(id)); err != nil {
			return err
		}
		if err := t.exec(ctx, `DELETE FROM matches WHERE group_id = ?`, id); err != nil {
			return err
		}
		if err := t.changeOne(ctx, `DELETE FROM activity_groups WHERE id = ?`, id); err != nil {
			return found(err)
		}
		if err := t.deleteTranslations(ctx, ippo.ContentGroup, int64(id)); err != nil {
			return err
		}
		return t.audit(ctx, by, "group.delete", fmt.Sprintf("group:%d", id), "")
	})
	if err != nil {
		return fmt.Errorf("delete activity group %d: %w", id, err)
	}
	return nil
}
