package jobs

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"ippo"
	"ippo/store"
)

func (c *center) startImport(file string, plan ippo.GroupPlan) ippo.Intake {
	c.t.Helper()
	ctx := c.t.Context()
	g, err := c.store.AddIntake(ctx, c.writer, ippo.IntakeGroups, "名簿.csv", strings.NewReader(file))
	if err == nil {
		err = c.store.PlanIntake(ctx, g.ID, plan, "")
	}
	if err == nil {
		g.Rows = strings.Count(file, "\n") - 1
		err = c.store.StartIntake(ctx, c.writer, g, "")
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return g
}

// A list is taken in row by row; one that was interrupted is taken up where it stood, and each row has one effect.
func TestImportGroupsGoesOn(t *testing.T) {
	c := newCenter(t, 0, options{})
	ctx := t.Context()
	if _, err := c.store.CreateActivityGroup(ctx, 0, ippo.ActivityGroup{Slug: "yama", Name: "山の会", Summary: "山", Place: "里山"}); err != nil {
		t.Fatal(err)
	}
	var file strings.Builder
	file.WriteString("団体,内容\n山の会,山を歩く\nまちがい,\n")
	for i := range 60 {
		fmt.Fprintf(&file, "第%d会,活動\n", i)
	}
	plan := ippo.GroupPlan{Fields: map[string]string{"団体": "name", "内容": "summary"}, Skip: true}
	g := c.startImport(file.String(), plan)

	// As it stands after the process was killed between a row and its note.
	g.Plan, g.State, g.Done, g.Added, g.Changed, g.Bad = plan, ippo.IntakeWaiting, 20, 18, 1, 1
	if err := c.store.Write(ctx, func(t *store.Tx) error { return t.NoteIntake(ctx, g, nil) }); err != nil {
		t.Fatal(err)
	}
	if _, err := c.store.CreateActivityGroup(ctx, 0, ippo.ActivityGroup{Slug: "import-1-23", Name: "第19会", Summary: "活動", Receiving: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.TakeIn(ctx); err != nil {
		t.Fatal(err)
	}
	is, err := c.store.Intake(ctx, g.ID)
	if err != nil || is.State != ippo.IntakeDone || is.Done != 62 || is.Added != 18+41 || is.Changed != 1 || is.Bad != 1 {
		t.Errorf("%+v, %v", is, err)
	}
	if kept, err := io.ReadAll(c.store.IntakeFile(ctx, g.ID)); err != nil || len(kept) > 0 {
		t.Errorf("%d bytes of the file are kept, %v", len(kept), err)
	}

	// The same list again changes only what it has not changed yet.
	c.startImport(file.String(), plan)
	if _, err := c.TakeIn(ctx); err != nil {
		t.Fatal(err)
	}
	is, err = c.store.Intake(ctx, g.ID+1)
	if err != nil || is.Added != 18 || is.Changed != 1 {
		t.Errorf("%+v, %v", is, err)
	}
	yama, err := c.store.ActivityGroupBySlug(ctx, "yama")
	if err != nil || yama.Summary != "山を歩く" || yama.Place != "里山" {
		t.Errorf("%+v, %v", yama, err)
	}
	c.startImport(file.String(), plan)
	if _, err := c.TakeIn(ctx); err != nil {
		t.Fatal(err)
	}
	if is, err = c.store.Intake(ctx, g.ID+2); err != nil || is.Added+is.Changed != 0 || is.Bad != 1 {
		t.Errorf("%+v, %v", is, err)
	}
}

// A file that cannot be read does not hold up those behind it.
func TestTakeInGoesOnBehindAFault(t *testing.T) {
	c := newCenter(t, 0, options{})
	ctx := t.Context()
	broken := c.startImport("\x00\xff", ippo.GroupPlan{})
	i, err := c.store.AddIntake(ctx, c.writer, ippo.IntakeEntries, "入口.csv", strings.NewReader("識別名,名前\nmado,窓口\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.TakeIn(ctx); err == nil {
		t.Error("nobody is told")
	}
	if i, err = c.store.Intake(ctx, i.ID); err != nil || i.State != ippo.IntakeChecked || i.Added != 1 {
		t.Errorf("%+v, %v", i, err)
	}
	if broken, err = c.store.Intake(ctx, broken.ID); err != nil || broken.State != ippo.IntakeWaiting {
		t.Errorf("%+v, %v", broken, err)
	}
}
