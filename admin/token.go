package admin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
)

// NewToken makes an API token of 130 random bits, and what the store keeps of it. What it begins with lets
// scanners recognise one that was published by mistake.
func NewToken() (token string, sum []byte) {
	token = "ippo_" + rand.Text()
	hash := sha256.Sum256([]byte(token))
	return token, hash[:]
}

// tokenRow is a token as the list and its page show it.
type tokenRow struct {
	ippo.Staff
	OwnerName string
	Orphan    bool // nobody who may answers for it
	Over      bool // its day has come
	Soon      bool // its day is near
}

// Good reports whether it lets a program in. One from before owners were asked goes on without one.
func (t tokenRow) Good() bool { return !t.Disabled && !t.Over && (!t.Orphan || t.Owner == 0) }

// LastDay is the last day on which it is good; ask only for one with an end.
func (t tokenRow) LastDay() time.Time { return t.Expires.Add(-time.Second) }

func (p *Panel) tokenRow(t ippo.Staff, all map[ippo.StaffID]ippo.Staff) tokenRow {
	owner, now := all[t.Owner], p.Now()
	row := tokenRow{Staff: t, OwnerName: owner.Name, Orphan: owner.Role != ippo.Administrator || owner.Disabled}
	if !t.Expires.IsZero() {
		row.Over = !t.Expires.After(now)
		row.Soon = !row.Over && t.Expires.Sub(now) <= ippo.TokenEnding
	}
	return row
}

func (p *Panel) everybody(ctx context.Context) (map[ippo.StaffID]ippo.Staff, []ippo.Staff, error) {
	list, err := p.Store.StaffList(ctx)
	all := make(map[ippo.StaffID]ippo.Staff, len(list))
	for _, who := range list {
		all[who.ID] = who
	}
	return all, list, err
}

// tokensToMind are those that an administrator has to do something about.
func (p *Panel) tokensToMind(ctx context.Context) ([]tokenRow, error) {
	minded, err := p.Store.TokensToMind(ctx, p.Now())
	if err != nil || minded == nil {
		return nil, err
	}
	all, _, err := p.everybody(ctx)
	if err != nil {
		return nil, err
	}
	return converted(minded, func(t ippo.Staff) tokenRow { return p.tokenRow(t, all) }), nil
}

type tokenList struct {
	frame
	Items []tokenRow
}

func (p *Panel) tokenList(c *gin.Context) error {
	all, list, err := p.everybody(c.Request.Context())
	if err != nil {
		return err
	}
	page := tokenList{frame: p.frame(c)}
	for _, who := range list {
		if who.Token {
			page.Items = append(page.Items, p.tokenRow(who, all))
		}
	}
	return p.render(c, http.StatusOK, "token_list.html", page)
}

// tokenPage is the form of a new token, or one that is there.
type tokenPage struct {
	frame
	Item   tokenRow
	Scopes []option // of the form
	Teams  []option // likewise
	Of     string   // the teams of one that is there
	Until  string   // likewise
	Token  string   // just made: shown this once
}

const inputDay = "2006-01-02"

func (p *Panel) tokenForm(c *gin.Context, who ippo.Staff, until string, found ippo.Problems) error {
	page := tokenPage{frame: p.frame(c), Item: tokenRow{Staff: who}, Until: until}
	page.Problems = found
	for _, one := range ippo.AllScopes {
		page.Scopes = append(page.Scopes, option{string(one), one.Words(), who.Scopes.Has(one)})
	}
	var err error
	if page.Teams, err = p.teamOptions(c.Request.Context(), who); err != nil {
		return err
	}
	return p.render(c, formStatus(found), "token_edit.html", page)
}

func (p *Panel) newToken(c *gin.Context) error {
	inAYear := p.Now().In(ippo.Tokyo).AddDate(1, 0, 0)
	return p.tokenForm(c, ippo.Staff{Scopes: ippo.Scopes{ippo.ScopeRead}}, inAYear.Format(inputDay), nil)
}

func (p *Panel) createToken(c *gin.Context) error {
	ctx := c.Request.Context()
	who := ippo.Staff{Name: formText(c, "name"), Token: true, Owner: p.me(c).ID, Teams: formTeams(c)}
	for _, one := range c.PostFormArray("scopes") {
		who.Scopes = append(who.Scopes, ippo.Scope(one))
	}
	who.Role = who.Scopes.Role()
	until := formText(c, "expires")
	day, err := time.ParseInLocation(inputDay, until, ippo.Tokyo)
	if err == nil {
		who.Expires = day.AddDate(0, 0, 1) // to the end of that day
	}
	found, err := mend(who.Validate(), nil)
	if err != nil {
		return err
	}
	if found, err = mend(ippo.CheckTokenEnd(who.Expires, p.Now()), found); err != nil {
		return err
	}
	if found != nil {
		return p.tokenForm(c, who, until, found)
	}
	token, sum := NewToken()
	if who, err = p.Store.CreateToken(ctx, p.me(c).ID, who, sum); err != nil {
		return err
	}
	return p.showTokenRow(c, tokenRow{Staff: who, OwnerName: p.me(c).Name}, token)
}

func (p *Panel) token(c *gin.Context) (ippo.Staff, error) {
	id, err := pathID[ippo.StaffID](c)
	if err != nil {
		return ippo.Staff{}, err
	}
	return p.Store.Token(c.Request.Context(), id)
}

func (p *Panel) showToken(c *gin.Context) error {
	who, err := p.token(c)
	if err != nil {
		return err
	}
	all, _, err := p.everybody(c.Request.Context())
	if err != nil {
		return err
	}
	return p.showTokenRow(c, p.tokenRow(who, all), "")
}

// showTokenRow shows a token; token is its text if it was just made.
func (p *Panel) showTokenRow(c *gin.Context, row tokenRow, token string) error {
	of, err := p.teamNames(c.Request.Context())
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "token_show.html", tokenPage{frame: p.frame(c), Item: row, Of: of(row.Staff), Token: token})
}

func (p *Panel) askEndToken(c *gin.Context) error {
	who, err := p.token(c)
	if err != nil {
		return err
	}
	return p.confirm(c, confirmPage{
		Title: "APIトークンを止める", Question: "「" + who.Name + "」を止めますか。",
		Detail: "このトークンを使うプログラムは、すぐに使えなくなります。もとに戻せません。", Button: "止める", Icon: "stop", Back: href("tokens/%d", who.ID),
	}, nil)
}

func (p *Panel) endToken(c *gin.Context) error {
	who, err := p.token(c)
	if err != nil {
		return err
	}
	if err := p.Store.EndToken(c.Request.Context(), p.me(c).ID, who.ID); err != nil {
		return err
	}
	return p.redirect(c, "「"+who.Name+"」を止めました。", href("tokens"))
}

// takeToken makes the reader answer for a token, whose owner leaves or was never asked for.
func (p *Panel) takeToken(c *gin.Context) error {
	who, err := p.token(c)
	if err != nil {
		return err
	}
	if err := p.Store.TakeToken(c.Request.Context(), p.me(c).ID, who.ID); err != nil {
		return err
	}
	return p.redirect(c, "「"+who.Name+"」の責任者になりました。", href("tokens/%d", who.ID))
}
