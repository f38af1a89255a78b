package store

import (
	"context"
	"fmt"
	"time"

	"ippo"
)

// Rows of results for those who are in none by name.
const (
	severalAreas = "2つ以上・選んでいない"
	unknownAge   = "わからない"
)

// CampaignResults counts what a campaign has come to.
func (s *Store) CampaignResults(ctx context.Context, c ippo.Campaign) (r ippo.CampaignResults, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("results of campaign %d: %w", c.ID, err)
		}
	}()
	areas, err := s.Areas(ctx)
	if err != nil {
		return r, err
	}
	var areaNames, ageNames []string
	nameOf := make(map[ippo.Choice]string, len(areas)) // of who chose one area
	for _, a := range areas {
		areaNames = append(areaNames, a.Name)
		nameOf[ippo.ChoiceOf(a.Number)] = a.Name
	}
	for _, band := range ippo.AgeBands {
		ageNames = append(ageNames, band.Words)
	}
	parts, err := collect(ctx, s.ro, func(row scanner) (p ippo.Part, err error) {
		var when time.Time
		var chosen ippo.Choice
		var band ippo.AgeBand
		if err := row.Scan(&p.Follower, at(&when), &chosen, &band); err != nil {
			return p, err
		}
		p.Week, p.Area, p.Age = ippo.WeekOf(when), nameOf[chosen], band.Words()
		return p, nil
	}, `
		SELECT o.follower_id, o.at, coalesce(f.areas, 0), coalesce(a.age_band, '') FROM call_outs o
		LEFT JOIN followers f ON f.id = o.follower_id LEFT JOIN ambassadors a ON a.follower_id = o.follower_id
		WHERE o.campaign_id = ?`, c.ID)
	if err != nil {
		return r, err
	}
	first, err := time.ParseInLocation(time.DateOnly, c.StartsOn, ippo.Tokyo)
	if err != nil {
		return r, err
	}
	last := s.Now()
	for _, p := range parts { // a day may have been moved since
		if week, err := time.ParseInLocation(time.DateOnly, p.Week, ippo.Tokyo); err == nil && week.Before(first) {
			first = week
		}
	}
	r = ippo.NewResults(parts, ippo.Weeks(first, last), append(areaNames, severalAreas), append(ageNames, unknownAge))
	r.Messages, err = one(ctx, s.ro, scanInt, acceptedOf, c.ID)
	if err != nil {
		return r, err
	}
	r.Reminders, err = one(ctx, s.ro, scanInt, acceptedOf+` AND r.broadcast_id IN (SELECT broadcast_id FROM reminders WHERE campaign_id = ?1)`, c.ID)
	return r, err
}

// acceptedOf counts the people of a campaign's requests that LINE accepted.
const acceptedOf = `
	SELECT coalesce(sum(r.size - (SELECT count(*) FROM delivery_exceptions e WHERE e.request_id = r.id)), 0)
	FROM delivery_requests r JOIN broadcasts b ON b.id = r.broadcast_id
	WHERE b.campaign_id = ?1 AND b.origin = 'campaign' AND r.state = 'accepted'`
