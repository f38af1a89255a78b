package ippo_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"ippo"
)

func wordings(n int) []ippo.Wording {
	all := make([]ippo.Wording, n, n+1)
	for i := range all {
		all[i].Text = fmt.Sprint("文", i)
	}
	return append(all, ippo.Wording{Ask: true})
}

// Whoever misses some reminders, and however staff change the texts meanwhile: nobody is sent the same text
// twice running if there are two, and neither is the campaign.
func TestTextsTakeTurns(t *testing.T) {
	for seed := range uint64(200) {
		dice := rand.New(rand.NewPCG(seed, 1))
		last := map[int]string{}
		base := ""
		for due := range 40 {
			texts := wordings(2 + dice.IntN(4))
			at := ippo.NextBase(texts, base)
			everybody, _ := ippo.NextWording(texts, at, ippo.Reminded{})
			if texts[everybody].Text == base {
				t.Fatalf("seed %d, due time %d: the campaign says %q again", seed, due, base)
			}
			base = texts[everybody].Text
			for who := range 5 {
				if dice.IntN(3) == 0 {
					continue
				}
				i, ok := ippo.NextWording(texts, at, ippo.Reminded{Last: last[who], Unanswered: dice.IntN(ippo.AskGoOn)})
				if !ok || texts[i].Ask || texts[i].Text == last[who] {
					t.Fatalf("seed %d, due time %d: %d is sent %q after %q", seed, due, who, texts[i].Text, last[who])
				}
				last[who] = texts[i].Text
			}
		}
	}
}

func TestThreeWithoutAnAnswer(t *testing.T) {
	texts := wordings(1)
	for _, one := range []struct {
		had ippo.Reminded
		ask bool
		ok  bool
	}{
		{ippo.Reminded{}, false, true},
		{ippo.Reminded{Last: "文0", Unanswered: 2}, false, true}, // the only text there is
		{ippo.Reminded{Last: "文0", Unanswered: 3}, true, true},
		{ippo.Reminded{Last: "文0", Unanswered: 4, Asked: true}, false, false},
	} {
		if i, ok := ippo.NextWording(texts, 0, one.had); ok != one.ok || ok && texts[i].Ask != one.ask {
			t.Errorf("after %+v: wording %d, %v", one.had, i, ok)
		}
	}
}

func TestRestUntil(t *testing.T) {
	late := time.Date(2026, 11, 30, 23, 59, 30, 0, ippo.Tokyo)
	for months, want := range map[int]string{1: "2026-12-30", 3: "2027-02-28"} {
		if got := ippo.RestUntil(late, months).Format(time.DateOnly); got != want {
			t.Errorf("%d months from 30 November end on %s, want %s", months, got, want)
		}
	}
	if !ippo.RestUntil(late, 0).IsZero() {
		t.Error("until they say has an end")
	}
}
