package admin

import (
	"context"

	"ippo"
)

// entryJSON is an entry. Its ID is its slug.
type entryJSON struct {
	ID        string `json:"id"`
	Slug      string `json:"slug"`
	Name      string `json:"name"`
	Newcomer  bool   `json:"newcomer"`
	Hidden    bool   `json:"hidden"`
	Friends   int    `json:"friends"`
	Onboarded int    `json:"onboarded"`
	Joined    int    `json:"joined"`
}

func (a *API) entries() resource[entryJSON] {
	show := func(e ippo.Entry) entryJSON {
		return entryJSON{e.Slug, e.Slug, e.Name, e.Newcomer, e.Hidden, e.Friends, e.Onboarded, e.Joined}
	}
	read := func(j entryJSON) ippo.Entry {
		return ippo.Entry{Slug: j.Slug, Name: j.Name, Newcomer: j.Newcomer, Hidden: j.Hidden}
	}
	return resource[entryJSON]{
		list: func(ctx context.Context) ([]entryJSON, error) {
			all, err := a.Store.Entries(ctx)
			return converted(all, show), err
		},
		get: func(ctx context.Context, slug string) (entryJSON, error) {
			e, err := a.Store.Entry(ctx, slug)
			return show(e), err
		},
		create: func(ctx context.Context, by ippo.StaffID, made entryJSON) (entryJSON, error) {
			e, err := a.Store.CreateEntry(ctx, by, read(made))
			return show(e), err
		},
		update: func(ctx context.Context, by ippo.StaffID, slug string, changed entryJSON) error {
			if changed.Slug == "" {
				changed.Slug = slug
			}
			return a.Store.UpdateEntry(ctx, by, slug, read(changed))
		},
		delete: a.Store.DeleteEntry,
	}
}
