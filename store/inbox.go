package store

import (
	"context"
	"errors"
	"fmt"

	"ippo"
	"ippo/internal/secret"
)

// AppendEvents writes webhook events, all of them or none, and returns once they are on disk. An
// event that is there already is left as it is, whatever has become of it.
func (s *Store) AppendEvents(ctx context.Context, events []ippo.InboundEvent) error {
	if len(events) == 0 {
		return nil
	}
	sealed := make([][]byte, len(events))
	for i, e := range events {
		sealed[i] = s.box.Seal(e.Payload, "inbound_events.payload")
	}
	err := s.writeFirst(ctx, func(t *Tx) error {
		for i, e := range events {
			err := t.exec(ctx, `
				INSERT INTO inbound_events (event_id, line_user_id, message_id, state, payload, occurred_at, received_at)
				VALUES (?, ?, ?, 'pending', ?, ?, ?) ON CONFLICT (event_id) DO NOTHING`,
				e.EventID, e.LineUserID, e.MessageID, sealed[i], stamp(e.OccurredAt), stamp(e.ReceivedAt))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("append %d events: %w", len(events), err)
	}
	return nil
}

// OpenEvents returns, in the order of their coming, at most limit events after the one named that
// are not done with: those still to be handled, and those whose reply LINE has yet to take. One that
// none of the keys opens has neither payload nor reply.
func (s *Store) OpenEvents(ctx context.Context, after int64, limit int) ([]ippo.InboundEvent, error) {
	events, err := collect(ctx, s.ro, s.scanEvent, `
		SELECT id, event_id, line_user_id, message_id, payload, reply, occurred_at, received_at
		FROM inbound_events WHERE state <> 'done' AND id > ? ORDER BY id LIMIT ?`, after, limit)
	if err != nil {
		return nil, fmt.Errorf("open events: %w", err)
	}
	return events, nil
}

func (s *Store) scanEvent(row scanner) (e ippo.InboundEvent, err error) {
	var payload, reply []byte
	err = row.Scan(&e.ID, &e.EventID, &e.LineUserID, &e.MessageID, &payload, &reply, at(&e.OccurredAt), at(&e.ReceivedAt))
	if err != nil {
		return e, err
	}
	if payload != nil {
		e.Payload, err = s.box.Open(payload, "inbound_events.payload")
	}
	if reply != nil {
		e.Reply, err = s.box.Open(reply, "inbound_events.reply")
	}
	if errors.Is(err, secret.ErrSealed) {
		err = nil // one event, not the inbox
	}
	return e, err
}

// Settle ends the handling of an event: what it brought is blanked, and reply, unless it is nil, waits
// to be sent. It belongs in the transaction of the event's effect. ErrSettled: that was done before, or
// the message was taken back.
func (t *Tx) Settle(ctx context.Context, id int64, reply []byte) error {
	state, sealed := "done", any(nil)
	if reply != nil {
		state, sealed = "replying", t.store.box.Seal(reply, "inbound_events.reply")
	}
	err := t.changeOne(ctx, `
		UPDATE inbound_events SET state = ?, payload = NULL, reply = ? WHERE id = ? AND state = 'pending'`, state, sealed, id)
	if errors.Is(err, ippo.ErrConflict) {
		err = ErrSettled
	}
	if err != nil {
		return fmt.Errorf("settle event %d: %w", id, err)
	}
	return nil
}

// ErrSettled: an event's handling had ended already.
var ErrSettled = errors.New("the event is settled")

// ReplyDone forgets an event's reply: LINE took it, or never will.
func (s *Store) ReplyDone(ctx context.Context, id int64) error {
	err := s.Write(ctx, func(t *Tx) error {
		return t.exec(ctx, `UPDATE inbound_events SET state = 'done', reply = NULL WHERE id = ? AND state = 'replying'`, id)
	})
	if err != nil {
		return fmt.Errorf("reply of event %d: %w", id, err)
	}
	return nil
}

// Unsend erases what a message left behind (送信取消), and remembers the message in case it has yet to
// arrive. Source: https://developers.line.biz/en/docs/messaging-api/receiving-messages/#webhook-unsend-message
func (t *Tx) Unsend(ctx context.Context, messageID string) error {
	err := t.exec(ctx, `INSERT INTO unsent_messages (message_id, at) VALUES (?, ?) ON CONFLICT (message_id) DO NOTHING`,
		messageID, stamp(t.now))
	if err != nil {
		return fmt.Errorf("unsend: %w", err)
	}
	for _, statement := range []string{
		`UPDATE inbound_events SET state = 'done', payload = NULL WHERE message_id = ? AND state = 'pending'`,
		`UPDATE desk_requests SET body = NULL WHERE message_id = ?`,
		`DELETE FROM form_links WHERE message_id = ?`,
		`DELETE FROM unanswered_questions WHERE message_id = ?`,
	} {
		if err := t.exec(ctx, statement, messageID); err != nil {
			return fmt.Errorf("unsend: %w", err)
		}
	}
	return nil
}

// Unsent reports whether a message was taken back.
func (t *Tx) Unsent(ctx context.Context, messageID string) (bool, error) {
	n, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM unsent_messages WHERE message_id = ?`, messageID)
	if err != nil {
		return false, fmt.Errorf("unsent: %w", err)
	}
	return n > 0, nil
}
