package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"time"

	"ippo"
	"ippo/internal/groupsheet"
	"ippo/internal/intake"
	"ippo/internal/pace"
	"ippo/store"
)

// noteEvery is how many rows of a spreadsheet of groups are dealt with between two notes of how far it has come.
const noteEvery = 20

// TakeIn looks at the files that staff have uploaded, and takes in those that they have started, with rests between, so
// that a large one holds nobody up; one that fails does not hold up the others. One that was interrupted goes on where
// that was last noted. It never has a next time of its own: whoever uploads or starts one wakes it.
func (r *Runner) TakeIn(ctx context.Context) (next time.Time, err error) {
	open, err := r.store.OpenIntakes(ctx)
	if err != nil {
		return next, fmt.Errorf("take in: %w", err)
	}
	var failed []error
	for _, i := range open {
		take := intake.Work
		if i.Kind == ippo.IntakeGroups {
			take = takeGroups
		}
		if err := take(ctx, r.store, i); err != nil {
			failed = append(failed, fmt.Errorf("take in %d: %w", i.ID, err))
		}
	}
	return next, errors.Join(failed...)
}

// takeGroups takes in a city's spreadsheet of groups as its plan says. A row that is read twice finds its group there.
func takeGroups(ctx context.Context, st *store.Store, i ippo.Intake) error {
	file, err := io.ReadAll(st.IntakeFile(ctx, i.ID))
	if err != nil {
		return err
	}
	grid, err := groupsheet.Parse(file)
	if err != nil {
		return err
	}
	rows, err := groupReader(ctx, st, i.Plan.Words, groupsheet.SlugOf(i.ID))
	if err != nil {
		return err
	}
	sheet := groupsheet.NewSheet(grid, i.Plan)
	for n, row := range sheet.Rows {
		group, was, problems := rows.Read(row.Line, sheet.Cells(row))
		if n < i.Done {
			continue
		}
		began := time.Now()
		switch {
		case problems != nil:
			i.Bad++
		case group.ID == 0:
			i.Added++
			_, err = st.CreateActivityGroup(ctx, i.Staff, group)
		case !reflect.DeepEqual(group, was):
			i.Changed++
			err = st.UpdateActivityGroup(ctx, i.Staff, group)
		}
		if _, refused := errors.AsType[ippo.Problems](err); refused { // such as what was made meanwhile
			i.Bad, err = i.Bad+1, nil
		}
		if i.Done = n + 1; err == nil && i.Done%noteEvery == 0 {
			err = st.Write(ctx, func(t *store.Tx) error { return t.NoteIntake(ctx, i, nil) })
		}
		if err == nil && problems == nil {
			err = pace.Rest(ctx, time.Since(began))
		}
		if err != nil {
			return err
		}
	}
	return st.Write(ctx, func(t *store.Tx) error {
		if err := t.NoteIntake(ctx, i, nil); err != nil {
			return err
		}
		return t.EndIntake(ctx, i)
	})
}
