package admin

import (
	"context"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

// openSessions are the browsers in which somebody is signed in, with the form that ends one.
type openSessions struct {
	Action string
	Items  []openSession
}

type openSession struct {
	store.OpenSession
	Here bool // the one that shows this
}

func (p *Panel) openSessions(ctx context.Context, id ippo.StaffID, action string) (openSessions, error) {
	list := openSessions{Action: action}
	all, err := p.Store.OpenSessions(ctx, id)
	if err != nil {
		return list, err
	}
	here := store.SessionKey(p.sessions.Token(ctx))
	for _, one := range all {
		if time.Since(one.Seen) <= sessionIdle { // others are over, and go at night
			list.Items = append(list.Items, openSession{one, one.Key == here})
		}
	}
	return list, nil
}

// endMySession signs the reader out of another browser.
func (p *Panel) endMySession(c *gin.Context) error {
	me := p.me(c).ID
	if err := p.Store.EndSession(c.Request.Context(), me, me, c.PostForm("session")); err != nil {
		return err
	}
	return p.redirect(c, "ログアウトしました。", href("account"))
}

// endStaffSession signs a colleague out of one of theirs.
func (p *Panel) endStaffSession(c *gin.Context) error {
	who, err := p.staffMember(c)
	if err != nil {
		return err
	}
	if err := p.Store.EndSession(c.Request.Context(), p.me(c).ID, who.ID, c.PostForm("session")); err != nil {
		return err
	}
	return p.redirect(c, who.Name+"さんをログアウトしました。", href("staff/%d", who.ID))
}
