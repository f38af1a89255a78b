package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"ippo"
)

const selectTemplate = `SELECT id, title, messages, renditions, originals, counted, updated_at FROM broadcast_templates `

func scanTemplate(row scanner) (one ippo.BroadcastTemplate, err error) {
	var messages, renditions, originals []byte
	if err = row.Scan(&one.ID, &one.Title, &messages, &renditions, &originals, &one.Counted, at(&one.UpdatedAt)); err != nil {
		return one, err
	}
	if err = json.Unmarshal(messages, &one.Messages); err == nil {
		err = json.Unmarshal(renditions, &one.Renditions)
	}
	if err == nil {
		err = json.Unmarshal(originals, &one.Originals)
	}
	return one, err
}

// BroadcastTemplates returns every template, by title.
func (s *Store) BroadcastTemplates(ctx context.Context) ([]ippo.BroadcastTemplate, error) {
	all, err := collect(ctx, s.ro, scanTemplate, selectTemplate+`ORDER BY title, id`)
	if err != nil {
		return nil, fmt.Errorf("broadcast templates: %w", err)
	}
	return all, nil
}

// BroadcastTemplate returns one of them.
func (s *Store) BroadcastTemplate(ctx context.Context, id int64) (ippo.BroadcastTemplate, error) {
	one, err := one(ctx, s.ro, scanTemplate, selectTemplate+`WHERE id = ?`, id)
	if err != nil {
		return one, fmt.Errorf("broadcast template %d: %w", id, err)
	}
	return one, nil
}

// CreateBroadcastTemplate keeps a new template and returns its ID.
func (s *Store) CreateBroadcastTemplate(ctx context.Context, by ippo.StaffID, made ippo.BroadcastTemplate) (id int64, err error) {
	messages, renditions, err := encodeTemplate(made)
	if err != nil {
		return 0, err
	}
	_, originals, err := originalsSince(ippo.Said{}, made.Said())
	if err != nil {
		return 0, err
	}
	err = s.Write(ctx, func(t *Tx) error {
		n, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM broadcast_templates`)
		if err != nil {
			return err
		}
		if n >= ippo.MaxBroadcastTemplates {
			return inUse(fmt.Sprintf("ひな形は%d件までです。使わないものを削除してください。", ippo.MaxBroadcastTemplates))
		}
		if id, err = t.insert(ctx, `INSERT INTO broadcast_templates (title, messages, renditions, originals, counted, updated_at) VALUES (?, ?, ?, ?, ?, ?)`,
			made.Title, messages, renditions, originals, made.Counted, stamp(t.now)); err != nil {
			return err
		}
		return t.audit(ctx, by, "template.create", object("template", id), made.Title)
	})
	if err != nil {
		return 0, fmt.Errorf("create broadcast template: %w", err)
	}
	return id, nil
}

// UpdateBroadcastTemplate changes one; broadcasts that began with it stay as they are. is.UpdatedAt is when its
// writer last read it: if somebody else has changed it since, the error is ippo.ErrConflict.
func (s *Store) UpdateBroadcastTemplate(ctx context.Context, by ippo.StaffID, is ippo.BroadcastTemplate) error {
	messages, renditions, err := encodeTemplate(is)
	if err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		row, err := t.row(ctx, "broadcast_templates", "id", is.ID)
		if err != nil {
			return fmt.Errorf("update broadcast template %d: %w", is.ID, err)
		}
		was, err := one(ctx, t.tx, scanTemplate, selectTemplate+`WHERE id = ?`, is.ID)
		if err != nil {
			return fmt.Errorf("update broadcast template %d: %w", is.ID, err)
		}
		_, originals, err := originalsSince(was.Said(), is.Said())
		if err != nil {
			return err
		}
		// updated_at also tells versions apart, so it moves even within one millisecond.
		updated := t.now
		if !updated.After(is.UpdatedAt) {
			updated = is.UpdatedAt.Add(time.Millisecond)
		}
		if err := t.changeOne(ctx, `
			UPDATE broadcast_templates SET title = ?, messages = ?, renditions = ?, originals = ?, counted = ?, updated_at = ? WHERE id = ? AND updated_at = ?`,
			is.Title, messages, renditions, originals, is.Counted, stamp(updated), is.ID, stamp(is.UpdatedAt)); err != nil {
			return fmt.Errorf("update broadcast template %d: %w", is.ID, err)
		}
		return t.auditChange(ctx, by, "template.update", object("template", is.ID), is.Title, row)
	})
}

// DeleteBroadcastTemplate forgets one; broadcasts that began with it stay as they are.
func (s *Store) DeleteBroadcastTemplate(ctx context.Context, by ippo.StaffID, id int64) error {
	is, err := s.BroadcastTemplate(ctx, id)
	if err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		if err := found(t.changeOne(ctx, `DELETE FROM broadcast_templates WHERE id = ?`, id)); err != nil {
			return fmt.Errorf("delete broadcast template %d: %w", id, err)
		}
		return t.audit(ctx, by, "template.delete", object("template", id), is.Title)
	})
}

func encodeTemplate(one ippo.BroadcastTemplate) (messages, renditions string, err error) {
	if err := one.Validate(); err != nil {
		return "", "", err
	}
	return encodeMessages(one.Messages, one.Renditions)
}
