package store

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"ippo"
)

func TestNewsForResidents(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	now := s.Now()
	add := func(slug string, status ippo.ContentStatus, publish time.Time) ippo.News {
		t.Helper()
		n, err := s.CreateNews(ctx, 0, ippo.News{
			Slug: slug, Kind: ippo.NewsSubsidy, Title: "題名", Summary: "概要", Body: "本文", URL: "https://example.jp/",
			Topics: ippo.ChoiceOf(0, 61), Areas: ippo.Everything, Status: status, PublishAt: publish,
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	add("draft", ippo.ContentDraft, now.Add(-time.Hour))
	add("later", ippo.ContentPublished, now.Add(time.Millisecond))
	old := add("old", ippo.ContentPublished, now.Add(-time.Hour))
	fresh := add("fresh", ippo.ContentPublished, time.Time{})
	got, err := s.PublishedNews(ctx, now, 0)
	if err != nil || len(got) != 2 || got[0].ID != fresh.ID || !got[0].PublishAt.Equal(now) {
		t.Fatalf("published %+v, %v", got, err)
	}
	if !reflect.DeepEqual(got[1], old) {
		t.Errorf("kept %+v\nwant %+v", got[1], old)
	}
	if all, err := s.NewsItems(ctx); err != nil || len(all) != 4 || all[0].Slug != "later" {
		t.Errorf("staff see %+v, %v", all, err)
	}

	old.Status, old.PublishAt, old.Title = ippo.ContentRetired, time.Time{}, "新しい題名"
	if err := s.UpdateNews(ctx, 0, old); err != nil {
		t.Fatal(err)
	}
	again, err := s.NewsBySlug(ctx, "old")
	if err != nil || again.Title != "新しい題名" || !again.PublishAt.Equal(now.Add(-time.Hour)) {
		t.Errorf("retired %+v, %v", again, err)
	}
	if err := s.DeleteNews(ctx, 0, old.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteNews(ctx, 0, old.ID); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
	if err := s.UpdateNews(ctx, 0, old); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("update of nothing: %v", err)
	}
}

func TestComingEvents(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	now := s.Now()
	add := func(slug string, status ippo.ContentStatus, start time.Time) ippo.Event {
		t.Helper()
		e, err := s.CreateEvent(ctx, 0, ippo.Event{Slug: slug, Title: "題名", Summary: "概要", Place: "会館",
			StartsAt: start, EndsAt: start.Add(2 * time.Hour), Capacity: 20, Status: status})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	add("over", ippo.ContentPublished, now.Add(-3*time.Hour))
	add("draft", ippo.ContentDraft, now.Add(time.Hour))
	next := add("next", ippo.ContentPublished, now.Add(time.Hour))
	going := add("going", ippo.ContentPublished, now.Add(-time.Hour))
	got, err := s.ComingEvents(ctx, now, 0)
	if err != nil || len(got) != 2 || got[0].ID != going.ID {
		t.Fatalf("coming %+v, %v", got, err)
	}
	if got[1].StartsAt = got[1].StartsAt.UTC(); !got[1].StartsAt.Equal(next.StartsAt) || got[1].Capacity != 20 || got[1].Place != "会館" {
		t.Errorf("kept %+v, want %+v", got[1], next)
	}
	next.EndsAt = next.StartsAt.Add(-time.Minute)
	wantProblem(t, s.UpdateEvent(ctx, 0, next), "endsAt", "後に")
	next.EndsAt = next.StartsAt
	if err := s.UpdateEvent(ctx, 0, next); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteEvent(ctx, 0, next.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.EventBySlug(ctx, "next"); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("deleted event: %v", err)
	}
	if all, err := s.Events(ctx); err != nil || len(all) != 3 {
		t.Errorf("%d events, %v", len(all), err)
	}
}

func TestActivityGroups(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	g := ippo.ActivityGroup{
		Slug: "yama", Name: "山を守る会", Kana: "やまをまもるかい", Summary: "里山の手入れ", Body: "くわしく", Topics: ippo.ChoiceOf(3),
		Areas: ippo.ChoiceOf(1, 2), Place: "里山", Weekdays: ippo.Weekdays(0).With(time.Sunday), Parts: ippo.Morning | ippo.Evening,
		When: "第2日曜", Whom: "どなたでも", Cost: "無料", Contact: "https://example.jp/", Beginners: true, Wheelchair: true, Receiving: true,
	}
	made, err := s.CreateActivityGroup(ctx, 0, g)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.ActivityGroupBySlug(ctx, "yama"); err != nil || !reflect.DeepEqual(got, made) {
		t.Errorf("kept %+v, %v\nwant %+v", got, err, made)
	}
	made.Online, made.Wheelchair, made.Hidden, made.Cost = true, false, true, "100円"
	if err := s.UpdateActivityGroup(ctx, 0, made); err != nil {
		t.Fatal(err)
	}
	if got, err := s.ActivityGroup(ctx, made.ID); err != nil || !reflect.DeepEqual(got, made) {
		t.Errorf("changed to %+v, %v\nwant %+v", got, err, made)
	}
	exec(t, s, `INSERT INTO desk_requests (kind, state, group_id, made_at) VALUES ('visit', 'new', ?, '2026-03-31T00:00:00.000Z')`, made.ID)
	wantProblem(t, s.DeleteActivityGroup(ctx, 0, made.ID), "", "1件")
	if all, err := s.ActivityGroups(ctx); err != nil || len(all) != 1 {
		t.Errorf("groups %v, %v", all, err)
	}
}

func TestSettingsBeginWithDefaults(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	got, err := s.Settings(ctx)
	if err != nil || !reflect.DeepEqual(got, ippo.DefaultSettings()) {
		t.Errorf("settings %+v, %v", got, err)
	}
	// As an earlier release kept them, without what came later.
	exec(t, s, `INSERT INTO settings (id, value) VALUES (1, '{"office":{"name":"みらい市民センター"},"quietFrom":"21:00"}')`)
	s.settings.forget()
	got, err = s.Settings(ctx)
	if err != nil || got.Office.Name != "みらい市民センター" || got.QuietFrom != 21*60 || got.QuietUntil != 8*60 || got.Labels.Vision == "" {
		t.Errorf("merged settings %+v, %v", got, err)
	}
	wantProblem(t, s.SaveSettings(ctx, 0, got), "office.phone", "入力")
	got.Office.Phone = "00-0000-0000"
	got.DangerWords = []string{"たすけて"}
	if err := s.SaveSettings(ctx, 0, got); err != nil {
		t.Fatal(err)
	}
	if again, err := s.Settings(ctx); err != nil || !reflect.DeepEqual(again, got) {
		t.Errorf("saved %+v, %v\nwant %+v", again, err, got)
	}
}

func TestMailIsTriedAgain(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	if err := s.MailStaff(ctx, "新しい申込", "/admin/ambassadors/1"); err != nil {
		t.Fatal(err)
	}
	due, err := s.DueMails(ctx, s.Now(), 10)
	if err != nil || len(due) != 1 || due[0].Subject != "新しい申込" {
		t.Fatalf("due %+v, %v", due, err)
	}
	if err := s.MailFailed(ctx, due[0].ID, s.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if due, err := s.DueMails(ctx, s.Now(), 10); err != nil || len(due) != 0 {
		t.Errorf("due at once again: %+v, %v", due, err)
	}
	due, err = s.DueMails(ctx, s.Now().Add(time.Minute), 10)
	if err != nil || len(due) != 1 || due[0].Attempts != 1 {
		t.Fatalf("due later %+v, %v", due, err)
	}
	if err := s.MailSent(ctx, due[0].ID); err != nil {
		t.Fatal(err)
	}
	if due, err := s.DueMails(ctx, s.Now().Add(time.Hour), 10); err != nil || len(due) != 0 {
		t.Errorf("sent and still due: %+v, %v", due, err)
	}
}

// The day begins at midnight in Tokyo, which is 15:00 UTC the day before.
func TestStats(t *testing.T) {
	s := newStore(t)
	now := time.Date(2026, 3, 31, 15, 30, 0, 0, time.UTC) // 1 April, 0:30 in Tokyo
	s.Now = func() time.Time { return now }
	for i, f := range []struct {
		status   string
		topics   int
		stopped  bool
		followed time.Time
	}{
		{"active", 1, false, now.Add(-time.Minute)},
		{"active", 0, false, now.Add(-time.Hour)},
		{"active", 1, true, now.AddDate(-1, 0, 0)},
		{"blocked", 1, false, now},
		{"erased", 1, false, now},
	} {
		exec(t, s, `INSERT INTO followers (line_user_id, status, topics, stopped, followed_at) VALUES (?, ?, ?, ?, ?)`,
			i, f.status, f.topics, f.stopped, stamp(f.followed))
	}
	author := staff(t, s, "a@example.jp", ippo.Editor)
	exec(t, s, `INSERT INTO broadcasts (id, title, messages, content, audience, origin, status, author_id, created_at, updated_at)
		VALUES (1, '', '[]', x'', '{}', 'panel', 'sending', ?, '', '')`, author)
	for i, r := range []struct {
		state string
		at    time.Time
	}{{"accepted", now}, {"accepted", now.Add(-time.Hour)}, {"failed", now}} {
		exec(t, s, `INSERT INTO delivery_requests (id, broadcast_id, retry_key, members, size, state, answered_at)
			VALUES (?, 1, ?, x'01', 500, ?, ?)`, i+1, i, r.state, stamp(r.at))
	}
	exec(t, s, `INSERT INTO delivery_exceptions VALUES (1, 7, 'failed', '')`)
	got, err := s.Stats(t.Context(), Waiting{})
	want := ippo.Stats{Friends: 3, Blocked: 1, Stopped: 1, Unguided: 1, NewToday: 1, NewMonth: 1, Sending: 1, SentMonth: 499}
	if err != nil || got != want {
		t.Errorf("stats %+v, %v\nwant  %+v", got, err, want)
	}
}
