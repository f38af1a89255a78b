package admin

import (
	"context"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"ippo"
)

type autoReplyPage struct {
	frame
	Item         ippo.AutoReply
	Cards        []cardChoices
	Lost         bool // the card is not there for residents any more
	Translations []translationForm
}

func (p *Panel) autoReplies() shelf[ippo.AutoReply] {
	return shelf[ippo.AutoReply]{
		panel: p, section: "autoreplies", word: "自動の返事", instead: "使わなくするだけなら、「使わない」にしてください。",
		all: p.Store.AutoReplies,
		one: func(ctx context.Context, id int64) (ippo.AutoReply, error) {
			return p.Store.AutoReply(ctx, ippo.AutoReplyID(id))
		},
		create: p.Store.CreateAutoReply,
		update: p.Store.UpdateAutoReply,
		delete: func(ctx context.Context, by ippo.StaffID, id int64) error {
			return p.Store.DeleteAutoReply(ctx, by, ippo.AutoReplyID(id))
		},
		id:   func(a ippo.AutoReply) int64 { return int64(a.ID) },
		name: func(a ippo.AutoReply) string { return strings.Join(a.KeywordList(), "・") },
		texts: func(a ippo.AutoReply) []string {
			return append([]string{a.Keywords, a.Text}, a.Translations.All("text")...)
		},
		blank: func() ippo.AutoReply { return ippo.AutoReply{} },
		named: func(a ippo.AutoReply) ippo.AutoReply { return a },
		read:  p.readAutoReply,
		page: func(f frame, a ippo.AutoReply, _ []ippo.Topic, _ []ippo.Area) any {
			return autoReplyPage{frame: f, Item: a, Translations: p.translationForms(a.Translations, a.Texts(), f.Problems)}
		},
		fill: func(ctx context.Context, page any) (any, error) {
			filled := page.(autoReplyPage)
			var err error
			if filled.Cards, err = p.cardChoices(ctx); err != nil {
				return nil, err
			}
			filled.Lost = filled.Item.Card != ""
			for _, kind := range filled.Cards {
				for i := range kind.Options {
					on := kind.Options[i].Value == filled.Item.Card
					kind.Options[i].On, filled.Lost = on, filled.Lost && !on
				}
			}
			return filled, nil
		},
	}
}

func (p *Panel) readAutoReply(c *gin.Context, a ippo.AutoReply, _ []ippo.Topic, _ []ippo.Area) (ippo.AutoReply, ippo.Problems) {
	var found ippo.Problems
	a.Keywords, a.Whole, a.Text, a.Off = formText(c, "keywords"), formText(c, "match") == "whole", formText(c, "text"), formOn(c, "off")
	if card := formText(c, "card"); card != a.Card {
		cards, err := p.cardChoices(c.Request.Context())
		known := func(kind cardChoices) bool {
			return slices.ContainsFunc(kind.Options, func(o option) bool { return o.Value == card })
		}
		if card != "" && (err != nil || !slices.ContainsFunc(cards, known)) {
			found.Add("card", "カードを一覧から選び直してください。")
		}
		a.Card = card
	}
	a.Translations = p.formTranslations(c, a.Translations, a.Texts())
	return a, found
}
