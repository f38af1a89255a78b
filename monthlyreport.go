package ippo

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Month is a calendar month in Tokyo: 2026-10.
type Month string

const monthForm = "2006-01"

// MonthOf returns the month in which t falls in Tokyo.
func MonthOf(t time.Time) Month { return Month(t.In(Tokyo).Format(monthForm)) }

// Begins returns the month's first moment.
func (m Month) Begins() time.Time {
	t, _ := time.ParseInLocation(monthForm, string(m), Tokyo) // what is no month began long ago
	return t
}

// Ends returns the first moment after the month.
func (m Month) Ends() time.Time { return m.Begins().AddDate(0, 1, 0) }

// Next returns the month after it.
func (m Month) Next() Month { return MonthOf(m.Ends()) }

// Before returns the month before it.
func (m Month) Before() Month { return MonthOf(m.Begins().AddDate(0, -1, 0)) }

// Words returns the month in both calendars: 令和8年10月（2026年）.
func (m Month) Words() string {
	day := EraDate(m.Begins())
	return strings.TrimSuffix(day, "1日") + m.Begins().Format("（2006年）")
}

// Short returns the month's name alone: 10月.
func (m Month) Short() string { return m.Begins().Format("1月") }

// MonthlyReportID names a report.
type MonthlyReportID int64

// MonthlyReport is what the center did in a month (月次の活動報告). Its figures are what they were when it was
// made; staff write the words around them.
type MonthlyReport struct {
	ID         MonthlyReportID
	Month      Month
	State      ReportState
	Summary    string // まとめ
	Plans      string // 来月の予定
	Figures    []ReportFigure
	Groups     []ReportGroup
	Broadcasts []ReportBroadcast
	Version    int
	MadeAt     time.Time
	FixedAt    time.Time
}

// ReportState says whether a report may still be changed. Stored: add, never rename.
type ReportState string

// States of a report.
const (
	ReportDraft ReportState = "draft"
	ReportFixed ReportState = "fixed"
)

// Words returns the state as staff read it.
func (s ReportState) Words() string {
	switch s {
	case ReportDraft:
		return "下書き"
	case ReportFixed:
		return "確定"
	}
	return string(s)
}

// ReportFigure is one figure of a month beside the month before, in the words of that day.
type ReportFigure struct {
	Key    FigureKey   `json:"key"`
	About  FigureGroup `json:"about"`
	Name   string      `json:"name"`
	Value  string      `json:"value"`
	Before string      `json:"before"`
}

// Change is the difference to the month before.
func (f ReportFigure) Change() string { return Change(f.Value, f.Before) }

// ReportGroup parts people by something about them.
type ReportGroup struct {
	Title string        `json:"title"`
	Rows  []ReportCount `json:"rows"`
}

// ReportCount is how many people of a group there are; fewer than HiddenUnder are not told.
type ReportCount struct {
	Name   string `json:"name"`
	Count  int    `json:"count"`
	Hidden bool   `json:"hidden,omitempty"`
}

// Words returns the count as reports write it.
func (c ReportCount) Words() string {
	if c.Hidden {
		return FewWords
	}
	return Comma(int64(c.Count)) + "人"
}

// ReportBroadcast is a broadcast of the month.
type ReportBroadcast struct {
	At       time.Time `json:"at"`
	Title    string    `json:"title"`
	Accepted int       `json:"accepted"` // messages that LINE took
}

// HideFew takes the numbers of small groups away. Where the groups are parts of a whole whose number is told, a
// small one could be had by subtraction: then so many of the others are hidden, the smallest first, that what
// can be had is of enough people.
func HideFew(rows []ReportCount, parts bool) {
	hidden, sum := 0, 0
	hide := func(r *ReportCount) {
		hidden, sum = hidden+1, sum+r.Count
		r.Count, r.Hidden = 0, true
	}
	for i := range rows {
		if 0 < rows[i].Count && rows[i].Count < HiddenUnder {
			hide(&rows[i])
		}
	}
	for parts && hidden > 0 && (hidden == 1 || sum < HiddenUnder) {
		var least *ReportCount
		for i := range rows {
			if r := &rows[i]; !r.Hidden && r.Count > 0 && (least == nil || r.Count < least.Count) {
				least = r
			}
		}
		if least == nil {
			return
		}
		hide(least)
	}
}

// MaxReportText is how long each of the staff's texts in a report can be.
const MaxReportText = 3000

// Validate reports every problem staff can mend.
func (r MonthlyReport) Validate() error {
	var p Problems
	checkText(&p, "summary", "まとめ", r.Summary, 0, MaxReportText)
	checkText(&p, "plans", "来月の予定", r.Plans, 0, MaxReportText)
	return p.Err()
}

// Figure returns a figure by its key.
func (r MonthlyReport) Figure(key FigureKey) (ReportFigure, bool) {
	n := slices.IndexFunc(r.Figures, func(f ReportFigure) bool { return f.Key == key })
	if n < 0 {
		return ReportFigure{}, false
	}
	return r.Figures[n], true
}

// DraftSummary says the month in a few sentences, for staff to go on from.
func (r MonthlyReport) DraftSummary() string {
	value := func(key FigureKey) string {
		f, _ := r.Figure(key)
		return cmp.Or(f.Value, Dash)
	}
	friends, _ := r.Figure("friends")
	said := fmt.Sprintf("%s末の友だちは%sでした", r.Month.Short(), cmp.Or(friends.Value, Dash))
	switch change := friends.Change(); {
	case change == Dash:
	case change == "±0":
		said += "（前の月と同じ）"
	case strings.HasPrefix(change, "+"):
		said += "（前の月より" + change[1:] + "人増）"
	default:
		said += "（前の月より" + change[1:] + "人減）"
	}
	return said + "。\n" +
		fmt.Sprintf("配信は%s、送った通数は%sです。\n", value("broadcasts"), value("messages")) +
		fmt.Sprintf("相談は%s、団体の見学の希望は%s、紹介から団体に参加した人は%sでした。\n", value("consultations"), value("visits-asked"), value("joined")) +
		fmt.Sprintf("声かけは%sでした。", value("call-outs"))
}

// DraftPlans lists the events of the month after, for staff to go on from.
func (r MonthlyReport) DraftPlans(events []Event) string {
	const most = 20
	var lines []string
	for _, e := range events {
		if MonthOf(e.StartsAt) == r.Month.Next() && e.Status == ContentPublished && len(lines) < most {
			lines = append(lines, fmt.Sprintf("・%s　%s（%s）", e.When(), e.Title, e.Place))
		}
	}
	return strings.Join(lines, "\n")
}
