package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"ippo"
	"ippo/internal/sheet"
	"ippo/store"
)

// SheetKind is what a CSV file holds.
type SheetKind string

const (
	FollowerSheet   SheetKind = "followers"
	GroupSheet      SheetKind = "groups"
	AmbassadorSheet SheetKind = "ambassadors" // written only: ambassadors sign up themselves
)

// Report is what became of an imported file.
type Report struct {
	Rows    int // in the file, bad ones too
	Added   int
	Changed int
	Erased  int      // passed over: these followers asked to be forgotten
	Bad     []BadRow // in the file's order; if there is one, nothing was changed
}

// BadRow is a row that cannot be imported. Its problems name columns and never repeat what the row
// holds.
type BadRow struct {
	Line     int // of the file, from 1
	Problems ippo.Problems
}

// ErrBadRows is returned for a file that cannot be imported as it is; Report.Bad says why.
var ErrBadRows = errors.New("the file has rows that cannot be imported")

// maxSheet bounds an imported file: a million followers fit.
const maxSheet = 256 << 20

// Import reads a CSV file (see package sheet) and adds or changes what its rows say. The first column
// that is named in the documentation must be there, others as wanted; an empty cell leaves what is
// there as it is. The whole file is checked before anything is written.
//
// Rows are then written in transactions so short, with pauses so long, that a program that works on
// the same database meanwhile is not held up. An import that was interrupted is taken up by
// importing the same file again. progress, which may be nil, is told now and then how many rows of
// how many are written.
func Import(ctx context.Context, st *store.Store, kind SheetKind, r io.Reader, progress func(done, total int)) (Report, error) {
	file, remove, err := rereadable(r)
	if err != nil {
		return Report{}, fmt.Errorf("import %s: %w", kind, err)
	}
	defer remove()
	if progress == nil {
		progress = func(int, int) {}
	}
	switch kind {
	case FollowerSheet:
		return importFollowers(ctx, st, file, progress)
	case GroupSheet:
		return importGroups(ctx, st, file, progress)
	}
	return Report{}, fmt.Errorf("import %s: there is no such import", kind)
}

// rereadable returns r as a file that can be read twice: r itself if it is one, or else a copy that
// only we can read and that remove deletes.
func rereadable(r io.Reader) (file io.ReadSeeker, remove func(), err error) {
	if s, ok := r.(io.ReadSeeker); ok {
		if size, err := s.Seek(0, io.SeekEnd); err == nil {
			if size > maxSheet {
				return nil, nil, errTooLarge
			}
			return s, func() {}, nil
		}
	}
	f, err := os.CreateTemp("", "ippo-import-*.csv") // mode 0600
	if err != nil {
		return nil, nil, err
	}
	os.Remove(f.Name()) // where the system allows it, so that nothing stays if we are killed
	remove = func() {
		f.Close()
		os.Remove(f.Name())
	}
	n, err := io.Copy(f, io.LimitReader(r, maxSheet+1))
	if err == nil && n > maxSheet {
		err = errTooLarge
	}
	if err != nil {
		remove()
		return nil, nil, err
	}
	return f, remove, nil
}

var errTooLarge = fmt.Errorf("the file is larger than %d MiB", maxSheet>>20)

// layout is what the columns of a kind of sheet are called. The first one is required.
type layout []string

// find returns where each column of the layout stands in a sheet, -1 for those that are not there.
func (l layout) find(header []string) ([]int, error) {
	var p ippo.Problems
	at := make([]int, len(l))
	for i := range at {
		at[i] = -1
	}
	for i, name := range header {
		switch known := slices.Index(l, name); {
		case known < 0:
			p.Addf("", "列「%.30s」はありません。使える列は %s です。", name, strings.Join(l, ","))
		case at[known] >= 0:
			p.Addf(name, "列「%s」が2つあります。", name)
		default:
			at[known] = i
		}
	}
	if at[0] < 0 {
		p.Addf(l[0], "列「%s」がありません。", l[0])
	}
	return at, p.Err()
}

// sheetRow is one row of a sheet, its cells by the layout's order.
type sheetRow struct {
	sheet.Row
	at []int
}

// cell returns a column's text; "" when it is empty or the sheet does not have the column.
func (l sheetRow) cell(column int) string {
	if l.at[column] < 0 {
		return ""
	}
	return l.Row.Cell(l.at[column])
}

// scan reads a sheet from its beginning and gives each row to read. The problems that read returns,
// and rows that have no form, are noted in the report; an error of read ends it.
func scan(ctx context.Context, file io.ReadSeeker, l layout, read func(sheetRow) (ippo.Problems, error)) (Report, error) {
	var report Report
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return report, err
	}
	s, err := sheet.NewReader(file)
	var at []int
	if err == nil {
		at, err = l.find(s.Columns)
	}
	if err != nil {
		report.Bad, err = badRow(report.Bad, 1, err)
		return report, err
	}
	for ctx.Err() == nil {
		row, err := s.Next()
		if errors.Is(err, io.EOF) {
			return report, nil
		}
		report.Rows++
		if err == nil {
			var problems ippo.Problems
			if problems, err = read(sheetRow{row, at}); err == nil {
				err = problems.Err()
			}
		}
		if report.Bad, err = badRow(report.Bad, row.Line, err); err != nil {
			return report, err
		}
	}
	return report, ctx.Err()
}

// badRow adds to the bad rows what err says of one, and returns err if it says something else.
func badRow(bad []BadRow, line int, err error) ([]BadRow, error) {
	var form *sheet.RowError
	var problems ippo.Problems
	switch {
	case err == nil:
		return bad, nil
	case errors.As(err, &form):
		return append(bad, BadRow{form.Line, ippo.Problems{{Message: form.Reason}}}), nil
	case errors.As(err, &problems):
		return append(bad, BadRow{line, problems}), nil
	}
	return bad, err
}
