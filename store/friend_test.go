package store

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"ippo"
)

// Whatever people do, and whatever lists are taken in, the sums and the days say what the rows say.
func TestSumsFollowTheRows(t *testing.T) {
	s := newStore(t)
	noon(s)
	now := s.Now()
	s.Now = func() time.Time { return now }
	ctx := t.Context()
	exec(t, s, "INSERT INTO tags (id, slug, name) VALUES (1, 'koza', '講座')")
	exec(t, s, "INSERT INTO entries (id, slug, name) VALUES (1, 'mado', '窓口'), (2, 'eki', '駅')")
	author := staff(t, s, "a@example.jp", ippo.Approver)
	dice := rand.New(rand.NewPCG(3, 4))
	name := func(n int) string { return fmt.Sprintf("U%032x", n) }
	for step := range 600 {
		now = now.Add(time.Duration(dice.IntN(40)) * time.Hour)
		n := 1 + dice.IntN(12)
		id := ippo.FollowerID(1 + dice.IntN(12))
		what := dice.IntN(10)
		err := s.Write(ctx, func(tx *Tx) error {
			switch what {
			case 0, 1:
				_, err := tx.Follow(ctx, name(n), "川口", ippo.Japanese, now)
				return err
			case 2:
				return tx.Block(ctx, name(n), now)
			case 3:
				return tx.Seen(ctx, id, now)
			case 4:
				return tx.SavePreferences(ctx, id, ippo.Preferences{Language: ippo.Languages[dice.IntN(2)], Topics: ippo.ChoiceOf(dice.IntN(3)), Stopped: dice.IntN(2) == 0, Digest: dice.IntN(2) == 0})
			case 5:
				return tx.Onboarded(ctx, id)
			case 6:
				return tx.SetEntry(ctx, id, []string{"mado", "eki"}[dice.IntN(2)])
			case 7:
				return tx.AskErasure(ctx, id, author, "ご本人から")
			case 8:
				return tx.CallOffErasure(ctx, id, author, "別の方でした")
			}
			return nil
		})
		if what == 9 {
			_, err = s.ImportFollowers(ctx, []FollowerRow{{
				LineUserID: name(n), Status: []ippo.FollowerStatus{"", ippo.FollowerActive, ippo.FollowerBlocked}[dice.IntN(3)],
				Topics: ippo.ChoiceOf(dice.IntN(3)), Tags: []int64{1}[:dice.IntN(2)], Entry: int64(dice.IntN(3)), FollowedAt: now.AddDate(0, 0, -dice.IntN(50)),
			}})
		}
		_ = err // what cannot be done, such as to call off what was not asked, changes nothing
		if found, err := s.CheckFollowers(ctx); err != nil || len(found) > 0 {
			t.Fatalf("step %d, %d: %v, %v", step, what, found, err)
		}
	}
	weeks, err := s.FriendWeeks(ctx, now.AddDate(0, 0, -70))
	if err != nil || len(weeks) != 11 {
		t.Fatal(weeks, err)
	}
	stats, err := s.Stats(ctx, Waiting{})
	if err != nil || weeks[10].Friends != stats.Friends {
		t.Errorf("%d friends at the end of the weeks, %d in all, %v", weeks[10].Friends, stats.Friends, err)
	}
	for i, w := range weeks[1:] {
		if weeks[i].Friends+w.Net() != w.Friends {
			t.Errorf("%+v after %+v", w, weeks[i])
		}
	}
}

// Days begin at midnight in Japan, and what is called off was never counted.
func TestFriendDays(t *testing.T) {
	s := newStore(t)
	now := time.Date(2026, 3, 31, 14, 59, 30, 0, time.UTC) // 23:59:30 in Tokyo
	s.Now = func() time.Time { return now }
	ctx := t.Context()
	author := staff(t, s, "a@example.jp", ippo.Approver)
	do := func(what func(*Tx) error) {
		t.Helper()
		if err := s.Write(ctx, what); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Minute)
	}
	add := func(tx *Tx) error { _, err := tx.Follow(ctx, "U1", "", ippo.Japanese, now); return err }
	do(add)
	do(add) // an event that comes twice
	do(func(tx *Tx) error { return tx.Block(ctx, "U1", now) })
	do(func(tx *Tx) error { return tx.Seen(ctx, 1, now) })
	do(func(tx *Tx) error { return tx.AskErasure(ctx, 1, author, "窓口で") })
	now = now.AddDate(0, 0, 2)
	do(func(tx *Tx) error { return tx.CallOffErasure(ctx, 1, author, "別の方") })
	days, err := collect(ctx, s.ro, scanText, `SELECT day || ' ' || joined || ' ' || gone FROM friend_days ORDER BY day`)
	if err != nil || fmt.Sprint(days) != "[2026-03-31 1 0 2026-04-01 1 1]" {
		t.Errorf("%v, %v", days, err)
	}
	exec(t, s, "UPDATE friend_days SET gone = 5")
	exec(t, s, "INSERT INTO entry_sums VALUES (1, 7, 0)")
	if found, err := s.CheckFollowers(ctx); err != nil || len(found) != 2 {
		t.Errorf("%q, %v", found, err)
	}
}
