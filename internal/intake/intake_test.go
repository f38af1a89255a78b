package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"ippo"
	"ippo/internal/secret"
	"ippo/internal/storetest"
	"ippo/store"
)

// center is a store with somebody who uploads files.
type center struct {
	*store.Store
	t     testing.TB
	staff ippo.StaffID
}

func open(t testing.TB) *center {
	t.Helper()
	dir := t.TempDir()
	keys, err := secret.Load(filepath.Join(dir, "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	c := &center{Store: storetest.Open(t, dir, keys), t: t}
	t.Cleanup(func() { c.Close() })
	c.Now = func() time.Time { return time.Date(2026, 3, 31, 12, 0, 0, 0, ippo.Tokyo) }
	who, err := c.CreateStaff(t.Context(), 0, ippo.Staff{Email: "a@example.jp", Name: "作成者", Role: ippo.Editor}, "")
	if err != nil {
		t.Fatal(err)
	}
	c.staff = who.ID
	return c
}

// upload keeps a file, and returns it as it was looked at.
func (c *center) upload(kind ippo.IntakeKind, file string) ippo.Intake {
	c.t.Helper()
	i, err := c.AddIntake(c.t.Context(), c.staff, kind, "名簿.csv", strings.NewReader(file))
	if err == nil {
		err = Work(c.t.Context(), c.Store, i)
	}
	if err == nil {
		i, err = c.Intake(c.t.Context(), i.ID)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return i
}

// start hands a file to its job, and returns it as the job finds it.
func (c *center) start(i ippo.Intake) ippo.Intake {
	c.t.Helper()
	if err := c.StartIntake(c.t.Context(), c.staff, i, ""); err != nil {
		c.t.Fatal(err)
	}
	return c.open()
}

// open is the one intake that the job has to do with.
func (c *center) open() ippo.Intake {
	c.t.Helper()
	open, err := c.OpenIntakes(c.t.Context())
	if err != nil || len(open) != 1 {
		c.t.Fatalf("%d open intakes, %v", len(open), err)
	}
	return open[0]
}

// cutShort works on an intake until the process ends, in the second transaction from here, and reports whether it came to
// its end before that.
func (c *center) cutShort(i ippo.Intake) (ended bool) {
	c.t.Helper()
	ctx, stop := context.WithCancel(c.t.Context())
	defer stop()
	now, reads := c.Now, 0
	defer func() { c.Now = now }()
	c.Now = func() time.Time { // it is read once in each transaction
		if reads++; reads == 3 {
			stop()
		}
		return now()
	}
	err := Work(ctx, c.Store, i)
	if err != nil && !errors.Is(err, context.Canceled) {
		c.t.Fatal(err)
	}
	return err == nil
}

func signUps(n int) string {
	var file strings.Builder
	file.WriteString("氏名,ふりがな,連絡先,年代\n")
	for i := range n {
		fmt.Fprintf(&file, "紙野 %d,かみの,000-111-%04d,30代\n", i, i)
	}
	return file.String()
}

// One that is interrupted at any moment takes each row in once.
func TestWorkGoesOn(t *testing.T) {
	c := open(t)
	const people = 120
	i := c.start(c.upload(ippo.IntakeAmbassadors, signUps(people)))
	stops := 0
	for ; !c.cutShort(i); stops++ {
		i = c.open()
	}
	if stops == 0 {
		t.Error("it was never interrupted")
	}
	all, err := c.Ambassadors(t.Context(), store.AmbassadorFilter{})
	if err != nil || len(all) != people {
		t.Errorf("%d of %d people, %v", len(all), people, err)
	}
	if i, err = c.Intake(t.Context(), i.ID); err != nil || i.State != ippo.IntakeDone || i.Done != people || i.Added != people {
		t.Errorf("%+v, %v", i, err)
	}
}

// A row that is refused, for what somebody did after the file was looked at, is passed over and named; the others are
// taken in.
func TestWorkPassesOver(t *testing.T) {
	c := open(t)
	var file strings.Builder
	file.WriteString("識別名,名前\n")
	for n := range 40 {
		fmt.Fprintf(&file, "e%d,入口%d\n", n, n)
	}
	i := c.start(c.upload(ippo.IntakeEntries, file.String()))
	l, err := lists[i.Kind](t.Context(), c.Store, i)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateEntry(t.Context(), c.staff, ippo.Entry{Slug: "e7", Name: "先に作った入口"}); err != nil {
		t.Fatal(err)
	}
	w := &worker{store: c.Store, list: l, intake: i, chunk: 50}
	if err := w.read(t.Context()); err != nil {
		t.Fatal(err)
	}
	if i, err = c.Intake(t.Context(), i.ID); err != nil || i.Added != 39 || i.Bad != 1 || i.Done != 40 {
		t.Errorf("%+v, %v", i, err)
	}
	notes, err := c.IntakeNotes(t.Context(), i.ID, 0)
	if err != nil || len(notes) != 1 || notes[0].Line != 9 {
		t.Errorf("%+v, %v", notes, err)
	}
	if e, err := c.Entry(t.Context(), "e7"); err != nil || e.Name != "先に作った入口" {
		t.Errorf("%+v, %v", e, err)
	}
}

// One that is interrupted while it is looked at, behind a row that is wrong, is looked at to its end, and each row counts
// once.
func TestLookingGoesOn(t *testing.T) {
	c := open(t)
	const rows = 3*window + 20
	i, err := c.AddIntake(t.Context(), c.staff, ippo.IntakeAmbassadors, "名簿.csv", strings.NewReader(signUps(rows)+"紙野,かみの,,\n"+signUps(rows)[len(signUps(0)):]))
	if err != nil {
		t.Fatal(err)
	}
	for stops := 0; !c.cutShort(i); stops++ {
		if stops > 3*rows {
			t.Fatal("it comes to no end")
		}
		done := i.Done
		if i = c.open(); i.Done < done {
			t.Fatalf("went back from %d to %d rows", done, i.Done)
		}
	}
	if i, err = c.Intake(t.Context(), i.ID); err != nil || i.State != ippo.IntakeChecked || i.Rows != 2*rows+1 || i.Added != 2*rows || i.Bad != 1 {
		t.Errorf("%+v, %v", i, err)
	}
}

// One of which rows were refused before it was interrupted is taken in to its end.
func TestWorkGoesOnBehindARefusal(t *testing.T) {
	c := open(t)
	i := c.start(c.upload(ippo.IntakeAmbassadors, signUps(10)))
	i.Done, i.Added, i.Bad = 3, 2, 1
	if err := c.Write(t.Context(), func(tx *store.Tx) error { return tx.NoteIntake(t.Context(), i, nil) }); err != nil {
		t.Fatal(err)
	}
	if err := Work(t.Context(), c.Store, c.open()); err != nil {
		t.Fatal(err)
	}
	if i, err := c.Intake(t.Context(), i.ID); err != nil || i.State != ippo.IntakeDone || i.Done != 10 || i.Added != 9 || i.Bad != 1 {
		t.Errorf("%+v, %v", i, err)
	}
}

// One whose starter cannot log in, or has another role or team, stops at the next part; nothing is done twice or lost
// when somebody who may lets it go on.
func TestWorkStops(t *testing.T) {
	c := open(t)
	ctx := t.Context()
	team, err := c.CreateTeam(ctx, 0, ippo.Team{Name: "別のチーム", Topics: 1})
	if err != nil {
		t.Fatal(err)
	}
	other, err := c.CreateStaff(ctx, 0, ippo.Staff{Email: "b@example.jp", Name: "別の職員", Role: ippo.Editor}, "")
	if err != nil {
		t.Fatal(err)
	}
	const people = 120
	all, taken := strings.Split(signUps(3*people), "\n"), 0
	for n, change := range []struct {
		why  ippo.IntakeStop
		make func(*ippo.Staff)
	}{
		{ippo.IntakeNoAccount, func(s *ippo.Staff) { s.Disabled = true }},
		{ippo.IntakeNoRole, func(s *ippo.Staff) { s.Role = ippo.Viewer }},
		{ippo.IntakeNoTeam, func(s *ippo.Staff) { s.Teams = []ippo.TeamID{team.ID} }},
	} {
		i := c.start(c.upload(ippo.IntakeAmbassadors, all[0]+"\n"+strings.Join(all[1+n*people:1+(n+1)*people], "\n")))
		l, err := lists[i.Kind](ctx, c.Store, i)
		if err != nil {
			t.Fatal(err)
		}
		w := &worker{store: c.Store, list: l, intake: i, chunk: 50}
		read, err := w.open(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var rows []row
		for r, err := read(); err == nil; r, err = read() {
			rows = append(rows, r)
		}
		weighed, err := l.weigh(ctx, rows)
		if err == nil {
			err = w.take(ctx, weighed[:50])
		}
		if err != nil {
			t.Fatal(err)
		}
		starter, err := c.StaffMember(ctx, c.staff)
		if err == nil {
			change.make(&starter)
			err = c.UpdateStaff(ctx, 0, starter)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := w.take(ctx, weighed[50:100]); !errors.Is(err, errStopped) {
			t.Fatal(err)
		}
		is, err := c.Intake(ctx, i.ID)
		if err != nil || is.Stopped != change.why || is.Done != 50 || is.State != ippo.IntakeWaiting {
			t.Errorf("%s: %+v, %v", change.why, is, err)
		}
		if waiting, err := c.OpenIntakes(ctx); err != nil || len(waiting) > 0 {
			t.Errorf("%s: %+v, %v", change.why, waiting, err)
		}
		if err := c.ResumeIntake(ctx, other.ID, is); err != nil {
			t.Fatal(err)
		}
		if err := Work(ctx, c.Store, c.open()); err != nil {
			t.Fatal(err)
		}
		taken += people
		there, err := c.Ambassadors(ctx, store.AmbassadorFilter{})
		if err != nil || len(there) != taken {
			t.Errorf("%s: %d of %d people, %v", change.why, len(there), taken, err)
		}
		if is, err = c.Intake(ctx, i.ID); err != nil || is.State != ippo.IntakeDone || is.Staff != other.ID || is.Added != people || is.Bad != 0 {
			t.Errorf("%s: %+v, %v", change.why, is, err)
		}
		if err := c.ResumeIntake(ctx, other.ID, is); !errors.Is(err, ippo.ErrConflict) {
			t.Errorf("%s: what has ended goes on: %v", change.why, err)
		}
		if err := c.UpdateStaff(ctx, 0, ippo.Staff{ID: c.staff, Email: "a@example.jp", Name: "作成者", Role: ippo.Editor}); err != nil {
			t.Fatal(err)
		}
	}
}

// What was ended elsewhere is no fault of its rows: it is said once, and nothing is tried again.
func TestWorkOnWhatHasEnded(t *testing.T) {
	c := open(t)
	i := c.start(c.upload(ippo.IntakeEntries, "識別名,名前\nmado,窓口\n"))
	l, err := lists[i.Kind](t.Context(), c.Store, i)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Write(t.Context(), func(tx *store.Tx) error { return tx.EndIntake(t.Context(), i) }); err != nil {
		t.Fatal(err)
	}
	w := &worker{store: c.Store, list: l, intake: i, chunk: 50}
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
	defer stop()
	if err := w.take(ctx, []weighed{{line: 2}}); !errors.Is(err, ippo.ErrConflict) {
		t.Error(err)
	}
}

// What a colleague changes in another column, after a row was weighed, stays.
func TestWorkKeepsWhatOthersChange(t *testing.T) {
	c := open(t)
	e := ippo.Event{Slug: "tsudoi", Title: "集い", Summary: "集まります。", Place: "会場", Status: ippo.ContentPublished, StartsAt: c.Now().Add(48 * time.Hour), EndsAt: c.Now().Add(50 * time.Hour)}
	e, err := c.CreateEvent(t.Context(), c.staff, e)
	if err != nil {
		t.Fatal(err)
	}
	i := c.start(c.upload(ippo.IntakeEvents, "識別名,概要\ntsudoi,歌います。\n"))
	l, err := lists[i.Kind](t.Context(), c.Store, i)
	if err != nil {
		t.Fatal(err)
	}
	weighed, err := l.weigh(t.Context(), []row{{2, map[string]string{Key: "tsudoi", "概要": "歌います。"}}})
	if err != nil {
		t.Fatal(err)
	}
	e.CalledOff = true
	if err := c.UpdateEvent(t.Context(), c.staff, e); err != nil {
		t.Fatal(err)
	}
	w := &worker{store: c.Store, list: l, intake: i, chunk: 50}
	if err := w.take(t.Context(), weighed); err != nil {
		t.Fatal(err)
	}
	if e, err = c.Event(t.Context(), e.ID); err != nil || !e.CalledOff || e.Summary != "歌います。" {
		t.Errorf("%+v, %v", e, err)
	}
}

// A campaign that was approved after its row was weighed stays as it was approved; one that is a draft changes in the one
// text that its row changes.
func TestWorkLeavesWhatIsApproved(t *testing.T) {
	c := open(t)
	ctx := t.Context()
	boss, err := c.CreateStaff(ctx, 0, ippo.Staff{Email: "b@example.jp", Name: "承認者", Role: ippo.Approver}, "")
	if err != nil {
		t.Fatal(err)
	}
	var made []ippo.Campaign
	for _, slug := range []string{"one", "two"} {
		campaign := ippo.NewCampaign(c.Now())
		campaign.Slug, campaign.Title, campaign.Reminders = slug, "作戦", []string{"一つ目", "二つ目"}
		if campaign, err = c.CreateCampaign(ctx, c.staff, campaign); err != nil {
			t.Fatal(err)
		}
		made = append(made, campaign)
	}
	i := c.start(c.upload(ippo.IntakeCampaigns, "識別名,案内の文1\none,べつの文\ntwo,べつの文\n"))
	l, err := lists[i.Kind](ctx, c.Store, i)
	if err != nil {
		t.Fatal(err)
	}
	weighed, err := l.weigh(ctx, []row{{2, map[string]string{Key: "one", "案内の文1": "べつの文"}}, {3, map[string]string{Key: "two", "案内の文1": "べつの文"}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Activate(ctx, boss.ID, made[0].Recurring().Source, store.Approval{Hash: made[0].Hash()}); err != nil {
		t.Fatal(err)
	}
	w := &worker{store: c.Store, list: l, intake: i, chunk: 50}
	if err := w.take(ctx, weighed); err != nil {
		t.Fatal(err)
	}
	for n, want := range []string{"一つ目", "べつの文"} {
		is, err := c.Campaign(ctx, made[n].ID)
		if err != nil || is.Active != (n == 0) || !slices.Equal(is.Reminders, []string{want, "二つ目"}) {
			t.Errorf("%+v, %v", is, err)
		}
	}
	if notes, err := c.IntakeNotes(ctx, i.ID, 0); err != nil || len(notes) != 1 || !strings.Contains(notes[0].Words, "案内を止める") {
		t.Errorf("%+v, %v", notes, err)
	}
}

// So it is with a city's own list of groups: a row changes what it says, and one that is wrong is passed over and named.
func TestWorkOnGroups(t *testing.T) {
	c := open(t)
	g, err := c.CreateActivityGroup(t.Context(), c.staff, ippo.ActivityGroup{Slug: "yama", Name: "山の会", Summary: "山", Place: "里山"})
	if err != nil {
		t.Fatal(err)
	}
	i, err := c.AddIntake(t.Context(), c.staff, ippo.IntakeGroups, "名簿.csv", strings.NewReader("名簿\n団体,内容\n山の会,山を歩く\n浜の会,\n川の会,川を歩く\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.PlanIntake(t.Context(), i.ID, ippo.GroupPlan{Head: 1, Fields: map[string]string{"団体": "name", "内容": "summary"}}, ""); err != nil {
		t.Fatal(err)
	}
	i.Rows = 3
	i = c.start(i)
	l, err := lists[i.Kind](t.Context(), c.Store, i)
	if err != nil {
		t.Fatal(err)
	}
	g.Place = "奥山"
	if err := c.UpdateActivityGroup(t.Context(), c.staff, g); err != nil {
		t.Fatal(err)
	}
	w := &worker{store: c.Store, list: l, intake: i, chunk: 50}
	if err := w.read(t.Context()); err != nil {
		t.Fatal(err)
	}
	if g, err = c.ActivityGroup(t.Context(), g.ID); err != nil || g.Summary != "山を歩く" || g.Place != "奥山" {
		t.Errorf("%+v, %v", g, err)
	}
	notes, err := c.IntakeNotes(t.Context(), i.ID, 0)
	if err != nil || len(notes) != 1 || notes[0].Line != 4 || !strings.Contains(notes[0].Words, "活動内容") {
		t.Errorf("%+v, %v", notes, err)
	}
	if i, err = c.Intake(t.Context(), i.ID); err != nil || i.State != ippo.IntakeDone || i.Done != 3 || i.Added != 1 || i.Changed != 1 || i.Bad != 1 {
		t.Errorf("%+v, %v", i, err)
	}
}

// Who waits for a place is told of one by staff who mean it, not by a file.
func TestWorkOffersNoPlaces(t *testing.T) {
	c := open(t)
	e := ippo.Event{Slug: "tsudoi", Title: "集い", Summary: "集まります。", Place: "会場", Status: ippo.ContentPublished, Capacity: 1,
		StartsAt: c.Now().Add(48 * time.Hour), EndsAt: c.Now().Add(50 * time.Hour), SignUp: ippo.SignUp{Open: true}}
	e, err := c.CreateEvent(t.Context(), c.staff, e)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.ImportFollowers(t.Context(), []store.FollowerRow{{LineUserID: "Ua"}, {LineUserID: "Ub"}}); err != nil {
		t.Fatal(err)
	}
	for id := range ippo.FollowerID(2) {
		err := c.Write(t.Context(), func(tx *store.Tx) error {
			_, _, err := tx.Reserve(t.Context(), ippo.Reservation{Event: e.ID, Follower: id + 1, Party: 1}, true)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for file, bad := range map[string]int{"識別名,定員\ntsudoi,2\n": 1, "識別名,定員\ntsudoi,0\n": 1, "識別名,概要\ntsudoi,歌います。\n": 0} {
		if i := c.upload(ippo.IntakeEvents, file); i.Bad != bad || i.Changed != 1-bad {
			t.Errorf("%s: %+v", file, i)
		}
	}
}

// Whoever sees their own files alone finds them behind those of others.
func TestIntakesOfOne(t *testing.T) {
	c := open(t)
	own := c.start(c.upload(ippo.IntakeEntries, "識別名,名前\nmado,窓口\n"))
	other, err := c.CreateStaff(t.Context(), 0, ippo.Staff{Email: "b@example.jp", Name: "別の職員", Role: ippo.Editor}, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.StartIntake(t.Context(), other.ID, c.upload(ippo.IntakeEntries, "識別名,名前\neki,駅\n"), ""); err != nil {
		t.Fatal(err)
	}
	if past, err := c.Intakes(t.Context(), ippo.IntakeEntries, c.staff, 1); err != nil || len(past) != 1 || past[0].ID != own.ID {
		t.Errorf("%+v, %v", past, err)
	}
	if past, err := c.Intakes(t.Context(), ippo.IntakeEntries, 0, 1); err != nil || len(past) != 1 || past[0].Staff != other.ID {
		t.Errorf("%+v, %v", past, err)
	}
}

// The list of ambassadors as a file changes nothing but their notes, and only theirs whose name stands there.
func TestAmbassadorsAreNoted(t *testing.T) {
	c := open(t)
	if err := Work(t.Context(), c.Store, c.start(c.upload(ippo.IntakeAmbassadors, signUps(3)))); err != nil {
		t.Fatal(err)
	}
	const heads = "番号,氏名,ふりがな,連絡先,年代,状態,次にすること,メモ\n"
	list := heads + "3,紙野 2,かみの,000-111-0002,30代,退任,,\n2,紙野 1,かみの,000-111-0001,30代,申込,連絡する,\n"
	if i := c.upload(ippo.IntakeAmbassadors, list); i.Same != 2 || i.Changes() || i.Bad > 0 {
		t.Errorf("as it was saved: %+v", i)
	}
	i := c.upload(ippo.IntakeAmbassadors, heads+"1,紙野 0,べつの,x,40代,退任,,電話は夜\n,新田,にった,000-222-3333,20代,,,\n")
	if i.Changed != 1 || i.Added != 1 || i.Bad > 0 {
		t.Fatalf("%+v", i)
	}
	if err := Work(t.Context(), c.Store, c.start(i)); err != nil {
		t.Fatal(err)
	}
	a, err := c.Ambassador(t.Context(), 1)
	if err != nil || a.Note != "電話は夜" || a.Kana != "かみの" || a.Contact != "000-111-0000" || a.AgeBand != "30s" || a.Status != ippo.AmbassadorApplied {
		t.Errorf("%+v, %v", a, err)
	}
	i = c.upload(ippo.IntakeAmbassadors, heads+"1,紙野 2,かみの,x,30代,,,行がずれた\n9,紙野 9,かみの,x,30代,,,\n2,紙野 1,かみの,x,30代,,,\n2,紙野 1,かみの,x,30代,,,\n")
	if i.Bad != 3 || i.Same != 1 {
		t.Errorf("%+v", i)
	}
}

// A file without headings begins with somebody, of whom nothing is repeated.
func TestNoHeadings(t *testing.T) {
	c := open(t)
	i := c.upload(ippo.IntakeAmbassadors, "紙野 花,かみの はな,000-111-2222,30代\n")
	notes, err := c.IntakeNotes(t.Context(), i.ID, 0)
	if err != nil || i.Bad != 1 || len(notes) != 1 || strings.Contains(notes[0].Words, "紙野") {
		t.Errorf("%+v, %+v, %v", i, notes, err)
	}
}

// A file that was cut off on its way is not taken for a short one.
func TestAddIntakeOfAFileCutOff(t *testing.T) {
	c := open(t)
	_, err := c.AddIntake(t.Context(), c.staff, ippo.IntakeEntries, "入口.csv", io.MultiReader(strings.NewReader("識別名,名前\nmado,窓口\n"), iotest.ErrReader(io.ErrUnexpectedEOF)))
	if open, _ := c.OpenIntakes(t.Context()); !errors.Is(err, io.ErrUnexpectedEOF) || len(open) > 0 {
		t.Errorf("%+v, %v", open, err)
	}
}

// However many rows are wrong, what is kept of them is bounded, and all are counted.
func TestNotesAreBounded(t *testing.T) {
	c := open(t)
	i := c.upload(ippo.IntakeFollowers, "番号,タグ\n"+strings.Repeat("x,y\n", ippo.MaxIntakeNotes+window+3))
	notes, err := c.IntakeNotes(t.Context(), i.ID, 0)
	if err != nil || len(notes) != ippo.MaxIntakeNotes || i.Bad != ippo.MaxIntakeNotes+window+3 || i.Rows != i.Bad {
		t.Errorf("%d notes, %+v, %v", len(notes), i, err)
	}
}

// Whatever a stranger's file holds, it is read or refused by line, and changes nothing until it is started.
func FuzzWork(f *testing.F) {
	kinds := []ippo.IntakeKind{ippo.IntakeNews, ippo.IntakeEvents, ippo.IntakeEntries, ippo.IntakeFollowers, ippo.IntakeAmbassadors, ippo.IntakeCampaigns, ippo.IntakeConsultations, ippo.IntakeMatches}
	for n, file := range []string{
		"識別名,題名,概要\na,秋の集い,集まります。\n", "題名,概要,場所,始まり,終わり\n集い,集まる,会場,2026/5/1 10:00,2026/5/1 11:00\n",
		"識別名,名前,使わない\nmado,窓口,はい\n", "番号,タグ\n1,なし\n", "氏名,ふりがな,連絡先,年代\n紙野,かみの,000-111-2222,30代\n",
		"題名,案内の文1,案内の文3,場面2,場面2のことば,案内の予定,案内の宛先,節目\n作戦,いかが,どうぞ,卒業,おめでとう,毎日 9:00,友だち全員,500\n", "受けた日時,方法,相談の内容,状態\n2026/3/1,電話,相談,対応中\n", "番号,担当,メモ\n1,作成者,a\n",
		"\xff\xfe,\"\n", "",
	} {
		f.Add(byte(n), []byte(file))
	}
	opened := open(f)
	f.Fuzz(func(t *testing.T, kind byte, file []byte) {
		c := &center{opened.Store, t, opened.staff}
		i := c.upload(kinds[int(kind)%len(kinds)], string(file))
		if i.State != ippo.IntakeChecked || i.Added+i.Changed+i.Same+i.Bad < i.Rows {
			t.Errorf("%+v", i)
		}
		notes, err := c.IntakeNotes(t.Context(), i.ID, 0)
		if err != nil || i.Bad > 0 && len(notes) == 0 {
			t.Errorf("%d wrong, %d notes, %v", i.Bad, len(notes), err)
		}
		if i.Bad > 0 || !i.Changes() {
			return
		}
		if err := Work(t.Context(), c.Store, c.start(i)); err != nil {
			t.Fatal(err)
		}
		done, err := c.Intake(t.Context(), i.ID)
		if err != nil || done.Bad != 0 || done.Added != i.Added || done.Changed != i.Changed {
			t.Errorf("looked at as %+v, taken in as %+v, %v", i, done, err)
		}
	})
}

// Names are read or refused, and what is read comes back as it was written.
func FuzzReadNames(f *testing.F) {
	all := []named{{"健康", "kenko", 0}, {"健康・スポーツ", "sports", 1}, {"、", "a", 2}}
	for _, seed := range []string{"健康・スポーツ", "健康・健康・スポーツ", "、", "kenko", "健康スポーツ", " "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		ids, unknown := readNames(all, cell)
		if unknown != "" && !strings.Contains(cell, unknown) {
			t.Errorf("%q holds no %q", cell, unknown)
		}
		ids = slices.DeleteFunc(ids, func(id int64) bool { return id == 2 }) // nobody can write it
		var written []string
		for _, id := range ids {
			written = append(written, all[id].name)
		}
		if again, unknown := readNames(all, strings.Join(written, "・")); unknown != "" || !slices.Equal(again, ids) {
			t.Errorf("%q: %v came back as %v, %q", cell, ids, again, unknown)
		}
	})
}

// BenchmarkTags300k looks at a file of the tags of 300,000 followers, and takes it in; it reports the memory that this
// takes beyond what was in use.
func BenchmarkTags300k(b *testing.B) {
	c := open(b)
	const people = 300_000
	for at := 0; at < people; at += 1000 {
		rows := make([]store.FollowerRow, 1000)
		for n := range rows {
			rows[n].LineUserID = fmt.Sprintf("U%032x", at+n)
		}
		if _, err := c.ImportFollowers(b.Context(), rows); err != nil {
			b.Fatal(err)
		}
	}
	tags := []string{"", "", ""}
	for n := range tags {
		tag, err := c.CreateTag(b.Context(), 0, ippo.Tag{Slug: fmt.Sprintf("t%d", n), Name: fmt.Sprintf("講座%d", n)})
		if err != nil {
			b.Fatal(err)
		}
		tags[n] = tag.Name
	}
	for n := 0; b.Loop(); n++ {
		var file strings.Builder
		file.WriteString("番号,タグ\n")
		for id := range people {
			fmt.Fprintf(&file, "%d,%s\n", id+1, tags[n%len(tags)])
		}
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		began := time.Now()
		i := c.upload(ippo.IntakeFollowers, file.String())
		looked := time.Since(began)
		if err := Work(b.Context(), c.Store, c.start(i)); err != nil {
			b.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		b.ReportMetric(looked.Seconds(), "s-looking/op")
		b.ReportMetric((time.Since(began) - looked).Seconds(), "s-taking/op")
		b.ReportMetric(float64(int64(after.HeapSys)-int64(before.HeapSys))/(1<<20), "MiB-more/op")
	}
}
