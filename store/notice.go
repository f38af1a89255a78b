package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"ippo"
)

// AddNotice plans notices, in the transaction of what they tell of. One whose key is planned already,
// or was sent lately, is left as it is.
func (t *Tx) AddNotice(ctx context.Context, notices ...ippo.Notice) error {
	for i := range notices {
		n, err := t.store.sealNotice(&notices[i])
		if err != nil {
			return err
		}
		if err := t.addNotice(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// sealedNotice is a notice as it is kept.
type sealedNotice struct {
	*ippo.Notice
	messages, content []byte
}

// sealNotice checks a notice and seals what it says, which needs no transaction: whoever plans thousands
// does it before theirs, so that nobody waits for it.
func (s *Store) sealNotice(n *ippo.Notice) (sealedNotice, error) {
	if err := n.Validate(); err != nil {
		return sealedNotice{}, fmt.Errorf("add notice of kind %s: %w", n.Kind, err)
	}
	sealed, err := s.sealJSON(noticeMessages, n.Messages)
	return sealedNotice{n, sealed, ippo.ContentOf(n.Messages)}, err
}

func (t *Tx) addNotice(ctx context.Context, n sealedNotice) error {
	due, until := n.Due, n.Until
	if due.IsZero() {
		due = t.now
	}
	if until.IsZero() {
		until = due.Add(ippo.NoticeLife)
	}
	if err := t.exec(ctx, `
		INSERT INTO notices (follower_id, kind, key, messages, content, due_at, until_at, state, retry_key, next_attempt_at, created_at)
		VALUES (?1, ?2, nullif(?3, ''), ?4, ?5, ?6, ?7, 'pending', ?8, ?6, ?9) ON CONFLICT (key) DO NOTHING`,
		n.Follower, n.Kind, n.Key, n.messages, n.content, stamp(due), stamp(until), uuid.NewString(), stamp(t.now)); err != nil {
		return fmt.Errorf("add notice of kind %s: %w", n.Kind, err)
	}
	return nil
}

// noticeMessages is under which name messages are sealed: that of the column in which they were kept first.
const noticeMessages = "pushes.messages"

// AddNotice plans notices by themselves; who is waked then sends them.
func (s *Store) AddNotice(ctx context.Context, notices ...ippo.Notice) error {
	return s.Write(ctx, func(t *Tx) error { return t.AddNotice(ctx, notices...) })
}

// CancelNotice drops the notice that was planned under a key, unless LINE was asked already: whoever
// was to get it does not come any more, or its time has moved. The key is free again.
func (t *Tx) CancelNotice(ctx context.Context, key string) error {
	return t.cancelNotices(ctx, `key = ?2`, key)
}

// CancelNotices drops every notice whose key begins with prefix, such as "event-reminder:12:" when the
// event does not take place.
func (t *Tx) CancelNotices(ctx context.Context, prefix string) error {
	return t.cancelNotices(ctx, `key >= ?2 AND key < ?2 || char(0x10FFFF)`, prefix)
}

func (t *Tx) cancelNotices(ctx context.Context, which, keyed string) error {
	err := t.exec(ctx, `
		UPDATE notices SET state = 'skipped', reason = '取り消し', key = NULL, `+noticeEnded+`
		WHERE `+which+` AND state = 'pending' AND first_called_at IS NULL`, stamp(t.now), keyed)
	if err != nil {
		return fmt.Errorf("cancel notices: %w", err)
	}
	return nil
}

// noticeEnded is what ends a notice at ?1, beside its state and reason.
const noticeEnded = `messages = NULL, stuck = 0, next_attempt_at = NULL, answered_at = ?1`

const noticeColumns = `n.id, n.follower_id, n.kind, coalesce(n.key, ''), n.due_at, n.until_at, n.state, n.reason, n.retry_key, n.attempts,
	n.first_called_at, n.next_attempt_at, n.answered_at, n.body_sha256, n.line_request_id, n.created_at`

func noticeFields(n *ippo.Notice) []any {
	return []any{&n.ID, &n.Follower, &n.Kind, &n.Key, at(&n.Due), at(&n.Until), &n.State, &n.Reason, &n.RetryKey, &n.Attempts,
		at(&n.FirstCalledAt), at(&n.NextAttemptAt), at(&n.AnsweredAt), &n.BodySHA256, &n.RequestID, at(&n.CreatedAt)}
}

// DueNotice is a notice that may be about to leave, and the person it goes to as they are now.
type DueNotice struct {
	ippo.Notice
	To      string // LINE's name for the follower
	Status  ippo.FollowerStatus
	Stopped bool   // they have stopped broadcasts
	Content []byte // SHA-256 of the messages
}

// DueNotices returns at most limit notices to be tried at now, those that have waited longest first.
func (s *Store) DueNotices(ctx context.Context, now time.Time, limit int) ([]DueNotice, error) {
	due, err := collect(ctx, s.ro, s.scanDueNotice, `
		SELECT `+noticeColumns+`, n.messages, n.content, f.line_user_id, f.status, f.stopped
		FROM notices n JOIN followers f ON f.id = n.follower_id
		WHERE n.state = 'pending' AND n.next_attempt_at <= ? ORDER BY n.next_attempt_at, n.id LIMIT ?`, stamp(now), limit)
	if err != nil {
		return nil, fmt.Errorf("due notices: %w", err)
	}
	return due, nil
}

func (s *Store) scanDueNotice(row scanner) (d DueNotice, err error) {
	var sealed []byte
	if err := row.Scan(append(noticeFields(&d.Notice), &sealed, &d.Content, &d.To, &d.Status, &d.Stopped)...); err != nil {
		return d, err
	}
	if err := s.openJSON(noticeMessages, sealed, &d.Messages); err != nil {
		return d, fmt.Errorf("notice %d: %w", d.ID, err)
	}
	if len(d.Content) == 0 {
		d.Content = ippo.ContentOf(d.Messages)
	}
	return d, nil
}

// NextNotice returns when the next pending notice wants to be tried; the zero time if none does.
func (s *Store) NextNotice(ctx context.Context) (next time.Time, err error) {
	err = s.ro.QueryRowContext(ctx, `SELECT min(next_attempt_at) FROM notices WHERE state = 'pending'`).Scan(at(&next))
	if err != nil {
		return next, fmt.Errorf("next notice: %w", err)
	}
	return next, nil
}

// NoticeDecision is what the gates say of a notice that is due.
type NoticeDecision struct {
	Notice *ippo.Notice
	Sum    []byte             // SHA-256 of the body that LINE is about to be asked with; nil: it is not asked
	State  ippo.DeliveryState // pending, or how it ends without asking
	Next   time.Time          // pending: when it is tried next; when LINE is asked, in case nothing more is heard of it
	Reason string
}

// DecideNotices commits what the gates said, all at once, and returns the notices that are about to be
// sent. One that was cancelled meanwhile is not among them.
func (s *Store) DecideNotices(ctx context.Context, decisions []NoticeDecision) (begun map[ippo.NoticeID]bool, err error) {
	begun = make(map[ippo.NoticeID]bool, len(decisions))
	err = s.Write(ctx, func(t *Tx) error {
		for _, d := range decisions {
			err := t.decideNotice(ctx, d)
			switch {
			case errors.Is(err, ippo.ErrConflict):
			case err != nil:
				return fmt.Errorf("decide on notice %d: %w", d.Notice.ID, err)
			default:
				begun[d.Notice.ID] = d.Sum != nil
			}
		}
		return nil
	})
	return begun, err
}

func (t *Tx) decideNotice(ctx context.Context, d NoticeDecision) error {
	switch {
	case d.Sum != nil:
		return t.changeOne(ctx, `
			UPDATE notices SET attempts = attempts + 1, first_called_at = coalesce(first_called_at, ?), next_attempt_at = ?, body_sha256 = ?,
				reason = ''
			WHERE id = ? AND state = 'pending'`, stamp(t.now), stamp(d.Next), d.Sum, d.Notice.ID)
	case d.State == ippo.DeliveryPending:
		return t.changeOne(ctx, `
			UPDATE notices SET next_attempt_at = ?, reason = ?, stuck = 0 WHERE id = ? AND state = 'pending'`,
			stamp(d.Next), d.Reason, d.Notice.ID)
	}
	return t.endNotice(ctx, d.Notice.ID, Outcome{State: d.State, Reason: d.Reason})
}

// EndNotice records how a notice ended.
func (s *Store) EndNotice(ctx context.Context, id ippo.NoticeID, o Outcome) error {
	err := s.Write(ctx, func(t *Tx) error { return t.endNotice(ctx, id, o) })
	if err != nil {
		return fmt.Errorf("end notice %d: %w", id, err)
	}
	return nil
}

func (t *Tx) endNotice(ctx context.Context, id ippo.NoticeID, o Outcome) error {
	return t.changeOne(ctx, `
		UPDATE notices SET state = ?2, reason = ?3, line_request_id = coalesce(nullif(?4, ''), line_request_id), `+noticeEnded+`
		WHERE id = ?5 AND state = 'pending'`, stamp(t.now), o.State, o.Reason, o.RequestID, id)
}

// RetryNotice puts off a notice that LINE was asked and has not accepted.
func (s *Store) RetryNotice(ctx context.Context, id ippo.NoticeID, next time.Time, requestID, reason string) error {
	err := s.Write(ctx, func(t *Tx) error {
		return t.changeOne(ctx, `
			UPDATE notices SET next_attempt_at = ?, reason = ?, stuck = 0, line_request_id = coalesce(nullif(?, ''), line_request_id)
			WHERE id = ? AND state = 'pending'`, stamp(next), reason, requestID, id)
	})
	if err != nil {
		return fmt.Errorf("retry notice %d: %w", id, err)
	}
	return nil
}

// StickNotices puts off until next all that is due, for a reason that has nothing to do with the notices and
// that staff must put right: they are told, once for as long as any of them waits. refused are those that
// LINE has just refused for it without having been asked before: they are as if it had not been asked now.
func (s *Store) StickNotices(ctx context.Context, next time.Time, reason string, refused ...ippo.NoticeID) error {
	ids, err := json.Marshal(refused)
	if err != nil {
		return fmt.Errorf("put off notices: %w", err)
	}
	return s.Write(ctx, func(t *Tx) error {
		stuck, err := one(ctx, t.tx, scanInt, `SELECT count(*) FROM notices WHERE state = 'pending' AND stuck = 1`)
		if err != nil {
			return fmt.Errorf("put off notices: %w", err)
		}
		if err := t.exec(ctx, `
			UPDATE notices SET first_called_at = NULL, body_sha256 = NULL, next_attempt_at = ?1
			WHERE state = 'pending' AND id IN (SELECT value FROM json_each(?2))`, stamp(t.now), string(ids)); err != nil {
			return fmt.Errorf("put off notices: %w", err)
		}
		n, err := t.change(ctx, `
			UPDATE notices SET next_attempt_at = min(?1, max(until_at, ?3)), reason = ?2, stuck = 1
			WHERE state = 'pending' AND next_attempt_at <= ?3 AND first_called_at IS NULL`, stamp(next), reason, stamp(t.now))
		if err != nil {
			return fmt.Errorf("put off notices: %w", err)
		}
		if stuck > 0 || n == 0 {
			return nil
		}
		return t.mailStaff(ctx, "個別のお知らせが止まっています", reason+"\n/admin/notices\n")
	})
}

// NoticeFilter narrows the staff's list; zero fields do not.
type NoticeFilter struct {
	State  ippo.DeliveryState
	Kind   ippo.NoticeKind
	Before ippo.NoticeID // only older ones
	Limit  int
}

// ListedNotice is a notice as staff list it: its messages stay sealed.
type ListedNotice struct {
	ippo.Notice
	Name string // of the follower
}

// Notices lists notices, the newest first.
func (s *Store) Notices(ctx context.Context, f NoticeFilter) ([]ListedNotice, error) {
	list, err := collect(ctx, s.ro, func(row scanner) (n ListedNotice, err error) {
		var name []byte
		if err = row.Scan(append(noticeFields(&n.Notice), &name)...); err != nil {
			return n, err
		}
		n.Name, err = s.open("followers.display_name", name)
		return n, err
	}, `
		SELECT `+noticeColumns+`, f.display_name FROM notices n JOIN followers f ON f.id = n.follower_id
		WHERE (?1 = '' OR n.state = ?1) AND (?2 = '' OR n.kind = ?2) AND (?3 = 0 OR n.id < ?3)
		ORDER BY n.id DESC LIMIT ?4`, f.State, f.Kind, f.Before, f.Limit)
	if err != nil {
		return nil, fmt.Errorf("notices: %w", err)
	}
	return list, nil
}

// NoticeCount is how many notices of a kind stand in a state, for a reason.
type NoticeCount struct {
	Kind   ippo.NoticeKind
	State  ippo.DeliveryState
	Reason string
	Count  int
}

// NoticeCounts counts the notices that are kept, those that went as they should first.
func (s *Store) NoticeCounts(ctx context.Context) ([]NoticeCount, error) {
	counts, err := collect(ctx, s.ro, func(row scanner) (c NoticeCount, err error) {
		err = row.Scan(&c.Kind, &c.State, &c.Reason, &c.Count)
		return c, err
	}, `SELECT kind, state, reason, count(*) FROM notices GROUP BY kind, state, reason ORDER BY 2, 3, 1`)
	if err != nil {
		return nil, fmt.Errorf("count notices: %w", err)
	}
	return counts, nil
}

// StuckNotices counts the notices that wait for what staff must put right, and says what that is.
func (s *Store) StuckNotices(ctx context.Context) (count int, reason string, err error) {
	err = s.ro.QueryRowContext(ctx, `SELECT count(*), coalesce(max(reason), '') FROM notices WHERE state = 'pending' AND stuck = 1`).
		Scan(&count, &reason)
	if err != nil {
		return 0, "", fmt.Errorf("stuck notices: %w", err)
	}
	return count, reason, nil
}
