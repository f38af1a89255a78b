package admin

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

type requestList struct {
	frame
	pager
	Kind, State string
	Kinds       []option
	States      []option
	Items       []requestRow
}

type requestRow struct {
	ippo.DeskRequest
	Name string // of the follower, masked
	Who  string // has taken it
}

// requestList shows what residents asked of the desk, words of danger at the top.
func (p *Panel) requestList(c *gin.Context) error {
	ctx := c.Request.Context()
	page := requestList{frame: p.frame(c), Kind: c.Query("kind"), State: c.DefaultQuery("state", "open")}
	filter := store.DeskRequestFilter{Kind: ippo.DeskRequestKind(page.Kind)}
	page.Kinds = statuses(ippo.DeskRequestKinds, filter.Kind)
	page.States = append(page.States, option{"open", "終わっていないもの", page.State == "open"})
	for _, s := range ippo.DeskRequestStates {
		page.States = append(page.States, option{string(s), s.Words(), page.State == string(s)})
	}
	page.States = append(page.States, option{"all", "すべて", page.State == "all"})
	switch page.State {
	case "open":
		filter.Open = true
	case "all":
	default:
		filter.State = ippo.DeskRequestState(page.State)
	}
	shown, links, err := pageRead(c, func(limit, offset int) ([]ippo.DeskRequest, error) {
		filter.Limit, filter.Offset = limit, offset
		return p.Store.DeskRequests(ctx, filter)
	})
	if err != nil {
		return err
	}
	page.pager = links
	who, err := p.staffNames(ctx)
	if err != nil {
		return err
	}
	for _, r := range shown {
		page.Items = append(page.Items, requestRow{r, masked(r.FollowerName), who(r.Staff)})
	}
	return p.render(c, http.StatusOK, "request_list.html", page)
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
