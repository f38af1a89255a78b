package ippo

import "time"

// Erasure is somebody's wish that what we hold about them be erased (データを消す), until it is done. From
// the wish on their status is FollowerErased and nothing new goes to them.
type Erasure struct {
	Follower FollowerID
	AskedAt  time.Time
}

// EraseWithin is how long an erasure may wait for LINE to answer a request that names the person: asking
// again must name the same people, and LINE forgets a request's key after this time.
const EraseWithin = RetryWindow
