package admin

import (
	"context"
	"slices"

	"ippo"
)

// friendWeeks is how far back the home page tells how the number of friends changed: half a year.
const friendWeeks = 26

// friends is how the number of friends changed, week by week.
type friends struct {
	Chart weekChart
	Weeks []ippo.FriendWeek // the latest first
}

// friends draws how the number of friends changed.
func (p *Panel) friends(ctx context.Context) (f friends, err error) {
	weeks, err := p.Store.FriendWeeks(ctx, p.Now().AddDate(0, 0, -7*(friendWeeks-1)))
	if err != nil {
		return f, err
	}
	bars := make([]weekBar, len(weeks))
	for i, w := range weeks {
		bars[i] = weekBar{w.Monday, w.Joined, w.Gone, weekWords(w.Monday) + " 新しい友だち" + ippo.Comma(int64(w.Joined)) + "人・ブロックなど" + ippo.Comma(int64(w.Gone)) + "人"}
	}
	slices.Reverse(weeks)
	f.Weeks = weeks
	f.Chart = newWeekChart("新しい友だち（線の上）と、ブロックなどで減った友だち（線の下）の、週ごとの人数", bars)
	return f, nil
}
