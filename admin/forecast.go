package admin

import (
	"context"

	"ippo"
)

// month is the month's messages: what LINE says is used, and what is planned on top of it.
type month struct {
	Quota quota
	ippo.Forecast
}

func (p *Panel) month(ctx context.Context) (month, error) {
	f, err := p.Store.Forecast(ctx)
	return month{p.account.read(ctx).Quota, f}, err
}

// Left is how many messages the month still holds before what is planned.
func (m month) Left() int64 { return m.Quota.Left() }

// Short is by how many messages the month does not suffice; 0 if it does.
func (m month) Short() int64 { return max(0, int64(m.Total())-m.Left()) }

// bar is a part of the month's limit, in thousandths.
type bar struct {
	Class       string
	From, Width int64
}

// Bars are what is used and what is planned, side by side; what does not fit is cut off.
func (m month) Bars() []bar {
	var bars []bar
	var from, sum int64
	for _, part := range []struct {
		class string
		n     int64
	}{{"used", m.Quota.Used}, {"scheduled", int64(m.Scheduled)}, {"submitted", int64(m.Submitted)}, {"campaigns", int64(m.Campaigns)},
		{"series", int64(m.Series)}, {"digests", int64(m.Digests)}, {"notices", int64(m.Notices)}} {
		sum += part.n
		to := int64(1000)
		if m.Quota.Limit > 0 {
			to = min(to, sum*1000/m.Quota.Limit)
		}
		if to > from {
			bars = append(bars, bar{part.class, from, to - from})
		}
		from = to
	}
	return bars
}
