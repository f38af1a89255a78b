package jobs

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ippo"
	"ippo/messages"
	"ippo/store"
)

// drawDigest is the digest as residents see it.
func drawDigest(l ippo.Language, until time.Time, items []ippo.DigestItem, all string) ippo.Message {
	texts, err := messages.Load()
	if err != nil {
		panic(err)
	}
	return messages.Digest(texts.In(l), until, items, "https://ippo.example.jp", all)
}

// friday is when the first digest after tuesday is due.
var friday = time.Date(2026, 4, 3, 16, 0, 0, 0, ippo.Tokyo)

// wants says what a follower wants to hear.
func (c *center) wants(follower int, p ippo.Preferences) {
	c.t.Helper()
	p.Language = ippo.Japanese
	err := c.store.Write(c.t.Context(), func(t *store.Tx) error {
		return t.SavePreferences(c.t.Context(), ippo.FollowerID(follower), p)
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

// topics makes topics for the center, numbered from 0.
func (c *center) topics(slugs ...string) {
	c.t.Helper()
	for _, slug := range slugs {
		if _, err := c.store.CreateTopic(c.t.Context(), c.writer, ippo.Topic{Slug: slug, Name: slug}); err != nil {
			c.t.Fatal(err)
		}
	}
}

func (c *center) news(slug string, topics ippo.Choice) ippo.News {
	c.t.Helper()
	n, err := c.store.CreateNews(c.t.Context(), c.writer, ippo.News{
		Slug: slug, Kind: ippo.NewsPlain, Title: "記事" + slug, Summary: "概要", Topics: topics, Status: ippo.ContentPublished,
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return n
}

func about(slugs ...string) func(*ippo.Broadcast) {
	return func(b *ippo.Broadcast) { b.Audience = ippo.Audience{Topics: slugs} }
}

// digestAt moves the clock and makes the digest if it is due.
func (c *center) digestAt(t time.Time) {
	c.t.Helper()
	c.at(t)
	c.foreseen()
	if _, err := c.MakeDigests(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
	c.runAll()
	c.soundLedger(c.t.Errorf)
}

// foreseen checks that staff are shown the digest that would be made, and returns to how many it would go.
func (c *center) foreseen() int {
	c.t.Helper()
	plan, err := c.store.PlanDigest(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	for i := range plan.Groups {
		plan.Groups[i].Members = nil
	}
	seen, err := c.store.ForecastDigest(c.t.Context())
	if err != nil || !reflect.DeepEqual(seen, plan) {
		c.t.Fatalf("foreseen %+v, %v; would be %+v", seen, err, plan)
	}
	return plan.Recipients()
}

// digests are those that a follower has.
func (c *center) digests(follower int) []string {
	var got []string
	for _, m := range c.platform.SentTo(userID(follower)) {
		if words := messages.Alt(ippo.Message(m)); strings.HasPrefix(words, "今週のまとめ") {
			got = append(got, words)
		}
	}
	return got
}

// told checks what a follower was told of in each digest so far, by the words of the items.
func (c *center) told(follower int, want ...[]string) {
	c.t.Helper()
	var got [][]string
	for _, words := range c.digests(follower) {
		var items []string
		for i, line := range strings.Split(words, "\n")[2:] {
			items = append(items, strings.TrimPrefix(line, fmt.Sprint(i+1, " ")))
		}
		got = append(got, items)
	}
	if !slices.EqualFunc(got, want, slices.Equal) {
		c.t.Errorf("follower %d was told of %q, want %q", follower, got, want)
	}
}

// Who chose まとめて is sent nothing by itself but the emergency, and one message with all that was for them.
// What is for others, or came as a card with something else, is not in it.
func TestDigest(t *testing.T) {
	c := newCenter(t, 4, options{})
	c.store.PublicURL = "https://ippo.example.jp"
	c.topics("kosodate", "bosai")
	c.wants(1, ippo.Preferences{Topics: ippo.ChoiceOf(0), Digest: true})
	c.wants(2, ippo.Preferences{Topics: ippo.ChoiceOf(0)})
	c.wants(3, ippo.Preferences{Topics: ippo.ChoiceOf(1), Digest: true})
	c.wants(4, ippo.Preferences{Topics: ippo.ChoiceOf(1), Digest: true, Stopped: true})
	c.digestAt(tuesday) // before it is due there is none

	c.approved("子育てひろば", about("kosodate"))
	c.approved("みなさんへ")
	c.approved("断水", about("kosodate"), emergency)
	c.runAll()
	c.wait(61 * time.Minute) // more than three within the hour would be held
	card := c.news("card", 0)
	c.approved("記事の案内", func(b *ippo.Broadcast) {
		b.Messages = []ippo.Message{text("記事の案内 https://ippo.example.jp/r/news/" + card.Slug)}
		b.Counted = true // which changes neither what it says nor what it links to
	})
	c.news("card-2", ippo.ChoiceOf(0)) // its address begins as the other's
	c.news("bosai", ippo.ChoiceOf(1))
	if n, err := c.store.AudienceCount(t.Context(), ippo.Audience{Topics: []string{"kosodate"}}); err != nil || n.Count != 1 || n.Digest != 1 {
		t.Errorf("counted %+v, %v", n, err)
	}
	c.runAll()
	c.received("子育てひろば", 0, 1, 0, 0)
	c.received("みなさんへ", 0, 1, 0, 0)
	c.received("断水", 1, 1, 0, 0)

	c.digestAt(friday)
	c.told(1, []string{"記事の案内 https://ippo.example.jp/r/news/card", "みなさんへ", "子育てひろば", "記事card-2"})
	c.told(2)
	c.told(3, []string{"記事の案内 https://ippo.example.jp/r/news/card", "みなさんへ", "記事bosai"})
	c.told(4)

	// There is nothing new in the next week, and nobody is written to; in the week after there is.
	c.digestAt(friday.AddDate(0, 0, 7))
	c.at(friday.AddDate(0, 0, 9).Add(-5 * time.Hour))
	c.approved("月曜の知らせ", func(b *ippo.Broadcast) { b.SendAt = friday.AddDate(0, 0, 10).Add(-5 * time.Hour) })
	c.runAll()
	c.digestAt(friday.AddDate(0, 0, 14))
	if got := c.digests(1); len(got) != 2 || !strings.Contains(got[1], "1件") || !strings.Contains(got[1], "月曜の知らせ") {
		t.Errorf("told of %q", got)
	}
	c.received("月曜の知らせ", 1, 1, 1, 0)
}

// Somebody who chooses the digest, or goes back, while things are on their way gets each of them once.
func TestDigestChosenAndLeftHalfWay(t *testing.T) {
	c := newCenter(t, 3, options{})
	single, digest := ippo.Preferences{}, ippo.Preferences{Digest: true}
	c.wants(2, digest)
	c.digestAt(tuesday)
	tomorrow := func(b *ippo.Broadcast) { b.SendAt = tuesday.AddDate(0, 0, 1) }
	c.approved("きょう")
	planned := c.approved("あす", tomorrow)
	c.runAll() // the clock moves to tomorrow's send, and there it stops
	c.received("きょう", 1, 0, 1)
	c.expect(planned, ippo.BroadcastSent, ippo.Tally{Accepted: 2})

	// Frozen for 1 and 3 singly and for 2 by the digest; then 1 chooses it and 2 leaves it.
	later := c.approved("木曜", func(b *ippo.Broadcast) { b.SendAt = tuesday.AddDate(0, 0, 2) })
	c.wait(time.Hour)
	c.wants(1, digest)
	c.wants(2, single)
	c.at(tuesday.AddDate(0, 0, 2))
	c.runAll()
	c.expect(later, ippo.BroadcastSent, ippo.Tally{Accepted: 1, Skipped: 1})
	if reasons, err := c.store.Reasons(t.Context(), later.ID); err != nil || len(reasons) != 1 || reasons[0].Reason != "まとめで受け取ります" {
		t.Errorf("reasons %+v, %v", reasons, err)
	}
	c.approved("金曜の朝", func(b *ippo.Broadcast) { b.SendAt = friday.Add(-6 * time.Hour) })
	c.at(friday.Add(-6 * time.Hour))
	c.runAll()
	c.received("金曜の朝", 0, 1, 1)

	c.digestAt(friday)
	c.told(1, []string{"金曜の朝", "木曜"})
	c.told(2, []string{"木曜", "あす", "きょう"})
	c.told(3)

	// 2 has left it for good; 1 goes to and fro within a minute.
	c.wants(1, single)
	c.wants(1, digest)
	c.wait(18 * time.Hour)
	c.approved("土曜")
	c.runAll()
	c.wants(1, single)
	c.digestAt(friday.AddDate(0, 0, 7))
	c.received("土曜", 1, 1, 1)
	c.told(2, []string{"木曜", "あす", "きょう"})
	for i := range 3 {
		for _, title := range []string{"きょう", "あす", "木曜", "金曜の朝", "土曜"} {
			n := 0
			for _, m := range c.platform.SentTo(userID(i + 1)) {
				n += strings.Count(messages.Alt(ippo.Message(m)), title)
			}
			if n != 1 {
				t.Errorf("follower %d had %s %d times", i+1, title, n)
			}
		}
	}
}

// correct sends a correction of what was wrong.
func (c *center) correct(wrong *ippo.Broadcast, words string) {
	c.t.Helper()
	b := &ippo.Broadcast{Title: words, Messages: []ippo.Message{text(words)}, OnCall: "当番", Origin: ippo.OriginPanel}
	if err := c.store.CorrectBroadcast(c.t.Context(), c.writer, wrong.ID, b); err != nil {
		c.t.Fatal(err)
	}
	if err := c.store.ApproveBroadcast(c.t.Context(), c.approver, b.ID, store.Approval{Hash: b.Hash()}); err != nil {
		c.t.Fatal(err)
	}
	c.runAll()
}

// What was corrected is not told of; its correction is. Who was told of something wrong in a digest gets its
// correction at once, as whoever was sent it.
func TestDigestAndCorrections(t *testing.T) {
	c := newCenter(t, 3, options{})
	c.wants(1, ippo.Preferences{Digest: true})
	c.digestAt(tuesday)
	wrong := c.approved("10時から")
	c.runAll()
	c.correct(wrong, "正しくは11時から")
	c.received("11時", 0, 1, 1)
	told := c.approved("会場は公民館")
	c.runAll()
	c.digestAt(friday)
	c.told(1, []string{"会場は公民館", "正しくは11時から"})

	c.correct(told, "会場は図書館")
	c.received("会場は図書館", 1, 1, 1)
	c.digestAt(friday.AddDate(0, 0, 7))
	c.told(1, []string{"会場は公民館", "正しくは11時から"})
}

// Each due time is dealt with once, however many processes look and however often.
func TestDigestIsMadeOnce(t *testing.T) {
	c := newCenter(t, 1, options{})
	c.wants(1, ippo.Preferences{Digest: true})
	c.digestAt(tuesday)
	c.approved("みなさんへ")
	c.runAll()
	c.at(friday.Add(-time.Second))
	c.digestAt(friday.Add(-time.Second))
	c.told(1)
	c.at(friday)
	other := New(Config{Store: c.store, Line: c.line, Now: c.clock, Holidays: c.holidays, Digest: drawDigest})
	var wg sync.WaitGroup
	for range 5 {
		for _, r := range []*Runner{c.Runner, other} {
			wg.Go(func() {
				if _, err := r.MakeDigests(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	for range 5 {
		c.digestAt(c.clock().Add(time.Minute))
	}
	c.told(1, []string{"みなさんへ"})
}

// The program was down when it was due. A member of staff sends it, or what is in it waits for the next;
// nobody misses anything either way.
func TestDigestMissed(t *testing.T) {
	for _, send := range []bool{true, false} {
		t.Run(fmt.Sprint("sent late ", send), func(t *testing.T) {
			c := newCenter(t, 1, options{})
			c.wants(1, ippo.Preferences{Digest: true})
			c.digestAt(tuesday)
			c.approved("みなさんへ")
			c.runAll()
			late := friday.AddDate(0, 0, 3).Add(-5 * time.Hour) // Monday at 11
			c.digestAt(late)
			c.told(1)
			due, err := c.store.WaitingDigest(t.Context())
			if err != nil || !due.Equal(friday) || !c.mailed("送られなかったまとめ") {
				t.Fatalf("waiting %v, %v", due, err)
			}
			if next, err := c.store.NextDigest(t.Context()); err != nil || !next.Equal(friday.AddDate(0, 0, 7)) {
				t.Errorf("next %v, %v", next, err)
			}
			if send {
				if err := c.store.SendDigest(t.Context(), c.approver, due, "急ぎのお知らせがあるため"); err != nil {
					t.Fatal(err)
				}
				c.digestAt(late)
				c.told(1, []string{"みなさんへ"})
			} else if err := c.store.DropDigest(t.Context(), c.approver, due); err != nil {
				t.Fatal(err)
			}
			if waiting, err := c.store.WaitingDigest(t.Context()); err != nil || !waiting.IsZero() {
				t.Errorf("still waiting %v, %v", waiting, err)
			}
			c.digestAt(friday.AddDate(0, 0, 7))
			c.told(1, []string{"みなさんへ"})
		})
	}
}

// 29 April 2026 is a holiday, a Wednesday. A center that keeps its holidays free sends the digest on the
// morning after; one that does not, where nobody answers the telephone on holidays, too.
func TestDigestOnAHoliday(t *testing.T) {
	holiday := time.Date(2026, 4, 29, 16, 0, 0, 0, ippo.Tokyo)
	for name, change := range map[string]func(*ippo.Settings){
		"free":     func(s *ippo.Settings) { s.QuietDaysOff, s.OnCall = true, "当番" },
		"nobody":   func(s *ippo.Settings) { s.OnCall = "" },
		"answered": func(s *ippo.Settings) { s.OnCall = "当番" },
	} {
		t.Run(name, func(t *testing.T) {
			c := newCenter(t, 1, options{})
			settings := ippo.DefaultSettings()
			settings.Modules = ippo.Modules()
			settings.Office.Phone, settings.DigestDay = "000-000-0000", time.Wednesday
			change(&settings)
			if err := c.store.SaveSettings(t.Context(), c.approver, settings); err != nil {
				t.Fatal(err)
			}
			c.wants(1, ippo.Preferences{Digest: true})
			c.at(holiday.AddDate(0, 0, -1))
			c.digestAt(holiday.AddDate(0, 0, -1))
			c.approved("みなさんへ")
			c.runAll()
			c.at(holiday)
			if _, err := c.MakeDigests(t.Context()); err != nil {
				t.Fatal(err)
			}
			next := c.run()
			if name == "answered" {
				c.told(1, []string{"みなさんへ"})
				return
			}
			c.told(1)
			want := time.Date(2026, 4, 30, 9, 0, 0, 0, ippo.Tokyo)
			if name == "free" {
				want = time.Date(2026, 4, 30, 8, 0, 0, 0, ippo.Tokyo)
			}
			if !next.Equal(want) {
				t.Errorf("leaves at %v, want %v", next, want)
			}
			c.at(next)
			c.run()
			c.told(1, []string{"みなさんへ"})
		})
	}
}

// A digest that was cancelled before anybody had it leaves its items to the next; after a restore it waits for
// an administrator.
func TestDigestCancelledAndRestored(t *testing.T) {
	c := newCenter(t, 1, options{})
	c.wants(1, ippo.Preferences{Digest: true})
	c.digestAt(tuesday)
	c.approved("みなさんへ")
	c.runAll()
	if err := c.store.HoldEverything(t.Context(), "復元"); err != nil {
		t.Fatal(err)
	}
	c.digestAt(tuesday)
	c.digestAt(friday)
	c.told(1)
	held, err := c.store.Broadcasts(t.Context(), store.BroadcastFilter{Statuses: []ippo.BroadcastStatus{ippo.BroadcastHeld}})
	if err != nil || len(held) != 1 || held[0].Origin != ippo.OriginDigest || !strings.Contains(held[0].Reason, "バックアップ") {
		t.Fatalf("held %+v, %v", held, err)
	}
	if err := c.store.CancelBroadcast(t.Context(), c.approver, held[0].ID); err != nil {
		t.Fatal(err)
	}
	c.digestAt(friday.AddDate(0, 0, 7))
	c.told(1, []string{"みなさんへ"})
}

// News is told of when it becomes visible, however long ago it was written.
func TestDigestOfWhatBecomesVisible(t *testing.T) {
	c := newCenter(t, 1, options{})
	c.wants(1, ippo.Preferences{Digest: true})
	c.digestAt(tuesday)
	ctx := t.Context()
	draft, err := c.store.CreateNews(ctx, c.writer, ippo.News{Slug: "draft", Kind: ippo.NewsPlain, Title: "下書き", Summary: "概要", Status: ippo.ContentDraft})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.store.CreateNews(ctx, c.writer, ippo.News{
		Slug: "later", Kind: ippo.NewsPlain, Title: "来週の記事", Summary: "概要", Status: ippo.ContentPublished, PublishAt: friday.AddDate(0, 0, 3),
	}); err != nil {
		t.Fatal(err)
	}
	event := ippo.Event{Slug: "matsuri", Title: "春まつり", Summary: "概要", Place: "広場", StartsAt: friday.AddDate(0, 0, 30), EndsAt: friday.AddDate(0, 0, 30), Status: ippo.ContentPublished}
	if event, err = c.store.CreateEvent(ctx, c.writer, event); err != nil {
		t.Fatal(err)
	}
	c.digestAt(friday)
	c.told(1, []string{"春まつり"})
	c.wait(time.Hour)
	draft.Status = ippo.ContentPublished
	if err := c.store.UpdateNews(ctx, c.writer, draft); err != nil {
		t.Fatal(err)
	}
	if err := c.store.UpdateEvent(ctx, c.writer, event); err != nil { // nothing new
		t.Fatal(err)
	}
	c.digestAt(friday.AddDate(0, 0, 7))
	c.told(1, []string{"春まつり"}, []string{"来週の記事", "下書き"})
}

// What nobody would be sent singly is still sent, for those who find it in their digest.
func TestDigestOfWhatGoesToNobodyElse(t *testing.T) {
	c := newCenter(t, 1, options{})
	c.wants(1, ippo.Preferences{Digest: true})
	c.digestAt(tuesday)
	c.expect(c.approved("みなさんへ"), ippo.BroadcastApproved, ippo.Tally{})
	c.runAll()
	c.digestAt(friday)
	c.told(1, []string{"みなさんへ"})
}

// Who left the digest is not told of what came out since: news are not sent to them unasked.
func TestDigestOfWhoLeft(t *testing.T) {
	c := newCenter(t, 1, options{})
	c.wants(1, ippo.Preferences{Digest: true})
	c.digestAt(tuesday)
	c.news("before", 0)
	c.wait(2 * time.Hour)
	c.wants(1, ippo.Preferences{})
	c.wait(2 * time.Hour)
	c.news("after", 0)
	c.digestAt(friday)
	c.told(1, []string{"記事before"})
	c.news("next-week", 0)
	c.digestAt(friday.AddDate(0, 0, 7))
	c.told(1, []string{"記事before"})
}

// A broadcast whose unknown requests staff send again ends a second time; it is told of once.
func TestDigestOfWhatEndsTwice(t *testing.T) {
	c := newCenter(t, 1, options{})
	c.wants(1, ippo.Preferences{Digest: true})
	c.digestAt(tuesday)
	b := c.approved("みなさんへ")
	c.runAll()
	c.digestAt(friday)
	c.sql("UPDATE broadcasts SET finished_at = '2026-04-07T03:00:00.000Z' WHERE id = ?", b.ID)
	c.digestAt(friday.AddDate(0, 0, 7))
	c.told(1, []string{"みなさんへ"})
}

// A broadcast that ends while the digest is being planned is in that one or in the next, never in neither: the
// plan is made anew.
func TestDigestPlannedTooSoon(t *testing.T) {
	c := newCenter(t, 1, options{})
	c.wants(1, ippo.Preferences{Digest: true})
	c.digestAt(tuesday)
	c.news("first", 0)
	c.approved("みなさんへ", func(b *ippo.Broadcast) { b.SendAt = friday.Add(-time.Hour) })
	c.at(friday)
	plan, err := c.store.PlanDigest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.at(friday.Add(-time.Hour))
	c.run() // ends before the plan's time, and after it was made
	c.at(friday)
	wording := []ippo.Message{text("まとめ")}
	b := &ippo.Broadcast{Title: "まとめ", Messages: wording}
	if err := c.store.MakeDigest(t.Context(), friday, friday.AddDate(0, 0, 7), plan, b, [][]ippo.Message{wording}); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("made by an old plan: %v", err)
	}
	c.digestAt(friday)
	c.told(1, []string{"みなさんへ", "記事first"})
}

// Through weeks in which people choose the digest, leave it, stop and come back, and things are sent to some, to all,
// by a card, to those who have a tag, and again with a correction, staff are shown the digest that would be made.
func TestForecastIsTheDigest(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	people := 60
	c := newCenter(t, people, options{})
	c.store.PublicURL = "https://ippo.example.jp"
	c.topics("kosodate", "bosai", "midori")
	choose := func() {
		c.wants(1+random.IntN(people), ippo.Preferences{
			Topics: ippo.Choice(random.IntN(8)), Digest: random.IntN(3) > 0, Stopped: random.IntN(10) == 0,
		})
	}
	for range 2 * people {
		choose()
	}
	told := 0
	for week := range 12 {
		for day := range 6 {
			c.at(friday.AddDate(0, 0, 7*week+day-7).Add(time.Hour))
			name := fmt.Sprintf("%d-%d", week, day)
			made := c.news("news-"+name, ippo.Choice(random.IntN(8)))
			sent := c.approved("配信"+name, func(b *ippo.Broadcast) {
				if random.IntN(2) == 0 {
					b.Audience = ippo.Audience{Topics: []string{[]string{"kosodate", "bosai", "midori"}[random.IntN(3)]}}
				}
				if week%3 == 1 && day == 3 { // readers of the digest are sent it as well
					b.Audience = ippo.Audience{Languages: []ippo.Language{ippo.Japanese}}
				}
				if day%2 == 1 {
					b.Messages = []ippo.Message{text("記事の案内 https://ippo.example.jp/r/news/" + made.Slug)}
				}
			})
			for range 3 {
				choose()
			}
			c.runAll()
			choose()
			if week%3 == 2 && day == 4 {
				c.correct(sent, "訂正"+name)
			}
			told += c.foreseen()
		}
		c.digestAt(friday.AddDate(0, 0, 7*week))
	}
	if told < 1000 {
		t.Errorf("%d people in 12 weeks prove nothing", told)
	}
}
