package admin

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"ippo"
)

type groupJSON struct {
	ID         ippo.ActivityGroupID `json:"id"`
	Slug       string               `json:"slug"`
	Name       string               `json:"name"`
	Kana       string               `json:"kana"`
	Summary    string               `json:"summary"`
	Body       string               `json:"body"`
	Topics     []string             `json:"topics"`
	Areas      []string             `json:"areas"`
	Place      string               `json:"place"`
	Weekdays   []string             `json:"weekdays"`
	Parts      []string             `json:"parts"`
	When       string               `json:"when"`
	Whom       string               `json:"whom"`
	Cost       string               `json:"cost"`
	Contact    string               `json:"contact"`
	Fee        ippo.Fee             `json:"fee"`
	Beginners  bool                 `json:"beginners"`
	Children   bool                 `json:"children"`
	Alone      bool                 `json:"alone"`
	Together   bool                 `json:"together"`
	Wheelchair bool                 `json:"wheelchair"`
	Online     bool                 `json:"online"`
	Joining    []string             `json:"joining"`
	Languages  []string             `json:"languages"`
	Receiving  *bool                `json:"receiving"` // true unless it says otherwise
	Full       bool                 `json:"full"`
	Hidden     bool                 `json:"hidden"`
	Welcome    string               `json:"welcome"`
	Bring      string               `json:"bring"`
	Model      bool                 `json:"model"`
	Confirmed  apiTime              `json:"confirmedAt"`
	UpdatedAt  apiTime              `json:"updatedAt"`

	Translations translationsJSON `json:"translations"`
	Older        []ippo.Language  `json:"olderTranslations"` // only shown
}

// The API's names of the days of the week, in time.Weekday's order, and of the parts of the day, in
// the order of their bits.
var (
	weekdayNames = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	partNames    = [...]string{"morning", "afternoon", "evening"}
	joinNames    = [...]string{"once", "regular"}
	tongueNames  = [...]string{"ja-x-easy", "en", "zh", "ko", "vi", "pt", "ne", "tl"}
)

func (a *API) groups() resource[groupJSON] {
	return content[ippo.ActivityGroupID, ippo.ActivityGroup, groupJSON]{
		list:   a.Store.ActivityGroups,
		get:    a.Store.ActivityGroup,
		create: a.Store.CreateActivityGroup,
		update: a.Store.UpdateActivityGroup,
		delete: a.Store.DeleteActivityGroup,
		show: func(v vocabulary, g ippo.ActivityGroup) groupJSON {
			return groupJSON{
				g.ID, g.Slug, g.Name, g.Kana, g.Summary, g.Body, slugs(v.topics, g.Topics), slugs(v.areas, g.Areas), g.Place,
				namesOf(weekdayNames[:], g.Weekdays), namesOf(partNames[:], g.Parts), g.When, g.Whom, g.Cost, g.Contact, g.Fee,
				g.Beginners, g.Children, g.Alone, g.Together, g.Wheelchair, g.Online, namesOf(joinNames[:], g.Joining),
				namesOf(tongueNames[:], g.Tongues), &g.Receiving, g.Full, g.Hidden, g.Welcome, g.Bring, g.Model, apiTime{g.ConfirmedAt},
				apiTime{g.UpdatedAt}, showTranslations(g.Translations), olderTranslations(g.Translations, g.Texts()),
			}
		},
		read: func(v vocabulary, j groupJSON, was ippo.ActivityGroup) (ippo.ActivityGroup, error) {
			var p ippo.Problems
			g := ippo.ActivityGroup{
				ID: was.ID, Slug: cmp.Or(j.Slug, was.Slug), Name: j.Name, Kana: j.Kana, Summary: j.Summary, Body: j.Body,
				Topics: choiceOf(&p, "topics", "分野", v.topics, j.Topics), Areas: choiceOf(&p, "areas", "地域", v.areas, j.Areas),
				Place: j.Place, Weekdays: bitsOf[ippo.Weekdays](&p, "weekdays", weekdayNames[:], j.Weekdays),
				Parts: bitsOf[ippo.DayParts](&p, "parts", partNames[:], j.Parts),
				When:  j.When, Whom: j.Whom, Cost: j.Cost, Contact: j.Contact,
				Fee: j.Fee, Beginners: j.Beginners, Children: j.Children, Alone: j.Alone, Together: j.Together,
				Wheelchair: j.Wheelchair, Online: j.Online,
				Joining:   bitsOf[ippo.JoinWays](&p, "joining", joinNames[:], j.Joining),
				Tongues:   bitsOf[ippo.Tongues](&p, "languages", tongueNames[:], j.Languages),
				Receiving: j.Receiving == nil || *j.Receiving, Full: j.Full, Hidden: j.Hidden,
				Welcome: j.Welcome, Bring: j.Bring, Model: j.Model, Translations: j.Translations.read(),
				// Who receives newcomers is personal, and stays with the panel; so does the asking.
				Host: was.Host, ConfirmedAt: was.ConfirmedAt, AskedAt: was.AskedAt, SilentSince: was.SilentSince,
			}
			return g, p.Err()
		},
	}.resource(a)
}

// namesOf names the bits of a set.
func namesOf[Set ~uint8](names []string, set Set) []string {
	named := []string{}
	for bit, name := range names {
		if set&(1<<bit) != 0 {
			named = append(named, name)
		}
	}
	return named
}

// bitsOf is the set of these names; one that it does not know is a problem with the field.
func bitsOf[Set ~uint8](p *ippo.Problems, field string, names, named []string) Set {
	var set Set
	for _, name := range named {
		bit := slices.Index(names, name)
		if bit < 0 {
			p.Add(field, fmt.Sprintf("「%.20s」はありません（%s）。", name, names))
			continue
		}
		set |= 1 << bit
	}
	return set
}

// weekdays is the list of these names' days.
func weekdays(p *ippo.Problems, field string, named []string) []time.Weekday {
	set := bitsOf[ippo.Weekdays](p, field, weekdayNames[:], named)
	var days []time.Weekday
	for d := time.Sunday; d <= time.Saturday; d++ {
		if set.Has(d) {
			days = append(days, d)
		}
	}
	return days
}
