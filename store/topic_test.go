package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"ippo"
)

func TestTopicsKeepTheirOrderAndNumbers(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	for _, slug := range []string{"kosodate", "fukushi", "bosai"} {
		if _, err := s.CreateTopic(ctx, 0, ippo.Topic{Slug: slug, Name: slug}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.UpdateTopic(ctx, 0, "bosai", ippo.Topic{Slug: "bosai", Name: "防災", Names: ippo.Names{ippo.EasyJapanese: "ぼうさい", "vi": "Phòng chống", ippo.English: ""}, Order: -1, Hidden: true}); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteTopic(ctx, 0, "kosodate"); err != nil {
		t.Fatal(err)
	}
	// A freed number is given again, and a new topic comes last.
	if made, err := s.CreateTopic(ctx, 0, ippo.Topic{Slug: "kankyo", Name: "環境"}); err != nil || made.Number != 0 {
		t.Fatalf("made %+v, %v", made, err)
	}
	all, err := s.Topics(ctx)
	if err != nil {
		t.Fatal(err)
	}
	want := "[{2 bosai 防災 map[ja-x-easy:ぼうさい vi:Phòng chống] -1 true} {1 fukushi fukushi map[] 1 false} {0 kankyo 環境 map[] 2 false}]"
	if got := fmt.Sprint(all); got != want {
		t.Errorf("topics %s\nwant   %s", got, want)
	}
	log, err := s.AuditLog(ctx, AuditFilter{Limit: 3})
	if err != nil {
		t.Fatal(err)
	}
	if len(log) != 3 || log[0].Action != "topic.create" || log[1].Object != "topic:kosodate" || !log[1].At.Equal(s.Now()) {
		t.Errorf("audit log %+v", log)
	}
}

func TestTopicProblems(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	if _, err := s.CreateTopic(ctx, 0, ippo.Topic{Slug: "bosai", Name: "防災"}); err != nil {
		t.Fatal(err)
	}
	_, err := s.CreateTopic(ctx, 0, ippo.Topic{Slug: "bosai", Name: "もう一つ"})
	wantProblem(t, err, "slug", "すでに使われています")
	_, err = s.CreateTopic(ctx, 0, ippo.Topic{Slug: "防災", Name: ""})
	wantProblem(t, err, "slug", "半角")
	wantProblem(t, err, "name", "入力してください")
	wantProblem(t, s.UpdateTopic(ctx, 0, "bosai", ippo.Topic{Slug: "new", Name: "防災"}), "slug", "変えられません")
	if err := s.UpdateTopic(ctx, 0, "none", ippo.Topic{Slug: "none", Name: "ない"}); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("update of nothing: %v", err)
	}
	if err := s.DeleteTopic(ctx, 0, "none"); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("delete of nothing: %v", err)
	}
	for i := 1; i < ippo.MaxChoices; i++ {
		if _, err := s.CreateTopic(ctx, 0, ippo.Topic{Slug: fmt.Sprint("t", i), Name: "分野"}); err != nil {
			t.Fatal(i, err)
		}
	}
	_, err = s.CreateTopic(ctx, 0, ippo.Topic{Slug: "one-more", Name: "分野"})
	wantProblem(t, err, "", "62件まで")
}

// Deleting a topic must neither flood the one who chose only it nor leave its bit to the next topic.
func TestDeleteTopicInUse(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	for _, slug := range []string{"kosodate", "fukushi"} {
		if _, err := s.CreateTopic(ctx, 0, ippo.Topic{Slug: slug, Name: slug}); err != nil {
			t.Fatal(err)
		}
	}
	exec(t, s, `INSERT INTO followers (id, line_user_id, status, topics, followed_at) VALUES (1, 'U1', 'active', 3, '2026-01-01T00:00:00.000Z')`)
	exec(t, s, `INSERT INTO followers (id, line_user_id, status, topics, followed_at) VALUES (2, 'U2', 'active', 1, '2026-01-01T00:00:00.000Z')`)
	wantProblem(t, s.DeleteTopic(ctx, 0, "kosodate"), "", "ほかに何も選んでいない友だち")

	group := ippo.ActivityGroup{Slug: "g", Name: "団体", Summary: "活動", Topics: ippo.ChoiceOf(1)}
	made, err := s.CreateActivityGroup(ctx, 0, group)
	if err != nil {
		t.Fatal(err)
	}
	wantProblem(t, s.DeleteTopic(ctx, 0, "fukushi"), "", "団体")
	if err := s.DeleteActivityGroup(ctx, 0, made.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteTopic(ctx, 0, "fukushi"); err != nil {
		t.Fatal(err)
	}
	n, err := one(ctx, s.ro, scanInt, `SELECT topics FROM followers WHERE id = 1`)
	if err != nil || n != 1 {
		t.Errorf("the follower's choice is %d, %v; want 1", n, err)
	}

	// What a whole town chose is no mistake of a moment ago.
	if _, err := s.CreateTopic(ctx, 0, ippo.Topic{Slug: "bosai", Name: "防災"}); err != nil {
		t.Fatal(err)
	}
	exec(t, s, `WITH RECURSIVE n (i) AS (VALUES (10) UNION ALL SELECT i + 1 FROM n WHERE i < 1010)
		INSERT INTO followers (line_user_id, status, topics, followed_at) SELECT 'U' || i, 'active', 3, '2026-01-01T00:00:00.000Z' FROM n`)
	wantProblem(t, s.DeleteTopic(ctx, 0, "bosai"), "", "選んでいる友だちが1001件")
}

// Areas share the topics' code; this holds the two tables apart.
func TestAreasAreNotTopics(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	if _, err := s.CreateArea(ctx, 0, ippo.Area{Slug: "chuo", Name: "中央"}); err != nil {
		t.Fatal(err)
	}
	if err := s.UpdateArea(ctx, 0, "chuo", ippo.Area{Slug: "chuo", Name: "中央地域", Order: 3}); err != nil {
		t.Fatal(err)
	}
	areas, err := s.Areas(ctx)
	if err != nil || len(areas) != 1 || areas[0].Name != "中央地域" {
		t.Errorf("areas %v, %v", areas, err)
	}
	if topics, err := s.Topics(ctx); err != nil || len(topics) != 0 {
		t.Errorf("topics %v, %v", topics, err)
	}
	exec(t, s, `INSERT INTO followers (id, line_user_id, status, topics, followed_at) VALUES (1, 'U1', 'active', 1, '2026-01-01T00:00:00.000Z')`)
	if err := s.DeleteArea(ctx, 0, "chuo"); err != nil {
		t.Fatal(err)
	}
	if n, err := one(ctx, s.ro, scanInt, `SELECT topics FROM followers WHERE id = 1`); err != nil || n != 1 {
		t.Errorf("deleting an area changed topics to %d, %v", n, err)
	}
}

func TestEntriesAndTags(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	e, err := s.CreateEntry(ctx, 0, ippo.Entry{Slug: "shimin-ka", Name: "市民課の窓口", Newcomer: true})
	if err != nil {
		t.Fatal(err)
	}
	exec(t, s, `INSERT INTO followers (id, line_user_id, status, entry_id, followed_at) VALUES (1, 'U1', 'active', ?, '2026-01-01T00:00:00.000Z')`, e.ID)
	wantProblem(t, s.DeleteEntry(ctx, 0, "shimin-ka"), "", "1人")
	e.Hidden = true
	if err := s.UpdateEntry(ctx, 0, "shimin-ka", e); err != nil {
		t.Fatal(err)
	}
	got, err := s.Entry(ctx, "shimin-ka")
	e.Friends = 1
	if err != nil || got != e {
		t.Errorf("entry %+v, %v; want %+v", got, err, e)
	}
	exec(t, s, `DELETE FROM followers`)
	if err := s.DeleteEntry(ctx, 0, "shimin-ka"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Entry(ctx, "shimin-ka"); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("deleted entry: %v", err)
	}

	if _, err := s.CreateTag(ctx, 0, ippo.Tag{Slug: "koza", Name: "講座"}); err != nil {
		t.Fatal(err)
	}
	if err := s.UpdateTag(ctx, 0, "koza", ippo.Tag{Slug: "koza", Name: "春の講座"}); err != nil {
		t.Fatal(err)
	}
	if tags, err := s.Tags(ctx); err != nil || len(tags) != 1 || tags[0].Name != "春の講座" {
		t.Errorf("tags %v, %v", tags, err)
	}
	c := campaign("koe")
	c.Audience = ippo.Audience{Tags: []string{"koza"}}
	made, err := s.CreateCampaign(ctx, staff(t, s, "author@example.jp", ippo.Editor), c)
	if err != nil {
		t.Fatal(err)
	}
	wantProblem(t, s.DeleteTag(ctx, 0, "koza"), "", "1件")
	if err := s.DeleteCampaign(ctx, 0, made.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteTag(ctx, 0, "koza"); err != nil {
		t.Fatal(err)
	}
}

// wantProblem fails unless err holds a problem with the field that says so.
func wantProblem(t *testing.T, err error, field, says string) {
	t.Helper()
	var problems ippo.Problems
	if !errors.As(err, &problems) {
		t.Errorf("got %v, want a problem with %q", err, field)
		return
	}
	for _, p := range problems {
		if p.Field == field && strings.Contains(p.Message, says) {
			return
		}
	}
	t.Errorf("problems %+v, want one with %q that says %q", problems, field, says)
}

// exec runs a statement that sets a scene.
func exec(t testing.TB, s *Store, query string, args ...any) {
	t.Helper()
	if err := s.Write(t.Context(), func(tx *Tx) error { return tx.exec(t.Context(), query, args...) }); err != nil {
		t.Fatal(err)
	}
}
