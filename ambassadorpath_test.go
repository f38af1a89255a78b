package ippo

import (
	"math/rand/v2"
	"testing"
	"time"
)

// What was done and taken back in any order leaves what a stack of it would.
func TestStatusBefore(t *testing.T) {
	for seed := range uint64(200) {
		dice := rand.New(rand.NewPCG(seed, 7))
		stack := []AmbassadorStatus{AmbassadorApplied}
		steps := []AmbassadorStep{{Status: AmbassadorApplied}}
		for range dice.IntN(30) {
			before, ok := StatusBefore(steps)
			if ok != (len(stack) > 1) || ok && before != stack[len(stack)-2] {
				t.Fatalf("seed %d: before %v is %q, %v; the stack is %v", seed, steps, before, ok, stack)
			}
			if ok && dice.IntN(2) == 0 {
				stack = stack[:len(stack)-1]
				steps = append(steps, AmbassadorStep{Status: before, Back: true})
				continue
			}
			next := AmbassadorStatuses[dice.IntN(len(AmbassadorStatuses))]
			stack, steps = append(stack, next), append(steps, AmbassadorStep{Status: next})
		}
	}
	if _, ok := StatusBefore(nil); ok {
		t.Error("something before nothing")
	}
}

func TestAmbassadorNext(t *testing.T) {
	plan := AmbassadorPlan{ContactDays: 7, AppointDays: 60}
	since := time.Date(2026, 3, 31, 23, 59, 0, 0, Tokyo)
	for name, c := range map[string]struct {
		a     Ambassador
		words string
		on    string
	}{
		"applied":        {Ambassador{Status: AmbassadorApplied, Since: since}, "連絡する", "2026-04-07"},
		"contacted":      {Ambassador{Status: AmbassadorContacted, Since: since}, "任命する", "2026-05-30"},
		"a day was set":  {Ambassador{Status: AmbassadorContacted, Since: since, DueOn: Day(since)}, "任命する", "2026-03-31"},
		"appointed":      {Ambassador{Status: AmbassadorAppointed, Since: since}, "", ""},
		"appointed, set": {Ambassador{Status: AmbassadorAppointed, Since: since, DueOn: Day(since)}, "予定を確かめる", "2026-03-31"},
		"resting":        {Ambassador{Status: AmbassadorApplied, Resting: true, Since: since}, "", ""},
		"left":           {Ambassador{Status: AmbassadorDeclined, Since: since}, "", ""},
	} {
		task := c.a.NextTask(plan)
		on := ""
		if !task.On.IsZero() {
			on = task.On.Format(time.DateOnly)
		}
		if task.Words != c.words || on != c.on {
			t.Errorf("%s: %q on %q, want %q on %q", name, task.Words, on, c.words, c.on)
		}
	}
	task := AmbassadorTask{Words: "連絡する", On: time.Date(2026, 4, 7, 0, 0, 0, 0, Tokyo)}
	for at, want := range map[string][2]bool{"2026-04-06T23:59:59+09:00": {}, "2026-04-07T00:00:00+09:00": {true, false}, "2026-04-08T00:00:00+09:00": {true, true}} {
		now, _ := time.Parse(time.RFC3339, at)
		if got := [2]bool{task.Due(now), task.Late(now)}; got != want {
			t.Errorf("at %s: due, late %v", at, got)
		}
	}
}
