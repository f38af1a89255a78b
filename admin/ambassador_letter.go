package admin

import (
	"errors"
	"html/template"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/qr"
)

// letter tells somebody who signed up on paper how to make their entry theirs.
type letter struct {
	Item    ippo.Ambassador
	Code    string // as it is typed into the chat
	Expires time.Time
	Picture template.HTML // the QR code that types it in; "" while LINE does not tell the account's ID
}

type letterPage struct {
	frame
	Today   string
	Letters []letter
	Left    int // of those who were chosen: they need none
}

// printLetters makes a letter with a new code for each of those who were chosen and have no LINE account. The codes
// are shown this once: what is kept are hashes.
func (p *Panel) printLetters(c *gin.Context) error {
	ctx := c.Request.Context()
	ticked, err := tickedAmbassadors(c)
	if err != nil {
		return err
	}
	page := letterPage{frame: p.frame(c), Today: ippo.DateWords(p.Now())}
	for _, one := range ticked {
		a, err := p.Store.Ambassador(ctx, one.ID)
		if err != nil {
			return err
		}
		code, expires, err := p.Store.NewAmbassadorCode(ctx, page.Me.ID, a.ID)
		if errors.Is(err, ippo.ErrConflict) {
			page.Left++
			continue
		}
		if err != nil {
			return err
		}
		l := letter{Item: a, Code: ippo.AmbassadorLinkText(code), Expires: expires}
		if address, err := p.ChatURL(l.Code); err == nil {
			drawn, err := qr.SVG(address)
			if err != nil {
				return err
			}
			l.Picture = template.HTML(drawn) // our own lines, and nothing that anybody typed
		} else if !errors.Is(err, errNoAccount) {
			return err
		}
		page.Letters = append(page.Letters, l)
	}
	if len(page.Letters) == 0 {
		return p.redirect(c, "手紙の要る人がいません。LINEにつながっていない人を、表で選んでください。", back(c, "ambassadors"))
	}
	return p.render(c, http.StatusOK, "letters.html", page)
}

// unlinkAmbassador takes off a LINE account that was linked by a letter.
func (p *Panel) unlinkAmbassador(c *gin.Context) error {
	return p.changeAmbassador(c, "LINEとのつながりを外しました。", func(a ippo.Ambassador) error {
		return p.Store.UnlinkAmbassador(c.Request.Context(), p.me(c).ID, a.ID)
	})
}
