package admin

import (
	"context"
	"maps"

	"ippo"
)

// choiceJSON is a topic or an area. Its ID is its slug.
type choiceJSON struct {
	ID     string `json:"id"`
	Slug   string `json:"slug"`
	Name   string `json:"name"`
	Easy   string `json:"easy"`
	En     string `json:"en"`
	Order  int    `json:"order"`
	Hidden bool   `json:"hidden"`

	Names ippo.Names `json:"names,omitempty"` // in the languages that the center has added
}

func (a *API) topics() resource[choiceJSON] {
	return choiceResource(a.Store.Topics, a.Store.CreateTopic, a.Store.UpdateTopic, a.Store.DeleteTopic)
}

func (a *API) areas() resource[choiceJSON] {
	return choiceResource(a.Store.Areas, a.Store.CreateArea, a.Store.UpdateArea, a.Store.DeleteArea)
}

func choiceResource[T ippo.Topic | ippo.Area](
	list func(context.Context) ([]T, error),
	create func(context.Context, ippo.StaffID, T) (T, error),
	update func(context.Context, ippo.StaffID, string, T) error,
	remove func(context.Context, ippo.StaffID, string) error,
) resource[choiceJSON] {
	show := func(one T) choiceJSON {
		c := ippo.Topic(one)
		j := choiceJSON{
			ID: c.Slug, Slug: c.Slug, Name: c.Name, Easy: c.Names[ippo.EasyJapanese], En: c.Names[ippo.English], Order: c.Order, Hidden: c.Hidden,
			Names: maps.Clone(c.Names),
		}
		delete(j.Names, ippo.EasyJapanese)
		delete(j.Names, ippo.English)
		return j
	}
	read := func(j choiceJSON) T {
		names := ippo.Names{}
		maps.Copy(names, j.Names)
		names[ippo.EasyJapanese], names[ippo.English] = j.Easy, j.En
		return T(ippo.Topic{Slug: j.Slug, Name: j.Name, Names: names, Order: j.Order, Hidden: j.Hidden})
	}
	return resource[choiceJSON]{
		list: func(ctx context.Context) ([]choiceJSON, error) {
			all, err := list(ctx)
			return converted(all, show), err
		},
		get: func(ctx context.Context, slug string) (choiceJSON, error) {
			all, err := list(ctx)
			if err != nil {
				return choiceJSON{}, err
			}
			for _, one := range all {
				if ippo.Topic(one).Slug == slug {
					return show(one), nil
				}
			}
			return choiceJSON{}, ippo.ErrNotFound
		},
		create: func(ctx context.Context, by ippo.StaffID, made choiceJSON) (choiceJSON, error) {
			one, err := create(ctx, by, read(made))
			return show(one), err
		},
		update: func(ctx context.Context, by ippo.StaffID, slug string, changed choiceJSON) error {
			if changed.Slug == "" {
				changed.Slug = slug
			}
			return update(ctx, by, slug, read(changed))
		},
		delete: remove,
	}
}
