package admin

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/store"
)

type staffList struct {
	frame
	Items []ippo.Staff // people, no tokens
	Teams func(ippo.Staff) string

	Invited []store.StaffInvite
}

func (p *Panel) staffList(c *gin.Context) error {
	all, err := p.Store.StaffList(c.Request.Context())
	if err != nil {
		return err
	}
	teams, err := p.teamNames(c.Request.Context())
	if err != nil {
		return err
	}
	people := slices.DeleteFunc(all, func(who ippo.Staff) bool { return who.Token })
	invited, err := p.Store.StaffInvites(c.Request.Context())
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "staff_list.html", staffList{p.frame(c), people, teams, invited})
}

type staffPage struct {
	frame
	Item  ippo.Staff
	Open  openSessions
	Self  bool // the reader's own entry: their role and state are for a colleague to change
	Roles []option
	Teams []option
}

func (p *Panel) staffPage(c *gin.Context, who ippo.Staff, found ippo.Problems) error {
	page := staffPage{frame: p.frame(c), Item: who, Self: who.ID != 0 && who.ID == p.me(c).ID, Roles: statuses(ippo.Roles, who.Role)}
	page.Problems = found
	var err error
	if page.Teams, err = p.teamOptions(c.Request.Context(), who); err != nil {
		return err
	}
	if who.ID != 0 && !page.Self {
		if page.Open, err = p.openSessions(c.Request.Context(), who.ID, href("staff/%d/sessions/end", who.ID)); err != nil {
			return err
		}
	}
	return p.render(c, formStatus(found), "staff_edit.html", page)
}

func (p *Panel) newStaff(c *gin.Context) error {
	return p.staffPage(c, ippo.Staff{Role: ippo.Editor}, nil)
}

func (p *Panel) createStaff(c *gin.Context) error {
	ctx := c.Request.Context()
	who := ippo.Staff{Name: formText(c, "name"), Email: strings.ToLower(formText(c, "email")), Role: ippo.Role(formText(c, "role")), Teams: formTeams(c)}
	found, err := mend(who.Validate(), nil)
	if err != nil {
		return err
	}
	if found, err = p.takePassword(ctx, who, c.PostForm("password"), found, func(hash string) error {
		_, err := p.Store.CreateStaff(ctx, p.me(c).ID, who, hash)
		return err
	}); err != nil {
		return err
	}
	if found != nil {
		return p.staffPage(c, who, found)
	}
	return p.redirect(c, who.Name+"さんを追加しました。パスワードを本人に伝えてください。", href("staff"))
}

func (p *Panel) staffMember(c *gin.Context) (ippo.Staff, error) {
	id, err := pathID[ippo.StaffID](c)
	if err != nil {
		return ippo.Staff{}, err
	}
	who, err := p.Store.StaffMember(c.Request.Context(), id)
	if err == nil && who.Token {
		err = ippo.ErrNotFound
	}
	return who, err
}

func (p *Panel) editStaff(c *gin.Context) error {
	who, err := p.staffMember(c)
	if err != nil {
		return err
	}
	return p.staffPage(c, who, nil)
}

func (p *Panel) updateStaff(c *gin.Context) error {
	who, err := p.staffMember(c)
	if err != nil {
		return err
	}
	who.Name, who.Email = formText(c, "name"), strings.ToLower(formText(c, "email"))
	if who.ID != p.me(c).ID {
		who.Role, who.Disabled, who.Teams = ippo.Role(formText(c, "role")), formOn(c, "disabled"), formTeams(c)
	}
	found, err := mend(p.Store.UpdateStaff(c.Request.Context(), p.me(c).ID, who), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.staffPage(c, who, found)
	}
	return p.redirect(c, who.Name+"さんの登録を保存しました。", href("staff"))
}

// resetPassword sets a password for somebody who has lost theirs, which ends their sessions.
func (p *Panel) resetPassword(c *gin.Context) error {
	who, err := p.staffMember(c)
	if err != nil {
		return err
	}
	if who.ID == p.me(c).ID {
		return ippo.ErrForbidden // with the present one, on one's own page
	}
	found, err := p.setPassword(c, who, c.PostForm("password"))
	if err != nil {
		return err
	}
	if found != nil {
		return p.staffPage(c, who, found)
	}
	return p.redirect(c, who.Name+"さんのパスワードを変えました。本人に伝えてください。", href("staff"))
}

// checkPassword reports whether somebody may choose a password: the center's names are no secret, either.
func (p *Panel) checkPassword(ctx context.Context, who ippo.Staff, password string) error {
	settings, err := p.Store.Settings(ctx)
	if err != nil {
		return err
	}
	office := settings.Office
	return CheckPassword(password, who.Name, who.Email, office.Name, office.City, office.Account, office.Email)
}

func (p *Panel) setPassword(c *gin.Context, who ippo.Staff, password string) (ippo.Problems, error) {
	ctx := c.Request.Context()
	return p.takePassword(ctx, who, password, nil, func(hash string) error { return p.Store.SetPassword(ctx, p.me(c).ID, who.ID, hash) })
}

// takePassword has a password saved that somebody chose, unless something is wrong with it or was found before.
func (p *Panel) takePassword(ctx context.Context, who ippo.Staff, password string, found ippo.Problems, save func(hash string) error) (ippo.Problems, error) {
	found, err := mend(p.checkPassword(ctx, who, password), found)
	if found != nil || err != nil {
		return found, err
	}
	hash, err := p.passwords.hash(ctx, password)
	if err != nil {
		return nil, err
	}
	return mend(save(hash), nil)
}
