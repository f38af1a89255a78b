package admin

import (
	"context"
	"fmt"
	"strconv"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

// unknown is the group of unknown requests that the reader was shown and decides about, as it is
// now: one that has changed since is ippo.ErrConflict.
func (p *Panel) unknown(c *gin.Context) (*ippo.Broadcast, store.Unknown, error) {
	b, err := p.broadcast(c)
	if err != nil {
		return nil, store.Unknown{}, err
	}
	groups, err := p.Store.Unknowns(c.Request.Context(), b.ID)
	if err != nil {
		return nil, store.Unknown{}, err
	}
	for _, g := range groups {
		if g.SettledBy == "" && g.Reason == c.Query("reason") && strconv.Itoa(g.Requests) == c.Query("requests") {
			return b, g, nil
		}
	}
	return nil, store.Unknown{}, ippo.ErrConflict
}

func (p *Panel) settleUnknown(c *gin.Context) error {
	_, group, err := p.unknown(c)
	if err != nil {
		return err
	}
	return p.step(c, "送信済みとして扱います。", func(ctx context.Context, by ippo.StaffID, id ippo.BroadcastID) error {
		return p.Store.SettleUnknown(ctx, by, id, group)
	})
}

func (p *Panel) askSendUnknown(c *gin.Context) error { return p.confirmSendUnknown(c, nil) }

func (p *Panel) confirmSendUnknown(c *gin.Context, found ippo.Problems) error {
	b, group, err := p.unknown(c)
	if err != nil {
		return err
	}
	if b.Status != ippo.BroadcastSent {
		return ippo.ErrConflict
	}
	return p.confirm(c, confirmPage{
		Title:    "もう一度送る",
		Question: fmt.Sprintf("「%s」を、届いたかどうかわからない%d人にもう一度送りますか。", b.Title, group.People),
		Detail: fmt.Sprintf("%s人に送信します・%s。", ippo.Comma(int64(group.People)), p.account.read(c.Request.Context()).Quota.Words()) +
			"前のものが届いていた人には、同じ配信が2回届きます。その間にブロックした人や、配信を止めた人には送りません。",
		Button: "もう一度送る", Icon: "send", Back: href("broadcasts/%d", b.ID), Reason: "もう一度送る理由",
	}, found)
}

func (p *Panel) sendUnknown(c *gin.Context) error {
	b, group, err := p.unknown(c)
	if err != nil {
		return err
	}
	found, err := mend(p.Store.SendUnknownAgain(c.Request.Context(), p.me(c).ID, b.ID, group, formText(c, "reason")), nil)
	switch {
	case err != nil:
		return err
	case found != nil:
		return p.confirmSendUnknown(c, found)
	}
	p.Wake()
	return p.redirect(c, "もう一度送ります。", href("broadcasts/%d", b.ID))
}
