package ippo

import (
	"fmt"
	"time"
)

// LINE counts who opened a message and its links. It hides what concerns too few people, counts a message
// for two weeks, and takes a span of at most 30 days. Sources:
// https://developers.line.biz/en/docs/messaging-api/unit-based-statistics-aggregation/
// https://developers.line.biz/en/docs/messaging-api/measure-impressions/
const (
	HiddenUnder    = 20                  // people
	ReadersSettle  = 14 * 24 * time.Hour // from then on a message's figures stay as they are
	MaxReadersSpan = 30 * 24 * time.Hour
	MaxUnits       = 1000 // names in one month; what goes out under another is not counted
)

// ReadersFrom is the hour in Japan from which yesterday's figures are asked for.
const ReadersFrom = TimeOfDay(10 * 60)

// Readers are what LINE has counted of one broadcast: people, each of them once. nil: hidden, since they
// are fewer than HiddenUnder; it is not zero. LINE does not measure its app for
// computers.
type Readers struct {
	Opened    *int64 // had at least one bubble on the screen
	Clicked   *int64 // opened any link
	Links     []LinkReaders
	FetchedAt time.Time // zero: LINE has not been asked yet, or has not answered
	Uncounted bool      // the month had used up its names: LINE counts nothing
}

// LinkReaders are those who opened one link.
type LinkReaders struct {
	URL    string `json:"url"`
	People *int64 `json:"people"`
}

// Unit is the name under which LINE counts a broadcast that begins at t: the same for each of its requests
// and at every retry. A number that is used again after a restore meets another day.
func Unit(id BroadcastID, t time.Time) string {
	return fmt.Sprintf("b%d_%s", id, t.In(Tokyo).Format("20060102"))
}

// ReadersSpan returns the first and the last day whose figures of a broadcast are asked for at now: from
// the day it began until yesterday, or as far as LINE takes. On the day it began there is none.
func (b *Broadcast) ReadersSpan(now time.Time) (from, to time.Time) {
	from, to = Day(b.StartedAt), Day(now).AddDate(0, 0, -1)
	if last := from.Add(MaxReadersSpan); to.After(last) {
		to = last
	}
	return from, to
}
