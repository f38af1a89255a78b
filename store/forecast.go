package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"ippo"
)

// Forecast adds up what will still be sent this month if everything goes as planned, by whichever team: the
// month's messages are the whole office's.
func (s *Store) Forecast(ctx context.Context) (ippo.Forecast, error) {
	ctx = Within(ctx, nil)
	today := ippo.Day(s.Now())
	f := ippo.Forecast{Month: today.AddDate(0, 0, 1-today.Day())}
	end := f.Month.AddDate(0, 1, 0)
	var err error
	type asked struct {
		rule      string
		emergency bool
	}
	counted := map[asked]int{} // reminders mostly go to the same
	count := func(a ippo.Audience, emergency bool) (int, error) {
		rule, err := json.Marshal(a)
		if err != nil {
			return 0, fmt.Errorf("forecast: %w", err)
		}
		key := asked{string(rule), emergency}
		n, known := counted[key]
		if !known {
			n, err = s.countNow(ctx, a, emergency)
			counted[key] = n
		}
		return n, err
	}
	if f.Scheduled, err = one(ctx, s.ro, scanInt, `
		SELECT coalesce(sum(r.size - (SELECT count(*) FROM delivery_exceptions x WHERE x.request_id = r.id)), 0)
		FROM broadcasts b JOIN delivery_requests r ON r.broadcast_id = b.id AND r.state = 'pending'
		WHERE b.status IN ('approved', 'held', 'sending', 'paused') AND coalesce(b.send_at, '') < ?`, stamp(end)); err != nil {
		return f, fmt.Errorf("forecast: %w", err)
	}
	submitted, err := collect(ctx, s.ro, scanBroadcast, "SELECT "+broadcastColumns+` FROM broadcasts
		WHERE status = 'submitted' AND coalesce(send_at, '') < ?`, stamp(end))
	if err != nil {
		return f, fmt.Errorf("forecast: %w", err)
	}
	for _, b := range submitted {
		n, err := count(b.Audience, b.Everyone())
		if err != nil {
			return f, err
		}
		f.Submitted += n
	}
	all, err := s.recurring(ctx)
	if err != nil {
		return f, fmt.Errorf("forecast: %w", err)
	}
	for _, r := range all {
		due, ok := r.NextDue, !r.NextDue.IsZero()
		if !ok || !due.Before(end) {
			continue
		}
		n, err := count(r.Audience, r.Audience.Unseen)
		if err != nil {
			return f, err
		}
		for ; ok && due.Before(end); due, ok = r.Schedule.Next(due, s.Holidays) {
			if r.Source.Kind == ippo.SourceSeries {
				f.Series += n
			} else {
				f.Campaigns += n
			}
		}
	}
	settings, err := s.Settings(ctx)
	if err != nil {
		return f, err
	}
	readers, err := s.DigestReaders(ctx)
	if err != nil {
		return f, err
	}
	for due, ok := settings.DigestSchedule().Next(s.Now(), s.Holidays); ok && due.Before(end); due, ok = settings.DigestSchedule().Next(due, s.Holidays) {
		f.Digests += readers
	}
	if f.Notices, err = one(ctx, s.ro, scanInt, `
		SELECT count(*) FROM notices WHERE state = 'pending' AND next_attempt_at < ?`, stamp(end)); err != nil {
		return f, fmt.Errorf("forecast: %w", err)
	}
	return f, nil
}

// countNow counts an audience; one that names what is gone is sent to nobody until staff mend it.
func (s *Store) countNow(ctx context.Context, a ippo.Audience, emergency bool) (int, error) {
	count, err := s.countAudience(ctx, a, emergency)
	if problems := (ippo.Problems)(nil); errors.As(err, &problems) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("forecast: %w", err)
	}
	return count.Count, nil
}
