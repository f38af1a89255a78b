package ippo

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// IndicatorSheetID names a sheet of indicators.
type IndicatorSheetID int64

// IndicatorSheet is one plan's sheet of indicators (指標シート, 進捗状況一覧表): what its columns are.
type IndicatorSheet struct {
	ID           IndicatorSheetID
	Title        string
	Note         string     // how to read it, under the title
	BaselineWord string     // 基準値, 現状値
	BaselineYear FiscalYear // 0: each indicator says it
	Targets      []TargetYear
	From, Until  FiscalYear // of the values
	CostYear     FiscalYear // whose 事業費 the table shows; 0: the latest that is known
	Version      int        // goes up with each change of the sheet or of anything on it, but for what is counted
	UpdatedAt    time.Time
	Indicators   int // on it; filled in lists
}

// TargetYear is a column of targets (目標値), such as 中間目標 (R12).
type TargetYear struct {
	Word string     `json:"word"`
	Year FiscalYear `json:"year"`
}

// Bounds of a sheet.
const (
	MaxIndicatorSheets = 50
	MaxIndicators      = 500 // on a sheet; headings likewise
	MaxIndicatorYears  = 15
	MaxTargetYears     = 5
	MaxSheetTitle      = 100
	MaxSheetNote       = 2000
	MaxIndicatorName   = 150
	MaxIndicatorCell   = 60 // of a value, a target, a cost
	MaxIndicatorRemark = 300
)

// Years lists the years of the values, the earliest first.
func (s IndicatorSheet) Years() []FiscalYear {
	var years []FiscalYear
	for y := s.From; y <= s.Until; y++ {
		years = append(years, y)
	}
	return years
}

// Validate reports every problem staff can mend.
func (s IndicatorSheet) Validate() error {
	var p Problems
	checkText(&p, "title", "題名", s.Title, 1, MaxSheetTitle)
	checkText(&p, "note", "注記", s.Note, 0, MaxSheetNote)
	checkText(&p, "baselineWord", "基準値の呼び名", s.BaselineWord, 1, 20)
	if s.BaselineYear != 0 && !s.BaselineYear.Valid() {
		p.Add("baselineYear", "基準値の年度を正しく入力してください。")
	}
	if len(s.Targets) > MaxTargetYears {
		p.Addf("targets", "目標の年度は%d個までです。", MaxTargetYears)
	}
	for i, t := range s.Targets {
		checkText(&p, "targets", "目標値の呼び名", t.Word, 1, 20)
		if !t.Year.Valid() || i > 0 && t.Year <= s.Targets[i-1].Year {
			p.Add("targets", "目標の年度は、早い順に、重ならないように入力してください。")
			break
		}
	}
	switch {
	case !s.From.Valid() || !s.Until.Valid() || s.Until < s.From:
		p.Add("until", "実績値の年度は、始めと終わりを正しく入力してください。")
	case s.Until-s.From >= MaxIndicatorYears:
		p.Addf("until", "実績値の年度は%d年分までです。", MaxIndicatorYears)
	}
	if s.CostYear != 0 && (s.CostYear < s.From || s.CostYear > s.Until) {
		p.Add("costYear", "事業費の年度は、実績値の年度の中から選んでください。")
	}
	return p.Err()
}

// HeadingID names a heading.
type HeadingID int64

// Heading is a node of a sheet's tree, above the indicators: 基本目標, 施策 …
type Heading struct {
	ID     HeadingID
	Sheet  IndicatorSheetID
	Parent HeadingID // 0: at the top
	Kind   HeadingKind
	Place  int
	Name   string // as the document has it: 施策：キャリア教育の推進
	Text   string // 基本方針, 事業等, 目指す姿
}

// HeadingKind is how high in the tree a heading stands. Stored: add, never rename.
type HeadingKind string

// Kinds of headings. A heading stands under one of a higher kind; any may be left out.
const (
	HeadingPart    HeadingKind = "part"
	HeadingGoal    HeadingKind = "goal"
	HeadingPolicy  HeadingKind = "policy"
	HeadingMeasure HeadingKind = "measure"
	HeadingSet     HeadingKind = "set"
)

// HeadingKinds lists every kind, the highest first.
var HeadingKinds = []HeadingKind{HeadingPart, HeadingGoal, HeadingPolicy, HeadingMeasure, HeadingSet}

// Words returns the kind as staff read it.
func (k HeadingKind) Words() string {
	switch k {
	case HeadingPart:
		return "区分"
	case HeadingGoal:
		return "基本目標"
	case HeadingPolicy:
		return "政策"
	case HeadingMeasure:
		return "施策"
	case HeadingSet:
		return "指標の区分"
	}
	return string(k)
}

// Level is 0 for the highest kind, and -1 for none.
func (k HeadingKind) Level() int { return slices.Index(HeadingKinds, k) }

// Validate reports every problem staff can mend.
func (h Heading) Validate() error {
	var p Problems
	if h.Kind.Level() < 0 {
		p.Add("kind", "見出しの種類を選んでください。")
	}
	checkText(&p, "name", "見出し", h.Name, 1, MaxIndicatorName)
	checkText(&p, "text", "説明", h.Text, 0, MaxSheetNote)
	checkPlace(&p, h.Place)
	return p.Err()
}

// maxPlace bounds where something stands among its like.
const maxPlace = 10_000

func checkPlace(p *Problems, place int) {
	if place < 0 || place > maxPlace {
		p.Addf("place", "並び順は0から%sまでで入力してください。", Comma(maxPlace))
	}
}

// IndicatorID names an indicator.
type IndicatorID int64

// Indicator is a KPI (指標, 重要業績評価指標): one row of a sheet.
type Indicator struct {
	ID           IndicatorID
	Sheet        IndicatorSheetID
	Heading      HeadingID   // 0: at the top
	Part         IndicatorID // whose part it is (内訳); 0: it is a whole
	Again        bool        // 再掲: it stands elsewhere, too
	Of           IndicatorID // whose figures it shows, when it is 再掲; 0: its own
	Place        int
	Name         string
	Span         IndicatorSpan
	Unit         string
	Lower        bool // the lower the better: there is no 達成率
	Baseline     string
	BaselineNote string // 過去5年平均, H27
	Targets      map[FiscalYear]string
	Department   string // 担当課; several in lines
	Remark       string // 備考
	SheetNo      string // シートNo.
	Figure       FigureKey
	Since        FiscalYear // from which it is counted by Ippo; 0: it is typed in
	Version      int
	Values       map[FiscalYear]IndicatorValue
}

// IndicatorSpan is over what a value counts. Stored: add, never rename.
type IndicatorSpan string

// Spans.
const (
	SpanNone       IndicatorSpan = "" // as its name says
	SpanYear       IndicatorSpan = "year"
	SpanCumulative IndicatorSpan = "cumulative"
)

// IndicatorSpans lists every span.
var IndicatorSpans = []IndicatorSpan{SpanNone, SpanYear, SpanCumulative}

// Words returns the span as staff read it.
func (s IndicatorSpan) Words() string {
	switch s {
	case SpanNone:
		return "指定しない"
	case SpanYear:
		return "単年度"
	case SpanCumulative:
		return "累計"
	}
	return string(s)
}

// IndicatorValue is what came of an indicator in one year: text as in the document, 「－」 included.
type IndicatorValue struct {
	Year     FiscalYear
	Value    string // 実績値
	Rate     string // 達成率 that staff worked out by themselves; "" for what follows from value and target
	AsOf     string // the day it was true on, 2006-01-02; "" for the year's end
	Cost     string // 事業費（千円）
	Counted  bool   // by Ippo
	FrozenAt time.Time
}

// Empty reports whether there is nothing to keep.
func (v IndicatorValue) Empty() bool {
	return v.Value == "" && v.Rate == "" && v.AsOf == "" && v.Cost == "" && v.FrozenAt.IsZero()
}

// Frozen reports whether it changes no more by itself, nor by an editor.
func (v IndicatorValue) Frozen() bool { return !v.FrozenAt.IsZero() }

// Validate reports every problem staff can mend, in fields that end in the year's number.
func (v IndicatorValue) Validate() error {
	var p Problems
	field := func(name string) string { return name + v.Year.Short() }
	if !v.Year.Valid() {
		p.Add("", "年度を正しく入力してください。")
	}
	checkText(&p, field("value"), v.Year.Short()+"の実績値", v.Value, 0, MaxIndicatorCell)
	checkText(&p, field("cost"), v.Year.Short()+"の事業費", v.Cost, 0, MaxIndicatorCell)
	if _, ok := ParseAmount(v.Rate); v.Rate != "" && v.Rate != Dash && !ok {
		p.Addf(field("rate"), "%sの達成率は「85.0%%」か「－」にしてください。", v.Year.Short())
	}
	if _, err := time.Parse(time.DateOnly, v.AsOf); v.AsOf != "" && err != nil {
		p.Addf(field("asOf"), "%sの時点は、年月日で入力してください。", v.Year.Short())
	}
	return p.Err()
}

// Validate reports every problem staff can mend.
func (i Indicator) Validate() error {
	var p Problems
	checkText(&p, "name", "指標", i.Name, 1, MaxIndicatorName)
	checkText(&p, "unit", "単位", i.Unit, 0, 10)
	checkText(&p, "baseline", "基準値", i.Baseline, 0, MaxIndicatorCell)
	checkText(&p, "baselineNote", "基準値の説明", i.BaselineNote, 0, 40)
	checkText(&p, "department", "担当課", i.Department, 0, 100)
	checkText(&p, "remark", "備考", i.Remark, 0, MaxIndicatorRemark)
	checkText(&p, "sheetNo", "シートNo.", i.SheetNo, 0, 20)
	checkPlace(&p, i.Place)
	if !slices.Contains(IndicatorSpans, i.Span) {
		p.Add("span", "単年度か累計かを選んでください。")
	}
	for _, y := range slices.Sorted(maps.Keys(i.Targets)) {
		checkText(&p, "target"+y.Short(), y.Short()+"の目標値", i.Targets[y], 0, MaxIndicatorCell)
	}
	if i.Of != 0 && !i.Again {
		p.Add("of", "もとの指標を選ぶときは、再掲にしてください。")
	}
	if i.Of != 0 && i.Figure != "" {
		p.Add("figure", "再掲の指標は、もとの指標の値を示します。集計は選べません。")
	}
	for _, y := range slices.Sorted(maps.Keys(i.Values)) {
		v := i.Values[y]
		v.Year = y
		if found, ok := v.Validate().(Problems); ok {
			p = append(p, found...)
		}
	}
	return p.Err()
}

// Title is the indicator's name with its marks, as tables write it: （内訳）新規就農支援, 輸出額（再掲）.
func (i Indicator) Title() string {
	name := i.Name
	if i.Part != 0 {
		name = "（内訳）" + name
	}
	if i.Again && !strings.Contains(name, "再掲") {
		name += "（再掲）"
	}
	if i.Span != SpanNone && !strings.Contains(name, i.Span.Words()) {
		name += "（" + i.Span.Words() + "）"
	}
	return name
}

// Target returns the target that a year's value is held against: the nearest that is not before the year, or
// else the last one.
func (i Indicator) Target(y FiscalYear) (FiscalYear, string) {
	var last FiscalYear
	for _, t := range slices.Sorted(maps.Keys(i.Targets)) {
		if i.Targets[t] == "" {
			continue
		}
		if last = t; t >= y {
			break
		}
	}
	return last, i.Targets[last]
}

// Rate returns a year's rate of achievement (達成率) as tables write it; "" while there is no value.
func (i Indicator) Rate(y FiscalYear) string {
	v := i.Values[y]
	if v.Value == "" {
		return ""
	}
	if v.Rate != "" {
		return v.Rate
	}
	return i.Reckoned(y)
}

// Reckoned is the rate that follows from value and target, whatever staff wrote.
func (i Indicator) Reckoned(y FiscalYear) string {
	if i.Lower {
		return Dash
	}
	_, target := i.Target(y)
	return Achievement(i.Values[y].Value, target)
}

// IndicatorContent is a whole sheet.
type IndicatorContent struct {
	IndicatorSheet
	Headings   []Heading   // by place
	Indicators []Indicator // by place; parts anywhere
}

// IndicatorSection is a heading with the indicators right under it, in the order of the sheet.
type IndicatorSection struct {
	Heading                // the zero Heading for what stands above all of them
	Depth      int         // of the heading, from 1
	Indicators []Indicator // each followed by its parts
}

// Sections returns the tree from its root down, each heading before what is under it.
func (c IndicatorContent) Sections() []IndicatorSection {
	under := map[HeadingID][]Heading{}
	for _, h := range c.Headings {
		under[h.Parent] = append(under[h.Parent], h)
	}
	rows := map[HeadingID][]Indicator{}
	parts := map[IndicatorID][]Indicator{}
	for _, i := range c.Indicators {
		if i.Part != 0 {
			parts[i.Part] = append(parts[i.Part], i)
		}
	}
	for _, i := range c.Indicators {
		if i.Part == 0 {
			rows[i.Heading] = append(append(rows[i.Heading], i), parts[i.ID]...)
		}
	}
	var sections []IndicatorSection
	if len(rows[0]) > 0 {
		sections = append(sections, IndicatorSection{Indicators: rows[0]})
	}
	var walk func(HeadingID, int)
	walk = func(parent HeadingID, depth int) {
		for _, h := range under[parent] {
			sections = append(sections, IndicatorSection{h, depth, rows[h.ID]})
			walk(h.ID, depth+1)
		}
	}
	walk(0, 1)
	return sections
}

// Path returns a heading and those above it, the highest first.
func (c IndicatorContent) Path(id HeadingID) []Heading {
	var path []Heading
	for id != 0 && len(path) < len(HeadingKinds) {
		n := slices.IndexFunc(c.Headings, func(h Heading) bool { return h.ID == id })
		if n < 0 {
			break
		}
		path = append(path, c.Headings[n])
		id = c.Headings[n].Parent
	}
	slices.Reverse(path)
	return path
}
