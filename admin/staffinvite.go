package admin

import (
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

// invitePage is the form of an invitation, or one that was just made.
type invitePage struct {
	frame
	Item   ippo.Staff
	Roles  []option
	Teams  []option
	Link   string // shown this once
	Mailed bool   // it goes out by mail, too
}

func (p *Panel) invitePage(c *gin.Context, who ippo.Staff, found ippo.Problems) error {
	page := invitePage{frame: p.frame(c), Item: who, Roles: statuses(ippo.Roles, who.Role)}
	page.Problems = found
	var err error
	if page.Teams, err = p.teamOptions(c.Request.Context(), who); err != nil {
		return err
	}
	return p.render(c, formStatus(found), "staff_invite.html", page)
}

func (p *Panel) newInvite(c *gin.Context) error {
	return p.invitePage(c, ippo.Staff{Role: ippo.Editor}, nil)
}

// inviteStaff makes a link by which somebody becomes a member of staff, and mails it where mail is sent.
func (p *Panel) inviteStaff(c *gin.Context) error {
	who := ippo.Staff{Name: formText(c, "name"), Email: strings.ToLower(formText(c, "email")), Role: ippo.Role(formText(c, "role")), Teams: formTeams(c)}
	code := strings.ToLower(rand.Text())
	page := invitePage{frame: p.frame(c), Item: who, Link: p.PublicURL + "/admin/invite/" + code, Mailed: !p.MailOff}
	body := ""
	if page.Mailed {
		body = page.Settings.Office.Name + "の職員画面に招待されました。\n次のリンクを開いて、名前とパスワードを決めてください（7日のあいだ、1回だけ使えます）。\n\n" + page.Link +
			"\n\n心当たりがないときは、このメールを捨ててください。"
	}
	found, err := mend(p.Store.InviteStaff(c.Request.Context(), p.me(c).ID, who, inviteSum(code), body), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.invitePage(c, who, found)
	}
	p.Wake()
	return p.render(c, http.StatusOK, "staff_invite.html", page)
}

func inviteSum(code string) []byte {
	sum := sha256.Sum256([]byte(code))
	return sum[:]
}

func (p *Panel) cancelInvite(c *gin.Context) error {
	id, err := pathID[int64](c)
	if err != nil {
		return err
	}
	if err := p.Store.CancelStaffInvite(c.Request.Context(), p.me(c).ID, id); err != nil {
		return err
	}
	return p.redirect(c, "招待を取り消しました。", href("staff"))
}

// acceptPage is where somebody who was invited chooses their name and password.
type acceptPage struct {
	frame
	Invite store.StaffInvite
	Name   string
}

func (p *Panel) acceptPage(c *gin.Context, i store.StaffInvite, name string, found ippo.Problems) error {
	page := acceptPage{p.frame(c), i, name}
	page.Problems = found
	return p.render(c, formStatus(found), "invite.html", page)
}

func (p *Panel) showInvite(c *gin.Context) error {
	i, err := p.Store.StaffInvite(c.Request.Context(), inviteSum(c.Param("code")))
	if err != nil {
		return err
	}
	return p.acceptPage(c, i, i.Who.Name, nil)
}

// acceptInvite takes on who was invited and logs them in.
func (p *Panel) acceptInvite(c *gin.Context) error {
	ctx := c.Request.Context()
	sum := inviteSum(c.Param("code"))
	i, err := p.Store.StaffInvite(ctx, sum)
	if err != nil {
		return err
	}
	who := i.Who
	who.Name = formText(c, "name")
	found, err := mend(who.Validate(), nil)
	if err != nil {
		return err
	}
	if found, err = p.takePassword(ctx, who, c.PostForm("password"), found, func(hash string) error {
		taken, err := p.Store.AcceptStaffInvite(ctx, sum, who.Name, hash)
		if err == nil {
			who = taken
		}
		return err
	}); err != nil {
		return err
	}
	if found != nil {
		return p.acceptPage(c, i, who.Name, found)
	}
	if err := p.enter(c, who.ID); err != nil {
		return err
	}
	return p.redirect(c, "ようこそ、"+who.Name+"さん。", href(""))
}
