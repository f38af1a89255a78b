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
	Beginners  bool                 `json:"beginners"`
	Children   bool                 `json:"children"`
	Wheelchair bool                 `json:"wheelchair"`
	Online     bool                 `json:"online"`
	Receiving  *bool                `json:"receiving"` // true unless it says otherwise
	Hidden     bool                 `json:"hidden"`
	UpdatedAt  apiTime              `json:"updatedAt"`
}

// The API's names of the days of the week, in time.Weekday's order, and of the parts of the day, in
// the order of their bits.
var (
	weekdayNames = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	partNames    = [...]string{"morning", "afternoon", "evening"}
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
				namesOf(weekdayNames[:], g.Weekdays), namesOf(partNames[:], g.Parts), g.When, g.Whom, g.Cost, g.Contact,
				g.Beginners, g.Children, g.Wheelchair, g.Online, &g.Receiving, g.Hidden, apiTime{g.UpdatedAt},
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
				Beginners: j.Beginners, Children: j.Children, Wheelchair: j.Wheelchair, Online: j.Online,
				Receiving: j.Receiving == nil || *j.Receiving, Hidden: j.Hidden,
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
