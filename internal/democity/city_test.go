package democity

import (
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
	if err := Fill(t.Context(), dir, keys, now, weekend, plain); err != nil {
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
			topics, err := st.Topics(t.Context())
			least("topics", len(topics), 12, err)
			areas, err := st.Areas(t.Context())
			least("areas", len(areas), 11, err)
			groups, err := st.ActivityGroups(t.Context())
			least("groups", len(groups), 40, err)
			news, err := st.PublishedNews(t.Context(), now)
			least("news", len(news), 20, err)
			events, err := st.ComingEvents(t.Context(), now)
			least("events", len(events), 10, err)
			campaigns, err := st.Campaigns(t.Context())
			least("campaigns", len(campaigns), 2, err)
			for _, c := range campaigns {
				if !c.Active || !c.NextDue.After(now) {
					t.Errorf("%s: active %t, next due %s", c.Slug, c.Active, c.NextDue)
				}
			}
			if len(news) > 0 && now.Sub(news[0].PublishAt) > 36*time.Hour {
				t.Errorf("the newest notice is of %s", news[0].PublishAt)
			}
		})
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
