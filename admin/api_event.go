package admin

import (
	"cmp"
	"context"

	"ippo"
)

type eventJSON struct {
	ID             ippo.EventID       `json:"id"`
	Slug           string             `json:"slug"`
	Title          string             `json:"title"`
	Summary        string             `json:"summary"`
	Body           string             `json:"body"`
	StartsAt       apiTime            `json:"startsAt"`
	EndsAt         apiTime            `json:"endsAt"`
	Place          string             `json:"place"`
	Capacity       int                `json:"capacity"`
	Cost           string             `json:"cost"`
	Contact        string             `json:"contact"`
	Topics         []string           `json:"topics"`
	Areas          []string           `json:"areas"`
	URL            string             `json:"url"`
	Status         ippo.ContentStatus `json:"status"`
	SignUp         *signUpJSON        `json:"signUp"`         // in a request, nil: as it was
	ForAmbassadors *bool              `json:"forAmbassadors"` // likewise
	CalledOff      *bool              `json:"calledOff"`      // likewise
	People         *placesJSON        `json:"people"`
	UpdatedAt      apiTime            `json:"updatedAt"`

	Translations translationsJSON `json:"translations"`
	Older        []ippo.Language  `json:"olderTranslations"` // only shown
}

// signUpJSON is how people sign up for an event.
type signUpJSON struct {
	Open         bool    `json:"open"`
	Until        apiTime `json:"until"`
	AsksName     bool    `json:"asksName"`
	MaxParty     int     `json:"maxParty"`
	ConfirmHours int     `json:"confirmHours"`
}

// placesJSON counts who signed up; none of them is named.
type placesJSON struct {
	Taken    int `json:"taken"`
	Offered  int `json:"offered"`
	Waiting  int `json:"waiting"`
	Attended int `json:"attended"`
}

func (a *API) events() resource[eventJSON] {
	return content[ippo.EventID, ippo.Event, eventJSON]{
		list:   a.Store.Events,
		get:    a.Store.Event,
		create: a.Store.CreateEvent,
		update: func(ctx context.Context, by ippo.StaffID, e ippo.Event) error {
			defer a.Wake() // who signed up may have to be told
			return a.Store.UpdateEvent(ctx, by, e)
		},
		delete: a.Store.DeleteEvent,
		show: func(v vocabulary, e ippo.Event) eventJSON {
			return eventJSON{
				e.ID, e.Slug, e.Title, e.Summary, e.Body, apiTime{e.StartsAt}, apiTime{e.EndsAt}, e.Place, e.Capacity,
				e.Cost, e.Contact, slugs(v.topics, e.Topics), slugs(v.areas, e.Areas), e.URL, e.Status,
				&signUpJSON{e.SignUp.Open, apiTime{e.SignUp.Until}, e.SignUp.AsksName, e.SignUp.MaxParty, e.SignUp.ConfirmHours},
				&e.ForAmbassadors, &e.CalledOff, &placesJSON{e.Places.Taken, e.Places.Offered, e.Places.Waiting, e.Places.Attended},
				apiTime{e.UpdatedAt}, showTranslations(e.Translations), olderTranslations(e.Translations, e.Texts()),
			}
		},
		read: readEventJSON,
	}.resource(a)
}

func readEventJSON(v vocabulary, j eventJSON, was ippo.Event) (ippo.Event, error) {
	topics, areas, err := v.choices(j.Topics, j.Areas)
	e := ippo.Event{
		ID: was.ID, Slug: cmp.Or(j.Slug, was.Slug), Title: j.Title, Summary: j.Summary, Body: j.Body,
		StartsAt: j.StartsAt.Time, EndsAt: j.EndsAt.Time, Place: j.Place, Capacity: j.Capacity, Cost: j.Cost,
		Contact: j.Contact, Topics: topics, Areas: areas, URL: j.URL, Status: cmp.Or(j.Status, ippo.ContentDraft),
		Translations: j.Translations.read(), SignUp: was.SignUp, ForAmbassadors: was.ForAmbassadors, CalledOff: was.CalledOff,
	}
	if s := j.SignUp; s != nil {
		e.SignUp = ippo.SignUp{Open: s.Open, Until: s.Until.Time, AsksName: s.AsksName, MaxParty: s.MaxParty, ConfirmHours: s.ConfirmHours}
	}
	if j.ForAmbassadors != nil {
		e.ForAmbassadors = *j.ForAmbassadors
	}
	if j.CalledOff != nil {
		e.CalledOff = *j.CalledOff
	}
	return e, err
}
