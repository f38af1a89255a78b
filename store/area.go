package store

import (
	"context"
	"slices"

	"ippo"
)

// Areas returns every area in the order that staff arranged, the hidden ones too.
func (s *Store) Areas(ctx context.Context) ([]ippo.Area, error) {
	all, err := s.areas.get(func() ([]ippo.Area, error) { return areas.all(ctx, s.ro) })
	return slices.Clone(all), err
}

// CreateArea makes an area, in the last place unless it names one, and returns it with its number.
func (s *Store) CreateArea(ctx context.Context, by ippo.StaffID, area ippo.Area) (ippo.Area, error) {
	defer s.areas.forget()
	return areas.create(ctx, s, by, area)
}

// UpdateArea changes everything of an area but its slug and number.
func (s *Store) UpdateArea(ctx context.Context, by ippo.StaffID, slug string, area ippo.Area) error {
	defer s.areas.forget()
	return areas.update(ctx, s, by, slug, area)
}

// DeleteArea removes an area made by mistake, also from followers' choices. An area in use is
// refused with Problems: it can be hidden.
func (s *Store) DeleteArea(ctx context.Context, by ippo.StaffID, slug string) error {
	defer s.areas.forget()
	return areas.delete(ctx, s, by, slug)
}
