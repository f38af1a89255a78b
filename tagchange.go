package ippo

import "time"

// TagChange is a tag that is given to many followers at once, or taken from them.
type TagChange struct {
	ID      int64
	Tag     string // the name
	Adds    bool
	Undoes  int64 // the change that it takes back; 0: none
	Undone  bool
	At      time.Time
	People  int // whom it is for
	Changed int // of these, who has got or lost the tag by it so far
	Done    bool
}
