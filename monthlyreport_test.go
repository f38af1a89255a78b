package ippo

import (
	"fmt"
	"testing"
	"time"
)

func TestMonth(t *testing.T) {
	m := MonthOf(time.Date(2026, 12, 31, 15, 0, 0, 0, time.UTC)) // midnight in Tokyo
	if m != "2027-01" || m.Before() != "2026-12" || m.Next() != "2027-02" || m.Words() != "令和9年1月（2027年）" || m.Short() != "1月" {
		t.Errorf("%s after %s and before %s: %s, %s", m, m.Before(), m.Next(), m.Words(), m.Short())
	}
	if got := Month("2019-05").Words(); got != "令和元年5月（2019年）" {
		t.Error(got)
	}
	if got := Month("2026-11").Words(); got != "令和8年11月（2026年）" {
		t.Error(got)
	}
}

func TestHideFew(t *testing.T) {
	for _, c := range []struct {
		counts []int
		parts  bool
		want   string
	}{
		{[]int{100, 50, 20}, true, "[100 50 20]"},
		{[]int{100, 50, 3, 0}, false, "[100 50 x 0]"},
		{[]int{100, 50, 3, 0}, true, "[100 x x 0]"},    // or else 3 were what is left of the whole
		{[]int{100, 50, 3, 4}, true, "[100 x x x]"},    // or else 3 and 4 together
		{[]int{100, 50, 15, 12}, true, "[100 50 x x]"}, // 27 together
		{[]int{3}, true, "[x]"},
	} {
		rows := make([]ReportCount, len(c.counts))
		for i, n := range c.counts {
			rows[i].Count = n
		}
		HideFew(rows, c.parts)
		var got []string
		for _, r := range rows {
			if r.Hidden && r.Count == 0 {
				got = append(got, "x")
			} else {
				got = append(got, fmt.Sprint(r.Count))
			}
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%v, parts %v: %v, want %s", c.counts, c.parts, got, c.want)
		}
	}
}

// Whatever the groups are, what is hidden can be worked out only for enough people together.
func FuzzHideFew(f *testing.F) {
	f.Add([]byte{100, 50, 3})
	f.Fuzz(func(t *testing.T, counts []byte) {
		rows := make([]ReportCount, len(counts))
		total := 0
		for i, n := range counts {
			rows[i].Count = int(n)
			total += int(n)
		}
		HideFew(rows, true)
		hidden, shown, told := 0, 0, 0
		for _, r := range rows {
			if r.Hidden {
				hidden++
				continue
			}
			shown += r.Count
			if r.Count > 0 {
				told++
				if r.Count < HiddenUnder {
					t.Errorf("%v: %d is told", counts, r.Count)
				}
			}
		}
		if left := total - shown; hidden > 0 && told > 0 && (hidden == 1 || left < HiddenUnder) {
			t.Errorf("%v: %d groups of %d people together can be had by subtraction", counts, hidden, left)
		}
	})
}

func TestDraftSummary(t *testing.T) {
	r := MonthlyReport{Month: "2026-10", Figures: []ReportFigure{
		{Key: "friends", Value: "284人", Before: "290人"}, {Key: "broadcasts", Value: "5回"}, {Key: "messages", Value: "1,204通"},
		{Key: "consultations", Value: "7件"}, {Key: "visits-asked", Value: "2件"}, {Key: "joined", Value: "1人"}, {Key: "call-outs", Value: "229回"},
	}}
	want := "10月末の友だちは284人でした（前の月より6人減）。\n配信は5回、送った通数は1,204通です。\n相談は7件、団体の見学の希望は2件、紹介から団体に参加した人は1人でした。\n声かけは229回でした。"
	if got := r.DraftSummary(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	at := time.Date(2026, 11, 3, 10, 0, 0, 0, Tokyo)
	events := []Event{{Title: "交流カフェ", Place: "市民センター", StartsAt: at, EndsAt: at.Add(time.Hour), Status: ContentPublished},
		{Title: "下書き", StartsAt: at, EndsAt: at, Status: ContentDraft}, {Title: "先", StartsAt: at.AddDate(0, 1, 0), EndsAt: at.AddDate(0, 1, 0), Status: ContentPublished}}
	if got := r.DraftPlans(events); got != "・2026年11月3日（火）10:00〜11:00　交流カフェ（市民センター）" {
		t.Error(got)
	}
}
