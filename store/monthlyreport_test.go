package store

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"ippo"
)

func makeReports(t testing.TB, s *Store) int {
	t.Helper()
	made, next, err := s.MakeMonthlyReports(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := ippo.MonthOf(s.Now()).Ends(); !next.Equal(want) {
		t.Errorf("the next report is due %v, want %v", next, want)
	}
	return made
}

func reported(t testing.TB, s *Store) (months []ippo.Month) {
	t.Helper()
	all, err := s.MonthlyReports(t.Context(), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		months = append(months, r.Month)
	}
	return months
}

// The report comes on the 1st at midnight in Japan, once, however often the program starts, and months in which
// it did not run are made up.
func TestMonthlyReportOncePerMonth(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir) // 31 March 2026, half a minute before midnight in Tokyo
	follow(t, s, 1)
	if n := makeReports(t, s); n != 0 {
		t.Fatalf("%d reports on a month that goes on", n)
	}
	setClock(s, time.Date(2026, 3, 31, 15, 0, 0, 0, time.UTC))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, _, err := s.MakeMonthlyReports(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := fmt.Sprint(reported(t, s)); got != "[2026-03]" {
		t.Fatalf("reports on %s", got)
	}
	// It stood still over two ends of a month.
	setClock(s, time.Date(2026, 6, 10, 9, 0, 0, 0, ippo.Tokyo))
	if n := makeReports(t, s); n != 2 {
		t.Errorf("%d reports made up", n)
	}
	if n := makeReports(t, s); n != 0 {
		t.Errorf("%d reports a second time", n)
	}
	if got := fmt.Sprint(reported(t, s)); got != "[2026-05 2026-04 2026-03]" {
		t.Errorf("reports on %s", got)
	}
	// A clock that is set back makes nothing anew.
	setClock(s, time.Date(2026, 4, 2, 9, 0, 0, 0, ippo.Tokyo))
	if n, _, err := s.MakeMonthlyReports(t.Context()); err != nil || n != 0 {
		t.Errorf("%d reports under a clock that was set back, %v", n, err)
	}
	setClock(s, time.Date(2026, 6, 10, 9, 0, 0, 0, ippo.Tokyo))
	if n := mails(t, s); n != 3 {
		t.Errorf("%d mails tell staff of three reports", n)
	}
}

// The first report of a center that has been there is on the month before.
func TestFirstMonthlyReport(t *testing.T) {
	s := newStore(t)
	setClock(s, time.Date(2026, 2, 20, 9, 0, 0, 0, ippo.Tokyo))
	if err := s.Audit(t.Context(), 0, "news.create", "news:1", ""); err != nil {
		t.Fatal(err)
	}
	setClock(s, time.Date(2026, 5, 3, 9, 0, 0, 0, ippo.Tokyo))
	makeReports(t, s)
	if got := fmt.Sprint(reported(t, s)); got != "[2026-04]" {
		t.Errorf("reports on %s", got)
	}
}

// A report tells what was, beside the month before, whoever is forgotten later; of few people it does not tell
// what they are.
func TestMonthlyReportIsFrozen(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	topic, err := s.CreateTopic(ctx, 0, ippo.Topic{Slug: "kosodate", Name: "子育て"})
	if err != nil {
		t.Fatal(err)
	}
	entry, err := s.CreateEntry(ctx, 0, ippo.Entry{Slug: "madoguchi", Name: "市民課", Newcomer: true})
	if err != nil {
		t.Fatal(err)
	}
	for n := range 45 {
		follow(t, s, n+1)
	}
	exec(t, s, `UPDATE followers SET topics = ? WHERE id <= 21`, ippo.ChoiceOf(topic.Number))
	exec(t, s, `UPDATE followers SET entry_id = ? WHERE id <= 3`, entry.ID)
	exec(t, s, `UPDATE followers SET language = 'en' WHERE id <= 2`)
	setClock(s, time.Date(2026, 4, 1, 0, 0, 0, 0, ippo.Tokyo))
	makeReports(t, s)

	inTx(t, s, func(t *Tx) error { return t.AskErasure(ctx, 1, 0, "") })
	if done, err := s.Erase(ctx, ippo.Erasure{Follower: 1, AskedAt: s.Now()}); err != nil || !done {
		t.Fatal(done, err)
	}
	r, err := s.MonthlyReport(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[ippo.FigureKey]string{"friends": "45人 beside 0人", "friends-new": "45人 beside 0人", "newcomers": ippo.FewWords + " beside 0人", "newcomers-joined": ippo.FewWords + " beside －"} {
		f, ok := r.Figure(key)
		if got := f.Value + " beside " + f.Before; !ok || got != want {
			t.Errorf("%s is %s, want %s", key, got, want)
		}
	}
	groups := map[string]string{}
	for _, g := range r.Groups {
		for _, row := range g.Rows {
			groups[g.Title] += row.Name + " " + row.Words() + ", "
		}
	}
	for title, want := range map[string]string{
		"友だちが選んだ分野":   "子育て 21人, ",
		"友だちのことば":     "", // nothing can be told: two people would be what is left of 45
		"新しい友だちの登録経路": "",
		"友だちが選んだ地域":   "",
		"アンバサダーの年代":   "",
	} {
		if groups[title] != want {
			t.Errorf("%s: %s, want %s", title, groups[title], want)
		}
	}

	// A report that comes late parts the same people as its figures count.
	for n := range 40 {
		follow(t, s, 100+n)
	}
	exec(t, s, `UPDATE followers SET topics = ? WHERE id > 45`, ippo.ChoiceOf(topic.Number))
	late, err := s.countMonth(ctx, "2026-03")
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range late.Groups {
		if g.Title == "友だちが選んだ分野" && (len(g.Rows) != 1 || g.Rows[0].Count != 20) {
			t.Errorf("of March's 44 friends that are left, %+v", g.Rows)
		}
	}
	exec(t, s, `UPDATE followers SET status = 'erased' WHERE id > 45`)

	// The month after stands beside what this report told, not beside what is left of it.
	setClock(s, time.Date(2026, 5, 1, 0, 0, 0, 0, ippo.Tokyo))
	makeReports(t, s)
	r, err = s.MonthlyReport(ctx, 2)
	if err != nil {
		t.Fatal(err)
	}
	if f, _ := r.Figure("friends"); f.Value != "44人" || f.Before != "45人" || f.Change() != "-1" {
		t.Errorf("friends %+v", f)
	}
}

// Staff edit a draft; whoever is slower overwrites nothing, and what is fixed is opened again with a reason.
func TestMonthlyReportIsEditedAndFixed(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	follow(t, s, 1)
	if _, _, err := s.MakeMonthlyReports(ctx); err != nil {
		t.Fatal(err)
	}
	setClock(s, time.Date(2026, 4, 1, 9, 0, 0, 0, ippo.Tokyo))
	makeReports(t, s)
	r, err := s.MonthlyReport(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	r.Summary = "よい月でした。"
	if err := s.SaveMonthlyReport(ctx, 0, r); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveMonthlyReport(ctx, 0, r); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("the slower of two: %v", err)
	}
	if err := s.FixMonthlyReport(ctx, 0, r.ID, r.Version); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("fixed as it was before: %v", err)
	}
	if err := s.FixMonthlyReport(ctx, 0, r.ID, r.Version+1); err != nil {
		t.Fatal(err)
	}
	r.Version += 2
	if err := s.SaveMonthlyReport(ctx, 0, r); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("changed though fixed: %v", err)
	}
	var p ippo.Problems
	if err := s.ReopenMonthlyReport(ctx, 0, r.ID, ""); !errors.As(err, &p) {
		t.Errorf("opened again without a reason: %v", err)
	}
	if err := s.ReopenMonthlyReport(ctx, 0, r.ID, "書きもれ"); err != nil {
		t.Fatal(err)
	}
	if r, err := s.MonthlyReport(ctx, 1); err != nil || r.State != ippo.ReportDraft || r.Summary != "よい月でした。" {
		t.Errorf("%+v, %v", r, err)
	}
}

// BenchmarkMakeMonthlyReport makes a report with 300,000 followers.
func BenchmarkMakeMonthlyReport(b *testing.B) {
	s := newStore(b)
	crowd(b, s, 300_000)
	month := ippo.MonthOf(s.Now())
	if _, _, err := s.MakeMonthlyReports(b.Context()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		setClock(s, month.Ends())
		if n := makeReports(b, s); n != 1 {
			b.Fatalf("%d reports", n)
		}
		month = month.Next()
	}
}
