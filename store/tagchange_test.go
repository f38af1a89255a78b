package store

import (
	"errors"
	"testing"
	"time"

	"ippo"
)

// A tag given to all whom a filter leaves reaches each of them once, however many parts that takes; taken back, it
// leaves those who had it before. Who is forgotten meanwhile gets none.
func TestChangeTag(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	now := time.Date(2026, 3, 31, 14, 59, 30, 0, time.UTC)
	s.Now = func() time.Time { return now }
	const by, people = 1, 2*tagPart + 10
	crowd(t, s, people)
	exec(t, s, "UPDATE followers SET status = 'blocked', blocked_at = followed_at WHERE id = 7")
	for _, tag := range []struct {
		id   int
		slug string
	}{{3, "few"}, {61, "many"}} { // the second has no mark
		exec(t, s, "INSERT INTO tags (id, slug, name) VALUES (?, ?, ?)", tag.id, tag.slug, tag.slug)
		exec(t, s, "INSERT INTO follower_tags (tag_id, follower_id) VALUES (?, 1), (?, 2000)", tag.id, tag.id)
		having := func() int {
			t.Helper()
			n, err := one(ctx, s.ro, scanInt, "SELECT count(*) FROM follower_tags WHERE tag_id = ?", tag.id)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		apply := func() (parts int) {
			t.Helper()
			for {
				more, err := s.ApplyTagChanges(ctx)
				if err != nil {
					t.Fatal(err)
				}
				if !more {
					return parts
				}
				parts++
			}
		}
		if got, err := s.TagTargets(ctx, FollowerFilter{Status: ippo.FollowerBlocked}, nil, tag.slug, true); err != nil || len(got) != 1 || got[0] != 7 {
			t.Errorf("%s: blocked %v, %v", tag.slug, got, err)
		}
		if got, err := s.TagTargets(ctx, FollowerFilter{}, []ippo.FollowerID{}, tag.slug, true); err != nil || len(got) != 0 {
			t.Errorf("%s: nobody was ticked: %v, %v", tag.slug, got, err)
		}
		members, err := s.TagTargets(ctx, FollowerFilter{}, nil, tag.slug, true)
		if err != nil || len(members) != people-2 {
			t.Fatalf("%s: %d targets, %v", tag.slug, len(members), err)
		}
		if err := s.ChangeTag(ctx, by, tag.slug, true, members); err != nil {
			t.Fatal(err)
		}
		inTx(t, s, func(tx *Tx) error { return tx.AskErasure(ctx, 9, by, "窓口で") })
		latest, err := s.LatestTagChange(ctx, by)
		if err != nil || latest.Done || latest.People != people-2 {
			t.Errorf("%s: %+v, %v", tag.slug, latest, err)
		}
		if err := s.UndoTagChange(ctx, by, latest.ID); !errors.Is(err, ippo.ErrConflict) {
			t.Errorf("%s: taken back before it was done: %v", tag.slug, err)
		}
		if parts := apply(); parts != 3 || having() != people-1 {
			t.Errorf("%s: %d have it after %d parts", tag.slug, having(), parts)
		}
		inTx(t, s, func(tx *Tx) error { return tx.CallOffErasure(ctx, 9, by, "別の方") })
		if latest, err = s.LatestTagChange(ctx, by); err != nil || !latest.Done || latest.Changed != people-3 {
			t.Errorf("%s: %+v, %v", tag.slug, latest, err)
		}
		if err := s.UndoTagChange(ctx, by, latest.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.UndoTagChange(ctx, by, latest.ID); !errors.Is(err, ippo.ErrConflict) {
			t.Errorf("%s: taken back twice: %v", tag.slug, err)
		}
		if apply(); having() != 2 {
			t.Errorf("%s: %d have it at the end, want the two from before", tag.slug, having())
		}
		if undo, err := s.LatestTagChange(ctx, by); err != nil || undo.Undoes != latest.ID || undo.Changed != people-3 {
			t.Errorf("%s: %+v, %v", tag.slug, undo, err)
		} else if err := s.UndoTagChange(ctx, by, undo.ID); !errors.Is(err, ippo.ErrConflict) {
			t.Errorf("%s: the taking back was taken back: %v", tag.slug, err)
		}
	}
	if _, err := s.TagTargets(ctx, FollowerFilter{}, nil, "none", true); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("a tag that is not there: %v", err)
	}
	if found, err := s.CheckFollowers(ctx); err != nil || len(found) > 0 {
		t.Errorf("%q, %v", found, err)
	}
	now = now.Add(ippo.UndoWithin + time.Second)
	if _, err := s.LatestTagChange(ctx, by); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("a day later: %v", err)
	}
}
