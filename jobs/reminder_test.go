package jobs

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/store"
)

// campaign makes a campaign that reminds everyone every day at an hour, with these texts, and switches it on.
func (c *center) campaign(slug string, hour ippo.TimeOfDay, texts ...string) ippo.Campaign {
	c.t.Helper()
	c.decide(func(s *ippo.Settings) { s.OnCall = "当番" })
	made, err := c.store.CreateCampaign(c.t.Context(), c.writer, ippo.Campaign{
		Slug: slug, Title: slug, Reminders: texts, StartsOn: "2026-03-01", EndsOn: "2027-12-31",
		Audience: ippo.Audience{All: true}, Schedule: ippo.Schedule{Kind: ippo.ScheduleDaily, At: hour * 60},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.activate(made.Recurring())
	return made
}

func (c *center) tx(fn func(context.Context, *store.Tx) error) {
	c.t.Helper()
	if err := c.store.Write(c.t.Context(), func(t *store.Tx) error { return fn(c.t.Context(), t) }); err != nil {
		c.t.Fatal(err)
	}
}

// sentSince returns what a follower was sent after their first n messages.
func (c *center) sentSince(follower, n int) (texts []string) {
	for _, m := range c.platform.SentTo(userID(follower))[n:] {
		for _, word := range []string{"一の文", "二の文", "三の文", "甲の文", "乙の文", "続けますか"} {
			if strings.Contains(string(m), word) {
				texts = append(texts, word)
			}
		}
	}
	return texts
}

// Nobody answers: three reminders, one question, and then peace, until a call-out.
func TestSilenceEndsReminders(t *testing.T) {
	c := newCenter(t, 2, options{})
	campaign := c.campaign("okaeri", 13, "一の文", "二の文")
	day := func() {
		t.Helper()
		c.at(ippo.Day(c.clock()).Add(13 * time.Hour))
		c.fireAll()
		c.at(ippo.Day(c.clock()).AddDate(0, 0, 1))
	}
	for range 3 {
		day()
	}
	c.tx(func(ctx context.Context, t *store.Tx) error {
		_, err := t.AddCallOut(ctx, campaign.ID, 2)
		return err
	})
	for range 3 {
		day()
	}
	if got := c.sentSince(1, 0); !slices.Equal(got, []string{"一の文", "二の文", "一の文", "続けますか"}) {
		t.Errorf("who is silent was sent %v", got)
	}
	if got := c.sentSince(2, 0); !slices.Equal(got, []string{"一の文", "二の文", "一の文", "二の文", "一の文", "二の文"}) {
		t.Errorf("who called out was sent %v", got)
	}
	if rest, err := c.store.RestOf(t.Context(), 1); err != nil || rest.Why != ippo.RestSilent || !rest.Until.IsZero() {
		t.Errorf("who is silent: %+v, %v", rest, err)
	}
	c.tx(func(ctx context.Context, t *store.Tx) error {
		_, err := t.AddCallOut(ctx, campaign.ID, 1)
		return err
	})
	if _, err := c.store.RestOf(t.Context(), 1); err == nil {
		t.Error("a call-out did not end the rest")
	}
	before := len(c.platform.SentTo(userID(1)))
	day()
	if got := c.sentSince(1, before); !slices.Equal(got, []string{"二の文"}) {
		t.Errorf("after the call-out: %v", got)
	}
	c.soundLedger(t.Errorf)
}

// Who says that they want a rest after the recipients were fixed is left out, with the reason.
func TestRestBetweenPlanAndSend(t *testing.T) {
	c := newCenter(t, 3, options{})
	campaign := c.campaign("okaeri", 13, "一の文", "二の文")
	c.at(tuesday.Add(time.Hour))
	if _, err := c.Fire(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.tx(func(ctx context.Context, t *store.Tx) error {
		return t.Rest(ctx, 2, ippo.RestUntil(c.clock(), 1))
	})
	c.run()
	c.received("一の文", 1, 0, 1)
	firings, err := c.store.Firings(t.Context(), campaign.Recurring().Source, 1)
	if err != nil || len(firings) != 1 {
		t.Fatalf("%v, %v", firings, err)
	}
	tally, err := c.store.Tally(t.Context(), firings[0].Broadcast)
	if err != nil || tally.Accepted != 2 || tally.Skipped != 1 {
		t.Errorf("%+v, %v", tally, err)
	}
	var reason string
	if err := c.database().QueryRow("SELECT reason FROM delivery_exceptions WHERE follower_id = 2").Scan(&reason); err != nil || reason != "お休み中です" {
		t.Errorf("left out because %q, %v", reason, err)
	}
	// A month later they are reminded again, by itself.
	c.at(ippo.RestUntil(tuesday, 1).Add(-11 * time.Hour))
	c.sql("UPDATE campaigns SET next_due = ?", "2026-04-29T04:00:00.000Z")
	c.fireAll()
	c.at(ippo.RestUntil(tuesday, 1).Add(13 * time.Hour))
	c.sql("UPDATE campaigns SET next_due = ?", "2026-04-30T04:00:00.000Z")
	c.fireAll()
	if n := len(c.sentSince(2, 0)); n != 1 {
		t.Errorf("%d reminders after the rest", n)
	}
	c.soundLedger(t.Errorf)
}

// A reminder in the language of each.
func TestReminderInTheirLanguage(t *testing.T) {
	c := newCenter(t, 3, options{})
	c.sql("UPDATE followers SET language = 'en' WHERE id = 2")
	c.reminders = func(ippo.Campaign) []ippo.Wording {
		return []ippo.Wording{{Text: "一の文", Draw: func(l ippo.Language) []ippo.Message { return []ippo.Message{text("一の文 " + string(l))} }}}
	}
	c.campaign("okaeri", 13, "一の文")
	c.at(tuesday.Add(time.Hour))
	c.fireAll()
	c.received("一の文 ja", 1, 0, 1)
	c.received("一の文 en", 0, 1, 0)
	c.soundLedger(t.Errorf)
}

// lived is what a model knows of one follower.
type lived struct {
	unanswered int
	asked      bool
	silent     bool
	rests      bool
	until      time.Time // zero: until they say
	last       map[ippo.CampaignID]string
	gone       bool // blocked
}

// Random lives of followers under two campaigns, held to a model that knows nothing of ledgers.
func TestRemindersLiveRandomLives(t *testing.T) {
	seeds := uint64(6)
	if testing.Short() {
		seeds = 2
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			dice := rand.New(rand.NewPCG(seed, 7))
			const people = 6
			c := newCenter(t, people, options{})
			texts := map[ippo.CampaignID][]string{}
			base := map[ippo.CampaignID]string{}
			var campaigns []ippo.Campaign
			for i, own := range [][]string{{"一の文", "二の文", "三の文"}, {"甲の文", "乙の文"}} {
				made := c.campaign(fmt.Sprint("c", i), ippo.TimeOfDay(13+2*i), own...)
				campaigns, texts[made.ID] = append(campaigns, made), own
			}
			lives := make([]lived, people+1)
			for i := range lives {
				lives[i].last = map[ippo.CampaignID]string{}
			}
			for day := range 45 {
				for i, campaign := range campaigns {
					c.at(ippo.Day(tuesday).AddDate(0, 0, day).Add(time.Duration(12+2*i)*time.Hour + 30*time.Minute))
					for who := 1; who <= people; who++ {
						c.live(&lives[who], ippo.FollowerID(who), campaigns[dice.IntN(2)].ID, dice)
					}
					c.at(ippo.Day(tuesday).AddDate(0, 0, day).Add(time.Duration(13+2*i) * time.Hour))
					now := c.clock()
					own := texts[campaign.ID]
					at := (slices.Index(own, base[campaign.ID]) + 1) % len(own)
					base[campaign.ID] = own[at]
					before, want := make([]int, people+1), make([]string, people+1)
					for who := 1; who <= people; who++ {
						before[who] = len(c.platform.SentTo(userID(who)))
						l := &lives[who]
						switch {
						case l.gone || l.silent || l.rests && (l.until.IsZero() || l.until.After(now)):
						case l.asked:
							l.silent = true
						case l.unanswered >= 3:
							l.asked, want[who] = true, "続けますか"
							l.unanswered++
						default:
							word := own[at]
							if word == l.last[campaign.ID] {
								word = own[(at+1)%len(own)]
							}
							l.last[campaign.ID], want[who] = word, word
							l.unanswered++
						}
					}
					c.fireAll()
					for who := 1; who <= people; who++ {
						if got := strings.Join(c.sentSince(who, before[who]), "+"); got != want[who] {
							t.Fatalf("day %d, %s: follower %d was sent %q, want %q (%+v)", day, campaign.Slug, who, got, want[who], lives[who])
						}
					}
				}
			}
			c.soundLedger(t.Errorf)
		})
	}
}

// live does at most one thing as a follower may, and tells the model.
func (c *center) live(l *lived, who ippo.FollowerID, campaign ippo.CampaignID, dice *rand.Rand) {
	switch n := dice.IntN(24); n {
	case 0, 1:
		c.tx(func(ctx context.Context, t *store.Tx) error {
			_, err := t.AddCallOut(ctx, campaign, who)
			return err
		})
		l.unanswered, l.asked, l.silent = 0, false, false
	case 2, 3:
		months := ippo.RestMonths[dice.IntN(3)]
		until := ippo.RestUntil(c.clock(), months)
		if months == 1 {
			until = ippo.Day(c.clock()).AddDate(0, 0, 5) // so that some of them end
		}
		c.tx(func(ctx context.Context, t *store.Tx) error { return t.Rest(ctx, who, until) })
		l.unanswered, l.asked, l.silent, l.rests, l.until = 0, false, false, true, until
	case 4, 5:
		c.tx(func(ctx context.Context, t *store.Tx) error { return t.GoOn(ctx, who) })
		l.unanswered, l.asked, l.silent, l.rests = 0, false, false, false
	case 6:
		l.gone = !l.gone
		status := map[bool]string{true: "blocked", false: "active"}[l.gone]
		c.sql("UPDATE followers SET status = ? WHERE id = ?", status, who)
	}
}

// A milestone is announced once, when it can no longer be taken back, in the morning if it is reached at night;
// with several at once, only the last; and none that was reached before the campaign was switched on.
func TestMilestones(t *testing.T) {
	c := newCenter(t, 8, options{})
	campaign := c.campaign("okaeri", 13, "一の文", "二の文")
	campaign.Aim, campaign.Milestones = 8, []ippo.Milestone{{N: 1}, {N: 25, Percent: true}, {N: 50, Percent: true}, {N: 5}, {N: 100, Percent: true}}
	callOut := func(followers ...ippo.FollowerID) {
		t.Helper()
		for _, id := range followers {
			c.tx(func(ctx context.Context, t *store.Tx) error {
				_, err := t.AddCallOut(ctx, campaign.ID, id)
				return err
			})
		}
	}
	announce := func() {
		t.Helper()
		for range 3 {
			if _, err := c.Announce(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		c.run()
	}
	callOut(1)
	c.wait(time.Hour)
	if err := c.store.UpdateCampaign(t.Context(), c.writer, campaign); err != nil {
		t.Fatal(err)
	}
	announce() // it is switched off by the change
	c.activate(campaign.Recurring())
	announce()
	c.received("節目", make([]int, 8)...)

	callOut(2)
	announce()
	c.received("節目", make([]int, 8)...) // for a minute it can be taken back
	c.tx(func(ctx context.Context, t *store.Tx) error { return t.Rest(ctx, 8, time.Time{}) })
	c.wait(ippo.CallOutUndo)
	announce()
	c.received("節目 25%", 1, 1, 1, 1, 1, 1, 1, 0)
	callOut(2)
	c.wait(time.Hour)
	announce()
	c.received("節目", 1, 1, 1, 1, 1, 1, 1, 0)

	// At night, the half and five at once.
	c.at(ippo.Day(c.clock()).Add(22 * time.Hour))
	callOut(3, 4, 5)
	c.wait(time.Hour)
	announce()
	c.received("節目 5", 0, 0, 0, 0, 0, 0, 0, 0)
	c.at(ippo.Day(c.clock()).Add(32 * time.Hour))
	c.run()
	c.received("節目 5", 1, 1, 1, 1, 1, 1, 1, 0)
	c.received("節目 50%", 0, 0, 0, 0, 0, 0, 0, 0)
	reached, err := c.store.ReachedMilestones(t.Context(), campaign.ID)
	if err != nil || len(reached) != 4 {
		t.Fatalf("%+v, %v", reached, err)
	}
	for _, m := range reached {
		if told := m.Milestone.String() == "25%" || m.Milestone.String() == "5"; told != (m.Broadcast != 0) {
			t.Errorf("%s was announced by broadcast %d", m.Milestone, m.Broadcast)
		}
	}
	c.soundLedger(t.Errorf)
}
