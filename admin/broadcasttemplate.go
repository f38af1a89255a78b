package admin

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/messages"
)

type templateList struct {
	frame
	Items []templateRow
}

type templateRow struct {
	ippo.BroadcastTemplate
	Words string // the first that it says
}

func (p *Panel) templateList(c *gin.Context) error {
	page := templateList{frame: p.frame(c)}
	all, err := p.Store.BroadcastTemplates(c.Request.Context())
	if err != nil {
		return err
	}
	for _, one := range all {
		page.Items = append(page.Items, templateRow{one, messages.BroadcastWords(&ippo.Broadcast{Messages: one.Messages}, ippo.Japanese)})
	}
	return p.render(c, http.StatusOK, "template_list.html", page)
}

// makeTemplate keeps what a broadcast says, in every language, for others to begin with.
func (p *Panel) makeTemplate(c *gin.Context) error {
	b, err := p.broadcast(c)
	if err != nil {
		return err
	}
	if b.Origin == ippo.OriginDigest {
		return ippo.ErrConflict // each of its readers was told something else
	}
	said := b.Said()
	id, err := p.Store.CreateBroadcastTemplate(c.Request.Context(), p.me(c).ID, ippo.BroadcastTemplate{
		Title: b.Title, Messages: said.Messages, Renditions: said.Renditions, Originals: said.Originals, Counted: b.Counted,
	})
	found, err := mend(err, nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.broadcastPage(c, b, "", found)
	}
	return p.redirect(c, "ひな形にしました。毎回変わるところを直してください。", href("templates/%d/edit", id))
}

// beginWith begins a new broadcast with what a template says.
func (p *Panel) beginWith(c *gin.Context, w *composing, id int64) error {
	ctx := c.Request.Context()
	one, err := p.Store.BroadcastTemplate(ctx, id)
	if err != nil {
		return err
	}
	w.from, w.was = &one, one.Said()
	if err := p.open(ctx, w); err != nil {
		return err
	}
	w.broadcast.Title, w.broadcast.Counted = one.Title, one.Counted
	if err := p.write(ctx, w, false); err != nil {
		return err
	}
	return p.composePage(c, w, http.StatusOK)
}

// composeTemplate is a template while it is being written, in the form of broadcasts.
func composeTemplate(one ippo.BroadcastTemplate) *composing {
	return &composing{
		template: &one, was: one.Said(), schedule: newSchedule(),
		broadcast: ippo.Broadcast{Title: one.Title, Messages: one.Messages, Renditions: one.Renditions, Counted: one.Counted, Origin: ippo.OriginPanel},
	}
}

// templated is the template as it was written.
func (w *composing) templated() ippo.BroadcastTemplate {
	one := *w.template
	one.Title, one.Counted = w.broadcast.Title, w.broadcast.Counted
	one.Messages, one.Renditions, one.Originals = w.broadcast.Messages, w.broadcast.Renditions, w.broadcast.Originals
	return one
}

func (p *Panel) template(c *gin.Context) (one ippo.BroadcastTemplate, err error) {
	id, err := pathID[int64](c)
	if err != nil {
		return one, err
	}
	return p.Store.BroadcastTemplate(c.Request.Context(), id)
}

func (p *Panel) editTemplate(c *gin.Context) error {
	one, err := p.template(c)
	if err != nil {
		return err
	}
	return p.begin(c, composeTemplate(one))
}

func (p *Panel) updateTemplate(c *gin.Context) error {
	one, err := p.template(c)
	if err != nil {
		return err
	}
	return p.saveComposed(c, composeTemplate(one))
}

func (p *Panel) askDeleteTemplate(c *gin.Context) error {
	one, err := p.template(c)
	if err != nil {
		return err
	}
	return p.confirm(c, confirmPage{
		Title: "ひな形の削除", Question: "「" + one.Title + "」を削除しますか。", Detail: "元に戻せません。このひな形からつくった配信は、そのまま残ります。",
		Button: "削除する", Back: href("templates"),
	}, nil)
}

func (p *Panel) deleteTemplate(c *gin.Context) error {
	id, err := pathID[int64](c)
	if err != nil {
		return err
	}
	if err := p.Store.DeleteBroadcastTemplate(c.Request.Context(), p.me(c).ID, id); err != nil {
		return err
	}
	return p.redirect(c, "ひな形を削除しました。", href("templates"))
}
