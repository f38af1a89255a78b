package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ippo"
)

// FriendWeeks returns how the number of friends changed, week by week from the one of a moment to the present.
func (s *Store) FriendWeeks(ctx context.Context, since time.Time) ([]ippo.FriendWeek, error) {
	first := ippo.Monday(since)
	type day struct {
		at           time.Time
		joined, gone int
	}
	days, err := collect(ctx, s.ro, func(row scanner) (d day, err error) {
		var text string
		if err := row.Scan(&text, &d.joined, &d.gone); err != nil {
			return d, err
		}
		d.at, err = time.ParseInLocation(time.DateOnly, text, ippo.Tokyo)
		return d, err
	}, `SELECT day, joined, gone FROM friend_days WHERE day >= ?`, first.Format(time.DateOnly))
	if err != nil {
		return nil, fmt.Errorf("friends by week: %w", err)
	}
	people, err := s.headcount(ctx)
	if err != nil {
		return nil, fmt.Errorf("friends by week: %w", err)
	}
	friends := people.count(func(s standing) bool { return s.is(isActive, 0) })
	var weeks []ippo.FriendWeek
	for monday := first; !monday.After(s.Now()); monday = monday.AddDate(0, 0, 7) {
		weeks = append(weeks, ippo.FriendWeek{Monday: monday})
	}
	for _, d := range days {
		// An import may name a day to come; it is of the present week.
		week := &weeks[min(int(ippo.Monday(d.at).Sub(first)/(7*24*time.Hour)), len(weeks)-1)]
		week.Joined += d.joined
		week.Gone += d.gone
	}
	for i := range slices.Backward(weeks) {
		weeks[i].Friends = friends
		friends -= weeks[i].Net()
	}
	return weeks, nil
}

// CheckFollowers says where what is counted of followers as they change is not what their rows say.
func (s *Store) CheckFollowers(ctx context.Context) ([]string, error) {
	const (
		rows = `SELECT entry_id, count(*), count(onboarded_at) FROM followers WHERE entry_id IS NOT NULL GROUP BY entry_id`
		sums = `SELECT entry_id, people, onboarded FROM entry_sums`
	)
	wrong, err := one(ctx, s.ro, scanInt, `SELECT count(*) FROM (SELECT * FROM (`+rows+` EXCEPT `+sums+`) UNION ALL SELECT * FROM (`+sums+` EXCEPT `+rows+`))`)
	if err != nil {
		return nil, fmt.Errorf("check the sums of entries: %w", err)
	}
	adrift, err := one(ctx, s.ro, scanInt, `
		SELECT (SELECT coalesce(sum(joined - gone), 0) FROM friend_days) - (SELECT count(*) FROM followers WHERE status = 'active')`)
	if err != nil {
		return nil, fmt.Errorf("check the days of friends: %w", err)
	}
	var faults []string
	if wrong > 0 {
		faults = append(faults, fmt.Sprintf("登録経路ごとの人数が、名簿と%d行ちがいます", wrong))
	}
	if adrift != 0 {
		faults = append(faults, fmt.Sprintf("友だちの日ごとの増減の合計が、名簿の人数と%d人ちがいます", adrift))
	}
	return faults, nil
}
