package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"ippo"
)

// passing is what is deleted some time after it has done its work. It holds no personal data in clear
// by then, or none at all; what staff look at, such as the ledger, stays.
var passing = []struct {
	what   string
	kind   ippo.RetentionKind // "": keep is nobody's to decide
	keep   time.Duration
	query  string                                                            // deletes at most a batch of what is older than a moment
	forget func(t *Tx, ctx context.Context, before time.Time) (int64, error) // likewise, where it takes more than a query
}{
	// LINE delivers an event again within minutes; a month is for whoever looks into a complaint.
	{what: "events", kind: ippo.RetainEvents, query: `DELETE FROM inbound_events WHERE id IN (
		SELECT id FROM inbound_events WHERE state = 'done' AND received_at < ? ORDER BY received_at LIMIT 500)`},
	{what: "unsent messages", keep: 30 * 24 * time.Hour, query: `DELETE FROM unsent_messages WHERE message_id IN (
		SELECT message_id FROM unsent_messages WHERE at < ? LIMIT 500)`},
	{what: "numbers nobody rang", keep: 0, query: `DELETE FROM form_links WHERE id IN (
		SELECT id FROM form_links WHERE purpose = 'phone' AND spent_at IS NULL AND expires_at < ? LIMIT 500)`},
	// A text that was moved out of the chat, and never sent, goes with its link.
	{what: "links to rooms", keep: 0, query: `DELETE FROM form_links WHERE id IN (
		SELECT id FROM form_links WHERE purpose = '` + PurposeRoom + `' AND expires_at < ? LIMIT 500)`},
	{what: "form links", kind: ippo.RetainLinks, query: `DELETE FROM form_links WHERE id IN (
		SELECT id FROM form_links WHERE expires_at < ? LIMIT 500)`},
	{what: "conversations", kind: ippo.RetainTalks, query: `DELETE FROM conversations WHERE follower_id IN (
		SELECT follower_id FROM conversations WHERE updated_at < ? LIMIT 500)`},
	{what: "notices", kind: ippo.RetainNotices, forget: (*Tx).forgetNotices},
	{what: "group links", keep: 0, query: `DELETE FROM group_links WHERE id IN (SELECT id FROM group_links WHERE expires_at < ? LIMIT 500)`},
	{what: "group codes", keep: 0, query: `DELETE FROM group_account_codes WHERE expires_at < ?`},
	// What a newcomer gave for a visit has done its work when the match has ended; a while for complaints.
	{what: "requests to visit", kind: ippo.RetainVisits, query: `UPDATE matches SET request = NULL WHERE id IN (
		SELECT id FROM matches WHERE request IS NOT NULL AND ended_at < ? LIMIT 500)`},
	{what: "suggestions", kind: ippo.RetainSuggestions, query: `DELETE FROM matches WHERE id IN (
		SELECT id FROM matches WHERE state = 'suggested' AND suggested_at < ? LIMIT 500)`},
	{what: "unanswered questions", kind: ippo.RetainQuestions, query: `DELETE FROM unanswered_questions WHERE id IN (
		SELECT id FROM unanswered_questions WHERE asked_at < ? LIMIT 500)`},
	// LINE lets a message be taken back for a day.
	{what: "messages of unanswered questions", keep: 25 * time.Hour, query: `UPDATE unanswered_questions SET message_id = NULL WHERE id IN (
		SELECT id FROM unanswered_questions WHERE message_id IS NOT NULL AND asked_at < ? LIMIT 500)`},
	{what: "ambassadors' codes", keep: 0, query: `DELETE FROM ambassador_codes WHERE expires_at < ?`},
	{what: "first follows", keep: 0, query: `DELETE FROM first_follows WHERE follower_id IN (
		SELECT follower_id FROM first_follows WHERE until < ? LIMIT 500)`},
	{what: "link codes", keep: 0, query: `DELETE FROM staff_link_codes WHERE expires_at < ?`},
	{what: "wrong link codes", keep: ippo.StaffLinkWait, query: `DELETE FROM staff_link_tries WHERE last_at < ?`},
	{what: "intakes that nobody took in", keep: ippo.IntakeKept, query: `UPDATE intakes SET state = 'loading', spent = 1
		WHERE state IN ('draft', 'checking', 'checked') AND uploaded_at < ?`},
	{what: "files that never came whole", keep: time.Hour, query: `UPDATE intakes SET spent = 1 WHERE state = 'loading' AND spent = 0 AND uploaded_at < ?`},
	{what: "intakes that were stopped", keep: ippo.StoppedIntakeKept, query: `UPDATE intakes SET stopped = '', state = 'done', ended_at = stopped_at, spent = 1
		WHERE state = 'waiting' AND stopped <> '' AND stopped_at < ?`},
	{what: "unsent forms", keep: ippo.UnsentFormLife, query: `DELETE FROM unsent_forms WHERE kept_at < ?`},
	{what: "working copies", keep: ippo.WorkingCopyLife, query: `DELETE FROM working_copies WHERE kept_at < ?`},
	{what: "tag changes", keep: 30 * 24 * time.Hour, query: `DELETE FROM tag_changes WHERE done_at < ?`},
	{what: "invitations of staff", query: `DELETE FROM staff_invites WHERE expires_at < ?`},
	{what: "bulk changes", keep: 30 * 24 * time.Hour, query: `DELETE FROM bulk_changes WHERE at < ?`},
	{what: "changes of ambassadors", keep: 30 * 24 * time.Hour, query: `DELETE FROM ambassador_changes WHERE done_at < ?`},
	{what: "changes of cases", keep: 30 * 24 * time.Hour, query: `DELETE FROM case_changes WHERE done_at < ?`},
	// Time enough to take back what was thrown out of a draft.
	{what: "pictures", keep: 30 * 24 * time.Hour, forget: (*Tx).forgetPictures},
	{what: "deletions", keep: ippo.UndoWithin, query: `DELETE FROM deletions WHERE at < ?`},
	{what: "runs", keep: 400 * 24 * time.Hour, query: `DELETE FROM retention_runs WHERE at < ?`},
	{what: "requests that are done", kind: ippo.RetainDesk, query: `UPDATE desk_requests SET body = NULL, note = NULL WHERE id IN (
		SELECT id FROM desk_requests WHERE done_at IS NOT NULL AND (body IS NOT NULL OR note IS NOT NULL) AND state = 'done' AND done_at < ? LIMIT 500)`},
	{what: "consultations", kind: ippo.RetainConsultations, query: `DELETE FROM consultations WHERE id IN (
		SELECT id FROM consultations WHERE closed_at < ? LIMIT 500)`},
	// Of who was forgotten while one was open, as soon as it has ended.
	{what: "consultations of who was erased", keep: 0, query: `DELETE FROM consultations WHERE id IN (
		SELECT c.id FROM consultations c JOIN followers f ON f.id = c.follower_id
		WHERE f.status = 'erased' AND c.closed_at < ? LIMIT 500)`},
	{what: "reservations", kind: ippo.RetainReservations, query: `UPDATE reservations SET follower_id = NULL, attendee = NULL WHERE id IN (
		SELECT r.id FROM reservations r JOIN events e ON e.id = r.event_id
		WHERE (r.follower_id IS NOT NULL OR r.attendee IS NOT NULL) AND e.ends_at < ? LIMIT 500)`},
	{what: "ambassadors who left", kind: ippo.RetainAmbassadors, forget: (*Tx).forgetAmbassadors},
	{what: "audit log", kind: ippo.RetainAudit, forget: (*Tx).cutAudit},
	{what: "who blocked us", kind: ippo.RetainBlocked, forget: (*Tx).forgetBlocked},
}

// forgetNotices leaves of old notices how many LINE took on each day: a year is counted when it has ended.
func (t *Tx) forgetNotices(ctx context.Context, before time.Time) (int64, error) {
	const old = `(SELECT id FROM notices WHERE answered_at < ? ORDER BY answered_at, id LIMIT 500)`
	err := t.exec(ctx, `
		INSERT INTO notice_days (day, accepted)
		SELECT date(answered_at, '+9 hours'), count(*) FROM notices WHERE state = 'accepted' AND id IN `+old+` GROUP BY 1
		ON CONFLICT (day) DO UPDATE SET accepted = accepted + excluded.accepted`, stamp(before))
	if err != nil {
		return 0, err
	}
	return t.change(ctx, `DELETE FROM notices WHERE id IN `+old, stamp(before))
}

// forgetAmbassadors leaves of those who left long ago the number.
func (t *Tx) forgetAmbassadors(ctx context.Context, before time.Time) (int64, error) {
	ids, err := collect(ctx, t.tx, scanInt, `
		SELECT id FROM ambassadors WHERE status IN ('retired', 'declined') AND age_band <> '' AND updated_at < ? LIMIT 100`, stamp(before))
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if err := t.unnameAmbassador(ctx, ippo.AmbassadorID(id)); err != nil {
			return 0, err
		}
	}
	return int64(len(ids)), nil
}

// forgetBlocked begins to erase those who blocked the account long ago, but for who serves as an ambassador:
// they may be reached on the telephone.
func (t *Tx) forgetBlocked(ctx context.Context, before time.Time) (int64, error) {
	ids, err := collect(ctx, t.tx, scanFollowerID, `
		SELECT id FROM followers f WHERE status = 'blocked' AND blocked_at < ? AND NOT EXISTS (
			SELECT 1 FROM ambassadors a WHERE a.follower_id = f.id AND a.status IN ('applied', 'contacted', 'appointed')) LIMIT 100`, stamp(before))
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if err := t.AskErasure(ctx, id, 0, ""); err != nil {
			return 0, err
		}
	}
	return int64(len(ids)), nil
}

// ForgetPassing deletes what has done its work and returns how much of each there was. It goes in
// short transactions, so that webhooks do not wait.
func (s *Store) ForgetPassing(ctx context.Context, now time.Time) (map[string]int64, error) {
	forgotten := map[string]int64{}
	settings, err := s.Settings(ctx)
	if err != nil {
		return forgotten, err
	}
	for _, p := range passing {
		keep := p.keep
		if p.kind != "" {
			keep = settings.Keep.For(p.kind)
		}
		for {
			var n int64
			err := s.Write(ctx, func(t *Tx) (err error) {
				if p.forget != nil {
					n, err = p.forget(t, ctx, now.Add(-keep))
					return err
				}
				n, err = t.change(ctx, p.query, stamp(now.Add(-keep)))
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
	return forgotten, s.addRetentionRun(ctx, forgotten)
}

// addRetentionRun notes, of what a center sets the days of, how much went.
func (s *Store) addRetentionRun(ctx context.Context, forgotten map[string]int64) error {
	removed := []ippo.Removed{}
	for _, r := range ippo.Retentions {
		for _, p := range passing {
			if n := forgotten[p.what]; p.kind == r.Kind && n > 0 {
				removed = append(removed, ippo.Removed{Words: r.Words, Count: n})
			}
		}
	}
	b, err := json.Marshal(removed)
	if err != nil {
		return fmt.Errorf("note what was forgotten: %w", err)
	}
	err = s.Write(ctx, func(t *Tx) error {
		return t.exec(ctx, `INSERT INTO retention_runs (at, removed) VALUES (?, ?)`, stamp(t.now), string(b))
	})
	if err != nil {
		return fmt.Errorf("note what was forgotten: %w", err)
	}
	return nil
}

// RetentionRun returns the latest night's; ippo.ErrNotFound before the first.
func (s *Store) RetentionRun(ctx context.Context) (ippo.RetentionRun, error) {
	run, err := one(ctx, s.ro, func(row scanner) (run ippo.RetentionRun, err error) {
		var removed []byte
		if err := row.Scan(at(&run.At), &removed); err != nil {
			return run, err
		}
		return run, json.Unmarshal(removed, &run.Removed)
	}, `SELECT at, removed FROM retention_runs ORDER BY id DESC LIMIT 1`)
	if err != nil {
		return run, fmt.Errorf("last retention: %w", err)
	}
	return run, nil
}
