package store

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"ippo"
)

// Whatever is asked, as many are counted as there are members: by sums, by few rows or by all of them.
func TestAudienceIsCountedAsItIsFound(t *testing.T) {
	s := newStore(t)
	noon(s)
	crowd(t, s, 12_000)
	exec(t, s, `INSERT INTO entries (id, slug, name) VALUES (1, 'desk', '窓口')`)
	exec(t, s, `INSERT INTO tags (id, slug, name) VALUES (1, 'first', ''), (77, 'late', '')`) // the second has no mark
	exec(t, s, `INSERT INTO follower_tags (tag_id, follower_id) SELECT iif(id % 3, 77, 1), id FROM followers WHERE id % 5 < 2`)
	exec(t, s, `UPDATE followers SET digest = id % 7 = 0, stopped = id % 11 = 0, status = iif(id % 13, 'active', 'blocked'),
		entry_id = iif(id % 4, NULL, 1), language = iif(id % 6, 'ja', 'en'), followed_at = strftime('%Y-%m-%dT%H:%M:%fZ', ?, '-' || (id % 60) || ' days')`, stamp(s.Now()))
	dice := rand.New(rand.NewPCG(1, 2))
	some := func(slugs ...string) []string {
		if dice.IntN(3) > 0 {
			return nil
		}
		return slugs[:1+dice.IntN(len(slugs))]
	}
	days := func() int { return dice.IntN(2) * []int{1, 7, 59}[dice.IntN(3)] }
	asked := 0
	for range 100 {
		a := ippo.Audience{
			Topics: some("fukushi", "kosodate"), Areas: some("chuo"), Tags: some("late", "first"), Entries: some("desk"), Within: days(),
		}
		if dice.IntN(4) == 0 {
			a.Languages = []ippo.Language{ippo.Japanese}
		}
		if e := (ippo.Except{Topics: some("kosodate"), Areas: some("sakae"), Tags: some("first", "late"), Entries: some("desk"), Within: days()}); !e.Empty() {
			a.Except = &e
		}
		a.All = len(a.Topics)+len(a.Areas)+len(a.Tags)+len(a.Entries)+len(a.Languages)+a.Within == 0
		if a.Validate() != nil {
			continue
		}
		asked++
		for _, emergency := range []bool{false, true} {
			members, err := s.audienceMembers(t.Context(), a, emergency)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := s.AudienceCount(t.Context(), a); !emergency && (err != nil || n.Count != len(members)) {
				t.Errorf("%s: %d counted, %d members, %v", said(a), n.Count, len(members), err)
			}
			if n, err := s.EmergencyCount(t.Context(), a); emergency && (err != nil || n.Count != len(members)) {
				t.Errorf("%s: %d counted in an emergency, %d members, %v", said(a), n.Count, len(members), err)
			}
		}
	}
	if asked < 60 {
		t.Errorf("only %d audiences were asked for", asked)
	}
}

func said(a ippo.Audience) string { return fmt.Sprintf("%+v except %+v", a, a.Except) }
