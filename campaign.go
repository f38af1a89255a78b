package ippo

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
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
	Story    string // why: shown on the campaign's card and page
	Whom     string // who is to be called, in words: 市外で暮らす家族や友人
	Phrase   string // ready words to say
	URL      string // the flyer; "" for none
	StartsOn string // 2006-01-02
	EndsOn   string
	Aim      int      // how many people are to call out
	Audience Audience // whom the reminders go to: ambassadors by default
	Schedule Schedule // of the reminders
	Reminder string   // the reminder's text
	Active   bool     // reminders go out; switching it on is what a second person approves
	Held     bool     // by a restore: only an administrator switches it on again
	Approver StaffID  // who switched it on
	Author   StaffID
	NextDue  time.Time // the next reminder; zero when there is none
	CallOuts int       // taps so far; filled in lists
	People   int       // how many ambassadors tapped; filled in lists

	Translations Translations `json:"-"`
}

// Texts are the campaign's texts, for its translations.
func (c *Campaign) Texts() []ContentText {
	return []ContentText{
		{"title", "題名", 40, &c.Title}, {"story", "説明", 1000, &c.Story}, {"whom", "声をかける相手", 100, &c.Whom},
		{"phrase", "声かけのことば", 300, &c.Phrase},
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
	checkText(&p, "whom", "声をかける相手", c.Whom, 0, 100)
	checkText(&p, "phrase", "声かけのことば", c.Phrase, 0, 300)
	checkText(&p, "reminder", "お知らせの文", c.Reminder, 1, 500)
	checkURL(&p, "url", c.URL)
	checkTranslations(&p, c.Translations, c.Texts())
	checkDay(&p, "startsOn", c.StartsOn)
	checkDay(&p, "endsOn", c.EndsOn)
	if c.StartsOn != "" && c.EndsOn != "" && c.StartsOn > c.EndsOn {
		p.Add("endsOn", "終わりの日は始めの日より後にしてください。")
	}
	if c.Aim < 0 || c.Aim > 10_000_000 {
		p.Add("aim", "目標の人数は0から10,000,000までで入力してください。")
	}
	p.include(c.Audience.Validate())
	p.include(c.Schedule.Validate())
	return p.Err()
}

// Hash stands for everything that is approved by switching a campaign on: all that ambassadors may
// see of it, whom the reminders go to and when. Any change to these gives another hash and so voids
// the approval; the aim is the staff's own.
func (c Campaign) Hash() [sha256.Size]byte {
	c.Aim, c.CallOuts, c.People = 0, 0, 0
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

const (
	// CallOutUndo is how long a tap can be taken back.
	CallOutUndo = time.Minute
	// MaxCallOutsADay is how often one person is counted for a campaign in a day: more is a slip.
	MaxCallOutsADay = 20
)

// CallOut is one tap of an ambassador that one call-out happened (声かけ).
type CallOut struct {
	Campaign CampaignID
	Follower FollowerID
	At       time.Time
}
