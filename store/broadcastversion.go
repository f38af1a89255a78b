package store

import (
	"context"
	"encoding/json"
	"fmt"

	"ippo"
)

// keepVersion keeps what a broadcast is before by changes it, if others may have seen it: it was submitted, is a
// colleague's, or a colleague is writing on it. What its author goes on writing alone is one version.
func (t *Tx) keepVersion(ctx context.Context, by ippo.StaffID, was *ippo.Broadcast) error {
	cameBack := was.Reason != ""
	if was.Author == by && was.Status == ippo.BroadcastDraft && !cameBack {
		open, err := one(ctx, t.tx, scanInt, "SELECT count(*) FROM working_copies WHERE object = ? AND kept_at >= ? AND staff_id <> ?",
			object("broadcast", was.ID), stamp(was.UpdatedAt), by)
		if err != nil || open == 0 {
			return err
		}
	}
	said := was.Said()
	messages, renditions, err := encodeMessages(said.Messages, said.Renditions)
	if err != nil {
		return err
	}
	audience, err := json.Marshal(was.Audience)
	if err != nil {
		return fmt.Errorf("encode audience: %w", err)
	}
	err = t.exec(ctx, `
		INSERT INTO broadcast_versions (broadcast_id, number, author_id, saved_at, status, reason, title, messages, renditions, audience, send_at, on_call, emergency)
		SELECT ?1, coalesce(max(number), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM broadcast_versions WHERE broadcast_id = ?1`,
		was.ID, was.Author, stamp(was.UpdatedAt), was.Status, was.Reason, was.Title, messages, renditions, string(audience), stamp(was.SendAt), was.OnCall, was.Emergency)
	if err == nil {
		err = t.exec(ctx, `
			DELETE FROM broadcast_versions WHERE broadcast_id = ?1
				AND number <= (SELECT max(number) FROM broadcast_versions WHERE broadcast_id = ?1) - ?2`, was.ID, ippo.MaxVersions)
	}
	if err != nil {
		return fmt.Errorf("version of broadcast %d: %w", was.ID, err)
	}
	return nil
}

// BroadcastVersions returns what a broadcast was before, the oldest first. Of each, only what staff write, who wrote it,
// when, and how far it had come is told.
func (s *Store) BroadcastVersions(ctx context.Context, id ippo.BroadcastID) ([]*ippo.Broadcast, error) {
	versions, err := collect(ctx, s.ro, func(row scanner) (*ippo.Broadcast, error) {
		b := ippo.Broadcast{ID: id}
		var messages, renditions, audience []byte
		err := row.Scan(&b.Author, at(&b.UpdatedAt), &b.Status, &b.Reason, &b.Title, &messages, &renditions, &audience, at(&b.SendAt), &b.OnCall, &b.Emergency)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(messages, &b.Messages); err != nil {
			return nil, fmt.Errorf("messages: %w", err)
		}
		if err := json.Unmarshal(renditions, &b.Renditions); err != nil {
			return nil, fmt.Errorf("renditions: %w", err)
		}
		if err := json.Unmarshal(audience, &b.Audience); err != nil {
			return nil, fmt.Errorf("audience: %w", err)
		}
		return &b, nil
	}, `
		SELECT author_id, saved_at, status, reason, title, messages, renditions, audience, send_at, on_call, emergency
		FROM broadcast_versions WHERE broadcast_id = ? ORDER BY number`, id)
	if err != nil {
		return nil, fmt.Errorf("versions of broadcast %d: %w", id, err)
	}
	return versions, nil
}
