package ippo

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const dateInSchedule = `(\d{4}[年/-]\d{1,2}[月/-]\d{1,2}日?(?:\([日月火水木金土]\))?)`

// scheduleForm has a group for what each kind of schedule names, and for the time, what becomes of public holidays and the
// bounds.
var scheduleForm = regexp.MustCompile(`^(?:(毎日)|毎週([日月火水木金土・]+)曜日?|毎月第(\d)([日月火水木金土・]+)曜日?|毎月最後の([日月火水木金土・]+)曜日?` +
	`|毎年(\d{1,2})月(\d{1,2})日|毎月(\d{1,2})日|毎月の?(末日)|` + dateInSchedule + `) *(\d{1,2}:\d{2})` +
	`(?:\(祝日は(休み|次の平日)\))?(?:、?` + dateInSchedule + `から)?(?:、?` + dateInSchedule + `まで)?$`)

// ReadSchedule reads what Schedule.Words says, but for what counts back from an event or a campaign.
func ReadSchedule(words string) (s Schedule, err error) {
	g := scheduleForm.FindStringSubmatch(strings.ReplaceAll(Narrow(strings.TrimSpace(words)), "　", " "))
	if g == nil {
		return s, Problems{{"schedule", "予定は「毎月1日 10:00」「毎週月・木曜 9:00」「毎月第2火曜 9:00（祝日は休み）」のように書いてください。イベントなどの何日前かは、画面で決めてください。"}}
	}
	number := func(text string) int { n, _ := strconv.Atoi(text); return n } // it is digits
	var p Problems
	switch {
	case g[1] != "":
		s.Kind = ScheduleDaily
	case g[2] != "":
		s.Kind, s.Weekdays = ScheduleWeekly, readWeekdays(g[2])
	case g[4] != "":
		s.Kind, s.Nth, s.Weekdays = ScheduleNthWeekday, number(g[3]), readWeekdays(g[4])
	case g[5] != "":
		s.Kind, s.Nth, s.Weekdays = ScheduleNthWeekday, LastOfMonth, readWeekdays(g[5])
	case g[6] != "":
		s.Kind, s.Month, s.Day = ScheduleYearly, number(g[6]), number(g[7])
	case g[8] != "":
		s.Kind, s.Day = ScheduleMonthly, number(g[8])
	case g[9] != "":
		s.Kind = ScheduleMonthEnd
	default:
		s.Kind, s.Date = ScheduleOnce, readDate(&p, g[10])
	}
	if s.At, err = ParseTimeOfDay(g[11]); err != nil {
		return s, err
	}
	s.Holidays = map[string]OnHoliday{"休み": HolidaySkip, "次の平日": HolidayNext}[g[12]]
	s.From, s.Until = readDate(&p, g[13]), readDate(&p, g[14])
	if err := p.Err(); err != nil {
		return s, err
	}
	return s, s.Validate()
}

func readWeekdays(names string) (days []time.Weekday) {
	for name := range strings.SplitSeq(names, "・") {
		if day := slices.Index(weekdayNames[:], name); day >= 0 && !slices.Contains(days, time.Weekday(day)) {
			days = append(days, time.Weekday(day))
		}
	}
	return days
}

// readDate reads a date that has the form of one, and checks the weekday that stands with it; "" for none.
func readDate(p *Problems, text string) string {
	if text == "" {
		return ""
	}
	day, _, named := strings.Cut(text, "(")
	date, err := time.ParseInLocation("2006-1-2", strings.NewReplacer("年", "-", "月", "-", "日", "", "/", "-").Replace(day), Tokyo)
	switch {
	case err != nil:
		p.Addf("schedule", "「%s」という日付はありません。", text)
	case named && Narrow(DateWords(date)) != date.Format("2006年1月2日")+text[strings.Index(text, "("):]:
		p.Addf("schedule", "%sは%s曜日です。", date.Format("2006年1月2日"), WeekdayName(date.Weekday()))
	}
	return date.Format(time.DateOnly)
}
