package ippo

import "time"

// Erasure is somebody's wish that what we hold about them be erased (データを消す), until it is done. From
// the wish on their status is FollowerErased and nothing new goes to them.
type Erasure struct {
	Follower FollowerID
	AskedAt  time.Time
	Staff    StaffID // who asked for it in their name; 0: they did, or the time was up
}

// Until it begins, an erasure can be called off. Whoever asked in the chat has confirmed it there and may have
// second thoughts; staff, who were asked on the telephone, may have taken the wrong person, who learns of it
// only by writing to us.
const (
	EraseGrace        = 10 * time.Minute
	EraseGraceByStaff = 12 * time.Hour
)

// From is when it begins.
func (e Erasure) From() time.Time {
	if e.Staff != 0 {
		return e.AskedAt.Add(EraseGraceByStaff)
	}
	return e.AskedAt.Add(EraseGrace)
}

// EraseWithin is how long an erasure may wait for LINE to answer a request that names the person: asking
// again must name the same people, and LINE forgets a request's key after this time.
const EraseWithin = RetryWindow
