package admin

import (
	"errors"

	"github.com/gin-gonic/gin"

	"ippo"
)

// mePage is the reader's own page: their password and their LINE account for tests.
type mePage struct {
	frame
	Link    ippo.StaffLink
	Linked  bool
	Open    openSessions
	Code    string // what to type into the chat
	Expires string
	Chat    string // opens the chat with the code typed in; "" while LINE has not told our address
}

func (p *Panel) mePage(c *gin.Context, page mePage, found ippo.Problems) error {
	page.frame = p.frame(c)
	page.Problems = found
	var err error
	page.Link, err = p.Store.StaffLink(c.Request.Context(), p.me(c).ID)
	if err != nil && !errors.Is(err, ippo.ErrNotFound) {
		return err
	}
	page.Linked = err == nil
	if page.Open, err = p.openSessions(c.Request.Context(), p.me(c).ID, href("account/sessions/end")); err != nil {
		return err
	}
	return p.render(c, formStatus(found), "me.html", page)
}

func (p *Panel) showMe(c *gin.Context) error { return p.mePage(c, mePage{}, nil) }

// changePassword asks for the present password first: an unwatched screen is not enough. Every
// session of the person ends but this one, which goes on under a new token.
func (p *Panel) changePassword(c *gin.Context) error {
	ctx := c.Request.Context()
	me := p.me(c)
	keys := p.guessKeys(c, me, me.Email)
	if err := p.passwords.wait(ctx); err != nil {
		return err
	}
	until, err := p.Store.LoginDelay(ctx, keys...)
	right := false
	if err == nil && !until.After(p.Now()) {
		var hash string
		if _, hash, err = p.Store.StaffByEmail(ctx, me.Email); err == nil {
			right, err = p.passwords.match(c.PostForm("present"), hash)
		}
	}
	if err == nil && !right {
		err = p.Store.LoginFailed(ctx, me.ID, keys...)
	}
	p.passwords.done()
	if err != nil {
		return err
	}
	var found ippo.Problems
	if !right {
		found.Add("present", "今のパスワードが違います。続けて間違えると、しばらく変えられなくなります。")
		return p.mePage(c, mePage{}, found)
	}
	if found, err = p.setPassword(c, me, c.PostForm("password")); err != nil {
		return err
	}
	if found != nil {
		return p.mePage(c, mePage{}, found)
	}
	if err := p.beginSession(c, me.ID); err != nil {
		return err
	}
	return p.redirect(c, "パスワードを変えました。", "/admin/account")
}

// linkLine makes the code that the reader types into the chat on their own phone.
func (p *Panel) linkLine(c *gin.Context) error {
	code, expires, err := p.Store.NewStaffLinkCode(c.Request.Context(), p.me(c).ID)
	if err != nil {
		return err
	}
	page := mePage{Code: ippo.StaffLinkText(code), Expires: expires.In(ippo.Tokyo).Format("15:04")}
	if page.Chat, err = p.ChatURL(page.Code); err != nil && !errors.Is(err, errNoAccount) {
		return err
	}
	return p.mePage(c, page, nil)
}

func (p *Panel) unlinkLine(c *gin.Context) error {
	if err := p.Store.UnlinkStaff(c.Request.Context(), p.me(c).ID); err != nil {
		return err
	}
	return p.redirect(c, "LINEとのつながりを外しました。", "/admin/account")
}
