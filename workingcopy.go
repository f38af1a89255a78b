package ippo

import "time"

// WorkingCopy is what a member of staff is writing and has not saved yet (書きかけ). It is no draft: nobody
// else reads it, and nothing comes of it until its writer saves.
type WorkingCopy struct {
	Staff  StaffID
	Name   string // of its writer
	Object string // what is written: broadcast:12, series:3; NewObject and a word of its own for a new one
	Form   string // as a browser encodes a form
	KeptAt time.Time
}

// NewObject begins the object of what is new.
const NewObject = "new:"

const (
	// MaxWorkingCopies is how many one member of staff has at most; the oldest give way.
	MaxWorkingCopies = 20
	// MaxWorkingCopy bounds the form of one in bytes.
	MaxWorkingCopy = 256 << 10
	// WritingNow is for how long somebody counts as writing after their last change.
	WritingNow = 15 * time.Minute
	// WorkingCopyLife is how long what nobody saved is kept.
	WorkingCopyLife = 30 * 24 * time.Hour
)
