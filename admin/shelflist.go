package admin

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"
	"golang.org/x/sync/errgroup"

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
		route{post, at + "/several", ippo.Editor, k.changeSeveral},
		route{post, at + "/undo", ippo.Editor, k.undoSeveral})
}

// publishing is what can be done at once to what has a status of its own.
var (
	publishing = []bulkMove{
		{ippo.ContentPublished, "公開する", "公開しました"}, {ippo.ContentRetired, "公開を終える", "「公開終了」にしました"},
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
	Total                   int    // of those that the filter leaves
	Path, Hint              string // the list's address, and what a search looks through
	List                    string // the address's query, for the way back
	Moves                   []bulkMove
	Undo                    *bulkUndo // what the reader changed at once a while ago
}

// contentFilter is what a list is narrowed to.
type contentFilter struct {
	Query  string
	Status ippo.ContentStatus
	Topic  string // slug
	Area   string
}

// bulkMove is a state that several things can be given at once.
type bulkMove struct {
	To    ippo.ContentStatus
	Words string // 公開する
	Done  string // 公開しました
}

// bulkUndo is a change of many things that can be taken back.
type bulkUndo struct {
	ID    int64
	Words string // 「公開終了」にした12件
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
		Path: href("%s", k.section), Hint: k.hint, CSV: asFile(c), List: c.Request.URL.RawQuery, Moves: k.moves,
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
	if page.May(string(ippo.Editor)) {
		if page.Undo, err = k.undo(ctx, page.Me.ID); err != nil {
			return err
		}
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

// changeSeveral gives a state to those that were ticked, or to all that the list's filter leaves: it asks first,
// and again if these have become others meanwhile.
func (k longShelf[T]) changeSeveral(c *gin.Context) error {
	ctx := c.Request.Context()
	at := slices.IndexFunc(k.moves, func(m bulkMove) bool { return string(m.To) == c.PostForm("to") })
	asked, err := url.ParseQuery(c.PostForm("list"))
	if at < 0 || err != nil {
		return errBadForm
	}
	move := k.moves[at]
	back := (&url.URL{Path: href("%s", k.section), RawQuery: asked.Encode()}).String()
	rows, err := k.chosen(c, asked)
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(r ippo.ContentRow) bool { return r.Status == move.To })
	if len(rows) == 0 {
		return k.panel.redirect(c, "変えるものがありません。先に、表で選んでください。", back)
	}
	if asked, err := k.panel.askSeveral(c, severalPage{
		Title:    k.word + "をまとめて変える",
		Question: fmt.Sprintf("%d件の%sを「%s」にしますか。", len(rows), k.word, k.said[move.To]),
		Detail:   "もとの状態には、一覧の「元に戻す」で戻せます（24時間以内）。", Button: fmt.Sprintf("%d件を%s", len(rows), move.Words),
		Action: href("%s/several", k.section), Back: back,
	}, numbersOf(rows, func(r ippo.ContentRow) int64 { return r.ID })); asked || err != nil {
		return err
	}
	was := map[ippo.ContentStatus][]int64{}
	for _, r := range rows {
		was[r.Status] = append(was[r.Status], r.ID)
	}
	done, err := k.move(ctx, k.panel.me(c).ID, was, func(ippo.ContentStatus) ippo.ContentStatus { return move.To })
	change := ippo.BulkChange{Kind: k.kind, Status: move.To, Was: done}
	if change.Count() > 0 {
		err = errors.Join(err, k.panel.Store.AddBulkChange(ctx, k.panel.me(c).ID, change))
		k.panel.Wake()
	}
	if err != nil {
		return err
	}
	return k.panel.redirect(c, saidOf(change.Count(), len(rows), move.Done), back)
}

// saidOf says how many of all were changed.
func saidOf(done, all int, words string) string {
	if done < all {
		return fmt.Sprintf("%d件を%s。%d件は変えられなかったため、そのままです。", done, words, all-done)
	}
	return fmt.Sprintf("%d件を%s。", done, words)
}

// chosen are the things that the form is about.
func (k longShelf[T]) chosen(c *gin.Context, asked url.Values) ([]ippo.ContentRow, error) {
	ctx := c.Request.Context()
	topics, areas, err := k.panel.topicsAndAreas(c)
	if err != nil {
		return nil, err
	}
	filter := wanted(k.filter(asked), topics, areas)
	if c.PostForm("scope") != "all" {
		filter.IDs = []int64{}
		for _, ticked := range c.PostFormArray("who") {
			if id, err := strconv.ParseInt(ticked, 10, 64); err == nil {
				filter.IDs = append(filter.IDs, id)
			}
		}
	}
	return k.panel.Store.ContentRows(ctx, k.kind, filter)
}

// move gives each of some things, by the state that it is seen in, another one, as its own form would: by the
// same rules, each with its line in the audit log. It returns those that it changed; those that are in another
// state by now, or that a rule keeps as they are, stay so.
func (k longShelf[T]) move(ctx context.Context, by ippo.StaffID, seen map[ippo.ContentStatus][]int64, to func(ippo.ContentStatus) ippo.ContentStatus) (map[ippo.ContentStatus][]int64, error) {
	now, err := k.panel.Store.ContentRows(ctx, k.kind, store.ContentFilter{IDs: slices.Concat(slices.Collect(maps.Values(seen))...)})
	if err != nil {
		return nil, err
	}
	is := make(map[int64]ippo.ContentStatus, len(now))
	for _, r := range now {
		is[r.ID] = r.Status
	}
	type moved struct {
		id  int64
		was ippo.ContentStatus
	}
	ch := make(chan moved)
	// A few at a time share commits.
	var hands errgroup.Group
	hands.SetLimit(8)
	go func() {
		defer close(ch)
		for was, ids := range seen {
			for _, id := range ids {
				if is[id] != was {
					continue
				}
				hands.Go(func() error {
					item, err := k.one(ctx, id)
					if err == nil {
						k.state(&item, to(was))
						err = k.update(ctx, by, item)
					}
					var problems ippo.Problems
					switch {
					case err == nil:
						ch <- moved{id, was}
					case errors.As(err, &problems), errors.Is(err, ippo.ErrConflict), errors.Is(err, ippo.ErrNotFound), errors.Is(err, ippo.ErrForbidden):
					default:
						return err
					}
					return nil
				})
			}
		}
		err = hands.Wait()
	}()
	done := map[ippo.ContentStatus][]int64{}
	for m := range ch {
		done[m.was] = append(done[m.was], m.id)
	}
	return done, err
}

// undo says what somebody changed at once a while ago; nil: nothing that could be taken back.
func (k longShelf[T]) undo(ctx context.Context, by ippo.StaffID) (*bulkUndo, error) {
	change, err := k.panel.Store.LatestBulkChange(ctx, by, k.kind)
	switch {
	case errors.Is(err, ippo.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &bulkUndo{change.ID, fmt.Sprintf("「%s」にした%d件", k.said[change.Status], change.Count())}, nil
}

// undoSeveral takes back what somebody changed at once: what has been changed again since stays as it is.
func (k longShelf[T]) undoSeveral(c *gin.Context) error {
	ctx, by := c.Request.Context(), k.panel.me(c).ID
	change, err := k.panel.Store.LatestBulkChange(ctx, by, k.kind)
	if errors.Is(err, ippo.ErrNotFound) || err == nil && strconv.FormatInt(change.ID, 10) != c.PostForm("change") {
		return ippo.ErrConflict
	}
	if err != nil {
		return err
	}
	if err := k.panel.Store.UndoneBulkChange(ctx, change.ID); err != nil {
		return err
	}
	done := 0
	for was, ids := range change.Was {
		back, err := k.move(ctx, by, map[ippo.ContentStatus][]int64{change.Status: ids}, func(ippo.ContentStatus) ippo.ContentStatus { return was })
		if err != nil {
			return err
		}
		done += len(back[change.Status])
	}
	k.panel.Wake()
	return k.panel.redirect(c, saidOf(done, change.Count(), "元の状態に戻しました"), href("%s", k.section))
}
