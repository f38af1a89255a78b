package admin

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/faq"
)

// tryPage says what the bot would answer to a text, and why (試してみる).
type tryPage struct {
	frame
	Text      string
	Languages []option
	Trial     ippo.Trial
	Preview   preview
	Link      string     // to where the rule's words are written, "" where that is nowhere in the panel
	Found     faq.Result // among the frequent questions, where it comes to them
}

// maxTry is how many characters LINE lets somebody write.
const maxTry = 5000

// Questions reports whether the frequent questions were asked.
func (p tryPage) Questions() bool {
	return p.Settings.Has(ippo.ModuleFAQ) && slices.Contains([]ippo.Rule{ippo.RuleFAQ, ippo.RuleFAQs, ippo.RuleNear, ippo.RuleUnknown}, p.Trial.Rule)
}

// Answered reports whether what was found is answered with.
func (p tryPage) Answered() bool { return p.Found.Outcome != faq.None }

func (p *Panel) tryWords(c *gin.Context) error {
	ctx := c.Request.Context()
	page := tryPage{frame: p.frame(c), Text: cutRunes(strings.TrimSpace(c.Query("text")), maxTry)}
	language := ippo.Language(c.Query("lang"))
	if !slices.Contains(p.catalogs.Languages(), language) {
		language = ippo.Japanese
	}
	for _, l := range p.catalogs.Languages() {
		page.Languages = append(page.Languages, option{string(l), l.Words(), l == language})
	}
	if page.Text == "" {
		return p.render(c, http.StatusOK, "try.html", page)
	}
	var err error
	if page.Trial, err = p.Try(ctx, page.Text, language); err != nil {
		return err
	}
	page.Preview = p.preview(ctx, page.Settings.Office.Account, page.Trial.Messages, nil)
	switch page.Trial.Rule {
	case ippo.RuleAutoReply:
		page.Link = href("autoreplies/%d", page.Trial.AutoReply)
	case ippo.RuleDanger:
		if page.May("admin") {
			page.Link = href("settings")
		}
	}
	if page.Questions() {
		if page.Found, err = p.FAQ.Search(ctx, page.Text); err != nil {
			return err
		}
	}
	return p.render(c, http.StatusOK, "try.html", page)
}
