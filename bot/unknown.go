package bot

import (
	"strings"

	"ippo"
	"ippo/internal/faq"
	"ippo/internal/fold"
	"ippo/messages"
)

// unknown answers what no talk understands: with the answer to a frequent question if one surely is
// meant, or with what comes nearest to it, the menu, and the desk's telephone number.
func (t *turn) unknown(text string) error {
	asks := t.center.Has(ippo.ModuleFAQ)
	if asks {
		found, err := t.searchFAQs(text)
		if err != nil {
			return err
		}
		switch found.Outcome {
		case faq.Answer:
			return t.by(ippo.RuleFAQ).giveFAQ(found.Hits[0].FAQ.ID, text)
		case faq.Offer:
			return t.by(ippo.RuleFAQs).offerFAQs(found.Hits, text)
		}
	}
	near, err := t.near(text)
	if err != nil {
		return err
	}
	if asks {
		t.noteUnanswered(text, len(near) > 0)
	}
	vars := t.office()
	t.by(ippo.RuleUnknown)
	if len(near) > 0 {
		t.by(ippo.RuleNear).send(messages.Summary(t.w.Say("unknown.near"), nil, t.w.Say("unknown.desk", vars), near[:min(len(near), 6)]))
	} else {
		t.say("unknown", vars)
	}
	t.closing(
		t.tap("menu.groups", talkGroups, "start", ""),
		t.tap("menu.news", talkNews, "start", ""),
		t.tap("menu.events", talkEvents, "start", ""),
		t.tap("desk.open", talkDesk, "start", ""),
	)
	return nil
}

// near finds what a text may be about: a word of the menu, groups, news.
func (t *turn) near(text string) ([]messages.Choice, error) {
	var near []messages.Choice
	key := fold.Key(text)
	for _, c := range menuChoices(t) {
		for _, name := range c.names() {
			if strings.Contains(key, name) || len([]rune(key)) >= 3 && fold.Distance(key, name) <= 1 {
				near = append(near, messages.Choice{Label: c.label, Data: tapped{talkMenu, "open", c.value}.data()})
				break
			}
		}
	}
	if t.center.Has(ippo.ModuleGroups) {
		groups, err := t.bot.store.ActivityGroups(t.ctx)
		if err != nil {
			return nil, err
		}
		found := searchGroups(t.directory(groups), groupQuery{words: text})
		for _, g := range found[:min(len(found), 4)] {
			near = append(near, messages.Choice{Label: g.Name, Data: tapped{talkGroups, "show", g.Slug}.data()})
		}
	}
	if !t.center.Has(ippo.ModuleNews) {
		return near, nil
	}
	items, err := t.bot.store.PublishedNews(t.ctx, t.now, 0)
	for _, n := range nearestNews(items, text, 2) {
		near = append(near, messages.Choice{Label: n.Title, Data: tapped{talkNews, "show", n.Slug}.data()})
	}
	return near, err
}

// nearestNews finds the items whose title or summary a text is about, the best first.
func nearestNews(items []ippo.News, text string, limit int) []ippo.News {
	var near []ippo.News
	for _, term := range searchTerms(text) {
		for _, n := range items {
			if len(near) < limit && strings.Contains(fold.Text(strings.Join(append([]string{n.Title, n.Summary}, n.Translations.All("title", "summary")...), " ")), term) && !hasNews(near, n.ID) {
				near = append(near, n)
			}
		}
	}
	return near
}

func hasNews(items []ippo.News, id ippo.NewsID) bool {
	for _, n := range items {
		if n.ID == id {
			return true
		}
	}
	return false
}
