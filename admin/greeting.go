package admin

import (
	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/messages"
)

// greetingPage is how who has just added the account is greeted, in each language.
type greetingPage struct {
	frame
	Greetings []greetingForm
}

type greetingForm struct {
	Language      ippo.Language
	Words         string // what staff call the language
	Own           ippo.Greeting
	Hello, Common string // what is said where they write nothing
	Preview       preview
}

func (p *Panel) showGreeting(c *gin.Context) error {
	settings, err := p.Store.Settings(c.Request.Context())
	if err != nil {
		return err
	}
	return p.greetingPage(c, settings.Greetings, nil)
}

func (p *Panel) greetingPage(c *gin.Context, own ippo.Greetings, found ippo.Problems) error {
	page := greetingPage{frame: p.frame(c)}
	page.Problems = found
	center := page.Settings
	center.Greetings = own
	for _, l := range p.catalogs.Languages() {
		w := p.catalogs.In(l)
		f := greetingForm{Language: l, Words: l.Words(), Own: own[l]}
		f.Hello, f.Common, _ = messages.GreetingWords(w, center.WithoutGreetings())
		f.Preview = p.preview(c.Request.Context(), center.Office.Account, []ippo.Message{messages.Greeting(w, center, p.PublicURL+"/r/privacy")}, nil)
		f.Preview.Of = f.Words
		page.Greetings = append(page.Greetings, f)
	}
	return p.render(c, formStatus(found), "greeting.html", page)
}

// saveGreeting keeps the greetings, or only shows how they look.
func (p *Panel) saveGreeting(c *gin.Context) error {
	own := ippo.Greetings{}
	for _, l := range p.catalogs.Languages() {
		name := "greetings." + string(l) + "."
		if g := (ippo.Greeting{Hello: formText(c, name+"hello"), Purpose: formText(c, name+"purpose")}); g != (ippo.Greeting{}) {
			own[l] = g
		}
	}
	found, err := mend(own.Validate(), nil)
	if err != nil {
		return err
	}
	if found != nil || c.PostForm("do") == "look" {
		return p.greetingPage(c, own, found)
	}
	if err := p.Store.SaveGreetings(c.Request.Context(), p.me(c).ID, own); err != nil {
		return err
	}
	return p.redirect(c, "あいさつを保存しました。", href("greeting"))
}
