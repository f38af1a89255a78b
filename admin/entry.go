package admin

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/qr"
)

type entryPage struct {
	frame
	Query string
	Items []ippo.Entry
	Item  ippo.Entry // being made or edited
}

func (p *Panel) entryPage(c *gin.Context, name string, item ippo.Entry, found ippo.Problems) error {
	all, err := p.Store.Entries(c.Request.Context())
	if err != nil {
		return err
	}
	page := entryPage{frame: p.frame(c), Query: query(c), Item: item}
	page.Items = search(all, page.Query, func(e ippo.Entry) []string { return []string{e.Slug, e.Name} })
	page.Problems = found
	return p.render(c, formStatus(found), name, page)
}

func (p *Panel) entryList(c *gin.Context) error {
	return p.entryPage(c, "entry_list.html", ippo.Entry{}, nil)
}

func (p *Panel) createEntry(c *gin.Context) error {
	item := ippo.Entry{Slug: formText(c, "slug"), Name: formText(c, "name"), Newcomer: formOn(c, "newcomer")}
	_, err := p.Store.CreateEntry(c.Request.Context(), p.me(c).ID, item)
	found, err := mend(err, nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.entryPage(c, "entry_list.html", item, found)
	}
	return p.redirect(c, "登録経路「"+item.Name+"」を追加しました。", href("entries"))
}

func (p *Panel) editEntry(c *gin.Context) error {
	item, err := p.Store.Entry(c.Request.Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	return p.entryPage(c, "entry_edit.html", item, nil)
}

func (p *Panel) updateEntry(c *gin.Context) error {
	item, err := p.Store.Entry(c.Request.Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	item.Name, item.Newcomer, item.Hidden = formText(c, "name"), formOn(c, "newcomer"), formOn(c, "hidden")
	found, err := mend(p.Store.UpdateEntry(c.Request.Context(), p.me(c).ID, item.Slug, item), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.entryPage(c, "entry_edit.html", item, found)
	}
	return p.redirect(c, "登録経路「"+item.Name+"」を保存しました。", href("entries"))
}

func (p *Panel) askDeleteEntry(c *gin.Context) error { return p.confirmEntry(c, nil) }

func (p *Panel) confirmEntry(c *gin.Context, found ippo.Problems) error {
	item, err := p.Store.Entry(c.Request.Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	return p.confirm(c, confirmPage{
		Title: "登録経路の削除", Question: "登録経路「" + item.Name + "」を削除しますか。",
		Detail: "配ったQRコードから来た人を数えられなくなります。元に戻せません。", Button: "削除する", Back: href("entries/%s", item.Slug),
	}, found)
}

func (p *Panel) deleteEntry(c *gin.Context) error {
	slug := c.Param("slug")
	found, err := mend(p.Store.DeleteEntry(c.Request.Context(), p.me(c).ID, slug), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.confirmEntry(c, found)
	}
	return p.redirect(c, "登録経路を削除しました。", href("entries"))
}

// firstMessage is what the QR code types in for somebody who came by an entry; package bot reads it.
func firstMessage(e ippo.Entry) string {
	return fmt.Sprintf("%sで知りました（入口:%s）", e.Name, e.Slug)
}

type posterPage struct {
	frame
	Entry   ippo.Entry
	Message string
	Missing bool // LINE has not told our address yet, so there is no code to print
}

// poster is an A4 sheet with the entry's QR code, to be printed.
func (p *Panel) poster(c *gin.Context) error {
	item, err := p.Store.Entry(c.Request.Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	_, err = p.ChatURL(firstMessage(item))
	if err != nil && !errors.Is(err, errNoAccount) {
		return err
	}
	return p.render(c, http.StatusOK, "poster.html", posterPage{p.frame(c), item, firstMessage(item), err != nil})
}

// qrCode is the entry's code alone, as a picture that prints sharply at any size.
func (p *Panel) qrCode(c *gin.Context) error {
	item, err := p.Store.Entry(c.Request.Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	address, err := p.ChatURL(firstMessage(item))
	if err != nil {
		return err
	}
	svg, err := qr.SVG(address)
	if err != nil {
		return fmt.Errorf("code of entry %s: %w", item.Slug, err)
	}
	if c.Query("download") != "" {
		c.Header("Content-Disposition", fmt.Sprintf(`attachment; filename="qr-%s.svg"`, item.Slug))
	}
	c.Data(http.StatusOK, "image/svg+xml", []byte(svg))
	return nil
}
