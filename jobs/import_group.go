package jobs

import (
	"context"
	"fmt"
	"io"
	"time"

	"ippo"
	"ippo/internal/groupsheet"
	"ippo/internal/intake"
	"ippo/internal/pace"
	"ippo/store"
)

// groupLayout is a sheet of activity groups. Only slug is required, and a new group needs name and summary too.
var groupLayout = layout(groupsheet.Columns())

func importGroups(ctx context.Context, st *store.Store, file io.ReadSeeker, progress func(done, total int)) (Report, error) {
	rows, err := intake.GroupReader(ctx, st, nil, nil)
	if err != nil {
		return Report{}, fmt.Errorf("import groups: %w", err)
	}
	// A list of groups is small, so what was checked is what is written.
	var groups []ippo.ActivityGroup
	report, err := scan(ctx, file, groupLayout, func(l sheetRow) (ippo.Problems, error) {
		g, _, problems := rows.Read(l.Line, l.field)
		groups = append(groups, g)
		if len(groups) > maxGroups {
			problems.Addf("", "一度に読み込めるのは%d件までです。", maxGroups)
		}
		return problems, nil
	})
	if err != nil {
		return report, fmt.Errorf("check groups: %w", err)
	}
	if len(report.Bad) > 0 {
		return report, ErrBadRows
	}
	for i, g := range groups {
		began := time.Now()
		if g.ID == 0 {
			report.Added++
			_, err = st.CreateActivityGroup(ctx, 0, g)
		} else {
			report.Changed++
			err = st.UpdateActivityGroup(ctx, 0, g)
		}
		if err == nil {
			progress(i+1, report.Rows)
			err = pace.Rest(ctx, time.Since(began))
		}
		if err != nil {
			return report, fmt.Errorf("import groups: %w", err)
		}
	}
	return report, nil
}

// maxGroups bounds a list of groups: the largest cities list some thousands.
const maxGroups = 20_000

// field returns a column's text by its name.
func (l sheetRow) field(f groupsheet.Field) string {
	for i, name := range groupLayout {
		if name == string(f) {
			return l.cell(i)
		}
	}
	return ""
}
