package admin

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/faq"
)

type faqPage struct {
	frame
	Item         ippo.FAQ
	Translations []translationForm
}

func (p *Panel) faqs() shelf[ippo.FAQ] {
	return shelf[ippo.FAQ]{
		panel: p, section: "faq", word: "よくある質問", instead: "見えなくするだけなら、「答えに使わない」にしてください。",
		all:    p.Store.FAQs,
		one:    func(ctx context.Context, id int64) (ippo.FAQ, error) { return p.Store.FAQ(ctx, ippo.FAQID(id)) },
		create: p.Store.CreateFAQ,
		update: p.Store.UpdateFAQ,
		delete: func(ctx context.Context, by ippo.StaffID, id int64) error {
			return p.Store.DeleteFAQ(ctx, by, ippo.FAQID(id))
		},
		id:   func(q ippo.FAQ) int64 { return int64(q.ID) },
		name: func(q ippo.FAQ) string { return q.Question },
		texts: func(q ippo.FAQ) []string {
			return append([]string{q.Question, q.Answer, q.Synonyms}, q.Translations.All("question", "answer")...)
		},
		blank: func() ippo.FAQ { return ippo.FAQ{} },
		named: func(q ippo.FAQ) ippo.FAQ { return q },
		read:  p.readFAQ,
		page: func(f frame, q ippo.FAQ, _ []ippo.Topic, _ []ippo.Area) any {
			return faqPage{f, q, p.translationForms(q.Translations, q.Texts(), f.Problems)}
		},
	}
}

func (p *Panel) readFAQ(c *gin.Context, q ippo.FAQ, _ []ippo.Topic, _ []ippo.Area) (ippo.FAQ, ippo.Problems) {
	var found ippo.Problems
	q.Question = formText(c, "question")
	q.Answer = formText(c, "answer")
	q.Synonyms = formText(c, "synonyms")
	q.Translations = p.formTranslations(c, q.Translations, q.Texts())
	q.Order = formInt(c, "order", "並び順", &found)
	q.Hidden = formOn(c, "hidden")
	return q, found
}

// unansweredPage lists the questions that found no answer.
type unansweredPage struct {
	frame
	pager
	Items []unansweredRow
	Total int
}

type unansweredRow struct {
	ippo.UnansweredQuestion
	Now []faq.Hit // what they would find by now
}

func (p *Panel) unansweredList(c *gin.Context) error {
	ctx := c.Request.Context()
	all, err := p.Store.Unanswered(ctx)
	if err != nil {
		return err
	}
	page := unansweredPage{frame: p.frame(c), Total: len(all)}
	part, links := pageOf(c, all)
	page.pager = links
	for _, q := range part {
		found, err := p.FAQ.Search(ctx, q.Text)
		if err != nil {
			return err
		}
		page.Items = append(page.Items, unansweredRow{q, found.Hits})
	}
	return p.render(c, http.StatusOK, "unanswered_list.html", page)
}

// answerUnanswered begins a frequent question with what was asked.
func (p *Panel) answerUnanswered(c *gin.Context) error {
	id, err := pathID[int64](c)
	if err != nil {
		return err
	}
	asked, err := p.Store.UnansweredQuestion(c.Request.Context(), id)
	if err != nil {
		return err
	}
	return p.faqs().show(c, ippo.FAQ{Question: asked.Text}, nil)
}

func (p *Panel) askDeleteUnanswered(c *gin.Context) error {
	id, err := pathID[int64](c)
	if err != nil {
		return err
	}
	asked, err := p.Store.UnansweredQuestion(c.Request.Context(), id)
	if err != nil {
		return err
	}
	return p.confirm(c, confirmPage{
		Title: "答えのなかった質問の削除", Question: "「" + asked.Text + "」を削除しますか。", Detail: "同じ質問をまとめて消します。元に戻せません。",
		Button: "削除する", Back: href("unanswered"),
	}, nil)
}

func (p *Panel) deleteUnanswered(c *gin.Context) error {
	id, err := pathID[int64](c)
	if err != nil {
		return err
	}
	if err := p.Store.DeleteUnanswered(c.Request.Context(), p.me(c).ID, id); err != nil {
		return err
	}
	return p.redirect(c, "質問を削除しました。", href("unanswered"))
}
