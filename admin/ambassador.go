package admin

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/sheet"
	"ippo/store"
)

type ambassadorList struct {
	frame
	pager
	Query    string
	Status   string
	Statuses []option
	Items    []ippo.Ambassador
	Total    int
}

// ambassadorFilter reads what the list is narrowed to; the CSV takes the same.
func ambassadorFilter(c *gin.Context) store.AmbassadorFilter {
	filter := store.AmbassadorFilter{Query: query(c)}
	for _, s := range ippo.AmbassadorStatuses {
		if string(s) == c.Query("status") {
			filter.Status = s
		}
	}
	return filter
}

func (p *Panel) ambassadorList(c *gin.Context) error {
	filter := ambassadorFilter(c)
	all, err := p.Store.Ambassadors(c.Request.Context(), filter)
	if err != nil {
		return err
	}
	page := ambassadorList{
		frame: p.frame(c), Query: filter.Query, Status: string(filter.Status), Total: len(all),
		Statuses: statuses(ippo.AmbassadorStatuses, filter.Status),
	}
	page.Items, page.pager = pageOf(c, all)
	return p.render(c, http.StatusOK, "ambassador_list.html", page)
}

type ambassadorPage struct {
	frame
	Item    ippo.Ambassador
	Actions string
	Invited invited
	Moves   []ippo.AmbassadorStatus // the allowed ones
	Rest    *ippo.Rest              // from reminders, by themselves; nil if they do not
}

func (p *Panel) ambassadorPage(c *gin.Context, a ippo.Ambassador, found ippo.Problems) error {
	page := ambassadorPage{frame: p.frame(c), Item: a, Actions: p.sayActions(a.Actions)}
	page.Problems = found
	rest, err := p.Store.RestOf(c.Request.Context(), a.Follower)
	if err == nil {
		page.Rest = &rest
	} else if !errors.Is(err, ippo.ErrNotFound) {
		return err
	}
	if page.Invited, err = p.invitedBy(c.Request.Context(), a.ID); err != nil {
		return err
	}
	for _, next := range ippo.AmbassadorStatuses {
		if a.Status.CanBecome(next) {
			page.Moves = append(page.Moves, next)
		}
	}
	return p.render(c, formStatus(found), "ambassador_show.html", page)
}

func (p *Panel) ambassador(c *gin.Context) (ippo.Ambassador, error) {
	id, err := pathID[ippo.AmbassadorID](c)
	if err != nil {
		return ippo.Ambassador{}, err
	}
	return p.Store.Ambassador(c.Request.Context(), id)
}

func (p *Panel) showAmbassador(c *gin.Context) error {
	a, err := p.ambassador(c)
	if err != nil {
		return err
	}
	return p.ambassadorPage(c, a, nil)
}

// changeAmbassador does one thing to an ambassador and comes back to their page.
func (p *Panel) changeAmbassador(c *gin.Context, notice string, change func(ippo.Ambassador) error) error {
	a, err := p.ambassador(c)
	if err != nil {
		return err
	}
	found, err := mend(change(a), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.ambassadorPage(c, a, found)
	}
	return p.redirect(c, notice, href("ambassadors/%d", a.ID))
}

func (p *Panel) moveAmbassador(c *gin.Context) error {
	next := ippo.AmbassadorStatus(c.PostForm("status"))
	return p.changeAmbassador(c, "「"+next.Words()+"」にしました。", func(a ippo.Ambassador) error {
		return p.Store.SetAmbassadorStatus(c.Request.Context(), p.me(c).ID, a.ID, next)
	})
}

func (p *Panel) restAmbassador(c *gin.Context) error {
	resting := c.PostForm("resting") == "on"
	notice := "休止中の印を外しました。"
	if resting {
		notice = "休止中にしました。案内は送られません。"
	}
	return p.changeAmbassador(c, notice, func(a ippo.Ambassador) error {
		return p.Store.SetResting(c.Request.Context(), p.me(c).ID, a.ID, resting)
	})
}

func (p *Panel) showVision(c *gin.Context) error {
	approved := c.PostForm("approved") == "on"
	notice := "公開しないことにしました。"
	if approved {
		notice = "公開してよいことにしました。"
	}
	return p.changeAmbassador(c, notice, func(a ippo.Ambassador) error {
		return p.Store.SetVisionApproved(c.Request.Context(), p.me(c).ID, a.ID, approved)
	})
}

func (p *Panel) noteAmbassador(c *gin.Context) error {
	return p.changeAmbassador(c, "メモを保存しました。", func(a ippo.Ambassador) error {
		return p.Store.SetAmbassadorNote(c.Request.Context(), p.me(c).ID, a.ID, formText(c, "note"))
	})
}

// ambassadorCSV saves the list as it is narrowed. It holds personal data, so it is in the audit log.
func (p *Panel) ambassadorCSV(c *gin.Context) error {
	ctx := c.Request.Context()
	all, err := p.Store.Ambassadors(ctx, ambassadorFilter(c))
	if err != nil {
		return err
	}
	if err := p.Store.Audit(ctx, p.me(c).ID, "ambassador.csv", "ambassadors", fmt.Sprintf("%d人", len(all))); err != nil {
		return err
	}
	c.Header("Content-Type", "text/csv; charset=utf-8")
	c.Header("Content-Disposition", fmt.Sprintf(`attachment; filename="ambassadors-%s.csv"`, p.Now().In(ippo.Tokyo).Format("20060102")))
	c.Status(http.StatusOK)
	// From here on an error is a browser that has gone; there is nobody to tell.
	w, err := sheet.NewWriter(c.Writer, "番号", "氏名", "ふりがな", "連絡先", "年代", "保護者", "状態", "休止中", "ビジョン", "できること", "申込日", "メモ")
	if err != nil {
		return nil
	}
	for _, a := range all {
		resting := ""
		if a.Resting {
			resting = "休止中"
		}
		err := w.Row(strconv.Itoa(a.Number), a.Name, a.Kana, a.Contact, a.AgeBand.Words(), a.Guardian, a.Status.Words(), resting,
			a.Vision, p.sayActions(a.Actions), a.AppliedAt.In(ippo.Tokyo).Format(time.DateOnly), a.Note)
		if err != nil {
			return nil
		}
	}
	w.Flush()
	return nil
}

// sayActions says what an ambassador offers to do, as they were asked it. One that came with an
// imported file is said as it is kept.
func (p *Panel) sayActions(actions []string) string {
	said := make([]string, len(actions))
	for i, a := range actions {
		key := "action." + a
		if said[i] = p.words.Say(key); said[i] == key {
			said[i] = a
		}
	}
	return strings.Join(said, "・")
}
