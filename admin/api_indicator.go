package admin

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"ippo"
)

// yearJSON is a fiscal year: by the western year in which it begins, and as documents write it.
type yearJSON struct {
	Year  ippo.FiscalYear `json:"year"`
	Words string          `json:"words"`
}

// showYear is null for no year.
func showYear(y ippo.FiscalYear) *yearJSON {
	if y == 0 {
		return nil
	}
	return &yearJSON{y, y.Words()}
}

type targetYearJSON struct {
	yearJSON
	Word string `json:"word"`
}

// sheetJSON is a sheet of indicators without what is on it.
type sheetJSON struct {
	ID           ippo.IndicatorSheetID `json:"id"`
	Title        string                `json:"title"`
	Note         string                `json:"note"`
	BaselineWord string                `json:"baselineWord"`
	BaselineYear *yearJSON             `json:"baselineYear"`
	Targets      []targetYearJSON      `json:"targets"`
	Years        []yearJSON            `json:"years"`
	Indicators   int                   `json:"indicators"`
	UpdatedAt    apiTime               `json:"updatedAt"`
}

func showSheet(s ippo.IndicatorSheet) sheetJSON {
	j := sheetJSON{s.ID, s.Title, s.Note, s.BaselineWord, showYear(s.BaselineYear), []targetYearJSON{}, []yearJSON{}, s.Indicators, apiTime{s.UpdatedAt}}
	for _, t := range s.Targets {
		j.Targets = append(j.Targets, targetYearJSON{yearJSON{t.Year, t.Year.Words()}, t.Word})
	}
	for _, y := range s.Years() {
		j.Years = append(j.Years, yearJSON{y, y.Words()})
	}
	return j
}

// sectionJSON is a heading with what stands right under it.
type sectionJSON struct {
	Kind       ippo.HeadingKind `json:"kind"`
	Name       string           `json:"name"`
	Text       string           `json:"text"`
	Indicators []indicatorJSON  `json:"indicators"`
	Sections   []*sectionJSON   `json:"sections"`
}

type indicatorJSON struct {
	ID           ippo.IndicatorID      `json:"id"`
	Name         string                `json:"name"`
	Span         ippo.IndicatorSpan    `json:"span"`
	Unit         string                `json:"unit"`
	PartOf       ippo.IndicatorID      `json:"partOf,omitempty"`
	Again        bool                  `json:"again"`
	RepeatOf     ippo.IndicatorID      `json:"repeatOf,omitempty"`
	Lower        bool                  `json:"lowerIsBetter"`
	Baseline     string                `json:"baseline"`
	BaselineNote string                `json:"baselineNote"`
	Targets      []indicatorTargetJSON `json:"targets"`
	Values       []indicatorValueJSON  `json:"values"`
	Department   string                `json:"department"`
	Remark       string                `json:"remark"`
	SheetNo      string                `json:"sheetNo"`
	Figure       ippo.FigureKey        `json:"figure"`
}

type indicatorTargetJSON struct {
	yearJSON
	Value string `json:"value"`
}

type indicatorValueJSON struct {
	yearJSON
	Value   string `json:"value"`
	Rate    string `json:"rate"`
	AsOf    string `json:"asOf"`
	Cost    string `json:"cost"`
	Counted bool   `json:"counted"`
	Frozen  bool   `json:"frozen"`
}

func showIndicatorJSON(s ippo.IndicatorSheet, i ippo.Indicator) indicatorJSON {
	j := indicatorJSON{
		ID: i.ID, Name: i.Name, Span: i.Span, Unit: i.Unit, PartOf: i.Part, Again: i.Again, RepeatOf: i.Of, Lower: i.Lower,
		Baseline: i.Baseline, BaselineNote: i.BaselineNote, Targets: []indicatorTargetJSON{}, Values: []indicatorValueJSON{},
		Department: i.Department, Remark: i.Remark, SheetNo: i.SheetNo, Figure: i.Figure,
	}
	for _, t := range s.Targets {
		if text := i.Targets[t.Year]; text != "" {
			j.Targets = append(j.Targets, indicatorTargetJSON{yearJSON{t.Year, t.Year.Words()}, text})
		}
	}
	for _, y := range s.Years() {
		if v, ok := i.Values[y]; ok {
			j.Values = append(j.Values, indicatorValueJSON{yearJSON{y, y.Words()}, v.Value, i.Rate(y), v.AsOf, v.Cost, v.Counted, v.Frozen()})
		}
	}
	return j
}

// contentJSON is a whole sheet: what stands above all headings, and the tree under them.
type contentJSON struct {
	sheetJSON
	Above    []indicatorJSON `json:"above"`
	Sections []*sectionJSON  `json:"sections"`
}

func showContent(c ippo.IndicatorContent) contentJSON {
	j := contentJSON{showSheet(c.IndicatorSheet), []indicatorJSON{}, []*sectionJSON{}}
	made := map[ippo.HeadingID]*sectionJSON{}
	for _, s := range c.Sections() {
		rows := converted(s.Indicators, func(i ippo.Indicator) indicatorJSON { return showIndicatorJSON(c.IndicatorSheet, i) })
		if s.ID == 0 {
			j.Above = rows
			continue
		}
		section := &sectionJSON{s.Kind, s.Name, s.Text, rows, []*sectionJSON{}}
		made[s.ID] = section
		if above := made[s.Parent]; above != nil {
			above.Sections = append(above.Sections, section)
		} else {
			j.Sections = append(j.Sections, section)
		}
	}
	return j
}

// indicatorRoutes lets other systems of the city read indicators; what is typed is typed in the panel.
func (a *API) indicatorRoutes(g gin.IRouter) {
	g.GET("/sheets", a.handle(ippo.ScopeRead, func(ctx context.Context, _ *apiCall) (int, any, error) {
		all, err := a.Store.IndicatorSheets(ctx)
		return http.StatusOK, apiPage[sheetJSON]{converted(all, showSheet), len(all)}, err
	}))
	g.GET("/sheets/:id", a.handle(ippo.ScopeRead, func(ctx context.Context, c *apiCall) (int, any, error) {
		id, err := rowID[ippo.IndicatorSheetID](c.Param("id"))
		if err != nil {
			return 0, nil, err
		}
		content, err := a.Store.IndicatorContent(ctx, id)
		if err != nil {
			return 0, nil, err
		}
		return http.StatusOK, showContent(content), nil
	}))
}
