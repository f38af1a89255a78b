package admin

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"ippo"
)

// resultsPage is what a campaign has come to.
type resultsPage struct {
	frame
	Item    ippo.Campaign
	Results ippo.CampaignResults
	Tables  []resultTable
}

// resultTable is the call-outs by week, area or age, drawn as bars in a table.
type resultTable struct {
	Title, First string
	Rows         []resultRow
	Hidden       bool // some rows tell no numbers
}

type resultRow struct {
	ippo.ResultRow
	Words   string // the name as the page says it
	Percent int    // of the longest bar
}

func newResultTable(title, first string, rows []ippo.ResultRow, words func(string) string) resultTable {
	t := resultTable{Title: title, First: first}
	longest := 1
	for _, r := range rows {
		longest = max(longest, r.CallOuts)
	}
	for _, r := range rows {
		t.Rows = append(t.Rows, resultRow{r, words(r.Name), r.CallOuts * 100 / longest})
		t.Hidden = t.Hidden || r.Few
	}
	return t
}

// weekFrom says a week that is named by its Monday.
func weekFrom(monday string) string {
	day, err := time.ParseInLocation(time.DateOnly, monday, ippo.Tokyo)
	if err != nil {
		return monday
	}
	return ippo.DateWords(day) + "からの週"
}

// Few stands where the numbers of few people would.
func (resultsPage) Few() string { return ippo.FewWords }

// Rate says how many of those who were called have asked.
func (p resultsPage) Rate() string { return rateWords(p.Item) }

// Cost is what the messages cost by the price that the settings know; 0 if they know none.
func (p resultsPage) Cost() ippo.Sen { return p.Settings.MessagePrice * ippo.Sen(p.Results.Messages) }

// EachCallOut is what one call-out cost in messages.
func (p resultsPage) EachCallOut() ippo.Sen { return p.Cost().Each(p.Results.CallOuts) }

func (p *Panel) readResults(c *gin.Context) (page resultsPage, err error) {
	page.frame = p.frame(c)
	if page.Item, err = p.campaign(c); err != nil {
		return page, err
	}
	if page.Results, err = p.Store.CampaignResults(c.Request.Context(), page.Item); err != nil {
		return page, err
	}
	asNamed := func(name string) string { return name }
	page.Tables = []resultTable{
		newResultTable("週ごと", "週", page.Results.Weeks, weekFrom),
		newResultTable("地域ごと", "地域", page.Results.Areas, asNamed),
		newResultTable("年代ごと", "年代", page.Results.Ages, asNamed),
	}
	return page, nil
}

func (p *Panel) campaignResults(c *gin.Context) error {
	page, err := p.readResults(c)
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "campaign_results.html", page)
}

// campaignResultsCSV writes what the page shows, and no more.
func (p *Panel) campaignResultsCSV(c *gin.Context) error {
	page, err := p.readResults(c)
	if err != nil {
		return err
	}
	w, err := beginCSV(c, fmt.Sprintf("campaign-%s-%s.csv", page.Item.Slug, p.Now().In(ippo.Tokyo).Format("20060102")), "項目", "内訳", "声かけの回数", "声をかけた人")
	if err != nil {
		return nil
	}
	rows := [][]string{
		{"案内の通数", "", strconv.Itoa(page.Results.Reminders), ""},
		{"案内と節目の通数", "", strconv.Itoa(page.Results.Messages), ""},
		{"問い合わせ", "", strconv.Itoa(page.Item.Asked), ""},
		{"声をかけられた人", "", strconv.Itoa(page.Item.Called), ""},
		{"全体", "", strconv.Itoa(page.Results.CallOuts), strconv.Itoa(page.Results.People)},
	}
	for _, t := range page.Tables {
		for _, r := range t.Rows {
			if r.Few {
				rows = append(rows, []string{t.Title, r.Name, ippo.FewWords, ippo.FewWords})
				continue
			}
			rows = append(rows, []string{t.Title, r.Name, strconv.Itoa(r.CallOuts), strconv.Itoa(r.People)})
		}
	}
	for _, row := range rows {
		if err := w.Row(row...); err != nil {
			return nil
		}
	}
	w.Flush()
	return nil
}
