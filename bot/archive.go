package bot

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/fold"
)

// archivePage is the searchable list of all news.
type archivePage struct {
	frame
	Query  string
	Topic  string
	Area   string
	Kind   string
	Topics []ippo.Topic
	Areas  []ippo.Area
	Kinds  []ippo.NewsKind
	Items  []ippo.News
	Found  int
	Newer  string // address of the page before; "" for none
	Older  string
}

// archivePerPage is how many items a page of the archive lists.
const archivePerPage = 20

func (b *Bot) newsPage(c *gin.Context) error {
	ctx := c.Request.Context()
	f, err := b.frame(c, "お知らせ")
	if err != nil {
		return err
	}
	p := archivePage{frame: f, Query: clipped(c.Query("q")), Topic: c.Query("topic"), Area: c.Query("area"), Kind: c.Query("kind"), Kinds: ippo.NewsKinds}
	if p.Topics, err = b.store.Topics(ctx); err != nil {
		return err
	}
	if p.Areas, err = b.store.Areas(ctx); err != nil {
		return err
	}
	all, err := b.store.PublishedNews(ctx, b.now())
	if err != nil {
		return err
	}
	var found []ippo.News
	for _, n := range all {
		if p.shows(n) {
			found = append(found, n)
		}
	}
	p.Found = len(found)
	page, _ := strconv.Atoi(c.Query("page"))
	items, page, more := pageOf(found, page, archivePerPage)
	p.Items = items
	if page > 1 {
		p.Newer = p.address(page - 1)
	}
	if more {
		p.Older = p.address(page + 1)
	}
	return b.render(c, http.StatusOK, "news_list", p)
}

// clipped bounds what a stranger searches for.
func clipped(s string) string {
	const longest = 100
	if r := []rune(s); len(r) > longest {
		return string(r[:longest])
	}
	return s
}

// shows reports whether the archive's filters let an item through.
func (p archivePage) shows(n ippo.News) bool {
	if p.Kind != "" && string(n.Kind) != p.Kind {
		return false
	}
	for _, t := range p.Topics {
		if t.Slug == p.Topic && n.Topics != 0 && !n.Topics.Has(t.Number) {
			return false
		}
	}
	for _, a := range p.Areas {
		if a.Slug == p.Area && n.Areas != 0 && !n.Areas.Has(a.Number) {
			return false
		}
	}
	text := fold.Text(n.Title + "\n" + n.Summary + "\n" + n.Body)
	for word := range strings.FieldsSeq(fold.Text(p.Query)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

func (p archivePage) address(page int) string {
	q := url.Values{}
	for key, value := range map[string]string{"q": p.Query, "topic": p.Topic, "area": p.Area, "kind": p.Kind} {
		if value != "" {
			q.Set(key, value)
		}
	}
	q.Set("page", strconv.Itoa(page))
	return "/r/news?" + q.Encode()
}

// itemPage shows one thing, with the names of its topics and areas.
type itemPage[T any] struct {
	frame
	Item   T
	Topics []string
	Areas  []string
}

func (b *Bot) newsItemPage(c *gin.Context) error {
	n, err := b.store.NewsBySlug(c.Request.Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	if n.Status != ippo.ContentPublished || n.PublishAt.After(b.now()) {
		return ippo.ErrNotFound
	}
	return showItem(b, c, "news", n.Title, n, n.Topics, n.Areas)
}

func (b *Bot) eventPage(c *gin.Context) error {
	e, err := b.store.EventBySlug(c.Request.Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	if e.Status != ippo.ContentPublished {
		return ippo.ErrNotFound
	}
	return showItem(b, c, "event", e.Title, e, e.Topics, e.Areas)
}

func (b *Bot) groupPage(c *gin.Context) error {
	g, err := b.store.ActivityGroupBySlug(c.Request.Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	if g.Hidden {
		return ippo.ErrNotFound
	}
	now := b.now()
	listed := listing{ActivityGroup: g, Stale: g.Stale(now)}
	for bit, name := range ippo.TongueNames {
		if g.Tongues&(1<<bit) != 0 {
			listed.Tongues = append(listed.Tongues, name)
		}
	}
	return showItem(b, c, "group", g.Name, listed, g.Topics, g.Areas)
}

// listing is a group as its page shows it.
type listing struct {
	ippo.ActivityGroup
	Tongues []string
	Stale   bool // its entry is old, and the group has not said that it is right
}

func (b *Bot) campaignPage(c *gin.Context) error {
	campaign, err := b.shownCampaign(c)
	if err != nil {
		return err
	}
	return showItem(b, c, "campaign", campaign.Title, campaign, 0, 0)
}

// campaignScreen shows how far the town has come, in large letters, and anew every half minute: for a
// screen in a lobby. It holds numbers and nobody's data.
func (b *Bot) campaignScreen(c *gin.Context) error {
	campaign, err := b.shownCampaign(c)
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	return showItem(b, c, "campaign_screen", campaign.Title, campaign, 0, 0)
}

// shownCampaign is the campaign of the address; one that is still being prepared is ippo.ErrNotFound.
func (b *Bot) shownCampaign(c *gin.Context) (ippo.Campaign, error) {
	campaign, err := b.store.CampaignBySlug(c.Request.Context(), c.Param("slug"))
	if err != nil {
		return campaign, err
	}
	if today := ippo.Day(b.now()).Format("2006-01-02"); campaign.StartsOn > today && !campaign.Active {
		return campaign, ippo.ErrNotFound
	}
	return campaign, nil
}

func showItem[T any](b *Bot, c *gin.Context, page, title string, item T, topics, areas ippo.Choice) error {
	ctx := c.Request.Context()
	f, err := b.frame(c, title)
	if err != nil {
		return err
	}
	p := itemPage[T]{frame: f, Item: item}
	allTopics, err := b.store.Topics(ctx)
	if err != nil {
		return err
	}
	for _, t := range allTopics {
		if topics&(1<<t.Number) != 0 {
			p.Topics = append(p.Topics, t.Name)
		}
	}
	allAreas, err := b.store.Areas(ctx)
	if err != nil {
		return err
	}
	for _, a := range allAreas {
		if areas&(1<<a.Number) != 0 {
			p.Areas = append(p.Areas, a.Name)
		}
	}
	return b.render(c, http.StatusOK, page, p)
}

// eventListPage lists what is coming.
type eventListPage struct {
	frame
	Items []ippo.Event
}

func (b *Bot) eventsPage(c *gin.Context) error {
	f, err := b.frame(c, "イベント")
	if err != nil {
		return err
	}
	items, err := b.store.ComingEvents(c.Request.Context(), b.now())
	if err != nil {
		return err
	}
	return b.render(c, http.StatusOK, "events", eventListPage{f, items})
}

// privacyPage says what is kept about residents.
type privacyPage struct {
	frame
	CountBrowsers                             bool
	VisitDays, QuestionDays, ConsultationDays int // for how long these are kept
}

func (b *Bot) privacyPage(c *gin.Context) error {
	f, err := b.frame(c, "個人情報の取り扱い")
	if err != nil {
		return err
	}
	center, err := b.store.Settings(c.Request.Context())
	if err != nil {
		return err
	}
	keep := center.Keep
	return b.render(c, http.StatusOK, "privacy", privacyPage{
		f, center.CountBrowsers, keep.Days(ippo.RetainVisits), keep.Days(ippo.RetainQuestions), keep.Days(ippo.RetainConsultations),
	})
}
