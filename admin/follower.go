package admin

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

type followerList struct {
	frame
	pager
	Filtered bool
	Statuses []option
	Topics   []option
	Areas    []option
	Entries  []option
	Tags     []option
	Items    []followerRow
}

type followerRow struct {
	ippo.Follower
	Name    string // masked
	Chosen  string // topics and areas in words
	EntryAt string // the entry's name
}

// followerList shows who follows the account, names masked, the newest first.
func (p *Panel) followerList(c *gin.Context) error {
	ctx := c.Request.Context()
	page := followerList{frame: p.frame(c)}
	topics, areas, err := p.topicsAndAreas(c)
	if err != nil {
		return err
	}
	entries, err := p.Store.Entries(ctx)
	if err != nil {
		return err
	}
	tags, err := p.Store.Tags(ctx)
	if err != nil {
		return err
	}
	filter := store.FollowerFilter{Entry: c.Query("entry"), Tag: c.Query("tag")}
	for _, s := range ippo.FollowerStatuses {
		if string(s) == c.Query("status") {
			filter.Status = s
		}
	}
	page.Statuses = statuses(ippo.FollowerStatuses, filter.Status)
	for _, t := range topics {
		on := t.Slug == c.Query("topic")
		if on {
			filter.Topics = ippo.ChoiceOf(t.Number)
		}
		page.Topics = append(page.Topics, option{t.Slug, t.Name, on})
	}
	for _, t := range areas {
		on := t.Slug == c.Query("area")
		if on {
			filter.Areas = ippo.ChoiceOf(t.Number)
		}
		page.Areas = append(page.Areas, option{t.Slug, t.Name, on})
	}
	entryNames := map[string]string{}
	for _, e := range entries {
		entryNames[e.Slug] = e.Name
		page.Entries = append(page.Entries, option{e.Slug, e.Name, e.Slug == filter.Entry})
	}
	for _, t := range tags {
		page.Tags = append(page.Tags, option{t.Slug, t.Name, t.Slug == filter.Tag})
	}
	page.Filtered = filter != store.FollowerFilter{}
	before, _ := strconv.ParseInt(c.Query("before"), 10, 64) // 0: from the newest
	list, err := p.Store.FollowerPage(ctx, filter, ippo.FollowerID(before), pageSize+1)
	if err != nil {
		return err
	}
	if len(list) > pageSize {
		list = list[:pageSize]
		page.Later = withQuery(c, "before", strconv.FormatInt(int64(list[pageSize-1].ID), 10))
	}
	for _, f := range list {
		page.Items = append(page.Items, followerRow{f, masked(f.DisplayName), chosenWords(topics, areas, f.Preferences), entryNames[f.Entry]})
	}
	return p.render(c, http.StatusOK, "follower_list.html", page)
}

// chosenWords says what a follower wants to hear.
func chosenWords(topics []ippo.Topic, areas []ippo.Area, chosen ippo.Preferences) string {
	if chosen.Stopped {
		return "配信を止めている"
	}
	if chosen.Unguided() {
		return "おまかせ"
	}
	say := func(choice ippo.Choice, all, names string) string {
		if choice == 0 || choice&ippo.Everything != 0 {
			return all
		}
		return names
	}
	return say(chosen.Topics, "すべての分野", names(topics, chosen.Topics)) + " × " + say(chosen.Areas, "すべての地域", names(areas, chosen.Areas))
}
