package admin

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"ippo"
)

// undoWords are said before something is deleted that can be put back.
const undoWords = "まちがえたときは、24時間以内なら「設定 → 削除したもの」から元に戻せます。"

// maxDeleted is how many of the latest deletions are listed.
const maxDeleted = 200

type deletedPage struct {
	frame
	Items []deletedRow
}

type deletedRow struct {
	ippo.Deletion
	Word string // what kind of thing it was
}

// deletedList lists what can be put back, but for what belongs to modules that are off.
func (p *Panel) deletedList(c *gin.Context) error { return p.deletedPage(c, nil) }

func (p *Panel) deletedPage(c *gin.Context, found ippo.Problems) error {
	page := deletedPage{frame: p.frame(c)}
	page.Problems = found
	all, err := p.Store.Deletions(c.Request.Context(), p.me(c), maxDeleted)
	if err != nil {
		return err
	}
	for _, d := range all {
		if page.Settings.Has(sectionModules[deletedSection(d.Kind)]) {
			page.Items = append(page.Items, deletedRow{d, deletedWord(page.Settings.Labels, d.Kind)})
		}
	}
	return p.render(c, formStatus(found), "deleted.html", page)
}

// deletedSection is where the list is of a kind of what was deleted.
func deletedSection(kind string) string {
	switch kind {
	case "audience": // has no page of its own
		return "audiences"
	case "heading", "indicator", "import":
		return "sheets"
	case "flyer":
		return "campaigns"
	}
	return auditSections[kind]
}

// deletedWord says what kind of thing it was.
func deletedWord(own ippo.Labels, kind string) string {
	if kind == "import" {
		return "指標シートへの取り込み"
	}
	return saySubject(own, kind)
}

// restoreDeleted puts back what was deleted and leads to it.
func (p *Panel) restoreDeleted(c *gin.Context) error {
	id, err := pathID[int64](c)
	if err != nil {
		return err
	}
	d, err := p.Store.Undelete(c.Request.Context(), p.me(c), id)
	if errors.Is(err, ippo.ErrNotFound) {
		p.fail(c, http.StatusNotFound, "元に戻せません", "すでに元に戻したか、24時間をすぎています。一覧で確かめてください。")
		return nil
	}
	found, err := mend(err, nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.deletedPage(c, found)
	}
	p.Wake()
	return p.redirect(c, "「"+d.Name+"」を元に戻しました。", href("%s", deletedSection(d.Kind)))
}

// redirectDeleted says on the next page what its reader has just deleted, with a button that puts it back.
func (p *Panel) redirectDeleted(c *gin.Context, notice, to string) error {
	latest, err := p.offerUndo(c)
	if err != nil {
		return err
	}
	if latest != nil {
		notice = "「" + latest.Name + "」を削除しました。24時間以内なら元に戻せます。"
	}
	return p.redirect(c, notice, to)
}

// offerUndo puts a button on the next page that takes back what its reader has just done; nil if nothing can be.
func (p *Panel) offerUndo(c *gin.Context) (*ippo.Deletion, error) {
	ctx, me := c.Request.Context(), p.me(c)
	latest, err := p.Store.Deletions(ctx, me, 1)
	if err != nil || len(latest) == 0 || latest[0].By != me.ID {
		return nil, err
	}
	p.sessions.Put(ctx, sessionUndo, latest[0].ID)
	return &latest[0], nil
}
