package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"ippo"
)

// plannedRequest is a request to LINE before it is in the ledger.
type plannedRequest struct {
	retryKey string
	members  []byte
	size     int
	variant  int
}

// planRequests divides ascending members into the requests of a call, each with a retry key of its own.
// LINE's broadcast is one request, whoever is in it. A personal one is planned like a multicast, and each
// of its requests divided into pushes when its turn comes (SplitRequest): an approval stays quick.
func planRequests(call ippo.Call, variant int, members []ippo.FollowerID) []plannedRequest {
	most := ippo.MaxRecipients
	if call == ippo.CallBroadcast {
		most = len(members)
	}
	var planned []plannedRequest
	for len(members) > 0 {
		n := min(len(members), most)
		planned = append(planned, plannedRequest{uuid.NewString(), ippo.PackMembers(members[:n]), n, variant})
		members = members[n:]
	}
	return planned
}

// insertRequests writes a broadcast's ledger, and how many people it must always sum to.
func (t *Tx) insertRequests(ctx context.Context, id ippo.BroadcastID, planned []plannedRequest) error {
	recipients := 0
	for _, p := range planned {
		recipients += p.size
	}
	if err := t.exec(ctx, "UPDATE broadcasts SET recipients = ? WHERE id = ?", recipients, id); err != nil {
		return fmt.Errorf("plan deliveries of broadcast %d: %w", id, err)
	}
	return t.addRequests(ctx, id, planned, func(int, int64) {})
}

// addRequests writes requests, and tells the ID of each.
func (t *Tx) addRequests(ctx context.Context, id ippo.BroadcastID, planned []plannedRequest, added func(i int, id int64)) error {
	for i, p := range planned {
		request, err := t.insert(ctx, `
			INSERT INTO delivery_requests (broadcast_id, retry_key, members, size, variant, state) VALUES (?, ?, ?, ?, ?, 'pending')`,
			id, p.retryKey, p.members, p.size, p.variant)
		if err != nil {
			return fmt.Errorf("plan deliveries of broadcast %d: %w", id, err)
		}
		added(i, request)
	}
	return nil
}

// closeRequests ends a broadcast's pending requests: those never called are put into state, those
// that LINE was asked and has not answered are unknown.
func (t *Tx) closeRequests(ctx context.Context, id ippo.BroadcastID, state ippo.DeliveryState, reason string) error {
	err := t.exec(ctx, `
		UPDATE delivery_requests SET
			state = CASE WHEN first_called_at IS NULL THEN ? ELSE 'unknown' END, reason = ?, answered_at = ?, next_attempt_at = NULL, filled = NULL
		WHERE broadcast_id = ? AND state = 'pending'`, state, reason, stamp(t.now), id)
	if err != nil {
		return fmt.Errorf("close requests of broadcast %d: %w", id, err)
	}
	return nil
}

// Tally counts a broadcast's recipients by state.
func (s *Store) Tally(ctx context.Context, id ippo.BroadcastID) (ippo.Tally, error) {
	rows, err := s.ro.QueryContext(ctx, `
		SELECT r.state, sum(r.size - (SELECT count(*) FROM delivery_exceptions e WHERE e.request_id = r.id))
		FROM delivery_requests r WHERE r.broadcast_id = ?1 GROUP BY r.state
		UNION ALL
		SELECT e.state, count(*) FROM delivery_exceptions e JOIN delivery_requests r ON r.id = e.request_id
		WHERE r.broadcast_id = ?1 GROUP BY e.state`, id)
	if err != nil {
		return ippo.Tally{}, fmt.Errorf("tally broadcast %d: %w", id, err)
	}
	defer rows.Close()
	var tally ippo.Tally
	for rows.Next() {
		var state ippo.DeliveryState
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return ippo.Tally{}, fmt.Errorf("tally broadcast %d: %w", id, err)
		}
		tally.Add(state, n)
	}
	return tally, rows.Err()
}

// Pace works out how fast a broadcast goes from what LINE has accepted in the last seconds, and when
// those still pending will be done; it is zero for one that is not being sent.
func (s *Store) Pace(ctx context.Context, b *ippo.Broadcast, pending int) (ippo.Pace, error) {
	const lately = 10 * time.Second
	if b.Status != ippo.BroadcastSending {
		return ippo.Pace{}, nil
	}
	now := s.Now()
	accepted, err := one(ctx, s.ro, scanInt, `
		SELECT coalesce(sum(r.size - (SELECT count(*) FROM delivery_exceptions e WHERE e.request_id = r.id)), 0)
		FROM delivery_requests r WHERE r.broadcast_id = ? AND r.state = 'accepted' AND r.answered_at > ?`,
		b.ID, stamp(now.Add(-lately)))
	if err != nil {
		return ippo.Pace{}, fmt.Errorf("pace of broadcast %d: %w", b.ID, err)
	}
	// In its first second a broadcast has no pace yet, only a few answers.
	over := min(lately, max(time.Second, now.Sub(b.StartedAt)))
	pace := ippo.Pace{PerSecond: float64(accepted) / over.Seconds()}
	if accepted > 0 {
		pace.Left = time.Duration(float64(pending) / pace.PerSecond * float64(time.Second))
	}
	return pace, nil
}

// Reason is why recipients were not sent to, and how many.
type Reason struct {
	State  ippo.DeliveryState
	Reason string
	Count  int
}

// Reasons counts a broadcast's failed, skipped and unknown recipients by the reason why.
func (s *Store) Reasons(ctx context.Context, id ippo.BroadcastID) ([]Reason, error) {
	reasons, err := collect(ctx, s.ro, scanReason, `
		SELECT state, reason, sum(n) FROM (
			SELECT r.state, r.reason, r.size - (SELECT count(*) FROM delivery_exceptions e WHERE e.request_id = r.id) AS n
			FROM delivery_requests r WHERE r.broadcast_id = ?1 AND r.state IN ('failed', 'skipped', 'unknown')
			UNION ALL
			SELECT e.state, e.reason, 1 FROM delivery_exceptions e JOIN delivery_requests r ON r.id = e.request_id
			WHERE r.broadcast_id = ?1)
		GROUP BY state, reason HAVING sum(n) > 0 ORDER BY state, sum(n) DESC`, id)
	if err != nil {
		return nil, fmt.Errorf("reasons of broadcast %d: %w", id, err)
	}
	return reasons, nil
}

func scanReason(row scanner) (r Reason, err error) {
	err = row.Scan(&r.State, &r.Reason, &r.Count)
	return r, err
}

// Asked is a request that LINE was asked, to answer "what was sent then?".
type Asked struct {
	Request   int64
	People    int
	First     time.Time // LINE's first call; zero while it waits to be sent again
	Answered  time.Time // zero while it is pending
	State     ippo.DeliveryState
	RequestID string // LINE's; "" if it never answered
	Reason    string
	Earlier   []Call // before staff sent it again, the first one first; each ended unknown
}

// Call is what LINE was asked for a request that staff sent again later, since nobody knew what became of it.
type Call struct {
	RetryKey  string    `json:"key"`
	People    int       `json:"people"`
	First     time.Time `json:"first"`     // LINE's first call
	Answered  time.Time `json:"answered"`  // when it was given up
	RequestID string    `json:"requestId"` // LINE's; "" if it never answered
	Reason    string    `json:"reason"`
}

// asked tells the requests that LINE was asked, now or before staff sent them again.
const asked = "(r.first_called_at IS NOT NULL OR r.earlier <> '[]')"

// Asked returns at most limit of a broadcast's requests that LINE was asked, after the one named, in
// order.
func (s *Store) Asked(ctx context.Context, id ippo.BroadcastID, after int64, limit int) ([]Asked, error) {
	list, err := collect(ctx, s.ro, scanAsked, `
		SELECT r.id, r.size - (SELECT count(*) FROM delivery_exceptions e WHERE e.request_id = r.id), r.first_called_at, r.answered_at,
			r.state, r.line_request_id, r.reason, r.earlier
		FROM delivery_requests r WHERE r.broadcast_id = ? AND `+asked+` AND r.id > ? ORDER BY r.id LIMIT ?`,
		id, after, limit)
	if err != nil {
		return nil, fmt.Errorf("requests of broadcast %d: %w", id, err)
	}
	return list, nil
}

func scanAsked(row scanner) (a Asked, err error) {
	var earlier []byte
	if err = row.Scan(&a.Request, &a.People, at(&a.First), at(&a.Answered), &a.State, &a.RequestID, &a.Reason, &earlier); err != nil {
		return a, err
	}
	if err = json.Unmarshal(earlier, &a.Earlier); err != nil {
		err = fmt.Errorf("earlier calls of request %d: %w", a.Request, err)
	}
	return a, err
}

// CountAsked counts a broadcast's requests that LINE was asked.
func (s *Store) CountAsked(ctx context.Context, id ippo.BroadcastID) (int, error) {
	n, err := one(ctx, s.ro, scanInt, "SELECT count(*) FROM delivery_requests r WHERE r.broadcast_id = ? AND "+asked, id)
	if err != nil {
		return 0, fmt.Errorf("requests of broadcast %d: %w", id, err)
	}
	return n, nil
}

// BroadcastsToDeliver returns the broadcasts that are approved or being sent, emergencies first, corrections next,
// then in the order of their approval.
func (s *Store) BroadcastsToDeliver(ctx context.Context) ([]*ippo.Broadcast, error) {
	list, err := collect(ctx, s.ro, scanBroadcast, "SELECT "+broadcastColumns+` FROM broadcasts
		WHERE status IN ('approved', 'sending') ORDER BY emergency = '', corrects_id IS NULL, approved_at, id`)
	if err != nil {
		return nil, fmt.Errorf("broadcasts to deliver: %w", err)
	}
	return list, nil
}

// StartBroadcast moves an approved broadcast to sending and fixes the name under which LINE counts its
// readers.
func (s *Store) StartBroadcast(ctx context.Context, id ippo.BroadcastID) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.changeOne(ctx, `
			UPDATE broadcasts SET status = 'sending', started_at = coalesce(started_at, ?),
				unit = CASE WHEN started_at IS NULL THEN ? ELSE unit END
			WHERE id = ? AND status = 'approved'`, stamp(t.now), ippo.Unit(id, t.now), id); err != nil {
			return fmt.Errorf("start broadcast %d: %w", id, err)
		}
		return s.auditQuiet(ctx, t, id)
	})
}

// auditQuiet notes that an emergency begins to leave in the quiet hours.
func (s *Store) auditQuiet(ctx context.Context, t *Tx, id ippo.BroadcastID) error {
	emergency, err := one(ctx, t.tx, scanText, "SELECT emergency FROM broadcasts WHERE id = ?", id)
	if err != nil || emergency == "" {
		return err
	}
	settings, err := settingsIn(ctx, t.tx)
	if err != nil || !settings.Quiet(t.now, s.Holidays) {
		return err
	}
	return t.audit(ctx, 0, "broadcast.quiet", object("broadcast", id), "緊急: "+emergency)
}

// Sending reports whether a broadcast is being sent at this moment.
func (s *Store) Sending(ctx context.Context, id ippo.BroadcastID) (bool, error) {
	n, err := one(ctx, s.ro, scanInt, `SELECT count(*) FROM broadcasts WHERE id = ? AND status = 'sending'`, id)
	if err != nil {
		return false, fmt.Errorf("broadcast %d: %w", id, err)
	}
	return n == 1, nil
}

// FinishBroadcast moves a broadcast whose ledger has nothing pending to sent. It is
// ippo.ErrConflict while something is pending or when it is not being sent.
func (s *Store) FinishBroadcast(ctx context.Context, id ippo.BroadcastID) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.changeOne(ctx, `
			UPDATE broadcasts SET status = 'sent', finished_at = ? WHERE id = ? AND status = 'sending'
				AND NOT EXISTS (SELECT 1 FROM delivery_requests WHERE broadcast_id = broadcasts.id AND state = 'pending')`,
			stamp(t.now), id); err != nil {
			return fmt.Errorf("finish broadcast %d: %w", id, err)
		}
		return nil
	})
}

// PendingRequests returns at most limit of a broadcast's pending requests after the one named, in
// order; NextAttemptAt says which of them may be tried now.
func (s *Store) PendingRequests(ctx context.Context, id ippo.BroadcastID, after int64, limit int) ([]ippo.DeliveryRequest, error) {
	pending, err := collect(ctx, s.ro, s.scanRequest, "SELECT "+requestColumns+` FROM delivery_requests
		WHERE broadcast_id = ? AND state = 'pending' AND id > ? ORDER BY id LIMIT ?`, id, after, limit)
	if err != nil {
		return nil, fmt.Errorf("pending requests of broadcast %d: %w", id, err)
	}
	return pending, nil
}

const requestColumns = `id, broadcast_id, retry_key, members, variant, state, attempts, first_called_at, next_attempt_at, body_sha256, filled`

func (s *Store) scanRequest(row scanner) (r ippo.DeliveryRequest, err error) {
	var packed, filled []byte
	err = row.Scan(&r.ID, &r.Broadcast, &r.RetryKey, &packed, &r.Variant, &r.State, &r.Attempts,
		at(&r.FirstCalledAt), at(&r.NextAttemptAt), &r.BodySHA256, &filled)
	if err != nil {
		return r, err
	}
	if filled != nil {
		if err := s.openJSON("delivery_requests.filled", filled, &r.Values); err != nil {
			return r, fmt.Errorf("request %d: %w", r.ID, err)
		}
	}
	if r.Members, err = ippo.UnpackMembers(packed); err != nil {
		return r, fmt.Errorf("request %d: %w", r.ID, err)
	}
	return r, nil
}

// Exception is a member of a request whose fate differs from the request's.
type Exception struct {
	Follower ippo.FollowerID
	State    ippo.DeliveryState // failed or skipped
	Reason   string
}

// Recipients are a request's members as LINE knows them, in the order of their IDs, and those who
// are left out.
type Recipients struct {
	Followers []ippo.FollowerID
	LineIDs   []string
	Left      []Exception
}

// RecipientsOf works out who a request still goes to. Before its first call, whoever has blocked the
// account, stopped broadcasts, been erased or chosen the digest, where this will be in it, since approval is
// left out, and of a campaign's who rests; after it, exactly those whom the first call named. What goes to everyone, or corrects what did,
// also goes to those who stopped broadcasts.
//
// LINE's broadcast names nobody, so it has no LineIDs, and nobody can be left out of it.
func (s *Store) RecipientsOf(ctx context.Context, b *ippo.Broadcast, r *ippo.DeliveryRequest) (Recipients, error) {
	if b.Call() == ippo.CallBroadcast {
		return Recipients{Followers: r.Members}, nil
	}
	excepted, err := s.exceptedOf(ctx, r.ID)
	if err != nil {
		return Recipients{}, err
	}
	everyone, err := s.everyone(ctx, b)
	if err != nil {
		return Recipients{}, err
	}
	to := Recipients{
		Followers: make([]ippo.FollowerID, 0, len(r.Members)),
		LineIDs:   make([]string, 0, len(r.Members)),
	}
	if len(r.Members) == 0 {
		return to, nil
	}
	// Members are ascending. Where most of those between the first and the last are members, one walk
	// along the table is many times quicker than a search for each.
	first, last := r.Members[0], r.Members[len(r.Members)-1]
	var rests members
	if b.Campaign != 0 {
		if rests, err = s.whoRests(ctx, s.Now()); err != nil {
			return Recipients{}, err
		}
	}
	query, args := `FROM followers f WHERE f.id BETWEEN ? AND ? ORDER BY f.id`, []any{everyone, b.Digested(), first, last}
	if int(last-first) > 4*len(r.Members) {
		ids, err := json.Marshal(r.Members)
		if err != nil {
			return Recipients{}, err
		}
		query, args = `FROM json_each(?) m JOIN followers f ON f.id = m.value ORDER BY f.id`, []any{everyone, b.Digested(), string(ids)}
	}
	rows, err := s.ro.QueryContext(ctx, `
		SELECT f.id, f.line_user_id, CASE WHEN f.status <> 'active' THEN f.status
			WHEN f.stopped AND NOT ? THEN 'stopped' WHEN f.digest AND ? THEN 'digest' END `+query, args...)
	if err != nil {
		return Recipients{}, fmt.Errorf("recipients of request %d: %w", r.ID, err)
	}
	defer rows.Close()
	members := r.Members
	for rows.Next() {
		var id ippo.FollowerID
		var lineID string
		var away sql.NullString
		if err := rows.Scan(&id, &lineID, &away); err != nil {
			return Recipients{}, fmt.Errorf("recipients of request %d: %w", r.ID, err)
		}
		for len(members) > 0 && members[0] < id {
			members = members[1:]
		}
		if !away.Valid && rests.has(id) {
			away = sql.NullString{String: "rest", Valid: true}
		}
		switch {
		case len(members) == 0 || members[0] != id || excepted[id]:
		case away.Valid && r.FirstCalledAt.IsZero():
			to.Left = append(to.Left, Exception{id, ippo.DeliverySkipped, leftOut(away.String)})
		default:
			to.Followers = append(to.Followers, id)
			to.LineIDs = append(to.LineIDs, lineID)
		}
	}
	return to, rows.Err()
}

// everyone reports whether a broadcast also goes to those who stopped broadcasts. A correction does where
// what it corrects did: they have what is wrong.
func (s *Store) everyone(ctx context.Context, b *ippo.Broadcast) (bool, error) {
	for !b.Everyone() && b.Corrects != 0 {
		var err error
		if b, err = s.Broadcast(ctx, b.Corrects); err != nil {
			return false, err
		}
	}
	return b.Everyone(), nil
}

// exceptedOf returns the members of a request whose fate was decided already.
func (s *Store) exceptedOf(ctx context.Context, request int64) (map[ippo.FollowerID]bool, error) {
	ids, err := collect(ctx, s.ro, scanInt, `SELECT follower_id FROM delivery_exceptions WHERE request_id = ?`, request)
	if err != nil {
		return nil, fmt.Errorf("exceptions of request %d: %w", request, err)
	}
	excepted := make(map[ippo.FollowerID]bool, len(ids))
	for _, id := range ids {
		excepted[ippo.FollowerID(id)] = true
	}
	return excepted, nil
}

// leftOut says why a follower who is away is not sent to.
func leftOut(away string) string {
	switch away {
	case string(ippo.FollowerBlocked):
		return "ブロックされました"
	case string(ippo.FollowerErased):
		return "削除されました"
	case "digest":
		return "まとめで受け取ります"
	case "rest":
		return "お休み中です"
	}
	return "配信を止めています"
}

// BeginRequest records that LINE is about to be asked: who is left out, the body's SHA-256, and the
// request's Values, which are kept until it ends so that the body can be made again byte for byte. It
// must be on disk before the call. It is ippo.ErrConflict when the broadcast is no longer being sent
// or the request is no longer pending: then the call must not be made.
func (s *Store) BeginRequest(ctx context.Context, r *ippo.DeliveryRequest, left []Exception, bodySHA256 []byte) error {
	var filled []byte
	if r.Values != nil {
		var err error
		if filled, err = s.sealJSON("delivery_requests.filled", r.Values); err != nil {
			return fmt.Errorf("begin request %d: %w", r.ID, err)
		}
	}
	return s.Write(ctx, func(t *Tx) error {
		if err := t.changeOne(ctx, `
			UPDATE delivery_requests SET attempts = attempts + 1, first_called_at = coalesce(first_called_at, ?),
				next_attempt_at = NULL, body_sha256 = ?, filled = ?
			WHERE id = ? AND state = 'pending' AND retry_key = ?
				AND (SELECT status FROM broadcasts WHERE id = broadcast_id) = 'sending'`,
			stamp(t.now), bodySHA256, filled, r.ID, r.RetryKey); err != nil {
			return fmt.Errorf("begin request %d: %w", r.ID, err)
		}
		return t.except(ctx, r.ID, left)
	})
}

func (t *Tx) except(ctx context.Context, request int64, exceptions []Exception) error {
	for _, e := range exceptions {
		if err := t.exec(ctx, `
			INSERT INTO delivery_exceptions (request_id, follower_id, state, reason) VALUES (?, ?, ?, ?)`,
			request, e.Follower, e.State, e.Reason); err != nil {
			return fmt.Errorf("request %d: except a member: %w", request, err)
		}
	}
	return nil
}

// Outcome is how a request ended.
type Outcome struct {
	State     ippo.DeliveryState // any but pending
	RequestID string             // LINE's; "" keeps that of an earlier call
	Reason    string
}

// EndRequest records a request's outcome. One that was given up as unknown may still be answered;
// any other that has ended, or has a new key by now, is ippo.ErrConflict. Who is skipped was never
// asked of LINE.
func (s *Store) EndRequest(ctx context.Context, r *ippo.DeliveryRequest, o Outcome) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.changeOne(ctx, `
			UPDATE delivery_requests SET state = ?1, line_request_id = coalesce(nullif(?2, ''), line_request_id), reason = ?3,
				answered_at = ?4, next_attempt_at = NULL, settled_by = NULL, filled = NULL,
				first_called_at = CASE WHEN ?1 = 'skipped' THEN NULL ELSE first_called_at END
			WHERE id = ?5 AND retry_key = ?6 AND state IN ('pending', 'unknown')`,
			o.State, o.RequestID, o.Reason, stamp(t.now), r.ID, r.RetryKey); err != nil {
			return fmt.Errorf("end request %d: %w", r.ID, err)
		}
		return nil
	})
}

// SkipRequest ends a request none of whose members can be sent to any more; LINE is not asked.
func (s *Store) SkipRequest(ctx context.Context, id int64, left []Exception) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.changeOne(ctx, `
			UPDATE delivery_requests SET state = 'skipped', answered_at = ? WHERE id = ? AND state = 'pending'`,
			stamp(t.now), id); err != nil {
			return fmt.Errorf("skip request %d: %w", id, err)
		}
		return t.except(ctx, id, left)
	})
}

// RetryRequest records that a request is to be tried again, with the same key and body. The reason
// is shown while it waits; requestID is LINE's for the failed call, "" if there was no answer.
func (s *Store) RetryRequest(ctx context.Context, id int64, next time.Time, requestID, reason string) error {
	return s.Write(ctx, func(t *Tx) error {
		// A cancelled broadcast's request has ended meanwhile; then there is nothing to try again.
		return t.exec(ctx, `
			UPDATE delivery_requests SET next_attempt_at = ?, line_request_id = coalesce(nullif(?, ''), line_request_id), reason = ?
			WHERE id = ? AND state = 'pending'`, stamp(next), requestID, reason, id)
	})
}

// ReplanRequest takes members that LINE refused out of a request, which LINE then served to nobody,
// and gives the rest a new key, as if it had never been called.
func (s *Store) ReplanRequest(ctx context.Context, r *ippo.DeliveryRequest, refused []Exception) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.changeOne(ctx, `
			UPDATE delivery_requests SET retry_key = ?, first_called_at = NULL, next_attempt_at = NULL, body_sha256 = NULL, filled = NULL
			WHERE id = ? AND state = 'pending' AND retry_key = ?`, uuid.NewString(), r.ID, r.RetryKey); err != nil {
			return fmt.Errorf("replan request %d: %w", r.ID, err)
		}
		return t.except(ctx, r.ID, refused)
	})
}

// wakeRequests lets a broadcast's waiting requests be tried at once, when staff resume it.
func (t *Tx) wakeRequests(ctx context.Context, id ippo.BroadcastID) error {
	return t.exec(ctx, "UPDATE delivery_requests SET next_attempt_at = NULL WHERE broadcast_id = ? AND state = 'pending'", id)
}

// SplitRequest divides a request of many into one for each of them, in their order, and returns these:
// what is personal goes to one at a time. It is ippo.ErrConflict if the request has been called, or is
// gone.
func (s *Store) SplitRequest(ctx context.Context, r *ippo.DeliveryRequest) ([]ippo.DeliveryRequest, error) {
	single := make([]plannedRequest, len(r.Members))
	parts := make([]ippo.DeliveryRequest, len(r.Members))
	for i, m := range r.Members {
		members := []ippo.FollowerID{m}
		single[i] = plannedRequest{uuid.NewString(), ippo.PackMembers(members), 1, r.Variant}
		parts[i] = ippo.DeliveryRequest{
			Broadcast: r.Broadcast, RetryKey: single[i].retryKey, Members: members, Variant: r.Variant, State: ippo.DeliveryPending,
		}
	}
	err := s.Write(ctx, func(t *Tx) error {
		if err := t.changeOne(ctx, `
			DELETE FROM delivery_requests WHERE id = ? AND state = 'pending' AND first_called_at IS NULL
				AND NOT EXISTS (SELECT 1 FROM delivery_exceptions WHERE request_id = id)`, r.ID); err != nil {
			return fmt.Errorf("split request %d: %w", r.ID, err)
		}
		return t.addRequests(ctx, r.Broadcast, single, func(i int, id int64) { parts[i].ID = id })
	})
	if err != nil {
		return nil, err
	}
	return parts, nil
}

// Wording returns the messages that a request's members are sent.
func (s *Store) Wording(ctx context.Context, b *ippo.Broadcast, variant int) ([]ippo.Message, error) {
	if variant == 0 {
		return b.Messages, nil
	}
	kept, err := one(ctx, s.ro, scanBytes, "SELECT messages FROM broadcast_variants WHERE broadcast_id = ? AND number = ?", b.ID, variant)
	if err != nil {
		return nil, fmt.Errorf("variant %d of broadcast %d: %w", variant, b.ID, err)
	}
	var messages []ippo.Message
	if err := json.Unmarshal(kept, &messages); err != nil {
		return nil, fmt.Errorf("variant %d of broadcast %d: %w", variant, b.ID, err)
	}
	return messages, nil
}

// insertVariants keeps the wordings of a broadcast that does not say the same to everyone.
func (t *Tx) insertVariants(ctx context.Context, id ippo.BroadcastID, variants []ippo.Variant) error {
	for _, v := range variants {
		messages, err := json.Marshal(v.Messages)
		if err != nil {
			return fmt.Errorf("variant %d of broadcast %d: %w", v.Number, id, err)
		}
		if err := t.exec(ctx, "INSERT INTO broadcast_variants (broadcast_id, number, messages) VALUES (?, ?, ?)", id, v.Number, string(messages)); err != nil {
			return fmt.Errorf("variant %d of broadcast %d: %w", v.Number, id, err)
		}
	}
	return nil
}

// ValuesOf returns what a follower's variables stand for.
func (s *Store) ValuesOf(ctx context.Context, id ippo.FollowerID) (ippo.Values, error) {
	type row struct {
		name     []byte
		language ippo.Language
		areas    ippo.Choice
		number   sql.NullInt64
	}
	r, err := one(ctx, s.ro, func(sc scanner) (r row, err error) {
		err = sc.Scan(&r.name, &r.language, &r.areas, &r.number)
		return r, err
	}, `
		SELECT f.display_name, f.language, f.areas, a.id FROM followers f
		LEFT JOIN ambassadors a ON a.follower_id = f.id AND a.status IN ('applied', 'contacted', 'appointed')
		WHERE f.id = ?`, id)
	if err != nil {
		return nil, fmt.Errorf("values of follower %d: %w", id, err)
	}
	values := ippo.Values{}
	if name, err := s.open("followers.display_name", r.name); err != nil {
		return nil, fmt.Errorf("values of follower %d: %w", id, err)
	} else if name != "" {
		values[ippo.VariableName] = name
	}
	if r.number.Valid {
		values[ippo.VariableNumber] = strconv.FormatInt(r.number.Int64, 10)
	}
	if numbers := r.areas.Numbers(); len(numbers) > 0 {
		areas, err := s.Areas(ctx)
		if err != nil {
			return nil, err
		}
		var names []string
		for _, a := range areas {
			if slices.Contains(numbers, a.Number) {
				names = append(names, a.NameIn(r.language))
			}
		}
		const most = 3
		if len(names) > most {
			names = append(names[:most-1], "ほか")
		}
		values[ippo.VariableArea] = strings.Join(names, "・")
	}
	return values, nil
}
