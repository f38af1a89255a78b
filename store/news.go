package store

import (
	"context"
	"fmt"
	"time"

	"ippo"
)

// NewsItems returns every item for staff, the newest first.
func (s *Store) NewsItems(ctx context.Context) ([]ippo.News, error) {
	items, err := collect(ctx, s.ro, scanNews, `SELECT `+newsColumns+` FROM news ORDER BY publish_at DESC, id DESC`)
	if err != nil {
		return nil, fmt.Errorf("news items: %w", err)
	}
	return seenOf(ctx, items, aboutNews), nil
}

// PublishedNews returns at most limit of what residents may see now, the newest first; 0: all of it.
func (s *Store) PublishedNews(ctx context.Context, now time.Time, limit int) ([]ippo.News, error) {
	items, err := someSeen(ctx, s.ro, limit, aboutNews, scanNews, `
		SELECT `+newsColumns+` FROM news WHERE status = 'published' AND publish_at <= ?
		ORDER BY publish_at DESC, id DESC`, stamp(now))
	if err != nil {
		return nil, fmt.Errorf("published news: %w", err)
	}
	return items, nil
}

func aboutNews(n ippo.News) (topics, areas ippo.Choice) { return n.Topics, n.Areas }

// News returns one item, whatever its status.
func (s *Store) News(ctx context.Context, id ippo.NewsID) (ippo.News, error) {
	n, err := one(ctx, s.ro, scanNews, `SELECT `+newsColumns+` FROM news WHERE id = ?`, id)
	if err == nil {
		err = visible(ctx, n.Topics, n.Areas)
	}
	if err != nil {
		return n, fmt.Errorf("news %d: %w", id, err)
	}
	return n, nil
}

// NewsBySlug returns the item that a slug names, whatever its status.
func (s *Store) NewsBySlug(ctx context.Context, slug string) (ippo.News, error) {
	n, err := one(ctx, s.ro, scanNews, `SELECT `+newsColumns+` FROM news WHERE slug = ?`, slug)
	if err != nil {
		return n, fmt.Errorf("news %s: %w", slug, err)
	}
	return n, nil
}

var newsColumns = `id, slug, kind, title, summary, body, topics, areas, url, status, publish_at, updated_at, ` +
	translationsOf(ippo.ContentNews, "news.id")

func scanNews(row scanner) (n ippo.News, err error) {
	err = row.Scan(&n.ID, &n.Slug, &n.Kind, &n.Title, &n.Summary, &n.Body, &n.Topics, &n.Areas, &n.URL, &n.Status,
		at(&n.PublishAt), at(&n.UpdatedAt), translated(&n.Translations))
	return n, err
}

// CreateNews makes an item, to be published now if it names no time, and returns it with its ID.
func (s *Store) CreateNews(ctx context.Context, by ippo.StaffID, n ippo.News) (ippo.News, error) {
	err := s.Write(ctx, func(t *Tx) (err error) {
		n, err = t.CreateNews(ctx, by, n)
		return err
	})
	return n, err
}

// CreateNews is Store.CreateNews as a part of a transaction.
func (t *Tx) CreateNews(ctx context.Context, by ippo.StaffID, n ippo.News) (ippo.News, error) {
	if err := t.store.checkContent(ctx, n.Validate(), n.Topics, n.Areas); err != nil {
		return n, err
	}
	if n.PublishAt.IsZero() {
		n.PublishAt = t.now
	}
	id, err := t.insert(ctx, `
		INSERT INTO news (slug, kind, title, summary, body, topics, areas, url, status, publish_at, updated_at, published_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		n.Slug, n.Kind, n.Title, n.Summary, n.Body, n.Topics, n.Areas, n.URL, n.Status, stamp(n.PublishAt), stamp(t.now),
		t.published(n.Status))
	if err != nil {
		return n, fmt.Errorf("create news: %w", slugTaken(err))
	}
	n.ID, n.UpdatedAt = ippo.NewsID(id), t.now
	if n.Translations, err = t.saveTranslations(ctx, ippo.ContentNews, id, n.Translations, n.Texts()); err != nil {
		return n, err
	}
	return n, t.audit(ctx, by, "news.create", fmt.Sprintf("news:%d", id), string(n.Status))
}

// UpdateNews changes everything of an item but its slug; an item that names no time keeps its own.
func (s *Store) UpdateNews(ctx context.Context, by ippo.StaffID, n ippo.News) error {
	err := s.Write(ctx, func(t *Tx) error { return t.UpdateNews(ctx, by, n) })
	if err != nil {
		return fmt.Errorf("update news %d: %w", n.ID, err)
	}
	return nil
}

// UpdateNews is Store.UpdateNews as a part of a transaction.
func (t *Tx) UpdateNews(ctx context.Context, by ippo.StaffID, n ippo.News) error {
	if err := t.store.checkContent(ctx, n.Validate(), n.Topics, n.Areas); err != nil {
		return err
	}
	if err := t.sameSlugAs(ctx, "news", int64(n.ID), n.Slug); err != nil {
		return err
	}
	was, err := t.row(ctx, "news", "id", n.ID)
	if err != nil {
		return err
	}
	err = t.changeOne(ctx, `
		UPDATE news SET kind = ?, title = ?, summary = ?, body = ?, topics = ?, areas = ?, url = ?, status = ?,
			publish_at = coalesce(?, publish_at), updated_at = ?, published_at = coalesce(published_at, ?)
		WHERE id = ?`,
		n.Kind, n.Title, n.Summary, n.Body, n.Topics, n.Areas, n.URL, n.Status, stamp(n.PublishAt), stamp(t.now),
		t.published(n.Status), n.ID)
	if err != nil {
		return err
	}
	if _, err := t.saveTranslations(ctx, ippo.ContentNews, int64(n.ID), n.Translations, n.Texts()); err != nil {
		return err
	}
	return t.auditChange(ctx, by, "news.update", fmt.Sprintf("news:%d", n.ID), string(n.Status), was)
}

// DeleteNews removes an item.
func (s *Store) DeleteNews(ctx context.Context, by ippo.StaffID, id ippo.NewsID) error {
	return s.Write(ctx, func(t *Tx) error {
		was, err := t.row(ctx, "news", "id", id)
		if err != nil {
			return fmt.Errorf("delete news %d: %w", id, err)
		}
		if err := t.keepDeleted(ctx, by, object("news", id), int64(id)); err != nil {
			return fmt.Errorf("delete news %d: %w", id, err)
		}
		if err := t.changeOne(ctx, `DELETE FROM news WHERE id = ?`, id); err != nil {
			return fmt.Errorf("delete news %d: %w", id, found(err))
		}
		if err := t.deleteTranslations(ctx, ippo.ContentNews, int64(id)); err != nil {
			return err
		}
		return t.auditChange(ctx, by, "news.delete", fmt.Sprintf("news:%d", id), "", was)
	})
}

// published is when an item of that status became visible, if it was not before; nil for one that is not.
func (t *Tx) published(status ippo.ContentStatus) any {
	if status != ippo.ContentPublished {
		return nil
	}
	return stamp(t.now)
}
