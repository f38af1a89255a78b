package jobs

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/store"
)

// decide changes the center's settings.
func (c *center) decide(change func(*ippo.Settings)) {
	c.t.Helper()
	s, err := c.store.Settings(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	s.Office.Phone = "000-111-2222"
	change(&s)
	if err := c.store.SaveSettings(c.t.Context(), c.approver, s); err != nil {
		c.t.Fatal(err)
	}
}

// What its author approved alone leaves ten minutes later, and a pause within them changes nothing.
func TestOwnApprovalWaits(t *testing.T) {
	c := newCenter(t, 2, options{})
	c.decide(func(s *ippo.Settings) { s.OnePerson = "職員が一人のため" })
	b := &ippo.Broadcast{Title: "ひとり", Messages: []ippo.Message{text("ひとり")}, Audience: ippo.Audience{All: true}, Origin: ippo.OriginPanel}
	if err := c.store.CreateBroadcast(t.Context(), c.approver, b); err != nil {
		t.Fatal(err)
	}
	if err := c.store.ApproveBroadcast(t.Context(), c.approver, b.ID, store.Approval{Hash: b.Hash(), Confirmed: 2}); err != nil {
		t.Fatal(err)
	}
	next := c.run()
	c.received("ひとり", 0, 0)
	if want := tuesday.Add(10 * time.Minute); !next.Equal(want) {
		t.Errorf("next at %v, want %v", next, want)
	}
	if err := c.store.PauseBroadcast(t.Context(), c.approver, b.ID, "待って"); err != nil {
		t.Fatal(err)
	}
	c.wait(time.Minute)
	if err := c.store.ResumeBroadcast(t.Context(), c.approver, b.ID); err != nil {
		t.Fatal(err)
	}
	if next := c.run(); !next.Equal(tuesday.Add(10 * time.Minute)) {
		t.Errorf("after a pause, next at %v", next)
	}
	c.at(next)
	c.run()
	c.received("ひとり", 1, 1)
}

// What nobody approves within the hour is a draft again, and approving it a second late sends nothing.
func TestSubmissionLapses(t *testing.T) {
	c := newCenter(t, 1, options{})
	b := &ippo.Broadcast{Title: "いますぐ", Messages: []ippo.Message{text("いますぐ")}, Audience: ippo.Audience{All: true}, Origin: ippo.OriginPanel}
	if err := c.store.CreateBroadcast(t.Context(), c.writer, b); err != nil {
		t.Fatal(err)
	}
	if err := c.store.SubmitBroadcast(t.Context(), c.writer, b.ID); err != nil {
		t.Fatal(err)
	}
	lapses := tuesday.Add(time.Hour)
	if next, err := c.LapseApprovals(t.Context()); err != nil || !next.Equal(lapses) {
		t.Errorf("looks again at %v, %v; want %v", next, err, lapses)
	}
	c.at(lapses)
	var p ippo.Problems
	if err := c.store.ApproveBroadcast(t.Context(), c.approver, b.ID, store.Approval{Hash: b.Hash()}); !errors.As(err, &p) || !strings.Contains(p.For("sendAt"), "13:00を過ぎた") {
		t.Errorf("a late approval: %v", err)
	}
	if next, err := c.LapseApprovals(t.Context()); err != nil || !next.IsZero() {
		t.Errorf("then looks again at %v, %v", next, err)
	}
	if is := c.expect(b, ippo.BroadcastDraft, ippo.Tally{}); !strings.Contains(is.Reason, "13:00までに承認されなかった") {
		t.Errorf("the reason is %q", is.Reason)
	}
	if !c.mailed("承認されなかった配信") {
		t.Error("staff were not told")
	}
	// A colleague whose page is still that of an hour ago does not send it either.
	if err := c.store.ApproveBroadcast(t.Context(), c.approver, b.ID, store.Approval{Hash: b.Hash()}); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("approved once it was a draft again: %v", err)
	}
	c.run()
	c.received("いますぐ", 0)

	// Submitted again, it can be approved.
	if err := c.store.SubmitBroadcast(t.Context(), c.writer, b.ID); err != nil {
		t.Fatal(err)
	}
	if err := c.store.ApproveBroadcast(t.Context(), c.approver, b.ID, store.Approval{Hash: b.Hash()}); err != nil {
		t.Fatal(err)
	}
	c.run()
	c.received("いますぐ", 1)
}

// What one approver has sent back, another does not send from a page that was loaded before.
func TestReturnedIsNotApproved(t *testing.T) {
	c := newCenter(t, 1, options{})
	b := &ippo.Broadcast{Title: "案内", Messages: []ippo.Message{text("案内")}, Audience: ippo.Audience{All: true}, Origin: ippo.OriginPanel}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(c.store.CreateBroadcast(t.Context(), c.writer, b))
	must(c.store.SubmitBroadcast(t.Context(), c.writer, b.ID))
	must(c.store.ReturnBroadcast(t.Context(), c.approver, b.ID, "日付が違います"))
	if err := c.store.ApproveBroadcast(t.Context(), c.approver, b.ID, store.Approval{Hash: b.Hash()}); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("approved after it was sent back: %v", err)
	}
	c.run()
	c.received("案内", 0)
}

// A time that has passed is approved no more, not even by a minute.
func TestPassedTimeIsNotApproved(t *testing.T) {
	c := newCenter(t, 1, options{})
	b := &ippo.Broadcast{Title: "三時", Messages: []ippo.Message{text("三時")}, Audience: ippo.Audience{All: true}, Origin: ippo.OriginAPI, SendAt: tuesday.Add(3 * time.Hour)}
	if err := c.store.CreateBroadcast(t.Context(), c.writer, b); err != nil {
		t.Fatal(err)
	}
	c.at(b.SendAt.Add(time.Minute))
	var p ippo.Problems
	if err := c.store.ApproveBroadcast(t.Context(), c.approver, b.ID, store.Approval{Hash: b.Hash()}); !errors.As(err, &p) || p.For("sendAt") == "" {
		t.Errorf("approved after its time: %v", err)
	}
	if err := c.store.SubmitBroadcast(t.Context(), c.writer, b.ID); !errors.As(err, &p) {
		t.Errorf("submitted after its time: %v", err)
	}
	c.run()
	c.received("三時", 0)
}

// The fourth message to one person within the hour is held, staff are told why, and one of them lets it
// go with a reason. Whoever was left out of the earlier ones does not count.
func TestBreakerCountsTheHour(t *testing.T) {
	c := newCenter(t, 3, options{})
	c.sql("UPDATE followers SET status = 'blocked' WHERE id = 3")
	for _, title := range []string{"いち", "に", "さん"} {
		c.approved(title)
		c.run()
		c.wait(10 * time.Minute)
	}
	c.sql("UPDATE followers SET status = 'active' WHERE id = 3")
	fourth := c.approved("よん")
	c.run()
	if is := c.expect(fourth, ippo.BroadcastHeld, ippo.Tally{Pending: 3}); !strings.Contains(is.Reason, "この1時間に3通を超えて届く人が2人います") {
		t.Errorf("the reason is %q", is.Reason)
	}
	if !c.mailed("3通を超えて") {
		t.Error("staff were not told")
	}
	urgent := c.approved("断水", emergency)
	c.run()
	c.expect(urgent, ippo.BroadcastSent, ippo.Tally{Accepted: 3})

	var p ippo.Problems
	if err := c.store.ReleaseBroadcast(t.Context(), c.approver, fourth.ID, ""); !errors.As(err, &p) || p.For("reason") == "" {
		t.Errorf("released without a reason: %v", err)
	}
	if err := c.store.ReleaseBroadcast(t.Context(), c.approver, fourth.ID, "訂正を急ぐため"); err != nil {
		t.Fatal(err)
	}
	c.run()
	c.expect(fourth, ippo.BroadcastSent, ippo.Tally{Accepted: 3})
	history, err := c.store.History(t.Context(), fmt.Sprintf("broadcast:%d", fourth.ID), 10)
	if err != nil || history[0].Action != "broadcast.release" || history[0].Detail != "訂正を急ぐため" {
		t.Errorf("the log says %+v, %v", history, err)
	}

	// An hour later there is room again, and a center may allow itself fewer.
	c.wait(time.Hour)
	later := c.approved("ご")
	c.run()
	c.expect(later, ippo.BroadcastSent, ippo.Tally{Accepted: 3})
	c.decide(func(s *ippo.Settings) { s.PerHour = 1 })
	more := c.approved("ろく")
	c.run()
	c.expect(more, ippo.BroadcastHeld, ippo.Tally{Pending: 3})
}

// Four approved at one time are not sent before any of them is counted.
func TestBreakerCountsWhatIsOnItsWay(t *testing.T) {
	c := newCenter(t, 2, options{})
	var all []*ippo.Broadcast
	for _, title := range []string{"いち", "に", "さん", "よん"} {
		all = append(all, c.approved(title))
	}
	c.run()
	for _, b := range all[:3] {
		c.expect(b, ippo.BroadcastSent, ippo.Tally{Accepted: 2})
	}
	c.expect(all[3], ippo.BroadcastHeld, ippo.Tally{Pending: 2})
}

// The same words twice within a day are held; to other people, or a day later, they go.
func TestBreakerKnowsTheSameContent(t *testing.T) {
	c := newCenter(t, 2, options{})
	c.approved("断水のお知らせ")
	c.run()
	c.wait(23 * time.Hour)
	again := c.approved("断水のお知らせ")
	c.run()
	if is := c.expect(again, ippo.BroadcastHeld, ippo.Tally{Pending: 2}); !strings.Contains(is.Reason, "同じ内容が届いた人が2人います") {
		t.Errorf("the reason is %q", is.Reason)
	}
	if err := c.store.CancelBroadcast(t.Context(), c.approver, again.ID); err != nil {
		t.Fatal(err)
	}
	c.wait(time.Hour)
	dayLater := c.approved("断水のお知らせ")
	c.run()
	c.expect(dayLater, ippo.BroadcastSent, ippo.Tally{Accepted: 2})
}

// A reminder that was a little late one day is not held the next.
func TestDailyReminderPassesTheBreaker(t *testing.T) {
	c := newCenter(t, 1, options{})
	c.reminding(ippo.Schedule{Kind: ippo.ScheduleDaily, At: 9 * 60})
	c.at(monday.Add(20 * time.Minute))
	c.fireAll()
	c.received("声をかけて", 1)
	c.at(monday.AddDate(0, 0, 1))
	c.fireAll()
	c.received("声をかけて", 2)
}

// A center that keeps days off free refuses a time on one, and holds what comes about on one.
func TestDaysOffAreQuiet(t *testing.T) {
	c := newCenter(t, 1, options{})
	c.decide(func(s *ippo.Settings) { s.QuietDaysOff = true })
	holiday := time.Date(2026, 4, 29, 12, 0, 0, 0, ippo.Tokyo) // 昭和の日, a Wednesday
	b := &ippo.Broadcast{Title: "祝日", Messages: []ippo.Message{text("祝日")}, Audience: ippo.Audience{All: true}, Origin: ippo.OriginPanel, SendAt: holiday}
	var p ippo.Problems
	if err := c.store.CreateBroadcast(t.Context(), c.writer, b); !errors.As(err, &p) || !strings.Contains(p.For("sendAt"), "4月30日（木）08:00") {
		t.Errorf("a time on a holiday: %v", err)
	}
	c.at(holiday)
	late := c.approved("すぐに")
	c.run()
	c.expect(late, ippo.BroadcastHeld, ippo.Tally{Pending: 1})
	c.received("すぐに", 0)
}

// An emergency passes the quiet hours, and everybody reads that it did, and why. By day it is logged as
// approved and passes nothing.
func TestEmergencyInQuietHoursIsLogged(t *testing.T) {
	c := newCenter(t, 1, options{})
	c.approved("昼の断水", emergency)
	c.run()
	passed := func(want ...string) {
		t.Helper()
		list, err := c.store.Exceptions(t.Context(), tuesday, 10)
		if err != nil || len(list) != len(want) {
			t.Fatalf("exceptions %+v, %v; want %v", list, err, want)
		}
		for i, e := range list {
			if e.Action+" "+e.Detail != want[i] {
				t.Errorf("exception %+v, want %s", e, want[i])
			}
		}
	}
	passed()
	c.at(time.Date(2026, 4, 1, 3, 0, 0, 0, ippo.Tokyo))
	night := c.approved("夜の断水", emergency)
	c.run()
	c.received("夜の断水", 1)
	passed("broadcast.quiet 緊急: 断水")
	history, err := c.store.History(t.Context(), fmt.Sprintf("broadcast:%d", night.ID), 10)
	if err != nil || history[0].Action != "broadcast.quiet" {
		t.Errorf("its page says %+v, %v", history, err)
	}
}

// What is left of a paused broadcast asks the breaker when it goes on: meanwhile others have written to the
// same people.
func TestBreakerAsksWhatIsResumed(t *testing.T) {
	c := newCenter(t, 700, options{})
	b := c.approved("長い案内")
	if err := c.store.StartBroadcast(t.Context(), b.ID); err != nil { // and LINE has had nothing of it
		t.Fatal(err)
	}
	if err := c.store.PauseBroadcast(t.Context(), c.approver, b.ID, "待って"); err != nil {
		t.Fatal(err)
	}
	for _, title := range []string{"いち", "に", "さん"} {
		c.approved(title)
		c.run()
	}
	if err := c.store.ResumeBroadcast(t.Context(), c.approver, b.ID); err != nil {
		t.Fatal(err)
	}
	c.run()
	if is := c.stands(b, ippo.BroadcastHeld); !strings.Contains(is.Reason, "3通を超えて届く人が700人") {
		t.Errorf("the reason is %q", is.Reason)
	}
	c.received("長い案内", 0)
	if err := c.store.ReleaseBroadcast(t.Context(), c.approver, b.ID, "急ぎのため"); err != nil {
		t.Fatal(err)
	}
	c.run()
	c.stands(b, ippo.BroadcastSent)
	c.received("長い案内", 1)
}

// What is resumed at night waits for the morning by itself: nobody has to be there then.
func TestResumedAtNightWaits(t *testing.T) {
	c := newCenter(t, 3, options{})
	b := c.approved("夜の案内")
	if err := c.store.StartBroadcast(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	if err := c.store.PauseBroadcast(t.Context(), c.approver, b.ID, "待って"); err != nil {
		t.Fatal(err)
	}
	c.at(tuesday.Add(10 * time.Hour)) // 22:00
	if err := c.store.ResumeBroadcast(t.Context(), c.approver, b.ID); err != nil {
		t.Fatal(err)
	}
	next := c.run()
	c.stands(b, ippo.BroadcastSending)
	c.received("夜の案内", 0)
	if want := tuesday.Add(20 * time.Hour); !next.Equal(want) {
		t.Errorf("goes on at %v, want %v", next, want)
	}
	c.at(next)
	c.run()
	c.received("夜の案内", 1)
}
