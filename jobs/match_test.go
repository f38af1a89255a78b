package jobs

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/store"
)

// group lists a group.
func (c *center) group(slug string, change ...func(*ippo.ActivityGroup)) ippo.ActivityGroup {
	c.t.Helper()
	g := ippo.ActivityGroup{Slug: slug, Name: "会 " + slug, Summary: "活動", Receiving: true}
	for _, change := range change {
		change(&g)
	}
	made, err := c.store.CreateActivityGroup(c.t.Context(), 0, g)
	if err != nil {
		c.t.Fatal(err)
	}
	return made
}

// asks has followers from..to ask the group for a visit.
func (c *center) asks(g ippo.ActivityGroup, from, to int) {
	c.t.Helper()
	ctx := c.t.Context()
	err := c.store.Write(ctx, func(t *store.Tx) error {
		for id := ippo.FollowerID(from); id <= ippo.FollowerID(to); id++ {
			m, err := t.WishMatch(ctx, id, g.ID, ippo.Wish{})
			if err != nil {
				return err
			}
			err = t.AskMatch(ctx, m, ippo.ByNewcomer, 0, ippo.VisitRequest{Name: "山田花子", Contact: "090-1111-2222"}, ippo.Consent{})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *center) tendMatches() time.Time {
	c.t.Helper()
	next, err := c.TendMatches(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	return next
}

// A newcomer is asked after three days, through the gates, with one tap for each answer and nothing of what
// they gave; staff are told after five.
func TestFollowUpAfterThreeDays(t *testing.T) {
	c := newCenter(t, 1, options{})
	office := c.mailing()
	asked := c.now
	c.asks(c.group("satoyama"), 1, 1)
	c.sendMails()
	if next := c.tendMatches(); !next.Equal(asked.AddDate(0, 0, 3)) {
		t.Errorf("looks again at %v", next)
	}
	c.sendNotices()
	c.received("お返事はありましたか", 0)
	c.wait(3 * 24 * time.Hour)
	c.tendMatches()
	c.tendMatches()
	c.sendNotices()
	c.received("「会 satoyama」から、お返事はありましたか。", 1)
	for _, sent := range c.platform.SentTo(userID(1)) {
		if s := string(sent); !strings.Contains(s, "1/match/answer/1.yes") || strings.Contains(s, "山田") || strings.Contains(s, "090") {
			t.Errorf("sent %s", s)
		}
	}
	if next := c.tendMatches(); !next.Equal(asked.AddDate(0, 0, 5)) {
		t.Errorf("looks again at %v", next)
	}
	c.wait(2 * 24 * time.Hour)
	c.tendMatches()
	c.sendMails()
	told := 0
	for _, l := range office.received() {
		if strings.Contains(l.text, "山田") || strings.Contains(l.text, "1111") {
			t.Errorf("a mail says %s", l.text)
		}
		if strings.Contains(l.text, "/admin/matches/1") {
			told++
		}
	}
	if told != 2 { // that the form was filled in, and that there is no answer
		t.Errorf("%d mails lead to the match", told)
	}
}

// Each group is asked in its own way, in the opening hours, and not all of them on one day.
func TestGroupsAreAskedInTheirOwnWay(t *testing.T) {
	c := newCenter(t, 1, options{})
	ctx := t.Context()
	office := c.mailing()
	byLine := c.group("line", func(g *ippo.ActivityGroup) { g.Host.Email = "line@example.jp" })
	c.group("mail", func(g *ippo.ActivityGroup) { g.Host.Email = "mail@example.jp" })
	c.group("paper", func(g *ippo.ActivityGroup) { g.Host = ippo.Host{Email: "paper@example.jp", Paper: true} })
	c.group("hidden", func(g *ippo.ActivityGroup) { g.Hidden = true })
	code, _, err := c.store.NewGroupLinkCode(ctx, c.writer, byLine.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.store.Write(ctx, func(t *store.Tx) error {
		_, err := t.LinkGroup(ctx, code, 1)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	ask := func() time.Time {
		t.Helper()
		next, err := c.AskGroups(ctx)
		if err != nil {
			t.Fatal(err)
		}
		c.sendNotices()
		c.sendMails()
		return next
	}
	ask()
	c.at(ippo.Day(c.now.Add(ippo.AskAfter)).Add(23 * time.Hour))
	if next := ask(); next.In(ippo.Tokyo).Hour() != 8 {
		t.Errorf("at night it looks again at %v", next)
	}
	c.at(c.now.Add(36 * time.Hour)) // Wednesday
	ask()
	ask()
	c.received("新しい方を募集中ですか", 1)
	letters := office.received()
	if len(letters) != 1 || len(letters[0].to) == 0 || !strings.Contains(strings.Join(letters[0].to, " "), "mail@example.jp") ||
		!strings.Contains(letters[0].text, "https://line.example.jp/r/g/") {
		t.Errorf("letters: %+v", letters)
	}
	asked, err := c.store.AskedGroups(ctx)
	if err != nil || len(asked) != 3 {
		t.Fatalf("asked: %+v, %v", asked, err)
	}
	ways := map[string]string{}
	for _, g := range asked {
		ways[g.Slug] = g.AskedBy
	}
	if fmt.Sprint(ways) != "map[line:line mail:mail paper:paper]" {
		t.Errorf("ways: %v", ways)
	}
}

// 10,000 questions that are due at once are planned before anybody is kept waiting: drawn, sealed and
// committed. Sending them is the notices' own affair.
func BenchmarkFollowUps10k(b *testing.B) {
	const people = 10_000
	c := newCenter(b, people, options{})
	var planned time.Duration
	for round := 0; b.Loop(); round++ {
		b.StopTimer()
		c.asks(c.group(fmt.Sprint("g", round)), 1, people)
		c.wait(3*24*time.Hour + time.Minute)
		b.StartTimer()
		start := time.Now()
		if _, err := c.putFollowUps(b.Context()); err != nil {
			b.Fatal(err)
		}
		planned += time.Since(start)
	}
	b.ReportMetric(planned.Seconds()/float64(b.N), "planning-s/op")
}
