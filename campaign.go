package ippo

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// CampaignID names a campaign.
type CampaignID int64

// Campaign is a call-out campaign (声かけ作戦): what ambassadors are asked to say to whom, for how
// long, and when they are reminded.
type Campaign struct {
	ID       CampaignID
	Slug     string
	Title    string
	Story    string   // why: shown on the campaign's card and page
	Whom     string   // who is to be called, each on a line: 市外で暮らす家族, 子育て世帯
	Phrase   string   // ready words for any occasion
	Phrases  []Phrase // ready words for some occasions
	URL      string   // the city's own page about it; "" for none
	AskURL   string   // a form for those who were called and want to know more; "" for none
	StartsOn string   // 2006-01-02
	EndsOn   string
	Aim      int      // how many people are to call out
	Hoped    int      // how many of 1,000 who were called are hoped to ask: 10 is 1 %; 0 for no such aim
	Audience Audience // whom the reminders go to: ambassadors by default
	Schedule Schedule // of the reminders
	// Reminders are the texts of the reminders. Nobody is sent the same one twice running, if there are two.
	Reminders  []string
	Milestones []Milestone // of people who called out, each announced once
	Thanks     string      // what staff say with every milestone
	Active     bool        // residents see it and reminders go out; switching it on is what a second person approves
	Held       bool        // by a restore: only an administrator switches it on again
	Approver   StaffID     // who switched it on
	Author     StaffID
	NextDue    time.Time // the next reminder; zero when there is none
	CallOuts   int       // taps so far; filled in lists
	People     int       // how many ambassadors tapped; filled in lists
	Called     int       // how many were called, by what ambassadors say; filled in lists
	Asked      int       // taps on 「話を聞きたい」 on its page; filled in lists

	Flyers []Flyer

	Translations Translations `json:"-"`
}

// NewCampaign is what a campaign begins with: three months of it, for ambassadors, on the first of each month.
func NewCampaign(now time.Time) Campaign {
	today := now.In(Tokyo)
	return Campaign{
		StartsOn: today.Format(time.DateOnly), EndsOn: today.AddDate(0, 3, 0).Format(time.DateOnly), Audience: Audience{Ambassadors: true}, Hoped: 10,
		Schedule: Schedule{Kind: ScheduleMonthly, Day: 1, At: 9 * 60, Holidays: HolidayNext},
	}
}

// Shown reports whether residents see the campaign: a second person approved what it says now, and nobody has stopped
// it since. A restore holds its reminders only.
func (c Campaign) Shown() bool { return c.Active || c.Held && c.Approver != 0 }

// Settled says why a file leaves a campaign as it is on a day, such as 2026-04-01, and what to do instead; "" for a draft.
func (c Campaign) Settled(today string) string {
	switch {
	case c.EndsOn < today:
		return "終わったものは、ファイルでは変えられません。続けるときは、画面で「終わる日」を延ばしてから、取り込みなおしてください。"
	case c.Active:
		return "案内中のものは、ファイルでは変えられません。画面で「案内を止める」を押してから、取り込みなおしてください。"
	case c.Shown():
		return "承認されたあと、復元のために止まっているものは、ファイルでは変えられません。画面で変えてください。"
	}
	return ""
}

// Texts are the campaign's texts, for its translations.
func (c *Campaign) Texts() []ContentText {
	return []ContentText{
		{"title", "題名", 40, &c.Title}, {"story", "説明", 1000, &c.Story}, {"whom", "声をかける相手", MaxWhom, &c.Whom},
		{"phrase", "声かけのことば", 300, &c.Phrase}, {"thanks", "節目のことば", 300, &c.Thanks},
	}
}

// In returns the campaign as readers of a language are shown it.
func (c Campaign) In(l Language) (Campaign, Reading) {
	r := c.Translations.read(l, c.Texts())
	return c, r
}

// Validate reports every problem staff can mend.
func (c Campaign) Validate() error {
	var p Problems
	checkSlug(&p, c.Slug)
	checkText(&p, "title", "題名", c.Title, 1, 40)
	checkText(&p, "story", "説明", c.Story, 0, 1000)
	checkText(&p, "whom", "声をかける相手", c.Whom, 0, MaxWhom)
	checkText(&p, "phrase", "声かけのことば", c.Phrase, 0, 300)
	checkPhrases(&p, c.Phrases)
	checkLines(&p, "reminders", "お知らせの文", c.Reminders, 1, MaxReminders, 500)
	checkMilestones(&p, c)
	checkText(&p, "thanks", "節目のことば", c.Thanks, 0, 300)
	checkURL(&p, "url", c.URL)
	checkURL(&p, "askUrl", c.AskURL)
	checkTranslations(&p, c.Translations, c.Texts())
	checkDay(&p, "startsOn", c.StartsOn)
	checkDay(&p, "endsOn", c.EndsOn)
	if c.StartsOn != "" && c.EndsOn != "" && c.StartsOn > c.EndsOn {
		p.Add("endsOn", "終わりの日は始めの日より後にしてください。")
	}
	if c.Aim < 0 || c.Aim > 10_000_000 {
		p.Add("aim", "目標の人数は0から10,000,000までで入力してください。")
	}
	if c.Hoped < 0 || c.Hoped > 1000 {
		p.Add("hoped", "問い合わせの見込みは、1,000人のうち0人から1,000人までで入力してください。")
	}
	p.include(c.Audience.Validate())
	p.include(c.Schedule.Validate())
	return p.Err()
}

// Limits on what staff write for a campaign.
const (
	MaxWhom       = 200            // characters
	MaxPhrases    = MaxBubbles - 1 // with the one for any occasion
	MaxReminders  = 12
	MaxMilestones = 10
)

// checkLines notes what is wrong with a list of texts: how many there are, how long each is, and one that
// stands there twice.
func checkLines(p *Problems, field, label string, lines []string, low, most, longest int) {
	switch {
	case len(lines) < low:
		p.Addf(field, "%sを入力してください。", label)
	case len(lines) > most:
		p.Addf(field, "%sは%d個までです。", label, most)
	}
	seen := make(map[string]bool, len(lines))
	for _, line := range lines {
		checkText(p, field, label, line, 1, longest)
		if line = strings.Join(strings.Fields(line), ""); seen[line] {
			p.Addf(field, "%sに同じものが2つあります。", label)
		}
		seen[line] = true
	}
}

// Phrase is ready words for one occasion (声かけのことば): graduation, a wedding, a birth.
type Phrase struct {
	Occasion string `json:"occasion"`
	Text     string `json:"words"`
}

func checkPhrases(p *Problems, phrases []Phrase) {
	occasions := make([]string, len(phrases))
	for i, one := range phrases {
		occasions[i] = one.Occasion
		checkText(p, "phrases", "場面ごとのことば", one.Text, 1, 300)
	}
	checkLines(p, "phrases", "場面", occasions, 0, MaxPhrases, 20)
}

// Hash stands for everything that is approved by switching a campaign on: all that ambassadors may
// see of it, with every text that may be sent, whom the reminders go to and when. Any change to these gives
// another hash and so voids the approval; what is aimed at is the staff's own.
func (c Campaign) Hash() [sha256.Size]byte {
	c.Aim, c.Hoped, c.CallOuts, c.People, c.Called, c.Asked = 0, 0, 0, 0, 0, 0
	c.Active, c.Held, c.Approver, c.Author, c.NextDue = false, false, 0, 0, time.Time{}
	texts := c.Translations.texts()
	c.Translations = nil
	content, err := json.Marshal(struct {
		Campaign
		Texts map[Language]map[string]string `json:",omitempty"` // so that what was approved without any still is
	}{c, texts})
	if err != nil {
		panic(fmt.Sprintf("hash campaign %d: %v", c.ID, err)) // nothing in it can fail
	}
	return sha256.Sum256(content)
}

// Groups are those who are to be called.
func (c Campaign) Groups() []string {
	var groups []string
	for line := range strings.Lines(c.Whom) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(groups, line) {
			groups = append(groups, line)
		}
	}
	return groups
}

// Period says from when to when the campaign runs, as people read it.
func (c Campaign) Period() string {
	return dayWords(c.StartsOn) + "〜" + dayWords(c.EndsOn)
}

// Recurring is the campaign as its reminders are made of it, within its period.
func (c Campaign) Recurring() Recurring {
	return Recurring{
		Source: Source{SourceCampaign, int64(c.ID)}, Title: c.Title, Audience: c.Audience, Schedule: c.within(),
		Active: c.Active, Held: c.Held, Author: c.Author, Approver: c.Approver, NextDue: c.NextDue, Hash: c.Hash(),
	}
}

// within is the schedule cut to the campaign's period.
func (c Campaign) within() Schedule {
	s := c.Schedule
	if s.From < c.StartsOn {
		s.From = c.StartsOn
	}
	if s.Until == "" || s.Until > c.EndsOn {
		s.Until = c.EndsOn
	}
	return s
}

// Percent is how far the campaign has come towards its aim, in people who called out: 0 to 100. The
// first step counts: 0 is nobody.
func (c Campaign) Percent() int {
	if c.Aim == 0 || c.People == 0 {
		return 0
	}
	return min(100, max(1, c.People*100/c.Aim))
}

// Rate is how many of 1,000 who were called have asked, to one decimal place; ok is false while nobody was
// called.
func (c Campaign) Rate() (perMille float64, ok bool) {
	if c.Called == 0 {
		return 0, false
	}
	return math.Round(float64(c.Asked)*10_000/float64(c.Called)) / 10, true
}
