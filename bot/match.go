package bot

import (
	"slices"
	"time"

	"ippo"
)

// wish is what a newcomer told of themselves.
type wish struct {
	area     int         // number + 1; 0: does not matter
	topics   ippo.Choice // 0: anything
	days     ippo.Weekdays
	parts    ippo.DayParts
	children bool
}

// reason is why a group was chosen; what it says stands in the catalogues.
type reason string

const (
	reasonTopic     reason = "topic"
	reasonArea      reason = "area"
	reasonNear      reason = "city" // meets all over the city
	reasonTime      reason = "time"
	reasonChildren  reason = "children"
	reasonBeginners reason = "beginners"
	reasonOpen      reason = "open" // looks for members; the least that can be said
)

// matched is a group that fits a wish, with the reasons, the weightiest first.
type matched struct {
	group   ippo.ActivityGroup
	reasons []reason
	score   int
}

// maxMatches is how many groups are suggested: enough to choose from, few enough to visit.
const maxMatches = 3

// matchGroups finds up to three groups that fit best. A group that asks for nobody, or where children
// are needed but not welcome, is left out; what else does not fit only counts less, so that a newcomer
// to a small town is not sent away empty-handed.
func matchGroups(groups []ippo.ActivityGroup, w wish) []matched {
	var fits []matched
	for _, g := range groups {
		if g.Hidden || !g.Receiving || w.children && !g.Children {
			continue
		}
		m := matched{group: g}
		add := func(r reason, points int) {
			m.reasons = append(m.reasons, r)
			m.score += points
		}
		if w.topics != 0 && w.topics&ippo.Everything == 0 && g.Topics&(w.topics|ippo.Everything) != 0 {
			add(reasonTopic, 8)
		}
		if w.area > 0 {
			switch {
			case g.Areas.Has(w.area - 1):
				add(reasonArea, 6)
			case g.Areas == 0:
				add(reasonNear, 3)
			}
		}
		if w.days != 0 && w.days&g.Weekdays != 0 && (g.Parts == 0 || w.parts == 0 || w.parts&g.Parts != 0) {
			add(reasonTime, 5)
		}
		if w.children {
			add(reasonChildren, 4)
		}
		if g.Beginners {
			add(reasonBeginners, 2)
		}
		if len(m.reasons) == 0 {
			m.reasons = []reason{reasonOpen}
		}
		fits = append(fits, m)
	}
	slices.SortStableFunc(fits, func(a, b matched) int { return b.score - a.score })
	return fits[:min(len(fits), maxMatches)]
}

// freeTimes are the answers to "when are you free".
var freeTimes = []struct {
	value string
	days  ippo.Weekdays
	parts ippo.DayParts
	words []string
}{
	{"weekday-day", workdays, ippo.Morning | ippo.Afternoon, []string{"平日の昼", "平日昼", "平日の昼間", "へいじつのひる", "ひる", "昼"}},
	{"weekday-evening", workdays, ippo.Evening, []string{"平日の夜", "平日夜", "へいじつのよる", "夜", "よる"}},
	{"weekend", weekend, 0, []string{"土日", "土曜", "日曜", "週末", "しゅうまつ", "どにち", "休みの日", "weekend", "weekends"}},
	{"any", 0, 0, []string{"いつでも", "いつでもいい", "any time", "anytime"}},
}

const (
	workdays = ippo.Weekdays(1<<time.Monday | 1<<time.Tuesday | 1<<time.Wednesday | 1<<time.Thursday | 1<<time.Friday)
	weekend  = ippo.Weekdays(1<<time.Saturday | 1<<time.Sunday)
)
