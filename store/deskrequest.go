package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math"
	"strings"

	"ippo"
	"ippo/internal/fold"
	"ippo/internal/secret"
)

// AddDeskRequest hands a request to the desk and tells the staff. messageID is LINE's, when the request
// was written in the chat: unsending that message erases what it says. It returns the request's ID.
func (t *Tx) AddDeskRequest(ctx context.Context, r ippo.DeskRequest, messageID string) (ippo.DeskRequestID, error) {
	id, err := t.insert(ctx, `
		INSERT INTO desk_requests (kind, state, follower_id, group_id, message_id, body, made_at)
		VALUES (?, 'new', ?, ?, ?, ?, ?)`,
		r.Kind, orNull(r.Follower), orNull(r.Group), textOrNull(messageID), t.store.seal("desk_requests.body", r.Body), stamp(t.now))
	if err != nil {
		return 0, fmt.Errorf("add desk request: %w", err)
	}
	return ippo.DeskRequestID(id), t.mailStaff(ctx, r.Kind.Words()+"があります",
		fmt.Sprintf("受付に「%s」が届きました。内容は職員画面で確認してください。\n/admin/requests/%d", r.Kind.Words(), id))
}

// textOrNull writes a text as it is kept; "" is NULL.
func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// AnswerDeskRequest adds what a resident gave on our form to the request that they made in the chat, or
// makes the request if the desk has dealt with it, or the resident taken it back, meanwhile.
func (t *Tx) AnswerDeskRequest(ctx context.Context, r ippo.DeskRequest) error {
	open, err := t.store.openRequest(ctx, t.tx, r.Follower, r.Kind, r.Group)
	if notFound(err) || r.Kind == ippo.RequestCallback {
		_, err := t.AddDeskRequest(ctx, r, "")
		return err
	}
	if err != nil {
		return fmt.Errorf("answer desk request: %w", err)
	}
	body := r.Body
	if open.Body != "" {
		body = open.Body + "\n\n" + body
	}
	err = t.changeOne(ctx, `UPDATE desk_requests SET body = ? WHERE id = ?`, t.store.seal("desk_requests.body", body), open.ID)
	if err != nil {
		return fmt.Errorf("answer desk request %d: %w", open.ID, err)
	}
	return t.mailStaff(ctx, r.Kind.Words()+"に連絡先が届きました",
		fmt.Sprintf("内容は職員画面で確認してください。\n/admin/requests/%d", open.ID))
}

// WantDeskRequest makes a request unless the desk has the same one and is not done with it.
func (t *Tx) WantDeskRequest(ctx context.Context, r ippo.DeskRequest) error {
	_, err := t.store.openRequest(ctx, t.tx, r.Follower, r.Kind, r.Group)
	if notFound(err) {
		_, err = t.AddDeskRequest(ctx, r, "")
	}
	return err
}

// OpenDeskRequest returns a follower's request of a kind, and for a group unless it is 0, that the desk
// is not done with.
func (s *Store) OpenDeskRequest(ctx context.Context, follower ippo.FollowerID, kind ippo.DeskRequestKind, group ippo.ActivityGroupID) (ippo.DeskRequest, error) {
	r, err := s.openRequest(ctx, s.ro, follower, kind, group)
	if err != nil {
		return r, fmt.Errorf("open desk request: %w", err)
	}
	return r, nil
}

func (s *Store) openRequest(ctx context.Context, q queryer, follower ippo.FollowerID, kind ippo.DeskRequestKind, group ippo.ActivityGroupID) (ippo.DeskRequest, error) {
	return one(ctx, q, s.scanDeskRequest, deskRequestQuery+`
		WHERE r.follower_id = ? AND r.kind = ? AND coalesce(r.group_id, 0) = ? AND r.state <> 'done' ORDER BY r.id DESC LIMIT 1`,
		follower, kind, group)
}

// CancelDeskRequest takes back a follower's requests of a kind that the desk has not begun with.
func (t *Tx) CancelDeskRequest(ctx context.Context, follower ippo.FollowerID, kind ippo.DeskRequestKind, group ippo.ActivityGroupID) error {
	err := t.exec(ctx, `
		DELETE FROM desk_requests WHERE follower_id = ? AND kind = ? AND coalesce(group_id, 0) = ? AND state = 'new'`,
		follower, kind, group)
	if err != nil {
		return fmt.Errorf("cancel desk request: %w", err)
	}
	return nil
}

// DeskRequestFilter narrows the desk's list; its zero value is all of it.
type DeskRequestFilter struct {
	Kind     ippo.DeskRequestKind
	State    ippo.DeskRequestState
	Open     bool // new or in work
	Follower ippo.FollowerID
	Query    string // what is searched for in who asks, for which group, in what they gave and in the note
	Limit    int    // how many DeskRequests returns; 0: all
}

// deskOrder is the desk's list as it stands by itself: what is open first, words of danger at the very top, then the
// newest. The index desk_requests_newest holds the same expression.
var deskOrder = []stretch{
	{desc: true, where: "r.state <> 'done' AND (r.kind = 'danger') = 1"}, {desc: true, where: "r.state <> 'done' AND (r.kind = 'danger') = 0"},
	{desc: true, where: "r.state = 'done' AND (r.kind = 'danger') = 1"}, {desc: true, where: "r.state = 'done' AND (r.kind = 'danger') = 0"},
}

// DeskRequests returns what residents asked of the desk, as a filter leaves it.
func (s *Store) DeskRequests(ctx context.Context, filter DeskRequestFilter) ([]ippo.DeskRequest, error) {
	l, err := s.deskListing(ctx, filter)
	if err != nil {
		return nil, fmt.Errorf("desk requests: %w", err)
	}
	l.stretches = deskOrder
	part, err := collectPage(ctx, s.ro, s.scanDeskRequest, l, Page{Limit: cmp.Or(filter.Limit, math.MaxInt32)})
	if err != nil {
		return nil, fmt.Errorf("desk requests: %w", err)
	}
	return part.Items, nil
}

// DeskRequestPage returns a part of the desk's list, and how much a filter leaves of it: in its own order, unless it is
// sorted by when each was "made".
func (s *Store) DeskRequestPage(ctx context.Context, filter DeskRequestFilter, p Page) (Part[ippo.DeskRequest], int, error) {
	none := Part[ippo.DeskRequest]{}
	l, err := s.deskListing(ctx, filter)
	if err != nil {
		return none, 0, fmt.Errorf("desk requests: %w", err)
	}
	total, err := l.count(ctx, s.ro)
	if err != nil {
		return none, 0, fmt.Errorf("count desk requests: %w", err)
	}
	l.stretches = deskOrder
	if p.Sort == "made" {
		l.stretches = []stretch{{desc: p.Desc}}
	}
	part, err := collectPage(ctx, s.ro, s.scanDeskRequest, l, p)
	if err != nil {
		return none, 0, fmt.Errorf("desk requests: %w", err)
	}
	return part, total, nil
}

// deskListing says a filter in SQL, within the context's remit. For a search it opens what is sealed of those that the
// rest of the filter leaves.
func (s *Store) deskListing(ctx context.Context, filter DeskRequestFilter) (listing, error) {
	theirs, args := requestRemit(ctx)
	l := listing{columns: deskRequestColumns, table: deskRequestTable, id: "r.id", from: "desk_requests r", where: theirs, args: args}
	if filter.Kind != "" {
		l.narrow(`r.kind = ?`, filter.Kind)
	}
	if filter.State != "" {
		l.narrow(`r.state = ?`, filter.State)
	}
	if filter.Open {
		l.narrow(`r.state <> 'done'`)
	}
	if filter.Follower != 0 {
		l.narrow(`r.follower_id = ?`, filter.Follower)
	}
	query := fold.QueryOf(filter.Query)
	if query.Empty() {
		return l, nil
	}
	found, err := sift(ctx, s.ro, l, sieve[int64]{
		table: "desk_requests", from: strings.Replace(deskRequestTable, "desk_requests r", "desk_requests r NOT INDEXED", 1), columns: "r.id, g.name, r.body, r.note, f.display_name",
		begin: func(context.Context, int64, int64) (sifter[int64], error) {
			looker, bodies, notes, names := query.Looker(), s.box.Opener("desk_requests.body"), s.box.Opener("desk_requests.note"), s.box.Opener("followers.display_name")
			return func(row scanner) (id int64, ok bool, err error) {
				var group, body, note, name sql.RawBytes
				if err := row.Scan(&id, &group, &body, &note, &name); err != nil {
					return 0, false, err
				}
				found := looker.Look(group)
				for _, other := range []struct {
					opener *secret.Opener
					sealed []byte
				}{{bodies, body}, {notes, note}, {names, name}} {
					text, err := other.opener.Open(other.sealed)
					if err != nil {
						return 0, false, err
					}
					found |= looker.Look(text)
				}
				return id, found.All(query), nil
			}, nil
		},
	})
	l.found(found)
	return l, err
}

// DeskRequest returns one request.
func (s *Store) DeskRequest(ctx context.Context, id ippo.DeskRequestID) (ippo.DeskRequest, error) {
	theirs, args := requestRemit(ctx)
	r, err := one(ctx, s.ro, s.scanDeskRequest, deskRequestQuery+` WHERE r.id = ? AND `+theirs, append([]any{id}, args...)...)
	if err != nil {
		return r, fmt.Errorf("desk request %d: %w", id, err)
	}
	return r, nil
}

const (
	deskRequestColumns = `r.id, r.kind, r.state, r.follower_id, r.group_id, r.body, r.note, r.staff_id, r.made_at, r.done_at, g.name, f.display_name`
	deskRequestTable   = `desk_requests r LEFT JOIN activity_groups g ON g.id = r.group_id LEFT JOIN followers f ON f.id = r.follower_id`
	deskRequestQuery   = `SELECT ` + deskRequestColumns + ` FROM ` + deskRequestTable
)

func (s *Store) scanDeskRequest(row scanner) (r ippo.DeskRequest, err error) {
	var follower, group, staff sql.NullInt64
	var body, note, name []byte
	var groupName sql.NullString
	err = row.Scan(&r.ID, &r.Kind, &r.State, &follower, &group, &body, &note, &staff, at(&r.MadeAt), at(&r.DoneAt), &groupName, &name)
	if err != nil {
		return r, err
	}
	r.Follower, r.Group, r.Staff = ippo.FollowerID(follower.Int64), ippo.ActivityGroupID(group.Int64), ippo.StaffID(staff.Int64)
	r.GroupName = groupName.String
	if r.Body, err = s.open("desk_requests.body", body); err != nil {
		return r, err
	}
	if r.Note, err = s.open("desk_requests.note", note); err != nil {
		return r, err
	}
	r.FollowerName, err = s.open("followers.display_name", name)
	return r, err
}

// UpdateDeskRequest sets how far the staff are with a request, and their note. Who changes it has it.
// When one is done whose maker was forgotten, what it says goes, and the note with it.
func (s *Store) UpdateDeskRequest(ctx context.Context, by ippo.StaffID, id ippo.DeskRequestID, state ippo.DeskRequestState, note string) error {
	var p ippo.Problems
	if state.Words() == string(state) {
		p.Add("state", "状態を選んでください。")
	}
	if n := len([]rune(note)); n > maxNote {
		p.Addf("note", "メモは%d文字以内で入力してください（現在%d文字）。", maxNote, n)
	}
	if err := p.Err(); err != nil {
		return err
	}
	err := s.Write(ctx, func(t *Tx) error {
		done := any(nil)
		if state == ippo.RequestDone {
			done = stamp(t.now)
		}
		err := t.changeOne(ctx, `
			UPDATE desk_requests SET state = ?1, staff_id = ?3,
				note = CASE WHEN forget AND ?1 = 'done' THEN NULL ELSE ?2 END, body = CASE WHEN forget AND ?1 = 'done' THEN NULL ELSE body END,
				done_at = CASE WHEN ?1 = 'done' THEN coalesce(done_at, ?4) END
			WHERE id = ?5`, state, s.seal("desk_requests.note", note), orNull(by), done, id)
		if err != nil {
			return found(err)
		}
		return t.audit(ctx, by, "desk.update", fmt.Sprintf("desk:%d", id), string(state))
	})
	if err != nil {
		return fmt.Errorf("update desk request %d: %w", id, err)
	}
	return nil
}
