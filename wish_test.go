package ippo

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

var april = time.Date(2026, 4, 1, 10, 0, 0, 0, Tokyo)

func TestSuggest(t *testing.T) {
	saturday, wednesday := Weekdays(1<<time.Saturday), Weekdays(1<<time.Wednesday)
	groups := []ActivityGroup{
		{ID: 1, Slug: "ehon", Topics: 1, Areas: 1, Weekdays: saturday, Parts: Morning, Children: true, Beginners: true, Receiving: true, Fee: FeePaid},
		{ID: 2, Slug: "igo", Topics: 2, Areas: 2, Weekdays: wednesday, Parts: Afternoon, Receiving: true, Wheelchair: true, Beginners: true},
		{ID: 3, Slug: "hiroba", Topics: 1, Weekdays: wednesday, Parts: Evening, Children: true, Beginners: true, Receiving: true, Online: true, Fee: FeeFree},
		{ID: 4, Slug: "closed", Topics: 1, Areas: 1, Weekdays: saturday, Children: true, Beginners: true},
		{ID: 5, Slug: "hidden", Topics: 1, Areas: 1, Receiving: true, Hidden: true},
		{ID: 6, Slug: "full", Topics: 1, Areas: 1, Weekdays: saturday, Children: true, Receiving: true, Full: true},
		{ID: 7, Slug: "stale", Topics: 1, Areas: 1, Weekdays: saturday, Parts: Morning, Children: true, Beginners: true, Receiving: true, SilentSince: april.Add(-SilentAfter)},
		{ID: 8, Slug: "closedshop", Topics: 1, Areas: 1, Weekdays: saturday, Parts: Morning, Children: true, Receiving: true, Joining: JoinRegular},
	}
	names := [...]string{"time", "area", "city", "online", "children", "wheelchair", "topic", "tongue", "alone", "together", "once", "regular", "free", "beginners", "model", "open"}
	for name, test := range map[string]struct {
		wish    Wish
		want    string
		widened bool
	}{
		"all of it": {wish: Wish{Area: 1, Topics: 1, Free: HoursOf(Weekend, 0), Children: true},
			want: "ehon(time area children topic beginners) closedshop(time area children topic) stale(time area children topic beginners)"},
		"near, and nothing is": {wish: Wish{Area: 3, Reach: ReachNear, Wheelchair: true}, want: "igo(wheelchair beginners)", widened: true},
		"online":               {wish: Wish{Reach: ReachOnline, NoFee: true}, want: "hiroba(online free beginners)"},
		"a wheelchair":         {wish: Wish{Wheelchair: true, Free: HoursOf(wednesday, Afternoon)}, want: "igo(time wheelchair beginners)"},
		"evenings":             {wish: Wish{Free: HoursOf(Workdays, Evening)}, want: "hiroba(time beginners) ehon(beginners) igo(beginners)"},
		"once":                 {wish: Wish{Joining: JoinOnce, Topics: Everything}, want: "ehon(beginners) igo(beginners) hiroba(beginners)"},
	} {
		found, widened := Suggest(groups, test.wish, april, nil)
		var got []string
		for _, s := range found {
			var why []string
			for _, r := range s.Reasons {
				why = append(why, names[r.Kind])
			}
			got = append(got, s.Group.Slug+"("+strings.Join(why, " ")+")")
		}
		if said := strings.Join(got, " "); said != test.want || widened != test.widened {
			t.Errorf("%s: %s (widened: %v), want %s", name, said, widened, test.want)
		}
	}
	if found, _ := Suggest(groups, Wish{Topics: 1}, april, func(id ActivityGroupID) bool { return id != 7 }); len(found) != 1 || fmt.Sprint(found[0].Doubts) != fmt.Sprint([]Doubt{DoubtStale}) {
		t.Errorf("but for the others: %+v", found)
	}
	if found, _ := Suggest(nil, Wish{Reach: ReachNear}, april, nil); len(found) != 0 {
		t.Errorf("of none: %+v", found)
	}
}

func TestHours(t *testing.T) {
	h := HoursOf(1<<time.Sunday|1<<time.Saturday, Morning|Evening)
	if h.Days() != Weekend || h.Parts() != Morning|Evening {
		t.Errorf("%b: %s %s", h, h.Days().Words(), h.Parts().Words())
	}
	if HoursOf(Workdays|Weekend, 0) != AllHours {
		t.Error("the whole week is not all hours")
	}
}

// A large city's list; a newcomer waits for it in the chat.
func BenchmarkSuggest(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	groups := make([]ActivityGroup, 5000)
	for i := range groups {
		groups[i] = ActivityGroup{
			ID: ActivityGroupID(i + 1), Topics: Choice(r.Uint64N(1 << 12)), Areas: Choice(r.Uint64N(1 << 10)), Weekdays: Weekdays(r.IntN(128)),
			Parts: DayParts(r.IntN(8)), Receiving: r.IntN(10) > 0, Children: r.IntN(2) > 0, Beginners: r.IntN(3) > 0, Fee: Fees[r.IntN(3)],
			Tongues: Tongues(r.IntN(4)), Joining: JoinWays(r.IntN(4)),
		}
	}
	w := Wish{Area: 3, Reach: ReachNear, Topics: 5, Free: HoursOf(Weekend, Morning), Children: true, Joining: JoinOnce, NoFee: true, Tongues: TongueEasy}
	for b.Loop() {
		if found, _ := Suggest(groups, w, april, nil); len(found) != MaxSuggestions {
			b.Fatal(len(found))
		}
	}
}
