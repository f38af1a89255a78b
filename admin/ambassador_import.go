package admin

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/sheet"
	"ippo/store"
)

// The columns of a sheet of people who signed up by telephone or on paper.
var signUpColumns = []string{"氏名", "ふりがな", "連絡先", "年代", "保護者", "ビジョン", "状態", "申込日", "メモ"}

const (
	colName = iota
	colKana
	colContact
	colAge
	colGuardian
	colVision
	colStatus
	colApplied
	colNote
)

// maxSignUps bounds a sheet.
const maxSignUps = 1000

type signUpImportPage struct {
	frame
	Checked bool
	Report  signUpReport
	Text    string // of the file that was checked
}

// signUpReport is what an import would do.
type signUpReport struct {
	Rows int
	Bad  []ippo.Problem // with the line before each; if there is one, nothing is added
	More int            // problems that are not listed
	Same []string       // rows whose contact is another's too: whether it is the same person is for staff to say
}

// showSignUpImport asks for a sheet of people who signed up by telephone or on paper.
func (p *Panel) showSignUpImport(c *gin.Context) error {
	return p.signUpImportPage(c, signUpImportPage{}, nil)
}

func (p *Panel) signUpImportPage(c *gin.Context, page signUpImportPage, found ippo.Problems) error {
	page.frame = p.frame(c)
	page.Problems = found
	status := formStatus(found)
	if len(page.Report.Bad) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return p.render(c, status, "ambassador_import.html", page)
}

// signUpSheet is an empty sheet to be filled in.
func (p *Panel) signUpSheet(c *gin.Context) error {
	var file bytes.Buffer
	w, err := sheet.NewWriter(&file, signUpColumns...)
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", `attachment; filename="ambassadors-new.csv"`)
	c.Data(http.StatusOK, "text/csv; charset=utf-8", file.Bytes())
	return nil
}

// importSignUps first says what is in a sheet and what is wrong with it; sent again with what was checked, it adds
// the people.
func (p *Panel) importSignUps(c *gin.Context) error {
	ctx := c.Request.Context()
	text, found, err := uploaded(c)
	if err != nil {
		return err
	}
	if found != nil {
		return p.signUpImportPage(c, signUpImportPage{}, found)
	}
	there, err := p.Store.Ambassadors(ctx, store.AmbassadorFilter{})
	if err != nil {
		return err
	}
	people, report := readSignUps(text, p.Now(), there)
	page := signUpImportPage{Checked: true, Report: report, Text: string(text)}
	if len(report.Bad) > 0 || formText(c, "do") != "import" {
		return p.signUpImportPage(c, page, nil)
	}
	if !formOn(c, "consent") {
		found.Add("consent", "全員の同意を確かめてから、取り込んでください。")
	}
	if len(report.Same) > 0 && !formOn(c, "same") {
		found.Add("same", "同じ連絡先の人がいます。別の人であることを確かめてから、取り込んでください。")
	}
	if found == nil {
		if found, err = mend(p.Store.ImportAmbassadors(ctx, p.me(c).ID, people), nil); err != nil {
			return err
		}
	}
	if found != nil {
		return p.signUpImportPage(c, page, found)
	}
	return p.redirect(c, fmt.Sprintf("%d人を取り込みました。選んで「LINEにつなぐ手紙」を印刷できます。", len(people)), href("ambassadors")+"?only="+onlyUnlinked)
}

// readSignUps reads a sheet, and says what is wrong with it and whose contact is another's too.
func readSignUps(text []byte, now time.Time, there []ippo.Ambassador) (people []ippo.Ambassador, report signUpReport) {
	bad := func(line int, message string) {
		if len(report.Bad) == maxImportProblems {
			report.More++
			return
		}
		report.Bad = append(report.Bad, ippo.Problem{Message: fmt.Sprintf("%d行目: %s", line, message)})
	}
	s, err := sheet.NewReader(bytes.NewReader(text))
	if err != nil {
		bad(1, formProblem(err))
		return nil, report
	}
	at := make([]int, len(signUpColumns))
	for i := range at {
		at[i] = slices.Index(s.Columns, signUpColumns[i])
	}
	for n, column := range s.Columns {
		switch known := slices.Index(signUpColumns, column); {
		case known < 0:
			bad(1, fmt.Sprintf("列「%.30s」はありません。使える列は %s です。", column, strings.Join(signUpColumns, "、")))
		case at[known] != n:
			bad(1, "列「"+column+"」が2つあります。")
		}
	}
	for _, needed := range []int{colName, colKana, colContact, colAge} {
		if at[needed] < 0 {
			bad(1, "列「"+signUpColumns[needed]+"」がありません。")
		}
	}
	if len(report.Bad) > 0 {
		return nil, report
	}
	numbers, lines := map[string]int{}, map[string]int{}
	for _, a := range there {
		numbers[a.ContactKey()] = a.Number
	}
	report.Rows = eachRow(s, bad, func(row sheet.Row) bool {
		a, found := readSignUp(func(column int) string {
			if at[column] < 0 {
				return ""
			}
			return strings.Clone(row.Cell(at[column]))
		}, now)
		for _, one := range found {
			bad(row.Line, one.Message)
		}
		if key := a.ContactKey(); key != "" {
			if n, ok := numbers[key]; ok {
				report.Same = append(report.Same, fmt.Sprintf("%d行目: 番号 %d の人と同じ連絡先です。", row.Line, n))
			}
			if first, ok := lines[key]; ok {
				report.Same = append(report.Same, fmt.Sprintf("%d行目: %d行目の人と同じ連絡先です。", row.Line, first))
			} else {
				lines[key] = row.Line
			}
		}
		if people = append(people, a); len(people) > maxSignUps {
			bad(row.Line, fmt.Sprintf("一度に取り込めるのは%d人までです。", maxSignUps))
			return false
		}
		return true
	})
	if report.Rows == 0 {
		bad(1, "取り込む人がいません。2行目から、1行に1人ずつ書いてください。")
	}
	return people, report
}

// readSignUp reads one row. Its problems never repeat what the row holds.
func readSignUp(cell func(int) string, now time.Time) (a ippo.Ambassador, found ippo.Problems) {
	a = ippo.Ambassador{
		Name: cell(colName), Kana: cell(colKana), Contact: cell(colContact), Guardian: cell(colGuardian), Vision: cell(colVision), Note: cell(colNote),
		Status: ippo.AmbassadorApplied, AppliedAt: ippo.Day(now),
	}
	for _, known := range ippo.AgeBands {
		if age := cell(colAge); age == known.Words || age == string(known.Band) {
			a.AgeBand = known.Band
		}
	}
	found, _ = mend(a.Validate(), found)
	if a.AgeBand == "" && cell(colAge) != "" {
		found = slices.DeleteFunc(found, func(p ippo.Problem) bool { return p.Field == "ageBand" })
		var known []string
		for _, one := range ippo.AgeBands {
			known = append(known, one.Words)
		}
		found.Add("ageBand", "年代は "+strings.Join(known, "、")+" のどれかにしてください。")
	}
	switch status := cell(colStatus); {
	case status == "" || status == ippo.AmbassadorApplied.Words():
	case status == ippo.AmbassadorContacted.Words():
		a.Status = ippo.AmbassadorContacted
	case status == ippo.AmbassadorAppointed.Words():
		a.Status = ippo.AmbassadorAppointed
	default:
		found.Add("status", "状態は 申込、連絡済、任命 のどれかにしてください。")
	}
	if text := cell(colApplied); text != "" {
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
	if len([]rune(a.Note)) > 2000 {
		found.Add("note", "メモは2000文字以内で入力してください。")
	}
	return a, found
}
