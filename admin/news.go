package admin

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"ippo"
)

type newsList struct {
	frame
	pager
	Query string
	Items []ippo.News
	Total int
}

func (p *Panel) newsList(c *gin.Context) error {
	all, err := p.Store.NewsItems(c.Request.Context())
	if err != nil {
		return err
	}
	page := newsList{frame: p.frame(c), Query: query(c)}
	all = search(all, page.Query, func(n ippo.News) []string { return []string{n.Title, n.Summary, n.Body} })
	page.Total = len(all)
	page.Items, page.pager = pageOf(c, all)
	return p.render(c, http.StatusOK, "news_list.html", page)
}

type newsPage struct {
	frame
	Item          ippo.News
	Topics, Areas []option
	Kinds, States []option
	PublishAt     string
}

func (p *Panel) newsPage(c *gin.Context, item ippo.News, found ippo.Problems) error {
	topics, areas, err := p.topicsAndAreas(c)
	if err != nil {
		return err
	}
	page := newsPage{
		frame: p.frame(c), Item: item, PublishAt: inputMoment(item.PublishAt),
		Topics: choices(topics, item.Topics), Areas: choices(areas, item.Areas),
		Kinds: statuses(ippo.NewsKinds, item.Kind), States: statuses(ippo.ContentStatuses, item.Status),
	}
	page.Problems = found
	return p.render(c, formStatus(found), "news_edit.html", page)
}

// topicsAndAreas reads what items may be about.
func (p *Panel) topicsAndAreas(c *gin.Context) ([]ippo.Topic, []ippo.Area, error) {
	topics, err := p.Store.Topics(c.Request.Context())
	if err != nil {
		return nil, nil, err
	}
	areas, err := p.Store.Areas(c.Request.Context())
	return topics, areas, err
}

// newsForm reads the form over an item, whose ID and slug stay.
func (p *Panel) newsForm(c *gin.Context, item ippo.News) (ippo.News, ippo.Problems, error) {
	topics, areas, err := p.topicsAndAreas(c)
	if err != nil {
		return item, nil, err
	}
	var found ippo.Problems
	item.Kind = ippo.NewsKind(formText(c, "kind"))
	item.Title = formText(c, "title")
	item.Summary = formText(c, "summary")
	item.Body = formText(c, "body")
	item.URL = formText(c, "url")
	item.Status = ippo.ContentStatus(formText(c, "status"))
	item.PublishAt = formTime(c, "publishAt", "公開する日時", &found)
	if item.PublishAt.IsZero() {
		item.PublishAt = p.Now()
	}
	item.Topics, item.Areas = chosen(c, "topics", topics), chosen(c, "areas", areas)
	return item, found, nil
}

func (p *Panel) newNews(c *gin.Context) error {
	return p.newsPage(c, ippo.News{Kind: ippo.NewsPlain, Status: ippo.ContentDraft, PublishAt: p.Now()}, nil)
}

func (p *Panel) createNews(c *gin.Context) error {
	item, found, err := p.newsForm(c, ippo.News{Slug: newSlug("news", p.Now())})
	if err != nil {
		return err
	}
	if found == nil {
		item, err = p.Store.CreateNews(c.Request.Context(), p.me(c).ID, item)
		if found, err = mend(err, found); err != nil {
			return err
		}
	}
	if found != nil {
		item.ID = 0
		return p.newsPage(c, item, found)
	}
	return p.redirect(c, "お知らせを保存しました。", href("news/%d", item.ID))
}

func (p *Panel) news(c *gin.Context) (ippo.News, error) {
	id, err := pathID[ippo.NewsID](c)
	if err != nil {
		return ippo.News{}, err
	}
	return p.Store.News(c.Request.Context(), id)
}

func (p *Panel) editNews(c *gin.Context) error {
	item, err := p.news(c)
	if err != nil {
		return err
	}
	return p.newsPage(c, item, nil)
}

func (p *Panel) updateNews(c *gin.Context) error {
	item, err := p.news(c)
	if err != nil {
		return err
	}
	item, found, err := p.newsForm(c, item)
	if err != nil {
		return err
	}
	if found == nil {
		if found, err = mend(p.Store.UpdateNews(c.Request.Context(), p.me(c).ID, item), found); err != nil {
			return err
		}
	}
	if found != nil {
		return p.newsPage(c, item, found)
	}
	return p.redirect(c, "お知らせを保存しました。", href("news/%d", item.ID))
}

func (p *Panel) askDeleteNews(c *gin.Context) error { return p.confirmNews(c, nil) }

func (p *Panel) confirmNews(c *gin.Context, found ippo.Problems) error {
	item, err := p.news(c)
	if err != nil {
		return err
	}
	return p.confirm(c, confirmPage{
		Title: "お知らせの削除", Question: "「" + item.Title + "」を削除しますか。",
		Detail: "元に戻せません。見えなくするだけなら、状態を「公開終了」にしてください。",
		Button: "削除する", Back: href("news/%d", item.ID),
	}, found)
}

func (p *Panel) deleteNews(c *gin.Context) error {
	item, err := p.news(c)
	if err != nil {
		return err
	}
	found, err := mend(p.Store.DeleteNews(c.Request.Context(), p.me(c).ID, item.ID), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.confirmNews(c, found)
	}
	return p.redirect(c, "お知らせを削除しました。", href("news"))
}
