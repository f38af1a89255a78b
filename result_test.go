package ippo_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"ippo"
)

// Whatever the numbers are: no row tells of few, and what is left when the shown rows are taken from the total is
// at least two rows of at least twenty people, or all there is.
func TestFewCannotBeWorkedOut(t *testing.T) {
	for seed := range uint64(3000) {
		dice := rand.New(rand.NewPCG(seed, 3))
		names := make([]string, 1+dice.IntN(8))
		var parts []ippo.Part
		people := map[string]map[ippo.FollowerID]bool{}
		next := 0
		for i := range names {
			names[i] = fmt.Sprint("行", i)
			people[names[i]] = map[ippo.FollowerID]bool{}
			for range dice.IntN(1 + []int{0, 5, 19, 25, 60}[dice.IntN(5)]) {
				id := next
				if next++; dice.IntN(3) == 0 { // somebody who is in other rows too, as with weeks
					id = dice.IntN(next)
				}
				for range 1 + dice.IntN(3) {
					parts = append(parts, ippo.Part{Follower: ippo.FollowerID(id), Week: names[i], Area: names[i], Age: names[i]})
				}
				people[names[i]][ippo.FollowerID(id)] = true
			}
		}
		r := ippo.NewResults(parts, names, names, names)
		hidden, behind := 0, map[ippo.FollowerID]bool{}
		for i, row := range r.Areas {
			own := people[row.Name]
			if row.Few {
				hidden++
				for id := range own {
					behind[id] = true
				}
				if row.People != 0 || row.CallOuts != 0 {
					t.Fatalf("seed %d: a hidden row has numbers: %+v", seed, row)
				}
				continue
			}
			if row.People != len(own) || row.People < ippo.HiddenUnder {
				t.Fatalf("seed %d: row %d shows %+v of %d people", seed, i, row, len(own))
			}
		}
		if len(behind) > 0 && hidden < len(names) && (hidden == 1 || len(behind) < ippo.HiddenUnder) {
			t.Fatalf("seed %d: %d rows of %d people can be worked out: %+v", seed, hidden, len(behind), r.Areas)
		}
		if !slices.Equal(r.Areas, r.Weeks) || !slices.Equal(r.Areas, r.Ages) {
			t.Fatalf("seed %d: the tables differ", seed)
		}
	}
}

func TestNothingIsHiddenWithoutNeed(t *testing.T) {
	var parts []ippo.Part
	for i := range 90 {
		parts = append(parts, ippo.Part{Follower: ippo.FollowerID(i), Area: []string{"栄", "港", "森"}[i%3]})
	}
	for _, row := range ippo.NewResults(parts, nil, []string{"栄", "港", "森"}, nil).Areas {
		if row.Few || row.People != 30 || row.CallOuts != 30 {
			t.Errorf("%+v", row)
		}
	}
}

func TestWeeks(t *testing.T) {
	sunday := time.Date(2026, 11, 29, 23, 59, 30, 0, ippo.Tokyo)
	if got := ippo.WeekOf(sunday); got != "2026-11-23" {
		t.Errorf("the week of that Sunday begins on %s", got)
	}
	if got := ippo.Weeks(sunday, sunday.Add(time.Minute)); !slices.Equal(got, []string{"2026-11-23", "2026-11-30"}) {
		t.Errorf("%v", got)
	}
}

func TestYen(t *testing.T) {
	for text, want := range map[string]ippo.Sen{"0": 0, "3": 300, "0.5": 50, "1.25": 125, " 12 ": 1200} {
		if got, ok := ippo.ParseYen(text); !ok || got != want {
			t.Errorf("%q is %d, %v", text, got, ok)
		}
	}
	for _, no := range []string{"", "-1", "1.234", "+3", "1,000", "半", "1e3", "99999999"} {
		if got, ok := ippo.ParseYen(no); ok {
			t.Errorf("%q is %d", no, got)
		}
	}
	if got := ippo.Sen(123450).String(); got != "1,234.5" {
		t.Error(got)
	}
	if got := ippo.Sen(1000).Each(3); got != 333 || ippo.Sen(5).Each(0) != 0 {
		t.Error(got)
	}
}

func BenchmarkResults(b *testing.B) {
	weeks := ippo.Weeks(time.Date(2026, 1, 1, 0, 0, 0, 0, ippo.Tokyo), time.Date(2026, 12, 31, 0, 0, 0, 0, ippo.Tokyo))
	parts := make([]ippo.Part, 120_000) // 30,000 people
	for i := range parts {
		parts[i] = ippo.Part{Follower: ippo.FollowerID(i % 30_000), Week: weeks[i%len(weeks)], Area: "栄", Age: "30代"}
	}
	for b.Loop() {
		ippo.NewResults(parts, weeks, []string{"栄", "港"}, []string{"20代", "30代"})
	}
}
