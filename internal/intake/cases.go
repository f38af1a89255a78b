package intake

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ippo"
	"ippo/store"
)

// The columns of the files of consultations and matches that are read of those that are there.
const (
	colKind  = "種類"
	colStaff = "担当"
	colGroup = "団体"
)

// Consultations are the columns of the list of consultations: neither who asked nor what was said. who names staff, and
// waited says how long the first answer took.
func Consultations(who func(ippo.StaffID) string, waited func(ippo.Consultation) string) []Column[ippo.EnteredConsultation] {
	type entered = ippo.EnteredConsultation
	return []Column[entered]{
		Written(colNumber, func(c entered) string { return strconv.FormatInt(int64(c.ID), 10) }),
		Word(colKind, ippo.ConsultationKinds, func(c *entered) *ippo.ConsultationKind { return &c.Kind }),
		Word("方法", ippo.EnteredWays, func(c *entered) *ippo.ConsultationWay { return &c.Way }),
		Word(colStatus, ippo.ConsultationStates, func(c *entered) *ippo.ConsultationState { return &c.State }),
		Written(colStaff, func(c entered) string { return who(c.Staff) }),
		Time("受けた日時", func(c *entered) *time.Time { return &c.MadeAt }),
		Written("最初のお返事まで", func(c entered) string { return waited(c.Consultation) }),
		Written("最後の動き", func(c entered) string { return c.ChangedAt.In(ippo.Tokyo).Format(minute) }),
		Time("完了した日時", func(c *entered) *time.Time { return &c.ClosedAt }),
	}
}

// told are the columns of what was said, which are read and never saved.
func told() []Column[ippo.EnteredConsultation] {
	type entered = ippo.EnteredConsultation
	return []Column[entered]{
		Text("お名前", func(c *entered) *string { return &c.Caller.Name }),
		Text(colContact, func(c *entered) *string { return &c.Caller.Contact }),
		Text("場所", func(c *entered) *string { return &c.Caller.Place }),
		Text("相談の内容", func(c *entered) *string { return &c.Text }),
		Text("答えたこと", func(c *entered) *string { return &c.Answer }),
		Text(colNote, func(c *entered) *string { return &c.Note }),
	}
}

// PastConsultationColumns are the columns of an empty sheet of consultations that were held before.
var PastConsultationColumns = []string{"受けた日時", "方法", colKind, "お名前", colContact, "場所", "相談の内容", "答えたこと", colStatus, "完了した日時", colStaff, colNote}

// Matches are the columns of the list of matches, without whom they are about.
func Matches(who func(ippo.StaffID) string) []Column[ippo.Match] {
	type match = ippo.Match
	return []Column[match]{
		Written(colNumber, func(m match) string { return strconv.FormatInt(int64(m.ID), 10) }),
		Written(colGroup, func(m match) string { return m.GroupName }),
		Written(colStatus, func(m match) string { return m.State.Words() }),
		Time("案内した日時", func(m *match) *time.Time { return &m.SuggestedAt }),
		Time("希望の日時", func(m *match) *time.Time { return &m.AskedAt }),
		Time("返事の日時", func(m *match) *time.Time { return &m.AnsweredAt }),
		Time("見学した日時", func(m *match) *time.Time { return &m.VisitedAt }),
		Time("参加した日時", func(m *match) *time.Time { return &m.JoinedAt }),
		Time("終わった日時", func(m *match) *time.Time { return &m.EndedAt }),
		Written(colStaff, func(m match) string { return who(m.Staff) }),
	}
}

// office are the staff, as a file names them.
type office struct {
	all   []ippo.Staff
	names map[ippo.StaffID]string
}

func openOffice(ctx context.Context, st *store.Store) (office, error) {
	all, err := st.StaffList(ctx)
	o := office{names: make(map[ippo.StaffID]string, len(all))}
	for _, who := range all {
		o.names[who.ID] = who.Name
		if !who.Token {
			o.all = append(o.all, who)
		}
	}
	return o, err
}

func (o office) name(id ippo.StaffID) string { return o.names[id] }

// find finds whom a cell names, by their address or their name. The problem repeats nothing of the cell: where columns
// have shifted it is somebody else's.
func (o office) find(cell string) (who ippo.Staff, problem string) {
	var named []ippo.Staff
	for _, one := range o.all {
		if strings.EqualFold(one.Email, cell) {
			return one, ""
		}
		if one.Name == cell {
			named = append(named, one)
		}
	}
	switch len(named) {
	case 0:
		return who, "「担当」は、職員の名前かメールアドレスで書いてください。名簿にいない職員のときは、空けておいてください。"
	case 1:
		return named[0], ""
	}
	return who, "「担当」と同じ名前の職員が何人もいます。メールアドレスで書いてください。"
}

// noLonger is said of a colleague to whom nothing can be handed over.
const noLonger = "「担当」の職員には引きつげません。作成者以上の、いまログインできる職員にしてください。"

// passedOver says which columns of a row about something that is there say something else, and are not read; "": none.
func passedOver[T any](columns []Column[T], there T, r row, read ...string) string {
	var names []string
	for _, c := range columns {
		cell := r.cells[c.Name]
		if cell == "" || slices.Contains(read, c.Name) || cell == c.Get(there) {
			continue
		}
		if c.set != nil { // written another way, it may say the same
			now := there
			if c.set(&now, cell) == "" && c.Get(now) == c.Get(there) {
				continue
			}
		}
		names = append(names, "「"+c.Name+"」")
	}
	if names == nil {
		return ""
	}
	return strings.Join(names, "") + "は変えません。変えるときは、その画面で直してください。"
}

// numbered reads a row's number, which lines has where it stands first.
func numbered(r row, lines map[string]int) (id int64, problem string) {
	id, err := strconv.ParseInt(r.cells[colNumber], 10, 64)
	if err != nil {
		return 0, "「番号」は、一覧のCSVにある数字で書いてください。"
	}
	number := strconv.FormatInt(id, 10)
	if first, twice := lines[number]; twice && first != r.line {
		return 0, fmt.Sprintf("番号が%d行目と同じです。", first)
	}
	lines[number] = r.line
	return id, ""
}

// consultations is the list of consultations, to which a file adds those that were held before.
type consultations struct {
	store    *store.Store
	now      time.Time
	by       ippo.StaffID
	keep     time.Duration
	office   office
	list     []Column[ippo.EnteredConsultation] // as it is saved
	told     []Column[ippo.EnteredConsultation]
	lines    map[string]int
	entering map[[sha256.Size]byte]int // where what is added stands first
}

func openConsultations(ctx context.Context, st *store.Store, i ippo.Intake) (list, error) {
	staff, err := openOffice(ctx, st)
	if err != nil {
		return nil, err
	}
	settings, err := st.Settings(ctx)
	if err != nil {
		return nil, err
	}
	return &consultations{
		store: st, now: st.Now(), by: i.Staff, keep: settings.Keep.For(ippo.RetainConsultations), office: staff,
		list: Consultations(staff.name, func(ippo.Consultation) string { return "" }), told: told(),
		lines: map[string]int{}, entering: map[[sha256.Size]byte]int{},
	}, nil
}

func (l *consultations) columns() (known, needed []string) {
	return append(Heads(l.list), Heads(l.told)...), nil
}

func (l *consultations) weigh(ctx context.Context, rows []row) ([]weighed, error) {
	all, ids := make([]weighed, len(rows)), make([]ippo.ConsultationID, len(rows))
	entered, moments := make([]ippo.EnteredConsultation, len(rows)), []time.Time{}
	for i, r := range rows {
		all[i].line = r.line
		if r.cells[colNumber] == "" {
			entered[i], all[i].problems = l.read(r)
			moments = append(moments, entered[i].MadeAt)
			continue
		}
		id, problem := numbered(r, l.lines)
		if ids[i] = ippo.ConsultationID(id); problem != "" {
			all[i].bad(problem)
		}
	}
	there, err := l.store.ConsultationsAmong(ctx, ids)
	if err != nil {
		return nil, err
	}
	known, err := l.store.EnteredAt(ctx, moments)
	if err != nil {
		return nil, err
	}
	for i, r := range rows {
		switch {
		case all[i].problems != nil:
		case r.cells[colNumber] == "":
			l.add(&all[i], entered[i], known)
		default:
			c, ok := there[ids[i]]
			if !ok {
				all[i].bad("この番号の相談はありません。前からの相談を加える行では、「番号」を空けてください。")
				continue
			}
			if err := l.edit(ctx, &all[i], c, r); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// read reads a row about a consultation that was held before. What is not said of it is that it is done, and was on the day.
func (l *consultations) read(r row) (e ippo.EnteredConsultation, found ippo.Problems) {
	e.State = ippo.ConsultationDone
	for _, c := range slices.Concat(l.list, l.told) {
		cell := r.cells[c.Name]
		if c.set == nil || cell == "" {
			continue
		}
		if problem := c.set(&e, cell); problem != "" {
			found.Add(c.Name, problem)
		}
	}
	if r.cells["受けた日時"] == "" {
		found.Add("", "「受けた日時」を書いてください。")
	}
	if r.cells["方法"] == "" {
		found.Add("", "「方法」を書いてください。")
	}
	if cell := r.cells[colStaff]; cell != "" {
		who, problem := l.office.find(cell)
		if problem == "" && e.State != ippo.ConsultationDone && !who.MayLookAfter() {
			problem = noLonger
		}
		if e.Staff = who.ID; problem != "" {
			found.Add("", problem)
		}
	}
	if found != nil {
		return e, found
	}
	// A day without an hour is not before what happened on it.
	if e.State == ippo.ConsultationDone && (e.ClosedAt.IsZero() || e.ClosedAt.Equal(ippo.Day(e.MadeAt))) {
		e.ClosedAt = e.MadeAt
	}
	if problems, ok := errors.AsType[ippo.Problems](e.Validate(l.now)); ok {
		found = problems
	}
	if found == nil && e.State == ippo.ConsultationDone && e.ClosedAt.Before(l.now.Add(-l.keep)) {
		found.Addf("", "完了してから%s日（完了した相談の保管期間）を過ぎているため、取り込めません。この行を消してください。", ippo.Comma(int64(l.keep/(24*time.Hour))))
	}
	return e, found
}

// add weighs a consultation that was held before. One that was entered already, at the same minute and in the same words,
// is not entered again.
func (l *consultations) add(w *weighed, e ippo.EnteredConsultation, known []ippo.EnteredConsultation) {
	if slices.ContainsFunc(known, func(k ippo.EnteredConsultation) bool { return k.MadeAt.Equal(e.MadeAt) && k.Text == e.Text }) {
		l.entering[sumOf(e)] = w.line
		return
	}
	if first, twice := l.entering[sumOf(e)]; twice && first != w.line {
		w.bad(fmt.Sprintf("%d行目と同じ相談です。どちらかの行を消してください。", first))
		return
	}
	l.entering[sumOf(e)] = w.line
	w.adds, w.do = true, func(ctx context.Context, t *store.Tx) error {
		_, err := t.EnterConsultation(ctx, l.by, e)
		return err
	}
}

func sumOf(e ippo.EnteredConsultation) [sha256.Size]byte {
	return sha256.Sum256([]byte(e.MadeAt.Format(time.RFC3339) + e.Text))
}

// edit weighs the row of a consultation that is there. It changes what staff decide among themselves: who looks after it
// and what kind it is, and adds a note; the rest is the caller's, or has a path.
func (l *consultations) edit(ctx context.Context, w *weighed, c ippo.Consultation, r row) error {
	there := ippo.EnteredConsultation{Consultation: c}
	edit := store.ConsultationEdit{ID: c.ID, Version: c.Version, Kind: c.Kind}
	if cell := r.cells[colKind]; cell != "" {
		for _, col := range l.list {
			if col.Name == colKind {
				now := there
				if problem := col.set(&now, cell); problem != "" {
					w.bad(problem)
				}
				edit.Kind = now.Kind
			}
		}
	}
	edit.To = l.office.handOver(w, r, c.Staff).ID
	var err error
	if edit.Note, err = freshNote(w, r, func() (notes []string, err error) {
		entries, err := l.store.ConsultationEntries(ctx, c.ID)
		for _, e := range entries {
			if !e.Shown() {
				notes = append(notes, e.Text)
			}
		}
		return notes, err
	}); err != nil {
		return err
	}
	w.doubt = passedOver(slices.Concat(l.list, l.told), there, r, colNumber, colKind, colStaff, colNote, "最初のお返事まで", "最後の動き")
	if edit.To != 0 || edit.Note != "" || edit.Kind != c.Kind {
		w.do = func(ctx context.Context, t *store.Tx) error { return t.EditConsultation(ctx, l.by, edit) }
	}
	return nil
}

// handOver is to whom a row hands something over that somebody looks after; nobody: it stays theirs.
func (o office) handOver(w *weighed, r row, is ippo.StaffID) (to ippo.Staff) {
	cell := r.cells[colStaff]
	if cell == "" || cell == o.name(is) {
		return to
	}
	who, problem := o.find(cell)
	switch {
	case problem != "":
		w.bad(problem)
	case who.ID == is:
	case !who.MayLookAfter():
		w.bad(noLonger)
	default:
		to = who
	}
	return to
}

// freshNote is the note that a row adds; "": none, or it is there already.
func freshNote(w *weighed, r row, notes func() ([]string, error)) (string, error) {
	note := r.cells[colNote]
	if note == "" {
		return "", nil
	}
	if problems, ok := errors.AsType[ippo.Problems](store.CheckNote(note)); ok {
		w.problems = append(w.problems, problems...)
		return "", nil
	}
	all, err := notes()
	if slices.Contains(all, note) {
		note = ""
	}
	return note, err
}

// matches is the list of matches. A file adds none: docs/decisions/matching.md says why.
type matches struct {
	store  *store.Store
	by     ippo.StaffID
	office office
	list   []Column[ippo.Match]
	lines  map[string]int
}

func openMatches(ctx context.Context, st *store.Store, i ippo.Intake) (list, error) {
	staff, err := openOffice(ctx, st)
	if err != nil {
		return nil, err
	}
	return &matches{store: st, by: i.Staff, office: staff, list: Matches(staff.name), lines: map[string]int{}}, nil
}

func (l *matches) columns() (known, needed []string) {
	return append(Heads(l.list), colNote), []string{colNumber}
}

func (l *matches) weigh(ctx context.Context, rows []row) ([]weighed, error) {
	all, ids := make([]weighed, len(rows)), make([]ippo.MatchID, len(rows))
	for i, r := range rows {
		all[i].line = r.line
		id, problem := numbered(r, l.lines)
		if ids[i] = ippo.MatchID(id); problem != "" {
			all[i].bad(problem)
		}
	}
	there, err := l.store.MatchesAmong(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i, r := range rows {
		w := &all[i]
		m, ok := there[ids[i]]
		switch {
		case w.problems != nil:
		case !ok:
			w.bad("この番号の紹介はありません。ほかのチームの団体への紹介は変えられません。")
		case r.cells[colGroup] != "" && r.cells[colGroup] != m.GroupName:
			w.bad("「団体」が、この番号の紹介の団体と違います。")
		default:
			if err := l.edit(ctx, w, m, r); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// edit weighs the row of a match: who looks after it, while it is under way, and a note.
func (l *matches) edit(ctx context.Context, w *weighed, m ippo.Match, r row) error {
	to := l.office.handOver(w, r, m.Staff)
	edit := store.MatchEdit{ID: m.ID, To: to.ID}
	if to.ID != 0 {
		held, err := l.store.MatchTargets(ctx, store.MatchFilter{}, []store.SeenCase{{ID: int64(m.ID), State: string(m.State)}}, ippo.CaseMove{Deed: ippo.CaseHandOver, To: to.ID})
		if err != nil {
			return err
		}
		if len(held) == 0 {
			w.bad("「担当」を変えられるのは、進めている紹介を、その団体を受け持つ職員に引きつぐときだけです。")
		}
	}
	var err error
	if edit.Note, err = freshNote(w, r, func() (notes []string, err error) {
		steps, err := l.store.MatchSteps(ctx, m.ID)
		for _, s := range steps {
			notes = append(notes, s.Note)
		}
		return notes, err
	}); err != nil {
		return err
	}
	w.doubt = passedOver(l.list, m, r, colNumber, colGroup, colStaff)
	if edit.To != 0 || edit.Note != "" {
		w.do = func(ctx context.Context, t *store.Tx) error { return t.EditMatch(ctx, l.by, edit) }
	}
	return nil
}
