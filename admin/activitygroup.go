package admin

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
)

type groupPage struct {
	frame
	Item          ippo.ActivityGroup
	Topics, Areas []option
	Weekdays      []option
	Parts         []option
}

func (p *Panel) groups() shelf[ippo.ActivityGroup] {
	return shelf[ippo.ActivityGroup]{
		panel: p, section: "groups", word: "団体", instead: "一覧から外すだけなら、「公開しない」にしてください。",
		all: p.Store.ActivityGroups,
		one: func(ctx context.Context, id int64) (ippo.ActivityGroup, error) {
			return p.Store.ActivityGroup(ctx, ippo.ActivityGroupID(id))
		},
		create: p.Store.CreateActivityGroup,
		update: p.Store.UpdateActivityGroup,
		delete: func(ctx context.Context, by ippo.StaffID, id int64) error {
			return p.Store.DeleteActivityGroup(ctx, by, ippo.ActivityGroupID(id))
		},
		id:    func(g ippo.ActivityGroup) int64 { return int64(g.ID) },
		name:  func(g ippo.ActivityGroup) string { return g.Name },
		texts: func(g ippo.ActivityGroup) []string { return []string{g.Name, g.Kana, g.Summary, g.Body, g.Place} },
		blank: func() ippo.ActivityGroup { return ippo.ActivityGroup{Receiving: true} },
		named: func(g ippo.ActivityGroup) ippo.ActivityGroup { g.Slug = newSlug("group", p.Now()); return g },
		read:  readGroup,
		page: func(f frame, g ippo.ActivityGroup, topics []ippo.Topic, areas []ippo.Area) any {
			return groupPage{
				frame: f, Item: g, Weekdays: weekdayOptions(g.Weekdays), Parts: dayPartOptions(g.Parts),
				Topics: choices(topics, g.Topics), Areas: choices(areas, g.Areas),
			}
		},
	}
}

func readGroup(c *gin.Context, g ippo.ActivityGroup, topics []ippo.Topic, areas []ippo.Area) (ippo.ActivityGroup, ippo.Problems) {
	g.Name = formText(c, "name")
	g.Kana = formText(c, "kana")
	g.Summary = formText(c, "summary")
	g.Body = formText(c, "body")
	g.Place = formText(c, "place")
	g.When = formText(c, "when")
	g.Whom = formText(c, "whom")
	g.Cost = formText(c, "cost")
	g.Contact = formText(c, "contact")
	g.Beginners = formOn(c, "beginners")
	g.Children = formOn(c, "children")
	g.Wheelchair = formOn(c, "wheelchair")
	g.Online = formOn(c, "online")
	g.Receiving = formOn(c, "receiving")
	g.Hidden = formOn(c, "hidden")
	g.Weekdays = formWeekdays(c, "weekdays")
	g.Parts = 0
	for _, part := range dayParts {
		if slices.Contains(c.PostFormArray("parts"), part.Words()) {
			g.Parts |= part
		}
	}
	g.Topics, g.Areas = chosen(c, "topics", topics), chosen(c, "areas", areas)
	return g, nil
}

// week lists the days of the week as calendars of offices do.
var week = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

var dayParts = []ippo.DayParts{ippo.Morning, ippo.Afternoon, ippo.Evening}

// formWeekdays reads checkboxes made by weekdayOptions.
func formWeekdays(c *gin.Context, name string) (days ippo.Weekdays) {
	for _, value := range c.PostFormArray(name) {
		if n, err := strconv.Atoi(value); err == nil && n >= 0 && n <= 6 {
			days = days.With(time.Weekday(n))
		}
	}
	return days
}

func weekdayOptions(on ippo.Weekdays) []option {
	options := make([]option, len(week))
	for i, d := range week {
		options[i] = option{strconv.Itoa(int(d)), ippo.WeekdayName(d), on.Has(d)}
	}
	return options
}

func dayPartOptions(on ippo.DayParts) []option {
	options := make([]option, len(dayParts))
	for i, part := range dayParts {
		options[i] = option{part.Words(), part.Words(), on&part != 0}
	}
	return options
}
