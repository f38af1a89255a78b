package ippo

import (
	"math/big"
	"strings"
)

// FigureKey names a figure that Ippo counts by itself. Stored: add, never rename.
type FigureKey string

// Figure is something that Ippo counts for indicators and for the monthly report. Which there are stands in
// one list in package store, each with its words and its query.
type Figure struct {
	Key   FigureKey
	About FigureGroup
	Name  string // as staff read it; {ambassador} and {campaign} stand for the center's own words
	Unit  string // 人, 回, 件, %, 時間
	// Adds says that figures of two periods add up, so that there is a cumulative one (累計). What tells how
	// things stand, counts people once or is a share does not.
	Adds bool
	// Stands says that it tells how things stand at the end of a period rather than what happened in it.
	Stands bool
	// Attribute says that it tells what people are: the monthly report does not tell it of few.
	Attribute bool
}

// FigureGroup parts the figures in lists.
type FigureGroup string

// The groups, as staff read them.
const (
	AboutFriends       FigureGroup = "友だち"
	AboutBroadcasts    FigureGroup = "配信"
	AboutAdvice        FigureGroup = "相談・団体紹介"
	AboutActivity      FigureGroup = "まちの活動"
	AboutParticipation FigureGroup = "声かけ"
)

// FigureGroups lists every group, in the order in which reports tell of them.
var FigureGroups = []FigureGroup{AboutFriends, AboutBroadcasts, AboutAdvice, AboutActivity, AboutParticipation}

// Title is the figure's name with a center's own words.
func (f Figure) Title(own Labels) string {
	return strings.NewReplacer("{ambassador}", own.Ambassador, "{campaign}", own.Campaign).Replace(f.Name)
}

// FewWords stands where fewer than HiddenUnder people are concerned: too few to hide among.
const FewWords = "非表示（20人未満）"

// Units by which a figure's number is written otherwise than as a count.
const (
	UnitPercent = "%"
	UnitHours   = "時間"
)

// Tell writes what was counted: n of a count; n of all for a share, which is not told of few people; n minutes
// for hours. known is false for what there is no number of.
func (f Figure) Tell(n, of int64, known bool) string {
	switch {
	case !known:
		return Dash
	case f.Unit == UnitPercent && of == 0:
		return Dash
	case f.Unit == UnitPercent && of < HiddenUnder:
		return FewWords
	case f.Unit == UnitPercent:
		return big.NewRat(100*n, of).FloatString(1) + f.Unit
	case f.Unit == UnitHours:
		return big.NewRat(n, 60).FloatString(1) + f.Unit
	}
	return Comma(n) + f.Unit
}
