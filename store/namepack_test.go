package store

import (
	"fmt"
	"strings"
	"testing"

	"ippo"
)

// People are found by the name that they have now, before their names are packed and after it, wherever their numbers
// stand; of a name that changed or was forgotten nothing is kept.
func TestNamesAreFound(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	rows := make([]FollowerRow, 2*namePack+10)
	for n := range rows {
		rows[n] = FollowerRow{LineUserID: fmt.Sprintf("U%032x", n+1), DisplayName: fmt.Sprintf("ﾔﾏﾀﾞ　%d号\n花子", n+1)}
	}
	if _, err := s.ImportFollowers(ctx, rows); err != nil {
		t.Fatal(err)
	}
	finds := func(filter FollowerFilter, want ...ippo.FollowerID) {
		t.Helper()
		part, total, err := s.Followers(ctx, filter, Page{Limit: 50})
		if err != nil {
			t.Fatal(err)
		}
		found := map[ippo.FollowerID]bool{}
		for _, f := range part.Items {
			found[f.ID] = true
		}
		for _, id := range want {
			if !found[id] {
				t.Errorf("%q: %d is not found", filter.Query, id)
			}
		}
		if len(found) != len(want) || total != len(want) {
			t.Errorf("%q: %v, %d in all, want %v", filter.Query, found, total, want)
		}
	}
	all := func() {
		t.Helper()
		finds(FollowerFilter{Query: "やまだ 511号"}, 511)
		finds(FollowerFilter{Query: "はなこ"})
		finds(FollowerFilter{Query: "512号"}, 512)
		finds(FollowerFilter{Query: "５１３号　花子"}, 513)
		finds(FollowerFilter{Query: "1034"}, 1034)
		finds(FollowerFilter{Query: "山"})
		if n, err := s.CountFollowers(ctx, FollowerFilter{Query: "号 花"}); err != nil || n != len(rows) {
			t.Error(n, err)
		}
		finds(FollowerFilter{Query: "1023号", Status: ippo.FollowerBlocked})
	}
	packs := func(want int) {
		t.Helper()
		if n, err := one(ctx, s.ro, scanInt, `SELECT count(*) FROM name_packs`); err != nil || n != want {
			t.Errorf("%d packs, want %d: %v", n, want, err)
		}
	}
	pack := func() {
		t.Helper()
		if err := s.PackNames(ctx); err != nil {
			t.Fatal(err)
		}
		packs(3)
	}
	all()
	pack()
	all()

	inTx(t, s, func(tx *Tx) error { // once more, with another name
		_, err := tx.Follow(ctx, rows[511].LineUserID, "さとう", "ja", s.Now())
		return err
	})
	inTx(t, s, func(tx *Tx) error { // somebody new
		_, err := tx.Follow(ctx, "U"+strings.Repeat("f", 32), "すずき", "ja", s.Now())
		return err
	})
	packs(1)
	for range 2 {
		finds(FollowerFilter{Query: "512号"})
		finds(FollowerFilter{Query: "サトウ"}, 512)
		finds(FollowerFilter{Query: "スズキ"}, ippo.FollowerID(len(rows)+1))
		pack()
	}

	inTx(t, s, func(tx *Tx) error { return tx.AskErasure(ctx, 1, 0, "") })
	waiting, err := s.Erasures(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if done, err := s.Erase(ctx, waiting[0]); err != nil || !done {
		t.Fatal(done, err)
	}
	packs(2)
	finds(FollowerFilter{Query: "1号", Status: ippo.FollowerErased})
	pack()
	finds(FollowerFilter{Query: "1号", Status: ippo.FollowerErased})
}
