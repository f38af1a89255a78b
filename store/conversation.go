package store

import (
	"context"
	"fmt"

	"ippo"
)

// Conversation returns the talk that a follower is in, however long ago they left it.
func (s *Store) Conversation(ctx context.Context, id ippo.FollowerID) (ippo.Conversation, error) {
	c, err := one(ctx, s.ro, s.scanConversation, `
		SELECT follower_id, name, step, answers, updated_at FROM conversations WHERE follower_id = ?`, id)
	if err != nil {
		return c, fmt.Errorf("conversation of %d: %w", id, err)
	}
	return c, nil
}

func (s *Store) scanConversation(row scanner) (c ippo.Conversation, err error) {
	var answers []byte
	if err := row.Scan(&c.Follower, &c.Name, &c.Step, &answers, at(&c.UpdatedAt)); err != nil {
		return c, err
	}
	c.Answers, err = s.box.Open(answers, "conversations.answers")
	return c, err
}

// SaveConversation keeps where a follower stands, in place of any talk they were in before.
func (t *Tx) SaveConversation(ctx context.Context, c ippo.Conversation) error {
	err := t.exec(ctx, `
		INSERT INTO conversations (follower_id, name, step, answers, updated_at) VALUES (?1, ?2, ?3, ?4, ?5)
		ON CONFLICT (follower_id) DO UPDATE SET name = ?2, step = ?3, answers = ?4, updated_at = ?5`,
		c.Follower, c.Name, c.Step, t.store.box.Seal(c.Answers, "conversations.answers"), stamp(t.now))
	if err != nil {
		return fmt.Errorf("save conversation of %d: %w", c.Follower, err)
	}
	return nil
}

// EndConversation forgets the talk that a follower was in.
func (t *Tx) EndConversation(ctx context.Context, id ippo.FollowerID) error {
	if err := t.exec(ctx, `DELETE FROM conversations WHERE follower_id = ?`, id); err != nil {
		return fmt.Errorf("end conversation of %d: %w", id, err)
	}
	return nil
}

// LeaveConversation forgets the talk that a follower was in if it is the one named.
func (t *Tx) LeaveConversation(ctx context.Context, id ippo.FollowerID, name string) error {
	if err := t.exec(ctx, `DELETE FROM conversations WHERE follower_id = ? AND name = ?`, id, name); err != nil {
		return fmt.Errorf("leave conversation of %d: %w", id, err)
	}
	return nil
}
