package admin

import (
	"cmp"
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

// shelf is one kind of what residents read (news, events, groups) on its way through the panel: all
// kinds are listed, made, edited and deleted alike.
type shelf[T any] struct {
	panel   *Panel
	section string    // in addresses and names of templates: news
	word    string    // お知らせ
	instead string    // what to do rather than delete
	readers ippo.Role // who may read them, at least; "": everybody

	all    func(context.Context) ([]T, error) // nil where the list is long: see longShelf
	one    func(context.Context, int64) (T, error)
	create func(context.Context, ippo.StaffID, T) (T, error)
	update func(context.Context, ippo.StaffID, T) error
	delete func(context.Context, ippo.StaffID, int64) error

	id    func(T) int64
	name  func(T) string
	texts func(T) []string // that a search looks through; likewise
	blank func() T         // what a new one begins with
	named func(T) T        // gives a new one its slug
	// read takes the form over an item, whose ID and slug stay.
	read func(c *gin.Context, item T, topics []ippo.Topic, areas []ippo.Area) (T, ippo.Problems)
	// ask is what the person at the form confirms before it is taken, "" for nothing; nil: never anything.
	ask func(c *gin.Context, was, item T) (string, error)
	// page shows the form; ID 0 is a new one.
	page func(f frame, item T, topics []ippo.Topic, areas []ippo.Area) any
	// fill reads what else the form shows; nil: nothing.
	fill func(ctx context.Context, page any) (any, error)
}

func (k shelf[T]) routes() []route {
	const get, post = http.MethodGet, http.MethodPost
	at, read := "/"+k.section, cmp.Or(k.readers, ippo.Viewer)
	return []route{
		{get, at, read, k.list},
		{get, at + "/new", ippo.Editor, k.begin},
		{post, at, ippo.Editor, k.add},
		{get, at + "/:id", read, k.edit},
		{post, at + "/:id", ippo.Editor, k.save},
		{get, at + "/:id/delete", ippo.Editor, k.askRemove},
		{post, at + "/:id/delete", ippo.Editor, k.remove},
	}
}

type contentList[T any] struct {
	frame
	pager
	Query string
	Items []T
	Total int
}

func (k shelf[T]) list(c *gin.Context) error {
	all, err := k.all(c.Request.Context())
	if err != nil {
		return err
	}
	page := contentList[T]{frame: k.panel.frame(c), Query: query(c)}
	all = search(all, page.Query, k.texts)
	page.Total = len(all)
	page.Items, page.pager = pageOf(c, all)
	return k.panel.render(c, http.StatusOK, k.section+"_list.html", page)
}

func (k shelf[T]) show(c *gin.Context, item T, found ippo.Problems) error {
	return k.question(c, item, found, "")
}

// question shows the form with what has to be confirmed, or put right, before it is taken.
func (k shelf[T]) question(c *gin.Context, item T, found ippo.Problems, question string) error {
	topics, areas, err := k.panel.topicsAndAreas(c)
	if err != nil {
		return err
	}
	f := k.panel.frame(c)
	f.Problems = found
	if question != "" {
		f.Question, f.Left = question, k.panel.account.read(c.Request.Context()).Quota.Words()
	}
	theirs, there := store.RemitOf(c.Request.Context()).Offers()
	page := k.page(f, item, offered(topics, theirs), offered(areas, there))
	if k.fill != nil {
		if page, err = k.fill(c.Request.Context(), page); err != nil {
			return err
		}
	}
	return k.panel.render(c, formStatus(found), k.section+"_edit.html", page)
}

func (k shelf[T]) begin(c *gin.Context) error { return k.show(c, k.blank(), nil) }

// form reads the form over an item.
func (k shelf[T]) form(c *gin.Context, item T) (T, ippo.Problems, error) {
	topics, areas, err := k.panel.topicsAndAreas(c)
	if err != nil {
		return item, nil, err
	}
	item, found := k.read(c, item, topics, areas)
	return item, found, nil
}

func (k shelf[T]) add(c *gin.Context) error {
	item, found, err := k.form(c, k.named(k.blank()))
	if err != nil {
		return err
	}
	if found == nil {
		made, err := k.create(c.Request.Context(), k.panel.me(c).ID, item)
		if found, err = mend(err, nil); err != nil {
			return err
		}
		if found == nil {
			return k.saved(c, made)
		}
	}
	return k.show(c, item, found)
}

func (k shelf[T]) saved(c *gin.Context, item T) error {
	k.panel.Wake()
	return k.panel.redirect(c, k.word+"を保存しました。", href("%s/%d", k.section, k.id(item)))
}

func (k shelf[T]) item(c *gin.Context) (T, error) {
	id, err := pathID[int64](c)
	if err != nil {
		var none T
		return none, err
	}
	return k.one(c.Request.Context(), id)
}

func (k shelf[T]) edit(c *gin.Context) error {
	item, err := k.item(c)
	if err != nil {
		return err
	}
	return k.show(c, item, nil)
}

func (k shelf[T]) save(c *gin.Context) error {
	was, err := k.item(c)
	if err != nil {
		return err
	}
	item, found, err := k.form(c, was)
	if err != nil {
		return err
	}
	if found == nil && k.ask != nil {
		question, err := k.ask(c, was, item)
		if err != nil {
			return err
		}
		if question != "" && formText(c, "confirmed") != question {
			return k.question(c, item, nil, question)
		}
	}
	if found == nil {
		if found, err = mend(k.update(c.Request.Context(), k.panel.me(c).ID, item), nil); err != nil {
			return err
		}
	}
	if found != nil {
		return k.show(c, item, found)
	}
	return k.saved(c, item)
}

func (k shelf[T]) askRemove(c *gin.Context) error { return k.confirm(c, nil) }

func (k shelf[T]) confirm(c *gin.Context, found ippo.Problems) error {
	item, err := k.item(c)
	if err != nil {
		return err
	}
	return k.panel.confirm(c, confirmPage{
		Title: k.word + "の削除", Question: "「" + k.name(item) + "」を削除しますか。", Detail: undoWords + k.instead,
		Button: "削除する", Back: href("%s/%d", k.section, k.id(item)),
	}, found)
}

func (k shelf[T]) remove(c *gin.Context) error {
	id, err := pathID[int64](c)
	if err != nil {
		return err
	}
	found, err := mend(k.delete(c.Request.Context(), k.panel.me(c).ID, id), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return k.confirm(c, found)
	}
	return k.panel.redirectDeleted(c, k.word+"を削除しました。", href("%s", k.section))
}

// topicsAndAreas reads what content may be about.
func (p *Panel) topicsAndAreas(c *gin.Context) ([]ippo.Topic, []ippo.Area, error) {
	topics, err := p.Store.Topics(c.Request.Context())
	if err != nil {
		return nil, nil, err
	}
	areas, err := p.Store.Areas(c.Request.Context())
	return topics, areas, err
}
