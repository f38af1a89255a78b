package bot

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"ippo/messages"
)

type manualPage struct {
	frame
	Text   string
	TextIn string // the language it is in, for HTML
	Caveat string // that this is not the reader's language; "" if it is
	Share  string // opens LINE, to send the page on
}

// manualPage is the ambassadors' manual, for everybody to read.
func (b *Bot) manualPage(c *gin.Context) error {
	f, err := b.frame(c, "manual.title")
	if err != nil {
		return err
	}
	center, err := b.store.Settings(c.Request.Context())
	if err != nil {
		return err
	}
	manual, reading := center.Manual.In(f.W.Language)
	return b.render(c, http.StatusOK, "manual", manualPage{
		frame: f, Text: manual.Text, TextIn: htmlLanguage(reading.Of["text"]), Caveat: f.W.Caveat(reading),
		Share: messages.Share(f.Say("manual.share"), messages.ManualPage(f.W, b.base)),
	})
}
