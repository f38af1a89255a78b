package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"ippo"
)

// Unknown is a group of a broadcast's requests that LINE was asked and whose fate it can no longer
// tell, all for one reason: staff decide what they count as.
type Unknown struct {
	Reason      string
	Requests    int
	People      int
	First, Last time.Time // of their first calls
	SettledBy   string    // the member of staff who decided that they count as sent; "" while nobody has
}

// Unknowns returns the groups of a broadcast's unknown requests, those still to be decided first.
func (s *Store) Unknowns(ctx context.Context, id ippo.BroadcastID) ([]Unknown, error) {
	groups, err := collect(ctx, s.ro, scanUnknown, `
		SELECT r.reason, count(*), sum(r.size - (SELECT count(*) FROM delivery_exceptions e WHERE e.request_id = r.id)),
			min(r.first_called_at), max(r.first_called_at), coalesce(s.name, '')
		FROM delivery_requests r LEFT JOIN staff s ON s.id = r.settled_by
		WHERE r.broadcast_id = ? AND r.state = 'unknown'
		GROUP BY r.reason, r.settled_by ORDER BY r.settled_by IS NOT NULL, min(r.first_called_at)`, id)
	if err != nil {
		return nil, fmt.Errorf("unknown requests of broadcast %d: %w", id, err)
	}
	return groups, nil
}

func scanUnknown(row scanner) (u Unknown, err error) {
	err = row.Scan(&u.Reason, &u.Requests, &u.People, at(&u.First), at(&u.Last), &u.SettledBy)
	return u, err
}

// Undecided lists at most limit of the finished broadcasts with unknown requests that nobody has
// decided about, the newest first.
func (s *Store) Undecided(ctx context.Context, limit int) ([]*ippo.Broadcast, error) {
	list, err := collect(ctx, s.ro, scanBroadcast, "SELECT "+broadcastColumns+` FROM broadcasts
		WHERE status IN ('sent', 'cancelled', 'failed')
			AND id IN (SELECT broadcast_id FROM delivery_requests WHERE state = 'unknown' AND settled_by IS NULL)
		ORDER BY id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, fmt.Errorf("undecided broadcasts: %w", err)
	}
	return s.seenBroadcasts(ctx, list)
}

// SettleUnknown records that staff count a group of unknown requests as sent. They stay unknown in
// the ledger, which tells only what LINE has said. A group that is no longer as it was shown is
// ippo.ErrConflict.
func (s *Store) SettleUnknown(ctx context.Context, by ippo.StaffID, id ippo.BroadcastID, shown Unknown) error {
	return s.Write(ctx, func(t *Tx) error {
		n, err := t.change(ctx, "UPDATE delivery_requests SET settled_by = ? WHERE "+undecided, by, id, shown.Reason)
		if err == nil && (n == 0 || int(n) != shown.Requests) {
			err = ippo.ErrConflict
		}
		if err != nil {
			return fmt.Errorf("settle unknown requests of broadcast %d: %w", id, err)
		}
		return t.audit(ctx, by, "broadcast.settle", object("broadcast", id), shown.words())
	})
}

// SendUnknownAgain gives a group of unknown requests new keys, as if LINE had never been asked, and
// lets their broadcast, which must have been sent, go again for them: through the same gates and
// from now. What LINE was asked before stays in the ledger (Asked.Earlier). Who got the message the first
// time gets it twice; that is why only staff decide it. A group that is no longer as it was shown is
// ippo.ErrConflict.
func (s *Store) SendUnknownAgain(ctx context.Context, by ippo.StaffID, id ippo.BroadcastID, shown Unknown, reason string) error {
	if err := checkReason("もう一度送る理由", reason); err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		if err := t.changeOne(ctx, `
			UPDATE broadcasts SET status = 'approved', reason = '', send_at = ?, finished_at = NULL WHERE id = ? AND status = 'sent'`,
			stamp(t.now), id); err != nil {
			return fmt.Errorf("send again broadcast %d: %w", id, err)
		}
		requests, err := collect(ctx, t.tx, scanInt, "SELECT id FROM delivery_requests WHERE "+undecided, id, shown.Reason)
		if err != nil {
			return fmt.Errorf("send again broadcast %d: %w", id, err)
		}
		if len(requests) == 0 || len(requests) != shown.Requests {
			return fmt.Errorf("send again broadcast %d: %w", id, ippo.ErrConflict)
		}
		for _, request := range requests {
			if err := t.exec(ctx, `
				UPDATE delivery_requests SET
					earlier = json_insert(earlier, '$[#]', json_object('key', retry_key, 'people',
						size - (SELECT count(*) FROM delivery_exceptions e WHERE e.request_id = delivery_requests.id),
						'first', first_called_at, 'answered', answered_at, 'requestId', line_request_id, 'reason', reason)),
					state = 'pending', retry_key = ?, attempts = 0, first_called_at = NULL, next_attempt_at = NULL,
					answered_at = NULL, body_sha256 = NULL, filled = NULL, line_request_id = '', reason = ''
				WHERE id = ?`, uuid.NewString(), request); err != nil {
				return fmt.Errorf("send again request %d: %w", request, err)
			}
		}
		return t.audit(ctx, by, "broadcast.repeat", object("broadcast", id), shown.words()+"。理由: "+reason)
	})
}

const undecided = "broadcast_id = ? AND state = 'unknown' AND reason = ? AND settled_by IS NULL"

func (u Unknown) words() string {
	return fmt.Sprintf("%d人（%d件）: %s", u.People, u.Requests, u.Reason)
}
