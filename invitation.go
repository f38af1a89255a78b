package ippo

import "time"

// FirstFollow is how long after adding the account for the first time an invitation still counts somebody.
// Whoever says something else before, or finishes the settings, has been a friend already.
const FirstFollow = 24 * time.Hour

// Arrival is what an ambassador's invitation makes of somebody who comes with it.
type Arrival int

const (
	ArrivedBefore Arrival = iota // a friend already, or the ambassador serves no more: not counted
	ArrivedNew                   // counted
	ArrivedSelf                  // the ambassador
)

// InvitedWeek is how many people became friends by invitations in a week.
type InvitedWeek struct {
	Monday time.Time
	People int
}

// Monday returns the beginning of the week that t is in.
func Monday(t time.Time) time.Time {
	day := Day(t)
	return day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
}
