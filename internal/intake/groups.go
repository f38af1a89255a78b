package intake

import (
	"context"
	"fmt"
	"io"
	"reflect"

	"ippo"
	"ippo/internal/groupsheet"
	"ippo/store"
)

// GroupReader reads rows of groups against those that are there; words and newSlug are groupsheet.NewReader's.
func GroupReader(ctx context.Context, st *store.Store, words map[string]string, newSlug func(line int) string) (*groupsheet.Reader, error) {
	topics, areas, err := topicsAndAreas(ctx, st)
	if err != nil {
		return nil, err
	}
	there, err := st.ActivityGroups(ctx)
	if err != nil {
		return nil, err
	}
	return groupsheet.NewReader(topics, areas, there, words, newSlug), nil
}

// groups is the list of groups, over which a city's own spreadsheet is laid as its plan says. It is small enough to be
// held whole.
type groups struct {
	store  *store.Store
	by     ippo.StaffID
	reader *groupsheet.Reader
	sheet  groupsheet.Sheet
	read   int // rows
}

func openGroups(ctx context.Context, st *store.Store, i ippo.Intake) (list, error) {
	file, err := io.ReadAll(st.IntakeFile(ctx, i.ID))
	if err != nil {
		return nil, err
	}
	grid, err := groupsheet.Parse(file)
	if err != nil {
		return nil, err
	}
	reader, err := GroupReader(ctx, st, i.Plan.Words, groupsheet.SlugOf(i.ID))
	if err != nil {
		return nil, err
	}
	return &groups{store: st, by: i.Staff, reader: reader, sheet: groupsheet.NewSheet(grid, i.Plan)}, nil
}

func (l *groups) columns() (known, needed []string) { return groupsheet.Columns(), nil }

func (l *groups) next() (row, error) {
	if l.read == len(l.sheet.Rows) {
		return row{}, io.EOF
	}
	one := l.sheet.Rows[l.read]
	l.read++
	cells, cell := map[string]string{}, l.sheet.Cells(one)
	for _, f := range groupsheet.Fields {
		cells[string(f.Field)] = cell(f.Field)
	}
	return row{one.Line, cells}, nil
}

func (l *groups) weigh(_ context.Context, rows []row) ([]weighed, error) {
	all := make([]weighed, len(rows))
	for i, r := range rows {
		cell := func(f groupsheet.Field) string { return r.cells[string(f)] }
		group, was, problems := l.reader.Read(r.line, cell)
		all[i] = weighed{line: r.line, adds: group.ID == 0}
		for _, p := range problems {
			all[i].bad(groupsheet.Say(p))
		}
		switch {
		case problems != nil:
		case group.ID == 0:
			all[i].do = func(ctx context.Context, t *store.Tx) error {
				_, err := t.CreateActivityGroup(ctx, l.by, group)
				return err
			}
		case !reflect.DeepEqual(group, was):
			all[i].do = func(ctx context.Context, t *store.Tx) error {
				now, err := l.store.ActivityGroup(ctx, group.ID) // what was changed in its other fields since it was weighed stays
				if err != nil {
					return err
				}
				if problems := l.reader.Over(&now, cell); problems != nil {
					return fmt.Errorf("row %d: %w", r.line, problems)
				}
				return t.UpdateActivityGroup(ctx, l.by, now)
			}
		}
	}
	return all, nil
}
