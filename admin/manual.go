package admin

import (
	"github.com/gin-gonic/gin"

	"ippo"
)

type manualPage struct {
	frame
	Form         ippo.Manual // as typed
	Translations []translationForm
}

func (p *Panel) manualPage(c *gin.Context, form ippo.Manual, found ippo.Problems) error {
	page := manualPage{frame: p.frame(c), Form: form, Translations: p.translationForms(form.Translations, form.Texts(), found)}
	page.Problems = found
	return p.render(c, formStatus(found), "manual.html", page)
}

// editManual shows the ambassadors' manual to be changed.
func (p *Panel) editManual(c *gin.Context) error {
	center, err := p.Store.Settings(c.Request.Context())
	if err != nil {
		return err
	}
	return p.manualPage(c, center.Manual, nil)
}

func (p *Panel) saveManual(c *gin.Context) error {
	center, err := p.Store.Settings(c.Request.Context())
	if err != nil {
		return err
	}
	form := ippo.Manual{Text: formText(c, "text")}
	form.Translations = p.formTranslations(c, center.Manual.Translations, form.Texts())
	found, err := mend(p.Store.SaveManual(c.Request.Context(), p.me(c).ID, form), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.manualPage(c, form, found)
	}
	return p.redirect(c, "手引きを保存しました。", href("ambassadors/manual"))
}
