package ippo

import "time"

// CallOutID names a call-out.
type CallOutID int64

// CallOut is one tap of an ambassador that one call-out happened (声かけ), with what they may add to it.
type CallOut struct {
	ID       CallOutID
	Campaign CampaignID
	Follower FollowerID
	At       time.Time
	People   int    // how many they called out to: 1 unless they say so
	Whom     string // to whom, in words of ours or of the campaign's; "" if they do not say
}

const (
	// CallOutUndo is how long a tap can be taken back.
	CallOutUndo = time.Minute
	// CallOutDetail is how long how many and to whom can be added.
	CallOutDetail = time.Hour
	// MaxCallOutsADay is how often one person is counted for a campaign in a day: more is a slip.
	MaxCallOutsADay = 20
)

// CallOutPeople are the numbers of people that one call-out can be to.
var CallOutPeople = [...]int{1, 2, 3, 5, 10, 20, 30}

// CallOutWhom are those whom a call-out can be to, in broad words, unless the campaign names more than one
// group. Stored: add, never rename.
var CallOutWhom = [...]struct{ Key, Words string }{
	{"family", "家族・親せき"}, {"friend", "友人・同級生"}, {"work", "仕事の仲間"}, {"neighbour", "近所の人"}, {"other", "そのほかの人"},
}
