package admin

import (
	"strings"

	"github.com/gin-gonic/gin"

	"ippo"
)

type settingsPage struct {
	frame
	Form   ippo.Settings // as typed; the frame keeps those in force
	From   string
	Until  string
	Danger string // one word a line
}

func (p *Panel) settingsPage(c *gin.Context, form settingsPage, found ippo.Problems) error {
	form.frame = p.frame(c)
	form.Problems = found
	return p.render(c, formStatus(found), "settings.html", form)
}

func (p *Panel) showSettings(c *gin.Context) error {
	s, err := p.Store.Settings(c.Request.Context())
	if err != nil {
		return err
	}
	return p.settingsPage(c, settingsPage{
		Form: s, From: s.QuietFrom.String(), Until: s.QuietUntil.String(), Danger: strings.Join(s.DangerWords, "\n"),
	}, nil)
}

func (p *Panel) saveSettings(c *gin.Context) error {
	ctx := c.Request.Context()
	s, err := p.Store.Settings(ctx)
	if err != nil {
		return err
	}
	form := settingsPage{From: narrow(formText(c, "quietFrom")), Until: narrow(formText(c, "quietUntil")), Danger: formText(c, "dangerWords")}
	s.Office = ippo.Office{
		Account: formText(c, "office.account"), Name: formText(c, "office.name"), City: formText(c, "office.city"),
		Phone: formText(c, "office.phone"), Hours: formText(c, "office.hours"), Address: formText(c, "office.address"),
		Email: formText(c, "office.email"),
	}
	s.Labels = ippo.Labels{
		Ambassador: formText(c, "labels.ambassador"), Campaign: formText(c, "labels.campaign"), Vision: formText(c, "labels.vision"),
	}
	var found ippo.Problems
	if s.QuietFrom, err = ippo.ParseTimeOfDay(form.From); err != nil {
		found.Add("quietFrom", "時刻は「20:00」のように入力してください。")
	}
	if s.QuietUntil, err = ippo.ParseTimeOfDay(form.Until); err != nil {
		found.Add("quietUntil", "時刻は「08:00」のように入力してください。")
	}
	s.DangerWords = nil
	for line := range strings.Lines(form.Danger) {
		if word := strings.TrimSpace(line); word != "" {
			s.DangerWords = append(s.DangerWords, word)
		}
	}
	form.Form = s
	if found == nil {
		if found, err = mend(p.Store.SaveSettings(ctx, p.me(c).ID, s), nil); err != nil {
			return err
		}
	}
	if found != nil {
		return p.settingsPage(c, form, found)
	}
	return p.redirect(c, "設定を保存しました。", href("settings"))
}
