package admin

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

type requestList struct {
	frame
	pager
	sorting
	Query, Kind, State string
	Kinds              []option
	States             []option
	Filtered           bool
	CSV                string // the address of the same as a file
	Items              []requestRow
	Total              int // of those that the filter leaves
}

type requestRow struct {
	ippo.DeskRequest
	Name string // of the follower, masked
	Who  string // has taken it
}

// requestFilter reads what the list is narrowed to.
func requestFilter(c *gin.Context) store.DeskRequestFilter {
	filter := store.DeskRequestFilter{Kind: ippo.DeskRequestKind(c.Query("kind")), Query: query(c)}
	switch state := c.DefaultQuery("state", "open"); state {
	case "open":
		filter.Open = true
	case "all":
	default:
		filter.State = ippo.DeskRequestState(state)
	}
	return filter
}

// requestSorting: what is open first, unless the address names a column.
func requestSorting(c *gin.Context) sorting { return sortingOf(c, "", "-made") }

// requestList shows what residents asked of the desk, words of danger at the top.
func (p *Panel) requestList(c *gin.Context) error {
	ctx, filter, s := c.Request.Context(), requestFilter(c), requestSorting(c)
	part, total, err := p.Store.DeskRequestPage(ctx, filter, pageAsked(c, s))
	if err != nil {
		return err
	}
	page := requestList{
		frame: p.frame(c), pager: keysetPager(c, part.Earlier, part.Later), sorting: s, Query: filter.Query, Kind: c.Query("kind"), State: c.DefaultQuery("state", "open"),
		Filtered: filter != store.DeskRequestFilter{Open: true}, CSV: asFile(c), Total: total,
	}
	page.Kinds = statuses(ippo.DeskRequestKinds, filter.Kind)
	page.States = append(page.States, option{"open", "終わっていないもの", page.State == "open"})
	for _, s := range ippo.DeskRequestStates {
		page.States = append(page.States, option{string(s), s.Words(), page.State == string(s)})
	}
	page.States = append(page.States, option{"all", "すべて", page.State == "all"})
	who, err := p.staffNames(ctx)
	if err != nil {
		return err
	}
	for _, r := range part.Items {
		page.Items = append(page.Items, requestRow{r, masked(r.FollowerName), who(r.Staff)})
	}
	return p.render(c, http.StatusOK, "request_list.html", page)
}

// requestCSV saves the list as it is narrowed and sorted: neither who asked nor what they gave.
func (p *Panel) requestCSV(c *gin.Context) error {
	ctx := c.Request.Context()
	who, err := p.staffNames(ctx)
	if err != nil {
		return err
	}
	return saveParts(p, c, listFile{
		kind: "desk", name: "requests", unit: "件",
		columns: []string{"番号", "種類", "団体", "状態", "担当", "受付日時", "終わった日時"},
	}, requestSorting(c), func(at store.Page) (store.Part[ippo.DeskRequest], int, error) {
		return p.Store.DeskRequestPage(ctx, requestFilter(c), at)
	}, func(r ippo.DeskRequest) []string {
		return []string{strconv.FormatInt(int64(r.ID), 10), r.Kind.Words(), r.GroupName, r.State.Words(), who(r.Staff), shortTime(r.MadeAt), shortTime(r.DoneAt)}
	})
}

type requestPage struct {
	frame
	Item   ippo.DeskRequest
	Who    string
	States []option
	Match  ippo.MatchID // of a wish to visit; 0 for none
}

func (p *Panel) requestPage(c *gin.Context, item ippo.DeskRequest, found ippo.Problems) error {
	who, err := p.staffNames(c.Request.Context())
	if err != nil {
		return err
	}
	page := requestPage{frame: p.frame(c), Item: item, Who: who(item.Staff), States: statuses(ippo.DeskRequestStates, item.State)}
	page.Problems = found
	if item.Kind == ippo.RequestVisit && item.Follower != 0 {
		m, err := p.Store.LatestMatch(c.Request.Context(), item.Follower, item.Group)
		if err != nil && !errors.Is(err, ippo.ErrNotFound) {
			return err
		}
		page.Match = m.ID
	}
	return p.render(c, formStatus(found), "request_show.html", page)
}

func (p *Panel) request(c *gin.Context) (ippo.DeskRequest, error) {
	id, err := pathID[ippo.DeskRequestID](c)
	if err != nil {
		return ippo.DeskRequest{}, err
	}
	return p.Store.DeskRequest(c.Request.Context(), id)
}

func (p *Panel) showRequest(c *gin.Context) error {
	item, err := p.request(c)
	if err != nil {
		return err
	}
	return p.requestPage(c, item, nil)
}

func (p *Panel) updateRequest(c *gin.Context) error {
	item, err := p.request(c)
	if err != nil {
		return err
	}
	item.State, item.Note = ippo.DeskRequestState(formText(c, "state")), formText(c, "note")
	found, err := mend(p.Store.UpdateDeskRequest(c.Request.Context(), p.me(c).ID, item.ID, item.State, item.Note), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.requestPage(c, item, found)
	}
	return p.redirect(c, "受付の記録を保存しました。", href("requests"))
}

// masked hides all of a name but its first character, for lists that anybody may glance at.
func masked(name string) string {
	for _, first := range name {
		return string(first) + "＊＊"
	}
	return ""
}
