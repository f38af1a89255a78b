package store

import (
	"context"
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
