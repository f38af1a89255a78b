package ippo

import "time"

// FriendWeek is how the number of friends changed in a week.
type FriendWeek struct {
	Monday  time.Time
	Joined  int // became friends, for the first time or again
	Gone    int // blocked the account, or asked to be forgotten
	Friends int // at the week's end, or now
}

// Net is by how many friends the week ended with more than it began with.
func (w FriendWeek) Net() int { return w.Joined - w.Gone }
