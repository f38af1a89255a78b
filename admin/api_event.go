package admin

import (
	"cmp"

	"ippo"
)

type eventJSON struct {
	ID        ippo.EventID       `json:"id"`
	Slug      string             `json:"slug"`
	Title     string             `json:"title"`
	Summary   string             `json:"summary"`
	Body      string             `json:"body"`
	StartsAt  apiTime            `json:"startsAt"`
	EndsAt    apiTime            `json:"endsAt"`
	Place     string             `json:"place"`
	Capacity  int                `json:"capacity"`
	Cost      string             `json:"cost"`
	Contact   string             `json:"contact"`
	Topics    []string           `json:"topics"`
	Areas     []string           `json:"areas"`
	URL       string             `json:"url"`
	Status    ippo.ContentStatus `json:"status"`
	UpdatedAt apiTime            `json:"updatedAt"`

	Translations translationsJSON `json:"translations"`
	Older        []ippo.Language  `json:"olderTranslations"` // only shown
}

func (a *API) events() resource[eventJSON] {
	return content[ippo.EventID, ippo.Event, eventJSON]{
		list:   a.Store.Events,
		get:    a.Store.Event,
		create: a.Store.CreateEvent,
		update: a.Store.UpdateEvent,
		delete: a.Store.DeleteEvent,
		show: func(v vocabulary, e ippo.Event) eventJSON {
			return eventJSON{
				e.ID, e.Slug, e.Title, e.Summary, e.Body, apiTime{e.StartsAt}, apiTime{e.EndsAt}, e.Place, e.Capacity,
				e.Cost, e.Contact, slugs(v.topics, e.Topics), slugs(v.areas, e.Areas), e.URL, e.Status, apiTime{e.UpdatedAt},
				showTranslations(e.Translations), olderTranslations(e.Translations, e.Texts()),
			}
		},
		read: func(v vocabulary, j eventJSON, was ippo.Event) (ippo.Event, error) {
			topics, areas, err := v.choices(j.Topics, j.Areas)
			return ippo.Event{
				ID: was.ID, Slug: cmp.Or(j.Slug, was.Slug), Title: j.Title, Summary: j.Summary, Body: j.Body,
				StartsAt: j.StartsAt.Time, EndsAt: j.EndsAt.Time, Place: j.Place, Capacity: j.Capacity, Cost: j.Cost,
				Contact: j.Contact, Topics: topics, Areas: areas, URL: j.URL, Status: cmp.Or(j.Status, ippo.ContentDraft),
				Translations: j.Translations.read(),
			}, err
		},
	}.resource(a)
}
