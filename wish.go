package ippo

import (
	"cmp"
	"math/bits"
	"slices"
	"time"
)

// Hours is a set of parts of the days of a week: bit 3×time.Weekday + part, in the order of DayParts.
type Hours uint32

// AllHours is the whole week.
const AllHours Hours = 1<<21 - 1

// HoursOf returns these parts of these days; no parts are all of them.
func HoursOf(days Weekdays, parts DayParts) (h Hours) {
	if parts == 0 {
		parts = Morning | Afternoon | Evening
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		if days.Has(d) {
			h |= Hours(parts) << (3 * d)
		}
	}
	return h
}

// Days returns the days of which some part is in the set.
func (h Hours) Days() (days Weekdays) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if h>>(3*d)&7 != 0 {
			days = days.With(d)
		}
	}
	return days
}

// Parts returns the parts that are in the set on any day.
func (h Hours) Parts() (parts DayParts) {
	for ; h != 0; h >>= 3 {
		parts |= DayParts(h & 7)
	}
	return parts
}

// Hours returns when a group meets; none: it has not said.
func (g *ActivityGroup) Hours() Hours {
	if g.Weekdays == 0 {
		return 0
	}
	return HoursOf(g.Weekdays, g.Parts)
}

// Workdays and Weekend part the week as people do.
const (
	Workdays = Weekdays(1<<time.Monday | 1<<time.Tuesday | 1<<time.Wednesday | 1<<time.Thursday | 1<<time.Friday)
	Weekend  = Weekdays(1<<time.Saturday | 1<<time.Sunday)
)

// Reach is how far a newcomer goes. Stored: add, never rename.
type Reach string

const (
	ReachAny    Reach = ""
	ReachNear   Reach = "near"   // within the area
	ReachCity   Reach = "city"   // anywhere in the city
	ReachOnline Reach = "online" // from home
)

// Wish is what a newcomer told of themselves; what is zero does not matter to them.
type Wish struct {
	Area       int      `json:"area,omitempty"` // number + 1
	Reach      Reach    `json:"reach,omitempty"`
	Topics     Choice   `json:"topics,omitempty"`
	Free       Hours    `json:"free,omitempty"`
	Joining    JoinWays `json:"joining,omitempty"`
	Children   bool     `json:"children,omitempty"`
	Alone      bool     `json:"alone,omitempty"`
	Together   bool     `json:"together,omitempty"`
	Wheelchair bool     `json:"wheelchair,omitempty"`
	NoFee      bool     `json:"noFee,omitempty"`
	Tongues    Tongues  `json:"tongues,omitempty"`
}

// ReasonKind is why a group was suggested; what it says stands in the catalogues. Stored: add, never
// rename.
type ReasonKind uint8

// The reasons, in the order in which they are said: what decides for most people comes first.
const (
	ReasonTime ReasonKind = iota
	ReasonArea
	ReasonCity // meets all over the city
	ReasonOnline
	ReasonChildren
	ReasonWheelchair
	ReasonTopic
	ReasonTongue
	ReasonAlone
	ReasonTogether
	ReasonOnce
	ReasonRegular
	ReasonFree
	ReasonBeginners
	ReasonModel
	ReasonOpen // looks for members; the least that can be said
	reasonKinds
)

// Reason is one reason with what it is about.
type Reason struct {
	Kind    ReasonKind
	Hours   Hours   // ReasonTime: when both can
	Area    int     // ReasonArea: the area's number
	Topics  Choice  // ReasonTopic: the ones in common
	Tongues Tongues // ReasonTongue: likewise
}

// Suggestion is a group that fits a wish.
type Suggestion struct {
	Group   ActivityGroup
	Score   int
	Reasons []Reason
	Doubts  []Doubt // why it was ranked down; for staff
}

// MaxSuggestions is how many groups a newcomer is shown: enough to choose from, few enough to visit.
const MaxSuggestions = 3

// points are what each reason counts.
var points = [reasonKinds]int{
	ReasonTime: 10, ReasonArea: 8, ReasonCity: 4, ReasonOnline: 6, ReasonChildren: 8, ReasonWheelchair: 8, ReasonTopic: 12,
	ReasonTongue: 5, ReasonAlone: 4, ReasonTogether: 4, ReasonOnce: 3, ReasonRegular: 3, ReasonFree: 3, ReasonBeginners: 3, ReasonModel: 1,
}

// Doubt is why a group is suggested less, or not at all, in words that staff can act upon.
type Doubt uint8

const (
	DoubtHidden    Doubt = iota // left out
	DoubtClosed                 // left out
	DoubtFull                   // left out
	DoubtStale                  // ranked down
	DoubtBeginners              // ranked down
)

// Words returns the doubt as staff read it.
func (d Doubt) Words() string {
	return [...]string{
		"公開していないため、紹介しません", "募集していないため、紹介しません", "満員のため、紹介しません",
		"募集中かどうかの返事がないため、後のほうで紹介します", "初めての方を受け入れていないため、後のほうで紹介します",
	}[d]
}

// Doubts returns why a group is suggested less than others, for whatever wish.
func (g *ActivityGroup) Doubts(now time.Time) []Doubt {
	var doubts []Doubt
	for _, one := range [...]struct {
		is    bool
		doubt Doubt
	}{{g.Hidden, DoubtHidden}, {!g.Receiving, DoubtClosed}, {g.Full, DoubtFull}, {g.Stale(now), DoubtStale}, {!g.Beginners, DoubtBeginners}} {
		if one.is {
			doubts = append(doubts, one.doubt)
		}
	}
	return doubts
}

// What a group loses for what does not fit or is in doubt.
const (
	lossStale     = 12
	lossBeginners = 6
	lossTime      = 6 // meets only when the newcomer cannot
	lossFee       = 4
	lossJoining   = 6
	lossFar       = 4 // elsewhere, for who did not say how far they go
)

// Suggest finds at most MaxSuggestions groups that fit a wish best, but for those that skip names. A group that
// looks for nobody, or where children or a wheelchair are a need and not provided for, is left out; what else
// does not fit only counts less, so that a newcomer to a small town is not sent away empty-handed. For the
// same reason, if there is nothing within the reach that the newcomer named, they are looked for beyond it
// (widened).
func Suggest(groups []ActivityGroup, w Wish, now time.Time, skip func(ActivityGroupID) bool) (found []Suggestion, widened bool) {
	found = suggest(groups, &w, now, skip)
	if len(found) == 0 && (w.Reach == ReachNear || w.Reach == ReachOnline) {
		w.Reach = ReachAny
		found = suggest(groups, &w, now, skip)
		return found, len(found) > 0
	}
	return found, false
}

func suggest(groups []ActivityGroup, w *Wish, now time.Time, skip func(ActivityGroupID) bool) []Suggestion {
	type rank struct {
		at, score int
		reasons   reasonSet
	}
	best := make([]rank, 0, MaxSuggestions+1)
	for i := range groups {
		g := &groups[i]
		score, reasons, fits := w.weigh(g, now)
		if !fits || len(best) == MaxSuggestions && score <= best[MaxSuggestions-1].score || skip != nil && skip(g.ID) {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, score, func(r rank, score int) int {
			return cmp.Or(cmp.Compare(score, r.score), -1) // behind those of the same score
		})
		best = slices.Insert(best, at, rank{i, score, reasons})
		best = best[:min(len(best), MaxSuggestions)]
	}
	found := make([]Suggestion, len(best))
	for i, r := range best {
		g := &groups[r.at]
		found[i] = Suggestion{Group: *g, Score: r.score, Reasons: w.explain(g, r.reasons), Doubts: g.Doubts(now)}
	}
	return found
}

// reasonSet has bit n for the reason n.
type reasonSet uint32

// weigh compares a group with a wish. It is asked of every group, so it makes nothing.
func (w *Wish) weigh(g *ActivityGroup, now time.Time) (score int, reasons reasonSet, fits bool) {
	if g.Hidden || !g.Receiving || g.Full || w.Children && !g.Children || w.Wheelchair && !g.Wheelchair {
		return 0, 0, false
	}
	near := w.Area > 0 && g.Areas&^Everything&(1<<(w.Area-1)) != 0
	everywhere := g.Areas == 0 || g.Areas&Everything != 0
	switch w.Reach {
	case ReachNear:
		if w.Area > 0 && !near && !everywhere {
			return 0, 0, false
		}
	case ReachOnline:
		if !g.Online {
			return 0, 0, false
		}
	}
	hours := g.Hours()
	holds := [...]struct {
		kind ReasonKind
		is   bool
	}{
		{ReasonTime, hours&w.Free != 0},
		{ReasonArea, near},
		{ReasonCity, w.Area > 0 && !near && everywhere},
		{ReasonOnline, g.Online && w.Reach == ReachOnline},
		{ReasonChildren, w.Children},
		{ReasonWheelchair, w.Wheelchair},
		{ReasonTopic, w.common(g) != 0},
		{ReasonTongue, g.Tongues&w.Tongues != 0},
		{ReasonAlone, w.Alone && g.Alone},
		{ReasonTogether, w.Together && g.Together},
		{ReasonOnce, w.Joining&g.Joining&JoinOnce != 0},
		{ReasonRegular, w.Joining&g.Joining&JoinRegular != 0},
		{ReasonFree, w.NoFee && g.Fee == FeeFree},
		{ReasonBeginners, g.Beginners},
		{ReasonModel, g.Model},
	}
	for _, one := range holds {
		if one.is {
			reasons |= 1 << one.kind
			score += points[one.kind]
		}
	}
	for _, one := range [...]struct {
		is   bool
		loss int
	}{
		{g.Stale(now), lossStale},
		{!g.Beginners, lossBeginners},
		{w.Free != 0 && hours != 0 && hours&w.Free == 0, lossTime},
		{w.NoFee && g.Fee == FeePaid, lossFee},
		{w.Joining != 0 && g.Joining != 0 && w.Joining&g.Joining == 0, lossJoining},
		{w.Area > 0 && w.Reach == ReachAny && !near && !everywhere, lossFar},
	} {
		if one.is {
			score -= one.loss
		}
	}
	return score, reasons, true
}

// common are the topics that a wish names and a group is about.
func (w *Wish) common(g *ActivityGroup) Choice {
	if w.Topics&Everything != 0 {
		return 0 // whoever wants everything has said nothing
	}
	if g.Topics&Everything != 0 {
		return w.Topics
	}
	return g.Topics & w.Topics
}

// explain says a set of reasons.
func (w *Wish) explain(g *ActivityGroup, set reasonSet) []Reason {
	if set&^(1<<ReasonModel) == 0 {
		set |= 1 << ReasonOpen
	}
	reasons := make([]Reason, 0, bits.OnesCount32(uint32(set)))
	for kind := range reasonKinds {
		if set&(1<<kind) == 0 {
			continue
		}
		r := Reason{Kind: kind}
		switch kind {
		case ReasonTime:
			r.Hours = g.Hours() & w.Free
		case ReasonArea:
			r.Area = w.Area - 1
		case ReasonTopic:
			r.Topics = w.common(g)
		case ReasonTongue:
			r.Tongues = g.Tongues & w.Tongues
		}
		reasons = append(reasons, r)
	}
	return reasons
}

// WishLike is a wish for groups like g, for somebody of whom we know only that they liked the look of it.
func WishLike(g ActivityGroup) Wish {
	w := Wish{Topics: g.Topics, Free: g.Hours()}
	if n := (g.Areas &^ Everything).Numbers(); len(n) > 0 {
		w.Area = n[0] + 1
	}
	return w
}
