package admin

import (
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

type hostPage struct {
	frame
	Group   ippo.ActivityGroup
	Account store.GroupAccount
	Linked  bool
	Code    string // to be typed into the chat; "" until asked for
	Expires time.Time
	Matches []matchRow
}

// showHost is how a group's host is reached, and whom they were told of.
func (p *Panel) showHost(c *gin.Context) error { return p.hostPage(c, hostPage{}) }

func (p *Panel) hostPage(c *gin.Context, page hostPage) error {
	ctx := c.Request.Context()
	id, err := pathID[ippo.ActivityGroupID](c)
	if err != nil {
		return err
	}
	page.frame = p.frame(c)
	if page.Group, err = p.Store.ActivityGroup(ctx, id); err != nil {
		return err
	}
	if page.Account, err = p.Store.GroupAccount(ctx, id); err != nil && !errors.Is(err, ippo.ErrNotFound) {
		return err
	}
	page.Linked = err == nil
	if page.Settings.Has(ippo.ModuleMatching) {
		matches, _, err := p.Store.MatchPage(ctx, store.MatchFilter{Group: id}, store.Page{Limit: pageSize})
		if err != nil {
			return err
		}
		for _, m := range matches.Items {
			page.Matches = append(page.Matches, matchRow{Match: m, Name: masked(m.FollowerName)})
		}
	}
	return p.render(c, http.StatusOK, "host.html", page)
}

// linkHost makes the code that the group's host types into the chat on their own phone.
func (p *Panel) linkHost(c *gin.Context) error {
	id, err := pathID[ippo.ActivityGroupID](c)
	if err != nil {
		return err
	}
	if _, err := p.Store.ActivityGroup(c.Request.Context(), id); err != nil {
		return err
	}
	code, expires, err := p.Store.NewGroupLinkCode(c.Request.Context(), p.me(c).ID, id)
	if err != nil {
		return err
	}
	return p.hostPage(c, hostPage{Code: ippo.GroupLinkText(code), Expires: expires})
}

func (p *Panel) unlinkHost(c *gin.Context) error {
	id, err := pathID[ippo.ActivityGroupID](c)
	if err != nil {
		return err
	}
	if err := p.Store.UnlinkGroup(c.Request.Context(), p.me(c).ID, id); err != nil {
		return err
	}
	return p.redirect(c, "LINEとのつながりを外しました。", href("groups/%d/host", id))
}

type freshnessPage struct {
	frame
	Calls, Slips, Others []askedRow // to ring up; to write to; asked by LINE or mail
	Answers              []ippo.FreshAnswer
}

type askedRow struct {
	store.AskedGroup
	Answers []ippo.FreshAnswer
}

// Way says how the group was asked.
func (r askedRow) Way() string {
	switch r.AskedBy {
	case store.WayLine:
		return "LINE"
	case store.WayMail:
		return "メール"
	}
	return "FAX・電話"
}

// freshness lists the groups that were asked whether they look for members and have not answered.
func (p *Panel) freshness(c *gin.Context) error {
	groups, err := p.Store.AskedGroups(c.Request.Context())
	if err != nil {
		return err
	}
	page := freshnessPage{frame: p.frame(c), Answers: ippo.FreshAnswers}
	for _, g := range groups {
		row := askedRow{g, ippo.FreshAnswers}
		switch {
		case g.Stale(p.Now()):
			page.Calls = append(page.Calls, row)
		case g.AskedBy == store.WayPaper:
			page.Slips = append(page.Slips, row)
		default:
			page.Others = append(page.Others, row)
		}
	}
	return p.render(c, http.StatusOK, "freshness.html", page)
}

// confirmGroup notes what a group said on the telephone or by fax.
func (p *Panel) confirmGroup(c *gin.Context) error {
	id, err := pathID[ippo.ActivityGroupID](c)
	if err != nil {
		return err
	}
	answer := ippo.FreshAnswer(formText(c, "answer"))
	found, err := mend(p.Store.ConfirmGroup(c.Request.Context(), p.me(c).ID, id, answer), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return ippo.ErrConflict // no button says it
	}
	return p.redirect(c, "「"+answer.Words()+"」と記録しました。", href("freshness"))
}

type slipPage struct {
	frame
	Group   ippo.ActivityGroup
	Answers []ippo.FreshAnswer
	Today   string
}

// slip is an A4 sheet to be sent by fax, or read out on the telephone.
func (p *Panel) slip(c *gin.Context) error {
	id, err := pathID[ippo.ActivityGroupID](c)
	if err != nil {
		return err
	}
	g, err := p.Store.ActivityGroup(c.Request.Context(), id)
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "slip.html", slipPage{p.frame(c), g, ippo.FreshAnswers, ippo.DateWords(p.Now())})
}
