package ippo

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// CampaignResults are what a campaign has come to, in numbers that tell of nobody (作戦の結果).
type CampaignResults struct {
	Reminders int // messages that LINE accepted, of its due times
	Messages  int // likewise, with those that announced milestones
	CallOuts  int
	People    int // who called out
	Weeks     []ResultRow
	Areas     []ResultRow
	Ages      []ResultRow
}

// ResultRow is a part of the call-outs: those of a week, of an area, of an age band.
type ResultRow struct {
	Name     string
	People   int
	CallOuts int
	Few      bool // too few people to hide among, or one by which such a row could be worked out: no numbers
}

// Part is what the rows of results are made of: one call-out, and in which row of each table it counts.
type Part struct {
	Follower        FollowerID
	Week, Area, Age string
}

// NewResults counts call-outs by week, area and age. The rows stand in the order of the names; a call-out in none
// of them belongs to the last.
func NewResults(parts []Part, weeks, areas, ages []string) CampaignResults {
	r := CampaignResults{CallOuts: len(parts)}
	everybody := make(map[FollowerID]bool)
	for _, p := range parts {
		everybody[p.Follower] = true
	}
	r.People = len(everybody)
	r.Weeks = resultRows(parts, r.People, weeks, func(p Part) string { return p.Week })
	r.Areas = resultRows(parts, r.People, areas, func(p Part) string { return p.Area })
	r.Ages = resultRows(parts, r.People, ages, func(p Part) string { return p.Age })
	return r
}

func resultRows(parts []Part, all int, names []string, of func(Part) string) []ResultRow {
	rows := make([]ResultRow, len(names))
	who := make([]map[FollowerID]bool, len(names))
	for i, name := range names {
		rows[i].Name, who[i] = name, make(map[FollowerID]bool)
	}
	if len(rows) == 0 {
		return nil
	}
	for _, p := range parts {
		i := slices.Index(names, of(p))
		if i < 0 {
			i = len(names) - 1
		}
		rows[i].CallOuts++
		who[i][p.Follower] = true
	}
	people := make([]int, len(rows))
	for i := range rows {
		people[i] = len(who[i])
		rows[i].People = people[i]
	}
	for i, few := range tooFew(people, who, all) {
		if few {
			rows[i] = ResultRow{Name: rows[i].Name, Few: true}
		}
	}
	return rows
}

// tooFew reports which of several rows tell no numbers: those of fewer than HiddenUnder people, or of all but so few.
// The total is known, so whoever subtracts what is shown learns what the hidden rows are together: as long as that is
// one row, or somebody, and fewer than HiddenUnder people, the smallest of those shown is hidden with them. So what is
// hidden is nobody, everybody, or at least two rows. Of each row who names everybody, or HiddenUnder of them.
func tooFew(people []int, who []map[FollowerID]bool, all int) []bool {
	few := make([]bool, len(people))
	behind := make(map[FollowerID]bool)
	hidden := 0
	hide := func(i int) {
		few[i] = true
		hidden++
		maps.Copy(behind, who[i])
	}
	for i, n := range people {
		if rest := all - n; n < HiddenUnder || rest > 0 && rest < HiddenUnder {
			hide(i)
		}
	}
	for hidden < len(people) && len(behind) > 0 && (hidden == 1 || len(behind) < HiddenUnder) {
		least := -1
		for i, n := range people {
			if !few[i] && (least < 0 || n < people[least]) {
				least = i
			}
		}
		hide(least)
	}
	return few
}

// WeekOf names the week of a moment in Japan by its Monday.
func WeekOf(t time.Time) string {
	day := Day(t)
	return day.AddDate(0, 0, -(int(day.Weekday())+6)%7).Format(time.DateOnly)
}

// Weeks names the weeks from one day to another.
func Weeks(from, until time.Time) []string {
	var weeks []string
	for monday := Day(from).AddDate(0, 0, -(int(Day(from).Weekday())+6)%7); !monday.After(until); monday = monday.AddDate(0, 0, 7) {
		weeks = append(weeks, monday.Format(time.DateOnly))
	}
	return weeks
}

// Sen is an amount of money in hundredths of a yen, in which the price of a message is written.
type Sen int64

// maxMessagePrice is more than any plan asks for one message.
const maxMessagePrice = 100 * 100

// ParseYen reads yen with up to two decimals; ok is false for anything else.
func ParseYen(s string) (Sen, bool) {
	whole, part, _ := strings.Cut(strings.TrimSpace(s), ".")
	if whole == "" || len(part) > 2 || len(whole) > 6 || strings.ContainsAny(whole+part, "+-") {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	return Sen(n), err == nil
}

// String writes yen, with decimals where there are some.
func (s Sen) String() string {
	yen := Comma(int64(s / 100))
	if part := s % 100; part != 0 {
		yen += "." + strings.TrimSuffix(strconv.Itoa(int(part/10))+strconv.Itoa(int(part%10)), "0")
	}
	return yen
}

// Each divides an amount among n, rounded to a hundredth; zero among nobody.
func (s Sen) Each(n int) Sen {
	if n == 0 {
		return 0
	}
	return (2*s + Sen(n)) / Sen(2*n)
}
