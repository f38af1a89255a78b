package store

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"ippo"
)

// Whatever tags many are given at once, each has those and no others; marks and sums follow the rows, and what else a
// mark says stays.
func TestSetTags(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	const people = 60
	crowd(t, s, people)
	ids := []int64{1, 3, 60, 61, 200} // the last two have no mark
	for _, id := range ids {
		exec(t, s, "INSERT INTO tags (id, slug, name) VALUES (?1, 't' || ?1, 'タグ' || ?1)", id)
	}
	exec(t, s, "UPDATE followers SET marks = marks | (1 << 61) WHERE id = 5") // an ambassador
	inTx(t, s, func(tx *Tx) error { return tx.AskErasure(ctx, 9, 1, "窓口で") })
	want := map[ippo.FollowerID][]int64{}
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 20 {
		var all []Tagging
		for _, id := range random.Perm(people)[:random.IntN(people)] {
			one := Tagging{Follower: ippo.FollowerID(id + 1)}
			for _, tag := range ids {
				if random.IntN(2) == 0 {
					one.Tags = append(one.Tags, tag)
				}
			}
			if one.Follower != 9 {
				want[one.Follower] = one.Tags
			}
			one.Tags = append(slices.Clone(one.Tags), 999) // there is no such tag
			all = append(all, one)
		}
		inTx(t, s, func(tx *Tx) error { return tx.SetTags(ctx, all) })
		is := map[ippo.FollowerID][]int64{}
		_, err := collect(ctx, s.ro, func(row scanner) (none struct{}, err error) {
			var id ippo.FollowerID
			var tag int64
			err = row.Scan(&id, &tag)
			is[id] = append(is[id], tag)
			return none, err
		}, "SELECT follower_id, tag_id FROM follower_tags ORDER BY 1, 2")
		if err != nil {
			t.Fatal(err)
		}
		maps.DeleteFunc(want, func(_ ippo.FollowerID, tags []int64) bool { return len(tags) == 0 })
		if !maps.EqualFunc(is, want, slices.Equal) {
			t.Fatalf("round %d: tags are %v, want %v", round, is, want)
		}
		wrong, err := one(ctx, s.ro, scanInt, `SELECT count(*) FROM followers f WHERE marks <> CASE id WHEN 5 THEN 1 << 61 ELSE 0 END
			+ (SELECT coalesce(sum(1 << tag_id), 0) FROM follower_tags WHERE follower_id = f.id AND tag_id <= 60)`)
		if err != nil || wrong > 0 {
			t.Errorf("round %d: the marks of %d are not of their tags, %v", round, wrong, err)
		}
		if found, err := s.CheckFollowers(ctx); err != nil || len(found) > 0 {
			t.Errorf("round %d: %q, %v", round, found, err)
		}
	}
}
