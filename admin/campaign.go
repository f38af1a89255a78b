package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/intake"
	"ippo/store"
)

type campaignList struct {
	frame
	pager
	sorting
	bulkPart
	Query    string
	State    string
	States   []option
	Filtered bool
	CSV      string // the address of the same as a file
	Items    []ippo.Campaign
	Total    int    // of those that the filter leaves
	Today    string // 2006-01-02, to tell what is over
}

// campaignStates are what the list may be narrowed to.
var campaignStates = []struct {
	state store.CampaignState
	words string
}{{store.CampaignActive, "案内中"}, {store.CampaignStopped, "止まっている"}, {store.CampaignOver, "終了"}}

// campaignFilter reads what the list is narrowed to from an address.
func campaignFilter(asked url.Values) store.CampaignFilter {
	filter := store.CampaignFilter{Query: cutQuery(asked.Get("q"))}
	for _, one := range campaignStates {
		if string(one.state) == asked.Get("state") {
			filter.State = one.state
		}
	}
	return filter
}

// campaignsAtOnce changes several of them: stops their reminders, or deletes those of which nobody has had anything. What
// would let reminders go out has to be approved, one by one.
func (p *Panel) campaignsAtOnce(labels ippo.Labels) bulk {
	return bulk{
		panel: p, kind: "campaign", section: "campaigns", word: labels.Campaign,
		moves: []bulkMove{
			{
				To: ippo.ContentRetired, Words: "案内を止める", Asks: "の案内を止めますか", Done: "の案内を止めました",
				more: "止めたものは、友だちからも見えなくなります。もう一度始めるには、1件ずつ承認が必要です。",
			},
			{
				To: ippo.ContentDeleted, Words: "削除する", Asks: "を削除しますか", Done: "を削除しました", Did: "削除した",
				fits: func(r ippo.ContentRow) bool { return r.Status == ippo.ContentRetired && !r.Used }, stays: "案内中のものや、送信・声かけの記録がある",
			},
		},
		rows: func(c *gin.Context, asked url.Values, ids []int64) ([]ippo.ContentRow, error) {
			filter := campaignFilter(asked)
			filter.IDs = ids
			return p.Store.CampaignRows(c.Request.Context(), filter)
		},
		set: func(ctx context.Context, by ippo.StaffID, id int64, to ippo.ContentStatus) error {
			if to == ippo.ContentDeleted {
				return p.Store.DeleteCampaign(ctx, by, ippo.CampaignID(id))
			}
			return p.Store.Deactivate(ctx, by, ippo.Source{Kind: ippo.SourceCampaign, ID: id})
		},
	}
}

// withCampaigns does something with several of them.
func (p *Panel) withCampaigns(do func(bulk, *gin.Context) error) func(*gin.Context) error {
	return func(c *gin.Context) error {
		settings, err := p.Store.Settings(c.Request.Context())
		if err != nil {
			return err
		}
		return do(p.campaignsAtOnce(settings.Labels), c)
	}
}

// campaignSorting: the one that begins last first, unless the address names a column.
func campaignSorting(c *gin.Context) sorting { return sortingOf(c, "-starts", "name", "-called") }

func (p *Panel) campaignList(c *gin.Context) error {
	filter, s := campaignFilter(c.Request.URL.Query()), campaignSorting(c)
	part, total, err := p.Store.CampaignPage(c.Request.Context(), filter, pageAsked(c, s))
	if err != nil {
		return err
	}
	page := campaignList{
		frame: p.frame(c), pager: keysetPager(c, part.Earlier, part.Later), sorting: s, Query: filter.Query, State: string(filter.State),
		Filtered: filter.Query != "" || filter.State != "", CSV: asFile(c), Items: part.Items, Total: total, Today: p.Now().In(ippo.Tokyo).Format(time.DateOnly),
	}
	for _, one := range campaignStates {
		page.States = append(page.States, option{string(one.state), one.words, one.state == filter.State})
	}
	if page.bulkPart, err = p.campaignsAtOnce(page.Settings.Labels).part(c, page.frame); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "campaign_list.html", page)
}

// campaignCSV saves the list as it is narrowed and sorted.
func (p *Panel) campaignCSV(c *gin.Context) error {
	ctx := c.Request.Context()
	settings, err := p.Store.Settings(ctx)
	if err != nil {
		return err
	}
	known, err := p.audienceChoices(ctx)
	if err != nil {
		return err
	}
	columns := intake.Campaigns(known.Names(settings.Labels.Ambassador), ippo.Day(p.Now()))
	return saveParts(p, c, listFile{kind: "campaign", name: "campaigns", unit: "件", columns: intake.Heads(columns)}, campaignSorting(c), func(at store.Page) (store.Part[ippo.Campaign], int, error) {
		return p.Store.CampaignPage(ctx, campaignFilter(c.Request.URL.Query()), at)
	}, func(one ippo.Campaign) []string { return intake.Cells(columns, one) })
}

type campaignForm struct {
	frame
	Item     ippo.Campaign
	Audience audienceForm
	Schedule scheduleForm
	Aside    campaignAside

	Translations []translationForm
}

// Action is where the form goes.
func (f campaignForm) Action() string {
	if f.Item.ID == 0 {
		return href("campaigns")
	}
	return href("campaigns/%d", f.Item.ID)
}

// campaignAside is what the form comes to: the next times, and whom they reach.
type campaignAside struct {
	Upcoming upcoming
	Reach    reach
	Resting  int // of these, who is sent no reminders for now
	Preview  preview
}

// formCampaign reads the form over a campaign, whose ID and slug stay.
func (p *Panel) formCampaign(c *gin.Context, item ippo.Campaign) (ippo.Campaign, ippo.Problems) {
	var found ippo.Problems
	item.Title = formText(c, "title")
	item.Story = formText(c, "story")
	item.Whom = formText(c, "whom")
	item.Phrase = formText(c, "phrase")
	item.Phrases = formPhrases(c)
	item.URL = formText(c, "url")
	item.AskURL = formText(c, "askUrl")
	item.StartsOn = formText(c, "startsOn")
	item.EndsOn = formText(c, "endsOn")
	item.Aim = formInt(c, "aim", "目標の人数", &found)
	item.Hoped = formInt(c, "hoped", "問い合わせの見込み", &found)
	item.Reminders = formReminders(c)
	item.Milestones = formMilestones(c, &found)
	item.Thanks = formText(c, "thanks")
	item.Audience = formAudience(c)
	item.Schedule = formSchedule(c, &found)
	item.Translations = p.formTranslations(c, item.Translations, item.Texts())
	return item, found
}

// formPhrases reads the ready words; an occasion without words is not one yet.
func formPhrases(c *gin.Context) (phrases []ippo.Phrase) {
	for i := range ippo.MaxPhrases {
		one := ippo.Phrase{Occasion: formText(c, fmt.Sprintf("occasion%d", i+1)), Text: formText(c, fmt.Sprintf("words%d", i+1))}
		if one.Text != "" {
			phrases = append(phrases, one)
		}
	}
	return phrases
}

// reminderField names the field of a reminder's text.
func reminderField(i int) string {
	if i == 0 {
		return "reminder"
	}
	return fmt.Sprintf("reminder%d", i+1)
}

func formReminders(c *gin.Context) (texts []string) {
	for i := range ippo.MaxReminders {
		if text := formText(c, reminderField(i)); text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}

func formMilestones(c *gin.Context, p *ippo.Problems) []ippo.Milestone {
	milestones, err := ippo.ParseMilestones(formText(c, "milestones"))
	if problems, ok := errors.AsType[ippo.Problems](err); ok {
		*p = append(*p, problems...)
	}
	return milestones
}

// MilestoneWords are the milestones as the form has them.
func (f campaignForm) MilestoneWords() string { return ippo.MilestoneWords(f.Item.Milestones) }

// campaignText is a text of several in the form.
type campaignText struct {
	Name, Label, Value string
}

// ReminderFields are the texts of the reminders, with room for more.
func (f campaignForm) ReminderFields() []campaignText {
	rows := make([]campaignText, min(ippo.MaxReminders, max(3, len(f.Item.Reminders)+1)))
	for i := range rows {
		rows[i] = campaignText{Name: reminderField(i), Label: fmt.Sprintf("案内の文 %d", i+1)}
		if i < len(f.Item.Reminders) {
			rows[i].Value = f.Item.Reminders[i]
		}
	}
	return rows
}

// occasions are offered to a campaign that has no ready words yet.
var occasions = [...]string{"卒業", "30歳の節目", "結婚", "出産"}

// PhraseFields are the ready words by occasion, with room for more.
func (f campaignForm) PhraseFields() [][2]campaignText {
	rows := make([][2]campaignText, min(ippo.MaxPhrases, max(len(occasions), len(f.Item.Phrases)+2)))
	for i := range rows {
		occasion := campaignText{fmt.Sprintf("occasion%d", i+1), fmt.Sprintf("場面 %d", i+1), ""}
		words := campaignText{fmt.Sprintf("words%d", i+1), fmt.Sprintf("ことば %d", i+1), ""}
		switch {
		case i < len(f.Item.Phrases):
			occasion.Value, words.Value = f.Item.Phrases[i].Occasion, f.Item.Phrases[i].Text
		case len(f.Item.Phrases) == 0:
			occasion.Value = occasions[i]
		}
		rows[i] = [2]campaignText{occasion, words}
	}
	return rows
}

func (p *Panel) campaignAside(ctx context.Context, s ippo.Settings, item ippo.Campaign) (campaignAside, error) {
	var side campaignAside
	var err error
	if item.Schedule, err = p.Store.Anchored(ctx, item.Schedule); err != nil {
		return side, err
	}
	side.Upcoming = p.upcoming(item.Recurring().Schedule)
	var sends []ippo.Message
	if len(item.Reminders) > 0 {
		sends = ippo.WithReduce(p.Reminders(item)[0].Draw(ippo.Japanese), 0)
	}
	side.Preview = p.preview(ctx, s.Office.Account, sends, nil)
	if side.Reach, err = p.reach(ctx, item.Audience, false); err == nil && side.Reach.Known {
		side.Resting, err = p.Store.Resting(ctx, item.Audience)
	}
	return side, err
}

func (p *Panel) campaignForm(c *gin.Context, item ippo.Campaign, some bool, found ippo.Problems, status int) error {
	ctx := c.Request.Context()
	page := campaignForm{frame: p.frame(c), Item: item}
	page.Problems = found
	page.Translations = p.translationForms(item.Translations, item.Texts(), found)
	var err error
	if page.Schedule, err = p.scheduleForm(ctx, item.Schedule, found); err != nil {
		return err
	}
	page.Schedule.FromHint, page.Schedule.UntilHint = "空欄なら、始まる日から。", "空欄なら、終わる日まで。"
	known, err := p.audienceChoices(ctx)
	if err != nil {
		return err
	}
	if page.Audience, err = p.audienceForm(ctx, known, item.Audience, some, page.Settings.Labels.Ambassador, found); err != nil {
		return err
	}
	if page.Aside, err = p.campaignAside(ctx, page.Settings, item); err != nil {
		return err
	}
	return p.render(c, status, "campaign_edit.html", page)
}

func (p *Panel) newCampaign(c *gin.Context) error {
	item := ippo.NewCampaign(p.Now())
	item.Milestones = ippo.DefaultMilestones
	return p.campaignForm(c, item, true, nil, http.StatusOK)
}

func (p *Panel) createCampaign(c *gin.Context) error {
	item, found := p.formCampaign(c, ippo.Campaign{Slug: newSlug("campaign", p.Now())})
	if c.PostForm("do") != "save" {
		return p.campaignForm(c, item, c.PostForm("to") == "some", nil, http.StatusOK)
	}
	if found == nil {
		made, err := p.Store.CreateCampaign(c.Request.Context(), p.me(c).ID, item)
		if found, err = mend(err, nil); err != nil {
			return err
		}
		if found == nil {
			return p.redirect(c, "保存しました。承認されると、友だちから見えるようになり、予定の時刻に案内が送られます。", href("campaigns/%d", made.ID))
		}
	} else if more, err := mend(item.Validate(), nil); err == nil {
		found = append(found, more...)
	}
	item.ID = 0
	return p.campaignForm(c, item, c.PostForm("to") == "some", found, http.StatusUnprocessableEntity)
}

func (p *Panel) campaign(c *gin.Context) (ippo.Campaign, error) {
	id, err := pathID[ippo.CampaignID](c)
	if err != nil {
		return ippo.Campaign{}, err
	}
	return p.Store.Campaign(c.Request.Context(), id)
}

func (p *Panel) editCampaign(c *gin.Context) error {
	item, err := p.campaign(c)
	if err != nil {
		return err
	}
	return p.campaignForm(c, item, false, nil, http.StatusOK)
}

func (p *Panel) updateCampaign(c *gin.Context) error {
	item, err := p.campaign(c)
	if err != nil {
		return err
	}
	was := item
	item, found := p.formCampaign(c, item)
	if c.PostForm("do") != "save" {
		return p.campaignForm(c, item, c.PostForm("to") == "some", nil, http.StatusOK)
	}
	if found == nil {
		if found, err = mend(p.Store.UpdateCampaign(c.Request.Context(), p.me(c).ID, item), nil); err != nil {
			return err
		}
	}
	if found != nil {
		return p.campaignForm(c, item, c.PostForm("to") == "some", found, http.StatusUnprocessableEntity)
	}
	now, err := p.campaign(c)
	if err != nil {
		return err
	}
	return p.redirect(c, "保存しました。"+stoppedByChange(was, now), href("campaigns/%d", item.ID))
}

// stoppedByChange says that a change took a campaign from residents until it is approved again, if it did.
func stoppedByChange(was, now ippo.Campaign) string {
	if !was.Shown() || now.Shown() {
		return ""
	}
	return "もう一度承認されるまで、案内は止まり、友だちからは見えません。"
}

// previewCampaign draws what stands beside the form while it is being filled in.
func (p *Panel) previewCampaign(c *gin.Context) error {
	item, _ := p.formCampaign(c, ippo.Campaign{})
	ctx := c.Request.Context()
	settings, err := p.Store.Settings(ctx)
	if err != nil {
		return err
	}
	side, err := p.campaignAside(ctx, settings, item)
	if err != nil {
		return err
	}
	return p.fragment(c, "campaign_edit.html", "aside", side)
}

type campaignPage struct {
	frame
	Item      ippo.Campaign
	Recurring recurringView
	Aside     campaignAside
	Test      testSend

	Milestones []milestoneRow
}

// FlyersMax is how many flyers a campaign has at most.
func (p campaignPage) FlyersMax() int { return ippo.MaxFlyers }

// Rate says how many of those who were called have asked, beside what is hoped for.
func (p campaignPage) Rate() string { return rateWords(p.Item) }

func rateWords(c ippo.Campaign) string {
	rate, ok := c.Rate()
	if !ok {
		return ""
	}
	words := fmt.Sprintf("声をかけられた1,000人のうち%g人", rate)
	if c.Hoped > 0 {
		words += fmt.Sprintf("（見込み %d人）", c.Hoped)
	}
	return words
}

// milestoneRow is a milestone as the page shows it.
type milestoneRow struct {
	Words   string
	Reached *ippo.ReachedMilestone // nil: not yet
}

func (p *Panel) milestoneRows(ctx context.Context, c ippo.Campaign) ([]milestoneRow, error) {
	reached, err := p.Store.ReachedMilestones(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	var rows []milestoneRow
	for _, m := range c.Milestones {
		row := milestoneRow{Words: ippo.Comma(int64(m.People(c.Aim))) + "人"}
		if m.Percent {
			row.Words += "（目標の" + m.String() + "）"
		}
		for i := range reached {
			if reached[i].Milestone == m {
				row.Reached = &reached[i]
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (p *Panel) showCampaign(c *gin.Context) error {
	item, err := p.campaign(c)
	if err != nil {
		return err
	}
	return p.campaignPage(c, item, typedRecurring{}, nil)
}

func (p *Panel) campaignPage(c *gin.Context, item ippo.Campaign, typed typedRecurring, found ippo.Problems) error {
	ctx := c.Request.Context()
	page := campaignPage{frame: p.frame(c), Item: item}
	page.Problems = found
	var err error
	if page.Aside, err = p.campaignAside(ctx, page.Settings, item); err != nil {
		return err
	}
	if page.Milestones, err = p.milestoneRows(ctx, item); err != nil {
		return err
	}
	if page.Test, err = p.testSend(ctx, page.Me, href("campaigns/%d", item.ID), look{}); err != nil {
		return err
	}
	if page.Recurring, err = p.recurringView(ctx, page.frame, item.Recurring(), page.Aside.Reach, typed); err != nil {
		return err
	}
	return p.render(c, typed.status(found), "campaign_show.html", page)
}

func (p *Panel) askDeleteCampaign(c *gin.Context) error { return p.confirmCampaign(c, nil) }

func (p *Panel) confirmCampaign(c *gin.Context, found ippo.Problems) error {
	item, err := p.campaign(c)
	if err != nil {
		return err
	}
	settings, err := p.Store.Settings(c.Request.Context())
	if err != nil {
		return err
	}
	return p.confirm(c, confirmPage{
		Title: settings.Labels.Campaign + "の削除", Question: "「" + item.Title + "」を削除しますか。",
		Detail: undoWords + "案内を止めるだけなら、「案内を止める」を使ってください。", Button: "削除する", Back: href("campaigns/%d", item.ID),
	}, found)
}

func (p *Panel) deleteCampaign(c *gin.Context) error {
	id, err := pathID[ippo.CampaignID](c)
	if err != nil {
		return err
	}
	found, err := mend(p.Store.DeleteCampaign(c.Request.Context(), p.me(c).ID, id), nil)
	if err != nil {
		return err
	}
	if found != nil {
		return p.confirmCampaign(c, found)
	}
	return p.redirectDeleted(c, "削除しました。", href("campaigns"))
}
