package store

import (
	"context"
	"fmt"

	"ippo"
)

// planRenditions plans a broadcast's requests to ascending members: each is sent the rendition in their language, as
// it is now.
func (s *Store) planRenditions(ctx context.Context, b *ippo.Broadcast, members []ippo.FollowerID) ([]plannedRequest, error) {
	if len(b.Renditions) == 0 {
		return planRequests(b.Call(), 0, members), nil
	}
	languages, err := s.languages(ctx)
	if err != nil {
		return nil, err
	}
	numbers := b.Renditions.Numbers()
	groups := make([][]ippo.FollowerID, len(numbers))
	for _, m := range members {
		number := 0
		if l, other := languages[m]; other {
			number = numbers[b.Renditions.For(l)]
		}
		groups[number] = append(groups[number], m)
	}
	var planned []plannedRequest
	for number, group := range groups {
		planned = append(planned, planRequests(b.Call(), number, group)...)
	}
	return planned, nil
}

// languages returns the language of everyone who does not read Japanese.
func (s *Store) languages(ctx context.Context) (map[ippo.FollowerID]ippo.Language, error) {
	rows, err := s.ro.QueryContext(ctx, "SELECT id, language FROM followers WHERE language <> ?", ippo.Japanese)
	if err != nil {
		return nil, fmt.Errorf("languages: %w", err)
	}
	defer rows.Close()
	languages := make(map[ippo.FollowerID]ippo.Language)
	for rows.Next() {
		var id ippo.FollowerID
		var l ippo.Language
		if err := rows.Scan(&id, &l); err != nil {
			return nil, fmt.Errorf("languages: %w", err)
		}
		languages[id] = l
	}
	return languages, rows.Err()
}

// CountReaders counts the people a broadcast would go to now by their language. Slugs that name nothing are
// ippo.Problems.
func (s *Store) CountReaders(ctx context.Context, b *ippo.Broadcast) (map[ippo.Language]int, error) {
	readers := map[ippo.Language]int{}
	if b.Corrects != 0 {
		members, err := s.Reached(ctx, b.Corrects)
		if err != nil {
			return nil, err
		}
		languages, err := s.languages(ctx)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			l, other := languages[m]
			if !other {
				l = ippo.Japanese
			}
			readers[l]++
		}
		return readers, nil
	}
	people, err := s.headcountIn(ctx, b.Audience)
	if err != nil {
		return nil, fmt.Errorf("count readers: %w", err)
	}
	in, one := stand(b.Audience, b.Everyone()), alone(b.Audience, b.Everyone())
	return people.byLanguage(func(s standing) bool { return in(s) && one(s) }), nil
}
