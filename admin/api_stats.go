package admin

import (
	"context"
	"net/http"
)

// statsJSON are the numbers of the day, as ippo.Stats explains them.
type statsJSON struct {
	Friends       int `json:"friends"`
	Blocked       int `json:"blocked"`
	Stopped       int `json:"stopped"`
	Digest        int `json:"digest"`
	Unguided      int `json:"unguided"`
	NewToday      int `json:"newToday"`
	NewMonth      int `json:"newMonth"`
	Ambassadors   int `json:"ambassadors"`
	Applications  int `json:"applications"`
	DangerOpen    int `json:"dangerOpen"`
	RequestsNew   int `json:"requestsNew"`
	RequestsOpen  int `json:"requestsOpen"`
	Groups        int `json:"groups"`
	News          int `json:"news"`
	Events        int `json:"events"`
	Submitted     int `json:"submitted"`
	Planned       int `json:"planned"`
	Held          int `json:"held"`
	Sending       int `json:"sending"`
	SentMonth     int `json:"sentMonth"`
	CallOutsMonth int `json:"callOutsMonth"`
	ReducedMonth  int `json:"reducedMonth"`
}

// forecastJSON is what is planned for the rest of the month, as ippo.Forecast explains it.
type forecastJSON struct {
	Month     string `json:"month"` // 2006-01
	Scheduled int    `json:"scheduled"`
	Submitted int    `json:"submitted"`
	Campaigns int    `json:"campaigns"`
	Series    int    `json:"series"`
	Digests   int    `json:"digests"`
	Notices   int    `json:"notices"`
	Total     int    `json:"total"`
}

func (a *API) stats(ctx context.Context, _ *apiCall) (int, any, error) {
	waiting, err := a.Store.Waiting(ctx)
	if err != nil {
		return 0, nil, err
	}
	n, err := a.Store.Stats(ctx, waiting)
	if err != nil {
		return 0, nil, err
	}
	f, err := a.Store.Forecast(ctx)
	return http.StatusOK, struct {
		statsJSON
		Forecast forecastJSON `json:"forecast"`
	}{statsJSON(n), forecastJSON{f.Month.Format("2006-01"), f.Scheduled, f.Submitted, f.Campaigns, f.Series, f.Digests, f.Notices, f.Total()}}, err
}
