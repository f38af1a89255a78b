package admin

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

// indicatorFrame is the frame of a page about indicators, whichever part of them its address names.
func (p *Panel) indicatorFrame(c *gin.Context) frame {
	f := p.frame(c)
	f.Section = "sheets"
	return f
}

type indicatorSheetList struct {
	frame
	Items []ippo.IndicatorSheet
}

func (p *Panel) indicatorSheetList(c *gin.Context) error {
	all, err := p.Store.IndicatorSheets(c.Request.Context())
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "sheet_list.html", indicatorSheetList{p.indicatorFrame(c), all})
}

type indicatorSheetPage struct {
	frame
	Sheet    ippo.IndicatorSheet
	Sections []indicatorSection
	CostYear ippo.FiscalYear // whose 事業費 is shown
	Charts   bool
	Toggle   string // the address of the page with charts, or without
	Made     string // the day, for the print
	History  []auditRow

	// The columns that something stands in: paper is narrow.
	Costs, Departments, Remarks, SheetNos bool
}

// Numbers is how many columns of the table hold numbers: baseline, targets, years and cost.
func (p indicatorSheetPage) Numbers() int {
	n := 1 + len(p.Sheet.Targets) + len(p.Sheet.Years())
	if p.Costs {
		n++
	}
	return n
}

// Narrow reports whether there are so many columns of numbers that paper takes them in small letters only.
func (p indicatorSheetPage) Narrow() bool { return p.Numbers() > 9 }

type indicatorSection struct {
	ippo.IndicatorSection
	Rows   []indicatorRow
	Charts []chart
}

// Level is of the heading in the page's outline.
func (s indicatorSection) Level() int { return min(s.Depth+1, 6) }

// indicatorRow is an indicator as the sheet shows it.
type indicatorRow struct {
	ippo.Indicator
	Targets []string
	Years   []indicatorCell
	Cost    string
}

type indicatorCell struct {
	ippo.IndicatorValue
	Year  ippo.FiscalYear
	Rate  string
	Typed bool   // the rate does not follow from value and target
	Day   string // of the value, when it is not the year's end
}

// chartsUpTo is on how many indicators a sheet shows its charts unasked.
const chartsUpTo = 30

func (p *Panel) indicatorContent(c *gin.Context) (ippo.IndicatorContent, error) {
	id, err := pathID[ippo.IndicatorSheetID](c)
	if err != nil {
		return ippo.IndicatorContent{}, err
	}
	return p.Store.IndicatorContent(c.Request.Context(), id)
}

// showIndicatorSheet is the sheet as the council knows it, on the screen and on A4.
func (p *Panel) showIndicatorSheet(c *gin.Context) error {
	content, err := p.indicatorContent(c)
	if err != nil {
		return err
	}
	page := indicatorSheetPage{frame: p.indicatorFrame(c), Sheet: content.IndicatorSheet, CostYear: costYear(content), Made: ippo.EraDate(p.Now())}
	page.Charts = len(content.Indicators) <= chartsUpTo
	if asked := c.Query("charts"); asked != "" {
		page.Charts = asked == "on"
	}
	page.Toggle = withQuery(c, "charts", "on")
	if page.Charts {
		page.Toggle = withQuery(c, "charts", "off")
	}
	for _, s := range content.Sections() {
		section := indicatorSection{IndicatorSection: s}
		for _, i := range s.Indicators {
			row := newIndicatorRow(content.IndicatorSheet, i, page.CostYear)
			section.Rows = append(section.Rows, row)
			page.Costs, page.Departments = page.Costs || row.Cost != "", page.Departments || row.Department != ""
			page.Remarks, page.SheetNos = page.Remarks || row.Remark != "", page.SheetNos || row.SheetNo != ""
			if !page.Charts || i.Of != 0 {
				continue
			}
			if drawn, ok := newChart(content.IndicatorSheet, i); ok {
				section.Charts = append(section.Charts, drawn)
			}
		}
		page.Sections = append(page.Sections, section)
	}
	if page.History, err = p.history(c.Request.Context(), page.Settings, "sheet:"+c.Param("id")); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "sheet_show.html", page)
}

func newIndicatorRow(sheet ippo.IndicatorSheet, i ippo.Indicator, costYear ippo.FiscalYear) indicatorRow {
	row := indicatorRow{Indicator: i, Cost: i.Values[costYear].Cost}
	for _, t := range sheet.Targets {
		row.Targets = append(row.Targets, unitBehind(i.Targets[t.Year], i.Unit))
	}
	for _, y := range sheet.Years() {
		row.Years = append(row.Years, newIndicatorCell(i, y))
	}
	return row
}

func newIndicatorCell(i ippo.Indicator, y ippo.FiscalYear) indicatorCell {
	cell := indicatorCell{IndicatorValue: i.Values[y], Year: y, Rate: i.Rate(y)}
	cell.Typed = cell.IndicatorValue.Rate != ""
	cell.Value = unitBehind(cell.Value, i.Unit)
	if day, err := time.ParseInLocation(time.DateOnly, cell.AsOf, ippo.Tokyo); err == nil {
		cell.Day = ippo.EraDateShort(day)
	}
	return cell
}

// Start is the baseline as the sheet shows it.
func (r indicatorRow) Start() string { return unitBehind(r.Baseline, r.Unit) }

// unitBehind adds the unit to a bare number; any other text stands as it was typed.
func unitBehind(text, unit string) string {
	if a, ok := ippo.ParseAmount(text); ok && a.Unit == "" && !strings.Contains(text, "\n") {
		return text + unit
	}
	return text
}

// costYear is the year whose cost the sheet shows: as the sheet says, or the latest that is known.
func costYear(c ippo.IndicatorContent) ippo.FiscalYear {
	if c.CostYear != 0 {
		return c.CostYear
	}
	var latest ippo.FiscalYear
	for _, i := range c.Indicators {
		for y, v := range i.Values {
			if v.Cost != "" && y <= c.Until {
				latest = max(latest, y)
			}
		}
	}
	return latest
}

type editIndicatorSheetPage struct {
	frame
	Item ippo.IndicatorSheet
	Form map[string]string // the years, as they were typed
	Rows []int             // of the targets
}

func (p *Panel) sheetForm(c *gin.Context, item ippo.IndicatorSheet, form map[string]string, found ippo.Problems) error {
	page := editIndicatorSheetPage{frame: p.indicatorFrame(c), Item: item, Form: form}
	page.Problems = found
	for n := range ippo.MaxTargetYears {
		page.Rows = append(page.Rows, n+1)
	}
	return p.render(c, formStatus(found), "sheet_edit.html", page)
}

// sheetYearForm writes a sheet's years as the form shows them.
func sheetYearForm(s ippo.IndicatorSheet) map[string]string {
	short := func(y ippo.FiscalYear) string {
		if y == 0 {
			return ""
		}
		return y.Short()
	}
	form := map[string]string{"baselineYear": short(s.BaselineYear), "from": short(s.From), "until": short(s.Until), "costYear": short(s.CostYear)}
	for n := range ippo.MaxTargetYears {
		word, year := "word"+strconv.Itoa(n+1), "year"+strconv.Itoa(n+1)
		form[word], form[year] = "", ""
		if n < len(s.Targets) {
			form[word], form[year] = s.Targets[n].Word, short(s.Targets[n].Year)
		}
	}
	return form
}

func (p *Panel) newIndicatorSheet(c *gin.Context) error {
	now := ippo.FiscalYearOf(p.Now())
	item := ippo.IndicatorSheet{BaselineWord: "基準値", BaselineYear: now - 1, Targets: []ippo.TargetYear{{Word: "目標値", Year: now + 4}}, From: now, Until: now + 4}
	return p.sheetForm(c, item, sheetYearForm(item), nil)
}

// readSheet reads the form over a sheet.
func readSheet(c *gin.Context, item ippo.IndicatorSheet) (ippo.IndicatorSheet, map[string]string, ippo.Problems) {
	var found ippo.Problems
	form := map[string]string{}
	year := func(name, label string) ippo.FiscalYear {
		form[name] = formText(c, name)
		if form[name] == "" {
			return 0
		}
		y, err := ippo.ParseFiscalYear(form[name])
		if err != nil {
			found.Addf(name, "%sは「R6」「令和6年度」「2024」のように入力してください。", label)
		}
		return y
	}
	item.Title, item.Note, item.BaselineWord = formText(c, "title"), formText(c, "note"), formText(c, "baselineWord")
	item.BaselineYear, item.CostYear = year("baselineYear", "基準値の年度"), year("costYear", "事業費の年度")
	item.From, item.Until = year("from", "実績値の始めの年度"), year("until", "実績値の終わりの年度")
	item.Targets = nil
	for n := range ippo.MaxTargetYears {
		word := "word" + strconv.Itoa(n+1)
		form[word] = formText(c, word)
		y := year("year"+strconv.Itoa(n+1), "目標の年度")
		if y != 0 || form[word] != "" && form["year"+strconv.Itoa(n+1)] == "" {
			item.Targets = append(item.Targets, ippo.TargetYear{Word: cmp.Or(form[word], "目標値"), Year: y})
		}
	}
	item.Version, _ = strconv.Atoi(c.PostForm("version"))
	return item, form, found
}

func (p *Panel) createIndicatorSheet(c *gin.Context) error {
	item, form, found := readSheet(c, ippo.IndicatorSheet{})
	if found == nil {
		made, err := p.Store.CreateIndicatorSheet(c.Request.Context(), p.me(c).ID, item)
		if found, err = mend(err, nil); err != nil {
			return err
		}
		if found == nil {
			return p.redirect(c, "指標シートをつくりました。見出しと指標を加えるか、CSVから取り込んでください。", href("sheets/%d", made.ID))
		}
	}
	return p.sheetForm(c, item, form, found)
}

func (p *Panel) editIndicatorSheet(c *gin.Context) error {
	content, err := p.indicatorContent(c)
	if err != nil {
		return err
	}
	return p.sheetForm(c, content.IndicatorSheet, sheetYearForm(content.IndicatorSheet), nil)
}

func (p *Panel) updateIndicatorSheet(c *gin.Context) error {
	content, err := p.indicatorContent(c)
	if err != nil {
		return err
	}
	item, form, found := readSheet(c, content.IndicatorSheet)
	if found == nil {
		if found, err = mend(p.Store.UpdateIndicatorSheet(c.Request.Context(), p.me(c).ID, item), nil); err != nil {
			return err
		}
	}
	if found != nil {
		return p.sheetForm(c, item, form, found)
	}
	return p.redirect(c, "指標シートを保存しました。", href("sheets/%d", item.ID))
}

func (p *Panel) askDeleteIndicatorSheet(c *gin.Context) error {
	return p.confirmDeleteIndicatorSheet(c, nil)
}

func (p *Panel) confirmDeleteIndicatorSheet(c *gin.Context, found ippo.Problems) error {
	content, err := p.indicatorContent(c)
	if err != nil {
		return err
	}
	return p.confirm(c, confirmPage{
		Title: "指標シートの削除", Question: "「" + content.Title + "」を、見出し・指標・実績値とともに削除しますか。",
		Detail: undoWords, Button: "削除する", Back: href("sheets/%d", content.ID),
	}, found)
}

func (p *Panel) deleteIndicatorSheet(c *gin.Context) error {
	id, err := pathID[ippo.IndicatorSheetID](c)
	if err != nil {
		return err
	}
	found, err := mend(p.Store.DeleteIndicatorSheet(c.Request.Context(), p.me(c).ID, id), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.confirmDeleteIndicatorSheet(c, found)
	}
	return p.redirectDeleted(c, "指標シートを削除しました。", href("sheets"))
}

type headingPage struct {
	frame
	Sheet   ippo.IndicatorSheet
	Item    ippo.Heading
	Kinds   []option
	Parents []option
}

// headingChoices lists a sheet's headings, each under those above it.
func headingChoices(content ippo.IndicatorContent, none string, on ippo.HeadingID, but ippo.HeadingID) []option {
	options := []option{{"0", none, on == 0}}
	for _, s := range content.Sections() {
		if s.ID == 0 || s.ID == but {
			continue
		}
		options = append(options, option{strconv.FormatInt(int64(s.ID), 10), strings.Repeat("　", s.Depth-1) + s.Name, s.ID == on})
	}
	return options
}

func (p *Panel) headingForm(c *gin.Context, content ippo.IndicatorContent, item ippo.Heading, found ippo.Problems) error {
	page := headingPage{
		frame: p.indicatorFrame(c), Sheet: content.IndicatorSheet, Item: item, Kinds: statuses(ippo.HeadingKinds, item.Kind),
		Parents: headingChoices(content, "（いちばん上に置く）", item.Parent, item.ID),
	}
	page.Problems = found
	return p.render(c, formStatus(found), "heading_edit.html", page)
}

func readHeading(c *gin.Context, item ippo.Heading) (ippo.Heading, ippo.Problems) {
	var found ippo.Problems
	item.Kind, item.Name, item.Text = ippo.HeadingKind(formText(c, "kind")), formText(c, "name"), formText(c, "text")
	item.Parent = ippo.HeadingID(formInt(c, "parent", "上の見出し", &found))
	item.Place = formInt(c, "place", "並び順", &found)
	return item, found
}

func (p *Panel) newHeading(c *gin.Context) error {
	content, err := p.indicatorContent(c)
	if err != nil {
		return err
	}
	under, _ := strconv.ParseInt(c.Query("under"), 10, 64) // 0: at the top
	item := ippo.Heading{Kind: ippo.HeadingGoal, Parent: ippo.HeadingID(under)}
	for _, h := range content.Headings {
		if h.ID == item.Parent && h.Kind.Level()+1 < len(ippo.HeadingKinds) {
			item.Kind = ippo.HeadingKinds[max(h.Kind.Level()+1, ippo.HeadingMeasure.Level())]
		}
	}
	return p.headingForm(c, content, item, nil)
}

func (p *Panel) createHeading(c *gin.Context) error {
	content, err := p.indicatorContent(c)
	if err != nil {
		return err
	}
	item, found := readHeading(c, ippo.Heading{Sheet: content.ID})
	if found == nil {
		_, err := p.Store.CreateHeading(c.Request.Context(), p.me(c).ID, item)
		if found, err = mend(err, nil); err != nil {
			return err
		}
	}
	if found != nil {
		return p.headingForm(c, content, item, found)
	}
	return p.redirect(c, "見出しを加えました。", href("sheets/%d", content.ID))
}

// heading returns the address's heading and its sheet.
func (p *Panel) heading(c *gin.Context) (ippo.Heading, ippo.IndicatorContent, error) {
	id, err := pathID[ippo.HeadingID](c)
	if err != nil {
		return ippo.Heading{}, ippo.IndicatorContent{}, err
	}
	h, err := p.Store.Heading(c.Request.Context(), id)
	if err != nil {
		return h, ippo.IndicatorContent{}, err
	}
	content, err := p.Store.IndicatorContent(c.Request.Context(), h.Sheet)
	return h, content, err
}

func (p *Panel) editHeading(c *gin.Context) error {
	h, content, err := p.heading(c)
	if err != nil {
		return err
	}
	return p.headingForm(c, content, h, nil)
}

func (p *Panel) updateHeading(c *gin.Context) error {
	h, content, err := p.heading(c)
	if err != nil {
		return err
	}
	h, found := readHeading(c, h)
	if found == nil {
		if found, err = mend(p.Store.UpdateHeading(c.Request.Context(), p.me(c).ID, h), nil); err != nil {
			return err
		}
	}
	if found != nil {
		return p.headingForm(c, content, h, found)
	}
	return p.redirect(c, "見出しを保存しました。", href("sheets/%d", content.ID))
}

func (p *Panel) askDeleteHeading(c *gin.Context) error { return p.confirmDeleteHeading(c, nil) }

func (p *Panel) confirmDeleteHeading(c *gin.Context, found ippo.Problems) error {
	h, _, err := p.heading(c)
	if err != nil {
		return err
	}
	return p.confirm(c, confirmPage{Title: "見出しの削除", Question: "「" + h.Name + "」を削除しますか。", Detail: undoWords, Button: "削除する", Back: href("headings/%d", h.ID)}, found)
}

func (p *Panel) deleteHeading(c *gin.Context) error {
	h, content, err := p.heading(c)
	if err != nil {
		return err
	}
	found, err := mend(p.Store.DeleteHeading(c.Request.Context(), p.me(c).ID, h.ID), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.confirmDeleteHeading(c, found)
	}
	return p.redirectDeleted(c, "見出しを削除しました。", href("sheets/%d", content.ID))
}

type editIndicatorPage struct {
	frame
	Sheet    ippo.IndicatorSheet
	Item     ippo.Indicator
	Headings []option
	Wholes   []option
	Origins  []option
	Spans    []option
	Figures  []figureGroup
	Targets  []targetField
}

type figureGroup struct {
	Words   string
	Options []option
}

type targetField struct{ Name, Label, Value string }

func (p *Panel) indicatorForm(c *gin.Context, content ippo.IndicatorContent, item ippo.Indicator, found ippo.Problems) error {
	page := editIndicatorPage{
		frame: p.indicatorFrame(c), Sheet: content.IndicatorSheet, Item: item, Spans: statuses(ippo.IndicatorSpans, item.Span),
		Headings: headingChoices(content, "（見出しの上に置く）", item.Heading, 0),
		Wholes:   []option{{"0", "（内訳ではない）", item.Part == 0}}, Origins: []option{{"0", "（選ばない）", item.Of == 0}},
	}
	page.Problems = found
	for _, s := range content.Sections() {
		for _, i := range s.Indicators {
			value := strconv.FormatInt(int64(i.ID), 10)
			if i.ID == item.ID {
				continue
			}
			if i.Part == 0 {
				page.Wholes = append(page.Wholes, option{value, i.Title(), i.ID == item.Part})
			}
			if i.Of == 0 {
				page.Origins = append(page.Origins, option{value, i.Title(), i.ID == item.Of})
			}
		}
	}
	page.Figures = figureChoices(page.Settings.Labels, item.Figure)
	for _, t := range content.Targets {
		page.Targets = append(page.Targets, targetField{"target" + t.Year.Short(), t.Word + "（" + t.Year.Short() + "）", item.Targets[t.Year]})
	}
	return p.render(c, formStatus(found), "indicator_edit.html", page)
}

// figureChoices lists what Ippo counts by itself.
func figureChoices(own ippo.Labels, on ippo.FigureKey) []figureGroup {
	var groups []figureGroup
	for _, about := range ippo.FigureGroups {
		g := figureGroup{Words: string(about)}
		for _, f := range store.Figures() {
			if f.About == about {
				g.Options = append(g.Options, option{string(f.Key), f.Title(own) + "（" + f.Unit + "）", f.Key == on})
			}
		}
		groups = append(groups, g)
	}
	return groups
}

func readIndicator(c *gin.Context, sheet ippo.IndicatorSheet, item ippo.Indicator) (ippo.Indicator, ippo.Problems) {
	var found ippo.Problems
	item.Name, item.Unit, item.Span = formText(c, "name"), formText(c, "unit"), ippo.IndicatorSpan(formText(c, "span"))
	item.Heading = ippo.HeadingID(formInt(c, "heading", "見出し", &found))
	item.Part = ippo.IndicatorID(formInt(c, "part", "内訳", &found))
	item.Of = ippo.IndicatorID(formInt(c, "of", "再掲のもと", &found))
	item.Again, item.Lower = formOn(c, "again"), formOn(c, "lower")
	item.Department, item.Remark, item.SheetNo = formText(c, "department"), formText(c, "remark"), formText(c, "sheetNo")
	item.Place = formInt(c, "place", "並び順", &found)
	item.Version, _ = strconv.Atoi(c.PostForm("version"))
	if item.Of != 0 {
		item.Figure = "" // what is its original's is shown, not kept
		return item, found
	}
	item.Baseline, item.BaselineNote = formText(c, "baseline"), formText(c, "baselineNote")
	item.Figure = ippo.FigureKey(formText(c, "figure"))
	if f, ok := store.FigureOf(item.Figure); ok && item.Unit == "" {
		item.Unit = f.Unit
	}
	item.Targets = map[ippo.FiscalYear]string{}
	for _, t := range sheet.Targets {
		item.Targets[t.Year] = formText(c, "target"+t.Year.Short())
	}
	return item, found
}

func (p *Panel) newIndicator(c *gin.Context) error {
	content, err := p.indicatorContent(c)
	if err != nil {
		return err
	}
	under, _ := strconv.ParseInt(c.Query("under"), 10, 64) // 0: above all headings
	return p.indicatorForm(c, content, ippo.Indicator{Heading: ippo.HeadingID(under)}, nil)
}

func (p *Panel) createIndicator(c *gin.Context) error {
	content, err := p.indicatorContent(c)
	if err != nil {
		return err
	}
	item, found := readIndicator(c, content.IndicatorSheet, ippo.Indicator{Sheet: content.ID})
	if found == nil {
		made, err := p.Store.CreateIndicator(c.Request.Context(), p.me(c).ID, item)
		if found, err = mend(err, nil); err != nil {
			return err
		}
		if found == nil {
			p.Wake() // what Ippo counts is counted at once
			return p.redirect(c, "指標を加えました。", href("indicators/%d", made.ID))
		}
	}
	return p.indicatorForm(c, content, item, found)
}

// indicator returns the address's indicator and its sheet.
func (p *Panel) indicator(c *gin.Context) (ippo.Indicator, ippo.IndicatorContent, error) {
	id, err := pathID[ippo.IndicatorID](c)
	if err != nil {
		return ippo.Indicator{}, ippo.IndicatorContent{}, err
	}
	i, err := p.Store.Indicator(c.Request.Context(), id)
	if err != nil {
		return i, ippo.IndicatorContent{}, err
	}
	content, err := p.Store.IndicatorContent(c.Request.Context(), i.Sheet)
	return i, content, err
}

func (p *Panel) editIndicator(c *gin.Context) error {
	i, content, err := p.indicator(c)
	if err != nil {
		return err
	}
	return p.indicatorForm(c, content, i, nil)
}

func (p *Panel) updateIndicator(c *gin.Context) error {
	was, content, err := p.indicator(c)
	if err != nil {
		return err
	}
	i, found := readIndicator(c, content.IndicatorSheet, was)
	if found == nil {
		if found, err = mend(p.Store.UpdateIndicator(c.Request.Context(), p.me(c).ID, i), nil); err != nil {
			return err
		}
	}
	if found != nil {
		return p.indicatorForm(c, content, i, found)
	}
	p.Wake()
	return p.redirect(c, "指標を保存しました。", href("indicators/%d", i.ID))
}

func (p *Panel) askDeleteIndicator(c *gin.Context) error { return p.confirmDeleteIndicator(c, nil) }

func (p *Panel) confirmDeleteIndicator(c *gin.Context, found ippo.Problems) error {
	i, _, err := p.indicator(c)
	if err != nil {
		return err
	}
	return p.confirm(c, confirmPage{
		Title: "指標の削除", Question: "「" + i.Title() + "」を、実績値とともに削除しますか。", Detail: undoWords, Button: "削除する", Back: href("indicators/%d", i.ID),
	}, found)
}

func (p *Panel) deleteIndicator(c *gin.Context) error {
	i, content, err := p.indicator(c)
	if err != nil {
		return err
	}
	found, err := mend(p.Store.DeleteIndicator(c.Request.Context(), p.me(c).ID, i.ID), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.confirmDeleteIndicator(c, found)
	}
	return p.redirectDeleted(c, "指標を削除しました。", href("sheets/%d", content.ID))
}

type indicatorPage struct {
	frame
	Sheet    ippo.IndicatorSheet
	Item     ippo.Indicator
	Path     []ippo.Heading
	Row      indicatorRow
	Chart    chart
	Drawn    bool
	Original ippo.Indicator // of a repetition
	Counts   string         // the figure that Ippo counts; "": typed in
	Settle   []indicatorCell
	History  []auditRow
}

// Typed reports whether a year's value is the staff's to type.
func (p indicatorPage) Typed(y ippo.FiscalYear) bool {
	return p.Item.Figure == "" || y < p.Item.Since
}

func (p *Panel) showIndicator(c *gin.Context) error {
	i, content, err := p.indicator(c)
	if err != nil {
		return err
	}
	return p.indicatorPage(c, i, content, nil)
}

func (p *Panel) indicatorPage(c *gin.Context, i ippo.Indicator, content ippo.IndicatorContent, found ippo.Problems) error {
	page := indicatorPage{frame: p.indicatorFrame(c), Sheet: content.IndicatorSheet, Item: i, Path: content.Path(i.Heading)}
	page.Problems = found
	page.Row = newIndicatorRow(content.IndicatorSheet, i, 0)
	page.Chart, page.Drawn = newChart(content.IndicatorSheet, i)
	if i.Of != 0 {
		n := slices.IndexFunc(content.Indicators, func(o ippo.Indicator) bool { return o.ID == i.Of })
		page.Original = content.Indicators[n]
	}
	if f, ok := store.FigureOf(i.Figure); ok {
		page.Counts = f.Title(page.Settings.Labels)
	}
	for _, cell := range page.Row.Years {
		running := cell.Counted && cell.Year >= ippo.FiscalYearOf(p.Now())
		if cell.Value != "" && !cell.Frozen() && !running && i.Of == 0 {
			page.Settle = append(page.Settle, cell)
		}
	}
	var err error
	if page.History, err = p.history(c.Request.Context(), page.Settings, "indicator:"+c.Param("id")); err != nil {
		return err
	}
	return p.render(c, formStatus(found), "indicator_show.html", page)
}

// setIndicatorValues keeps what an editor typed into the years of the sheet.
func (p *Panel) setIndicatorValues(c *gin.Context) error {
	i, content, err := p.indicator(c)
	if err != nil {
		return err
	}
	version, _ := strconv.Atoi(c.PostForm("version"))
	values := map[ippo.FiscalYear]ippo.IndicatorValue{}
	for _, y := range content.Years() {
		if i.Values[y].Frozen() {
			continue
		}
		v := i.Values[y]
		v.Year = y
		if i.Figure == "" || y < i.Since {
			v.Value, v.AsOf = formText(c, "value"+y.Short()), formText(c, "asOf"+y.Short())
		}
		v.Rate, v.Cost = narrow(formText(c, "rate"+y.Short())), formText(c, "cost"+y.Short())
		values[y] = v
	}
	found, err := mend(p.Store.SetIndicatorValues(c.Request.Context(), p.me(c).ID, i.ID, version, values), nil)
	if errors.Is(err, ippo.ErrConflict) {
		// Nobody's work is lost: what was typed stays in the fields, to be saved again over what is there now.
		found, err = ippo.Problems{{Message: "ほかの職員が先にこの指標を変更しました。下には、あなたの入力が残っています。今の内容を別の画面で確かめてから、もう一度保存してください。"}}, nil
	}
	if err != nil {
		return err
	}
	if found != nil {
		for y, v := range values {
			i.Values[y] = v
		}
		return p.indicatorPage(c, i, content, found)
	}
	return p.redirect(c, "実績値を保存しました。", href("indicators/%d", i.ID))
}

// formYear reads the year that a form is about; what is no year names nothing.
func formYear(text string) (ippo.FiscalYear, error) {
	y, err := ippo.ParseFiscalYear(text)
	if err != nil {
		return 0, ippo.ErrNotFound
	}
	return y, nil
}

func (p *Panel) freezeIndicatorValue(c *gin.Context) error {
	i, content, err := p.indicator(c)
	if err != nil {
		return err
	}
	y, err := formYear(formText(c, "year"))
	if err != nil {
		return err
	}
	found, err := mend(p.Store.FreezeIndicatorValue(c.Request.Context(), p.me(c).ID, i.ID, y), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.indicatorPage(c, i, content, found)
	}
	return p.redirect(c, y.Words()+"の実績値を確定しました。", href("indicators/%d", i.ID))
}

type amendIndicatorPage struct {
	frame
	Item   ippo.Indicator
	Year   ippo.FiscalYear
	Value  ippo.IndicatorValue
	Reason string
}

// frozenIndicator returns the address's indicator and the frozen value of the year that is named.
func (p *Panel) frozenIndicator(c *gin.Context, year string) (ippo.Indicator, ippo.IndicatorValue, error) {
	i, _, err := p.indicator(c)
	if err != nil {
		return i, ippo.IndicatorValue{}, err
	}
	y, err := formYear(year)
	if err != nil {
		return i, ippo.IndicatorValue{}, err
	}
	v := i.Values[y]
	if !v.Frozen() || i.Of != 0 {
		return i, v, ippo.ErrNotFound
	}
	return i, v, nil
}

func (p *Panel) askAmendIndicator(c *gin.Context) error {
	i, v, err := p.frozenIndicator(c, c.Query("year"))
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "indicator_amend.html", amendIndicatorPage{p.indicatorFrame(c), i, v.Year, v, ""})
}

func (p *Panel) amendIndicator(c *gin.Context) error {
	i, v, err := p.frozenIndicator(c, formText(c, "year"))
	if err != nil {
		return err
	}
	v.Value, v.Rate, v.AsOf, v.Cost = formText(c, "value"), narrow(formText(c, "rate")), formText(c, "asOf"), formText(c, "cost")
	reason := formText(c, "reason")
	found, err := mend(p.Store.AmendIndicatorValue(c.Request.Context(), p.me(c).ID, i.ID, v, reason), nil)
	if err != nil {
		return err
	}
	if found != nil {
		page := amendIndicatorPage{p.indicatorFrame(c), i, v.Year, v, reason}
		page.Problems = found
		return p.render(c, formStatus(found), "indicator_amend.html", page)
	}
	return p.redirect(c, v.Year.Words()+"の実績値を訂正しました。", href("indicators/%d", i.ID))
}
