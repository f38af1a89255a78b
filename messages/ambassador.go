package messages

import (
	"fmt"
	"strings"

	"ippo"
)

// AmbassadorCard is an ambassador's card with their number. It holds no name: what they told of
// themselves stays off LINE.
func AmbassadorCard(w Words, a ippo.Ambassador, center ippo.Settings) ippo.Message {
	number := fmt.Sprintf("No. %04d", a.Number)
	status := w.Say("ambassador.status." + string(a.Status))
	if a.Resting {
		status = w.Say("ambassador.resting")
	}
	head := vertical("xs",
		text{Type: "text", Text: center.Labels.Ambassador, Size: "sm", Color: white, Weight: "bold", Wrap: true},
		text{Type: "text", Text: number, Size: "xxl", Color: white, Weight: "bold"})
	head.PaddingAll, head.BackgroundColor = "xl", blue
	return card(center.Labels.Ambassador+" "+number+"　"+status, bubble{
		Type:   "bubble",
		Header: head,
		Body: vertical("md",
			plain(w.Say("ambassador.card")),
			row(w.Say("ambassador.status"), status),
			row(w.Say("ambassador.since"), w.Day(a.AppliedAt)),
			small(center.Office.Name)),
	})
}

// CampaignCards shows the call-out campaigns of the day. Who serves as ambassador can count a call-out.
func CampaignCards(w Words, campaigns []ippo.Campaign, base string, serving bool) ippo.Message {
	shown := campaigns[:min(len(campaigns), ippo.MaxBubbles)]
	bubbles := make([]bubble, len(shown))
	alt := make([]string, len(shown))
	for i, c := range shown {
		c, reading := c.In(w.Language)
		more := open(w.Say("card.more"), w.Page(CampaignPage(base, c.Slug)))
		footer := vertical("sm", primary(more))
		if serving {
			footer = vertical("sm", primary(tap(w.Say("callout.button"), "1/ambassador/callout/"+c.Slug)), secondary(more))
		}
		bubbles[i] = bubble{
			Type: "bubble",
			Body: vertical("sm",
				title(c.Title),
				plain(clip(c.Story, 120)),
				small(w.Caveat(reading, "title", "story", "whom", "phrase")),
				rule(),
				row(w.Say("campaign.whom"), c.Whom),
				row(w.Say("campaign.phrase"), c.Phrase),
				rule(),
				small(w.Say("campaign.together")+"　"+together(w, c)),
				progress(c)),
			Footer: footer,
		}
		alt[i] = c.Title + "　" + together(w, c)
	}
	return cards(strings.Join(alt, "\n"), bubbles)
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

// Reminder is what a campaign's reminder says: the staff's text, and the campaign's card.
func Reminder(w Words, c ippo.Campaign, base string) []ippo.Message {
	return []ippo.Message{Text(c.Reminder), CampaignCards(w, []ippo.Campaign{c}, base, c.Audience.Ambassadors)}
}

// CampaignPage is the address of a campaign's page.
func CampaignPage(base, slug string) string { return base + "/r/campaigns/" + slug }
