package store

import (
	"fmt"
	"testing"
	"time"

	"ippo"
)

// The board reads every ambassador, for names are sealed and have no index.
func BenchmarkAmbassadors(b *testing.B) {
	s := newStore(b)
	people := make([]ippo.Ambassador, 5000)
	for i := range people {
		people[i] = ippo.Ambassador{
			Name: fmt.Sprintf("山田 %d", i), Kana: "やまだ", Contact: fmt.Sprintf("090-0000-%04d", i), AgeBand: "30s", Vision: "みんなで歩くまち",
			Status: ippo.AmbassadorAppointed, AppliedAt: s.Now().Add(-time.Hour), ConsentedAt: s.Now().Add(-time.Hour),
		}
	}
	if err := s.ImportAmbassadors(b.Context(), 0, people); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if all, err := s.Ambassadors(b.Context(), AmbassadorFilter{}); err != nil || len(all) != len(people) {
			b.Fatalf("%d, %v", len(all), err)
		}
	}
}
