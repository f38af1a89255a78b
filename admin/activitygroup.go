package admin

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
)

type groupList struct {
	frame
	pager
	Query string
	Items []ippo.ActivityGroup
	Total int
}

func (p *Panel) groupList(c *gin.Context) error {
	all, err := p.Store.ActivityGroups(c.Request.Context())
	if err != nil {
		return err
	}
	page := groupList{frame: p.frame(c), Query: query(c)}
	all = search(all, page.Query, func(g ippo.ActivityGroup) []string { return []string{g.Name, g.Kana, g.Summary, g.Body, g.Place} })
	page.Total = len(all)
	page.Items, page.pager = pageOf(c, all)
	return p.render(c, http.StatusOK, "group_list.html", page)
}

type groupPage struct {
	frame
	Item          ippo.ActivityGroup
	Topics, Areas []option
	Weekdays      []option
	Parts         []option
}

func (p *Panel) groupPage(c *gin.Context, item ippo.ActivityGroup, found ippo.Problems) error {
	topics, areas, err := p.topicsAndAreas(c)
	if err != nil {
		return err
	}
	page := groupPage{
		frame: p.frame(c), Item: item, Weekdays: weekdayOptions(item.Weekdays), Parts: dayPartOptions(item.Parts),
		Topics: choices(topics, item.Topics), Areas: choices(areas, item.Areas),
	}
	page.Problems = found
	return p.render(c, formStatus(found), "group_edit.html", page)
}

// groupForm reads the form over an item, whose ID and slug stay.
func (p *Panel) groupForm(c *gin.Context, item ippo.ActivityGroup) (ippo.ActivityGroup, ippo.Problems, error) {
	topics, areas, err := p.topicsAndAreas(c)
	if err != nil {
		return item, nil, err
	}
	item.Name = formText(c, "name")
	item.Kana = formText(c, "kana")
	item.Summary = formText(c, "summary")
	item.Body = formText(c, "body")
	item.Place = formText(c, "place")
	item.When = formText(c, "when")
	item.Whom = formText(c, "whom")
	item.Cost = formText(c, "cost")
	item.Contact = formText(c, "contact")
	item.Beginners = formOn(c, "beginners")
	item.Children = formOn(c, "children")
	item.Wheelchair = formOn(c, "wheelchair")
	item.Online = formOn(c, "online")
	item.Receiving = formOn(c, "receiving")
	item.Hidden = formOn(c, "hidden")
	item.Weekdays = formWeekdays(c, "weekdays")
	item.Parts = 0
	for _, part := range dayParts {
		if slices.Contains(c.PostFormArray("parts"), part.Words()) {
			item.Parts |= part
		}
	}
	item.Topics, item.Areas = chosen(c, "topics", topics), chosen(c, "areas", areas)
	return item, nil, nil
}

func (p *Panel) newGroup(c *gin.Context) error {
	return p.groupPage(c, ippo.ActivityGroup{Receiving: true}, nil)
}

func (p *Panel) createGroup(c *gin.Context) error {
	item, found, err := p.groupForm(c, ippo.ActivityGroup{Slug: newSlug("group", p.Now())})
	if err != nil {
		return err
	}
	if found == nil {
		item, err = p.Store.CreateActivityGroup(c.Request.Context(), p.me(c).ID, item)
		if found, err = mend(err, found); err != nil {
			return err
		}
	}
	if found != nil {
		item.ID = 0
		return p.groupPage(c, item, found)
	}
	return p.redirect(c, "団体を保存しました。", href("groups/%d", item.ID))
}

func (p *Panel) group(c *gin.Context) (ippo.ActivityGroup, error) {
	id, err := pathID[ippo.ActivityGroupID](c)
	if err != nil {
		return ippo.ActivityGroup{}, err
	}
	return p.Store.ActivityGroup(c.Request.Context(), id)
}

func (p *Panel) editGroup(c *gin.Context) error {
	item, err := p.group(c)
	if err != nil {
		return err
	}
	return p.groupPage(c, item, nil)
}

func (p *Panel) updateGroup(c *gin.Context) error {
	item, err := p.group(c)
	if err != nil {
		return err
	}
	item, found, err := p.groupForm(c, item)
	if err != nil {
		return err
	}
	if found == nil {
		if found, err = mend(p.Store.UpdateActivityGroup(c.Request.Context(), p.me(c).ID, item), found); err != nil {
			return err
		}
	}
	if found != nil {
		return p.groupPage(c, item, found)
	}
	return p.redirect(c, "団体を保存しました。", href("groups/%d", item.ID))
}

func (p *Panel) askDeleteGroup(c *gin.Context) error { return p.confirmGroup(c, nil) }

func (p *Panel) confirmGroup(c *gin.Context, found ippo.Problems) error {
	item, err := p.group(c)
	if err != nil {
		return err
	}
	return p.confirm(c, confirmPage{
		Title: "団体の削除", Question: "「" + item.Name + "」を削除しますか。",
		Detail: "元に戻せません。一覧から外すだけなら、「公開しない」にしてください。",
		Button: "削除する", Back: href("groups/%d", item.ID),
	}, found)
}

func (p *Panel) deleteGroup(c *gin.Context) error {
	item, err := p.group(c)
	if err != nil {
		return err
	}
	found, err := mend(p.Store.DeleteActivityGroup(c.Request.Context(), p.me(c).ID, item.ID), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.confirmGroup(c, found)
	}
	return p.redirect(c, "団体を削除しました。", href("groups"))
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
