package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"ippo"
)

// weekly is a series to everyone on Tuesdays at noon.
func weekly() ippo.Series {
	return ippo.Series{
		Title: "週末の居場所", Messages: []ippo.Message{ippo.Message(`{"type":"text","text":"今週末も開いています。"}`)},
		Audience: ippo.Audience{All: true},
		Schedule: ippo.Schedule{Kind: ippo.ScheduleWeekly, Weekdays: []time.Weekday{time.Tuesday}, At: 12 * 60},
	}
}

// started makes a series by staff 1 that staff 2 have switched on.
func started(t *testing.T, s *Store, one ippo.Series) ippo.Recurring {
	t.Helper()
	answered(t, s)
	one, err := s.CreateSeries(t.Context(), 1, one)
	if err != nil {
		t.Fatal(err)
	}
	of := one.Recurring()
	if _, err := s.Activate(t.Context(), 2, of.Source, Approval{Hash: of.Hash}); err != nil {
		t.Fatal(err)
	}
	return again(t, s, of)
}

func again(t *testing.T, s *Store, r ippo.Recurring) ippo.Recurring {
	t.Helper()
	r, err := s.Recurring(t.Context(), r.Source)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSeriesIsApprovedOnceAndAnewWhenChanged(t *testing.T) {
	s := newStore(t)
	noon(s)
	ctx := t.Context()
	town(t, s, "", "")
	r := started(t, s, weekly())
	if want := time.Date(2026, 4, 7, 12, 0, 0, 0, ippo.Tokyo); !r.Active || r.Approver != 2 || !r.NextDue.Equal(want) {
		t.Fatalf("switched on: %+v", r)
	}
	one, err := s.Series(ctx, ippo.SeriesID(r.Source.ID))
	if err != nil {
		t.Fatal(err)
	}
	changes := map[string]func(*ippo.Series){
		"title": func(c *ippo.Series) { c.Title = "ほかの件名" },
		"messages": func(c *ippo.Series) {
			c.Messages = []ippo.Message{ippo.Message(`{"type":"text","text":"ちがう文"}`)}
		},
		"counted":  func(c *ippo.Series) { c.Counted = true },
		"audience": func(c *ippo.Series) { c.Audience = ippo.Audience{Topics: []string{"kosodate"}} },
		"schedule": func(c *ippo.Series) { c.Schedule.At++ },
	}
	for what, change := range changes {
		old := one
		change(&one)
		if err := s.UpdateSeries(ctx, 2, one); err != nil {
			t.Fatal(err)
		}
		if err := s.UpdateSeries(ctx, 1, old); !errors.Is(err, ippo.ErrConflict) {
			t.Errorf("%s: a second tab overwrote it: %v", what, err)
		}
		if is := again(t, s, r); is.Active || is.Approver != 0 || !is.NextDue.IsZero() || is.Author != 2 {
			t.Errorf("%s changed: %+v", what, is)
		}
		if _, err := s.Activate(ctx, 2, r.Source, Approval{Hash: one.Hash()}); !errors.Is(err, ippo.ErrForbidden) {
			t.Errorf("%s: whoever changed it approved it: %v", what, err)
		}
		if _, err := s.Activate(ctx, 3, r.Source, Approval{Hash: old.Hash()}); !errors.Is(err, ippo.ErrConflict) {
			t.Errorf("%s: the old one was approved: %v", what, err)
		}
		if _, err := s.Activate(ctx, 3, r.Source, Approval{Hash: one.Hash()}); err != nil {
			t.Errorf("%s: approved anew: %v", what, err)
		}
		if one, err = s.Series(ctx, one.ID); err != nil {
			t.Fatal(err)
		}
	}
	// Saved as it was, it goes on.
	if err := s.UpdateSeries(ctx, 1, one); err != nil {
		t.Fatal(err)
	}
	if is := again(t, s, r); !is.Active || is.Approver != 3 {
		t.Errorf("saved without a change: %+v", is)
	}
}

// One that reaches a single person today may reach thousands later: it needs a colleague all the same.
func TestSeriesToFewNeedsAColleagueToo(t *testing.T) {
	s := newStore(t)
	noon(s)
	town(t, s, "")
	one, err := s.CreateSeries(t.Context(), 2, weekly())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Activate(t.Context(), 2, one.Recurring().Source, Approval{Hash: one.Hash()}); !errors.Is(err, ippo.ErrForbidden) {
		t.Errorf("approved by its author: %v", err)
	}
}

func TestSeriesProblems(t *testing.T) {
	s := newStore(t)
	noon(s)
	town(t, s)
	for want, change := range map[string]func(*ippo.Series){
		"title":           func(c *ippo.Series) { c.Title = "" },
		"messages":        func(c *ippo.Series) { c.Messages = nil },
		"audience.topics": func(c *ippo.Series) { c.Audience = ippo.Audience{Topics: []string{"none"}} },
		"schedule.at":     func(c *ippo.Series) { c.Schedule.At = 21 * 60 },
		"schedule.of":     func(c *ippo.Series) { c.Schedule = ippo.Schedule{Kind: ippo.ScheduleBefore, Event: 9, At: 9 * 60} },
	} {
		one := weekly()
		change(&one)
		_, err := s.CreateSeries(t.Context(), 1, one)
		wantProblem(t, err, want, "")
	}
}

func TestSeriesFires(t *testing.T) {
	s := newStore(t)
	noon(s)
	ctx := t.Context()
	town(t, s, "", "stopped", "kosodate")
	r := started(t, s, weekly())
	s.Now = func() time.Time { return r.NextDue }
	stale := r
	stale.Hash[0]++
	if err := s.Fire(ctx, stale, r.Broadcast(weekly().Messages)); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("what was changed since it was read has fired: %v", err)
	}
	b := r.Broadcast(weekly().Messages)
	if err := s.Fire(ctx, r, b); err != nil {
		t.Fatal(err)
	}
	made, err := s.Broadcast(ctx, b.ID)
	if err != nil || made.Status != ippo.BroadcastApproved || made.Origin != ippo.OriginSeries || made.Series != ippo.SeriesID(r.Source.ID) ||
		made.Author != 1 || made.Approver != 2 || tallied(t, s, b.ID).Pending != 2 {
		t.Fatalf("made %+v, %v", made, err)
	}
	if err := s.Fire(ctx, r, r.Broadcast(weekly().Messages)); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("fired twice: %v", err)
	}
	fired, err := s.Firings(ctx, r.Source, 10)
	if err != nil || len(fired) != 1 || fired[0].State != ippo.FiringFired || fired[0].Broadcast != b.ID || !fired[0].DueAt.Equal(r.NextDue) {
		t.Errorf("firings %+v, %v", fired, err)
	}
	wantProblem(t, s.DeleteSeries(ctx, 1, made.Series), "", "送った記録がある")
	next := again(t, s, r)
	if err := s.Deactivate(ctx, 1, r.Source); err != nil {
		t.Fatal(err)
	}
	if err := s.Fire(ctx, next, next.Broadcast(weekly().Messages)); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("fired after it was stopped: %v", err)
	}
}

// The links of a series are counted for each of its broadcasts by itself, and staff go on seeing their own.
func TestSeriesCountsLinks(t *testing.T) {
	s := newStore(t)
	noon(s)
	s.PublicURL = "https://ippo.example.jp"
	ctx := t.Context()
	town(t, s, "")
	one := weekly()
	one.Counted = true
	one.Messages = []ippo.Message{ippo.Message(`{"type":"text","text":"くわしくは https://example.jp/ibasho を見てください"}`)}
	r := started(t, s, one)
	codes := map[string]bool{}
	for range 2 {
		s.Now = func() time.Time { return r.NextDue }
		b := r.Broadcast(one.Messages)
		if err := s.Fire(ctx, r, b); err != nil {
			t.Fatal(err)
		}
		made, err := s.Broadcast(ctx, b.ID)
		if err != nil || len(made.Links) != 1 || string(made.Messages[0]) == string(one.Messages[0]) || string(made.Written()[0]) != string(one.Messages[0]) {
			t.Fatalf("links %+v of %s, %v", made.Links, made.Messages, err)
		}
		codes[made.Links[0].Code] = true
		r = again(t, s, r)
	}
	if len(codes) != 2 {
		t.Errorf("two broadcasts share a link: %v", codes)
	}
	if kept, err := s.Series(ctx, ippo.SeriesID(r.Source.ID)); err != nil || string(kept.Messages[0]) != string(one.Messages[0]) {
		t.Errorf("the series says %s, %v", kept.Messages, err)
	}
}

// n days before an event follows it wherever it goes.
func TestSeriesFollowsItsEvent(t *testing.T) {
	s := newStore(t)
	noon(s)
	ctx := t.Context()
	town(t, s, "")
	day := func(d, hour int) time.Time { return time.Date(2026, 4, d, hour, 0, 0, 0, ippo.Tokyo) }
	e, err := s.CreateEvent(ctx, 1, ippo.Event{
		Slug: "tsudoi", Title: "春のつどい", Summary: "みんなで", Place: "広場", StartsAt: day(12, 10), EndsAt: day(12, 12), Status: ippo.ContentPublished,
	})
	if err != nil {
		t.Fatal(err)
	}
	one := weekly()
	one.Schedule = ippo.Schedule{Kind: ippo.ScheduleBefore, Event: e.ID, Days: 3, At: 10 * 60}
	r := started(t, s, one)
	move := func(change func(*ippo.Event)) ippo.Recurring {
		t.Helper()
		change(&e)
		if err := s.UpdateEvent(ctx, 1, e); err != nil {
			t.Fatal(err)
		}
		is := again(t, s, r)
		if !is.Active || is.Approver != 2 || is.Hash != r.Hash {
			t.Fatalf("the approval was lost: %+v", is)
		}
		return is
	}
	at := func(d int) func(*ippo.Event) {
		return func(e *ippo.Event) {
			e.Status, e.StartsAt, e.EndsAt = ippo.ContentPublished, day(d, 10), day(d, 12)
		}
	}
	if want := "「春のつどい」の3日前 10:00"; r.Schedule.Words() != want || !r.NextDue.Equal(day(9, 10)) {
		t.Fatalf("%s at %v", r.Schedule.Words(), r.NextDue)
	}
	if r = move(at(19)); !r.NextDue.Equal(day(16, 10)) {
		t.Errorf("a week later: %v", r.NextDue)
	}
	for _, status := range []ippo.ContentStatus{ippo.ContentDraft, ippo.ContentRetired} {
		if is := move(func(e *ippo.Event) { e.Status = status }); !is.NextDue.IsZero() {
			t.Errorf("%s: %v", status, is.NextDue)
		}
		if mails, err := s.DueMails(ctx, s.Now(), 10); err != nil || len(mails) == 0 {
			t.Errorf("staff were not told: %v", err)
		}
		if is := move(at(19)); !is.NextDue.Equal(day(16, 10)) {
			t.Errorf("published again: %v", is.NextDue)
		}
	}
	// Due, and not dealt with yet: a new title does not lose it, a new day does.
	s.Now = func() time.Time { return day(16, 10).Add(20 * time.Second) }
	if is := move(func(e *ippo.Event) { e.Title = "みんなの春のつどい" }); !is.NextDue.Equal(day(16, 10)) {
		t.Errorf("a new title while due: %v", is.NextDue)
	}
	if is := move(at(20)); !is.NextDue.Equal(day(17, 10)) {
		t.Errorf("a new day while due: %v", is.NextDue)
	}
	// Fired; moved on, it fires for the new day too. Moved back, with the clock set back as well, not again.
	s.Now = func() time.Time { return day(17, 10) }
	r = again(t, s, r)
	if err := s.Fire(ctx, r, r.Broadcast(one.Messages)); err != nil {
		t.Fatal(err)
	}
	if is := move(at(27)); !is.NextDue.Equal(day(24, 10)) {
		t.Errorf("moved on after it fired: %v", is.NextDue)
	}
	s.Now = func() time.Time { return day(16, 9) }
	if is := move(at(20)); !is.NextDue.IsZero() {
		t.Errorf("a due time that fired comes again: %v", is.NextDue)
	}
	wantProblem(t, s.DeleteEvent(ctx, 1, e.ID), "", "削除できません")
}

// A campaign is counted back from as well, and reminders too may count back from an event.
func TestBeforeACampaignBegins(t *testing.T) {
	s := newStore(t)
	noon(s)
	ctx := t.Context()
	town(t, s, "")
	c, err := s.CreateCampaign(ctx, 1, campaign("haru"))
	if err != nil {
		t.Fatal(err)
	}
	c.StartsOn = "2026-04-20"
	if err := s.UpdateCampaign(ctx, 1, c); err != nil {
		t.Fatal(err)
	}
	one := weekly()
	one.Schedule = ippo.Schedule{Kind: ippo.ScheduleBefore, Campaign: c.ID, Days: 7, At: 10 * 60}
	r := started(t, s, one)
	if want := time.Date(2026, 4, 13, 10, 0, 0, 0, ippo.Tokyo); !r.NextDue.Equal(want) {
		t.Errorf("%s at %v", r.Schedule.Words(), r.NextDue)
	}
	c.StartsOn = "2026-05-01"
	if err := s.UpdateCampaign(ctx, 1, c); err != nil {
		t.Fatal(err)
	}
	if want, is := time.Date(2026, 4, 24, 10, 0, 0, 0, ippo.Tokyo), again(t, s, r); !is.NextDue.Equal(want) {
		t.Errorf("the campaign moved: %v", is.NextDue)
	}
	wantProblem(t, s.DeleteCampaign(ctx, 1, c.ID), "", "削除できません")
	if err := s.DeleteSeries(ctx, 1, ippo.SeriesID(r.Source.ID)); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteCampaign(ctx, 1, c.ID); err != nil {
		t.Errorf("nothing counts back from it any more: %v", err)
	}
}

// After a restore a series waits for an administrator; what was approved still is.
func TestRestoreHoldsSeries(t *testing.T) {
	s := newStore(t)
	noon(s)
	ctx := t.Context()
	town(t, s, "")
	r := started(t, s, weekly())
	if err := s.HoldEverything(ctx, "復元しました"); err != nil {
		t.Fatal(err)
	}
	if due, err := s.Due(ctx, s.Now().AddDate(1, 0, 0)); err != nil || len(due) != 0 {
		t.Errorf("due %+v, %v", due, err)
	}
	if _, err := s.Activate(ctx, 2, r.Source, Approval{Hash: r.Hash}); !errors.Is(err, ippo.ErrForbidden) {
		t.Errorf("an approver starts it: %v", err)
	}
	if _, err := s.Activate(ctx, 3, r.Source, Approval{Hash: r.Hash}); !errors.As(err, new(ippo.Problems)) {
		t.Errorf("an administrator starts it without a reason: %v", err)
	}
	if _, err := s.Activate(ctx, 3, r.Source, Approval{Hash: r.Hash, Reason: "確かめました"}); err != nil {
		t.Fatal(err)
	}
	if is := again(t, s, r); !is.Active || is.Held || is.Approver != 2 {
		t.Errorf("started again: %+v", is)
	}
}

func TestForecastCountsSeries(t *testing.T) {
	s := newStore(t)
	s.Now = func() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, ippo.Tokyo) }
	town(t, s, "", "", "stopped")
	started(t, s, weekly()) // 3, 10, 17, 24 and 31 March
	f, err := s.Forecast(t.Context())
	if err != nil || f.Series != 10 || f.Total() != 10 {
		t.Errorf("forecast %+v, %v", f, err)
	}
}

// What a center has sent, and what became of its due times, is there after the tables of campaigns'
// firings and of broadcasts have changed their shape.
func TestMigrateFirings(t *testing.T) {
	dir := t.TempDir()
	db := bareDatabase(t, dir)
	old, err := newMigrator(db)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.UpTo(t.Context(), 99); err != nil {
		t.Fatal(err)
	}
	const at = `'2026-03-02T00:00:00.000Z'`
	for _, q := range []string{
		`INSERT INTO staff (id, name, email, role, password, created_at) VALUES (1, '作成', 'w@example.jp', 'editor', 'x', ` + at + `), (2, '承認', 'a@example.jp', 'approver', 'x', ` + at + `)`,
		`INSERT INTO campaigns (id, slug, title, starts_on, ends_on, audience, schedule, reminder, active, author_id, approver_id, next_due, created_at, updated_at)
			VALUES (7, 'haru', '春の声かけ', '2026-03-01', '2026-06-30', '{"all":true}', '{"kind":"before","at":"09:00","date":"2026-04-02","days":3}', '一声', 1, 1, 2, '2026-03-30T00:00:00.000Z', ` + at + `, ` + at + `)`,
		`INSERT INTO broadcasts (id, title, messages, content, audience, origin, campaign_id, status, author_id, created_at, updated_at)
			VALUES (3, '春の声かけ', '[{"type":"text","text":"一声"}]', x'00', '{"all":true}', 'campaign', 7, 'sent', 1, ` + at + `, ` + at + `),
			(4, '手紙', '[{"type":"text","text":"手紙"}]', x'01', '{"all":true}', 'api', NULL, 'sent', 1, ` + at + `, ` + at + `)`,
		`INSERT INTO broadcasts (id, title, messages, content, audience, corrects_id, origin, status, author_id, created_at, updated_at)
			VALUES (5, '訂正', '[{"type":"text","text":"訂正"}]', x'02', '{}', 3, 'panel', 'draft', 1, ` + at + `, ` + at + `)`,
		`INSERT INTO delivery_requests (broadcast_id, retry_key, members, size, state) VALUES (3, 'k', x'01', 1, 'accepted')`,
		`INSERT INTO reductions (at, broadcast_id, step) VALUES (` + at + `, 3, 'opened')`,
		`INSERT INTO campaign_firings VALUES (7, '2026-03-02T00:00:00.000Z', 'fired', 3), (7, '2026-03-09T00:00:00.000Z', 'waiting', NULL), (7, '2026-03-16T00:00:00.000Z', 'dropped', NULL)`,
	} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	s := openIn(t, dir)
	noon(s)
	ctx := t.Context()
	all, err := s.Broadcasts(ctx, BroadcastFilter{})
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, b := range all {
		got += fmt.Sprintln(b.ID, b.Title, b.Origin, b.Campaign, b.Corrects, b.Status)
	}
	if want := "5 訂正 panel 0 3 draft\n4 手紙 api 0 0 sent\n3 春の声かけ campaign 7 0 sent\n"; got != want {
		t.Errorf("broadcasts:\n%swant:\n%s", got, want)
	}
	of := ippo.Source{Kind: ippo.SourceCampaign, ID: 7}
	firings, err := s.Firings(ctx, of, 10)
	if err != nil || len(firings) != 3 || firings[0].State != ippo.FiringDropped || firings[1].State != ippo.FiringWaiting || firings[2].Broadcast != 3 {
		t.Errorf("firings %+v, %v", firings, err)
	}
	r, err := s.Recurring(ctx, of)
	if err != nil || r.Schedule.Kind != ippo.ScheduleOnce || r.Schedule.Date != "2026-03-30" || r.Schedule.Days != 0 || !r.Active {
		t.Errorf("three days before 2 April: %+v, %v", r.Schedule, err)
	}
	if broken, err := collect(ctx, s.ro, scanText, `SELECT "table" FROM pragma_foreign_key_check`); err != nil || len(broken) > 0 {
		t.Errorf("references that lead nowhere in %v, %v", broken, err)
	}
	if err := s.Write(ctx, func(t *Tx) error { return t.exec(ctx, "UPDATE broadcasts SET origin = 'x' WHERE id = 4") }); err == nil {
		t.Error("an origin that there is none of was stored")
	}
	// A new broadcast takes the next number, and a series can make it.
	made := started(t, s, weekly())
	b := made.Broadcast(weekly().Messages)
	if err := s.Fire(ctx, made, b); err != nil || b.ID != 6 {
		t.Errorf("broadcast %d, %v", b.ID, err)
	}
}
