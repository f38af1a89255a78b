package store

import (
	"math/rand/v2"
	"testing"
	"time"

	"ippo"
)

// What is due is found by the database as the plan says it, whatever path ambassadors went.
func TestDueAmbassadors(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	dice := rand.New(rand.NewPCG(7, 11))
	setClock(s, time.Date(2026, 3, 6, 10, 0, 0, 0, ippo.Tokyo))
	statuses := []ippo.AmbassadorStatus{ippo.AmbassadorContacted, ippo.AmbassadorAppointed, ippo.AmbassadorDeclined, ippo.AmbassadorRetired}
	for i := range 60 {
		who := follow(t, s, i+1)
		var a ippo.Ambassador
		inTx(t, s, func(tx *Tx) (err error) {
			a, err = tx.ApplyAmbassador(ctx, ippo.Ambassador{
				Follower: who, Name: "山田 花子", Kana: "やまだ", Contact: "090-5555-0199", AgeBand: "30s", Actions: []string{"callout"}, ConsentedAt: s.Now(),
			})
			return err
		})
		for range dice.IntN(4) {
			later := s.Now().Add(time.Duration(dice.IntN(50)) * time.Hour)
			setClock(s, later)
			switch dice.IntN(4) {
			case 0:
				_ = s.SetResting(ctx, 0, a.ID, dice.IntN(2) == 0)
			case 1:
				_ = s.SetAmbassadorDay(ctx, 0, a.ID, later.AddDate(0, 0, dice.IntN(9)-3))
			default:
				_ = s.SetAmbassadorStatus(ctx, 0, a.ID, statuses[dice.IntN(len(statuses))]) // ErrConflict: the path does not lead there
			}
		}
	}
	end := s.Now()
	for range 40 {
		plan := ippo.AmbassadorPlan{ContactDays: 1 + dice.IntN(30), AppointDays: 1 + dice.IntN(30)}
		now := end.Add(time.Duration(dice.IntN(40*24)-30*24) * time.Hour)
		whole, err := s.Ambassadors(ctx, AmbassadorFilter{})
		if err != nil {
			t.Fatal(err)
		}
		var want []ippo.AmbassadorID
		for _, a := range whole {
			if a.NextTask(plan).Due(now) {
				want = append(want, a.ID)
			}
		}
		setClock(s, now)
		if err := s.SavePath(ctx, 0, plan); err != nil {
			t.Fatal(err)
		}
		due, err := s.Ambassadors(ctx, AmbassadorFilter{Due: true})
		if err != nil {
			t.Fatal(err)
		}
		var got []ippo.AmbassadorID
		for _, a := range due {
			if got = append(got, a.ID); !a.NextTask(plan).Due(now) {
				t.Errorf("%d is not due on %v by %+v", a.ID, now, plan)
			}
		}
		if len(got) != len(want) {
			t.Errorf("due on %v by %+v: %v, want %v", now, plan, got, want)
		}
	}
}
