package ippo

import "time"

// Forecast is how many messages what is planned will still use this month. LINE counts a message for
// each person, however many speech bubbles it has. Source:
// https://developers.line.biz/en/docs/messaging-api/pricing/
//
// LINE does not say in which zone its month turns; ours turns in Tokyo.
type Forecast struct {
	Month     time.Time // its first day
	Scheduled int       // approved, being sent, held or paused, and not sent yet
	Submitted int       // waiting for approval, by today's audience
	Campaigns int       // reminders that are switched on, by today's audience
	Series    int       // series that are switched on, by today's audience
	Digests   int       // weekly digests, if everyone who chose them gets each
	Notices   int       // single messages that are planned
}

// Total is all of it.
func (f Forecast) Total() int {
	return f.Scheduled + f.Submitted + f.Campaigns + f.Series + f.Digests + f.Notices
}
