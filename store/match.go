package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"ippo"
	"ippo/internal/fold"
)

const matchColumns = `m.id, m.follower_id, m.group_id, m.state, m.why, m.wish, m.request, m.consent, m.handed_at, m.answer, m.visit_on,
	m.staff_id, m.suggested_at, m.asked_at, m.answered_at, m.visited_at, m.joined_at, m.ended_at, m.late_at, m.followup, m.followup_at,
	g.name, f.display_name, f.language`

const (
	matchTable = `matches m JOIN activity_groups g ON g.id = m.group_id JOIN followers f ON f.id = m.follower_id`
	matchQuery = `SELECT ` + matchColumns + ` FROM ` + matchTable
)

func (s *Store) scanMatch(row scanner) (m ippo.Match, err error) {
	var why, wish, request, name []byte
	var consent string
	var staff sql.NullInt64
	err = row.Scan(&m.ID, &m.Follower, &m.Group, &m.State, &why, &wish, &request, &consent, at(&m.HandedAt), &m.Answer, at(&m.VisitOn),
		&staff, at(&m.SuggestedAt), at(&m.AskedAt), at(&m.AnsweredAt), at(&m.VisitedAt), at(&m.JoinedAt), at(&m.EndedAt), at(&m.LateAt),
		&m.FollowUp, at(&m.FollowUpAt), &m.GroupName, &name, &m.Language)
	if err != nil {
		return m, err
	}
	m.Staff = ippo.StaffID(staff.Int64)
	if consent != "" {
		if err := json.Unmarshal([]byte(consent), &m.Consent); err != nil {
			return m, fmt.Errorf("match %d: consent: %w", m.ID, err)
		}
	}
	if m.Why, err = s.open("matches.why", why); err != nil {
		return m, err
	}
	if m.FollowerName, err = s.open("followers.display_name", name); err != nil {
		return m, err
	}
	if wish != nil {
		if err := s.openJSON("matches.wish", wish, &m.Wish); err != nil {
			return m, err
		}
	}
	if request != nil {
		err = s.openJSON("matches.request", request, &m.Request)
	}
	return m, err
}

// Match returns one match.
func (s *Store) Match(ctx context.Context, id ippo.MatchID) (ippo.Match, error) {
	m, err := one(ctx, s.ro, s.scanMatch, matchQuery+` WHERE m.id = ?`, id)
	if err != nil {
		return m, fmt.Errorf("match %d: %w", id, err)
	}
	return m, nil
}

// MatchesAmong returns those of some matches that there are.
func (s *Store) MatchesAmong(ctx context.Context, ids []ippo.MatchID) (map[ippo.MatchID]ippo.Match, error) {
	held, args := groupRemit(ctx, "m.group_id")
	all, err := collect(ctx, s.ro, s.scanMatch, matchQuery+` WHERE m.id IN (SELECT value FROM json_each(?)) AND `+held, append([]any{idList(ids)}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("matches by number: %w", err)
	}
	there := make(map[ippo.MatchID]ippo.Match, len(all))
	for _, m := range all {
		there[m.ID] = m
	}
	return there, nil
}

// LatestMatch returns a follower's latest match with a group.
func (s *Store) LatestMatch(ctx context.Context, follower ippo.FollowerID, group ippo.ActivityGroupID) (ippo.Match, error) {
	m, err := one(ctx, s.ro, s.scanMatch, matchQuery+` WHERE m.follower_id = ? AND m.group_id = ? ORDER BY m.id DESC LIMIT 1`, follower, group)
	if err != nil {
		return m, fmt.Errorf("match of %d with group %d: %w", follower, group, err)
	}
	return m, nil
}

// MatchFilter narrows the list of matches; its zero value is all of them.
type MatchFilter struct {
	State ippo.MatchState
	Open  bool // asked for, and something is still to be arranged
	Late  bool // the group does not answer
	Group ippo.ActivityGroupID
	Staff ippo.StaffID // who looks after it
	Query string       // what is searched for in the names of both
}

// MatchPage returns a part of the list of matches: those that wait for the center first, then the newest, unless it is
// sorted by "group" or by when each was "asked".
func (s *Store) MatchPage(ctx context.Context, filter MatchFilter, p Page) (Part[ippo.Match], int, error) {
	none := Part[ippo.Match]{}
	l, err := s.matchListing(ctx, filter)
	if err != nil {
		return none, 0, fmt.Errorf("matches: %w", err)
	}
	total, err := l.count(ctx, s.ro)
	if err != nil {
		return none, 0, fmt.Errorf("count matches: %w", err)
	}
	switch p.Sort {
	case "group":
		l.stretches = []stretch{{by: "g.name", desc: p.Desc}}
	case "asked":
		l.stretches = []stretch{{by: "coalesce(m.asked_at, '')", desc: p.Desc}}
	default:
		const handed = "m.handed_at IS NOT NULL AND m.late_at IS NULL" // the group has it, and time to answer
		l.stretches = []stretch{
			{desc: true, where: "m.state = 'asked' AND NOT (" + handed + ")"},
			{desc: true, where: "m.state = 'asked' AND " + handed},
			{desc: true, where: "m.state <> 'asked'"},
		}
	}
	part, err := collectPage(ctx, s.ro, s.scanMatch, l, p)
	if err != nil {
		return none, 0, fmt.Errorf("matches: %w", err)
	}
	return part, total, nil
}

// matchListing says a filter in SQL. For a search it opens the names of those whom the rest of the filter leaves.
func (s *Store) matchListing(ctx context.Context, filter MatchFilter) (listing, error) {
	held, args := groupRemit(ctx, "m.group_id")
	l := listing{columns: matchColumns, table: matchTable, id: "m.id", from: matchGroups, where: held, args: args}
	if filter.State != "" {
		l.narrow(`m.state = ?`, filter.State)
	}
	if filter.Open {
		l.narrow(`m.state <> 'suggested' AND m.ended_at IS NULL`)
	}
	if filter.Late {
		l.from = "matches m INDEXED BY matches_late JOIN activity_groups g ON g.id = m.group_id" // few, whichever order is asked for
		l.narrow(`m.state = 'asked' AND m.late_at IS NOT NULL`)
	}
	if filter.Group != 0 {
		l.narrow(`m.group_id = ?`, filter.Group)
	}
	if filter.Staff != 0 {
		l.narrow(`m.staff_id = ?`, filter.Staff)
	}
	query := fold.QueryOf(filter.Query)
	if query.Empty() {
		return l, nil
	}
	found, err := sift(ctx, s.ro, l, sieve[int64]{
		table: "matches", from: "matches m NOT INDEXED JOIN activity_groups g ON g.id = m.group_id JOIN followers f ON f.id = m.follower_id",
		columns: "m.id, g.name, f.display_name",
		begin: func(context.Context, int64, int64) (sifter[int64], error) {
			looker, names := query.Looker(), s.box.Opener("followers.display_name")
			var id int64
			var group, sealed sql.RawBytes
			return func(row scanner) (int64, bool, error) {
				if err := row.Scan(&id, &group, &sealed); err != nil {
					return 0, false, err
				}
				found := looker.Look(group)
				name, err := names.Open(sealed)
				return id, (found | looker.Look(name)).All(query), err
			}, nil
		},
	})
	l.from = matchGroups
	l.found(found)
	return l, err
}

const matchGroups = "matches m JOIN activity_groups g ON g.id = m.group_id"

// MatchSteps returns the record of a match, the oldest step first.
func (s *Store) MatchSteps(ctx context.Context, id ippo.MatchID) ([]ippo.MatchStep, error) {
	steps, err := collect(ctx, s.ro, func(row scanner) (step ippo.MatchStep, err error) {
		var staff, to sql.NullInt64
		var note []byte
		if err := row.Scan(at(&step.At), &step.By, &staff, &to, &step.Step, &note); err != nil {
			return step, err
		}
		step.Staff, step.To = ippo.StaffID(staff.Int64), ippo.StaffID(to.Int64)
		step.Note, err = s.open("match_steps.note", note)
		return step, err
	}, `
		SELECT at, actor, staff_id, to_id, step, note FROM (
			SELECT at, actor, staff_id, to_id, step, note, id FROM match_steps WHERE match_id = ?1
			UNION ALL SELECT sent_at, 'clock', NULL, NULL, 'asked.' || kind, NULL, 0 FROM follow_ups WHERE match_id = ?1)
		ORDER BY at, id`, id)
	if err != nil {
		return nil, fmt.Errorf("steps of match %d: %w", id, err)
	}
	return steps, nil
}

// Known returns the groups that a follower has been through with: what was tried is not suggested again.
func (s *Store) Known(ctx context.Context, follower ippo.FollowerID) (map[ippo.ActivityGroupID]bool, error) {
	known := make(map[ippo.ActivityGroupID]bool)
	_, err := collect(ctx, s.ro, func(row scanner) (none struct{}, err error) {
		var id ippo.ActivityGroupID
		if err = row.Scan(&id); err == nil {
			known[id] = true
		}
		return none, err
	}, `SELECT group_id FROM matches WHERE follower_id = ? AND state <> 'suggested'`, follower)
	if err != nil {
		return nil, fmt.Errorf("groups known to %d: %w", follower, err)
	}
	return known, nil
}

// step writes a line of a match's record.
func (t *Tx) step(ctx context.Context, id ippo.MatchID, by ippo.Actor, staff ippo.StaffID, step, note string) error {
	err := t.exec(ctx, `INSERT INTO match_steps (match_id, at, actor, staff_id, step, note) VALUES (?, ?, ?, ?, ?, ?)`,
		id, stamp(t.now), by, orNull(staff), step, t.store.seal("match_steps.note", note))
	if err != nil {
		return fmt.Errorf("record step of match %d: %w", id, err)
	}
	return nil
}

// SuggestMatch notes that a group was suggested to a follower, why, and by which wish. One that is under way
// already stays as it is, but for the newer reason. It returns the match.
func (t *Tx) SuggestMatch(ctx context.Context, follower ippo.FollowerID, group ippo.ActivityGroupID, why string, wish ippo.Wish) (ippo.MatchID, error) {
	sealed, err := t.store.sealJSON("matches.wish", wish)
	if err != nil {
		return 0, err
	}
	n, err := t.change(ctx, `UPDATE matches SET why = ?, wish = ? WHERE follower_id = ? AND group_id = ? AND ended_at IS NULL`,
		t.store.seal("matches.why", why), sealed, follower, group)
	if err != nil {
		return 0, fmt.Errorf("suggest group %d: %w", group, err)
	}
	if n > 0 {
		id, err := one(ctx, t.tx, scanInt, `SELECT id FROM matches WHERE follower_id = ? AND group_id = ? AND ended_at IS NULL`, follower, group)
		return ippo.MatchID(id), err
	}
	made, err := t.insert(ctx, `
		INSERT INTO matches (follower_id, group_id, state, why, wish, suggested_at) VALUES (?, ?, 'suggested', ?, ?, ?)`,
		follower, group, t.store.seal("matches.why", why), sealed, stamp(t.now))
	if err != nil {
		return 0, fmt.Errorf("suggest group %d: %w", group, err)
	}
	return ippo.MatchID(made), t.step(ctx, ippo.MatchID(made), ippo.ByClock, 0, string(ippo.MatchSuggested), "")
}

// OpenMatch returns the match that a follower has under way with a group, or ippo.ErrNotFound.
func (t *Tx) OpenMatch(ctx context.Context, follower ippo.FollowerID, group ippo.ActivityGroupID) (ippo.Match, error) {
	m, err := one(ctx, t.tx, t.store.scanMatch, matchQuery+` WHERE m.follower_id = ? AND m.group_id = ? AND m.ended_at IS NULL`, follower, group)
	if err != nil {
		return m, fmt.Errorf("match of %d with group %d: %w", follower, group, err)
	}
	return m, nil
}

// WishMatch notes that a follower wants to visit a group, also one that was never suggested: then wish says
// what they seem to look for.
func (t *Tx) WishMatch(ctx context.Context, follower ippo.FollowerID, group ippo.ActivityGroupID, wish ippo.Wish) (ippo.MatchID, error) {
	open, err := t.OpenMatch(ctx, follower, group)
	id := open.ID
	if notFound(err) {
		id, err = t.SuggestMatch(ctx, follower, group, "", wish)
	}
	if err != nil {
		return 0, fmt.Errorf("wish to visit group %d: %w", group, err)
	}
	return id, t.step(ctx, id, ippo.ByNewcomer, 0, "wished", "")
}

// match reads a match inside the transaction.
func (t *Tx) match(ctx context.Context, id ippo.MatchID) (ippo.Match, error) {
	return one(ctx, t.tx, t.store.scanMatch, matchQuery+` WHERE m.id = ?`, id)
}

// AskMatch takes what a newcomer gave to be passed on, and whether they agree to that. Staff are told. Until
// the group has been told it may be given again. ErrConflict: the match has gone on without it.
func (t *Tx) AskMatch(ctx context.Context, id ippo.MatchID, by ippo.Actor, staff ippo.StaffID, r ippo.VisitRequest, consent ippo.Consent) error {
	if err := r.Validate(); err != nil {
		return err
	}
	m, err := t.match(ctx, id)
	if err != nil {
		return fmt.Errorf("ask match %d: %w", id, err)
	}
	again := m.State == ippo.MatchAsked && m.HandedAt.IsZero()
	if !again && !m.State.May(ippo.MatchAsked) {
		return fmt.Errorf("ask match %d: %w", id, ippo.ErrConflict)
	}
	sealed, err := t.store.sealJSON("matches.request", r)
	if err != nil {
		return err
	}
	m.State = ippo.MatchAsked
	followup, when := m.NextFollowUp(t.now)
	err = t.changeOne(ctx, `
		UPDATE matches SET state = 'asked', request = ?, consent = ?, asked_at = coalesce(asked_at, ?), followup = ?, followup_at = ?,
			staff_id = coalesce(?, staff_id)
		WHERE id = ?`, sealed, consentJSON(consent), stamp(t.now), followup, stamp(when), orNull(staff), id)
	if err != nil {
		return fmt.Errorf("ask match %d: %w", id, err)
	}
	if err := t.step(ctx, id, by, staff, string(ippo.MatchAsked), ""); err != nil {
		return err
	}
	if by == ippo.ByStaff {
		return t.audit(ctx, staff, "match.ask", fmt.Sprintf("match:%d", id), "")
	}
	return t.mailStaff(ctx, "見学の希望に連絡先が届きました",
		fmt.Sprintf("団体に伝える手続きを、職員画面で進めてください。\n/admin/matches/%d", id))
}

func consentJSON(c ippo.Consent) string {
	if !c.Given() {
		return ""
	}
	b, err := json.Marshal(c)
	if err != nil {
		panic(fmt.Sprintf("store: consent: %v", err)) // texts and a time
	}
	return string(b)
}

// ConsentMatch notes that a newcomer agreed on the telephone to passing on what they gave.
func (s *Store) ConsentMatch(ctx context.Context, by ippo.StaffID, id ippo.MatchID, words string) error {
	err := s.Write(ctx, func(t *Tx) error {
		m, err := t.match(ctx, id)
		if err != nil {
			return err
		}
		if m.State == ippo.MatchSuggested || !m.EndedAt.IsZero() || m.Consent.Given() {
			return ippo.ErrConflict
		}
		c := ippo.Consent{Group: m.GroupName, Items: ippo.ConsentItems, Words: words, At: t.now, By: by}
		if err := t.changeOne(ctx, `UPDATE matches SET consent = ?, staff_id = ? WHERE id = ?`, consentJSON(c), by, id); err != nil {
			return err
		}
		if err := t.step(ctx, id, ippo.ByStaff, by, "consent", ""); err != nil {
			return err
		}
		return t.audit(ctx, by, "match.consent", fmt.Sprintf("match:%d", id), "")
	})
	if err != nil {
		return fmt.Errorf("consent to match %d: %w", id, err)
	}
	return nil
}

// WithdrawMatch takes back a newcomer's wish to visit a group, unless the group has been told of it. What
// they gave is forgotten.
func (t *Tx) WithdrawMatch(ctx context.Context, follower ippo.FollowerID, group ippo.ActivityGroupID) error {
	m, err := t.OpenMatch(ctx, follower, group)
	if notFound(err) || err == nil && (m.State != ippo.MatchAsked && m.State != ippo.MatchSuggested || !m.HandedAt.IsZero()) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("withdraw: %w", err)
	}
	err = t.changeOne(ctx, `
		UPDATE matches SET state = 'suggested', request = NULL, consent = '', asked_at = NULL, late_at = NULL, followup = '', followup_at = NULL
		WHERE id = ?`, m.ID)
	if err != nil {
		return fmt.Errorf("withdraw match %d: %w", m.ID, err)
	}
	if err := t.CancelNotices(ctx, FollowUpKey(m.ID)); err != nil {
		return err
	}
	return t.step(ctx, m.ID, ippo.ByNewcomer, 0, "withdrawn", "")
}

// HandMatch passes a newcomer's request on to the group in one of its ways: line, mail or phone. Nothing is
// passed on without the newcomer's consent (ippo.ErrNoConsent). The link for the group's page replaces any
// that was made before; it is nil when the way needs none.
func (t *Tx) HandMatch(ctx context.Context, by ippo.StaffID, id ippo.MatchID, way string) (*GroupLink, error) {
	m, err := t.match(ctx, id)
	switch {
	case err != nil:
		return nil, fmt.Errorf("hand match %d: %w", id, err)
	case m.State != ippo.MatchAsked && m.State != ippo.MatchAnswered || !m.EndedAt.IsZero():
		return nil, fmt.Errorf("hand match %d in state %s: %w", id, m.State, ippo.ErrConflict)
	case !m.Consent.Given():
		return nil, fmt.Errorf("hand match %d: %w", id, ippo.ErrNoConsent)
	}
	if err := t.changeOne(ctx, `UPDATE matches SET handed_at = ?, staff_id = ? WHERE id = ?`, stamp(t.now), by, id); err != nil {
		return nil, fmt.Errorf("hand match %d: %w", id, err)
	}
	if err := t.exec(ctx, `
		UPDATE desk_requests SET state = 'working', staff_id = ? WHERE follower_id = ? AND group_id = ? AND kind = 'visit' AND state = 'new'`,
		by, m.Follower, m.Group); err != nil {
		return nil, fmt.Errorf("hand match %d: %w", id, err)
	}
	if err := t.step(ctx, id, ippo.ByStaff, by, "handed."+way, ""); err != nil {
		return nil, err
	}
	if err := t.audit(ctx, by, "match.hand", fmt.Sprintf("match:%d", id), way); err != nil {
		return nil, err
	}
	if way == "phone" {
		return nil, nil
	}
	l, err := t.addGroupLink(ctx, m.Group, id)
	return &l, err
}

// AnswerMatch notes what a group says to a newcomer's request; staff note what it said on the telephone. A
// group may answer again while the match is under way. It returns the match as it is then.
func (t *Tx) AnswerMatch(ctx context.Context, id ippo.MatchID, by ippo.Actor, staff ippo.StaffID, answer ippo.GroupAnswer, visitOn time.Time, note string) (ippo.Match, error) {
	if err := ippo.CheckAnswer(answer, visitOn, t.now); err != nil {
		return ippo.Match{}, err
	}
	m, err := t.match(ctx, id)
	if err != nil {
		return m, fmt.Errorf("answer match %d: %w", id, err)
	}
	if by == ippo.ByStaff && !m.State.MayByHand(ippo.MatchAnswered) || by != ippo.ByStaff && (!m.State.May(ippo.MatchAnswered) || !m.EndedAt.IsZero()) {
		return m, fmt.Errorf("answer match %d in state %s: %w", id, m.State, ippo.ErrConflict)
	}
	if answer != ippo.AnswerWelcome {
		visitOn = time.Time{}
	}
	m.State, m.Answer, m.VisitOn = ippo.MatchAnswered, answer, visitOn
	m.EndedAt = time.Time{}
	if answer == ippo.AnswerClosed {
		m.EndedAt = t.now
	}
	m.AnsweredAt = t.now
	if err := t.settleMatch(ctx, &m, staff); err != nil {
		return m, err
	}
	if err := t.step(ctx, id, by, staff, "answered."+string(answer), note); err != nil {
		return m, err
	}
	if by == ippo.ByStaff {
		return m, t.audit(ctx, staff, "match.answer", fmt.Sprintf("match:%d", id), string(answer))
	}
	return m, t.mailStaff(ctx, "見学の希望に団体から返事がありました", fmt.Sprintf("「%s」です。\n/admin/matches/%d", answer.Words(), id))
}

// MoveMatch takes a match to a state: visited, joined, unfit or silent. It returns the match as it is then.
func (t *Tx) MoveMatch(ctx context.Context, id ippo.MatchID, by ippo.Actor, staff ippo.StaffID, to ippo.MatchState, note string) (ippo.Match, error) {
	m, err := t.match(ctx, id)
	if err != nil {
		return m, fmt.Errorf("move match %d: %w", id, err)
	}
	may := m.State.May(to)
	if by == ippo.ByStaff {
		may = m.State.MayByHand(to)
	}
	if !may || to == ippo.MatchAnswered || to == ippo.MatchAsked || to == ippo.MatchSuggested {
		return m, fmt.Errorf("move match %d from %s to %s: %w", id, m.State, to, ippo.ErrConflict)
	}
	m.State, m.EndedAt = to, time.Time{}
	if to.Ended() {
		m.EndedAt = t.now
	}
	if to == ippo.MatchVisited || to == ippo.MatchJoined && m.VisitedAt.IsZero() {
		m.VisitedAt = t.now
	}
	if to == ippo.MatchJoined {
		m.JoinedAt = t.now
	}
	if err := t.settleMatch(ctx, &m, staff); err != nil {
		return m, err
	}
	if err := t.step(ctx, id, by, staff, string(to), note); err != nil {
		return m, err
	}
	if by == ippo.ByStaff {
		return m, t.audit(ctx, staff, "match.move", fmt.Sprintf("match:%d", id), string(to))
	}
	return m, nil
}

// settleMatch writes what has become of a match, and what follows: the next question to the newcomer and,
// when it has ended, the end of the group's link and of the request at the desk.
func (t *Tx) settleMatch(ctx context.Context, m *ippo.Match, staff ippo.StaffID) error {
	m.FollowUp, m.FollowUpAt = m.NextFollowUp(t.now)
	if m.FollowUp == ippo.FollowUpStay && !m.JoinedAt.IsZero() && m.State == ippo.MatchJoined {
		// Thirty days are counted from the visit, also for who joined later.
		_, m.FollowUpAt = (&ippo.Match{State: ippo.MatchVisited}).NextFollowUp(m.VisitedAt)
		if m.FollowUpAt.Before(t.now) {
			m.FollowUp, m.FollowUpAt = ippo.FollowUpNone, time.Time{}
		}
	}
	err := t.changeOne(ctx, `
		UPDATE matches SET state = ?, answer = ?, visit_on = ?, answered_at = ?, visited_at = ?, joined_at = ?, ended_at = ?,
			followup = ?, followup_at = ?, staff_id = coalesce(?, staff_id)
		WHERE id = ?`,
		m.State, m.Answer, stamp(m.VisitOn), stamp(m.AnsweredAt), stamp(m.VisitedAt), stamp(m.JoinedAt), stamp(m.EndedAt),
		m.FollowUp, stamp(m.FollowUpAt), orNull(staff), m.ID)
	if isUnique(err) { // it was ended, and the newcomer has asked the same group again since
		return fmt.Errorf("settle match %d: %w", m.ID, ippo.ErrConflict)
	}
	if err != nil {
		return fmt.Errorf("settle match %d: %w", m.ID, err)
	}
	// A question that has not left yet is about what was.
	if err := t.CancelNotices(ctx, FollowUpKey(m.ID)); err != nil {
		return err
	}
	if m.EndedAt.IsZero() {
		return nil
	}
	if err := t.exec(ctx, `DELETE FROM group_links WHERE match_id = ?`, m.ID); err != nil {
		return fmt.Errorf("end links of match %d: %w", m.ID, err)
	}
	err = t.exec(ctx, `
		UPDATE desk_requests SET state = 'done', done_at = ? WHERE follower_id = ? AND group_id = ? AND kind = 'visit' AND state <> 'done'`,
		stamp(t.now), m.Follower, m.Group)
	if err != nil {
		return fmt.Errorf("end request of match %d: %w", m.ID, err)
	}
	return nil
}

// NoteMatch adds the staff's words to a match's record.
func (s *Store) NoteMatch(ctx context.Context, by ippo.StaffID, id ippo.MatchID, note string) error {
	if err := CheckNote(note); err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error { return t.noteMatch(ctx, by, id, note) })
}

func (t *Tx) noteMatch(ctx context.Context, by ippo.StaffID, id ippo.MatchID, note string) error {
	if _, err := t.match(ctx, id); err != nil {
		return fmt.Errorf("note on match %d: %w", id, err)
	}
	if err := t.step(ctx, id, ippo.ByStaff, by, "note", note); err != nil {
		return err
	}
	return t.audit(ctx, by, "match.note", object("match", id), "")
}

// MatchEdit is what a file changes of a match.
type MatchEdit struct {
	ID   ippo.MatchID
	To   ippo.StaffID // who looks after it from then on; 0: whoever does
	Note string       // "": none
}

// EditMatch changes what a file says of a match. Nobody is told. ErrConflict: it is not under way any more.
func (t *Tx) EditMatch(ctx context.Context, by ippo.StaffID, e MatchEdit) error {
	if e.To != 0 {
		return t.handOverMatch(ctx, by, e.ID, e.To, cmp.Or(e.Note, handedByFile))
	}
	return t.noteMatch(ctx, by, e.ID, e.Note)
}

// handOverMatch gives a match that is under way to a colleague to look after, with a note of what they should know.
func (t *Tx) handOverMatch(ctx context.Context, by ippo.StaffID, id ippo.MatchID, to ippo.StaffID, note string) error {
	err := t.changeOne(ctx, `UPDATE matches SET staff_id = ?1 WHERE id = ?2 AND staff_id IS NOT ?1 AND state <> 'suggested' AND ended_at IS NULL`, to, id)
	if err != nil {
		return fmt.Errorf("hand over match %d: %w", id, err)
	}
	err = t.exec(ctx, `INSERT INTO match_steps (match_id, at, actor, staff_id, to_id, step, note) VALUES (?, ?, 'staff', ?, ?, 'handover', ?)`,
		id, stamp(t.now), by, to, t.store.seal("match_steps.note", note))
	if err != nil {
		return fmt.Errorf("hand over match %d: %w", id, err)
	}
	return t.audit(ctx, by, "match.handover", object("match", id), "")
}

// CheckNote returns Problems unless a note can be kept.
func CheckNote(note string) error {
	var p ippo.Problems
	switch n := len([]rune(note)); {
	case n == 0:
		p.Add("note", "メモを入力してください。")
	case n > maxNote:
		p.Addf("note", "メモは%d文字以内で入力してください（現在%d文字）。", maxNote, n)
	}
	return p.Err()
}

// TellLate tells staff of every match whose group has not answered in time, ends those that have been silent
// for long, and returns how many it told of and when to look next.
func (s *Store) TellLate(ctx context.Context) (told int, next time.Time, err error) {
	err = s.Write(ctx, func(t *Tx) error {
		told = 0
		late, err := collect(ctx, t.tx, scanMatchID, `SELECT id FROM matches WHERE state = 'asked' AND late_at IS NULL AND asked_at <= ? ORDER BY id LIMIT 200`,
			stamp(t.now.Add(-ippo.AnswerWithin)))
		if err != nil {
			return err
		}
		for _, id := range late {
			if err := t.exec(ctx, `UPDATE matches SET late_at = ? WHERE id = ?`, stamp(t.now), id); err != nil {
				return err
			}
			if err := t.step(ctx, id, ippo.ByClock, 0, "late", ""); err != nil {
				return err
			}
			if err := t.mailStaff(ctx, "見学の希望に、5日たっても団体の返事がありません",
				fmt.Sprintf("団体に電話するなど、次の手を決めてください。\n/admin/matches/%d", id)); err != nil {
				return err
			}
			told++
		}
		silent, err := collect(ctx, t.tx, scanMatchID, `SELECT id FROM matches WHERE state = 'asked' AND asked_at <= ? ORDER BY id LIMIT 200`,
			stamp(t.now.Add(-ippo.SilentWithin)))
		if err != nil {
			return err
		}
		for _, id := range silent {
			if _, err := t.MoveMatch(ctx, id, ippo.ByClock, 0, ippo.MatchSilent, ""); err != nil {
				return err
			}
		}
		var first time.Time
		_, err = one(ctx, t.tx, func(row scanner) (none struct{}, err error) { return none, row.Scan(at(&first)) }, `
			SELECT min(asked_at) FROM matches WHERE state = 'asked' AND late_at IS NULL`)
		if err == nil && !first.IsZero() {
			next = first.Add(ippo.AnswerWithin)
		}
		return err
	})
	if err != nil {
		return 0, next, fmt.Errorf("tell of late answers: %w", err)
	}
	return told, next, nil
}

// holdMatches ends what newcomers and groups were to be told or asked by now: after a restore nobody knows
// whether they were.
func (t *Tx) holdMatches(ctx context.Context) error {
	for _, query := range []string{
		`UPDATE matches SET followup = '', followup_at = NULL WHERE ?2 <> '' AND followup_at <= ?1`,
		`UPDATE activity_groups SET asked_at = ?1, silent_since = coalesce(silent_since, ?1), asked_by = 'paper'
			WHERE hidden = 0 AND confirmed_at <= ?2 AND (asked_at IS NULL OR asked_at <= ?2)`,
		`DELETE FROM mails WHERE letter IS NOT NULL AND created_at <= ?1 AND ?2 <> ''`,
	} {
		if err := t.exec(ctx, query, stamp(t.now), stamp(t.now.Add(-ippo.AskAfter))); err != nil {
			return fmt.Errorf("hold matches: %w", err)
		}
	}
	return nil
}

func scanMatchID(row scanner) (id ippo.MatchID, err error) {
	err = row.Scan(&id)
	return id, err
}
