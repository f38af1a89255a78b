package store

import (
	"errors"
	"fmt"
	"testing"

	"ippo"
)

// A move with many is made part by part, with each once, and told how far it is; taken back, everybody stands where they
// stood, but for who has gone on since.
func TestMoveAmbassadors(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	const people = 2*ambassadorPart + 10
	by := uploader(t, s, "a@example.jp")
	inTx(t, s, func(tx *Tx) error {
		for n := range people {
			err := tx.EnterAmbassador(ctx, by, ippo.Ambassador{
				Name: "山田", Kana: "やまだ", Contact: fmt.Sprintf("090-1111-%04d", n), AgeBand: "40s", Status: ippo.AmbassadorApplied, AppliedAt: tx.now, ConsentedAt: tx.now,
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	move := ippo.AmbassadorMove{To: ippo.AmbassadorContacted}
	targets, err := s.AmbassadorTargets(ctx, AmbassadorFilter{}, nil, move)
	if err != nil || len(targets) != people {
		t.Fatalf("%d targets, %v", len(targets), err)
	}
	if err := s.MoveAmbassadors(ctx, by, targets, move); err != nil {
		t.Fatal(err)
	}
	step := func(more bool, changed int, done bool) ippo.AmbassadorChange {
		t.Helper()
		if is, err := s.ApplyAmbassadorChanges(ctx); err != nil || is != more {
			t.Fatalf("there is more: %v, %v", is, err)
		}
		c, err := s.LatestAmbassadorChange(ctx, by)
		if err != nil || c.Changed != changed || c.Done != done {
			t.Errorf("%+v, %v; want %d changed, done %v", c, err, changed, done)
		}
		return c
	}
	stand := func(want map[ippo.AmbassadorStatus]int) {
		t.Helper()
		counts, err := s.AmbassadorCounts(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for status, n := range want {
			if counts.By[status] != n {
				t.Errorf("%d stand at %s, want %d", counts.By[status], status, n)
			}
		}
	}
	// One goes their own way before their part comes.
	if err := s.SetAmbassadorStatus(ctx, by, targets[people-1].ID, ippo.AmbassadorDeclined); err != nil {
		t.Fatal(err)
	}
	c := step(true, ambassadorPart, false)
	if err := s.UndoAmbassadorChange(ctx, by, c.ID); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("taken back before it was done: %v", err)
	}
	step(true, 2*ambassadorPart, false)
	c = step(true, people-1, true)
	step(false, people-1, true)
	stand(map[ippo.AmbassadorStatus]int{ippo.AmbassadorApplied: 0, ippo.AmbassadorContacted: people - 1, ippo.AmbassadorDeclined: 1})
	if !c.MayUndo() || c.Left() != 1 {
		t.Errorf("%+v", c)
	}

	if err := s.SetAmbassadorStatus(ctx, by, targets[0].ID, ippo.AmbassadorAppointed); err != nil {
		t.Fatal(err)
	}
	if err := s.UndoAmbassadorChange(ctx, by, c.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.UndoAmbassadorChange(ctx, by, c.ID); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("taken back twice: %v", err)
	}
	step(true, ambassadorPart-1, false)
	step(true, 2*ambassadorPart-1, false)
	undo := step(true, people-2, true)
	stand(map[ippo.AmbassadorStatus]int{ippo.AmbassadorApplied: people - 2, ippo.AmbassadorAppointed: 1, ippo.AmbassadorDeclined: 1})
	if err := s.UndoAmbassadorChange(ctx, by, undo.ID); undo.MayUndo() || !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("the taking back was taken back: %v", err)
	}
}
