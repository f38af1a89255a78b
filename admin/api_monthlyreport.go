package admin

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"ippo"
)

// reportJSON is a monthly report.
type reportJSON struct {
	ID      ippo.MonthlyReportID `json:"id"`
	Month   ippo.Month           `json:"month"`
	State   ippo.ReportState     `json:"state"`
	Summary string               `json:"summary"`
	Plans   string               `json:"plans"`
	Figures []ippo.ReportFigure  `json:"figures"`
	Groups  []reportGroupJSON    `json:"groups"`
	MadeAt  apiTime              `json:"madeAt"`
	FixedAt apiTime              `json:"fixedAt"`
}

type reportGroupJSON struct {
	Title string            `json:"title"`
	Rows  []reportCountJSON `json:"rows"`
}

type reportCountJSON struct {
	Name  string `json:"name"`
	Count *int   `json:"count"` // null: hidden
}

func showReport(r ippo.MonthlyReport) reportJSON {
	j := reportJSON{r.ID, r.Month, r.State, r.Summary, r.Plans, append([]ippo.ReportFigure{}, r.Figures...), []reportGroupJSON{}, apiTime{r.MadeAt}, apiTime{r.FixedAt}}
	for _, g := range r.Groups {
		j.Groups = append(j.Groups, reportGroupJSON{g.Title, converted(g.Rows, func(c ippo.ReportCount) reportCountJSON {
			if c.Hidden {
				return reportCountJSON{Name: c.Name}
			}
			return reportCountJSON{c.Name, &c.Count}
		})})
	}
	return j
}

// reportRoutes lets other systems of the city read monthly reports.
func (a *API) reportRoutes(g gin.IRouter) {
	g.GET("/reports", a.handle(ippo.ScopeRead, func(ctx context.Context, _ *apiCall) (int, any, error) {
		all, err := a.Store.MonthlyReports(ctx, "", maxReports)
		return http.StatusOK, apiPage[reportJSON]{converted(all, showReport), len(all)}, err
	}))
	g.GET("/reports/:id", a.handle(ippo.ScopeRead, func(ctx context.Context, c *apiCall) (int, any, error) {
		id, err := rowID[ippo.MonthlyReportID](c.Param("id"))
		if err != nil {
			return 0, nil, err
		}
		r, err := a.Store.MonthlyReport(ctx, id)
		return http.StatusOK, showReport(r), err
	}))
}
