package store

import (
	"context"
	"testing"

	"ippo"
)

// What is open at the desk is what waits and what somebody has taken, for a team of its own groups and of none. Of what waits,
// words of danger are before all, then the newest.
func TestStatsOfTheDesk(t *testing.T) {
	s := newStore(t)
	noon(s)
	town(t, s, "")
	ctx := t.Context()
	exec(t, s, `INSERT INTO activity_groups (id, slug, name, summary, topics, areas, updated_at) VALUES (1, 'ours', '', '', 1, 0, ''), (2, 'theirs', '', '', 2, 0, '')`)
	exec(t, s, `INSERT INTO desk_requests (kind, state, group_id, made_at) SELECT column1, column2, column3, ? FROM (VALUES
		('danger', 'new', NULL), ('callback', 'new', NULL), ('visit', 'new', 1), ('visit', 'new', 2),
		('visit', 'working', 1), ('visit', 'working', 2), ('callback', 'done', NULL))`, stamp(s.Now()))
	for name, of := range map[string]struct {
		ctx               context.Context
		danger, new, open int
	}{
		"the office": {ctx, 1, 4, 6},
		"a team":     {Within(ctx, ippo.Remit{{Topics: 1}}), 1, 3, 4},
	} {
		waiting, err := s.Waiting(of.ctx)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Stats(of.ctx, waiting)
		if err != nil || got.DangerOpen != of.danger || got.RequestsNew != of.new || got.RequestsOpen != of.open {
			t.Errorf("the desk of %s: %d with danger, %d new, %d open, %v; want %+v", name, got.DangerOpen, got.RequestsNew, got.RequestsOpen, err, of)
		}
		list, err := s.DeskRequests(of.ctx, DeskRequestFilter{State: ippo.RequestNew, Limit: 2})
		if err != nil || len(list) != 2 || list[0].Kind != ippo.RequestDanger || list[1].Kind != ippo.RequestVisit {
			t.Errorf("the desk of %s begins with %+v, %v", name, list, err)
		}
	}
}
