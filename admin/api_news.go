package admin

import (
	"cmp"

	"ippo"
)

type newsJSON struct {
	ID        ippo.NewsID        `json:"id"`
	Slug      string             `json:"slug"`
	Kind      ippo.NewsKind      `json:"kind"`
	Title     string             `json:"title"`
	Summary   string             `json:"summary"`
	Body      string             `json:"body"`
	Topics    []string           `json:"topics"`
	Areas     []string           `json:"areas"`
	URL       string             `json:"url"`
	Status    ippo.ContentStatus `json:"status"`
	PublishAt apiTime            `json:"publishAt"`
	UpdatedAt apiTime            `json:"updatedAt"`

	Translations translationsJSON `json:"translations"`
	Older        []ippo.Language  `json:"olderTranslations"` // only shown
}

func (a *API) news() resource[newsJSON] {
	return content[ippo.NewsID, ippo.News, newsJSON]{
		list:   a.Store.NewsItems,
		get:    a.Store.News,
		create: a.Store.CreateNews,
		update: a.Store.UpdateNews,
		delete: a.Store.DeleteNews,
		show: func(v vocabulary, n ippo.News) newsJSON {
			return newsJSON{
				n.ID, n.Slug, n.Kind, n.Title, n.Summary, n.Body, slugs(v.topics, n.Topics), slugs(v.areas, n.Areas),
				n.URL, n.Status, apiTime{n.PublishAt}, apiTime{n.UpdatedAt},
				showTranslations(n.Translations), olderTranslations(n.Translations, n.Texts()),
			}
		},
		read: func(v vocabulary, j newsJSON, was ippo.News) (ippo.News, error) {
			topics, areas, err := v.choices(j.Topics, j.Areas)
			return ippo.News{
				ID: was.ID, Slug: cmp.Or(j.Slug, was.Slug), Kind: cmp.Or(j.Kind, ippo.NewsPlain),
				Title: j.Title, Summary: j.Summary, Body: j.Body, Topics: topics, Areas: areas, URL: j.URL,
				Status: cmp.Or(j.Status, ippo.ContentDraft), PublishAt: j.PublishAt.Time,
				Translations: j.Translations.read(),
			}, err
		},
	}.resource(a)
}
