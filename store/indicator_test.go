package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ippo"
)

// plan makes a sheet of the years R6 to R8 with a target for R9, at a moment of R7.
func plan(t testing.TB, s *Store) ippo.IndicatorSheet {
	t.Helper()
	sheet, err := s.CreateIndicatorSheet(t.Context(), 0, ippo.IndicatorSheet{
		Title: "協働のまちづくり計画", BaselineWord: "基準値", BaselineYear: 2023, Targets: []ippo.TargetYear{{Word: "目標値", Year: 2027}}, From: 2024, Until: 2027,
	})
	if err != nil {
		t.Fatal(err)
	}
	return sheet
}

func indicator(t testing.TB, s *Store, i ippo.Indicator) ippo.Indicator {
	t.Helper()
	i, err := s.CreateIndicator(t.Context(), 0, i)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func count(t testing.TB, s *Store) {
	t.Helper()
	if _, err := s.CountIndicators(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// setClock sets the clock of a store.
func setClock(s *Store, t time.Time) { s.Now = func() time.Time { return t } }

func value(t testing.TB, s *Store, id ippo.IndicatorID, y ippo.FiscalYear) ippo.IndicatorValue {
	t.Helper()
	i, err := s.Indicator(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return i.Values[y]
}

// What is counted is what it was at the year's end: whoever comes or is forgotten afterwards.
func TestCountedValueIsFrozenAtTheYearsEnd(t *testing.T) {
	s := newStore(t) // 31 March 2026, half a minute before midnight in Tokyo
	ctx := t.Context()
	one, two := follow(t, s, 1), follow(t, s, 2)
	sheet := plan(t, s)
	friends := indicator(t, s, ippo.Indicator{Sheet: sheet.ID, Name: "友だちの人数", Unit: "人", Figure: "friends", Targets: map[ippo.FiscalYear]string{2027: "4人"}})
	count(t, s)
	if v := value(t, s, friends.ID, 2025); v.Value != "2人" || !v.Counted || v.Frozen() || v.AsOf != "2026-03-31" {
		t.Fatalf("counted before the year's end: %+v", v)
	}
	third := follow(t, s, 3)
	count(t, s) // once a day
	if v := value(t, s, friends.ID, 2025); v.Value != "2人" {
		t.Errorf("counted twice on one day: %+v", v)
	}

	// Nothing ran until May: the year that was missed is counted as of its end.
	setClock(s, time.Date(2026, 5, 7, 9, 0, 0, 0, ippo.Tokyo))
	follow(t, s, 4)
	count(t, s)
	if v := value(t, s, friends.ID, 2025); v.Value != "3人" || !v.Frozen() {
		t.Errorf("the year that ended: %+v", v)
	}
	if v := value(t, s, friends.ID, 2026); v.Value != "4人" || v.Frozen() || v.AsOf != "2026-05-07" {
		t.Errorf("the year that runs: %+v", v)
	}
	inTx(t, s, func(t *Tx) error { return t.AskErasure(ctx, one, 0, "") })
	if done, err := s.Erase(ctx, ippo.Erasure{Follower: one, AskedAt: s.Now()}); err != nil || !done {
		t.Fatal(done, err)
	}
	setClock(s, time.Date(2026, 5, 8, 9, 0, 0, 0, ippo.Tokyo))
	count(t, s)
	if v := value(t, s, friends.ID, 2025); v.Value != "3人" {
		t.Errorf("erasing reached into the year that ended: %+v", v)
	}
	if v := value(t, s, friends.ID, 2026); v.Value != "3人" {
		t.Errorf("the year that runs after erasing: %+v", v)
	}
	i, err := s.Indicator(ctx, friends.ID)
	if err != nil || i.Rate(2025) != "75.0%" || i.Rate(2024) != "" {
		t.Errorf("rates %q, %q, %v", i.Rate(2025), i.Rate(2024), err)
	}
	froze := 0
	for _, e := range auditOf(t, s, "indicator:1") {
		if e.Action == "indicator.freeze" {
			froze++
		}
	}
	if froze != 1 {
		t.Errorf("frozen %d times by the audit log", froze)
	}
	_, _ = two, third
}

func auditOf(t testing.TB, s *Store, object string) []AuditEntry {
	t.Helper()
	log, err := s.History(t.Context(), object, 100)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// What is cumulative goes on from what was reported, also from what was counted before there was Ippo, and
// does not fall when rows are forgotten.
func TestCumulativeCountGoesOn(t *testing.T) {
	s := newStore(t)
	follow(t, s, 1)
	sheet := plan(t, s)
	i := indicator(t, s, ippo.Indicator{Sheet: sheet.ID, Name: "登録者数（H27～累計）", Span: ippo.SpanCumulative, Unit: "人", Figure: "friends-new",
		Values: map[ippo.FiscalYear]ippo.IndicatorValue{2024: {Value: "1,200人"}}})
	count(t, s)
	if v := value(t, s, i.ID, 2025); v.Value != "1,201人" {
		t.Fatalf("first year %+v", v)
	}
	setClock(s, time.Date(2026, 4, 2, 9, 0, 0, 0, ippo.Tokyo))
	count(t, s)
	exec(t, s, `DELETE FROM followers`)
	follow(t, s, 2)
	setClock(s, time.Date(2026, 4, 3, 9, 0, 0, 0, ippo.Tokyo))
	count(t, s)
	if v := value(t, s, i.ID, 2026); v.Value != "1,202人" {
		t.Errorf("second year %+v", v)
	}
	_, err := s.CreateIndicator(t.Context(), 0, ippo.Indicator{Sheet: sheet.ID, Name: "割合", Span: ippo.SpanCumulative, Figure: "newcomers-joined"})
	if p, ok := errors.AsType[ippo.Problems](err); !ok || p.For("figure") == "" {
		t.Errorf("a share that adds up: %v", err)
	}
}

// An editor types, an approver freezes and corrects with a reason; nobody's work is overwritten unseen.
func TestTypedValueIsFrozenAndAmended(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	sheet := plan(t, s)
	i := indicator(t, s, ippo.Indicator{Sheet: sheet.ID, Name: "連携事業数", Targets: map[ippo.FiscalYear]string{2027: "10事業"}})
	typed := func(text string) map[ippo.FiscalYear]ippo.IndicatorValue {
		return map[ippo.FiscalYear]ippo.IndicatorValue{2024: {Value: text, Cost: "1,988"}}
	}
	if err := s.SetIndicatorValues(ctx, 0, i.ID, i.Version, typed("7事業")); err != nil {
		t.Fatal(err)
	}
	if err := s.SetIndicatorValues(ctx, 0, i.ID, i.Version, typed("8事業")); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("the slower of two: %v", err)
	}
	if err := s.AmendIndicatorValue(ctx, 0, i.ID, ippo.IndicatorValue{Year: 2024, Value: "9事業"}, "数え直し"); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("amended before it was frozen: %v", err)
	}
	if err := s.FreezeIndicatorValue(ctx, 0, i.ID, 2024); err != nil {
		t.Fatal(err)
	}
	if err := s.FreezeIndicatorValue(ctx, 0, i.ID, 2024); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("frozen twice: %v", err)
	}
	var p ippo.Problems
	if err := s.FreezeIndicatorValue(ctx, 0, i.ID, 2025); !errors.As(err, &p) {
		t.Errorf("nothing frozen: %v", err)
	}
	now, err := s.Indicator(ctx, i.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetIndicatorValues(ctx, 0, i.ID, now.Version, typed("9事業")); !errors.As(err, &p) || !strings.Contains(p.For("valueR6"), "確定") {
		t.Errorf("typed over what is frozen: %v", err)
	}
	if err := s.AmendIndicatorValue(ctx, 0, i.ID, ippo.IndicatorValue{Year: 2024, Value: "9事業", Cost: "1,988"}, ""); !errors.As(err, &p) {
		t.Errorf("no reason: %v", err)
	}
	if err := s.AmendIndicatorValue(ctx, 0, i.ID, ippo.IndicatorValue{Year: 2024, Value: "9事業", Cost: "1,988"}, "数え直し"); err != nil {
		t.Fatal(err)
	}
	if v := value(t, s, i.ID, 2024); v.Value != "9事業" || !v.Frozen() {
		t.Errorf("amended: %+v", v)
	}
	if e := auditOf(t, s, "indicator:1")[0]; e.Action != "indicator.amend" || e.Detail != "R6 実績値 7事業→9事業、 数え直し" {
		t.Errorf("on record: %+v", e)
	}
	if err := s.DeleteIndicator(ctx, 0, i.ID); !errors.As(err, &p) {
		t.Errorf("deleted although frozen: %v", err)
	}
	if err := s.DeleteIndicatorSheet(ctx, 0, sheet.ID); !errors.As(err, &p) {
		t.Errorf("sheet deleted although frozen: %v", err)
	}
}

// What is 再掲 shows the figures of its original under its own name, and a part stands with its whole.
func TestTreeOfIndicators(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	sheet := plan(t, s)
	head := func(parent ippo.HeadingID, kind ippo.HeadingKind, name string) ippo.Heading {
		t.Helper()
		h, err := s.CreateHeading(ctx, 0, ippo.Heading{Sheet: sheet.ID, Parent: parent, Kind: kind, Name: name})
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	goal := head(0, ippo.HeadingGoal, "基本目標①")
	measure := head(goal.ID, ippo.HeadingMeasure, "施策：創業支援")
	other := head(goal.ID, ippo.HeadingMeasure, "施策：交流")
	whole := indicator(t, s, ippo.Indicator{Sheet: sheet.ID, Heading: measure.ID, Name: "創業件数", Baseline: "8件", Targets: map[ippo.FiscalYear]string{2027: "10件"},
		Values: map[ippo.FiscalYear]ippo.IndicatorValue{2024: {Value: "9件"}}})
	part := indicator(t, s, ippo.Indicator{Sheet: sheet.ID, Part: whole.ID, Name: "空き店舗"})
	again := indicator(t, s, ippo.Indicator{Sheet: sheet.ID, Heading: other.ID, Name: "創業件数", Again: true, Of: whole.ID, SheetNo: "22"})

	c, err := s.IndicatorContent(ctx, sheet.ID)
	if err != nil {
		t.Fatal(err)
	}
	var shape []string
	for _, section := range c.Sections() {
		shape = append(shape, fmt.Sprintf("%d %s", section.Depth, section.Name))
		for _, i := range section.Indicators {
			shape = append(shape, i.Title()+" "+i.Rate(2024)+" "+i.SheetNo)
		}
	}
	if got, want := strings.Join(shape, "\n"), "1 基本目標①\n2 施策：創業支援\n創業件数 90.0% \n（内訳）空き店舗  \n2 施策：交流\n創業件数（再掲） 90.0% 22"; got != want {
		t.Errorf("the tree is\n%s\nwant\n%s", got, want)
	}
	var p ippo.Problems
	for what, i := range map[string]ippo.Indicator{
		"a part of a part":            {Sheet: sheet.ID, Part: part.ID, Name: "x"},
		"a repetition of one":         {Sheet: sheet.ID, Name: "x", Again: true, Of: again.ID},
		"a target of no column":       {Sheet: sheet.ID, Name: "x", Targets: map[ippo.FiscalYear]string{2030: "1件"}},
		"a heading of no sheet":       {Sheet: sheet.ID, Name: "x", Heading: 99},
		"a figure that nobody counts": {Sheet: sheet.ID, Name: "x", Figure: "tea"},
	} {
		if _, err := s.CreateIndicator(ctx, 0, i); !errors.As(err, &p) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := s.SetIndicatorValues(ctx, 0, again.ID, again.Version, map[ippo.FiscalYear]ippo.IndicatorValue{2024: {Value: "1件"}}); !errors.As(err, &p) {
		t.Errorf("typed into a repetition: %v", err)
	}
	if err := s.DeleteIndicator(ctx, 0, whole.ID); !errors.As(err, &p) {
		t.Errorf("deleted from under its part: %v", err)
	}
	if err := s.DeleteHeading(ctx, 0, goal.ID); !errors.As(err, &p) {
		t.Errorf("deleted from above a measure: %v", err)
	}
	measure.Kind = ippo.HeadingGoal
	if err := s.UpdateHeading(ctx, 0, measure); !errors.As(err, &p) {
		t.Errorf("a goal under a goal: %v", err)
	}
	c.Targets = nil
	if err := s.UpdateIndicatorSheet(ctx, 0, c.IndicatorSheet); !errors.As(err, &p) || !strings.Contains(p.For("targets"), "R9") {
		t.Errorf("a column taken away with what stands in it: %v", err)
	}
	// Moving the whole moves its parts.
	whole, err = s.Indicator(ctx, whole.ID)
	if err != nil {
		t.Fatal(err)
	}
	whole.Heading = other.ID
	if err := s.UpdateIndicator(ctx, 0, whole); err != nil {
		t.Fatal(err)
	}
	if moved, err := s.Indicator(ctx, part.ID); err != nil || moved.Heading != other.ID {
		t.Errorf("the part stands under %d, %v", moved.Heading, err)
	}
	if err := s.DeleteIndicatorSheet(ctx, 0, sheet.ID); err != nil {
		t.Error(err)
	}
}

// Every figure is counted in an office where nothing has happened, and in one where something has.
func TestEveryFigureIsCounted(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	year := ippo.FiscalYear(2025)
	texts := func() map[ippo.FigureKey]string {
		t.Helper()
		all := map[ippo.FigureKey]string{}
		for _, f := range Figures() {
			text, err := countFigure(ctx, s.ro, f.Key, year.Begins(), year.Ends())
			if err != nil {
				t.Fatal(err)
			}
			all[f.Key] = text
		}
		return all
	}
	for key, text := range texts() {
		if f, _ := FigureOf(key); text != "0"+f.Unit && text != ippo.Dash {
			t.Errorf("%s of nothing is %s", key, text)
		}
	}
	entry, err := s.CreateEntry(ctx, 0, ippo.Entry{Slug: "madoguchi", Name: "市民課", Newcomer: true})
	if err != nil {
		t.Fatal(err)
	}
	var who ippo.FollowerID
	for n := range 20 {
		who = follow(t, s, n+1)
	}
	c := consult(t, s, who, "居場所を探しています")
	exec(t, s, `UPDATE followers SET entry_id = ?`, entry.ID)
	exec(t, s, `UPDATE consultations SET answered_at = ? WHERE id = ?`, stamp(c.MadeAt.Add(20*time.Second)), c.ID)
	exec(t, s, `INSERT INTO activity_groups (slug, name, summary, updated_at) VALUES ('a', 'あ', 'い', ?)`, stamp(s.Now()))
	exec(t, s, `INSERT INTO matches (follower_id, group_id, state, suggested_at, asked_at, visited_at, joined_at) VALUES (?, 1, 'joined', ?2, ?2, ?2, ?2)`, who, stamp(s.Now()))
	got := texts()
	for key, want := range map[ippo.FigureKey]string{
		"friends": "20人", "friends-new": "20人", "newcomers": "20人", "newcomers-joined": "5.0%", "consultations": "1件", "consultations-answer": "0.0時間",
		"visits-asked": "1件", "visits": "1人", "joined": "1人", "groups": "1団体",
	} {
		if got[key] != want {
			t.Errorf("%s is %s, want %s", key, got[key], want)
		}
	}
	exec(t, s, `UPDATE followers SET entry_id = NULL WHERE id = ?`, who)
	if got := texts()["newcomers-joined"]; got != ippo.FewWords {
		t.Errorf("a share of 19 people is %s", got)
	}
}

// Who opened broadcasts is what LINE told of those of the year: where it told of none, nobody knows.
func TestOpenedBroadcastsAreCounted(t *testing.T) {
	s := newStore(t)
	town(t, s, "", "")
	year := ippo.FiscalYearOf(s.Now())
	for n, b := range []struct {
		at     time.Time
		opened any
		want   string
	}{{year.Begins(), nil, ippo.Dash}, {year.Begins().Add(time.Hour), 120, "120人"}, {year.Ends().Add(-time.Hour), 1000, "1,120人"}, {year.Ends(), 500, "1,120人"}, {year.Begins().Add(-time.Second), 500, "1,120人"}} {
		one := draft()
		if err := s.CreateBroadcast(t.Context(), 1, one); err != nil {
			t.Fatal(err)
		}
		exec(t, s, `UPDATE broadcasts SET status = 'sent', started_at = ?1, finished_at = ?1 WHERE id = ?2`, stamp(b.at), one.ID)
		exec(t, s, `INSERT INTO broadcast_readers (broadcast_id, opened, tried_at) VALUES (?, ?, ?)`, one.ID, b.opened, stamp(b.at))
		if got, err := countFigure(t.Context(), s.ro, "opened", year.Begins(), year.Ends()); err != nil || got != b.want {
			t.Errorf("after broadcast %d it is %s, %v; want %s", n, got, err, b.want)
		}
	}
}

// The time to the first answer is the middle one's; of two in the middle, the mean. Who still waits is in none.
func TestMedianTimeToAnswer(t *testing.T) {
	s := newStore(t)
	year := ippo.FiscalYearOf(s.Now())
	for n, c := range []struct {
		hours float64 // 0: not answered yet
		want  string
	}{{0, ippo.Dash}, {2, "2.0時間"}, {10, "6.0時間"}, {3, "3.0時間"}, {100, "6.5時間"}} {
		made := consult(t, s, follow(t, s, n+1), "居場所を探しています")
		if c.hours > 0 {
			exec(t, s, `UPDATE consultations SET made_at = ?, answered_at = ? WHERE id = ?`, stamp(year.Begins()), stamp(year.Begins().Add(time.Duration(c.hours*float64(time.Hour)))), made.ID)
		}
		if got, err := countFigure(t.Context(), s.ro, "consultations-answer", year.Begins(), year.Ends()); err != nil || got != c.want {
			t.Errorf("with one of %v hours it is %s, %v; want %s", c.hours, got, err, c.want)
		}
	}
}

// BenchmarkCountIndicators counts every figure with 300,000 followers.
func BenchmarkCountIndicators(b *testing.B) {
	s := newStore(b)
	crowd(b, s, 300_000)
	sheet := plan(b, s)
	for _, f := range Figures() {
		indicator(b, s, ippo.Indicator{Sheet: sheet.ID, Name: f.Name, Figure: f.Key})
	}
	day := s.Now()
	for b.Loop() {
		day = day.AddDate(0, 0, 1)
		setClock(s, day)
		count(b, s)
	}
}

// BenchmarkIndicatorContent reads a full sheet: 500 indicators with six years each.
func BenchmarkIndicatorContent(b *testing.B) {
	s := newStore(b)
	sheet := plan(b, s)
	for n := range ippo.MaxIndicators {
		values := map[ippo.FiscalYear]ippo.IndicatorValue{}
		for y := range ippo.FiscalYear(6) {
			values[2020+y] = ippo.IndicatorValue{Value: "1,234人", Cost: "100"}
		}
		indicator(b, s, ippo.Indicator{Sheet: sheet.ID, Name: fmt.Sprint("指標", n), Values: values})
	}
	for b.Loop() {
		if _, err := s.IndicatorContent(b.Context(), sheet.ID); err != nil {
			b.Fatal(err)
		}
	}
}
