package admin

import (
	"cmp"
	"context"
	"net/http"

	"ippo"
)

// campaignJSON is a campaign. It is switched on by a second person.
type campaignJSON struct {
	ID         ippo.CampaignID  `json:"id"`
	Slug       string           `json:"slug"`
	Title      string           `json:"title"`
	Story      string           `json:"story"`
	Whom       string           `json:"whom"`
	Phrase     string           `json:"phrase"`
	Phrases    []ippo.Phrase    `json:"phrases"`
	URL        string           `json:"url"`
	AskURL     string           `json:"askUrl"`
	StartsOn   string           `json:"startsOn"`
	EndsOn     string           `json:"endsOn"`
	Aim        int              `json:"aim"`
	Hoped      int              `json:"hoped"`
	Audience   *audienceJSON    `json:"audience"` // the ambassadors unless it says otherwise
	Schedule   scheduleJSON     `json:"schedule"`
	Reminder   string           `json:"reminder"` // the first of Reminders
	Reminders  []string         `json:"reminders"`
	Milestones []ippo.Milestone `json:"milestones"`
	Thanks     string           `json:"thanks"`
	Active     bool             `json:"active"`
	NextDue    apiTime          `json:"nextDue"`
	CallOuts   int              `json:"callOuts"`
	People     int              `json:"people"`
	Called     int              `json:"called"`
	Asked      int              `json:"asked"`

	Translations translationsJSON `json:"translations"`
	Older        []ippo.Language  `json:"olderTranslations"` // only shown
}

type scheduleJSON struct {
	Kind     ippo.ScheduleKind `json:"kind"`
	At       string            `json:"at"`
	Weekdays []string          `json:"weekdays,omitempty"`
	Nth      int               `json:"nth,omitempty"`
	Month    int               `json:"month,omitempty"`
	Day      int               `json:"day,omitempty"`
	Date     string            `json:"date,omitempty"`
	Days     int               `json:"days,omitempty"`
	Event    ippo.EventID      `json:"event,omitempty"`
	Campaign ippo.CampaignID   `json:"campaign,omitempty"`
	From     string            `json:"from,omitempty"`
	Until    string            `json:"until,omitempty"`
	Holidays ippo.OnHoliday    `json:"holidays,omitempty"`
}

// UnmarshalJSON names the fields within "schedule" when they are wrong.
func (j *scheduleJSON) UnmarshalJSON(b []byte) error {
	type plain scheduleJSON
	return decodeStrict(b, "schedule", (*plain)(j))
}

func (a *API) campaigns() resource[campaignJSON] {
	return content[ippo.CampaignID, ippo.Campaign, campaignJSON]{
		list:   a.Store.Campaigns,
		get:    a.Store.Campaign,
		create: a.Store.CreateCampaign,
		update: a.Store.UpdateCampaign,
		delete: a.Store.DeleteCampaign,
		show: func(_ vocabulary, c ippo.Campaign) campaignJSON {
			return campaignJSON{
				ID: c.ID, Slug: c.Slug, Title: c.Title, Story: c.Story, Whom: c.Whom, Phrase: c.Phrase, Phrases: c.Phrases,
				URL: c.URL, AskURL: c.AskURL, StartsOn: c.StartsOn, EndsOn: c.EndsOn, Aim: c.Aim, Hoped: c.Hoped,
				Audience: (*audienceJSON)(&c.Audience), Schedule: showSchedule(c.Schedule),
				Reminder: c.Reminders[0], Reminders: c.Reminders, Milestones: c.Milestones, Thanks: c.Thanks,
				Active: c.Active, NextDue: apiTime{c.NextDue}, CallOuts: c.CallOuts, People: c.People, Called: c.Called, Asked: c.Asked,
				Translations: showTranslations(c.Translations), Older: olderTranslations(c.Translations, c.Texts()),
			}
		},
		read: func(_ vocabulary, j campaignJSON, was ippo.Campaign) (ippo.Campaign, error) {
			c := ippo.Campaign{
				ID: was.ID, Slug: cmp.Or(j.Slug, was.Slug), Title: j.Title, Story: j.Story, Whom: j.Whom, Phrase: j.Phrase,
				Phrases: j.Phrases, URL: j.URL, AskURL: j.AskURL, StartsOn: j.StartsOn, EndsOn: j.EndsOn, Aim: j.Aim, Hoped: j.Hoped,
				Audience: ippo.Audience{Ambassadors: true}, Reminders: j.Reminders, Milestones: j.Milestones, Thanks: j.Thanks,
				Translations: j.Translations.read(),
			}
			if j.Audience != nil {
				c.Audience = ippo.Audience(*j.Audience)
			}
			switch {
			case j.Reminder != "" && len(c.Reminders) == 0:
				c.Reminders = []string{j.Reminder}
			case j.Reminder != "":
				c.Reminders[0] = j.Reminder
			}
			var p ippo.Problems
			c.Schedule = j.Schedule.read(&p)
			return c, p.Err()
		},
	}.resource(a)
}

// resultsJSON is what a campaign has come to, as its page shows it.
type resultsJSON struct {
	CallOuts  int             `json:"callOuts"`
	People    int             `json:"people"`
	Called    int             `json:"called"`
	Asked     int             `json:"asked"`
	Reminders int             `json:"reminders"`
	Messages  int             `json:"messages"`
	Weeks     []resultRowJSON `json:"weeks"`
	Areas     []resultRowJSON `json:"areas"`
	Ages      []resultRowJSON `json:"ages"`
}

// resultRowJSON is a row; of few people it has no numbers.
type resultRowJSON struct {
	Name     string `json:"name"`
	CallOuts *int   `json:"callOuts"`
	People   *int   `json:"people"`
}

func (a *API) campaignResults(ctx context.Context, c *apiCall) (int, any, error) {
	id, err := rowID[ippo.CampaignID](c.Param("id"))
	if err != nil {
		return 0, nil, err
	}
	campaign, err := a.Store.Campaign(ctx, id)
	if err != nil {
		return 0, nil, err
	}
	r, err := a.Store.CampaignResults(ctx, campaign)
	rows := func(all []ippo.ResultRow) []resultRowJSON {
		return converted(all, func(row ippo.ResultRow) resultRowJSON {
			if row.Few {
				return resultRowJSON{Name: row.Name}
			}
			return resultRowJSON{row.Name, &row.CallOuts, &row.People}
		})
	}
	return http.StatusOK, resultsJSON{
		r.CallOuts, r.People, campaign.Called, campaign.Asked, r.Reminders, r.Messages, rows(r.Weeks), rows(r.Areas), rows(r.Ages),
	}, err
}

func showSchedule(s ippo.Schedule) scheduleJSON {
	var days ippo.Weekdays
	for _, d := range s.Weekdays {
		days = days.With(d)
	}
	return scheduleJSON{s.Kind, s.At.String(), namesOf(weekdayNames[:], days), s.Nth, s.Month, s.Day, s.Date, s.Days, s.Event, s.Campaign, s.From, s.Until, s.Holidays}
}

func (j scheduleJSON) read(p *ippo.Problems) ippo.Schedule {
	at, err := ippo.ParseTimeOfDay(j.At)
	if err != nil {
		p.Add("schedule.at", "時刻は「09:00」のように書いてください。")
	}
	return ippo.Schedule{
		Kind: j.Kind, At: at, Weekdays: weekdays(p, "schedule.weekdays", j.Weekdays), Nth: j.Nth, Month: j.Month,
		Day: j.Day, Date: j.Date, Days: j.Days, Event: j.Event, Campaign: j.Campaign, From: j.From, Until: j.Until, Holidays: j.Holidays,
	}
}
