package messages

import (
	"strings"

	"ippo"
)

// CampaignCards shows the call-out campaigns of the day. Who serves as ambassador can count a call-out and
// take ready words along.
func CampaignCards(w Words, campaigns []ippo.Campaign, base string, serving bool) ippo.Message {
	shown := campaigns[:min(len(campaigns), ippo.MaxBubbles)]
	bubbles := make([]bubble, len(shown))
	alt := make([]string, len(shown))
	for i, c := range shown {
		bubbles[i], alt[i] = campaignCard(w, c, base, serving)
	}
	return cards(strings.Join(alt, "\n"), bubbles)
}

// campaignCard is the card of one campaign, with further buttons below it, and what it says in words.
func campaignCard(w Words, c ippo.Campaign, base string, serving bool, further ...any) (bubble, string) {
	c, reading := c.In(w.Language)
	more := open(w.Say("card.more"), w.Page(CampaignPage(base, c.Slug)))
	buttons := []any{primary(more)}
	if serving {
		buttons = []any{primary(tap(w.Say("callout.button"), "1/ambassador/callout/"+c.Slug))}
		if c.Phrase != "" || len(c.Phrases) > 0 {
			buttons = append(buttons, secondary(tap(w.Say("phrases.open"), "1/ambassador/phrases/"+c.Slug)))
		}
		buttons = append(buttons, secondary(more))
	}
	return bubble{
		Type: "bubble",
		Body: vertical("sm",
			title(c.Title),
			plain(clip(c.Story, 120)),
			small(w.Caveat(reading, "title", "story", "whom", "phrase")),
			rule(),
			row(w.Say("campaign.whom"), strings.Join(c.Groups(), "・")),
			row(w.Say("campaign.phrase"), c.Phrase),
			rule(),
			small(w.Say("campaign.together")+"　"+together(w, c)),
			progress(c)),
		Footer: vertical("sm", append(buttons, further...)...),
	}, c.Title + "　" + together(w, c)
}

// together says how far the whole town has come, in people who called out.
func together(w Words, c ippo.Campaign) string {
	vars := Vars{"N": ippo.Comma(int64(c.People)), "Aim": ippo.Comma(int64(c.Aim))}
	if c.Aim == 0 {
		return w.Say("campaign.people", vars)
	}
	return w.Say("campaign.people.aim", vars)
}

// progress draws it, if there is an aim.
func progress(c ippo.Campaign) any {
	if c.Aim == 0 {
		return nil
	}
	return bar(c.Percent())
}

// Phrases are a campaign's ready words, each to be sent on to a friend with the campaign's page.
func Phrases(w Words, c ippo.Campaign, base string) ippo.Message {
	c, _ = c.In(w.Language)
	all := c.Phrases
	if c.Phrase != "" {
		all = append([]ippo.Phrase{{Occasion: w.Say("phrases.any"), Text: c.Phrase}}, all...)
	}
	all = all[:min(len(all), ippo.MaxBubbles)]
	bubbles := make([]bubble, len(all))
	alt := make([]string, len(all))
	for i, one := range all {
		bubbles[i] = bubble{
			Type:   "bubble",
			Body:   vertical("sm", small(one.Occasion), plain(one.Text)),
			Footer: vertical("sm", primary(open(w.Say("phrases.call"), Share(one.Text, CampaignPage(base, c.Slug))))),
		}
		alt[i] = one.Occasion + "：" + one.Text
	}
	return cards(strings.Join(alt, "\n"), bubbles)
}

// Reminders are the wordings of a campaign's reminders: each of the staff's texts with the campaign's card, and
// the question whether to go on.
func Reminders(catalogs *Catalogs, c ippo.Campaign, base string) []ippo.Wording {
	wordings := make([]ippo.Wording, len(c.Reminders), len(c.Reminders)+1)
	for i, text := range c.Reminders {
		wordings[i] = ippo.Wording{Text: text, Draw: func(l ippo.Language) []ippo.Message {
			w := catalogs.In(l)
			one, alt := campaignCard(w, c, base, c.Audience.Ambassadors, link(tap(w.Say("rest.open"), "1/rest/rest/ask")))
			return []ippo.Message{Text(text), cards(alt, []bubble{one})}
		}}
	}
	return append(wordings, ippo.Wording{Ask: true, Draw: func(l ippo.Language) []ippo.Message {
		return []ippo.Message{AskGoOn(catalogs.In(l), c)}
	}})
}

// AskGoOn asks whether somebody who has not answered for a while wants more reminders.
func AskGoOn(w Words, c ippo.Campaign) ippo.Message {
	c, _ = c.In(w.Language)
	return Summary(w.Say("rest.goon.ask"), []Fact{{Name: w.Say("rest.goon.of"), Value: c.Title}}, w.Say("rest.goon.note"), []Choice{
		{Label: w.Say("rest.goon"), Data: "1/rest/goon/"},
		{Label: w.Say("rest.open"), Data: "1/rest/rest/ask"},
	})
}

// Milestone announces that so many people have called out.
func Milestone(w Words, c ippo.Campaign, m ippo.Milestone, base string) []ippo.Message {
	one, alt := campaignCard(w, c, base, c.Audience.Ambassadors)
	c, _ = c.In(w.Language)
	key := "milestone.people"
	switch {
	case m.Percent && m.N == 100:
		key = "milestone.aim"
	case m.Percent:
		key = "milestone.percent"
	}
	text := w.Say(key, Vars{"Title": c.Title, "N": ippo.Comma(int64(m.People(c.Aim))), "Percent": m.N})
	if c.Thanks != "" {
		text += "\n\n" + c.Thanks
	}
	return []ippo.Message{Text(text), cards(alt, []bubble{one})}
}

// CampaignPage is the address of a campaign's page.
func CampaignPage(base, slug string) string { return base + "/r/campaigns/" + slug }
