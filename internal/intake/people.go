package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ippo"
	"ippo/store"
)

// FollowerNumber and FollowerTags are the columns of the file of followers that are read.
const (
	FollowerNumber = "番号"
	FollowerTags   = "タグ"
)

// NoTags is what the column of tags says of somebody who has none: an empty cell leaves their tags.
const NoTags = "なし"

// FollowerColumns are the columns of the file of followers.
var FollowerColumns = []string{FollowerNumber, "名前の最初の文字", "状態", "受信設定", "週に1回まとめて", "ことば", "登録経路", FollowerTags, "登録日", "最後の連絡"}

// followers is the list of followers, whose tags a file can change.
type followers struct {
	store *store.Store
	set   []store.Tagging // what the rows of a transaction say
	tags  []named
	lines map[ippo.FollowerID]int
}

func openFollowers(ctx context.Context, st *store.Store, _ ippo.Intake) (list, error) {
	tags, err := st.TagNames(ctx)
	if err != nil {
		return nil, err
	}
	l := &followers{store: st, lines: map[ippo.FollowerID]int{}}
	for _, t := range tags {
		l.tags = append(l.tags, named{t.Name, t.Slug, t.ID})
	}
	return l, nil
}

func (l *followers) columns() (known, needed []string) {
	return FollowerColumns, []string{FollowerNumber, FollowerTags}
}

func (l *followers) weigh(ctx context.Context, rows []row) ([]weighed, error) {
	all := make([]weighed, len(rows))
	ids := make([]ippo.FollowerID, len(rows))
	for i, r := range rows {
		all[i].line = r.line
		id, err := strconv.ParseInt(r.cells[FollowerNumber], 10, 64)
		switch first, twice := l.lines[ippo.FollowerID(id)]; {
		case err != nil:
			all[i].bad("「番号」は、友だちの一覧のCSVにある数字で書いてください。")
		case twice && first != r.line:
			all[i].bad(fmt.Sprintf("番号が%d行目と同じです。", first))
		default:
			ids[i] = ippo.FollowerID(id)
			l.lines[ids[i]] = r.line
		}
	}
	there, err := l.store.TagsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i, r := range rows {
		has, known := there[ids[i]]
		if all[i].problems == nil && !known {
			all[i].bad("この番号の友だちはいません。データを消した人か、ほかのチームの人です。")
		}
		if all[i].problems != nil || r.cells[FollowerTags] == "" {
			continue
		}
		var wants []int64
		if cell := r.cells[FollowerTags]; cell != NoTags {
			var unknown string
			if wants, unknown = readNames(l.tags, cell); unknown != "" {
				all[i].bad("「" + cut(unknown, 20) + "」というタグはありません。先に、タグの画面で作ってください。")
				continue
			}
		}
		if id := ids[i]; !slices.Equal(wants, has) {
			all[i].do = func(context.Context, *store.Tx) error {
				l.set = append(l.set, store.Tagging{Follower: id, Tags: wants})
				return nil
			}
		}
	}
	return all, nil
}

// finish sets the tags of all rows of a transaction at once: with statements for each row it takes four times as long.
func (l *followers) finish(ctx context.Context, t *store.Tx) error {
	set := l.set
	l.set = nil
	return t.SetTags(ctx, set)
}

// TagCell writes somebody's tags as they are read.
func TagCell(names []string) string {
	if len(names) == 0 {
		return NoTags
	}
	return strings.Join(names, "・")
}

// The columns of a sheet of people who signed up by telephone or on paper.
const (
	colNumber   = "番号" // of who is on the list already
	colName     = "氏名"
	colKana     = "ふりがな"
	colContact  = "連絡先"
	colAge      = "年代"
	colGuardian = "保護者"
	colVision   = "ビジョン"
	colStatus   = "状態"
	colApplied  = "申込日"
	colNote     = "メモ"
)

// SignUpColumns are those columns in their order.
var SignUpColumns = []string{colName, colKana, colContact, colAge, colGuardian, colVision, colStatus, colApplied, colNote}

// AmbassadorColumns are the columns of the file of ambassadors: those of the sheet, and what tells how each is doing.
var AmbassadorColumns = []string{
	colNumber, colName, colKana, colContact, colAge, colGuardian, colStatus, "休止中", colVision, "できること", colApplied, colNote,
	"LINE", "招待で来た友だち", "次にすること", "期日",
}

// ambassadors is the list of ambassadors, to which a file adds people.
type ambassadors struct {
	store   *store.Store
	now     time.Time
	by      ippo.StaffID
	numbers map[string]ippo.AmbassadorID // of who has a contact already; nil before the first row
	there   map[string]ippo.Ambassador   // by number; nil before the first row with one
	lines   map[string]int               // where a contact or a number stands first in the file
}

func openAmbassadors(_ context.Context, st *store.Store, i ippo.Intake) (list, error) {
	return &ambassadors{store: st, now: st.Now(), by: i.Staff, lines: map[string]int{}}, nil
}

func (l *ambassadors) columns() (known, needed []string) {
	return AmbassadorColumns, []string{colName, colKana, colContact, colAge}
}

func (l *ambassadors) weigh(ctx context.Context, rows []row) (_ []weighed, err error) {
	if l.numbers == nil {
		if l.numbers, err = l.store.AmbassadorContacts(ctx); err != nil {
			return nil, err
		}
	}
	all := make([]weighed, len(rows))
	for i, r := range rows {
		if r.cells[colNumber] != "" {
			if all[i], err = l.noted(ctx, r); err != nil {
				return nil, err
			}
			continue
		}
		a, problems := readSignUp(r.cells, l.now)
		all[i] = weighed{line: r.line, problems: problems, adds: true, do: func(ctx context.Context, t *store.Tx) error { return t.EnterAmbassador(ctx, l.by, a) }}
		key := a.ContactKey()
		if key == "" {
			continue
		}
		if first, ok := l.lines[key]; ok && first != r.line {
			all[i].doubt = fmt.Sprintf("%d行目の人と同じ連絡先です。", first)
		} else if l.lines[key] = r.line; l.numbers[key] != 0 {
			all[i].doubt = fmt.Sprintf("番号 %d の人と同じ連絡先です。", l.numbers[key])
		}
	}
	return all, nil
}

// noted weighs the row of somebody who is on the list. It changes the staff's note and nothing else: what people told of
// themselves is theirs, and where they stand has a path.
func (l *ambassadors) noted(ctx context.Context, r row) (weighed, error) {
	if l.there == nil {
		all, err := l.store.Ambassadors(ctx, store.AmbassadorFilter{})
		if err != nil {
			return weighed{}, err
		}
		l.there = make(map[string]ippo.Ambassador, len(all))
		for _, a := range all {
			l.there[strconv.Itoa(a.Number)] = a
		}
	}
	w, number, note := weighed{line: r.line}, r.cells[colNumber], r.cells[colNote]
	a, known := l.there[number]
	first, twice := l.lines["number "+number]
	switch {
	case !known:
		w.bad("この番号の人はいません。新しい申込の行では、「番号」を空けてください。")
	case twice && first != r.line:
		w.bad(fmt.Sprintf("番号が%d行目と同じです。", first))
	case a.Name != r.cells[colName]:
		w.bad("「氏名」が、この番号の人の氏名と違います。")
	case note != "" && note != a.Note:
		w.do = func(ctx context.Context, t *store.Tx) error { return t.SetAmbassadorNote(ctx, l.by, a.ID, note) }
	}
	l.lines["number "+number] = r.line
	return w, nil
}

// readSignUp reads one row. Its problems never repeat what the row holds.
func readSignUp(cells map[string]string, now time.Time) (a ippo.Ambassador, found ippo.Problems) {
	a = ippo.Ambassador{
		Name: cells[colName], Kana: cells[colKana], Contact: cells[colContact], Guardian: cells[colGuardian], Vision: cells[colVision], Note: cells[colNote],
		Status: ippo.AmbassadorApplied, AppliedAt: ippo.Day(now),
	}
	var known []string
	for _, one := range ippo.AgeBands {
		known = append(known, one.Words)
		if age := cells[colAge]; age == one.Words || age == string(one.Band) {
			a.AgeBand = one.Band
		}
	}
	if problems, ok := errors.AsType[ippo.Problems](a.Validate()); ok {
		found = problems
	}
	if a.AgeBand == "" && cells[colAge] != "" {
		found = slices.DeleteFunc(found, func(p ippo.Problem) bool { return p.Field == "ageBand" })
		found.Add("ageBand", "年代は "+strings.Join(known, "、")+" のどれかにしてください。")
	}
	switch status := cells[colStatus]; {
	case status == "" || status == ippo.AmbassadorApplied.Words():
	case status == ippo.AmbassadorContacted.Words():
		a.Status = ippo.AmbassadorContacted
	case status == ippo.AmbassadorAppointed.Words():
		a.Status = ippo.AmbassadorAppointed
	default:
		found.Add("status", "状態は 申込、連絡済、任命 のどれかにしてください。")
	}
	if text := cells[colApplied]; text != "" {
		day, err := time.ParseInLocation(time.DateOnly, text, ippo.Tokyo)
		if err != nil {
			day, err = time.ParseInLocation("2006/1/2", text, ippo.Tokyo)
		}
		if err != nil || day.After(now) || day.Year() < 2000 {
			found.Add("appliedAt", "申込日は「2026-04-01」か「2026/4/1」のように、今日までの日付を書いてください。")
		}
		a.AppliedAt = day
	}
	a.ConsentedAt = a.AppliedAt
	if utf8.RuneCountInString(a.Note) > 2000 {
		found.Add("note", "メモは2000文字以内で入力してください。")
	}
	return a, found
}
