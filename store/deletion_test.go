package store

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"ippo"
)

// What was deleted comes back as it was, with its translations, once and within a day; what is new meanwhile stays.
func TestUndelete(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	boss, err := s.CreateStaff(ctx, 0, ippo.Staff{Name: "市川", Email: "boss@example.jp", Role: ippo.Administrator}, "hash")
	if err != nil {
		t.Fatal(err)
	}
	made, err := s.CreateActivityGroup(ctx, boss.ID, ippo.ActivityGroup{
		Slug: "igo", Name: "囲碁の会", Summary: "囲碁", Host: ippo.Host{Person: "市川 太郎", Phone: "090-1234-5678"},
		Translations: ippo.Translations{ippo.English: {Texts: map[string]string{"name": "Go club"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	was, err := s.ActivityGroup(ctx, made.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteActivityGroup(ctx, boss.ID, was.ID); err != nil {
		t.Fatal(err)
	}
	list, err := s.Deletions(ctx, boss, 9)
	if err != nil || len(list) != 1 || list[0].Name != "囲碁の会" || list[0].By != boss.ID || list[0].Object != "group:1" {
		t.Fatalf("%+v, %v", list, err)
	}
	stranger := ippo.Staff{ID: boss.ID + 1, Teams: []ippo.TeamID{1}}
	if _, err := s.Undelete(ctx, stranger, list[0].ID); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("somebody of a team puts back what another deleted: %v", err)
	}
	if seen, err := s.Deletions(ctx, stranger, 9); err != nil || len(seen) != 0 {
		t.Errorf("somebody of a team sees %+v, %v", seen, err)
	}

	// Its number goes to another meanwhile.
	other, err := s.CreateActivityGroup(ctx, boss.ID, ippo.ActivityGroup{Slug: "shogi", Name: "将棋の会", Summary: "将棋"})
	if err != nil || other.ID != was.ID {
		t.Fatal(other.ID, err)
	}
	d, err := s.Undelete(ctx, boss, list[0].ID)
	if err != nil || d.Object != "group:2" {
		t.Fatalf("%+v, %v", d, err)
	}
	is, err := s.ActivityGroup(ctx, 2)
	if err != nil {
		t.Fatal(err)
	}
	was.ID = is.ID
	if !reflect.DeepEqual(is, was) {
		t.Errorf("came back as %+v, was %+v", is, was)
	}
	if _, err := s.Undelete(ctx, boss, list[0].ID); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("twice: %v", err)
	}
	if log, err := s.History(ctx, "group:2", 1); err != nil || len(log) != 1 || log[0].Action != "group.restore" {
		t.Errorf("%+v, %v", log, err)
	}

	// A name that was taken is said, and nothing is half back.
	if err := s.DeleteActivityGroup(ctx, boss.ID, 2); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateActivityGroup(ctx, boss.ID, ippo.ActivityGroup{Slug: "igo", Name: "別の囲碁の会", Summary: "囲碁"}); err != nil {
		t.Fatal(err)
	}
	list, err = s.Deletions(ctx, boss, 9)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	var problems ippo.Problems
	if _, err := s.Undelete(ctx, boss, list[0].ID); !errors.As(err, &problems) || !strings.Contains(problems[0].Message, "あとからつくられています") {
		t.Errorf("over another of its name: %v", err)
	}

	later := s.Now().Add(ippo.UndoWithin + time.Second)
	s.Now = func() time.Time { return later }
	if _, err := s.Undelete(ctx, boss, list[0].ID); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("after a day: %v", err)
	}
	if forgotten, err := s.ForgetPassing(ctx, later); err != nil || forgotten["deletions"] != 1 {
		t.Errorf("forgot %v, %v", forgotten, err)
	}
}

// An indicator comes back with its values, and waits for the heading that it stood under.
func TestUndeleteIndicator(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	boss, err := s.CreateStaff(ctx, 0, ippo.Staff{Name: "市川", Email: "boss@example.jp", Role: ippo.Administrator}, "hash")
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := s.CreateIndicatorSheet(ctx, boss.ID, ippo.IndicatorSheet{Title: "計画", BaselineWord: "基準値", Targets: []ippo.TargetYear{{Word: "目標値", Year: 2027}}, From: 2024, Until: 2026})
	if err != nil {
		t.Fatal(err)
	}
	goal, err := s.CreateHeading(ctx, boss.ID, ippo.Heading{Sheet: sheet.ID, Kind: ippo.HeadingGoal, Name: "つながる"})
	if err != nil {
		t.Fatal(err)
	}
	made, err := s.CreateIndicator(ctx, boss.ID, ippo.Indicator{
		Sheet: sheet.ID, Heading: goal.ID, Name: "連携事業数", Unit: "事業", Values: map[ippo.FiscalYear]ippo.IndicatorValue{2024: {Value: "6", Cost: "1,988"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	was, err := s.Indicator(ctx, made.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteIndicator(ctx, boss.ID, made.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteHeading(ctx, boss.ID, goal.ID); err != nil {
		t.Fatal(err)
	}
	list, err := s.Deletions(ctx, boss, 9)
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	var problems ippo.Problems
	if _, err := s.Undelete(ctx, boss, list[1].ID); !errors.As(err, &problems) || !strings.Contains(problems[0].Message, "先にそれを元に戻して") {
		t.Errorf("under a heading that is gone: %v", err)
	}
	for _, d := range list {
		if _, err := s.Undelete(ctx, boss, d.ID); err != nil {
			t.Fatal(err)
		}
	}
	if is, err := s.Indicator(ctx, made.ID); err != nil || !reflect.DeepEqual(is, was) {
		t.Errorf("came back as %+v, was %+v, %v", is, was, err)
	}
}

// Whatever is deleted with a thing, by the database itself, comes back with it, or it stands here why not.
func TestUndeleteForgetsNothing(t *testing.T) {
	s := newStore(t)
	gone := map[string]string{
		"group_accounts":      "whose LINE account it is may have changed their mind: they link it again",
		"group_account_codes": "good for minutes",
		"call_outs":           "a campaign with one is not deleted",
		"group_links":         "of matches; a group with one is not deleted",
		"indicator_headings":  "a heading with one under it is not deleted",
		"milestones":          "are reached by call-outs; a campaign with one is not deleted",
	}
	for kind, of := range undoable {
		kept := map[string]bool{}
		for _, part := range of.parts {
			kept[part.table] = true
		}
		children, err := collect(t.Context(), s.ro, scanText, `
			SELECT m.name FROM sqlite_schema m, pragma_foreign_key_list(m.name) k
			WHERE m.type = 'table' AND k."table" = ? AND k.on_delete <> 'NO ACTION'`, of.table)
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range children {
			if !kept[table] && gone[table] == "" {
				t.Errorf("%s goes with a deleted %s and does not come back", table, kind)
			}
		}
	}
}

// A sheet that was deleted, or that a CSV was taken into, comes back to the last cell, under the numbers that it had;
// what somebody changed since the import is never undone with it.
func TestUndeleteSheet(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	boss, err := s.CreateStaff(ctx, 0, ippo.Staff{Name: "市川", Email: "boss@example.jp", Role: ippo.Administrator}, "hash")
	if err != nil {
		t.Fatal(err)
	}
	sheet := plan(t, s)
	heading := func(h ippo.Heading) ippo.Heading {
		t.Helper()
		h, err := s.CreateHeading(ctx, boss.ID, h)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	under := heading(ippo.Heading{Sheet: sheet.ID, Kind: ippo.HeadingPolicy, Name: "施策"})
	goal := heading(ippo.Heading{Sheet: sheet.ID, Kind: ippo.HeadingGoal, Name: "つながる", Text: "説明"})
	exec(t, s, "UPDATE indicator_headings SET parent_id = ? WHERE id = ?", goal.ID, under.ID) // those below come first
	of := indicator(t, s, ippo.Indicator{Sheet: sheet.ID, Heading: under.ID, Name: "連携事業数", Values: map[ippo.FiscalYear]ippo.IndicatorValue{2025: {Value: "6", Cost: "1,988"}}, Targets: map[ippo.FiscalYear]string{2027: "9"}})
	indicator(t, s, ippo.Indicator{Sheet: sheet.ID, Name: "再掲", Again: true, Of: of.ID})
	indicator(t, s, ippo.Indicator{Sheet: sheet.ID, Name: "内訳", Part: of.ID})
	counted := indicator(t, s, ippo.Indicator{Sheet: sheet.ID, Name: "友だち", Figure: "friends"})
	count(t, s)
	content := func() ippo.IndicatorContent {
		t.Helper()
		c, err := s.IndicatorContent(ctx, sheet.ID)
		if err != nil {
			t.Fatal(err)
		}
		c.Version, c.UpdatedAt = 0, time.Time{}
		for i := range c.Indicators {
			c.Indicators[i].Version = 0
		}
		return c
	}
	latest := func() ippo.Deletion {
		t.Helper()
		list, err := s.Deletions(ctx, boss, 1)
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		return list[0]
	}
	was := content()

	if err := s.DeleteIndicatorSheet(ctx, boss.ID, sheet.ID); err != nil {
		t.Fatal(err)
	}
	between := plan(t, s) // does not take its place
	indicator(t, s, ippo.Indicator{Sheet: between.ID, Name: "あと"})
	if d, err := s.Undelete(ctx, boss, latest().ID); err != nil || d.Object != "sheet:1" {
		t.Fatal(d, err)
	}
	if is := content(); !reflect.DeepEqual(is, was) {
		t.Errorf("came back as\n%+v, was\n%+v", is, was)
	}

	take := func() {
		t.Helper()
		c, err := s.IndicatorContent(ctx, sheet.ID)
		if err != nil {
			t.Fatal(err)
		}
		first, err := s.Indicator(ctx, of.ID)
		if err != nil {
			t.Fatal(err)
		}
		first.Name, first.Heading = "名前が変わった", 0
		first.Values = map[ippo.FiscalYear]ippo.IndicatorValue{2025: {Year: 2025, Value: "7"}, 2026: {Year: 2026, Value: "8"}}
		rows := []IndicatorRow{
			{Line: 2, Path: []ippo.Heading{{Kind: ippo.HeadingGoal, Name: "つながる", Text: "新しい説明"}}, Indicator: first, Whole: -1, Again: -1},
			{Line: 3, Path: []ippo.Heading{{Kind: ippo.HeadingGoal, Name: "ひろがる"}}, Indicator: ippo.Indicator{Name: "新しい"}, Whole: -1, Again: -1},
		}
		if err := s.ImportIndicators(ctx, boss.ID, sheet.ID, c.Version, rows); err != nil {
			t.Fatal(err)
		}
	}
	take()
	if reflect.DeepEqual(content(), was) {
		t.Fatal("the import has changed nothing")
	}
	exec(t, s, "UPDATE indicators SET counted_on = '' WHERE id = ?", counted.ID)
	exec(t, s, "UPDATE indicator_values SET value = '0' WHERE indicator_id = ?", counted.ID) // it has been counted since
	open, err := s.Indicator(ctx, of.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Undelete(ctx, boss, latest().ID); err != nil {
		t.Fatal(err)
	}
	count(t, s)
	if is := content(); !reflect.DeepEqual(is, was) {
		t.Errorf("the import was taken back to\n%+v, was\n%+v", is, was)
	}
	if err := s.UpdateIndicator(ctx, boss.ID, open); !errors.Is(err, ippo.ErrConflict) {
		t.Errorf("a form that was open on what the import made: %v", err)
	}

	for what, change := range map[string]func() error{
		"a heading": func() error {
			return s.UpdateHeading(ctx, boss.ID, ippo.Heading{ID: goal.ID, Sheet: sheet.ID, Kind: goal.Kind, Place: goal.Place, Name: goal.Name, Text: "手で直した"})
		},
		"an indicator": func() error {
			one, err := s.Indicator(ctx, of.ID)
			if err != nil {
				return err
			}
			one.Remark += "手で"
			return s.UpdateIndicator(ctx, boss.ID, one)
		},
		"the sheet": func() error {
			c, err := s.IndicatorContent(ctx, sheet.ID)
			if err != nil {
				return err
			}
			c.Note += "注"
			return s.UpdateIndicatorSheet(ctx, boss.ID, c.IndicatorSheet)
		},
	} {
		take()
		d := latest()
		if err := change(); err != nil {
			t.Fatal(what, err)
		}
		before := content()
		var problems ippo.Problems
		if _, err := s.Undelete(ctx, boss, d.ID); !errors.As(err, &problems) || !strings.Contains(problems[0].Message, "シートが変わっています") {
			t.Errorf("%s changed since: %v", what, err)
		}
		if !reflect.DeepEqual(content(), before) {
			t.Errorf("%s changed since: it was undone in part", what)
		}
	}
}
