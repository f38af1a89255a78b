package admin

import (
	"github.com/gin-gonic/gin"

	"ippo"
)

type tagPage struct {
	frame
	Query string
	Items []ippo.Tag
	Item  ippo.Tag // being made or edited
}

func (p *Panel) tagPage(c *gin.Context, name string, item ippo.Tag, found ippo.Problems) error {
	all, err := p.Store.Tags(c.Request.Context())
	if err != nil {
		return err
	}
	page := tagPage{frame: p.frame(c), Query: query(c), Item: item}
	page.Items = search(all, page.Query, func(t ippo.Tag) []string { return []string{t.Slug, t.Name} })
	page.Problems = found
	return p.render(c, formStatus(found), name, page)
}

func (p *Panel) tagList(c *gin.Context) error {
	return p.tagPage(c, "tag_list.html", ippo.Tag{}, nil)
}

func (p *Panel) createTag(c *gin.Context) error {
	item := ippo.Tag{Slug: formText(c, "slug"), Name: formText(c, "name")}
	_, err := p.Store.CreateTag(c.Request.Context(), p.me(c).ID, item)
	found, err := mend(err, nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.tagPage(c, "tag_list.html", item, found)
	}
	return p.redirect(c, "タグ「"+item.Name+"」を追加しました。", href("tags"))
}

func (p *Panel) tag(c *gin.Context) (ippo.Tag, error) {
	all, err := p.Store.Tags(c.Request.Context())
	if err != nil {
		return ippo.Tag{}, err
	}
	for _, item := range all {
		if item.Slug == c.Param("slug") {
			return item, nil
		}
	}
	return ippo.Tag{}, ippo.ErrNotFound
}

func (p *Panel) editTag(c *gin.Context) error {
	item, err := p.tag(c)
	if err != nil {
		return err
	}
	return p.tagPage(c, "tag_edit.html", item, nil)
}

func (p *Panel) updateTag(c *gin.Context) error {
	item, err := p.tag(c)
	if err != nil {
		return err
	}
	item.Name = formText(c, "name")
	found, err := mend(p.Store.UpdateTag(c.Request.Context(), p.me(c).ID, item.Slug, item), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.tagPage(c, "tag_edit.html", item, found)
	}
	return p.redirect(c, "タグ「"+item.Name+"」を保存しました。", href("tags"))
}

func (p *Panel) askDeleteTag(c *gin.Context) error { return p.confirmTag(c, nil) }

func (p *Panel) confirmTag(c *gin.Context, found ippo.Problems) error {
	item, err := p.tag(c)
	if err != nil {
		return err
	}
	return p.confirm(c, confirmPage{
		Title: "タグの削除", Question: "タグ「" + item.Name + "」を削除しますか。",
		Detail: "付いていた友だちからも外れ、元に戻せません。", Button: "削除する", Back: href("tags/%s", item.Slug),
	}, found)
}

func (p *Panel) deleteTag(c *gin.Context) error {
	item, err := p.tag(c)
	if err != nil {
		return err
	}
	found, err := mend(p.Store.DeleteTag(c.Request.Context(), p.me(c).ID, item.Slug), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.confirmTag(c, found)
	}
	return p.redirect(c, "タグ「"+item.Name+"」を削除しました。", href("tags"))
}
