package admin

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

// seriesJSON is a series. It is switched on by a second person.
type seriesJSON struct {
	ID        ippo.SeriesID   `json:"id"`
	Title     string          `json:"title"`
	Messages  []ippo.Message  `json:"messages"`
	Languages ippo.Renditions `json:"languages,omitempty"`
	Counted   bool            `json:"countLinks"`
	Audience  audienceJSON    `json:"audience"`
	Schedule  scheduleJSON    `json:"schedule"`
	Active    bool            `json:"active"`
	NextDue   apiTime         `json:"nextDue"`
}

func showSeries(s ippo.Series) seriesJSON {
	return seriesJSON{s.ID, s.Title, s.Messages, s.Renditions, s.Counted, audienceJSON(s.Audience), showSchedule(s.Schedule), s.Active, apiTime{s.NextDue}}
}

func (a *API) series() resource[seriesJSON] {
	return content[ippo.SeriesID, ippo.Series, seriesJSON]{
		list: a.Store.AllSeries,
		get:  a.Store.Series,
		create: func(ctx context.Context, by ippo.StaffID, s ippo.Series) (ippo.Series, error) {
			if err := a.checkSeries(ctx, s); err != nil {
				return s, err
			}
			return a.Store.CreateSeries(ctx, by, s)
		},
		update: func(ctx context.Context, by ippo.StaffID, s ippo.Series) error {
			if err := a.checkSeries(ctx, s); err != nil {
				return err
			}
			return a.Store.UpdateSeries(ctx, by, s)
		},
		delete: a.Store.DeleteSeries,
		show:   func(_ vocabulary, s ippo.Series) seriesJSON { return showSeries(s) },
		read: func(_ vocabulary, j seriesJSON, was ippo.Series) (ippo.Series, error) {
			var p ippo.Problems
			was.Title, was.Messages, was.Renditions, was.Counted = j.Title, j.Messages, j.Languages, j.Counted
			was.Audience, was.Schedule = ippo.Audience(j.Audience), j.Schedule.read(&p)
			return was, p.Err()
		},
	}.resource(a)
}

// checkSeries reports what LINE finds wrong with messages that are well formed.
func (a *API) checkSeries(ctx context.Context, s ippo.Series) error {
	if err := s.Validate(); err != nil {
		return err
	}
	return a.askLine(ctx, s.Messages, s.Renditions)
}

// switchRoutes registers what switches a campaign or a series on and off. Who may write
// may stop; what makes messages leave needs more.
func (a *API) switchRoutes(g gin.IRouter) {
	for _, kind := range []struct {
		path string
		kind ippo.SourceKind
		get  func(context.Context, string) (any, error)
	}{
		{"/campaigns", ippo.SourceCampaign, anyOf(a.campaigns().get)},
		{"/series", ippo.SourceSeries, anyOf(a.series().get)},
	} {
		change := func(do func(context.Context, ippo.StaffID, ippo.Source) error) apiHandler {
			return func(ctx context.Context, c *apiCall) (int, any, error) {
				if len(c.body) > 0 {
					if err := decodeStrict(c.body, "", &struct{}{}); err != nil {
						return 0, nil, err
					}
				}
				// What is not there is in no wrong state.
				if _, err := kind.get(ctx, c.Param("id")); err != nil {
					return 0, nil, err
				}
				id, err := rowID[int64](c.Param("id"))
				if err != nil {
					return 0, nil, err
				}
				if err := do(ctx, c.staff.ID, ippo.Source{Kind: kind.kind, ID: id}); err != nil {
					return 0, nil, err
				}
				a.Wake()
				j, err := kind.get(ctx, c.Param("id"))
				return http.StatusOK, j, err
			}
		}
		g.POST(kind.path+"/:id/activate", a.handle(ippo.ScopeApprove, change(a.activate)))
		g.POST(kind.path+"/:id/pause", a.handle(ippo.ScopeCampaigns, change(a.Store.Deactivate)))
	}
}

// activate switches on what is there now.
func (a *API) activate(ctx context.Context, by ippo.StaffID, of ippo.Source) error {
	r, err := a.Store.Recurring(ctx, of)
	if err != nil {
		return err
	}
	_, err = a.Store.Activate(ctx, by, of, store.Approval{Hash: r.Hash})
	return err
}

// anyOf forgets the type of what is read.
func anyOf[J any](get func(context.Context, string) (J, error)) func(context.Context, string) (any, error) {
	return func(ctx context.Context, id string) (any, error) { return get(ctx, id) }
}
