package store

import (
	"errors"
	"testing"
	"time"

	"ippo"
)

func campaign(slug string) ippo.Campaign {
	return ippo.Campaign{
		Slug: slug, Title: "春の声かけ", StartsOn: "2026-04-01", EndsOn: "2026-06-30", Aim: 100,
		Audience:  ippo.Audience{Ambassadors: true},
		Schedule:  ippo.Schedule{Kind: ippo.ScheduleWeekly, At: 9 * 60, Weekdays: []time.Weekday{time.Monday}},
		Reminders: []string{"今週も一声お願いします。"},
	}
}

func TestCampaignNeedsASecondPerson(t *testing.T) {
	s := newStore(t)
	noon(s)
	ctx := t.Context()
	author, approver := staff(t, s, "author@example.jp", ippo.Approver), staff(t, s, "approver@example.jp", ippo.Approver)
	editor := staff(t, s, "editor@example.jp", ippo.Editor)
	c, err := s.CreateCampaign(ctx, author, campaign("haru"))
	if err != nil {
		t.Fatal(err)
	}
	activate := func(by ippo.StaffID, seen ippo.Campaign) error {
		_, err := s.Activate(ctx, by, seen.Recurring().Source, Approval{Hash: seen.Hash()})
		return err
	}
	due := time.Date(2026, 4, 6, 0, 0, 0, 0, time.UTC)
	for _, by := range []ippo.StaffID{author, editor, 0} {
		if err := activate(by, c); !errors.Is(err, ippo.ErrForbidden) {
			t.Errorf("activated by %d: %v", by, err)
		}
	}
	stale := c
	stale.Reminders = []string{"読んだときの文"}
	if err := activate(approver, stale); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("changed since it was seen: %v", err)
	}
	if err := activate(approver, c); err != nil {
		t.Fatal(err)
	}
	if err := activate(approver, c); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("activated twice: %v", err)
	}

	// The aim is the staff's own; the words are what was approved.
	c.Aim = 200
	if err := s.UpdateCampaign(ctx, author, c); err != nil {
		t.Fatal(err)
	}
	got, err := s.CampaignBySlug(ctx, "haru")
	if err != nil || !got.Active || got.Aim != 200 || !got.NextDue.Equal(due) || got.Approver != approver {
		t.Errorf("after a new aim: %+v, %v", got, err)
	}
	c.Reminders = []string{"ほかの文"}
	if err := s.UpdateCampaign(ctx, approver, c); err != nil {
		t.Fatal(err)
	}
	if got, err = s.Campaign(ctx, c.ID); err != nil || got.Active || !got.NextDue.IsZero() || got.Approver != 0 {
		t.Errorf("after new words: %+v, %v", got, err)
	}
	if err := activate(approver, got); !errors.Is(err, ippo.ErrForbidden) {
		t.Errorf("whoever changed the words approved them: %v", err)
	}
	if err := activate(author, got); err != nil {
		t.Errorf("the other one: %v", err)
	}
	if err := s.Deactivate(ctx, author, c.Recurring().Source); err != nil {
		t.Fatal(err)
	}
	if err := s.Deactivate(ctx, author, c.Recurring().Source); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("paused twice: %v", err)
	}
}

// The office's only approver types the number of people that it reaches now, and has time to think.
func TestOnlyApproverMayActivateTheirOwn(t *testing.T) {
	s := newStore(t)
	answered(t, s)
	s.Now = func() time.Time { return time.Date(2026, 4, 6, 8, 55, 0, 0, ippo.Tokyo) }
	only := staff(t, s, "only@example.jp", ippo.Administrator)
	follow(t, s, 1)
	spring := campaign("haru")
	spring.Audience = ippo.Audience{All: true}
	c, err := s.CreateCampaign(t.Context(), only, spring)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Activate(t.Context(), only, c.Recurring().Source, Approval{Hash: c.Hash()})
	wantProblem(t, err, "confirmed", "人数（1）")
	first, err := s.Activate(t.Context(), only, c.Recurring().Source, Approval{Hash: c.Hash(), Confirmed: 1})
	if want := time.Date(2026, 4, 13, 9, 0, 0, 0, ippo.Tokyo); err != nil || !first.Equal(want) {
		t.Errorf("first at %v, %v; the one in five minutes is too soon", first, err)
	}
}

func TestActivateNeedsADueTime(t *testing.T) {
	s := newStore(t)
	s.Now = func() time.Time { return time.Date(2026, 7, 1, 8, 55, 0, 0, ippo.Tokyo) }
	author, approver := staff(t, s, "a@example.jp", ippo.Editor), staff(t, s, "b@example.jp", ippo.Approver)
	c, err := s.CreateCampaign(t.Context(), author, campaign("haru"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Activate(t.Context(), approver, c.Recurring().Source, Approval{Hash: c.Hash()})
	wantProblem(t, err, "schedule", "予定がありません")
}

// Its words can be mended and approved to its last day, also when its last reminder has gone out.
func TestCampaignIsShownToItsEnd(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	s.Now = func() time.Time { return time.Date(2026, 6, 28, 9, 0, 0, 0, ippo.Tokyo) }
	author, approver := staff(t, s, "a@example.jp", ippo.Editor), staff(t, s, "b@example.jp", ippo.Approver)
	c, err := s.CreateCampaign(ctx, author, campaign("haru"))
	if err != nil {
		t.Fatal(err)
	}
	approve := func(due bool) {
		t.Helper()
		first, err := s.Activate(ctx, approver, c.Recurring().Source, Approval{Hash: c.Hash()})
		if err != nil || first.IsZero() == due {
			t.Fatalf("first due %v, %v", first, err)
		}
		if c, err = s.Campaign(ctx, c.ID); err != nil || !c.Shown() {
			t.Errorf("approved, and not shown: %v", err)
		}
	}
	approve(true)
	s.Now = func() time.Time { return time.Date(2026, 6, 29, 9, 0, 0, 0, ippo.Tokyo) }
	if err := s.MissFiring(ctx, c.Recurring()); err != nil {
		t.Fatal(err)
	}
	c.Story = "あと一日です。"
	if err := s.UpdateCampaign(ctx, author, c); err != nil {
		t.Fatal(err)
	}
	if c, err = s.Campaign(ctx, c.ID); err != nil || c.Shown() {
		t.Errorf("changed, and still shown: %v", err)
	}
	approve(false)

	// What a restore holds is still seen, until somebody stops it, or deletes it and puts it back.
	if err := s.HoldEverything(ctx, "写しから戻しました"); err != nil {
		t.Fatal(err)
	}
	if c, err = s.Campaign(ctx, c.ID); err != nil || c.Active || !c.Shown() {
		t.Errorf("held: %+v, %v", c, err)
	}
	if err := s.Deactivate(ctx, author, c.Recurring().Source); err != nil {
		t.Error(err)
	}
	if c, err = s.Campaign(ctx, c.ID); err != nil || c.Shown() {
		t.Errorf("stopped while it was held: %+v, %v", c, err)
	}
}

func TestCampaignThatWasPutBackWaitsForItsApproval(t *testing.T) {
	s := newStore(t)
	noon(s)
	ctx := t.Context()
	author, approver := staff(t, s, "a@example.jp", ippo.Editor), staff(t, s, "b@example.jp", ippo.Approver)
	c, err := s.CreateCampaign(ctx, author, campaign("haru"))
	if err == nil {
		_, err = s.Activate(ctx, approver, c.Recurring().Source, Approval{Hash: c.Hash()})
	}
	if err == nil {
		err = s.HoldEverything(ctx, "写しから戻しました")
	}
	if err == nil {
		err = s.DeleteCampaign(ctx, author, c.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Undelete(ctx, ippo.Staff{ID: author, Role: ippo.Editor}, 1); err != nil {
		t.Fatal(err)
	}
	if c, err = s.Campaign(ctx, c.ID); err != nil || c.Shown() {
		t.Errorf("put back: %+v, %v", c, err)
	}
}

func TestCampaignCountsAndDelete(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	c, err := s.CreateCampaign(ctx, staff(t, s, "a@example.jp", ippo.Editor), campaign("haru"))
	if err != nil {
		t.Fatal(err)
	}
	c.Audience = ippo.Audience{Topics: []string{"none"}}
	wantProblem(t, s.UpdateCampaign(ctx, c.Author, c), "audience.topics", "none")
	c.Audience = ippo.Audience{Ambassadors: true}
	c.Slug = "natsu"
	wantProblem(t, s.UpdateCampaign(ctx, c.Author, c), "slug", "変えられません")
	for _, follower := range []int{7, 7, 8} {
		exec(t, s, `INSERT INTO call_outs (campaign_id, follower_id, at) VALUES (?, ?, '2026-03-31T00:00:00.000Z')`, c.ID, follower)
	}
	all, err := s.Campaigns(ctx)
	if err != nil || len(all) != 1 || all[0].CallOuts != 3 || all[0].People != 2 {
		t.Errorf("campaigns %+v, %v", all, err)
	}
	wantProblem(t, s.DeleteCampaign(ctx, 0, c.ID), "", "記録がある")
	exec(t, s, `DELETE FROM call_outs`)
	if err := s.DeleteCampaign(ctx, 0, c.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Campaign(ctx, c.ID); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("deleted campaign: %v", err)
	}
}

// A program that changes a campaign knows nothing of its flyers: they stay, and an approval that covers them too.
func TestFlyersOutliveAChange(t *testing.T) {
	s := newStore(t)
	noon(s)
	town(t, s, "")
	answered(t, s)
	made, err := s.CreateCampaign(t.Context(), 1, campaign("haru"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.AddFlyer(t.Context(), 1, made.ID, ippo.Flyer{Kind: ippo.FlyerPDF, Alt: "案内"}, []byte("%PDF-1.7 %%EOF")); err != nil {
		t.Fatal(err)
	}
	with, err := s.Campaign(t.Context(), made.ID)
	if err != nil || len(with.Flyers) != 1 || with.Hash() == made.Hash() {
		t.Fatalf("%+v, %v", with.Flyers, err)
	}
	if _, err := s.Activate(t.Context(), 2, with.Recurring().Source, Approval{Hash: with.Hash()}); err != nil {
		t.Fatal(err)
	}
	made.Aim = 77 // as it was read before the flyer, with what nobody approves changed
	if err := s.UpdateCampaign(t.Context(), 1, made); err != nil {
		t.Fatal(err)
	}
	is, err := s.Campaign(t.Context(), made.ID)
	if err != nil || len(is.Flyers) != 1 || !is.Active || is.Aim != 77 {
		t.Errorf("%+v, %v", is, err)
	}
}

// Ten thousand ambassadors under a campaign of three texts, reminded monthly for a year.
func BenchmarkPlanReminders(b *testing.B) {
	s := newStore(b)
	const people = 10_000
	ctx := b.Context()
	now := s.Now().UTC()
	town(b, s)
	if err := s.Write(ctx, func(t *Tx) error {
		return t.exec(ctx, `
			WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
			INSERT INTO followers (id, line_user_id, status, followed_at) SELECT i, 'U' || i, 'active', ? FROM n`, people, stamp(now))
	}); err != nil {
		b.Fatal(err)
	}
	made, err := s.CreateCampaign(ctx, 1, campaign("haru"))
	if err != nil {
		b.Fatal(err)
	}
	audience := make([]ippo.FollowerID, people)
	for i := range audience {
		audience[i] = ippo.FollowerID(i + 1)
	}
	draw := func(ippo.Language) []ippo.Message { return draft().Messages }
	wordings := []ippo.Wording{{Text: "一", Draw: draw}, {Text: "二", Draw: draw}, {Text: "三", Draw: draw}, {Ask: true, Draw: draw}}
	for month := range 12 {
		sent := draft()
		sent.Status, sent.Author, sent.Approver, sent.Origin, sent.Campaign = ippo.BroadcastApproved, 1, 1, ippo.OriginCampaign, made.ID
		if err := s.Write(ctx, func(t *Tx) error {
			return t.insertApproved(ctx, sent, firingPlan{
				requests: planRequests(ippo.CallMulticast, 0, audience), groups: []wordingGroup{{Wording: wordings[month%3]}},
				reminders: &reminderPlan{},
			})
		}); err != nil {
			b.Fatal(err)
		}
		if err := s.Write(ctx, func(t *Tx) error {
			return t.exec(ctx, `INSERT INTO call_outs (campaign_id, follower_id, at) SELECT ?, id, ? FROM followers WHERE id % 3 = ?`, made.ID, stamp(now), month%3)
		}); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if _, groups, err := s.planReminders(ctx, made.ID, wordings, audience); err != nil || len(groups) == 0 {
			b.Fatal(len(groups), err)
		}
	}
}
