package ippo

import "time"

// LongChange is something that staff change of many people at once. It is worked off part by part, so that nobody
// waits for it, and can be taken back for a while.
type LongChange struct {
	ID      int64
	Undoes  int64 // the change that it takes back; 0: none
	Undone  bool
	At      time.Time
	People  int // whom it is for
	Changed int // of these, whom it has changed so far
	Done    bool
}

// MayUndo reports whether it can be taken back.
func (c LongChange) MayUndo() bool { return c.Done && c.Undoes == 0 && !c.Undone && c.Changed > 0 }

// Left is of how many it was not, for they had gone or changed by then.
func (c LongChange) Left() int {
	if !c.Done {
		return 0
	}
	return c.People - c.Changed
}

// Long returns what all such changes have.
func (c LongChange) Long() LongChange { return c }
