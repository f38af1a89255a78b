package store

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"ippo"
)

// busyWeek is a store with readers of the digest, who chose one or two of ten topics and of five areas, in three
// languages, and twelve items of a week.
func busyWeek(b testing.TB, readers int) *Store {
	b.Helper()
	s := newStore(b)
	ctx := b.Context()
	if err := s.SaveModules(ctx, 0, ippo.Modules()); err != nil {
		b.Fatal(err)
	}
	for i := range 10 {
		if _, err := s.CreateTopic(ctx, 0, ippo.Topic{Slug: fmt.Sprint("topic-", i), Name: fmt.Sprint("分野", i)}); err != nil {
			b.Fatal(err)
		}
	}
	for i := range 5 {
		if _, err := s.CreateArea(ctx, 0, ippo.Area{Slug: fmt.Sprint("area-", i), Name: fmt.Sprint("地域", i)}); err != nil {
			b.Fatal(err)
		}
	}
	var rows []FollowerRow
	for i := range readers {
		rows = append(rows, FollowerRow{
			LineUserID: fmt.Sprintf("U%032x", i), Digest: true, Language: ippo.Languages[i%17%3*(i%2)],
			Topics: ippo.ChoiceOf(i%10, i/10%10), Areas: ippo.ChoiceOf(i/100%5, i/500%5),
		})
		if len(rows) == 5000 || i == readers-1 {
			if _, err := s.ImportFollowers(ctx, rows); err != nil {
				b.Fatal(err)
			}
			rows = rows[:0]
		}
	}
	for i := range 12 {
		if _, err := s.CreateNews(ctx, 0, ippo.News{
			Slug: fmt.Sprint("news-", i), Kind: ippo.NewsPlain, Title: fmt.Sprint("記事", i), Summary: "概要", Status: ippo.ContentPublished,
			Topics: ippo.ChoiceOf(i % 10), Areas: ippo.ChoiceOf(i % 5),
		}); err != nil {
			b.Fatal(err)
		}
	}
	later := s.Now().Add(time.Minute)
	s.Now = func() time.Time { return later }
	return s
}

// BenchmarkPlanDigest300k plans a digest for 300,000 readers and makes its ledger: the planning is read only,
// the making one write transaction.
func BenchmarkPlanDigest300k(b *testing.B) {
	s := busyWeek(b, 300_000)
	ctx := b.Context()
	if _, err := s.CreateStaff(ctx, 0, ippo.Staff{Name: "管理", Email: "a@example.jp", Role: ippo.Administrator}, "hash"); err != nil {
		b.Fatal(err)
	}
	due, err := s.DigestDue(ctx)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var plan *DigestPlan
	for b.Loop() {
		if plan, err = s.PlanDigest(ctx); err != nil {
			b.Fatal(err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(plan)
	b.ReportMetric(float64(plan.Recipients()), "recipients")
	b.ReportMetric(float64(len(plan.Groups)), "wordings")
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MiB-held")
	wordings := make([][]ippo.Message, len(plan.Groups))
	for i := range wordings {
		wordings[i] = []ippo.Message{ippo.Message(fmt.Sprintf(`{"type":"text","text":"%06000d"}`, i))}
	}
	began := time.Now()
	broadcast := &ippo.Broadcast{Title: "まとめ", Messages: []ippo.Message{ippo.Message(`{"type":"text","text":"まとめ"}`)}}
	if err := s.MakeDigest(ctx, due, due.AddDate(0, 0, 7), plan, broadcast, wordings); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(time.Since(began).Milliseconds()), "ms-write")
}

// Who is in an audience is found in the index and nowhere else.
func TestAudiencesAreFoundInTheIndexAlone(t *testing.T) {
	s := newStore(t)
	town(t, s)
	for index, a := range map[string]ippo.Audience{
		"followers_audience": {Topics: []string{"kosodate"}, Areas: []string{"chuo"}, Ambassadors: true, Except: &ippo.Except{Topics: []string{"fukushi"}}},
		"followers_audience_more": {Topics: []string{"kosodate"}, Languages: []ippo.Language{ippo.Japanese}, Within: 30,
			Except: &ippo.Except{Within: 7, Ambassadors: true}},
	} {
		where, args, err := s.audienceCondition(t.Context(), a, false)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := collect(t.Context(), s.ro, func(row scanner) (detail string, err error) {
			var id, parent, unused int
			err = row.Scan(&id, &parent, &unused, &detail)
			return detail, err
		}, "EXPLAIN QUERY PLAN SELECT f.id FROM followers f "+indexed(a)+" WHERE "+where+" AND f.digest = 0", args...)
		if err != nil || len(plan) != 1 || plan[0] != "SEARCH f USING COVERING INDEX "+index+" (status=? AND stopped=? AND digest=?)" {
			t.Errorf("plan %q, %v", plan, err)
		}
	}
}

// Who is counted by what is relevant of their choice is told of the same.
func TestRelevantChoice(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	choice := func() (c ippo.Choice) {
		for range dice.IntN(4) {
			c = c.With([]int{0, 1, 2, 5, 60, ippo.MaxChoices - 1}[dice.IntN(6)])
		}
		if dice.IntN(5) == 0 {
			c |= ippo.Everything
		}
		return c
	}
	for range 20_000 {
		topics, areas := choice()&^ippo.Everything, choice()&^ippo.Everything // of an item
		aboutTopics, aboutAreas := topics|choice()&^ippo.Everything, areas|choice()&^ippo.Everything
		p := ippo.Preferences{Topics: choice(), Areas: choice()}
		less := ippo.Preferences{Topics: relevant(p.Topics, aboutTopics), Areas: relevant(p.Areas, aboutAreas)}
		if p.Wants(topics, areas) != less.Wants(topics, areas) {
			t.Fatalf("who chose %b, %b is told of an item of %b, %b otherwise than by %b, %b", p.Topics, p.Areas, topics, areas, less.Topics, less.Areas)
		}
	}
}
