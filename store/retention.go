package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ippo"
)

type passes struct {
	what  string
	keep  time.Duration
	query string // deletes at most a batch of what is older than a moment
}

// passing is what is deleted some time after it has done its work. It holds no personal data in clear
// by then, or none at all; what staff look at, such as the ledger and the audit log, stays.
var passing = []passes{
	// LINE delivers an event again within minutes; a month is for whoever looks into a complaint.
	{"events", 30 * 24 * time.Hour, `DELETE FROM inbound_events WHERE id IN (
		SELECT id FROM inbound_events WHERE state = 'done' AND received_at < ? ORDER BY received_at LIMIT 500)`},
	{"unsent messages", 30 * 24 * time.Hour, `DELETE FROM unsent_messages WHERE message_id IN (
		SELECT message_id FROM unsent_messages WHERE at < ? LIMIT 500)`},
	{"numbers nobody rang", 0, `DELETE FROM form_links WHERE id IN (
		SELECT id FROM form_links WHERE purpose = 'phone' AND spent_at IS NULL AND expires_at < ? LIMIT 500)`},
	// A text that was moved out of the chat, and never sent, goes with its link.
	{"links to rooms", 0, `DELETE FROM form_links WHERE id IN (
		SELECT id FROM form_links WHERE purpose = '` + PurposeRoom + `' AND expires_at < ? LIMIT 500)`},
	{"form links", 30 * 24 * time.Hour, `DELETE FROM form_links WHERE id IN (
		SELECT id FROM form_links WHERE expires_at < ? LIMIT 500)`},
	{"conversations", 30 * 24 * time.Hour, `DELETE FROM conversations WHERE follower_id IN (
		SELECT follower_id FROM conversations WHERE updated_at < ? LIMIT 500)`},
	// Longer than any plan looks ahead, for a key is planned once for as long as its notice is kept.
	{"notices", 90 * 24 * time.Hour, `DELETE FROM notices WHERE id IN (
		SELECT id FROM notices WHERE answered_at < ? LIMIT 500)`},
	{"group links", 0, `DELETE FROM group_links WHERE id IN (SELECT id FROM group_links WHERE expires_at < ? LIMIT 500)`},
	{"group codes", 0, `DELETE FROM group_account_codes WHERE expires_at < ?`},
	// What a newcomer gave for a visit has done its work when the match has ended; a while for complaints.
	{"requests to visit", 90 * 24 * time.Hour, `UPDATE matches SET request = NULL WHERE id IN (
		SELECT id FROM matches WHERE request IS NOT NULL AND ended_at < ? LIMIT 500)`},
	{"suggestions", 180 * 24 * time.Hour, `DELETE FROM matches WHERE id IN (
		SELECT id FROM matches WHERE state = 'suggested' AND suggested_at < ? LIMIT 500)`},
	{"unanswered questions", 90 * 24 * time.Hour, `DELETE FROM unanswered_questions WHERE id IN (
		SELECT id FROM unanswered_questions WHERE asked_at < ? LIMIT 500)`},
	// LINE lets a message be taken back for a day.
	{"messages of unanswered questions", 25 * time.Hour, `UPDATE unanswered_questions SET message_id = NULL WHERE id IN (
		SELECT id FROM unanswered_questions WHERE message_id IS NOT NULL AND asked_at < ? LIMIT 500)`},
	{"link codes", 0, `DELETE FROM staff_link_codes WHERE expires_at < ?`},
	{"wrong link codes", ippo.StaffLinkWait, `DELETE FROM staff_link_tries WHERE last_at < ?`},
}

// ForgetPassing deletes what has done its work and returns how much of each there was. It goes in
// short transactions, so that webhooks do not wait.
func (s *Store) ForgetPassing(ctx context.Context, now time.Time) (map[string]int64, error) {
	forgotten := map[string]int64{}
	settings, err := s.Settings(ctx)
	if err != nil {
		return forgotten, err
	}
	consultations := passes{"consultations", now.Sub(now.AddDate(-settings.KeepConsultations, 0, 0)), `DELETE FROM consultations WHERE id IN (
		SELECT id FROM consultations WHERE closed_at < ? LIMIT 500)`}
	for _, p := range append(slices.Clip(passing), consultations) {
		for {
			var n int64
			err := s.Write(ctx, func(t *Tx) (err error) {
				n, err = t.change(ctx, p.query, stamp(now.Add(-p.keep)))
				return err
			})
			if err != nil {
				return forgotten, fmt.Errorf("forget %s: %w", p.what, err)
			}
			if n == 0 {
				break
			}
			forgotten[p.what] += n
		}
	}
	return forgotten, nil
}
