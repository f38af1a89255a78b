package admin

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/intake"
	"ippo/store"
)

// longShelf is a shelf whose list may be thousands long: it is narrowed, sorted, saved as a file, and several things
// on it are changed at once.
type longShelf[T any] struct {
	shelf[T]
	kind  ippo.ContentKind
	state func(item *T, to ippo.ContentStatus) // gives it a state; a group that is hidden is retired
	said  map[ippo.ContentStatus]string        // what has a state, in words
	moves []bulkMove                           // what can be done to several at once
	at    string                               // in addresses, what the list is sorted by besides the name: published
	hint  string                               // what a search looks through, in words
	first string                               // how it is sorted if nobody says: -published

	columns func(topics []ippo.Topic, areas []ippo.Area) []intake.Column[T] // of its file
}

func (k longShelf[T]) routes() []route {
	const get, post = http.MethodGet, http.MethodPost
	at := "/" + k.section
	routes := k.shelf.routes()
	for i := range routes {
		if routes[i].method == get && routes[i].path == at {
			routes[i].handle = k.list
		}
	}
	return append(routes,
		route{get, at + ".csv", ippo.Viewer, k.listCSV},
		route{post, at + "/several", ippo.Editor, k.bulk().change},
		route{post, at + "/undo", ippo.Editor, k.bulk().undo})
}

// bulk changes several of them as each one's own form would.
func (k longShelf[T]) bulk() bulk {
	return bulk{
		panel: k.panel, kind: string(k.kind), section: k.section, word: k.word, moves: k.moves,
		rows: k.rows,
		set: func(ctx context.Context, by ippo.StaffID, id int64, to ippo.ContentStatus) error {
			item, err := k.one(ctx, id)
			if err != nil {
				return err
			}
			k.state(&item, to)
			return k.update(ctx, by, item)
		},
	}
}

// rows are those things of these IDs, or all, that a list's address leaves.
func (k longShelf[T]) rows(c *gin.Context, asked url.Values, ids []int64) ([]ippo.ContentRow, error) {
	topics, areas, err := k.panel.topicsAndAreas(c)
	if err != nil {
		return nil, err
	}
	filter := wanted(k.filter(asked), topics, areas)
	filter.IDs = ids
	return k.panel.Store.ContentRows(c.Request.Context(), k.kind, filter)
}

// publishing is what can be done at once to what has a status of its own.
var (
	publishing = []bulkMove{
		{To: ippo.ContentPublished, Words: "公開する", Asks: "を「公開中」にしますか", Done: "を公開しました", Did: "「公開中」にした"},
		{To: ippo.ContentRetired, Words: "公開を終える", Asks: "を「公開終了」にしますか", Done: "を「公開終了」にしました", Did: "「公開終了」にした"},
	}
	statusWords = map[ippo.ContentStatus]string{
		ippo.ContentDraft: ippo.ContentDraft.Words(), ippo.ContentPublished: ippo.ContentPublished.Words(), ippo.ContentRetired: ippo.ContentRetired.Words(),
	}
)

// longList is a page of such a list, as its address narrows and sorts it.
type longList[T any] struct {
	frame
	pager
	sorting
	contentFilter
	Statuses, Topics, Areas []option
	Filtered                bool
	CSV                     string // the address of the same as a file
	Items                   []T
	Total                   int // of those that the filter leaves
	bulkPart
	Hint string // what a search looks through
}

// contentFilter is what a list is narrowed to.
type contentFilter struct {
	Query  string
	Status ippo.ContentStatus
	Topic  string // slug
	Area   string
}

// filter reads what the list is narrowed to from an address.
func (k longShelf[T]) filter(asked url.Values) contentFilter {
	f := contentFilter{Query: cutQuery(asked.Get("q")), Topic: asked.Get("topic"), Area: asked.Get("area")}
	if status := ippo.ContentStatus(asked.Get("status")); k.said[status] != "" {
		f.Status = status
	}
	return f
}

// wanted says a filter for the store.
func wanted(f contentFilter, topics []ippo.Topic, areas []ippo.Area) store.ContentFilter {
	asked := store.ContentFilter{Status: f.Status, Query: f.Query}
	if f.Topic != "" {
		choice := numbered(topics, f.Topic)
		asked.Topics = &choice
	}
	if f.Area != "" {
		choice := numbered(areas, f.Area)
		asked.Areas = &choice
	}
	return asked
}

// numbered finds a topic or an area by its slug; none where there is none.
func numbered[C ippo.Topic | ippo.Area](all []C, slug string) (found ippo.Choice) {
	for _, one := range all {
		if t := ippo.Topic(one); t.Slug == slug {
			found = ippo.ChoiceOf(t.Number)
		}
	}
	return found
}

// shelved is a thing in a list.
type shelved[T any] struct {
	ippo.ContentRow
	Item T
}

// read returns a part of the list, and how much it is in all.
func (k longShelf[T]) read(ctx context.Context, filter store.ContentFilter, at store.Page) (store.Part[shelved[T]], int, error) {
	rows, total, err := k.panel.Store.ContentPage(ctx, k.kind, filter, at)
	part := store.Part[shelved[T]]{Earlier: rows.Earlier, Later: rows.Later}
	for _, r := range rows.Items {
		item, err := k.one(ctx, r.ID)
		if errors.Is(err, ippo.ErrNotFound) {
			continue // deleted a moment ago
		}
		if err != nil {
			return part, 0, err
		}
		part.Items = append(part.Items, shelved[T]{r, item})
	}
	return part, total, err
}

func (k longShelf[T]) sorting(c *gin.Context) sorting {
	other := "name"
	if bare(k.first) == "name" {
		other = "-" + k.at
	}
	return sortingOf(c, k.first, other)
}

func (k longShelf[T]) list(c *gin.Context) error {
	ctx := c.Request.Context()
	topics, areas, err := k.panel.topicsAndAreas(c)
	if err != nil {
		return err
	}
	page := longList[T]{
		frame: k.panel.frame(c), sorting: k.sorting(c), contentFilter: k.filter(c.Request.URL.Query()),
		Hint: k.hint, CSV: asFile(c),
	}
	page.Filtered = page.contentFilter != contentFilter{}
	for _, s := range ippo.ContentStatuses {
		if words := k.said[s]; words != "" {
			page.Statuses = append(page.Statuses, option{string(s), words, s == page.Status})
		}
	}
	for _, t := range topics {
		page.Topics = append(page.Topics, option{t.Slug, t.Name, t.Slug == page.Topic})
	}
	for _, t := range areas {
		page.Areas = append(page.Areas, option{t.Slug, t.Name, t.Slug == page.Area})
	}
	part, total, err := k.read(ctx, wanted(page.contentFilter, topics, areas), pageAsked(c, page.sorting))
	if err != nil {
		return err
	}
	page.Total, page.pager = total, keysetPager(c, part.Earlier, part.Later)
	for _, one := range part.Items {
		page.Items = append(page.Items, one.Item)
	}
	if page.bulkPart, err = k.bulk().part(c, page.frame); err != nil {
		return err
	}
	return k.panel.render(c, http.StatusOK, k.section+"_list.html", page)
}

// listCSV saves the list as it is narrowed and sorted.
func (k longShelf[T]) listCSV(c *gin.Context) error {
	ctx := c.Request.Context()
	topics, areas, err := k.panel.topicsAndAreas(c)
	if err != nil {
		return err
	}
	filter, columns := wanted(k.filter(c.Request.URL.Query()), topics, areas), k.columns(topics, areas)
	return saveParts(k.panel, c, listFile{kind: string(k.kind), name: k.section, unit: "件", columns: intake.Heads(columns)}, k.sorting(c), func(at store.Page) (store.Part[shelved[T]], int, error) {
		return k.read(ctx, filter, at)
	}, func(one shelved[T]) []string { return intake.Cells(columns, one.Item) })
}
