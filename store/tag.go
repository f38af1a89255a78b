package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"ippo"
)

// Tags returns every tag with the number of followers who have it.
func (s *Store) Tags(ctx context.Context) ([]ippo.Tag, error) {
	tags, err := collect(ctx, s.ro, scanTag, `SELECT `+tagColumns+` FROM tags g ORDER BY g.name, g.id`)
	if err != nil {
		return nil, fmt.Errorf("tags: %w", err)
	}
	return tags, nil
}

// TagNames returns every tag without the number of followers who have it.
func (s *Store) TagNames(ctx context.Context) ([]ippo.Tag, error) {
	tags, err := collect(ctx, s.ro, func(row scanner) (g ippo.Tag, err error) {
		err = row.Scan(&g.ID, &g.Slug, &g.Name)
		return g, err
	}, `SELECT id, slug, name FROM tags ORDER BY name, id`)
	if err != nil {
		return nil, fmt.Errorf("names of tags: %w", err)
	}
	return tags, nil
}

const tagColumns = `g.id, g.slug, g.name, (SELECT count(*) FROM follower_tags ft WHERE ft.tag_id = g.id)`

func scanTag(row scanner) (g ippo.Tag, err error) {
	err = row.Scan(&g.ID, &g.Slug, &g.Name, &g.Friends)
	return g, err
}

// CreateTag makes a tag and returns it with its ID.
func (s *Store) CreateTag(ctx context.Context, by ippo.StaffID, g ippo.Tag) (ippo.Tag, error) {
	if err := g.Validate(); err != nil {
		return g, err
	}
	err := s.Write(ctx, func(t *Tx) (err error) {
		g.ID, err = t.insert(ctx, `INSERT INTO tags (slug, name) VALUES (?, ?)`, g.Slug, g.Name)
		if err != nil {
			return fmt.Errorf("create tag: %w", slugTaken(err))
		}
		return t.audit(ctx, by, "tag.create", "tag:"+g.Slug, "")
	})
	return g, err
}

// UpdateTag changes a tag's name.
func (s *Store) UpdateTag(ctx context.Context, by ippo.StaffID, slug string, g ippo.Tag) error {
	if err := sameSlug(slug, g.Slug); err != nil {
		return err
	}
	if err := g.Validate(); err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		was, err := t.row(ctx, "tags", "slug", slug)
		if err != nil {
			return fmt.Errorf("update tag %s: %w", slug, err)
		}
		if err := t.changeOne(ctx, `UPDATE tags SET name = ? WHERE slug = ?`, g.Name, slug); err != nil {
			return fmt.Errorf("update tag %s: %w", slug, found(err))
		}
		return t.auditChange(ctx, by, "tag.update", "tag:"+slug, "", was)
	})
}

// DeleteTag removes a tag, also from the followers who have it. One that an audience names is refused
// with Problems.
func (s *Store) DeleteTag(ctx context.Context, by ippo.StaffID, slug string) error {
	err := s.Write(ctx, func(t *Tx) error {
		switch n, err := t.audiencesNaming(ctx, "tags", slug); {
		case err != nil:
			return err
		case n > 0:
			return inUse(fmt.Sprintf("このタグを宛先にしている作戦や送る前の配信が%d件あるため、削除できません。", n))
		}
		if err := t.changeOne(ctx, `DELETE FROM tags WHERE slug = ?`, slug); err != nil {
			return found(err)
		}
		return t.audit(ctx, by, "tag.delete", "tag:"+slug, "")
	})
	if err != nil {
		return fmt.Errorf("delete tag %s: %w", slug, err)
	}
	return nil
}

// Tagging is a follower and the IDs of the tags that they are to have.
type Tagging struct {
	Follower ippo.FollowerID
	Tags     []int64
}

// MarshalJSON writes [follower, marks, [tags]], as SetTags reads it.
func (g Tagging) MarshalJSON() ([]byte, error) {
	var marks int64
	for _, tag := range g.Tags {
		if tag <= 60 {
			marks |= 1 << tag
		}
	}
	return json.Marshal([]any{g.Follower, marks, append([]int64{}, g.Tags...)})
}

// SetTags makes the tags of some followers those that are said of each, and no others; who has been forgotten stays
// without. The marks come first, so that a follower's row and the sums change once, whatever becomes of their tags.
func (t *Tx) SetTags(ctx context.Context, all []Tagging) error {
	list, err := json.Marshal(all)
	if err != nil {
		return fmt.Errorf("tags of %d followers: %w", len(all), err)
	}
	const (
		people = `WITH people AS MATERIALIZED (SELECT value ->> 0 AS id, value ->> 1 AS marks, value -> 2 AS tags FROM json_each(?)) `
		marks  = `followers.marks & ~((1 << 61) - 1) | (p.marks & (SELECT coalesce(sum(1 << id), 0) FROM tags WHERE id <= 60))`
	)
	for _, query := range []string{
		people + `UPDATE followers SET marks = ` + marks + ` FROM people p WHERE followers.id = p.id AND followers.status <> 'erased' AND followers.marks <> (` + marks + `)`,
		people + `DELETE FROM follower_tags WHERE follower_id IN (SELECT id FROM people)
			AND (follower_id, tag_id) NOT IN (SELECT p.id, j.value FROM people p, json_each(p.tags) j)`,
		people + `INSERT INTO follower_tags (follower_id, tag_id)
			SELECT f.id, g.id FROM people p CROSS JOIN followers f ON f.id = p.id CROSS JOIN json_each(p.tags) j CROSS JOIN tags g ON g.id = j.value
			WHERE f.status <> 'erased' ON CONFLICT DO NOTHING`,
	} {
		if err := t.exec(ctx, query, string(list)); err != nil {
			return fmt.Errorf("tags of %d followers: %w", len(all), err)
		}
	}
	return nil
}

// TagsOf returns the IDs of the tags, ascending, of those of some followers whom the context's remit could write to; who
// has been forgotten is not among them.
func (s *Store) TagsOf(ctx context.Context, ids []ippo.FollowerID) (map[ippo.FollowerID][]int64, error) {
	list, err := json.Marshal(append([]ippo.FollowerID{}, ids...))
	if err != nil {
		return nil, fmt.Errorf("tags of followers: %w", err)
	}
	theirs, args := followerRemit(ctx)
	tags := make(map[ippo.FollowerID][]int64, len(ids))
	_, err = collect(ctx, s.ro, func(row scanner) (none struct{}, err error) {
		var id ippo.FollowerID
		var tag sql.NullInt64
		if err = row.Scan(&id, &tag); err == nil {
			tags[id] = append(tags[id], tag.Int64)
			if !tag.Valid {
				tags[id] = nil
			}
		}
		return none, err
	}, `SELECT f.id, g.tag_id FROM json_each(?) j CROSS JOIN followers f ON f.id = j.value LEFT JOIN follower_tags g ON g.follower_id = f.id
		WHERE f.status <> 'erased' AND `+theirs+` ORDER BY f.id, g.tag_id`, append([]any{string(list)}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("tags of followers: %w", err)
	}
	return tags, nil
}
