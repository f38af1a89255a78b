package store

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"ippo"
)

// Whatever happens to tags and ambassadors, an audience counts by the marks what their rows say.
func TestMarksFollowTheRows(t *testing.T) {
	s := newStore(t)
	noon(s)
	const people, tags = 6, 64
	for i := range people {
		follow(t, s, i+1)
	}
	for i := range tags {
		exec(t, s, "INSERT INTO tags (id, slug, name) VALUES (?, ?, ?)", i+1, fmt.Sprintf("t%d", i+1), "タグ")
	}
	dice := rand.New(rand.NewPCG(1, 2))
	states := []string{"applied", "contacted", "appointed", "retired", "declined"}
	for step := range 400 {
		who, tag := 1+dice.IntN(people), 1+dice.IntN(tags)
		switch dice.IntN(7) {
		case 0, 1, 2:
			exec(t, s, "INSERT INTO follower_tags (tag_id, follower_id) VALUES (?, ?) ON CONFLICT DO NOTHING", tag, who)
		case 3:
			exec(t, s, "DELETE FROM follower_tags WHERE tag_id = ? AND follower_id = ?", tag, who)
		case 4: // a tag is deleted, and its ID is given again
			exec(t, s, "DELETE FROM tags WHERE id = ?", tag)
			exec(t, s, "INSERT INTO tags (id, slug, name) VALUES (?, ?, ?)", tag, fmt.Sprintf("t%d", tag), "タグ")
		case 5:
			exec(t, s, `INSERT INTO ambassadors (follower_id, status, person, age_band, applied_at, consented_at, updated_at)
				VALUES (?, ?, x'', '30s', '', '', '') ON CONFLICT (follower_id) DO UPDATE SET status = excluded.status`, who, states[dice.IntN(len(states))])
			exec(t, s, "UPDATE ambassadors SET resting = ? WHERE follower_id = ?", dice.IntN(2), who)
		case 6:
			exec(t, s, "DELETE FROM ambassadors WHERE follower_id = ?", who)
		}
		slugs := []string{fmt.Sprintf("t%d", tag), "t3", "t62"}
		for _, c := range []struct {
			a    ippo.Audience
			rows string
		}{
			{ippo.Audience{Tags: slugs}, fmt.Sprintf("SELECT count(DISTINCT follower_id) FROM follower_tags WHERE tag_id IN (%d, 3, 62)", tag)},
			{ippo.Audience{Ambassadors: true}, "SELECT count(*) FROM ambassadors WHERE status IN ('applied', 'contacted', 'appointed') AND resting = 0"},
		} {
			want, err := one(t.Context(), s.ro, scanInt, c.rows)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := s.AudienceCount(t.Context(), c.a); err != nil || got.Count != want {
				t.Fatalf("step %d, %+v: %d, %v; the rows say %d", step, c.a, got.Count, err, want)
			}
		}
	}
}
