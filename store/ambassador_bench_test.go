package store

import (
	"fmt"
	"testing"
	"time"

	"ippo"
)

// Names are sealed and have no index: a page opens its own rows, a search those that the rest of the filter leaves.
func BenchmarkAmbassadors50k(b *testing.B) {
	s := newStore(b)
	people := make([]ippo.Ambassador, 50_000)
	for i := range people {
		people[i] = ippo.Ambassador{
			Name: fmt.Sprintf("山田 %d", i), Kana: "やまだ", Contact: fmt.Sprintf("090-0000-%04d", i), AgeBand: "30s", Vision: "みんなで歩くまち",
			Status: ippo.AmbassadorAppointed, AppliedAt: s.Now().Add(-time.Hour), ConsentedAt: s.Now().Add(-time.Hour),
		}
		if i%50 == 0 {
			people[i].Status = ippo.AmbassadorApplied
		}
	}
	if err := s.ImportAmbassadors(b.Context(), 0, people); err != nil {
		b.Fatal(err)
	}
	began := s.Now()
	s.Now = func() time.Time { return began.AddDate(0, 1, 0) }
	for name, c := range map[string]struct {
		filter AmbassadorFilter
		page   Page
	}{
		"page": {}, "far page": {page: Page{After: "1.1000."}}, "due": {filter: AmbassadorFilter{Due: true}}, "status": {filter: AmbassadorFilter{Status: ippo.AmbassadorApplied}},
		"search in a status": {filter: AmbassadorFilter{Status: ippo.AmbassadorApplied, Query: "山田 43"}},
		"name":               {page: Page{Sort: "name"}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c.page.Limit = 50
				if part, _, err := s.AmbassadorPage(b.Context(), c.filter, c.page); err != nil || len(part.Items) == 0 {
					b.Fatal(part, err)
				}
			}
		})
	}
}
