package admin

import (
	"context"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/intake"
)

type newsPage struct {
	frame
	Item          ippo.News
	Topics, Areas []option
	Kinds, States []option
	PublishAt     string
	Translations  []translationForm
}

func (p *Panel) news() longShelf[ippo.News] {
	return longShelf[ippo.News]{
		kind: ippo.ContentNews, hint: "題名や本文のことば",
		state: func(n *ippo.News, to ippo.ContentStatus) { n.Status = to },
		said:  statusWords, moves: publishing, at: "published", first: "-published",
		columns: intake.News,
		shelf: shelf[ippo.News]{
			panel: p, section: "news", word: "お知らせ", instead: "見えなくするだけなら、状態を「公開終了」にしてください。",
			one:    func(ctx context.Context, id int64) (ippo.News, error) { return p.Store.News(ctx, ippo.NewsID(id)) },
			create: p.Store.CreateNews,
			update: p.Store.UpdateNews,
			delete: func(ctx context.Context, by ippo.StaffID, id int64) error {
				return p.Store.DeleteNews(ctx, by, ippo.NewsID(id))
			},
			id:   func(n ippo.News) int64 { return int64(n.ID) },
			name: func(n ippo.News) string { return n.Title },
			blank: func() ippo.News {
				return ippo.News{Kind: ippo.NewsPlain, Status: ippo.ContentDraft, PublishAt: p.Now()}
			},
			named: func(n ippo.News) ippo.News { n.Slug = newSlug("news", p.Now()); return n },
			read:  p.readNews,
			page: func(f frame, n ippo.News, topics []ippo.Topic, areas []ippo.Area) any {
				return newsPage{
					frame: f, Item: n, PublishAt: inputMoment(n.PublishAt),
					Topics: choices(topics, n.Topics), Areas: choices(areas, n.Areas),
					Kinds: statuses(ippo.NewsKinds, n.Kind), States: statuses(ippo.ContentStatuses, n.Status),
					Translations: p.translationForms(n.Translations, n.Texts(), f.Problems),
				}
			},
		},
	}
}

func (p *Panel) readNews(c *gin.Context, n ippo.News, topics []ippo.Topic, areas []ippo.Area) (ippo.News, ippo.Problems) {
	var found ippo.Problems
	n.Kind = ippo.NewsKind(formText(c, "kind"))
	n.Title = formText(c, "title")
	n.Summary = formText(c, "summary")
	n.Body = formText(c, "body")
	n.URL = formText(c, "url")
	n.Status = ippo.ContentStatus(formText(c, "status"))
	n.PublishAt = formTime(c, "publishAt", "公開する日時", &found)
	if n.PublishAt.IsZero() {
		n.PublishAt = p.Now()
	}
	n.Translations = p.formTranslations(c, n.Translations, n.Texts())
	n.Topics, n.Areas = chosen(c, "topics", topics), chosen(c, "areas", areas)
	return n, found
}
