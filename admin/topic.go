package admin

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"ippo"
)

// choiceKind is one of the two things that residents choose from and items are about; topics and
// areas are kept and shown alike.
type choiceKind struct {
	panel   *Panel
	section string // in addresses
	word    string
	what    string // said under the heading
	all     func(context.Context) ([]ippo.Topic, error)
	create  func(context.Context, ippo.StaffID, ippo.Topic) error
	update  func(context.Context, ippo.StaffID, string, ippo.Topic) error
	delete  func(context.Context, ippo.StaffID, string) error
}

func (p *Panel) topics() choiceKind {
	return choiceKind{
		panel:   p,
		section: "topics", word: "分野", what: "お知らせや団体の内容の分け方です。友だちは受信設定で、知りたい分野を選びます。",
		all: p.Store.Topics,
		create: func(ctx context.Context, by ippo.StaffID, t ippo.Topic) error {
			_, err := p.Store.CreateTopic(ctx, by, t)
			return err
		},
		update: p.Store.UpdateTopic,
		delete: p.Store.DeleteTopic,
	}
}

func (p *Panel) areas() choiceKind {
	return choiceKind{
		panel:   p,
		section: "areas", word: "地域", what: "市の中の地域です。友だちは受信設定で、知りたい地域を選びます。地域のないお知らせは市全体のものになります。",
		all: func(ctx context.Context) ([]ippo.Topic, error) {
			areas, err := p.Store.Areas(ctx)
			all := make([]ippo.Topic, len(areas))
			for i, a := range areas {
				all[i] = ippo.Topic(a)
			}
			return all, err
		},
		create: func(ctx context.Context, by ippo.StaffID, t ippo.Topic) error {
			_, err := p.Store.CreateArea(ctx, by, ippo.Area(t))
			return err
		},
		update: func(ctx context.Context, by ippo.StaffID, slug string, t ippo.Topic) error {
			return p.Store.UpdateArea(ctx, by, slug, ippo.Area(t))
		},
		delete: p.Store.DeleteArea,
	}
}

// routes lists the kind's pages.
func (k choiceKind) routes() []route {
	at := "/" + k.section
	return []route{
		{http.MethodGet, at, ippo.Viewer, k.list},
		{http.MethodPost, at, ippo.Editor, k.add},
		{http.MethodGet, at + "/:slug", ippo.Editor, k.edit},
		{http.MethodPost, at + "/:slug", ippo.Editor, k.save},
		{http.MethodGet, at + "/:slug/delete", ippo.Editor, k.askRemove},
		{http.MethodPost, at + "/:slug/delete", ippo.Editor, k.remove},
	}
}

type choicePage struct {
	frame
	Kind, Word, What string // Kind is the part of the address
	Query            string
	Items            []ippo.Topic
	Item             ippo.Topic // being made or edited
	Languages        []ippo.Language
}

func (k choiceKind) page(c *gin.Context, name string, item ippo.Topic, found ippo.Problems) error {
	all, err := k.all(c.Request.Context())
	if err != nil {
		return err
	}
	page := choicePage{frame: k.panel.frame(c), Kind: k.section, Word: k.word, What: k.what, Query: query(c), Item: item}
	page.Items = search(all, page.Query, func(t ippo.Topic) []string { return append(t.Spellings(), t.Slug) })
	page.Languages = translatable(k.panel.catalogs, item.Names)
	page.Problems = found
	return k.panel.render(c, formStatus(found), name, page)
}

func (k choiceKind) list(c *gin.Context) error {
	return k.page(c, "choice_list.html", ippo.Topic{}, nil)
}

func (k choiceKind) form(c *gin.Context, item ippo.Topic) (ippo.Topic, ippo.Problems) {
	var found ippo.Problems
	item.Name = formText(c, "name")
	names := ippo.Names{}
	for _, l := range translatable(k.panel.catalogs, item.Names) {
		if name := formText(c, "names."+string(l)); name != "" {
			names[l] = name
		}
	}
	item.Names = names
	item.Order = formInt(c, "order", "並び順", &found)
	item.Hidden = formOn(c, "hidden")
	return item, found
}

func (k choiceKind) add(c *gin.Context) error {
	item, found := k.form(c, ippo.Topic{Slug: formText(c, "slug")})
	if found == nil {
		var err error
		if found, err = mend(k.create(c.Request.Context(), k.panel.me(c).ID, item), nil); err != nil {
			return err
		}
	}
	if found != nil {
		return k.page(c, "choice_list.html", item, found)
	}
	return k.panel.redirect(c, k.word+"「"+item.Name+"」を追加しました。", href("%s", k.section))
}

func (k choiceKind) one(c *gin.Context) (ippo.Topic, error) {
	all, err := k.all(c.Request.Context())
	if err != nil {
		return ippo.Topic{}, err
	}
	for _, item := range all {
		if item.Slug == c.Param("slug") {
			return item, nil
		}
	}
	return ippo.Topic{}, ippo.ErrNotFound
}

func (k choiceKind) edit(c *gin.Context) error {
	item, err := k.one(c)
	if err != nil {
		return err
	}
	return k.page(c, "choice_edit.html", item, nil)
}

func (k choiceKind) save(c *gin.Context) error {
	item, err := k.one(c)
	if err != nil {
		return err
	}
	item, found := k.form(c, item)
	if found == nil {
		if found, err = mend(k.update(c.Request.Context(), k.panel.me(c).ID, item.Slug, item), nil); err != nil {
			return err
		}
	}
	if found != nil {
		return k.page(c, "choice_edit.html", item, found)
	}
	return k.panel.redirect(c, k.word+"「"+item.Name+"」を保存しました。", href("%s", k.section))
}

func (k choiceKind) askRemove(c *gin.Context) error { return k.confirm(c, nil) }

func (k choiceKind) confirm(c *gin.Context, found ippo.Problems) error {
	item, err := k.one(c)
	if err != nil {
		return err
	}
	return k.panel.confirm(c, confirmPage{
		Title: k.word + "の削除", Question: k.word + "「" + item.Name + "」を削除しますか。",
		Detail: "友だちの受信設定からも消え、元に戻せません。新しく選べなくするだけなら、「選べなくする」にしてください。",
		Button: "削除する", Back: href("%s/%s", k.section, item.Slug),
	}, found)
}

func (k choiceKind) remove(c *gin.Context) error {
	item, err := k.one(c)
	if err != nil {
		return err
	}
	found, err := mend(k.delete(c.Request.Context(), k.panel.me(c).ID, item.Slug), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return k.confirm(c, found)
	}
	return k.panel.redirect(c, k.word+"「"+item.Name+"」を削除しました。", href("%s", k.section))
}
