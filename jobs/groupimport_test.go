package jobs

import (
	"fmt"
	"strings"
	"testing"

	"ippo"
)

func (c *center) startImport(file string, plan ippo.GroupImportPlan) ippo.GroupImport {
	c.t.Helper()
	ctx := c.t.Context()
	g, err := c.store.AddGroupImport(ctx, c.writer, "名簿.csv", []byte(file))
	if err == nil {
		err = c.store.PlanGroupImport(ctx, g.ID, plan)
	}
	if err == nil {
		err = c.store.StartGroupImport(ctx, c.writer, g.ID, strings.Count(file, "\n")-1)
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
	plan := ippo.GroupImportPlan{Fields: map[string]string{"団体": "name", "内容": "summary"}, Skip: true}
	g := c.startImport(file.String(), plan)

	// As it stands after the process was killed between a row and its note.
	g.Plan, g.State, g.Done, g.Added, g.Changed, g.Bad = plan, ippo.GroupImportWaiting, 20, 18, 1, 1
	if err := c.store.NoteGroupImport(ctx, g); err != nil {
		t.Fatal(err)
	}
	if _, err := c.store.CreateActivityGroup(ctx, 0, ippo.ActivityGroup{Slug: "import-1-23", Name: "第19会", Summary: "活動", Receiving: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.ImportGroups(ctx); err != nil {
		t.Fatal(err)
	}
	is, err := c.store.GroupImport(ctx, g.ID)
	if err != nil || is.State != ippo.GroupImportDone || is.Done != 62 || is.Added != 18+41 || is.Changed != 1 || is.Bad != 1 {
		t.Errorf("%+v, %v", is, err)
	}
	if _, err := c.store.GroupImportFile(ctx, g.ID); err == nil {
		t.Error("the file is kept")
	}

	// The same list again changes only what it has not changed yet.
	c.startImport(file.String(), plan)
	if _, err := c.ImportGroups(ctx); err != nil {
		t.Fatal(err)
	}
	is, err = c.store.GroupImport(ctx, g.ID+1)
	if err != nil || is.Added != 18 || is.Changed != 1 {
		t.Errorf("%+v, %v", is, err)
	}
	yama, err := c.store.ActivityGroupBySlug(ctx, "yama")
	if err != nil || yama.Summary != "山を歩く" || yama.Place != "里山" {
		t.Errorf("%+v, %v", yama, err)
	}
	c.startImport(file.String(), plan)
	if _, err := c.ImportGroups(ctx); err != nil {
		t.Fatal(err)
	}
	if is, err = c.store.GroupImport(ctx, g.ID+2); err != nil || is.Added+is.Changed != 0 || is.Bad != 1 {
		t.Errorf("%+v, %v", is, err)
	}
}
