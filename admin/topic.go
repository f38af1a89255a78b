package admin

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

// choiceKind is one of the two things that residents choose from and items are about; topics and
// areas are kept and shown alike.
type choiceKind struct {
	section string // in addresses
	word    string
	what    string // said under the heading
	all     func(*store.Store, context.Context) ([]ippo.Topic, error)
	create  func(*store.Store, context.Context, ippo.StaffID, ippo.Topic) error
	update  func(*store.Store, context.Context, ippo.StaffID, string, ippo.Topic) error
	delete  func(*store.Store, context.Context, ippo.StaffID, string) error
}

func topicKind() choiceKind {
	return choiceKind{
		section: "topics", word: "分野", what: "お知らせや団体の内容の分け方です。友だちは受信設定で、知りたい分野を選びます。",
		all: (*store.Store).Topics,
		create: func(s *store.Store, ctx context.Context, by ippo.StaffID, t ippo.Topic) error {
			_, err := s.CreateTopic(ctx, by, t)
			return err
		},
		update: (*store.Store).UpdateTopic,
		delete: (*store.Store).DeleteTopic,
	}
}

func areaKind() choiceKind {
	return choiceKind{
		section: "areas", word: "地域", what: "市の中の地域です。友だちは受信設定で、知りたい地域を選びます。地域のないお知らせは市全体のものになります。",
		all: func(s *store.Store, ctx context.Context) ([]ippo.Topic, error) {
			areas, err := s.Areas(ctx)
			all := make([]ippo.Topic, len(areas))
			for i, a := range areas {
				all[i] = ippo.Topic(a)
			}
			return all, err
		},
		create: func(s *store.Store, ctx context.Context, by ippo.StaffID, t ippo.Topic) error {
			_, err := s.CreateArea(ctx, by, ippo.Area(t))
			return err
		},
		update: func(s *store.Store, ctx context.Context, by ippo.StaffID, slug string, t ippo.Topic) error {
			return s.UpdateArea(ctx, by, slug, ippo.Area(t))
		},
		delete: (*store.Store).DeleteArea,
	}
}

// routes lists the kind's pages.
func (k choiceKind) routes(p *Panel) []route {
	bind := func(h func(*Panel, *gin.Context) error) func(*gin.Context) error {
		return func(c *gin.Context) error { return h(p, c) }
	}
	at := "/" + k.section
	return []route{
		{http.MethodGet, at, ippo.Viewer, bind(k.list)},
		{http.MethodPost, at, ippo.Editor, bind(k.add)},
		{http.MethodGet, at + "/:slug", ippo.Editor, bind(k.edit)},
		{http.MethodPost, at + "/:slug", ippo.Editor, bind(k.save)},
		{http.MethodGet, at + "/:slug/delete", ippo.Editor, bind(k.askRemove)},
		{http.MethodPost, at + "/:slug/delete", ippo.Editor, bind(k.remove)},
	}
}

type choicePage struct {
	frame
	Kind, Word, What string // Kind is the part of the address
	Items            []ippo.Topic
	Item             ippo.Topic // being made or edited
}

func (k choiceKind) page(p *Panel, c *gin.Context, name string, item ippo.Topic, found ippo.Problems) error {
	all, err := k.all(p.Store, c.Request.Context())
	if err != nil {
		return err
	}
	page := choicePage{frame: p.frame(c), Kind: k.section, Word: k.word, What: k.what, Items: all, Item: item}
	page.Problems = found
	return p.render(c, formStatus(found), name, page)
}

func (k choiceKind) list(p *Panel, c *gin.Context) error {
	return k.page(p, c, "choice_list.html", ippo.Topic{}, nil)
}

func (k choiceKind) form(c *gin.Context, item ippo.Topic) (ippo.Topic, ippo.Problems) {
	var found ippo.Problems
	item.Name = formText(c, "name")
	item.Easy = formText(c, "easy")
	item.En = formText(c, "en")
	item.Order = formInt(c, "order", "並び順", &found)
	item.Hidden = formOn(c, "hidden")
	return item, found
}

func (k choiceKind) add(p *Panel, c *gin.Context) error {
	item, found := k.form(c, ippo.Topic{Slug: formText(c, "slug")})
	if found == nil {
		var err error
		if found, err = mend(k.create(p.Store, c.Request.Context(), p.me(c).ID, item), nil); err != nil {
			return err
		}
	}
	if found != nil {
		return k.page(p, c, "choice_list.html", item, found)
	}
	return p.redirect(c, k.word+"「"+item.Name+"」を追加しました。", href("%s", k.section))
}

func (k choiceKind) one(p *Panel, c *gin.Context) (ippo.Topic, error) {
	all, err := k.all(p.Store, c.Request.Context())
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

func (k choiceKind) edit(p *Panel, c *gin.Context) error {
	item, err := k.one(p, c)
	if err != nil {
		return err
	}
	return k.page(p, c, "choice_edit.html", item, nil)
}

func (k choiceKind) save(p *Panel, c *gin.Context) error {
	item, err := k.one(p, c)
	if err != nil {
		return err
	}
	item, found := k.form(c, item)
	if found == nil {
		if found, err = mend(k.update(p.Store, c.Request.Context(), p.me(c).ID, item.Slug, item), nil); err != nil {
			return err
		}
	}
	if found != nil {
		return k.page(p, c, "choice_edit.html", item, found)
	}
	return p.redirect(c, k.word+"「"+item.Name+"」を保存しました。", href("%s", k.section))
}

func (k choiceKind) askRemove(p *Panel, c *gin.Context) error { return k.confirm(p, c, nil) }

func (k choiceKind) confirm(p *Panel, c *gin.Context, found ippo.Problems) error {
	item, err := k.one(p, c)
	if err != nil {
		return err
	}
	return p.confirm(c, confirmPage{
		Title: k.word + "の削除", Question: k.word + "「" + item.Name + "」を削除しますか。",
		Detail: "友だちの受信設定からも消え、元に戻せません。新しく選べなくするだけなら、「選べなくする」にしてください。",
		Button: "削除する", Back: href("%s/%s", k.section, item.Slug),
	}, found)
}

func (k choiceKind) remove(p *Panel, c *gin.Context) error {
	item, err := k.one(p, c)
	if err != nil {
		return err
	}
	found, err := mend(k.delete(p.Store, c.Request.Context(), p.me(c).ID, item.Slug), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return k.confirm(p, c, found)
	}
	return p.redirect(c, k.word+"「"+item.Name+"」を削除しました。", href("%s", k.section))
}
