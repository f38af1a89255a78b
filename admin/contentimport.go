package admin

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/sheet"
)

// maxContentRows bounds a file of a list that is taken in.
const maxContentRows = 5000

// keyColumn tells things apart: a row with a name that there is changes that thing.
const keyColumn = "識別名"

type contentImportPage struct {
	frame
	Word, Path, Columns string
	Checked             bool
	Report              contentReport
	Text                string // of the file that was checked
	CSV                 string // the address of the list as a file
}

// contentReport is what a file would do.
type contentReport struct {
	Rows, Added, Changed, Same int
	Bad                        []ippo.Problem // with the line before each; if there is one, nothing is taken in
	More                       int            // problems that are not listed
}

func (r *contentReport) bad(line int, message string) {
	if len(r.Bad) == maxImportProblems {
		r.More++
		return
	}
	r.Bad = append(r.Bad, ippo.Problem{Message: fmt.Sprintf("%d行目: %s", line, message)})
}

// contentRow is a row that adds a thing or changes it.
type contentRow[T any] struct {
	line int
	item T
	made bool // is new
}

func (k longShelf[T]) showImport(c *gin.Context) error {
	return k.importPage(c, contentImportPage{}, nil)
}

func (k longShelf[T]) importPage(c *gin.Context, page contentImportPage, found ippo.Problems) error {
	topics, areas, err := k.panel.topicsAndAreas(c)
	if err != nil {
		return err
	}
	page.frame = k.panel.frame(c)
	page.Problems = found
	page.Word, page.Path, page.CSV = k.word, href("%s", k.section), href("%s.csv", k.section)
	page.Columns = columnNames(k.allColumns(topics, areas))
	status := formStatus(found)
	if len(page.Report.Bad) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return k.panel.render(c, status, "content_import.html", page)
}

// takeIn first says what a file would change and what is wrong with it; sent again with what was checked, it is done.
func (k longShelf[T]) takeIn(c *gin.Context) error {
	ctx, by := c.Request.Context(), k.panel.me(c).ID
	text, found, err := uploaded(c)
	if err != nil {
		return err
	}
	if found != nil {
		return k.importPage(c, contentImportPage{}, found)
	}
	rows, report, err := k.readFile(c, text)
	if err != nil {
		return err
	}
	if len(report.Bad) > 0 || formText(c, "do") != "import" {
		return k.importPage(c, contentImportPage{Checked: true, Report: report, Text: string(text)}, nil)
	}
	for _, row := range rows {
		if row.made {
			_, err = k.create(ctx, by, row.item)
		} else {
			err = k.update(ctx, by, row.item)
		}
		found, err := mend(err, nil)
		if err != nil {
			return err
		}
		for _, one := range found { // somebody else was at it a moment ago; what is done is not done twice
			report.bad(row.line, one.Message)
		}
		if found != nil {
			return k.importPage(c, contentImportPage{Checked: true, Report: report, Text: string(text)}, nil)
		}
	}
	if err := k.panel.Store.Audit(ctx, by, string(k.kind)+".import", k.section, fmt.Sprintf("追加%d件・変更%d件", report.Added, report.Changed)); err != nil {
		return err
	}
	k.panel.Wake()
	return k.panel.redirect(c, fmt.Sprintf("%sを取り込みました（追加%d件、変更%d件）。", k.word, report.Added, report.Changed), href("%s", k.section))
}

// readFile works out what a file adds and changes, and what is wrong with it.
func (k longShelf[T]) readFile(c *gin.Context, text []byte) (rows []contentRow[T], report contentReport, err error) {
	ctx := c.Request.Context()
	topics, areas, err := k.panel.topicsAndAreas(c)
	if err != nil {
		return nil, report, err
	}
	s, bad := sheet.NewReader(bytes.NewReader(text))
	if bad != nil {
		report.bad(1, formProblem(bad))
		return nil, report, nil
	}
	columns := k.allColumns(topics, areas)
	read := make([]contentColumn[T], len(s.Columns))
	key := -1
	for i, name := range s.Columns {
		at := slices.IndexFunc(columns, func(known contentColumn[T]) bool { return known.name == name })
		switch {
		case at < 0:
			report.bad(1, fmt.Sprintf("列「%s」はありません。取り込める列は %s です。", cutRunes(name, 30), columnNames(columns)))
		case slices.Index(s.Columns, name) != i:
			report.bad(1, "列「"+name+"」が2つあります。")
		default:
			read[i] = columns[at]
		}
		if name == keyColumn {
			key = i
		}
	}
	if len(report.Bad) > 0 {
		return nil, report, nil
	}
	known, err := k.panel.Store.ContentSlugs(ctx, k.kind)
	if err != nil {
		return nil, report, err
	}
	sum := sha256.Sum256(text)
	lines := map[string]int{}
	report.Rows = eachRow(s, report.bad, func(row sheet.Row) bool {
		if len(lines) == maxContentRows {
			report.bad(row.Line, fmt.Sprintf("一度に取り込めるのは%s件までです。ファイルを分けてください。", ippo.Comma(maxContentRows)))
			return false
		}
		// A row without a name has one of its file and line, so that what was taken in is not taken in again.
		slug := fmt.Sprintf("csv-%s-%d", hex.EncodeToString(sum[:4]), row.Line)
		if key >= 0 && row.Cell(key) != "" {
			slug = strings.Clone(row.Cell(key))
		}
		if first, twice := lines[slug]; twice {
			report.bad(row.Line, fmt.Sprintf("識別名が%d行目と同じです。", first))
			return true
		}
		lines[slug] = row.Line
		err = k.readRow(c, read, row, slug, known[slug], &rows, &report)
		return err == nil
	})
	if err != nil {
		return nil, report, err
	}
	if report.Rows == 0 {
		report.bad(1, "取り込む行がありません。2行目から、1行に1件ずつ書いてください。")
	}
	return rows, report, nil
}

// readRow reads one row over the thing of its name, or a new one. A cell that says what is there already changes
// nothing, whatever more is known of it.
func (k longShelf[T]) readRow(c *gin.Context, columns []contentColumn[T], row sheet.Row, slug string, id int64, rows *[]contentRow[T], report *contentReport) error {
	ctx := c.Request.Context()
	item, made := k.blank(), id == 0
	if !made {
		there, err := k.one(ctx, id)
		if errors.Is(err, ippo.ErrNotFound) {
			report.bad(row.Line, "この識別名は、ほかのチームのものが使っています。")
			return nil
		}
		if err != nil {
			return err
		}
		item = there
	}
	was, changed, wrong := item, made, false
	for i, column := range columns {
		cell := strings.Clone(row.Cell(i))
		if column.name == keyColumn {
			cell = slug
		}
		if column.set == nil || cell == "" && column.kept {
			continue
		}
		there := column.get(item)
		if cell == there {
			continue
		}
		if problem := column.set(&item, cell); problem != "" {
			report.bad(row.Line, problem)
			wrong = true
		}
		changed = changed || column.get(item) != there
	}
	if made {
		*k.slug(&item) = slug
	}
	switch {
	case wrong:
		return nil
	case !changed:
		report.Same++
		return nil
	}
	found, err := mend(k.check(ctx, was, item), nil)
	if err != nil {
		return err
	}
	for _, one := range found {
		report.bad(row.Line, one.Message)
	}
	switch {
	case found != nil:
		return nil
	case made:
		report.Added++
	default:
		report.Changed++
	}
	*rows = append(*rows, contentRow[T]{row.Line, item, made})
	return nil
}

// errNotTheirs is what is wrong with a row about what is not its reader's to change.
var errNotTheirs = ippo.Problems{{Field: "topics", Message: "あなたのチームが受け持つ分野・地域のものだけを取り込めます。"}}
