package admin

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

// noticeList shows the single messages that the program sends by itself, and what became of them.
type noticeList struct {
	frame
	pager
	States []option
	Kinds  []option
	Counts []store.NoticeCount
	Stuck  int    // that wait for what staff must put right …
	Why    string // … which is this
	Items  []noticeRow
}

type noticeRow struct {
	store.ListedNotice
	Name string // masked
}

func (p *Panel) noticeList(c *gin.Context) error {
	ctx := c.Request.Context()
	page := noticeList{frame: p.frame(c)}
	filter := store.NoticeFilter{Limit: pageSize + 1}
	for _, s := range ippo.DeliveryStates {
		on := string(s) == c.Query("state")
		if on {
			filter.State = s
		}
		page.States = append(page.States, option{string(s), s.Words(), on})
	}
	for _, k := range ippo.NoticeKinds() {
		on := string(k) == c.Query("kind")
		if on {
			filter.Kind = k
		}
		page.Kinds = append(page.Kinds, option{string(k), k.Words(), on})
	}
	before, _ := strconv.ParseInt(c.Query("before"), 10, 64) // 0: from the newest
	filter.Before = ippo.NoticeID(before)
	list, err := p.Store.Notices(ctx, filter)
	if err != nil {
		return err
	}
	if len(list) > pageSize {
		list = list[:pageSize]
		page.Later = withQuery(c, "before", strconv.FormatInt(int64(list[pageSize-1].ID), 10))
	}
	for _, n := range list {
		page.Items = append(page.Items, noticeRow{n, masked(n.Name)})
	}
	if page.Counts, err = p.Store.NoticeCounts(ctx); err != nil {
		return err
	}
	if page.Stuck, page.Why, err = p.Store.StuckNotices(ctx); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "notice_list.html", page)
}
