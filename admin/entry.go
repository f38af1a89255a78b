package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/intake"
	"ippo/internal/qr"
	"ippo/store"
)

type entryList struct {
	frame
	pager
	sorting
	bulkPart
	Query    string
	Statuses []option
	Filtered bool
	CSV      string // the address of the list as a file
	Items    []ippo.Entry
	Total    int        // of those that the filter leaves
	Item     ippo.Entry // being made
}

// entryStatuses are what the list may be narrowed to.
var entryStatuses = []option{{Value: string(ippo.ContentPublished), Label: "使っている"}, {Value: string(ippo.ContentRetired), Label: "使わない"}}

// entryFilter reads what the list is narrowed to from an address.
func entryFilter(asked url.Values) store.EntryFilter {
	filter := store.EntryFilter{Query: cutQuery(asked.Get("q"))}
	for _, one := range entryStatuses {
		if one.Value == asked.Get("status") {
			filter.Status = ippo.ContentStatus(one.Value)
		}
	}
	return filter
}

// entriesAtOnce changes several of them.
func (p *Panel) entriesAtOnce() bulk {
	return bulk{
		panel: p, kind: "entry", section: "entries", word: "登録経路",
		moves: []bulkMove{
			{To: ippo.ContentRetired, Words: "使わない", Asks: "を「使わない」にしますか", Done: "を「使わない」にしました", Did: "「使わない」にした", more: "配ったQRコードから来た人は、これからも数えます。"},
			{To: ippo.ContentPublished, Words: "また使う", Asks: "をまた使いますか", Done: "をまた使うようにしました", Did: "また使うようにした"},
			{
				To: ippo.ContentDeleted, Words: "削除する", Asks: "を削除しますか", Done: "を削除しました", Did: "削除した",
				fits: func(r ippo.ContentRow) bool { return !r.Used }, stays: "登録した友だちがいる",
				more: "配ったQRコードから来た人を数えられなくなります。",
			},
		},
		rows: func(c *gin.Context, asked url.Values, ids []int64) ([]ippo.ContentRow, error) {
			filter := entryFilter(asked)
			filter.IDs = ids
			return p.Store.EntryRows(c.Request.Context(), filter)
		},
		set: func(ctx context.Context, by ippo.StaffID, id int64, to ippo.ContentStatus) error {
			item, err := p.Store.EntryName(ctx, id)
			if err != nil {
				return err
			}
			if to == ippo.ContentDeleted {
				return p.Store.DeleteEntry(ctx, by, item.Slug)
			}
			item.Hidden = to != ippo.ContentPublished
			return p.Store.UpdateEntry(ctx, by, item.Slug, item)
		},
	}
}

// entrySorting: as they were made, unless the address names a column.
func entrySorting(c *gin.Context) sorting {
	return sortingOf(c, "", "name", "-friends", "-onboarded", "-joined")
}

func (p *Panel) entryList(c *gin.Context) error { return p.listEntries(c, ippo.Entry{}, nil) }

func (p *Panel) listEntries(c *gin.Context, item ippo.Entry, found ippo.Problems) error {
	filter, s := entryFilter(c.Request.URL.Query()), entrySorting(c)
	part, total, err := p.Store.EntryPage(c.Request.Context(), filter, pageAsked(c, s))
	if err != nil {
		return err
	}
	page := entryList{
		frame: p.frame(c), pager: keysetPager(c, part.Earlier, part.Later), sorting: s, Query: filter.Query,
		Filtered: filter.Query != "" || filter.Status != "", CSV: asFile(c), Items: part.Items, Total: total, Item: item,
	}
	for _, one := range entryStatuses {
		one.On = one.Value == string(filter.Status)
		page.Statuses = append(page.Statuses, one)
	}
	if page.bulkPart, err = p.entriesAtOnce().part(c, page.frame); err != nil {
		return err
	}
	page.Problems = found
	return p.render(c, formStatus(found), "entry_list.html", page)
}

// entryCSV saves the list as it is narrowed and sorted.
func (p *Panel) entryCSV(c *gin.Context) error {
	columns := intake.Entries()
	return saveParts(p, c, listFile{kind: "entry", name: "entries", unit: "件", columns: intake.Heads(columns)}, entrySorting(c), func(at store.Page) (store.Part[ippo.Entry], int, error) {
		return p.Store.EntryPage(c.Request.Context(), entryFilter(c.Request.URL.Query()), at)
	}, func(e ippo.Entry) []string { return intake.Cells(columns, e) })
}

type entryPage struct {
	frame
	Item ippo.Entry
}

func (p *Panel) entryPage(c *gin.Context, item ippo.Entry, found ippo.Problems) error {
	page := entryPage{p.frame(c), item}
	page.Problems = found
	return p.render(c, formStatus(found), "entry_edit.html", page)
}

func (p *Panel) createEntry(c *gin.Context) error {
	item := ippo.Entry{Slug: formText(c, "slug"), Name: formText(c, "name"), Newcomer: formOn(c, "newcomer")}
	_, err := p.Store.CreateEntry(c.Request.Context(), p.me(c).ID, item)
	found, err := mend(err, nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.listEntries(c, item, found)
	}
	return p.redirect(c, "登録経路「"+item.Name+"」を追加しました。", href("entries"))
}

func (p *Panel) editEntry(c *gin.Context) error {
	item, err := p.Store.Entry(c.Request.Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	return p.entryPage(c, item, nil)
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
		return p.entryPage(c, item, found)
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
		Detail: "配ったQRコードから来た人を数えられなくなります。" + undoWords, Button: "削除する", Back: href("entries/%s", item.Slug),
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
	return p.redirectDeleted(c, "登録経路を削除しました。", href("entries"))
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
	Papers  []paperLink
	Paper   paper
}

// paper is how a poster is laid out on A4, which every office has.
type paper struct {
	Name   string // in addresses
	Words  string
	Advice string
	Copies []struct{} // on one sheet
}

// papers lists the layouts, the first as it is by default.
var papers = []paper{
	{"a4", "ポスター（A4）", "A4で印刷してください。", make([]struct{}, 1)},
	{"a5", "はさみこみ（A5）", "A4の横に2枚印刷します。しるしのところで切ってください。倍率は100%、余白は「なし」にします。", make([]struct{}, 2)},
	{"card", "カード（名刺の大きさ）", "A4に10枚印刷します。しるしのところで切ってください。倍率は100%、余白は「なし」にします。市販の名刺用紙（91×55mm、10面）にも合います。", make([]struct{}, 10)},
}

type paperLink struct {
	Path, Words string
	Current     bool
}

// poster is a sheet with the entry's QR code, to be printed: a poster, or several inserts or cards to be cut out.
func (p *Panel) poster(c *gin.Context) error {
	item, err := p.Store.Entry(c.Request.Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	page := posterPage{frame: p.frame(c), Entry: item, Message: firstMessage(item), Paper: papers[0]}
	for _, one := range papers {
		if one.Name == c.Query("paper") {
			page.Paper = one
		}
	}
	for _, one := range papers {
		page.Papers = append(page.Papers, paperLink{href("entries/%s/poster", item.Slug) + "?paper=" + one.Name, one.Words, one.Name == page.Paper.Name})
	}
	_, err = p.ChatURL(page.Message)
	if err != nil && !errors.Is(err, errNoAccount) {
		return err
	}
	page.Missing = err != nil
	return p.render(c, http.StatusOK, "poster.html", page)
}

// entryCode returns the entry that the address names, and what its QR code says.
func (p *Panel) entryCode(c *gin.Context) (item ippo.Entry, address string, err error) {
	if item, err = p.Store.Entry(c.Request.Context(), c.Param("slug")); err != nil {
		return item, "", err
	}
	address, err = p.ChatURL(firstMessage(item))
	return item, address, err
}

// qrCode is the entry's code alone, as a picture that prints sharply at any size.
func (p *Panel) qrCode(c *gin.Context) error {
	item, address, err := p.entryCode(c)
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

// qrPicture is the same for programs that take no SVG.
func (p *Panel) qrPicture(c *gin.Context) error {
	item, address, err := p.entryCode(c)
	if err != nil {
		return err
	}
	picture, err := qr.PNG(address)
	if err != nil {
		return fmt.Errorf("code of entry %s: %w", item.Slug, err)
	}
	c.Header("Content-Disposition", fmt.Sprintf(`attachment; filename="qr-%s.png"`, item.Slug))
	c.Data(http.StatusOK, "image/png", picture)
	return nil
}
