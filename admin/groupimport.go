package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/groupsheet"
	"ippo/internal/intake"
)

// groupUploadPage asks for a city's spreadsheet of groups, and tells what became of earlier ones.
type groupUploadPage struct {
	frame
	MaxMB int
	Past  []ippo.Intake
}

// groupImportPage is one spreadsheet: how it is read, and what would become of it.
type groupImportPage struct {
	frame
	ippo.Intake
	groupLook
}

// groupLook is what staff see of a spreadsheet as it is read now. It is kept with the plan, for a large file takes a while.
type groupLook struct {
	Heads   []option // rows that may have the headings
	Columns []importColumn
	Unknown []unknownWord
	Report  groupReport
}

// importColumn is a column of the spreadsheet, and what it is said to hold.
type importColumn struct {
	Name, Heading string // of its field in the form; as it stands in the sheet
	Samples       []string
	Options       []option
}

// unknownWord is what the spreadsheet calls a topic or an area that we do not know by that name.
type unknownWord struct {
	Name, Kind, Text string
	Options          []option
}

// groupReport is what would become of a spreadsheet's rows.
type groupReport struct {
	Rows, Added, Changed, Same int
	Bad                        int      // rows with mistakes
	Mistakes                   []string // of them, by line
	More                       int      // mistakes that are not listed
	First                      []importedGroup
}

// importedGroup is a group as it would be.
type importedGroup struct {
	ippo.ActivityGroup
	New            bool
	Topics, Areas  string
	Weekday, Parts string
}

// firstGroups is how many groups are shown as they would be.
const firstGroups = 5

func (p *Panel) showGroupUpload(c *gin.Context) error { return p.groupUploadPage(c, nil) }

func (p *Panel) groupUploadPage(c *gin.Context, found ippo.Problems) error {
	page := groupUploadPage{frame: p.frame(c), MaxMB: groupsheet.MaxFile >> 20}
	page.Problems = found
	var err error
	if page.Past, err = p.Store.Intakes(c.Request.Context(), ippo.IntakeGroups, 0, 10); err != nil {
		return err
	}
	return p.render(c, formStatus(found), "group_upload.html", page)
}

// uploadGroups keeps a spreadsheet, and begins with what its headings say.
func (p *Panel) uploadGroups(c *gin.Context) error {
	ctx := c.Request.Context()
	name, file, found, err := uploadedGroups(c)
	if err != nil {
		return err
	}
	var grid groupsheet.Grid
	if found == nil {
		grid, err = groupsheet.Parse(file)
		if found, err = mend(err, nil); err != nil {
			return err
		}
	}
	if found != nil {
		return p.groupUploadPage(c, found)
	}
	g, err := p.Store.AddIntake(ctx, p.me(c).ID, ippo.IntakeGroups, name, bytes.NewReader(file))
	if found, err = mend(err, nil); err != nil {
		return err
	}
	p.Wake() // there may be something to delete
	if found != nil {
		return p.groupUploadPage(c, found)
	}
	g.Plan = groupsheet.Begin(grid, -1, g.Plan)
	if err := p.keepGroupPlan(ctx, g, grid); err != nil {
		return err
	}
	return p.redirect(c, "ファイルを読みました。まだ何も変えていません。", href("groups/import/%d", g.ID))
}

// uploadedGroups reads the file of the form, which is small enough to be kept in memory.
func uploadedGroups(c *gin.Context) (name string, file []byte, found ippo.Problems, err error) {
	head, err := c.FormFile("file")
	if _, large := errors.AsType[*http.MaxBytesError](err); large || err == nil && head.Size > groupsheet.MaxFile {
		found.Addf("file", "ファイルは%dMBまでです。", groupsheet.MaxFile>>20)
		return "", nil, found, nil
	}
	if err != nil {
		found.Add("file", "名簿のファイルを選んでください。")
		return "", nil, found, nil
	}
	f, err := head.Open()
	if err != nil {
		return "", nil, nil, err
	}
	defer f.Close()
	file, err = io.ReadAll(f)
	return cutRunes(filepath.Base(head.Filename), 80), file, nil, err
}

// keepGroupPlan keeps how a spreadsheet is read, and what staff see of it so.
func (p *Panel) keepGroupPlan(ctx context.Context, g ippo.Intake, grid groupsheet.Grid) error {
	look, err := p.lookAtGroups(ctx, g, grid)
	if err != nil {
		return err
	}
	text, err := json.Marshal(look)
	if err != nil {
		return fmt.Errorf("keep the look of import %d: %w", g.ID, err)
	}
	return p.Store.PlanIntake(ctx, g.ID, g.Plan, string(text))
}

// groupImport returns the import that the address names.
func (p *Panel) groupImport(c *gin.Context) (ippo.Intake, error) {
	id, err := pathID[ippo.IntakeID](c)
	if err != nil {
		return ippo.Intake{}, err
	}
	g, err := p.Store.Intake(c.Request.Context(), id)
	if err == nil && g.Kind != ippo.IntakeGroups {
		err = ippo.ErrNotFound
	}
	return g, err
}

// groupGrid is the spreadsheet itself. ippo.ErrConflict: it was started meanwhile.
func (p *Panel) groupGrid(ctx context.Context, g ippo.Intake) (groupsheet.Grid, error) {
	if g.State != ippo.IntakeDraft {
		return nil, ippo.ErrConflict
	}
	file, err := io.ReadAll(p.Store.IntakeFile(ctx, g.ID))
	if err != nil {
		return nil, err
	}
	return groupsheet.Parse(file)
}

// showGroupImport is how a spreadsheet is read, until it is handed to its job.
func (p *Panel) showGroupImport(c *gin.Context) error {
	g, err := p.groupImport(c)
	if err != nil {
		return err
	}
	if g.State != ippo.IntakeDraft {
		return p.redirect(c, "", href("intakes/%d", g.ID))
	}
	return p.groupImportPage(c, g, nil)
}

func (p *Panel) groupImportPage(c *gin.Context, g ippo.Intake, found ippo.Problems) (err error) {
	page := groupImportPage{frame: p.frame(c), Intake: g}
	page.Problems = found
	if page.groupLook, err = p.keptLook(c.Request.Context(), g); err != nil {
		return err
	}
	return p.render(c, formStatus(found), "group_import.html", page)
}

// keptLook is what was kept with the plan; a spreadsheet that is older than that is looked at.
func (p *Panel) keptLook(ctx context.Context, g ippo.Intake) (look groupLook, err error) {
	text, err := p.Store.IntakeLook(ctx, g.ID)
	if err != nil {
		return look, err
	}
	if text == "" {
		grid, err := p.groupGrid(ctx, g)
		if err != nil {
			return look, err
		}
		return p.lookAtGroups(ctx, g, grid)
	}
	if err := json.Unmarshal([]byte(text), &look); err != nil {
		return look, fmt.Errorf("look of import %d: %w", g.ID, err)
	}
	return look, nil
}

// lookAtGroups reads a spreadsheet as its plan says.
func (p *Panel) lookAtGroups(ctx context.Context, g ippo.Intake, grid groupsheet.Grid) (look groupLook, err error) {
	sheet := groupsheet.NewSheet(grid, g.Plan)
	look.Heads, look.Columns = importHeads(grid, g.Plan.Head), importColumns(sheet)
	look.Report, look.Unknown, err = p.tryGroups(ctx, g, sheet)
	return look, err
}

// importHeads lists the first rows, of which one has the headings.
func importHeads(grid groupsheet.Grid, head int) (rows []option) {
	for i, row := range grid[:min(len(grid), 10)] {
		text := ""
		for n := range row.Cells {
			if cell := row.Cell(n); cell != "" {
				text += cell + "　"
			}
		}
		rows = append(rows, option{strconv.Itoa(i), fmt.Sprintf("%d行目: %s", row.Line, cutRunes(text, 40)), i == head})
	}
	return rows
}

func importColumns(sheet groupsheet.Sheet) (columns []importColumn) {
	for i, heading := range sheet.Columns {
		column := importColumn{fmt.Sprintf("column.%d", i), heading, sheet.Samples(i), []option{{"", "（取り込まない）", sheet.Fields[i] == ""}}}
		for _, f := range groupsheet.Fields {
			column.Options = append(column.Options, option{string(f.Field), f.Words, sheet.Fields[i] == f.Field})
		}
		columns = append(columns, column)
	}
	return columns
}

// tryGroups reads a spreadsheet as its import would, and changes nothing.
func (p *Panel) tryGroups(ctx context.Context, g ippo.Intake, sheet groupsheet.Sheet) (report groupReport, unknown []unknownWord, err error) {
	topics, err := p.Store.Topics(ctx)
	if err != nil {
		return report, nil, err
	}
	areas, err := p.Store.Areas(ctx)
	if err != nil {
		return report, nil, err
	}
	rows, err := intake.GroupReader(ctx, p.Store, g.Plan.Words, groupsheet.SlugOf(g.ID))
	if err != nil {
		return report, nil, err
	}
	for _, row := range sheet.Rows {
		report.Rows++
		group, was, problems := rows.Read(row.Line, sheet.Cells(row))
		for _, one := range problems {
			if len(report.Mistakes) == maxImportProblems {
				report.More++
				continue
			}
			report.Mistakes = append(report.Mistakes, fmt.Sprintf("%d行目: %s", row.Line, groupsheet.Say(one)))
		}
		switch {
		case problems != nil:
			report.Bad++
			continue
		case group.ID == 0:
			report.Added++
		case reflect.DeepEqual(group, was):
			report.Same++
			continue
		default:
			report.Changed++
		}
		if len(report.First) < firstGroups {
			report.First = append(report.First, importedGroup{group, group.ID == 0, names(topics, group.Topics), names(areas, group.Areas), group.Weekdays.Words(), group.Parts.Words()})
		}
	}
	return report, unknownWords(rows.Unknown, g.Plan.Words, topics, areas), nil
}

// unknownWords asks which topic or area each word means; those that staff have said are shown too, so that it can be
// mended.
func unknownWords(unknown []groupsheet.Word, said map[string]string, topics []ippo.Topic, areas []ippo.Area) (words []unknownWord) {
	ask := func(key, kind, text string, known []option, is string, answered bool) {
		w := unknownWord{Name: "word." + key, Kind: kind, Text: text, Options: []option{{"?", "選んでください", !answered}, {"", "（なし）", answered && is == ""}}}
		for _, o := range known {
			o.On = answered && o.Value == is
			w.Options = append(w.Options, o)
		}
		words = append(words, w)
	}
	known := map[groupsheet.Field][]option{groupsheet.Topics: choices(topics, 0), groupsheet.Areas: choices(areas, 0)}
	kinds := map[groupsheet.Field]string{groupsheet.Topics: "分野", groupsheet.Areas: "地域"}
	for _, w := range unknown {
		ask(w.Key(), kinds[w.Field], w.Text, known[w.Field], "", false)
	}
	for _, field := range []groupsheet.Field{groupsheet.Topics, groupsheet.Areas} {
		for _, key := range slices.Sorted(maps.Keys(said)) {
			if text, ok := strings.CutPrefix(key, string(field)+":"); ok {
				ask(key, kinds[field], text, known[field], said[key], true)
			}
		}
	}
	return words
}

// planGroups keeps what staff say of the columns and words, and looks again.
func (p *Panel) planGroups(c *gin.Context) error {
	ctx := c.Request.Context()
	g, err := p.groupImport(c)
	if err != nil {
		return err
	}
	grid, err := p.groupGrid(ctx, g)
	if err != nil {
		return err
	}
	if g.Plan, err = p.readGroupPlan(c, g.Plan, grid); err != nil {
		return err
	}
	if err := p.keepGroupPlan(ctx, g, grid); err != nil {
		return err
	}
	return p.redirect(c, "もう一度確かめました。まだ何も変えていません。", href("groups/import/%d", g.ID)+"#checked")
}

// readGroupPlan reads the form. Where the headings stand in another row now, they are guessed anew.
func (p *Panel) readGroupPlan(c *gin.Context, was ippo.GroupPlan, grid groupsheet.Grid) (ippo.GroupPlan, error) {
	ctx := c.Request.Context()
	if head, err := strconv.Atoi(c.PostForm("head")); err == nil && head != was.Head {
		return groupsheet.Begin(grid, head, was), nil
	}
	plan := ippo.GroupPlan{Head: was.Head, Fields: map[string]string{}, Words: map[string]string{}, Skip: formOn(c, "skip")}
	for i, heading := range grid.Columns(plan.Head) {
		if field := groupsheet.Field(c.PostForm(fmt.Sprintf("column.%d", i))); groupsheet.Known(field) {
			plan.Fields[heading] = string(field)
		} else {
			plan.Fields[heading] = ""
		}
	}
	topics, err := p.Store.Topics(ctx)
	if err != nil {
		return plan, err
	}
	areas, err := p.Store.Areas(ctx)
	if err != nil {
		return plan, err
	}
	for name, values := range c.Request.PostForm {
		key, word := strings.CutPrefix(name, "word.")
		if !word || len(plan.Words) == maxPlanWords {
			continue
		}
		known := func(slug string) bool {
			return slug == "" || slices.ContainsFunc(topics, func(t ippo.Topic) bool { return t.Slug == slug }) ||
				slices.ContainsFunc(areas, func(a ippo.Area) bool { return a.Slug == slug })
		}
		if known(values[0]) { // "?" is not said
			plan.Words[key] = values[0]
		}
	}
	return plan, nil
}

// maxPlanWords bounds the words that a plan remembers.
const maxPlanWords = 500

// startGroupImport hands a spreadsheet that was looked at to its job.
func (p *Panel) startGroupImport(c *gin.Context) error {
	ctx := c.Request.Context()
	g, err := p.groupImport(c)
	if err != nil {
		return err
	}
	grid, err := p.groupGrid(ctx, g)
	if err != nil {
		return err
	}
	// Anew, for groups may have been changed since.
	sheet := groupsheet.NewSheet(grid, g.Plan)
	report, _, err := p.tryGroups(ctx, g, sheet)
	if err != nil {
		return err
	}
	var found ippo.Problems
	switch {
	case report.Bad > 0 && !formOn(c, "skip"):
		found.Add("skip", "誤りのある行があります。ファイルを直して選び直すか、飛ばして取り込むことを選んでください。")
	case report.Added+report.Changed == 0:
		found.Add("", "取り込む団体がありません。")
	}
	if found != nil {
		if err := p.keepGroupPlan(ctx, g, grid); err != nil {
			return err
		}
		return p.groupImportPage(c, g, found)
	}
	g.Rows = len(sheet.Rows)
	if err := p.Store.StartIntake(ctx, p.me(c).ID, g, fmt.Sprintf("%d行", g.Rows)); err != nil {
		return err
	}
	p.Wake()
	return p.redirect(c, "取り込みを始めました。画面を閉じても続きます。", href("intakes/%d", g.ID))
}
