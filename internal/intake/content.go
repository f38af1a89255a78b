package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ippo"
	"ippo/store"
)

// content is a list whose rows add things of a name, or change them.
type content[T any] struct {
	all    []Column[T]
	needed []string
	known  map[string]int64      // IDs by name; of what has none, anything but 0
	lines  map[string]int        // where a name stands in the file
	name   func(line int) string // for a row without one; nil: each must have its own

	blank  func() T
	slug   func(*T) *string
	tidy   func(*T) // makes what the cells left one thing; nil: they do
	one    func(ctx context.Context, slug string, id int64) (T, error)
	check  func(ctx context.Context, was, item T, made bool) error
	create func(t *store.Tx, ctx context.Context, item T) error
	update func(t *store.Tx, ctx context.Context, item T) error
}

func (l *content[T]) columns() (known, needed []string) { return Heads(l.all), l.needed }

func (l *content[T]) weigh(ctx context.Context, rows []row) ([]weighed, error) {
	all := make([]weighed, len(rows))
	for i, r := range rows {
		var err error
		if all[i], err = l.row(ctx, r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// row weighs one row over the thing of its name, or a new one. A cell that says what is there already changes nothing,
// whatever more is known of it.
func (l *content[T]) row(ctx context.Context, r row) (weighed, error) {
	w := weighed{line: r.line}
	slug := r.cells[Key]
	if slug == "" && l.name != nil {
		slug = l.name(r.line)
	}
	if first, twice := l.lines[slug]; twice && first != r.line && slug != "" {
		w.bad(fmt.Sprintf("識別名が%d行目と同じです。", first))
		return w, nil
	}
	l.lines[slug] = r.line
	item, id := l.blank(), l.known[slug]
	made := id == 0
	if !made {
		there, err := l.one(ctx, slug, id)
		if errors.Is(err, ippo.ErrNotFound) {
			w.bad("この識別名は、ほかのチームのものが使っています。")
			return w, nil
		}
		if err != nil {
			return w, err
		}
		item = there
	}
	was := item
	found, changed := l.over(&item, r)
	w.problems = found
	if made {
		*l.slug(&item) = slug
	}
	if w.problems != nil || !changed && !made {
		return w, nil
	}
	err := l.check(ctx, was, item, made)
	if problems, ok := errors.AsType[ippo.Problems](err); ok {
		w.problems = problems
		return w, nil
	}
	if err != nil {
		return w, err
	}
	w.adds = made
	w.do = func(ctx context.Context, t *store.Tx) error {
		if made {
			return l.create(t, ctx, item)
		}
		now, err := l.one(ctx, slug, id) // what was changed in its other columns since it was weighed stays
		if err != nil {
			return err
		}
		l.over(&now, r)
		return l.update(t, ctx, now)
	}
	return w, nil
}

// over writes a row's cells over an item. It returns what cannot be read, and whether the item has changed.
func (l *content[T]) over(item *T, r row) (found ippo.Problems, changed bool) {
	was := *item
	for _, c := range l.all {
		cell, has := r.cells[c.Name]
		if c.set == nil || c.Name == Key || !has || cell == "" && c.kept || cell == c.Get(was) {
			continue
		}
		if problem := c.set(item, cell); problem != "" {
			found.Add("", problem)
		}
	}
	if l.tidy != nil {
		l.tidy(item)
	}
	return found, slices.ContainsFunc(l.all, func(c Column[T]) bool { return c.Get(*item) != c.Get(was) })
}

// csvName names what a row adds that has no name, by its file and line, so that what was taken in is found there.
func csvName(i ippo.Intake) func(line int) string {
	return func(line int) string { return fmt.Sprintf("csv-%d-%d", i.ID, line) }
}

// theirs refuses what is not its reader's to change.
func theirs(ctx context.Context, made bool, was, is [2]ippo.Choice) error {
	remit := store.RemitOf(ctx)
	if remit.Holds(is[0], is[1]) && (made || remit.Holds(was[0], was[1])) {
		return nil
	}
	return ippo.Problems{{Field: "topics", Message: "あなたのチームが受け持つ分野・地域のものだけを取り込めます。"}}
}

func topicsAndAreas(ctx context.Context, st *store.Store) ([]ippo.Topic, []ippo.Area, error) {
	topics, err := st.Topics(ctx)
	if err != nil {
		return nil, nil, err
	}
	areas, err := st.Areas(ctx)
	return topics, areas, err
}

func openNews(ctx context.Context, st *store.Store, i ippo.Intake) (list, error) {
	topics, areas, err := topicsAndAreas(ctx, st)
	if err != nil {
		return nil, err
	}
	known, err := st.ContentSlugs(ctx, ippo.ContentNews)
	if err != nil {
		return nil, err
	}
	return &content[ippo.News]{
		all: News(topics, areas), known: known, lines: map[string]int{}, name: csvName(i),
		blank: func() ippo.News {
			return ippo.News{Kind: ippo.NewsPlain, Status: ippo.ContentDraft, PublishAt: st.Now()}
		},
		slug: func(n *ippo.News) *string { return &n.Slug },
		one:  func(ctx context.Context, _ string, id int64) (ippo.News, error) { return st.News(ctx, ippo.NewsID(id)) },
		check: func(ctx context.Context, was, n ippo.News, made bool) error {
			if err := theirs(ctx, made, [2]ippo.Choice{was.Topics, was.Areas}, [2]ippo.Choice{n.Topics, n.Areas}); err != nil {
				return err
			}
			return n.Validate()
		},
		create: func(t *store.Tx, ctx context.Context, n ippo.News) error {
			_, err := t.CreateNews(ctx, i.Staff, n)
			return err
		},
		update: func(t *store.Tx, ctx context.Context, n ippo.News) error { return t.UpdateNews(ctx, i.Staff, n) },
	}, nil
}

func openEvents(ctx context.Context, st *store.Store, i ippo.Intake) (list, error) {
	topics, areas, err := topicsAndAreas(ctx, st)
	if err != nil {
		return nil, err
	}
	known, err := st.ContentSlugs(ctx, ippo.ContentEvent)
	if err != nil {
		return nil, err
	}
	return &content[ippo.Event]{
		all: Events(topics, areas), known: known, lines: map[string]int{}, name: csvName(i),
		blank: func() ippo.Event {
			return ippo.Event{Status: ippo.ContentDraft, SignUp: ippo.SignUp{MaxParty: 1, ConfirmHours: ippo.DefaultConfirmHours}}
		},
		slug: func(e *ippo.Event) *string { return &e.Slug },
		one: func(ctx context.Context, _ string, id int64) (ippo.Event, error) {
			return st.Event(ctx, ippo.EventID(id))
		},
		check: func(ctx context.Context, was, e ippo.Event, made bool) error {
			if err := theirs(ctx, made, [2]ippo.Choice{was.Topics, was.Areas}, [2]ippo.Choice{e.Topics, e.Areas}); err != nil {
				return err
			}
			if err := e.Validate(); err != nil || made {
				return err
			}
			return tellsNobody(ctx, st, was, e)
		},
		create: func(t *store.Tx, ctx context.Context, e ippo.Event) error {
			_, err := t.CreateEvent(ctx, i.Staff, e)
			return err
		},
		update: func(t *store.Tx, ctx context.Context, e ippo.Event) error { return t.UpdateEvent(ctx, i.Staff, e) },
	}, nil
}

// tellsNobody leaves to an event's own page what people who signed up have to be told: it asks first.
func tellsNobody(ctx context.Context, st *store.Store, was, e ippo.Event) error {
	if freed := e.Capacity != was.Capacity || !was.TakesPlace(); freed && e.Places.Waiting > 0 && e.TakesPlace() && e.Has(1) {
		return ippo.Problems{{Message: "キャンセル待ちの人に席を案内する変更です。定員と状態は、イベントの画面で変えてください。"}}
	}
	if !e.TellsOf(was, st.Now()) {
		return nil
	}
	byLine, byStaff, err := st.Told(ctx, e.ID)
	if err != nil || byLine+byStaff == 0 {
		return err
	}
	return ippo.Problems{{Message: "申し込んだ人に知らせる変更です。日時と場所は、イベントの画面で変えてください。"}}
}

func openCampaigns(ctx context.Context, st *store.Store, i ippo.Intake) (list, error) {
	settings, err := st.Settings(ctx)
	if err != nil {
		return nil, err
	}
	choices, err := st.AudienceChoices(ctx)
	if err != nil {
		return nil, err
	}
	known, err := st.ContentSlugs(ctx, ippo.ContentCampaign)
	if err != nil {
		return nil, err
	}
	put := func(t *store.Tx, ctx context.Context, c ippo.Campaign) error {
		return t.PutCampaignDraft(ctx, i.Staff, c)
	}
	return &content[ippo.Campaign]{
		all: Campaigns(choices.Names(settings.Labels.Ambassador), ippo.Day(st.Now())), known: known, lines: map[string]int{}, name: csvName(i),
		blank: func() ippo.Campaign { return ippo.NewCampaign(st.Now()) },
		slug:  func(c *ippo.Campaign) *string { return &c.Slug },
		tidy:  tidyCampaign,
		one: func(ctx context.Context, _ string, id int64) (ippo.Campaign, error) {
			return st.Campaign(ctx, ippo.CampaignID(id))
		},
		check: func(ctx context.Context, was, c ippo.Campaign, _ bool) error {
			return st.CheckCampaignDraft(ctx, was, c)
		},
		create: put, update: put,
	}, nil
}

func openEntries(ctx context.Context, st *store.Store, i ippo.Intake) (list, error) {
	all, err := st.EntryNames(ctx)
	if err != nil {
		return nil, err
	}
	known := make(map[string]int64, len(all))
	for _, e := range all {
		known[e.Slug] = e.ID
	}
	return &content[ippo.Entry]{
		all: Entries(), needed: []string{Key}, known: known, lines: map[string]int{},
		blank: func() ippo.Entry { return ippo.Entry{} },
		slug:  func(e *ippo.Entry) *string { return &e.Slug },
		one:   func(ctx context.Context, slug string, _ int64) (ippo.Entry, error) { return st.Entry(ctx, slug) },
		check: func(_ context.Context, _, e ippo.Entry, _ bool) error { return e.Validate() },
		create: func(t *store.Tx, ctx context.Context, e ippo.Entry) error {
			_, err := t.CreateEntry(ctx, i.Staff, e)
			return err
		},
		update: func(t *store.Tx, ctx context.Context, e ippo.Entry) error { return t.UpdateEntry(ctx, i.Staff, e) },
	}, nil
}
