package intake

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/store"
)

// notes are what is said of a file's rows.
func (c *center) notes(i ippo.Intake) string {
	c.t.Helper()
	notes, err := c.IntakeNotes(c.t.Context(), i.ID, 0)
	if err != nil {
		c.t.Fatal(err)
	}
	var all []string
	for _, n := range notes {
		all = append(all, fmt.Sprintf("%d: %s", n.Line, n.Words))
	}
	return strings.Join(all, "\n")
}

func (c *center) takeIn(i ippo.Intake) {
	c.t.Helper()
	if err := Work(c.t.Context(), c.Store, c.start(i)); err != nil {
		c.t.Fatal(err)
	}
}

// list is a list as its file, with one more column.
func (c *center) list(column string, cell string) string {
	c.t.Helper()
	part, _, err := c.ConsultationPage(c.t.Context(), store.ConsultationFilter{}, store.Page{Limit: 500, Sort: "made"})
	if err != nil {
		c.t.Fatal(err)
	}
	staff, err := openOffice(c.t.Context(), c.Store)
	if err != nil {
		c.t.Fatal(err)
	}
	columns := Consultations(staff.name, func(ippo.Consultation) string { return "3時間" })
	file := strings.Join(append(Heads(columns), column), ",") + "\n"
	for _, one := range part.Items {
		file += strings.Join(append(Cells(columns, ippo.EnteredConsultation{Consultation: one}), cell), ",") + "\n"
	}
	return file
}

const pastHeads = "受けた日時,方法,種類,お名前,連絡先,場所,相談の内容,答えたこと,状態,完了した日時,担当,メモ\n"

// Years of consultations on paper come in as if they had been entered at the desk: sealed, on their days, with who answered
// them; nobody is told. The same file once more adds nothing, and what was saved comes back unchanged.
func TestPastConsultations(t *testing.T) {
	c := open(t)
	ctx := t.Context()
	mori, err := c.CreateStaff(ctx, 0, ippo.Staff{Email: "mori@example.jp", Name: "森 あきら", Role: ippo.Editor, Disabled: true}, "") // who has left
	if err != nil {
		t.Fatal(err)
	}
	const file = pastHeads +
		"2025/5/1 10:00,電話,補助金,山本 一,000-2222-3333,,書き方を知りたい,手引きを送った,,2025/5/2,森 あきら,あとで礼の電話\n" +
		"2025-06-01,窓口,,,,,\"居場所が\nほしい\",,対応中,,a@example.jp,\n" +
		"2025/7/1,出前相談会,居場所,,,栄公民館,集まりをさがしている,,完了,,,\n"
	i := c.upload(ippo.IntakeConsultations, file)
	if i.Added != 3 || i.Bad != 0 || i.Doubts != 0 {
		t.Fatalf("%+v\n%s", i, c.notes(i))
	}
	c.takeIn(i)
	for n, want := range []ippo.Consultation{
		{ID: 1, Kind: ippo.ConsultSubsidy, State: ippo.ConsultationDone, Way: ippo.ByPhone, Caller: ippo.Caller{Name: "山本 一", Contact: "000-2222-3333"}, Staff: mori.ID,
			MadeAt: time.Date(2025, 5, 1, 10, 0, 0, 0, ippo.Tokyo), ChangedAt: time.Date(2025, 5, 2, 0, 0, 0, 0, ippo.Tokyo), AnsweredAt: time.Date(2025, 5, 1, 10, 0, 0, 0, ippo.Tokyo), ClosedAt: time.Date(2025, 5, 2, 0, 0, 0, 0, ippo.Tokyo)},
		{ID: 2, State: ippo.ConsultationWorking, Way: ippo.ByDesk, Staff: c.staff, MadeAt: time.Date(2025, 6, 1, 0, 0, 0, 0, ippo.Tokyo), ChangedAt: c.Now()},
		{ID: 3, Kind: ippo.ConsultPlace, State: ippo.ConsultationDone, Way: ippo.ByVisitingDay, Caller: ippo.Caller{Place: "栄公民館"},
			MadeAt: time.Date(2025, 7, 1, 0, 0, 0, 0, ippo.Tokyo), ChangedAt: time.Date(2025, 7, 1, 0, 0, 0, 0, ippo.Tokyo), ClosedAt: time.Date(2025, 7, 1, 0, 0, 0, 0, ippo.Tokyo)},
	} {
		is, err := c.Consultation(ctx, want.ID)
		want.Version, want.Language = 1, ippo.Japanese
		for _, at := range []*time.Time{&want.MadeAt, &want.ChangedAt, &want.AnsweredAt, &want.ClosedAt} {
			if !at.IsZero() {
				*at = at.UTC()
			}
		}
		if err != nil || is != want {
			t.Errorf("%d: %+v, want %+v; %v", n, is, want, err)
		}
	}
	entries, err := c.ConsultationEntries(ctx, 1)
	if err != nil || len(entries) != 3 || entries[0].Text != "書き方を知りたい" || entries[0].Staff != c.staff || entries[1].Text != "手引きを送った" || entries[1].Staff != mori.ID ||
		entries[2].Author != ippo.EntryNote || entries[2].Text != "あとで礼の電話" {
		t.Errorf("%+v, %v", entries, err)
	}
	if mails, err := c.DueMails(ctx, c.Now(), 10); err != nil || len(mails) > 0 {
		t.Errorf("a file told %+v, %v", mails, err)
	}
	if i := c.upload(ippo.IntakeConsultations, file); i.Same != 3 || i.Changes() || i.Bad > 0 {
		t.Errorf("once more: %+v\n%s", i, c.notes(i))
	}
	if _, err := c.CreateStaff(ctx, 0, ippo.Staff{Email: "mori2@example.jp", Name: mori.Name, Role: ippo.Editor}, ""); err != nil { // who is somebody else
		t.Fatal(err)
	}
	if i := c.upload(ippo.IntakeConsultations, c.list("メモ", "")); i.Same != 3 || i.Changes() || i.Bad+i.Doubts > 0 {
		t.Errorf("as it was saved: %+v\n%s", i, c.notes(i))
	}
	// Retention finds them as it finds the others: by the day on which each was done.
	if _, err := c.ForgetPassing(ctx, time.Date(2028, 5, 15, 0, 0, 0, 0, ippo.Tokyo)); err != nil {
		t.Fatal(err)
	}
	if there, err := c.ConsultationsAmong(ctx, []ippo.ConsultationID{1, 2, 3}); err != nil || len(there) != 2 || there[1].ID != 0 {
		t.Errorf("%+v, %v", there, err)
	}
}

// What is wrong is said by line, and nothing of what the row holds of a person is repeated.
func TestPastConsultationsSayWhatIsWrong(t *testing.T) {
	c := open(t)
	for _, email := range []string{"x@example.jp", "y@example.jp"} {
		if _, err := c.CreateStaff(t.Context(), 0, ippo.Staff{Email: email, Name: "同名", Role: ippo.Editor}, ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.CreateStaff(t.Context(), 0, ippo.Staff{Email: "z@example.jp", Name: "閲覧", Role: ippo.Viewer}, ""); err != nil {
		t.Fatal(err)
	}
	for row, words := range map[string]string{
		"2023/3/30,電話,,,,,ひみつ,,,,,":                               "1,095日",
		"2023/3/30,電話,,,,,ひみつ,,,2023/4/2,,":                       "",
		"2023/3/30,電話,,,,,ひみつ,,対応中,,,":                            "",
		"2026/4/1,電話,,,,,ひみつ,,,,,":                                "これから先の日時",
		"きのう,電話,,,,,ひみつ,,,,,":                                     "「受けた日時」は「2026/4/1 10:00」のように",
		",電話,,,,,ひみつ,,,,,":                                        "「受けた日時」を書いて",
		"2025/5/1,,,,,,ひみつ,,,,,":                                  "「方法」を書いて",
		"2025/5/1,LINE,,,,,ひみつ,,,,,":                              "「方法」は 窓口、電話、出前相談会",
		"2025/5/1,電話,けんか,,,,ひみつ,,,,,":                             "「種類」は 参加",
		"2025/5/1,電話,,,,,,,,,,":                                   "相談の内容",
		"2025/5/1,電話,,,,,ひみつ,,対応中,2025/5/2,,":                     "状態が完了のときだけ",
		"2025/5/1,電話,,,,,ひみつ,,,2025/4/2,,":                        "受けた日時から今まで",
		"2025/5/1,電話,,,,,ひみつ,,,,だれか,":                             "「担当」は、職員の名前かメールアドレス",
		"2025/5/1,電話,,,,,ひみつ,,,,同名,":                              "何人もいます",
		"2025/5/1,電話,,,,,ひみつ,,,,y@example.jp,":                    "",
		"2025/5/1 10:00,電話,,,,,ひみつ,,,2025/5/1,,":                  "",
		"2025/5/1,電話,,,,,ひみつ,,対応中,,閲覧,":                           "引きつげません",
		"2025/5/1,電話,," + strings.Repeat("名", 41) + ",,,ひみつ,,,,,": "お名前は40文字以内",
		"2025/5/1,電話,,,,,ひみつ,,,,,\n2025/5/1,電話,,,,,ひみつ,,,,,":      "2行目と同じ相談です",
	} {
		i := c.upload(ippo.IntakeConsultations, pastHeads+row+"\n")
		said := c.notes(i)
		if (words == "") != (i.Bad == 0) || !strings.Contains(said, words) || strings.Contains(said, "ひみつ") || strings.Contains(said, "だれか") || strings.Contains(said, "名名") {
			t.Errorf("%s: %+v, %q", row, i, said)
		}
	}
}

// Of what is there a file changes who looks after it, its kind, and adds a note, once. It says what it passes over.
func TestConsultationsAreEdited(t *testing.T) {
	c := open(t)
	ctx := t.Context()
	taro, err := c.CreateStaff(ctx, 0, ippo.Staff{Email: "taro@example.jp", Name: "太郎", Role: ippo.Editor}, "")
	if err != nil {
		t.Fatal(err)
	}
	c.takeIn(c.upload(ippo.IntakeConsultations, pastHeads+"2025/5/1,電話,,山本,,,ひみつ,,対応中,,,\n2025/6/1,電話,,,,,ひみつ,,対応中,,a@example.jp,\n"))
	if _, err := c.CreateStaff(ctx, 0, ippo.Staff{Email: "left@example.jp", Name: "辞めた人", Role: ippo.Editor, Disabled: true}, ""); err != nil {
		t.Fatal(err)
	}
	const heads = "番号,種類,状態,受けた日時,担当,お名前,メモ\n"
	i := c.upload(ippo.IntakeConsultations, heads+"1,居場所,対応中,2025/05/01 0:00,太郎,山本,よろしく\n2,,完了,2025/6/2,,別の人,電話は夜\n")
	if i.Changed != 2 || i.Added+i.Bad != 0 || i.Doubts != 1 || !strings.Contains(c.notes(i), "3: 「状態」「受けた日時」「お名前」は変えません") {
		t.Fatalf("%+v\n%s", i, c.notes(i))
	}
	c.takeIn(i)
	is, err := c.Consultation(ctx, 1)
	if err != nil || is.Kind != ippo.ConsultPlace || is.Staff != taro.ID || !is.Unread || is.Caller.Name != "山本" {
		t.Errorf("%+v, %v", is, err)
	}
	entries, err := c.ConsultationEntries(ctx, 1)
	if last := entries[len(entries)-1]; err != nil || last.Author != ippo.EntryHandOver || last.To != taro.ID || last.Text != "よろしく" {
		t.Errorf("%+v, %v", entries, err)
	}
	if is, err = c.Consultation(ctx, 2); err != nil || is.State != ippo.ConsultationWorking || is.Staff != c.staff || is.Kind != "" || is.Caller.Name != "" {
		t.Errorf("%+v, %v", is, err)
	}
	if entries, err = c.ConsultationEntries(ctx, 2); err != nil || len(entries) != 2 || entries[1].Author != ippo.EntryNote || entries[1].Text != "電話は夜" {
		t.Errorf("%+v, %v", entries, err)
	}
	if mails, err := c.DueMails(ctx, c.Now(), 10); err != nil || len(mails) > 0 {
		t.Errorf("a file told %+v, %v", mails, err)
	}
	if i := c.upload(ippo.IntakeConsultations, heads+"1,居場所,,,太郎,,よろしく\n2,,,,,,電話は夜\n"); i.Same != 2 {
		t.Errorf("once more: %+v", i)
	}
	i = c.upload(ippo.IntakeConsultations, heads+"9,居場所,,,,,\nx,,,,,,\n1,,,,a@example.jp,,\n01,,,,,,\n2,けんか,,,だれか,,\n")
	if i.Bad != 4 || i.Changed != 1 {
		t.Errorf("%+v\n%s", i, c.notes(i))
	}
	if i := c.upload(ippo.IntakeConsultations, heads+"1,,,,辞めた人,,\n"); i.Bad != 1 || !strings.Contains(c.notes(i), "引きつげません") {
		t.Errorf("%+v\n%s", i, c.notes(i))
	}
}

// A file of consultations that is interrupted at any moment enters each once.
func TestPastConsultationsGoOn(t *testing.T) {
	c := open(t)
	const rows = 120
	file := pastHeads
	for n := range rows {
		file += fmt.Sprintf("2025/5/1,電話,,,,,相談%d,,,,,\n", n)
	}
	i := c.start(c.upload(ippo.IntakeConsultations, file))
	stops := 0
	for ; !c.cutShort(i); stops++ {
		i = c.open()
	}
	_, total, err := c.ConsultationPage(t.Context(), store.ConsultationFilter{}, store.Page{Limit: 1})
	if err != nil || total != rows || stops == 0 {
		t.Errorf("%d of %d, %d stops, %v", total, rows, stops, err)
	}
	if i, err = c.Intake(t.Context(), i.ID); err != nil || i.Added != rows || i.Same != 0 {
		t.Errorf("%+v, %v", i, err)
	}
}

// Of matches a file changes who looks after them and adds a note; it makes none, and reaches what its starter's team does.
func TestMatchesAreEdited(t *testing.T) {
	c := open(t)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := c.CreateTopic(ctx, 0, ippo.Topic{Slug: "fukushi", Name: "福祉"})
	must(err)
	topics, err := c.Topics(ctx)
	must(err)
	team, err := c.CreateTeam(ctx, 0, ippo.Team{Name: "福祉", Topics: ippo.ChoiceOf(topics[0].Number)})
	must(err)
	member, err := c.CreateStaff(ctx, 0, ippo.Staff{Email: "f@example.jp", Name: "福祉 太郎", Role: ippo.Editor, Teams: []ippo.TeamID{team.ID}}, "")
	must(err)
	_, err = c.ImportFollowers(ctx, []store.FollowerRow{{LineUserID: "Ua"}})
	must(err)
	for n, about := range []ippo.Choice{ippo.ChoiceOf(topics[0].Number), 0} {
		g, err := c.CreateActivityGroup(ctx, 0, ippo.ActivityGroup{Slug: fmt.Sprint("g", n), Name: fmt.Sprint("団体", n), Summary: "活動", Topics: about})
		must(err)
		must(c.Write(ctx, func(tx *store.Tx) error {
			id, err := tx.WishMatch(ctx, 1, g.ID, ippo.Wish{})
			if err != nil {
				return err
			}
			return tx.AskMatch(ctx, id, ippo.ByNewcomer, 0, ippo.VisitRequest{Name: "山田", Contact: "000"}, ippo.Consent{})
		}))
	}
	told, err := c.DueMails(ctx, c.Now(), 10)
	must(err)
	const heads = "番号,団体,状態,希望の日時,担当,メモ\n"
	i := c.upload(ippo.IntakeMatches, heads+"1,団体0,見学を希望,2026/03/31 12:00,福祉 太郎,お願いします\n2,,参加した,,,電話は夜\n")
	if i.Changed != 2 || i.Bad != 0 || i.Doubts != 1 || !strings.Contains(c.notes(i), "3: 「状態」は変えません") {
		t.Fatalf("%+v\n%s", i, c.notes(i))
	}
	c.takeIn(i)
	m, err := c.Match(ctx, 1)
	must(err)
	steps, err := c.MatchSteps(ctx, 1)
	if last := steps[len(steps)-1]; err != nil || m.Staff != member.ID || last.Step != "handover" || last.Note != "お願いします" {
		t.Errorf("%+v; %+v, %v", m, last, err)
	}
	m, err = c.Match(ctx, 2)
	must(err)
	steps, err = c.MatchSteps(ctx, 2)
	if last := steps[len(steps)-1]; err != nil || m.State != ippo.MatchAsked || last.Step != "note" || last.Note != "電話は夜" {
		t.Errorf("%+v; %+v, %v", m, last, err)
	}
	if mails, err := c.DueMails(ctx, c.Now(), 10); err != nil || len(mails) != len(told) {
		t.Errorf("a file told %+v, %v", mails, err)
	}
	if i := c.upload(ippo.IntakeMatches, heads+"1,,,,福祉 太郎,お願いします\n2,,,,,電話は夜\n"); i.Same != 2 {
		t.Errorf("once more: %+v\n%s", i, c.notes(i))
	}
	// To whom the group's team is, by a number that there is, in a row that is its own.
	for file, words := range map[string]string{
		heads + "2,,,,福祉 太郎,\n": "その団体を受け持つ職員", heads + "9,,,,,\n": "この番号の紹介はありません", heads + ",団体0,,,,\n": "「番号」は",
		heads + "1,団体1,,,,\n": "「団体」が", heads + "1,,,,,a\n1,,,,,b\n": "2行目と同じ",
	} {
		if i := c.upload(ippo.IntakeMatches, file); i.Bad != 1 || !strings.Contains(c.notes(i), words) {
			t.Errorf("%s: %+v\n%s", file, i, c.notes(i))
		}
	}
	c.staff = member.ID
	i = c.upload(ippo.IntakeMatches, heads+"1,,,,,私たちの\n2,,,,,よその\n")
	if i.Bad != 1 || i.Changed != 1 || !strings.Contains(c.notes(i), "3: この番号の紹介はありません") {
		t.Errorf("in a team: %+v\n%s", i, c.notes(i))
	}
	if known, _ := (&matches{}).columns(); !slices.Contains(known, colNote) {
		t.Errorf("%v", known)
	}
}
