package admin

import (
	"context"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"ippo"
)

// savedOptions are the audiences that staff have named, to choose from.
func (p *Panel) savedOptions(ctx context.Context) ([]option, error) {
	all, err := p.Store.SavedAudiences(ctx)
	var options []option
	for _, a := range all {
		options = append(options, option{Value: strconv.FormatInt(a.ID, 10), Label: a.Name})
	}
	return options, err
}

// audienceButton does what one of the buttons beside the audience asks for: it puts a saved one into the form,
// or keeps the form's under a name. pressed is false if another button was pressed.
func (p *Panel) audienceButton(c *gin.Context, w *composing) (pressed bool, err error) {
	ctx := c.Request.Context()
	switch c.PostForm("do") {
	case "use-audience":
		w.problems = nil // not asked for yet
		id, _ := strconv.ParseInt(c.PostForm("saved"), 10, 64)
		if id == 0 {
			return true, nil // nothing was chosen
		}
		a, err := p.Store.SavedAudience(ctx, id)
		if err != nil {
			return true, err
		}
		if w.broadcast.Corrects == 0 {
			w.broadcast.Audience, w.some = a.Audience, !a.Audience.All
		}
		return true, nil
	case "keep-audience":
		a := ippo.SavedAudience{Name: formText(c, "audience.name"), Audience: w.broadcast.Audience}
		w.problems, err = mend(p.Store.SaveAudience(ctx, p.me(c).ID, a), nil)
		if err == nil && w.problems == nil {
			w.notice = "宛先を「" + a.Name + "」として保存しました。"
		}
		return true, err
	}
	return false, nil
}

type savedAudienceList struct {
	frame
	Items []savedAudienceRow
}

type savedAudienceRow struct {
	ippo.SavedAudience
	Words string
	Known bool // it names nothing that is gone
	Mine  bool // the reader may delete it
	Count ippo.Count
}

func (p *Panel) savedAudienceList(c *gin.Context) error {
	ctx := c.Request.Context()
	page := savedAudienceList{frame: p.frame(c)}
	say, err := p.audienceWords(ctx, page.Settings.Labels.Ambassador)
	if err != nil {
		return err
	}
	all, err := p.Store.SavedAudiences(ctx)
	if err != nil {
		return err
	}
	for _, a := range all {
		row := savedAudienceRow{SavedAudience: a, Words: say(a.Audience)}
		count, err := p.Store.AudienceCount(ctx, a.Audience)
		problems, err := mend(err, nil)
		if err != nil {
			return err
		}
		row.Known, row.Count = problems == nil, count
		if row.Mine, err = p.Store.Held(ctx, "audience", a.ID); err != nil {
			return err
		}
		page.Items = append(page.Items, row)
	}
	return p.render(c, http.StatusOK, "savedaudience_list.html", page)
}

func (p *Panel) askDeleteSavedAudience(c *gin.Context) error {
	id, err := pathID[int64](c)
	if err != nil {
		return err
	}
	a, err := p.Store.SavedAudience(c.Request.Context(), id)
	if err != nil {
		return err
	}
	return p.confirm(c, confirmPage{
		Title: "保存した宛先の削除", Question: "「" + a.Name + "」を削除しますか。", Detail: undoWords + "この宛先でつくった配信は、そのまま残ります。",
		Button: "削除する", Back: "/admin/audiences",
	}, nil)
}

func (p *Panel) deleteSavedAudience(c *gin.Context) error {
	id, err := pathID[int64](c)
	if err != nil {
		return err
	}
	if err := p.Store.DeleteSavedAudience(c.Request.Context(), p.me(c).ID, id); err != nil {
		return err
	}
	return p.redirectDeleted(c, "保存した宛先を削除しました。", "/admin/audiences")
}
