package store

import (
	"context"
	"fmt"

	"ippo"
)

// AutoReplies returns every reply of the center's own, the newest first, those that are off too. Nobody changes what
// is in the slice.
func (s *Store) AutoReplies(ctx context.Context) ([]ippo.AutoReply, error) {
	return s.replies.get(func() ([]ippo.AutoReply, error) {
		all, err := collect(ctx, s.ro, scanAutoReply, `SELECT `+autoReplyColumns+` FROM auto_replies ORDER BY id DESC`)
		if err != nil {
			return nil, fmt.Errorf("auto replies: %w", err)
		}
		return all, nil
	})
}

// AutoReply returns one of them.
func (s *Store) AutoReply(ctx context.Context, id ippo.AutoReplyID) (ippo.AutoReply, error) {
	a, err := one(ctx, s.ro, scanAutoReply, `SELECT `+autoReplyColumns+` FROM auto_replies WHERE id = ?`, id)
	if err != nil {
		return a, fmt.Errorf("auto reply %d: %w", id, err)
	}
	return a, nil
}

var autoReplyColumns = `id, keywords, whole, text, card, off, updated_at, ` + translationsOf(ippo.ContentAutoReply, "auto_replies.id")

func scanAutoReply(row scanner) (a ippo.AutoReply, err error) {
	err = row.Scan(&a.ID, &a.Keywords, &a.Whole, &a.Text, &a.Card, &a.Off, at(&a.UpdatedAt), translated(&a.Translations))
	return a, err
}

// CreateAutoReply makes a reply and returns it with its ID.
func (s *Store) CreateAutoReply(ctx context.Context, by ippo.StaffID, a ippo.AutoReply) (ippo.AutoReply, error) {
	if err := a.Validate(); err != nil {
		return a, err
	}
	defer s.replies.forget()
	err := s.Write(ctx, func(t *Tx) error {
		n, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM auto_replies`)
		if err != nil {
			return err
		}
		if n >= ippo.MaxAutoReplies {
			return ippo.Problems{{Message: fmt.Sprintf("自動の返事は%d件までです。", ippo.MaxAutoReplies)}}
		}
		id, err := t.insert(ctx, `INSERT INTO auto_replies (keywords, whole, text, card, off, updated_at) VALUES (?, ?, ?, ?, ?, ?)`,
			a.Keywords, a.Whole, a.Text, a.Card, a.Off, stamp(t.now))
		if err != nil {
			return fmt.Errorf("create auto reply: %w", err)
		}
		a.ID, a.UpdatedAt = ippo.AutoReplyID(id), t.now
		if a.Translations, err = t.saveTranslations(ctx, ippo.ContentAutoReply, id, a.Translations, a.Texts()); err != nil {
			return err
		}
		return t.audit(ctx, by, "autoreply.create", object("autoreply", a.ID), "")
	})
	return a, err
}

// UpdateAutoReply changes a reply.
func (s *Store) UpdateAutoReply(ctx context.Context, by ippo.StaffID, a ippo.AutoReply) error {
	if err := a.Validate(); err != nil {
		return err
	}
	defer s.replies.forget()
	err := s.Write(ctx, func(t *Tx) error {
		was, err := t.row(ctx, "auto_replies", "id", a.ID)
		if err != nil {
			return err
		}
		err = t.changeOne(ctx, `UPDATE auto_replies SET keywords = ?, whole = ?, text = ?, card = ?, off = ?, updated_at = ? WHERE id = ?`,
			a.Keywords, a.Whole, a.Text, a.Card, a.Off, stamp(t.now), a.ID)
		if err != nil {
			return found(err)
		}
		if _, err := t.saveTranslations(ctx, ippo.ContentAutoReply, int64(a.ID), a.Translations, a.Texts()); err != nil {
			return err
		}
		return t.auditChange(ctx, by, "autoreply.update", object("autoreply", a.ID), "", was)
	})
	if err != nil {
		return fmt.Errorf("update auto reply %d: %w", a.ID, err)
	}
	return nil
}

// DeleteAutoReply removes a reply.
func (s *Store) DeleteAutoReply(ctx context.Context, by ippo.StaffID, id ippo.AutoReplyID) error {
	defer s.replies.forget()
	err := s.Write(ctx, func(t *Tx) error {
		was, err := t.row(ctx, "auto_replies", "id", id)
		if err != nil {
			return err
		}
		if err := t.keepDeleted(ctx, by, object("autoreply", id), int64(id)); err != nil {
			return err
		}
		if err := t.changeOne(ctx, `DELETE FROM auto_replies WHERE id = ?`, id); err != nil {
			return found(err)
		}
		if err := t.deleteTranslations(ctx, ippo.ContentAutoReply, int64(id)); err != nil {
			return err
		}
		return t.auditChange(ctx, by, "autoreply.delete", object("autoreply", id), "", was)
	})
	if err != nil {
		return fmt.Errorf("delete auto reply %d: %w", id, err)
	}
	return nil
}
