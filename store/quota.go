package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"ippo"
)

// Shortfall compares a broadcast with what LINE says is left of the month and with what others take
// before it; nil: it fits. One that is being written leaves room for those that are approved for this
// month, and one that is due for those already on their way: whoever comes first is served. An emergency or
// a correction goes before what waits. What leaves next month is not measured by this one.
func (s *Store) Shortfall(ctx context.Context, b *ippo.Broadcast, left, limit int64) (*ippo.Shortfall, error) {
	ctx = Within(ctx, nil) // the month's messages are the whole office's
	today := ippo.Day(s.Now())
	next := today.AddDate(0, 1, 1-today.Day())
	if !b.SendAt.Before(next) {
		return nil, nil
	}
	short := &ippo.Shortfall{Left: left}
	var err error
	if short.Recipients, err = s.toSend(ctx, b); err != nil {
		return nil, err
	}
	if short.Planned, err = s.plannedBefore(ctx, b, next); err != nil {
		return nil, err
	}
	if int64(short.Recipients) <= short.Room() {
		return nil, nil
	}
	// What has begun goes to whom it was approved for, and nothing but time helps.
	short.Begun = !b.StartedAt.IsZero()
	if b.Corrects == 0 && len(b.Audience.Topics) > 1 && !short.Begun {
		if err := s.narrow(ctx, b, short); err != nil {
			return nil, err
		}
	}
	if b.Corrects == 0 && !b.Everyone() && !short.Begun {
		count, err := s.AudienceCount(ctx, b.Audience)
		if err != nil {
			return nil, fmt.Errorf("readers of the digest besides broadcast %d: %w", b.ID, err)
		}
		short.Digest = count.Digest
	}
	if int64(short.Recipients) <= limit {
		settings, err := s.Settings(ctx)
		if err != nil {
			return nil, err
		}
		short.NextMonth = settings.Open(next, s.Holidays)
	}
	return short, nil
}

// toSend is how many messages a broadcast still takes from the month. What LINE was asked and has not
// answered it may have counted already; if not, it has the last word.
func (s *Store) toSend(ctx context.Context, b *ippo.Broadcast) (int, error) {
	switch {
	case !beingWritten(b):
		n, err := one(ctx, s.ro, scanInt, `
			SELECT coalesce(sum(r.size - (SELECT count(*) FROM delivery_exceptions x WHERE x.request_id = r.id)), 0)
			FROM delivery_requests r WHERE r.broadcast_id = ? AND r.state = 'pending' AND r.first_called_at IS NULL`, b.ID)
		if err != nil {
			return 0, fmt.Errorf("left of broadcast %d: %w", b.ID, err)
		}
		return n, nil
	case b.Corrects != 0:
		members, err := s.Reached(ctx, b.Corrects)
		return len(members), err
	}
	return s.countNow(ctx, b.Audience, b.Everyone())
}

// beingWritten reports whether a broadcast has no recipients yet; one that was never kept has no state.
func beingWritten(b *ippo.Broadcast) bool { return b.ID == 0 || b.Status.Editable() }

// plannedBefore counts the messages of other broadcasts that leave before the end of the month and that
// b has to leave room for. What is held goes on by a decision only, and is measured again then.
func (s *Store) plannedBefore(ctx context.Context, b *ippo.Broadcast, end time.Time) (int, error) {
	statuses := `('sending')`
	if beingWritten(b) && !b.First() {
		statuses = `('approved', 'sending', 'paused')`
	}
	n, err := one(ctx, s.ro, scanInt, `
		SELECT coalesce(sum(r.size - (SELECT count(*) FROM delivery_exceptions x WHERE x.request_id = r.id)), 0)
		FROM broadcasts b JOIN delivery_requests r ON r.broadcast_id = b.id AND r.state = 'pending'
		WHERE b.status IN `+statuses+` AND coalesce(b.send_at, '') < ? AND b.id <> ?`, stamp(end), b.ID)
	if err != nil {
		return 0, fmt.Errorf("planned besides broadcast %d: %w", b.ID, err)
	}
	return n, nil
}

// narrow finds which of a broadcast's topics fit, alone and together. One pass counts its audience by
// what its followers chose; every set of topics is counted from that.
func (s *Store) narrow(ctx context.Context, b *ippo.Broadcast, short *ippo.Shortfall) error {
	chosen, err := s.choosing(ctx, b.Audience)
	if err != nil {
		return fmt.Errorf("narrow broadcast %d: %w", b.ID, err)
	}
	groups := map[ippo.Choice]int{}
	meets := allOf(chosen.met(), stands(stand(b.Audience, b.Everyone())))
	err = s.withCensus(ctx, func(c *census) {
		c.each(meets, func(at int) { groups[c.choice(topicsColumn, at)]++ })
	})
	if err != nil {
		return fmt.Errorf("narrow broadcast %d: %w", b.ID, err)
	}
	people := func(topics ippo.Choice) (n int) {
		for chosen, people := range groups {
			if chosen == 0 || chosen&(topics|ippo.Everything) != 0 {
				n += people
			}
		}
		return n
	}
	all, err := s.Topics(ctx)
	if err != nil {
		return err
	}
	fits := slices.DeleteFunc(all, func(t ippo.Topic) bool {
		return !slices.Contains(b.Audience.Topics, t.Slug) || int64(people(ippo.ChoiceOf(t.Number))) > short.Room()
	})
	slices.SortStableFunc(fits, func(x, y ippo.Topic) int {
		return cmp.Compare(people(ippo.ChoiceOf(y.Number)), people(ippo.ChoiceOf(x.Number)))
	})
	// The most people first, and then whatever still fits beside them.
	var together ippo.Choice
	for _, t := range fits {
		if n := people(ippo.ChoiceOf(t.Number)); n > 0 {
			short.Alone = append(short.Alone, ippo.Narrowed{Topics: []string{t.Name}, People: n})
		}
		if more := together | ippo.ChoiceOf(t.Number); int64(people(more)) <= short.Room() {
			together = more
			short.Together.Topics = append(short.Together.Topics, t.Name)
		}
	}
	if short.Together.People = people(together); len(short.Together.Topics) < 2 {
		short.Together = ippo.Narrowed{}
	}
	return nil
}
