package bot

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/fold"
	"ippo/messages"
	"ippo/store"
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
	Items  []itemView[ippo.News]
	Found  int
	Newer  string // address of the page before; "" for none
	Older  string
}

// archivePerPage is how many items a page of the archive lists.
const archivePerPage = 20

func (b *Bot) newsPage(c *gin.Context) error {
	ctx := c.Request.Context()
	f, err := b.frame(c, "page.news")
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
	all, err := b.store.PublishedNews(ctx, b.now(), 0)
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
	for _, n := range items {
		n, reading := n.In(f.W.Language)
		p.Items = append(p.Items, itemView[ippo.News]{n, reading, f.W})
	}
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
	return fold.QueryOf(p.Query).In(append([]string{n.Title, n.Summary, n.Body}, n.Translations.All("title", "summary", "body")...)...)
}

func (p archivePage) address(page int) string {
	q := url.Values{}
	for key, value := range map[string]string{"q": p.Query, "topic": p.Topic, "area": p.Area, "kind": p.Kind} {
		if value != "" {
			q.Set(key, value)
		}
	}
	q.Set("page", strconv.Itoa(page))
	if p.asked {
		q.Set(messages.LanguageParam, string(p.W.Language))
	}
	return "/r/news?" + q.Encode()
}

// itemView is one thing as a reader is shown it.
type itemView[T any] struct {
	Item    T
	Reading ippo.Reading
	words   messages.Words
}

// LangOf names the language of one of its texts.
func (v itemView[T]) LangOf(text string) string {
	return htmlLanguage(cmp.Or(v.Reading.Of[text], v.Reading.Language))
}

// Caveat tells the reader that these texts, or all, are not in their language; "" if they are.
func (v itemView[T]) Caveat(texts ...string) string { return v.words.Caveat(v.Reading, texts...) }

// itemPage shows one thing, with the names of its topics and areas.
type itemPage[T any] struct {
	frame
	itemView[T]
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
	return showItem(b, c, "news", n.Topics, n.Areas, func(l ippo.Language) (ippo.News, ippo.Reading, string) {
		n, reading := n.In(l)
		return n, reading, n.Title
	})
}

func (b *Bot) eventPage(c *gin.Context) error {
	e, err := b.store.EventBySlug(c.Request.Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	if e.Status != ippo.ContentPublished {
		return ippo.ErrNotFound
	}
	return showItem(b, c, "event", e.Topics, e.Areas, func(l ippo.Language) (shownEvent, ippo.Reading, string) {
		e, reading := e.In(l)
		return shownEvent{e, e.TakesSignUps(b.now())}, reading, e.Title
	})
}

// shownEvent is an event as its page shows it.
type shownEvent struct {
	ippo.Event
	SignsUp bool // people can sign up now
}

func (b *Bot) groupPage(c *gin.Context) error {
	g, err := b.store.ActivityGroupBySlug(c.Request.Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	if g.Hidden {
		return ippo.ErrNotFound
	}
	return showItem(b, c, "group", g.Topics, g.Areas, func(l ippo.Language) (listing, ippo.Reading, string) {
		g, reading := g.In(l)
		listed := listing{ActivityGroup: g, Stale: g.Stale(b.now())}
		for bit := range ippo.TongueNames {
			if g.Tongues&(1<<bit) != 0 {
				listed.Tongues = append(listed.Tongues, b.texts.In(l).Say("tongue."+strconv.Itoa(bit)))
			}
		}
		return listed, reading, g.Name
	})
}

// listing is a group as its page shows it.
type listing struct {
	ippo.ActivityGroup
	Tongues []string
	Stale   bool // its entry is old, and the group has not said that it is right
}

// showItem shows a thing as it reads in the language of the page.
func showItem[T any](b *Bot, c *gin.Context, page string, topics, areas ippo.Choice, in func(ippo.Language) (item T, reading ippo.Reading, title string)) error {
	ctx := c.Request.Context()
	f, err := b.frame(c, "")
	if err != nil {
		return err
	}
	item, reading, title := in(f.W.Language)
	f.Title = title
	p := itemPage[T]{frame: f, itemView: itemView[T]{item, reading, f.W}}
	allTopics, err := b.store.Topics(ctx)
	if err != nil {
		return err
	}
	for _, t := range allTopics {
		if topics&(1<<t.Number) != 0 {
			p.Topics = append(p.Topics, t.NameIn(f.W.Language))
		}
	}
	allAreas, err := b.store.Areas(ctx)
	if err != nil {
		return err
	}
	for _, a := range allAreas {
		if areas&(1<<a.Number) != 0 {
			p.Areas = append(p.Areas, a.NameIn(f.W.Language))
		}
	}
	return b.render(c, http.StatusOK, page, p)
}

// eventListPage lists what is coming.
type eventListPage struct {
	frame
	Items []itemView[ippo.Event]
}

func (b *Bot) eventsPage(c *gin.Context) error {
	f, err := b.frame(c, "page.events")
	if err != nil {
		return err
	}
	items, err := b.store.ComingEvents(c.Request.Context(), b.now(), 0)
	if err != nil {
		return err
	}
	page := eventListPage{frame: f}
	for _, e := range items {
		if e.ForAmbassadors {
			continue
		}
		e, reading := e.In(f.W.Language)
		page.Items = append(page.Items, itemView[ippo.Event]{e, reading, f.W})
	}
	return b.render(c, http.StatusOK, "events", page)
}

// privacyPage says what is kept about residents: in the modules that are on, and what is left of those that were.
type privacyPage struct {
	frame
	CountBrowsers bool
	Keeps         store.Kept    // or may come to hold
	Kept          messages.Vars // for how long things are kept
}

func (b *Bot) privacyPage(c *gin.Context) error {
	f, err := b.frame(c, "page.privacy")
	if err != nil {
		return err
	}
	center, err := b.store.Settings(c.Request.Context())
	if err != nil {
		return err
	}
	keeps, err := b.store.Kept(c.Request.Context())
	if err != nil {
		return err
	}
	events, err := b.store.Events(c.Request.Context())
	if err != nil {
		return err
	}
	keeps.Questions = keeps.Questions || center.Has(ippo.ModuleFAQ)
	keeps.Consultations = keeps.Consultations || center.Has(ippo.ModuleConsultations)
	keeps.Visits = keeps.Visits || center.Has(ippo.ModuleMatching)
	keeps.Reservations = keeps.Reservations || center.Has(ippo.ModuleEvents) && slices.ContainsFunc(events, func(e ippo.Event) bool { return e.Code != "" })
	kept := func(kind ippo.RetentionKind) string { return f.W.Days(center.Keep.Days(kind)) }
	return b.render(c, http.StatusOK, "privacy", privacyPage{
		f, center.CountBrowsers, keeps, messages.Vars{
			"Reservations": kept(ippo.RetainReservations), "Visits": kept(ippo.RetainVisits),
			"Questions": kept(ippo.RetainQuestions), "Consultations": kept(ippo.RetainConsultations),
		},
	})
}
