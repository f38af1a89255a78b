package jobs

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"ippo"
	"ippo/internal/groupsheet"
)

// noteEvery is how many rows of an import are dealt with between two notes of how far it has come.
const noteEvery = 20

// ImportGroups takes in the spreadsheets of groups that staff have started, one row after another with rests between,
// so that a large one holds nobody up. One that was interrupted goes on where that was last noted; a row that is read
// twice finds its group there. It never has a next time of its own: whoever starts one wakes it.
func (r *Runner) ImportGroups(ctx context.Context) (next time.Time, err error) {
	for {
		g, err := r.store.GroupImportWaiting(ctx)
		if errors.Is(err, ippo.ErrNotFound) {
			return next, nil
		}
		if err == nil {
			err = r.importGroups(ctx, g)
		}
		if err != nil {
			return next, fmt.Errorf("import groups: %w", err)
		}
	}
}

func (r *Runner) importGroups(ctx context.Context, g ippo.GroupImport) error {
	file, err := r.store.GroupImportFile(ctx, g.ID)
	if err != nil {
		return err
	}
	grid, err := groupsheet.Parse(file)
	if err != nil {
		return err
	}
	rows, err := groupReader(ctx, r.store, g.Plan.Words, groupsheet.SlugOf(g.ID))
	if err != nil {
		return err
	}
	sheet := groupsheet.NewSheet(grid, g.Plan)
	for i, row := range sheet.Rows {
		group, was, problems := rows.Read(row.Line, sheet.Cells(row))
		if i < g.Done {
			continue
		}
		began := time.Now()
		switch {
		case problems != nil:
			g.Bad++
		case group.ID == 0:
			g.Added++
			_, err = r.store.CreateActivityGroup(ctx, g.Staff, group)
		case !reflect.DeepEqual(group, was):
			g.Changed++
			err = r.store.UpdateActivityGroup(ctx, g.Staff, group)
		}
		if _, refused := errors.AsType[ippo.Problems](err); refused { // such as what was made meanwhile
			g.Bad, err = g.Bad+1, nil
		}
		if g.Done = i + 1; err == nil && g.Done%noteEvery == 0 {
			err = r.store.NoteGroupImport(ctx, g)
		}
		if err == nil && problems == nil {
			err = rest(ctx, time.Since(began))
		}
		if err != nil {
			return err
		}
	}
	return r.store.EndGroupImport(ctx, g)
}
