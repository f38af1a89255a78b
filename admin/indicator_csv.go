package admin

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/unicode/norm"

	"ippo"
	"ippo/internal/sheet"
	"ippo/store"
)

// The columns of a sheet's CSV that every sheet has; those of its years come between them. Headings come one
// column to a kind.
const (
	colNumber     = "番号"
	colIndicator  = "指標"
	colPart       = "内訳"
	colAgain      = "再掲"
	colOf         = "再掲のもと"
	colSpan       = "期間"
	colUnit       = "単位"
	colLower      = "低いほどよい"
	colBaseline   = "基準値"
	colBaseNote   = "基準値の説明"
	colDepartment = "担当課"
	colRemark     = "備考"
	colSheetNo    = "シートNo."
	colFigure     = "集計"

	textOf = "の説明" // of a heading

	colTarget = "目標値" // before a year
	colValue  = "実績値" // behind a year, like the rest
	colRate   = "達成率"
	colTyped  = "達成率（手入力）"
	colAsOf   = "時点"
	colCost   = "事業費（千円）"
)

const (
	yes = "はい"
	no  = "いいえ"
)

// indicatorColumns are the columns of a sheet, in the order in which they are written.
func indicatorColumns(s ippo.IndicatorSheet) []string {
	columns := []string{colNumber}
	for _, k := range ippo.HeadingKinds {
		columns = append(columns, k.Words(), k.Words()+textOf)
	}
	columns = append(columns, colIndicator, colPart, colAgain, colOf, colSpan, colUnit, colLower, colBaseline, colBaseNote)
	for _, t := range s.Targets {
		columns = append(columns, colTarget+t.Year.Short())
	}
	for _, y := range s.Years() {
		for _, what := range []string{colValue, colRate, colTyped, colAsOf, colCost} {
			columns = append(columns, y.Short()+what)
		}
	}
	return append(columns, colDepartment, colRemark, colSheetNo, colFigure)
}

// indicatorCSV saves the whole sheet, as the import reads it.
func (p *Panel) indicatorCSV(c *gin.Context) error {
	content, err := p.indicatorContent(c)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	if err := writeIndicators(&file, content); err != nil {
		return err
	}
	name := url.PathEscape(content.Title + ".csv")
	c.Header("Content-Disposition", fmt.Sprintf(`attachment; filename="indicators-%d.csv"; filename*=UTF-8''%s`, content.ID, name))
	c.Data(http.StatusOK, "text/csv; charset=utf-8", file.Bytes())
	return nil
}

func writeIndicators(file io.Writer, content ippo.IndicatorContent) error {
	w, err := sheet.NewWriter(file, indicatorColumns(content.IndicatorSheet)...)
	if err != nil {
		return err
	}
	mark := func(on bool) string {
		if on {
			return yes
		}
		return ""
	}
	for _, section := range content.Sections() {
		for _, i := range section.Indicators {
			cells := []string{strconv.FormatInt(int64(i.ID), 10)}
			path := content.Path(i.Heading)
			for _, k := range ippo.HeadingKinds {
				n := slices.IndexFunc(path, func(h ippo.Heading) bool { return h.Kind == k })
				if n < 0 {
					cells = append(cells, "", "")
					continue
				}
				cells = append(cells, path[n].Name, path[n].Text)
			}
			of, span := "", ""
			if i.Of != 0 {
				of = strconv.FormatInt(int64(i.Of), 10)
			}
			if i.Span != ippo.SpanNone {
				span = i.Span.Words()
			}
			cells = append(cells, i.Name, mark(i.Part != 0), mark(i.Again), of, span, i.Unit, mark(i.Lower), i.Baseline, i.BaselineNote)
			for _, t := range content.Targets {
				cells = append(cells, i.Targets[t.Year])
			}
			for _, y := range content.Years() {
				v := i.Values[y]
				cells = append(cells, v.Value, i.Rate(y), v.Rate, v.AsOf, v.Cost)
			}
			if err := w.Row(append(cells, i.Department, i.Remark, i.SheetNo, string(i.Figure))...); err != nil {
				return err
			}
		}
	}
	return w.Flush()
}

type indicatorImportPage struct {
	frame
	Sheet   ippo.IndicatorSheet
	Years   string
	Checked bool
	Report  indicatorReport
	Text    string // of the file that was checked
	Version int
}

// indicatorReport is what an import would do.
type indicatorReport struct {
	Added, Changed, Same int
	Bad                  []ippo.Problem // with the line before each; if there is one, nothing is changed
	Doubts               []string       // what is taken otherwise than the file may mean
	Hidden               int            // problems that are not listed
}

// maxImportProblems is how many problems of a file are listed at once.
const maxImportProblems = 100

func (p *Panel) importIndicatorsPage(c *gin.Context) error {
	content, err := p.indicatorContent(c)
	if err != nil {
		return err
	}
	return p.importPage(c, content, indicatorImportPage{}, nil)
}

func (p *Panel) importPage(c *gin.Context, content ippo.IndicatorContent, page indicatorImportPage, found ippo.Problems) error {
	page.frame, page.Sheet = p.indicatorFrame(c), content.IndicatorSheet
	page.Problems = found
	page.Version = content.Version
	page.Years = content.From.Short() + "から" + content.Until.Short()
	status := formStatus(found)
	if len(page.Report.Bad) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return p.render(c, status, "sheet_import.html", page)
}

// importIndicators first says what a file would change and what is wrong with it; sent again with what was
// checked, it changes that.
func (p *Panel) importIndicators(c *gin.Context) error {
	content, err := p.indicatorContent(c)
	if err != nil {
		return err
	}
	text, found, err := uploaded(c)
	if err != nil || found != nil {
		if err != nil {
			return err
		}
		return p.importPage(c, content, indicatorImportPage{}, found)
	}
	rows, report := readIndicators(content, text)
	page := indicatorImportPage{Checked: true, Report: report, Text: string(text)}
	if len(report.Bad) > 0 || formText(c, "do") != "import" {
		return p.importPage(c, content, page, nil)
	}
	version, _ := strconv.Atoi(c.PostForm("version"))
	found, err = mend(p.Store.ImportIndicators(c.Request.Context(), p.me(c).ID, content.ID, version, rows), nil)
	if errors.Is(err, ippo.ErrConflict) {
		found, err = ippo.Problems{{Message: "確かめているあいだに、ほかの職員がこのシートを変更しました。下の結果は、今の内容と比べ直したものです。"}}, nil
	}
	if err != nil {
		return err
	}
	if found != nil {
		return p.importPage(c, content, page, found)
	}
	p.Wake()
	if _, err := p.offerUndo(c); err != nil {
		return err
	}
	return p.redirect(c, fmt.Sprintf("CSVを取り込みました（追加%d、変更%d）。24時間以内で、シートを変えないうちなら元に戻せます。", report.Added, report.Changed), href("sheets/%d", content.ID))
}

// uploaded returns the text of the form's file, or of the file that was checked before.
func uploaded(c *gin.Context) ([]byte, ippo.Problems, error) {
	if text := c.PostForm("text"); text != "" {
		return []byte(text), nil, nil
	}
	head, err := c.FormFile("file")
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, nil, err
	}
	if err != nil {
		return nil, ippo.Problems{{Field: "file", Message: "CSVファイルを選んでください。"}}, nil
	}
	f, err := head.Open()
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(f)
	if err != nil {
		return nil, nil, err
	}
	text, ok := sheet.Decode(raw)
	if !ok {
		return nil, ippo.Problems{{Field: "file", Message: "文字コードがUTF-8でもShift_JISでもありません。表計算ソフトで「CSV」を選んで保存し直してください。"}}, nil
	}
	return text, nil, nil
}

// indicatorReader reads the rows of a file against a sheet.
type indicatorReader struct {
	content ippo.IndicatorContent
	at      map[string]int // where each column stands
	rows    []store.IndicatorRow
	report  indicatorReport
	known   map[string]int // the index in content of what stands under a path and a name
	names   map[string]int // the first row of a name, for what repeats it
	seen    map[string]int // the line on which an indicator was read
	whole   int            // the row of the last whole; -1: none
}

// readIndicators works out what a file changes in a sheet: rows for Store.ImportIndicators, and what is wrong.
func readIndicators(content ippo.IndicatorContent, text []byte) ([]store.IndicatorRow, indicatorReport) {
	r := &indicatorReader{content: content, at: map[string]int{}, known: map[string]int{}, names: map[string]int{}, seen: map[string]int{}, whole: -1}
	s, err := sheet.NewReader(bytes.NewReader(text))
	if err != nil {
		r.bad(1, formProblem(err))
		return nil, r.report
	}
	if !r.header(s.Columns) {
		return nil, r.report
	}
	names := map[ippo.IndicatorID]string{}
	for _, i := range content.Indicators {
		names[i.ID] = i.Name
	}
	for n, i := range content.Indicators {
		key := indicatorKey(content.Path(i.Heading), names[i.Part], i.Name)
		if _, twice := r.known[key]; !twice {
			r.known[key] = n
		}
	}
	for {
		row, err := s.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			line := 0
			if bad, ok := errors.AsType[*sheet.RowError](err); ok {
				line = bad.Line
			}
			r.bad(line, formProblem(err))
			continue
		}
		if len(r.rows) == ippo.MaxIndicators {
			r.bad(row.Line, fmt.Sprintf("1回に取り込めるのは%d行までです。", ippo.MaxIndicators))
			break
		}
		r.row(row)
	}
	if len(r.rows) == 0 && len(r.report.Bad) == 0 {
		r.bad(1, "取り込む行がありません。")
	}
	return r.rows, r.report
}

// formProblem says what is wrong with the form of a file or a row.
func formProblem(err error) string {
	if bad, ok := errors.AsType[*sheet.RowError](err); ok {
		return bad.Reason
	}
	return "読み取れませんでした。"
}

func (r *indicatorReader) bad(line int, message string) {
	if len(r.report.Bad) == maxImportProblems {
		r.report.Hidden++
		return
	}
	r.report.Bad = append(r.report.Bad, ippo.Problem{Message: fmt.Sprintf("%d行目: %s", line, message)})
}

// columnName is a column's name as it is looked for: without spaces, in one width, 実績値R6 like R6実績値.
func columnName(s string) string {
	s = strings.Join(strings.Fields(norm.NFKC.String(s)), "")
	for _, what := range []string{colTyped, colValue, colRate, colAsOf, colCost} {
		what = norm.NFKC.String(what)
		if year, ok := strings.CutPrefix(s, what); ok {
			s = year + what
		}
		if year, ok := strings.CutSuffix(s, what); ok {
			if y, err := ippo.ParseFiscalYear(year); err == nil {
				return y.Short() + what
			}
		}
	}
	if year, ok := strings.CutPrefix(s, colTarget); ok {
		if y, err := ippo.ParseFiscalYear(strings.Trim(year, "()")); err == nil {
			return colTarget + y.Short()
		}
	}
	return s
}

// header finds the columns; one that the sheet does not have is a problem.
func (r *indicatorReader) header(columns []string) bool {
	wanted := map[string]string{}
	for _, name := range indicatorColumns(r.content.IndicatorSheet) {
		wanted[columnName(name)] = name
	}
	for n, c := range columns {
		name, ok := wanted[columnName(c)]
		_, twice := r.at[name]
		switch {
		case c == "":
		case !ok:
			r.bad(1, fmt.Sprintf("列「%.30s」は、このシートにありません。年度の列は、シートの編集で加えられます。", c))
		case twice:
			r.bad(1, fmt.Sprintf("列「%s」が2つあります。", name))
		default:
			r.at[name] = n
		}
	}
	if _, ok := r.at[colIndicator]; !ok {
		r.bad(1, "列「指標」がありません。")
	}
	return len(r.report.Bad) == 0
}

// indicatorKey tells indicators of one sheet apart by where they stand and what they are called.
func indicatorKey(path []ippo.Heading, whole, name string) string {
	var key strings.Builder
	for _, h := range path {
		key.WriteString(string(h.Kind) + "\x00" + h.Name + "\x00")
	}
	return key.String() + "\x01" + whole + "\x01" + name
}

// row reads one row; an empty cell leaves what is there.
func (r *indicatorReader) row(row sheet.Row) {
	cell := func(column string) string {
		n, ok := r.at[column]
		if !ok {
			return ""
		}
		return strings.ReplaceAll(row.Cell(n), "\r\n", "\n")
	}
	var p ippo.Problems
	var path []ippo.Heading
	for _, k := range ippo.HeadingKinds {
		h := ippo.Heading{Kind: k, Name: cell(k.Words()), Text: cell(k.Words() + textOf)}
		if h.Name == "" {
			if h.Text != "" {
				p.Addf("", "%sの説明がありますが、%sがありません。", k.Words(), k.Words())
			}
			continue
		}
		if found, ok := h.Validate().(ippo.Problems); ok {
			p = append(p, found...)
		}
		path = append(path, h)
	}
	marked := func(column string, is *bool) {
		switch cell(column) {
		case "":
		case yes:
			*is = true
		case no:
			*is = false
		default:
			p.Addf("", "%sは「%s」か「%s」にしてください。", column, yes, no)
		}
	}
	name, part := cell(colIndicator), false
	marked(colPart, &part)
	whole := ""
	if part {
		if r.whole < 0 {
			p.Add("", "内訳の前に、もとになる指標の行がありません。")
		} else {
			whole = r.rows[r.whole].Indicator.Name
		}
	}
	i, was, ok := r.find(cell(colNumber), indicatorKey(path, whole, name))
	if !ok {
		p.Addf("", "番号「%.20s」の指標は、このシートにありません。新しい指標は、番号を空にしてください。", cell(colNumber))
	}
	if name != "" {
		i.Name = name
	}
	same := indicatorKey(path, whole, i.Name)
	if i.ID != 0 {
		same = strconv.FormatInt(int64(i.ID), 10)
	}
	if line, twice := r.seen[same]; twice {
		p.Addf("", "%d行目と同じ指標です。", line)
	}
	r.seen[same] = row.Line
	at := len(r.rows)
	result := store.IndicatorRow{Line: row.Line, Path: path, Whole: -1, Again: -1}
	if len(path) == 0 && i.ID != 0 {
		result.Path = r.content.Path(i.Heading)
		for n := range result.Path {
			result.Path[n].Text = ""
		}
	}
	if part {
		result.Whole = r.whole
	} else {
		i.Part = 0
		r.whole = at
	}
	marked(colAgain, &i.Again)
	marked(colLower, &i.Lower)
	if of := cell(colOf); of != "" {
		n, err := strconv.ParseInt(of, 10, 64)
		origin := slices.IndexFunc(r.content.Indicators, func(o ippo.Indicator) bool {
			return err == nil && int64(o.ID) == n || err != nil && o.Name == of && o.Of == 0 && o.ID != i.ID
		})
		earlier, above := r.names[of]
		switch {
		case above:
			result.Again = earlier
		case origin >= 0:
			i.Of = r.content.Indicators[origin].ID
		default:
			p.Addf("", "再掲のもと「%.30s」がありません。もとの指標の行を、先に書いてください。", of)
		}
		i.Again = true
	}
	r.facts(&i, cell, &p)
	if i.Of == 0 && result.Again < 0 {
		r.years(&i, was, row.Line, cell, &p)
	}
	if found, ok := i.Validate().(ippo.Problems); ok {
		p = append(p, found...)
	}
	for _, one := range p {
		r.bad(row.Line, one.Message)
	}
	result.Indicator = i
	r.rows = append(r.rows, result)
	if _, twice := r.names[i.Name]; !twice && i.Of == 0 && result.Again < 0 {
		r.names[i.Name] = at
	}
	r.tally(result, was)
}

// find returns what a row changes, by its number or else by its name and place: a copy that can be changed,
// and what it was.
func (r *indicatorReader) find(number, key string) (i, was ippo.Indicator, ok bool) {
	n, known := r.known[key]
	if number != "" {
		n = slices.IndexFunc(r.content.Indicators, func(i ippo.Indicator) bool { return strconv.FormatInt(int64(i.ID), 10) == number })
		if n < 0 {
			return i, was, false
		}
		known = true
	}
	if known {
		was = r.content.Indicators[n]
	}
	i = was
	i.Targets, i.Values = map[ippo.FiscalYear]string{}, map[ippo.FiscalYear]ippo.IndicatorValue{}
	for y, t := range was.Targets {
		i.Targets[y] = t
	}
	for y, v := range was.Values {
		i.Values[y] = v
	}
	return i, was, true
}

// facts reads what an indicator has besides its years.
func (r *indicatorReader) facts(i *ippo.Indicator, cell func(string) string, p *ippo.Problems) {
	for _, one := range []struct {
		column string
		is     *string
	}{
		{colUnit, &i.Unit}, {colBaseline, &i.Baseline}, {colBaseNote, &i.BaselineNote}, {colDepartment, &i.Department}, {colRemark, &i.Remark}, {colSheetNo, &i.SheetNo},
	} {
		if text := cell(one.column); text != "" {
			*one.is = text
		}
	}
	if text := cell(colSpan); text != "" {
		n := slices.IndexFunc(ippo.IndicatorSpans, func(s ippo.IndicatorSpan) bool { return s.Words() == text })
		if n < 0 {
			p.Add("", "期間は「単年度」か「累計」にしてください。")
		} else {
			i.Span = ippo.IndicatorSpans[n]
		}
	}
	if text := cell(colFigure); text != "" {
		f, ok := store.FigureOf(ippo.FigureKey(text))
		switch {
		case !ok:
			p.Addf("", "集計「%.30s」はありません。書き出したCSVの名前を使ってください。", text)
		case i.Span == ippo.SpanCumulative && !f.Adds:
			p.Addf("", "集計「%s」は足し合わせられないため、累計にはできません。", text)
		default:
			i.Figure = f.Key
		}
	}
}

// years reads targets and values.
func (r *indicatorReader) years(i *ippo.Indicator, was ippo.Indicator, line int, cell func(string) string, p *ippo.Problems) {
	for _, t := range r.content.Targets {
		if text := cell(colTarget + t.Year.Short()); text != "" {
			i.Targets[t.Year] = text
		}
	}
	for _, y := range r.content.Years() {
		v := i.Values[y]
		v.Year = y
		for _, one := range []struct {
			column string
			is     *string
		}{{colValue, &v.Value}, {colTyped, &v.Rate}, {colAsOf, &v.AsOf}, {colCost, &v.Cost}} {
			if text := cell(y.Short() + one.column); text != "" {
				*one.is = text
			}
		}
		v.Rate = narrow(v.Rate)
		old := was.Values[y]
		old.Year = y
		switch {
		case v != old && old.Frozen():
			p.Addf("", "%sの実績値は確定しています。変えるときは、指標のページで訂正してください。", y.Short())
		case v != old && was.Figure != "" && y >= was.Since && (v.Value != old.Value || v.AsOf != old.AsOf):
			p.Addf("", "%sの実績値はIppoが集計しています。空にしてください。", y.Short())
		}
		if !v.Empty() {
			i.Values[y] = v
		}
		told := cell(y.Short() + colRate)
		if reckoned := i.Rate(y); told != "" && v.Value != "" && v.Rate == "" && !sameRate(told, reckoned) {
			r.report.Doubts = append(r.report.Doubts, fmt.Sprintf("%d行目: %sの達成率「%.20s」は、計算した「%s」と違います。計算したほうを使います。残すときは「%s%s」の列に書いてください。",
				line, y.Short(), told, reckoned, y.Short(), colTyped))
		}
	}
}

// sameRate reports whether two rates are the same number, or both none.
func sameRate(a, b string) bool {
	x, ok := ippo.ParseAmount(a)
	y, has := ippo.ParseAmount(b)
	if !ok || !has {
		return ok == has
	}
	return x.Number.Cmp(y.Number) == 0
}

// tally counts what a row does.
func (r *indicatorReader) tally(row store.IndicatorRow, was ippo.Indicator) {
	n := len(r.rows) - 1
	switch {
	case row.Indicator.ID == 0:
		r.report.Added++
	case row.Again < 0 && sameIndicator(row.Indicator, was) && r.samePath(row, was):
		r.rows[n].Same = true
		r.report.Same++
	default:
		r.report.Changed++
	}
}

// samePath reports whether a row leaves its indicator where it is, and the headings as they are.
func (r *indicatorReader) samePath(row store.IndicatorRow, was ippo.Indicator) bool {
	is := r.content.Path(was.Heading)
	return slices.EqualFunc(row.Path, is, func(a, b ippo.Heading) bool {
		return a.Kind == b.Kind && a.Name == b.Name && (a.Text == "" || a.Text == b.Text)
	}) && (row.Whole < 0 || r.rows[row.Whole].Indicator.ID == was.Part)
}

func sameIndicator(a, b ippo.Indicator) bool {
	for y := range a.Targets {
		if a.Targets[y] != b.Targets[y] {
			return false
		}
	}
	for y := range a.Values {
		if a.Values[y] != b.Values[y] {
			return false
		}
	}
	return a.Name == b.Name && a.Part == b.Part && a.Again == b.Again && a.Of == b.Of && a.Span == b.Span && a.Unit == b.Unit && a.Lower == b.Lower &&
		a.Baseline == b.Baseline && a.BaselineNote == b.BaselineNote && a.Department == b.Department && a.Remark == b.Remark &&
		a.SheetNo == b.SheetNo && a.Figure == b.Figure
}
