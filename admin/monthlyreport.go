package admin

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/sheet"
)

type reportList struct {
	frame
	pager
	Items []ippo.MonthlyReport
	Next  string // the month whose report comes next, in words
}

// maxReports is how many reports are listed: a hundred years.
const maxReports = 1200

// reportList shows the monthly reports, the latest first.
func (p *Panel) reportList(c *gin.Context) error {
	reports, err := p.Store.MonthlyReports(c.Request.Context(), "", maxReports)
	if err != nil {
		return err
	}
	page := reportList{frame: p.frame(c), Next: ippo.DateWords(ippo.MonthOf(p.Now()).Ends())}
	page.Items, page.pager = pageOf(c, reports)
	return p.render(c, http.StatusOK, "report_list.html", page)
}

type reportPage struct {
	frame
	Item    ippo.MonthlyReport
	Parts   []reportPart
	Charts  []chart
	History []auditRow
}

// reportPart are the figures about one thing.
type reportPart struct {
	Words   string
	Figures []ippo.ReportFigure
}

// reportCharts are the figures that a report draws over the months, and over how many.
var reportCharts = []ippo.FigureKey{"friends", "consultations", "call-outs"}

const reportMonths = 12

func (p *Panel) report(c *gin.Context) (ippo.MonthlyReport, error) {
	id, err := pathID[ippo.MonthlyReportID](c)
	if err != nil {
		return ippo.MonthlyReport{}, err
	}
	return p.Store.MonthlyReport(c.Request.Context(), id)
}

func (p *Panel) showReport(c *gin.Context) error {
	r, err := p.report(c)
	if err != nil {
		return err
	}
	return p.reportPage(c, r, nil)
}

func (p *Panel) reportPage(c *gin.Context, r ippo.MonthlyReport, found ippo.Problems) error {
	ctx := c.Request.Context()
	page := reportPage{frame: p.frame(c), Item: r}
	page.Problems = found
	for _, about := range ippo.FigureGroups {
		part := reportPart{Words: string(about)}
		for _, f := range r.Figures {
			if f.About == about {
				part.Figures = append(part.Figures, f)
			}
		}
		if len(part.Figures) > 0 {
			page.Parts = append(page.Parts, part)
		}
	}
	months, err := p.Store.MonthlyReports(ctx, r.Month, reportMonths)
	if err != nil {
		return err
	}
	slices.Reverse(months)
	for _, key := range reportCharts {
		f, _ := r.Figure(key)
		points := monthPoints(months, key)
		if drawn, ok := drawChart(f.Name, points); ok {
			page.Charts = append(page.Charts, drawn)
		}
	}
	if page.History, err = p.history(ctx, page.Settings, "report:"+c.Param("id")); err != nil {
		return err
	}
	return p.render(c, formStatus(found), "report_show.html", page)
}

// monthPoints are one figure's values over the months, as each month's report told them; the month before the
// first one is told by that.
func monthPoints(months []ippo.MonthlyReport, key ippo.FigureKey) []chartPoint {
	var points []chartPoint
	for n, m := range months {
		f, ok := m.Figure(key)
		if !ok {
			continue
		}
		if n == 0 && len(months) < reportMonths {
			points = append(points, chartPoint{label: m.Month.Before().Short(), text: f.Before})
		}
		points = append(points, chartPoint{label: m.Month.Short(), text: f.Value})
	}
	return points
}

func (p *Panel) editReport(c *gin.Context) error {
	r, err := p.report(c)
	if err != nil {
		return err
	}
	if r.State != ippo.ReportDraft {
		return ippo.ErrConflict
	}
	return p.reportForm(c, r, nil)
}

func (p *Panel) reportForm(c *gin.Context, r ippo.MonthlyReport, found ippo.Problems) error {
	page := reportPage{frame: p.frame(c), Item: r}
	page.Problems = found
	return p.render(c, formStatus(found), "report_edit.html", page)
}

func (p *Panel) saveReport(c *gin.Context) error {
	r, err := p.report(c)
	if err != nil {
		return err
	}
	now := r.Version
	r.Summary, r.Plans = formText(c, "summary"), formText(c, "plans")
	r.Version, _ = strconv.Atoi(c.PostForm("version"))
	found, err := mend(p.Store.SaveMonthlyReport(c.Request.Context(), p.me(c).ID, r), nil)
	if errors.Is(err, ippo.ErrConflict) && r.State == ippo.ReportDraft {
		// Nobody's work is lost: what was typed stays in the fields, to be saved again over what is there now.
		r.Version = now
		found, err = ippo.Problems{{Message: "ほかの職員が先にこの報告を変更しました。下には、あなたの入力が残っています。今の内容を別の画面で確かめてから、もう一度保存してください。"}}, nil
	}
	if err != nil {
		return err
	}
	if found != nil {
		return p.reportForm(c, r, found)
	}
	return p.redirect(c, "活動報告を保存しました。", href("reports/%d", r.ID))
}

func (p *Panel) fixReport(c *gin.Context) error {
	r, err := p.report(c)
	if err != nil {
		return err
	}
	version, _ := strconv.Atoi(c.PostForm("version"))
	if err := p.Store.FixMonthlyReport(c.Request.Context(), p.me(c).ID, r.ID, version); err != nil {
		return err
	}
	return p.redirect(c, r.Month.Short()+"の活動報告を確定しました。", href("reports/%d", r.ID))
}

func (p *Panel) reopenReport(c *gin.Context) error {
	r, err := p.report(c)
	if err != nil {
		return err
	}
	found, err := mend(p.Store.ReopenMonthlyReport(c.Request.Context(), p.me(c).ID, r.ID, formText(c, "reason")), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.reportPage(c, r, found)
	}
	return p.redirect(c, r.Month.Short()+"の活動報告を下書きに戻しました。", href("reports/%d", r.ID))
}

// reportCSV saves the figures of one month.
func (p *Panel) reportCSV(c *gin.Context) error {
	r, err := p.report(c)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	w, err := sheet.NewWriter(&file, "区分", "数", "この月", "前の月", "増減")
	if err != nil {
		return err
	}
	for _, f := range r.Figures {
		if err := w.Row(string(f.About), f.Name, f.Value, f.Before, f.Change()); err != nil {
			return err
		}
	}
	for _, g := range r.Groups {
		for _, row := range g.Rows {
			if err := w.Row(g.Title, row.Name, row.Words(), "", ""); err != nil {
				return err
			}
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	c.Header("Content-Disposition", fmt.Sprintf(`attachment; filename="report-%s.csv"`, r.Month))
	c.Data(http.StatusOK, "text/csv; charset=utf-8", file.Bytes())
	return nil
}
