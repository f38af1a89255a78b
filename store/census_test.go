package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"ippo"
	"ippo/internal/secret"
)

// Whatever happens to followers, and whoever does it, they are counted as their rows say: by the process that changed them, by
// one that only reads, and by one that looks again after a long time.
func TestCensusFollowsTheRows(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	noon(s)
	town(t, s)
	keys, err := secret.Load(filepath.Join(dir, "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	beside, err := OpenReadOnly(t.Context(), dir, keys)
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()
	exec(t, s, `INSERT INTO entries (id, slug, name) VALUES (1, 'desk', '窓口'), (2, 'poster', 'ポスター')`)
	exec(t, s, `INSERT INTO tags (id, slug, name) VALUES (1, 'first', ''), (77, 'late', '')`) // the second has no mark
	dice := rand.New(rand.NewPCG(1, 2))
	people := 0
	for range 300 {
		who := 1 + dice.IntN(people+1)
		switch dice.IntN(8) {
		case 0, 1:
			people++
			exec(t, s, `INSERT INTO followers (line_user_id, status, language, entry_id, followed_at) VALUES (?, 'active', ?, ?, ?)`,
				fmt.Sprint("U", people, "-", dice.Int64()), []string{"ja", "en", "ja-x-easy"}[dice.IntN(3)], []any{nil, 1, 2}[dice.IntN(3)], stamp(s.Now().AddDate(0, 0, -dice.IntN(10))))
		case 2:
			exec(t, s, `UPDATE followers SET topics = ?, areas = ?, digest = ?, stopped = ?, language = 'vi' WHERE id = ?`,
				dice.IntN(4), dice.IntN(4), dice.IntN(2), dice.IntN(2), who)
		case 3:
			exec(t, s, `UPDATE followers SET status = ? WHERE id = ?`, []string{"active", "blocked", "erased"}[dice.IntN(3)], who)
		case 4:
			exec(t, s, `INSERT INTO follower_tags (tag_id, follower_id) SELECT ?, id FROM followers WHERE id = ? ON CONFLICT DO NOTHING`, []int{1, 77}[dice.IntN(2)], who)
		case 5:
			exec(t, s, `DELETE FROM follower_tags WHERE follower_id = ?`, who)
			exec(t, s, `DELETE FROM rich_menu_links WHERE follower_id = ?`, who)
			exec(t, s, `DELETE FROM followers WHERE id = ?`, who)
		case 6:
			exec(t, s, `UPDATE followers SET followed_at = ?, entry_id = 2, topics = ? WHERE id % 3 = 0`, stamp(s.Now().AddDate(0, 0, -dice.IntN(10))), int64(ippo.Everything))
		case 7: // who is far behind
			exec(t, s, `INSERT INTO follower_changes SELECT max(n) / 1000 * 1000 + 21000, 0 FROM follower_changes`)
		}
		if dice.IntN(3) == 0 {
			continue
		}
		for name, f := range map[string]FollowerFilter{
			"all": {}, "active": {Status: ippo.FollowerActive}, "erased": {Status: ippo.FollowerErased}, "topic": {Topics: 1}, "both": {Topics: 2, Areas: 3},
			"entry": {Entry: "poster"}, "tag": {Tag: "first"}, "late tag": {Tag: "late"}, "nowhere": {Entry: "gone"}, "number": {Query: fmt.Sprint(who)}, "number of nobody": {Query: "9223372036854775807"},
		} {
			for team, ctx := range map[string]context.Context{
				"the office": t.Context(), "a team": Within(t.Context(), ippo.Remit{{Topics: 1}, {Topics: 2, Areas: 2}}), "no team": Within(t.Context(), ippo.Remit{}),
			} {
				chosen, err := s.followers(ctx, f)
				if err != nil {
					t.Fatal(err)
				}
				want, err := one(ctx, s.ro, scanInt, "SELECT count(*) FROM followers f WHERE "+chosen.where(), chosen.args...)
				if err != nil {
					t.Fatal(err)
				}
				if got, err := s.CountFollowers(ctx, f); err != nil || got != want {
					t.Fatalf("%s, of %s: %d counted, %v; the rows are %d", name, team, got, err, want)
				}
				if got, err := beside.countFollowers(ctx, chosen); err != nil || got != want {
					t.Fatalf("%s, of %s: %d counted beside, %v; the rows are %d", name, team, got, err, want)
				}
			}
		}
		languages, err := s.ChosenLanguages(t.Context())
		want, wantErr := one(t.Context(), s.ro, scanInt, `SELECT count(*) FROM followers WHERE status = 'active' AND language = 'vi'`)
		if err != nil || wantErr != nil || languages["vi"] != want {
			t.Fatalf("%d read Vietnamese, %v; the rows say %d, %v", languages["vi"], err, want, wantErr)
		}
	}
}

// Of all changes only the latest are kept.
func TestChangesAreForgotten(t *testing.T) {
	s := newStore(t)
	crowd(t, s, 23_000)
	if n, err := one(t.Context(), s.ro, scanInt, `SELECT count(*) FROM follower_changes`); err != nil || n > 21_000 || n < 20_000 {
		t.Errorf("%d changes are kept, %v", n, err)
	}
	if n, err := s.CountFollowers(t.Context(), FollowerFilter{}); err != nil || n != 23_000 {
		t.Errorf("%d counted, %v", n, err)
	}
}
