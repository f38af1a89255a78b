package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"ippo"
)

// DueFollowUp is a question that is to be put to a newcomer now.
type DueFollowUp struct {
	Match    ippo.MatchID
	Follower ippo.FollowerID
	Kind     ippo.FollowUp
	Due      time.Time
	Group    string // its name
	Language ippo.Language
}

// FollowUpKey is what the keys of notices begin with that put questions about a match.
func FollowUpKey(id ippo.MatchID) string { return fmt.Sprintf("follow-up:%d:", id) }

// DueFollowUps returns at most limit questions that are due at now, those that come after a question of an
// earlier page, and when the next one is that is not due yet. The zero DueFollowUp comes before all.
func (s *Store) DueFollowUps(ctx context.Context, now time.Time, after DueFollowUp, limit int) (due []DueFollowUp, next time.Time, err error) {
	due, err = collect(ctx, s.ro, func(row scanner) (d DueFollowUp, err error) {
		err = row.Scan(&d.Match, &d.Follower, &d.Kind, at(&d.Due), &d.Group, &d.Language)
		return d, err
	}, `
		SELECT m.id, m.follower_id, m.followup, m.followup_at, g.name, f.language
		FROM matches m JOIN activity_groups g ON g.id = m.group_id JOIN followers f ON f.id = m.follower_id
		WHERE m.followup_at <= ? AND (m.followup_at, m.id) > (coalesce(?, ''), ?) ORDER BY m.followup_at, m.id LIMIT ?`,
		stamp(now), stamp(after.Due), after.Match, limit)
	if err != nil {
		return nil, next, fmt.Errorf("due follow-ups: %w", err)
	}
	err = s.ro.QueryRowContext(ctx, `SELECT min(followup_at) FROM matches WHERE followup_at > ?`, stamp(now)).Scan(at(&next))
	if err != nil {
		return nil, next, fmt.Errorf("next follow-up: %w", err)
	}
	return due, next, nil
}

// PutFollowUps plans the notices that put questions, one for each in the same order. A question that is no
// longer the one to be put, because something happened to the match meanwhile, is left out. It returns how
// many were planned.
func (s *Store) PutFollowUps(ctx context.Context, due []DueFollowUp, notices []ippo.Notice) (put int, err error) {
	sealed := make([]sealedNotice, len(notices))
	for i := range notices {
		if sealed[i], err = s.sealNotice(&notices[i]); err != nil {
			return 0, fmt.Errorf("put follow-ups: %w", err)
		}
	}
	err = s.Write(ctx, func(t *Tx) error {
		ids := make([]ippo.MatchID, len(due))
		for i, d := range due {
			ids[i] = d.Match
		}
		asked, err := json.Marshal(ids)
		if err != nil {
			return err
		}
		// A few statements over all of them: thousands of small ones would hold up the webhooks.
		open := make(map[ippo.MatchID]DueFollowUp, len(due))
		_, err = collect(ctx, t.tx, func(row scanner) (none struct{}, err error) {
			var d DueFollowUp
			if err = row.Scan(&d.Match, &d.Kind, at(&d.Due)); err == nil {
				open[d.Match] = d
			}
			return none, err
		}, `SELECT id, followup, followup_at FROM matches WHERE id IN (SELECT value FROM json_each(?)) AND followup_at IS NOT NULL`, string(asked))
		if err != nil {
			return err
		}
		ids = ids[:0]
		for i, d := range due {
			if now, ok := open[d.Match]; ok && now.Kind == d.Kind && now.Due.Equal(d.Due) {
				ids = append(ids, d.Match)
				if err := t.addNotice(ctx, sealed[i]); err != nil {
					return err
				}
			}
		}
		if asked, err = json.Marshal(ids); err != nil {
			return err
		}
		for _, query := range []string{`
			INSERT INTO follow_ups (match_id, kind, sent_at)
			SELECT id, followup, ?1 FROM matches WHERE id IN (SELECT value FROM json_each(?2))
			ON CONFLICT (match_id, kind) DO UPDATE SET sent_at = ?1, answered_at = NULL, answer = ''`, `
			UPDATE matches SET followup = '', followup_at = NULL WHERE ?1 <> '' AND id IN (SELECT value FROM json_each(?2))`} {
			if err := t.exec(ctx, query, stamp(t.now), string(asked)); err != nil {
				return err
			}
		}
		put = len(ids)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("put follow-ups: %w", err)
	}
	return put, nil
}

// AnswerFollowUp notes what a newcomer tapped under a question, does what it says to the match, and returns
// the match as it is then. It is ippo.ErrNotFound unless the match is the follower's. A tap on an old button
// changes what is counted, and the match only as far as it can still go there.
func (t *Tx) AnswerFollowUp(ctx context.Context, follower ippo.FollowerID, id ippo.MatchID, kind ippo.FollowUp, answer string) (ippo.Match, error) {
	m, err := t.match(ctx, id)
	if err == nil && m.Follower != follower {
		err = ippo.ErrNotFound
	}
	if err != nil {
		return m, fmt.Errorf("answer follow-up of match %d: %w", id, err)
	}
	n, err := t.change(ctx, `UPDATE follow_ups SET answered_at = ?, answer = ? WHERE match_id = ? AND kind = ? AND answer <> ?`,
		stamp(t.now), answer, id, kind, answer)
	if err != nil {
		return m, fmt.Errorf("answer follow-up of match %d: %w", id, err)
	}
	if n == 0 {
		return m, nil // tapped twice, or never asked
	}
	if err := t.step(ctx, id, ippo.ByNewcomer, 0, string(kind)+"."+answer, ""); err != nil {
		return m, err
	}
	to := ippo.MatchState("")
	switch string(kind) + "." + answer {
	case "answer.no":
		err = t.mailStaff(ctx, "見学を希望した方に、まだ団体の返事がありません", fmt.Sprintf("様子を確かめてください。\n/admin/matches/%d", id))
	case "visit.joined":
		to = ippo.MatchJoined
	case "visit.again":
		to = ippo.MatchVisited
	case "visit.unfit", "stay.no":
		to = ippo.MatchUnfit
	case "stay.yes":
		to = ippo.MatchJoined
	case "visit.notyet":
		err = t.exec(ctx, `UPDATE matches SET followup = 'visit', followup_at = ? WHERE id = ? AND state = 'answered'`,
			stamp(t.now.Add(7*24*time.Hour)), id)
	}
	if err != nil {
		return m, fmt.Errorf("answer follow-up of match %d: %w", id, err)
	}
	if to == "" || !m.State.May(to) {
		return m, nil
	}
	return t.MoveMatch(ctx, id, ippo.ByNewcomer, 0, to, "")
}

// FollowUpCount is how often newcomers tapped an answer; "" is how often they tapped none.
type FollowUpCount struct {
	Kind   ippo.FollowUp
	Answer string
	Count  int
}

// MatchReport are the numbers of what became of newcomers.
type MatchReport struct {
	States    map[ippo.MatchState]int
	Closed    int // of the answered: the group takes nobody now
	FollowUps []FollowUpCount
}

// MatchReport counts matches and answers.
func (s *Store) MatchReport(ctx context.Context) (r MatchReport, err error) {
	r.States = make(map[ippo.MatchState]int)
	_, err = collect(ctx, s.ro, func(row scanner) (none struct{}, err error) {
		var state ippo.MatchState
		var n, closed int
		if err = row.Scan(&state, &n, &closed); err == nil {
			r.States[state] = n
			r.Closed += closed
		}
		return none, err
	}, `SELECT state, count(*), count(CASE WHEN state = 'answered' AND answer = 'closed' THEN 1 END) FROM matches GROUP BY state`)
	if err != nil {
		return r, fmt.Errorf("match report: %w", err)
	}
	r.FollowUps, err = collect(ctx, s.ro, func(row scanner) (c FollowUpCount, err error) {
		err = row.Scan(&c.Kind, &c.Answer, &c.Count)
		return c, err
	}, `SELECT kind, answer, count(*) FROM follow_ups GROUP BY kind, answer`)
	if err != nil {
		return r, fmt.Errorf("match report: %w", err)
	}
	return r, nil
}
