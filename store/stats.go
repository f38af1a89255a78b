package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ippo"
)

// Stats returns the numbers of the day, of which what waits was counted just before.
func (s *Store) Stats(ctx context.Context, waiting Waiting) (ippo.Stats, error) {
	now := s.Now()
	today := ippo.Day(now)
	month := today.AddDate(0, 0, 1-today.Day())
	n := ippo.Stats{Submitted: waiting.Approvals, RequestsNew: waiting.Requests, DangerOpen: waiting.Danger}
	people, err := s.headcount(ctx)
	if err != nil {
		return n, fmt.Errorf("stats: %w", err)
	}
	for _, count := range []struct {
		of      *int
		so, not standing
	}{
		{&n.Friends, isActive, 0}, {&n.Blocked, isBlocked, 0}, {&n.Stopped, isActive | isStopped, 0},
		{&n.Digest, isActive | onDigest, isStopped}, {&n.Unguided, isActive | isUnguided, 0},
	} {
		*count.of = people.count(func(s standing) bool { return s.is(count.so, count.not) })
	}
	err = s.ro.QueryRowContext(ctx, statsQuery, stamp(today), stamp(month), stamp(now),
		today.Format(time.DateOnly), month.Format(time.DateOnly)).Scan(
		&n.NewToday, &n.NewMonth,
		&n.Ambassadors, &n.Applications,
		&n.Groups, &n.News, &n.Events,
		&n.Planned, &n.Held, &n.Sending, &n.SentMonth, &n.CallOutsMonth, &n.ReducedMonth)
	if err != nil {
		return n, fmt.Errorf("stats: %w", err)
	}
	for _, count := range []struct {
		of   *int
		kind []ippo.BroadcastStatus
	}{
		{&n.Planned, []ippo.BroadcastStatus{ippo.BroadcastApproved}},
		{&n.Held, []ippo.BroadcastStatus{ippo.BroadcastHeld, ippo.BroadcastPaused}}, {&n.Sending, []ippo.BroadcastStatus{ippo.BroadcastSending}},
	} {
		if err := s.countSeen(ctx, count.of, count.kind...); err != nil {
			return n, fmt.Errorf("stats: %w", err)
		}
	}
	theirs, args := requestRemit(ctx)
	working, err := one(ctx, s.ro, scanInt, `SELECT count(*) FROM desk_requests r WHERE state = 'working' AND `+theirs, args...)
	if err != nil {
		return n, fmt.Errorf("stats: %w", err)
	}
	n.RequestsOpen = n.RequestsNew + working
	return n, nil
}

// ?1 is the day's beginning, ?2 the month's, ?3 now, ?4 and ?5 the two days by name.
const statsQuery = `
	SELECT
	(SELECT coalesce(sum(joined), 0) FROM friend_days WHERE day >= ?4),
	(SELECT coalesce(sum(joined), 0) FROM friend_days WHERE day >= ?5),
	(SELECT count(*) FROM ambassadors WHERE status IN ('applied', 'contacted', 'appointed')),
	(SELECT count(*) FROM ambassadors WHERE status = 'applied'),
	(SELECT count(*) FROM activity_groups WHERE hidden = 0),
	(SELECT count(*) FROM news WHERE status = 'published' AND publish_at <= ?3),
	(SELECT count(*) FROM events WHERE status = 'published' AND ends_at >= ?3),
	(SELECT count(*) FROM broadcasts WHERE status = 'approved'),
	(SELECT count(*) FROM broadcasts WHERE status IN ('held', 'paused')),
	(SELECT count(*) FROM broadcasts WHERE status = 'sending'),
	(SELECT coalesce(sum(r.size - (SELECT count(*) FROM delivery_exceptions x WHERE x.request_id = r.id)), 0)
		FROM delivery_requests r WHERE r.state = 'accepted' AND r.answered_at >= ?2)
		+ (SELECT count(*) FROM notices WHERE state = 'accepted' AND answered_at >= ?2),
	(SELECT count(*) FROM call_outs WHERE at >= ?2),
	(SELECT count(*) FROM reductions WHERE step = 'opened' AND at >= ?2)`

// Waiting is what waits for staff, shown on every page.
type Waiting struct {
	Approvals int // broadcasts submitted
	Requests  int // at the desk, that nobody has taken
	Danger    int // of these, with words of danger
	Matches   int // whose group does not answer
	Silent    int // groups to ring up: asked whether their entry is right, and long silent

	Consultations int // new, or with something unread
	Visions       int // to look at before they are shown
}

// Waiting counts what waits for staff, over indexes of what is open.
func (s *Store) Waiting(ctx context.Context) (w Waiting, err error) {
	request, about := requestRemit(ctx)
	match, theirs := groupRemit(ctx, "m.group_id")
	held, args := remitCondition(ctx)
	var visions int // changes to them
	err = s.ro.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM broadcasts WHERE status = 'submitted'),
		(SELECT count(*) FROM desk_requests r WHERE state = 'new' AND `+request+`),
		(SELECT count(*) FROM desk_requests r WHERE state = 'new' AND kind = 'danger' AND `+request+`),
		(SELECT count(*) FROM matches m INDEXED BY matches_late WHERE state = 'asked' AND late_at IS NOT NULL AND `+match+`),
		(SELECT count(*) FROM activity_groups WHERE hidden = 0 AND silent_since <= ? AND `+held+`),
		(SELECT count(*) FROM consultations c WHERE `+consultationWaits+`),
		(SELECT changes FROM vision_changes)`, slices.Concat(about, about, theirs, []any{stamp(s.Now().Add(-ippo.SilentAfter))}, args)...).
		Scan(&w.Approvals, &w.Requests, &w.Danger, &w.Matches, &w.Silent, &w.Consultations, &visions)
	if err == nil {
		w.Visions, err = s.waitingVisions(ctx, visions)
	}
	if err != nil {
		return w, fmt.Errorf("waiting: %w", err)
	}
	return w, s.countSeen(ctx, &w.Approvals, ippo.BroadcastSubmitted)
}

// countSeen replaces a count of all broadcasts in some states by that of those that the context's remit sees.
func (s *Store) countSeen(ctx context.Context, n *int, states ...ippo.BroadcastStatus) error {
	if *n == 0 || RemitOf(ctx) == nil {
		return nil
	}
	l, err := s.broadcastListing(ctx, BroadcastFilter{Statuses: states})
	if err == nil {
		*n, err = l.count(ctx, s.ro)
	}
	return err
}
