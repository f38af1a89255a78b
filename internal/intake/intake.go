// Package intake looks at files of lists that staff uploaded, says what each row would do and what is wrong with it, and
// takes them in. A file is read as a stream and its rows some at a time, so that none is too long.
package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"ippo"
	"ippo/internal/pace"
	"ippo/internal/sheet"
	"ippo/store"
)

// window is how many rows are weighed at a time.
const window = 500

// row is one row of a file, its cells by the list's columns; "" for a column that the file does not have.
type row struct {
	line  int
	cells map[string]string
}

// weighed is what a row does.
type weighed struct {
	line     int
	problems ippo.Problems                          // the row cannot be taken in; nothing of them repeats what it holds of a person
	doubt    string                                 // what staff have to be sure of
	adds     bool                                   // something new, rather than a change
	do       func(context.Context, *store.Tx) error // nil: it says what is there already
}

func (w *weighed) bad(message string) { w.problems.Add("", message) }

// list is one of the lists, as its file is held against it. What was weighed earlier counts for what is weighed later.
type list interface {
	columns() (known, needed []string)
	weigh(ctx context.Context, rows []row) ([]weighed, error)
}

// lists open a list of each kind whose file is read here. by is whose file it is.
var lists = map[ippo.IntakeKind]func(ctx context.Context, st *store.Store, i ippo.Intake) (list, error){
	ippo.IntakeNews: openNews, ippo.IntakeEvents: openEvents, ippo.IntakeEntries: openEntries,
	ippo.IntakeFollowers: openFollowers, ippo.IntakeAmbassadors: openAmbassadors, ippo.IntakeGroups: openGroups, ippo.IntakeCampaigns: openCampaigns,
	ippo.IntakeConsultations: openConsultations, ippo.IntakeMatches: openMatches,
}

// Columns are the columns that a file of a kind may have, for whoever writes one.
func Columns(ctx context.Context, st *store.Store, kind ippo.IntakeKind) ([]string, error) {
	l, err := lists[kind](ctx, st, ippo.Intake{Kind: kind})
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", kind, err)
	}
	known, _ := l.columns()
	return known, nil
}

// Work looks at an intake, or takes it in, as its state says, and notes how far it has come with the very transactions
// that change something: one that is interrupted has done each row once, and goes on from there. What it may reach is
// what whoever started it may change. If they cannot start it any more it stops where it is, until somebody who can lets
// it go on.
func Work(ctx context.Context, st *store.Store, i ippo.Intake) error {
	by, err := st.StaffMember(ctx, i.Staff)
	if err != nil {
		return fmt.Errorf("intake %d: %w", i.ID, err)
	}
	remit, err := st.Remit(ctx, by)
	if err != nil {
		return fmt.Errorf("intake %d: %w", i.ID, err)
	}
	ctx = store.Within(ctx, remit)
	l, err := lists[i.Kind](ctx, st, i)
	if err != nil {
		return fmt.Errorf("intake %d: %w", i.ID, err)
	}
	w := &worker{store: st, list: l, intake: i, resumed: i.Done, chunk: 50}
	w.intake.Done = 0
	if err := w.read(ctx); err != nil && !errors.Is(err, errStopped) {
		return fmt.Errorf("intake %d: %w", i.ID, err)
	}
	return nil
}

// errStopped ends the work on an intake that was stopped.
var errStopped = errors.New("stopped")

type worker struct {
	store   *store.Store
	list    list
	intake  ippo.Intake
	resumed int               // rows that were dealt with before
	chunk   int               // rows that the next transaction takes in
	notes   []ippo.IntakeNote // that are not kept yet
}

func (w *worker) bad(line int, message string) {
	w.intake.Bad++
	w.note(ippo.IntakeNote{Line: line, Words: message})
}

func (w *worker) note(n ippo.IntakeNote) { w.notes = append(w.notes, n) }

// open opens the file to be read row by row, which ends with io.EOF; a row of no form is a *sheet.RowError. It is nil for
// a file that cannot be read so, which is noted.
func (w *worker) open(ctx context.Context) (next func() (row, error), err error) {
	if own, ok := w.list.(interface{ next() (row, error) }); ok {
		return own.next, nil
	}
	file, err := sheet.Open(func() (io.Reader, error) { return w.store.IntakeFile(ctx, w.intake.ID), nil })
	if form, ok := errors.AsType[*sheet.RowError](err); ok {
		w.bad(form.Line, form.Reason)
		return nil, nil
	}
	if err != nil || !w.heads(file.Columns) {
		return nil, err
	}
	return func() (row, error) {
		one, err := file.Next()
		if err != nil {
			return row{}, err
		}
		r := row{one.Line, make(map[string]string, len(file.Columns))}
		for at, name := range file.Columns {
			r.cells[name] = strings.Clone(one.Cell(at))
		}
		return r, nil
	}, nil
}

// read reads the file to its end.
func (w *worker) read(ctx context.Context) error {
	read, err := w.open(ctx)
	if err != nil {
		return err
	}
	if read == nil {
		return w.end(ctx)
	}
	var rows []row
	var noted []ippo.IntakeNote // of rows of no form, which stand between the others
	for n := 0; ; {
		r, err := read()
		last := errors.Is(err, io.EOF)
		form, broken := errors.AsType[*sheet.RowError](err)
		switch {
		case last:
		case broken:
			n++
			noted = append(noted, ippo.IntakeNote{Line: form.Line, Words: form.Reason})
		case err != nil:
			return err
		default:
			n++
			rows = append(rows, r)
		}
		if len(rows)+len(noted) == window || last {
			if err := w.deal(ctx, rows, noted); err != nil {
				return err
			}
			rows, noted = nil, nil
		}
		if last {
			if n == 0 {
				w.bad(1, "取り込む行がありません。2行目から、1行に1件ずつ書いてください。")
			}
			return w.end(ctx)
		}
	}
}

// heads reports whether the columns of a file are the list's.
func (w *worker) heads(columns []string) bool {
	before := w.intake.Bad
	known, needed := w.list.columns()
	// Without headings the first row is somebody's, and nothing of it is repeated.
	if !slices.ContainsFunc(columns, func(name string) bool { return slices.Contains(known, name) }) {
		w.bad(1, "1行目に列の名前がありません。使える列は "+HeadWords(known)+" です。")
		return false
	}
	for i, name := range columns {
		switch {
		case name == "":
			w.bad(1, fmt.Sprintf("%d列目に名前がありません。名前を書くか、その列を消してください。", i+1))
		case !slices.Contains(known, name):
			w.bad(1, fmt.Sprintf("列「%s」はありません。使える列は %s です。", cut(name, 30), HeadWords(known)))
		case slices.Index(columns, name) != i:
			w.bad(1, "列「"+name+"」が2つあります。")
		}
	}
	for _, name := range needed {
		if !slices.Contains(columns, name) {
			w.bad(1, "列「"+name+"」がありません。")
		}
	}
	return w.intake.Bad == before
}

// deal looks at some rows, or takes them in, but for those that were dealt with before.
func (w *worker) deal(ctx context.Context, rows []row, broken []ippo.IntakeNote) error {
	all, err := w.list.weigh(ctx, rows)
	if err != nil {
		return err
	}
	for _, one := range broken {
		all = append(all, weighed{line: one.Line, problems: ippo.Problems{{Message: one.Words}}})
	}
	slices.SortStableFunc(all, func(a, b weighed) int { return a.line - b.line })
	before := max(0, min(len(all), w.resumed-w.intake.Done))
	w.intake.Done += before
	if all = all[before:]; len(all) == 0 {
		return nil
	}
	if w.intake.State == ippo.IntakeChecking {
		for _, one := range all {
			w.count(one)
		}
		w.intake.Rows = w.intake.Done
		return w.keep(ctx, nil)
	}
	for len(all) > 0 {
		n := min(w.chunk, len(all))
		if err := w.take(ctx, all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// count counts a row by what it does, and notes what is to be said of it.
func (w *worker) count(one weighed) {
	w.intake.Done++
	for _, p := range one.problems {
		w.note(ippo.IntakeNote{Line: one.line, Words: p.Message})
	}
	switch {
	case len(one.problems) > 0:
		w.intake.Bad++
		return
	case one.do == nil:
		w.intake.Same++
	case one.adds:
		w.intake.Added++
	default:
		w.intake.Changed++
	}
	if one.doubt != "" {
		w.intake.Doubts++
		w.note(ippo.IntakeNote{Line: one.line, Words: one.doubt, Doubt: true})
	}
}

// take takes some rows in at once. Where one of them is refused, such as for what somebody else changed a moment ago,
// each is taken in alone, and those that are refused are passed over and noted.
func (w *worker) take(ctx context.Context, some []weighed) error {
	was := w.intake
	for _, one := range some {
		one.doubt = "" // staff were sure of it
		w.count(one)
	}
	err := w.keep(ctx, some)
	refusal := refused(err)
	if refusal == nil || len(some) == 1 && len(some[0].problems) > 0 { // which did nothing
		return err
	}
	w.intake, w.notes = was, nil
	if len(some) == 1 {
		return w.take(ctx, []weighed{{line: some[0].line, problems: refusal}})
	}
	for i := range some {
		if err := w.take(ctx, some[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// refused says why a row was not taken in, where that is the row's fault; nil for any other error, and none.
func refused(err error) ippo.Problems {
	problems, ok := errors.AsType[ippo.Problems](err)
	switch {
	case ok:
		return problems
	case errors.Is(err, ippo.ErrConflict), errors.Is(err, ippo.ErrNotFound), errors.Is(err, ippo.ErrForbidden):
		return ippo.Problems{{Message: "取り込むあいだに、ほかの職員が変更しました。今の内容を確かめて、この行だけを取り込みなおしてください。"}}
	}
	return nil
}

// keep does what some rows say and notes how far the intake has come, in one transaction. An intake that is to be taken
// in, but not for whoever started it, is stopped instead: errStopped.
func (w *worker) keep(ctx context.Context, some []weighed) error {
	var began time.Time
	var worked time.Duration // for the rows, without what the disk takes however many they are
	var stopped bool
	err := w.store.Write(ctx, func(t *store.Tx) (err error) {
		began = time.Now() // real time, not the clock's: it measures the machine
		defer func() { worked = time.Since(began) }()
		if stopped, err = t.StopIntake(ctx, w.intake); stopped || err != nil {
			return err
		}
		for _, one := range some {
			if one.do != nil && len(one.problems) == 0 {
				if err := one.do(ctx, t); err != nil {
					return err
				}
			}
		}
		if together, ok := w.list.(interface {
			finish(context.Context, *store.Tx) error
		}); ok && len(some) > 0 {
			if err := together.finish(ctx, t); err != nil {
				return err
			}
		}
		return t.NoteIntake(ctx, w.intake, w.notes)
	})
	if stopped {
		return errStopped
	}
	if err != nil {
		return err
	}
	w.notes = nil
	if len(some) == w.chunk { // fewer, at the end of a window or one by one, tell nothing of more
		w.chunk = min(pace.Chunk(len(some), worked), window)
	}
	return pace.Rest(ctx, time.Since(began))
}

func (w *worker) end(ctx context.Context) error {
	return w.store.Write(ctx, func(t *store.Tx) error {
		if err := t.NoteIntake(ctx, w.intake, w.notes); err != nil {
			return err
		}
		return t.EndIntake(ctx, w.intake)
	})
}
