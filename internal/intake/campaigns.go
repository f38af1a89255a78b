package intake

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"ippo"
)

// Campaigns are the columns of the file of campaigns, as they stand on a day. Pictures and translations are in no cell.
func Campaigns(names ippo.AudienceNames, today time.Time) []Column[ippo.Campaign] {
	type campaign = ippo.Campaign
	columns := []Column[campaign]{
		Written("番号", func(c campaign) string { return strconv.FormatInt(int64(c.ID), 10) }),
		campaignState(today),
		Text(Key, func(c *campaign) *string { return &c.Slug }),
		Text("題名", func(c *campaign) *string { return &c.Title }),
		Date("始まり", func(c *campaign) *string { return &c.StartsOn }),
		Date("終わり", func(c *campaign) *string { return &c.EndsOn }),
		Text("説明", func(c *campaign) *string { return &c.Story }),
		Text("声をかける相手", func(c *campaign) *string { return &c.Whom }),
		Text("声かけのことば", func(c *campaign) *string { return &c.Phrase }),
		Text("くわしいページ", func(c *campaign) *string { return &c.URL }),
		Text("問い合わせの入力画面", func(c *campaign) *string { return &c.AskURL }),
		Number("目標の人数", func(c *campaign) *int { return &c.Aim }),
		Number("問い合わせの見込み", func(c *campaign) *int { return &c.Hoped }),
		sentence("案内の宛先", true, func(c *campaign) *ippo.Audience { return &c.Audience }, func(a ippo.Audience) string { return a.Words(names) }, names.Read),
		sentence("案内の予定", true, func(c *campaign) *ippo.Schedule { return &c.Schedule }, ippo.Schedule.Words, ippo.ReadSchedule),
		sentence("節目", false, func(c *campaign) *[]ippo.Milestone { return &c.Milestones }, ippo.MilestoneWords, ippo.ParseMilestones),
		Text("節目のことば", func(c *campaign) *string { return &c.Thanks }),
		Written("声かけの回数", func(c campaign) string { return strconv.Itoa(c.CallOuts) }),
		Written("声をかけた人", func(c campaign) string { return strconv.Itoa(c.People) }),
	}
	for i := range ippo.MaxReminders {
		columns = append(columns, Text(fmt.Sprintf("案内の文%d", i+1), nth(i, func(c *campaign) *[]string { return &c.Reminders }, func(s *string) *string { return s })))
	}
	phrases := func(c *campaign) *[]ippo.Phrase { return &c.Phrases }
	for i := range ippo.MaxPhrases {
		columns = append(columns,
			Text(fmt.Sprintf("場面%d", i+1), nth(i, phrases, func(p *ippo.Phrase) *string { return &p.Occasion })),
			Text(fmt.Sprintf("場面%dのことば", i+1), nth(i, phrases, func(p *ippo.Phrase) *string { return &p.Text })))
	}
	return columns
}

// campaignState is a column that says how far a campaign has come. A file changes nothing of that: what has changed since it
// was saved is passed over, and what would let reminders go out is refused.
func campaignState(today time.Time) Column[ippo.Campaign] {
	const name, active, stopped, over = "状態", "案内中", "止まっている", "終了"
	state := func(c ippo.Campaign) string {
		switch {
		case c.EndsOn < today.Format(time.DateOnly):
			return over
		case c.Active:
			return active
		}
		return stopped
	}
	return Column[ippo.Campaign]{name, state, func(c *ippo.Campaign, cell string) string {
		if cell == active && state(*c) == stopped || cell != active && cell != stopped && cell != over {
			return "「" + name + "」は、ファイルでは変えられません。空けておいてください。案内は、画面で承認されると始まります。"
		}
		return ""
	}, true}
}

// sentence is a column of what is said in words. kept says that an empty cell leaves what is there.
func sentence[T, V any](name string, kept bool, of func(*T) *V, say func(V) string, read func(string) (V, error)) Column[T] {
	return Column[T]{name, func(item T) string { return say(*of(&item)) }, func(item *T, cell string) string {
		value, err := read(cell)
		if problems, ok := errors.AsType[ippo.Problems](err); ok {
			return "「" + name + "」: " + problems.Error()
		}
		*of(item) = value
		return ""
	}, kept}
}

// nth is one of a list's texts: of a copy, for others may hold the same list.
func nth[T, V any](i int, list func(*T) *[]V, text func(*V) *string) func(*T) *string {
	return func(item *T) *string {
		all := list(item)
		*all = slices.Clone(*all)
		for len(*all) <= i {
			*all = append(*all, *new(V))
		}
		return text(&(*all)[i])
	}
}

// tidyCampaign closes the gaps between a campaign's texts.
func tidyCampaign(c *ippo.Campaign) {
	c.Reminders = slices.DeleteFunc(slices.Clone(c.Reminders), func(text string) bool { return text == "" })
	c.Phrases = slices.DeleteFunc(slices.Clone(c.Phrases), func(p ippo.Phrase) bool { return p == ippo.Phrase{} })
}
