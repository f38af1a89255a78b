package democity

import (
	"slices"
	"testing"
	"time"

	"ippo"
	"ippo/internal/secret"
	"ippo/store"
)

// weekend stands in for the holidays of package holiday.
func weekend(t time.Time) bool { return false }

func plain(password string) (string, error) { return "not a hash: " + password, nil }

// fill fills a town and opens it.
func fill(t *testing.T, now time.Time) *store.Store {
	t.Helper()
	dir := t.TempDir()
	keys, err := secret.Load(dir + "/secret.key")
	if err != nil {
		t.Fatal(err)
	}
	if err := Fill(t.Context(), dir, "http://127.0.0.1", keys, now, weekend, plain); err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), dir, keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	st.Now = func() time.Time { return now }
	return st
}

// The town is complete on any day of the year, at any hour.
func TestFill(t *testing.T) {
	for _, now := range []time.Time{
		time.Date(2026, 3, 31, 23, 59, 30, 0, ippo.Tokyo),
		time.Date(2028, 2, 29, 0, 0, 0, 0, ippo.Tokyo),
		time.Date(2026, 11, 22, 10, 0, 0, 0, ippo.Tokyo),
	} {
		t.Run(now.Format(time.DateTime), func(t *testing.T) {
			st := fill(t, now)
			least := func(what string, got, want int, err error) {
				t.Helper()
				if err != nil || got < want {
					t.Errorf("%d %s (%v), want at least %d", got, what, err, want)
				}
			}
			sheet, err := st.IndicatorContent(t.Context(), 1)
			least("indicators", len(sheet.Indicators), 14, err)
			for _, i := range sheet.Indicators {
				if v := i.Values[ippo.FiscalYearOf(now)]; i.Figure != "" && !v.Counted {
					t.Errorf("%s is not counted: %+v", i.Name, v)
				}
			}
			reports, err := st.MonthlyReports(t.Context(), "", 10)
			least("monthly reports", len(reports), 1, err)
			topics, err := st.Topics(t.Context())
			least("topics", len(topics), 12, err)
			areas, err := st.Areas(t.Context())
			least("areas", len(areas), 11, err)
			groups, err := st.ActivityGroups(t.Context())
			least("groups", len(groups), 40, err)
			replies, err := st.AutoReplies(t.Context())
			least("replies", len(replies), 2, err)
			news, err := st.PublishedNews(t.Context(), now, 0)
			least("news", len(news), 20, err)
			for slug, want := range map[string]func(ippo.Event) bool{
				"yasashii-nihongo": func(e ippo.Event) bool { return e.Has(1) && !e.Has(4) },
				"hojokin-sodan":    func(e ippo.Event) bool { return e.Full() && e.Places.Offered == 1 && e.Places.Waiting > 2 },
				"ninmeishiki":      func(e ippo.Event) bool { return e.ForAmbassadors && e.Places.Taken > 3 },
				"satoyama-walk":    func(e ippo.Event) bool { return e.SignUp.AsksName && e.Places.Taken > 10 },
				"kaiwa-cafe":       func(e ippo.Event) bool { return e.EndsAt.Before(now) && e.Places.Attended > 10 },
			} {
				if e, err := st.EventBySlug(t.Context(), slug); err != nil || !want(e) {
					t.Errorf("%s: %+v of %d, %v", slug, e.Places, e.Capacity, err)
				}
			}
			events, err := st.ComingEvents(t.Context(), now, 0)
			least("events", len(events), 10, err)
			campaigns, err := st.Campaigns(t.Context())
			least("campaigns", len(campaigns), 2, err)
			for _, c := range campaigns {
				if !c.Active || !c.NextDue.After(now) {
					t.Errorf("%s: active %t, next due %s", c.Slug, c.Active, c.NextDue)
				}
			}
			series, err := st.AllSeries(t.Context())
			least("series", len(series), 2, err)
			before := 0
			for _, s := range series {
				if !s.Active || !s.NextDue.After(now) {
					t.Errorf("%s: active %t, next due %s", s.Title, s.Active, s.NextDue)
				}
				if s.Schedule.Kind == ippo.ScheduleBefore {
					before++
				} else if fired, err := st.Firings(t.Context(), s.Recurring().Source, 10); err != nil || len(fired) < 2 || fired[0].Broadcast == 0 {
					t.Errorf("%s: fired %+v, %v", s.Title, fired, err)
				}
			}
			if before != 1 {
				t.Errorf("%d series count back from an event", before)
			}
			people, err := st.CountFollowers(t.Context(), store.FollowerFilter{})
			least("followers", people, 300, err)
			ambassadors, err := st.Ambassadors(t.Context(), store.AmbassadorFilter{})
			least("ambassadors", len(ambassadors), 20, err)
			requests, err := st.DeskRequests(t.Context(), store.DeskRequestFilter{})
			least("requests", len(requests), 8, err)
			consultations, _, err := st.ConsultationPage(t.Context(), store.ConsultationFilter{}, store.Page{Limit: 1000})
			least("consultations", len(consultations.Items), 7, err)
			waiting, _, err := st.ConsultationPage(t.Context(), store.ConsultationFilter{Waiting: true}, store.Page{Limit: 1000})
			least("consultations that wait", len(waiting.Items), 3, err)
			questions, err := st.FAQs(t.Context())
			least("frequent questions", len(questions), 40, err)
			open, err := st.Unanswered(t.Context())
			least("unanswered questions", len(open), 5, err)
			checkLedger(t, st)
			checkDigest(t, st)
			if len(news) > 0 && now.Sub(news[0].PublishAt) > 36*time.Hour {
				t.Errorf("the newest notice is of %s", news[0].PublishAt)
			}
		})
	}
}

// checkLedger holds the broadcasts against their ledgers: what was sent reached people, somebody was
// left out for a reason, and what staff are to try is there.
func checkLedger(t *testing.T, st *store.Store) {
	t.Helper()
	all, err := st.Broadcasts(t.Context(), store.BroadcastFilter{})
	if err != nil {
		t.Fatal(err)
	}
	byStatus, reminders, skipped := map[ippo.BroadcastStatus]int{}, 0, 0
	digests := 0
	for _, b := range all {
		if b.Origin == ippo.OriginDigest {
			digests++
		}
		byStatus[b.Status]++
		tally, err := st.Tally(t.Context(), b.ID)
		if err != nil {
			t.Fatal(err)
		}
		if b.Status == ippo.BroadcastSent && (tally.Accepted == 0 || tally.Pending > 0) {
			t.Errorf("%s: %+v", b.Title, tally)
		}
		if b.Origin == ippo.OriginCampaign {
			reminders++
		}
		if b.Status == ippo.BroadcastSent {
			skipped += tally.Skipped
		}
	}
	for _, status := range []ippo.BroadcastStatus{ippo.BroadcastDraft, ippo.BroadcastSubmitted, ippo.BroadcastApproved, ippo.BroadcastCancelled, ippo.BroadcastSent} {
		if byStatus[status] == 0 {
			t.Errorf("no broadcast is %s", status)
		}
	}
	if digests != 1 {
		t.Errorf("%d digests were sent, want one", digests)
	}
	if reminders < 3 || skipped == 0 {
		t.Errorf("%d reminders were sent, %d people left out", reminders, skipped)
	}
}

// The two on the demo's page differ in what they want, and one of them is reminded on Mondays.
func TestCast(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, ippo.Tokyo)
	st := fill(t, now)
	count, err := st.AudienceCount(t.Context(), ippo.Audience{Topics: []string{"kosodate"}, Areas: []string{"chuo"}})
	if err != nil || count.Count < 5 {
		t.Errorf("子育て × 中央: %+v, %v", count, err)
	}
	if tagged, err := st.AudienceCount(t.Context(), ippo.Audience{Tags: []string{"dantai"}}); err != nil || tagged.Count == 0 {
		t.Errorf("団体の代表者: %+v, %v", tagged, err)
	}
	people := Followers()
	haruka, err := st.FollowerByLineID(t.Context(), people[0].LineUserID)
	if err != nil {
		t.Fatal(err)
	}
	kenichi, err := st.FollowerByLineID(t.Context(), people[1].LineUserID)
	if err != nil {
		t.Fatal(err)
	}
	topic, area := haruka.Topics, haruka.Areas
	if !haruka.Wants(topic, area) || kenichi.Wants(topic, area) {
		t.Errorf("はるか %+v, けんいち %+v", haruka.Preferences, kenichi.Preferences)
	}
	if a, err := st.AmbassadorOf(t.Context(), kenichi.ID); err != nil || !a.Status.Serving() || a.Resting {
		t.Errorf("けんいち as an ambassador: %v, %v", a.Status, err)
	}
	if _, err := st.RestOf(t.Context(), kenichi.ID); err == nil {
		t.Error("けんいち rests: his phone would not show the next reminder")
	}
	if _, err := st.AmbassadorOf(t.Context(), haruka.ID); err == nil {
		t.Error("はるか is an ambassador already")
	}
}

// Every area and every topic has groups, so that no choice in the demo leads nowhere.
func TestGroupsCoverTheTown(t *testing.T) {
	covered := map[string]int{}
	for _, g := range groups {
		for _, slug := range append(append(list{}, g.topics...), g.areas...) {
			covered[slug]++
		}
	}
	for _, a := range areas {
		if covered[a.Slug] < 2 {
			t.Errorf("area %s has %d groups", a.Slug, covered[a.Slug])
		}
	}
	for _, topic := range topics {
		if covered[topic.Slug] < 3 {
			t.Errorf("topic %s has %d groups", topic.Slug, covered[topic.Slug])
		}
	}
}

// checkDigest: moved on to the next digest, the clock shows one on ふみこ's phone, whatever day it is.
func checkDigest(t *testing.T, st *store.Store) {
	t.Helper()
	ctx := t.Context()
	now := st.Now()
	next, err := st.NextDigest(ctx)
	if err != nil || !next.After(now) || next.After(now.AddDate(0, 0, 7)) {
		t.Errorf("the next digest is due %s, %v", next, err)
	}
	plan, err := st.PlanDigest(ctx)
	if err != nil {
		t.Fatal(err)
	}
	fumiko, err := st.FollowerByLineID(ctx, Followers()[3].LineUserID)
	if err != nil || !fumiko.Digest {
		t.Fatalf("%+v, %v", fumiko.Preferences, err)
	}
	if !slices.ContainsFunc(plan.Groups, func(g store.DigestGroup) bool { return slices.Contains(g.Members, fumiko.ID) }) {
		t.Errorf("nothing for ふみこ among %d items", len(plan.Items))
	}
}

// On every day of the week there is something for the digest.
func TestFillOnEveryDay(t *testing.T) {
	for day := range 7 {
		now := time.Date(2026, 11, 22+day, 16, 1, 0, 0, ippo.Tokyo)
		t.Run(now.Weekday().String(), func(t *testing.T) { checkDigest(t, fill(t, now)) })
	}
}

// What the staff have put into other words belongs to something in the town, and one of it is older than the Japanese.
func TestOtherWords(t *testing.T) {
	s := fill(t, time.Date(2026, 4, 1, 10, 0, 0, 0, ippo.Tokyo))
	ctx := t.Context()
	has := map[ippo.ContentKind]map[string]ippo.Translations{
		ippo.ContentNews: {}, ippo.ContentEvent: {}, ippo.ContentGroup: {}, ippo.ContentCampaign: {},
	}
	news, err1 := s.NewsItems(ctx)
	events, err2 := s.Events(ctx)
	groups, err3 := s.ActivityGroups(ctx)
	campaigns, err4 := s.Campaigns(ctx)
	for _, err := range []error{err1, err2, err3, err4} {
		if err != nil {
			t.Fatal(err)
		}
	}
	older := 0
	for _, n := range news {
		has[ippo.ContentNews][n.Slug] = n.Translations
		for _, one := range n.Translations {
			if one.Older(n.Texts()) {
				older++
			}
		}
	}
	for _, e := range events {
		has[ippo.ContentEvent][e.Slug] = e.Translations
	}
	for _, g := range groups {
		has[ippo.ContentGroup][g.Slug] = g.Translations
	}
	for _, c := range campaigns {
		has[ippo.ContentCampaign][c.Slug] = c.Translations
	}
	for kind, all := range inOtherWords {
		for slug := range all {
			if len(has[kind][slug]) == 0 {
				t.Errorf("%s %s has no other words", kind, slug)
			}
		}
	}
	if older != 1 {
		t.Errorf("%d translations are older than the Japanese, want 1", older)
	}
}
