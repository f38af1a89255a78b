package ippo

import "time"

// ContentRow is a thing that residents read (news, an event or a group) as a long list finds it. A group that is
// hidden is retired.
type ContentRow struct {
	ID            int64
	Topics, Areas Choice
	Status        ContentStatus
}

// BulkChange is one state given to many things at once.
type BulkChange struct {
	ID     int64
	Kind   ContentKind
	Status ContentStatus             // that all have since
	Was    map[ContentStatus][]int64 // the things by what they were before
	At     time.Time
}

// Count is how many things were changed.
func (b BulkChange) Count() (n int) {
	for _, ids := range b.Was {
		n += len(ids)
	}
	return n
}

// UndoWithin is for how long a change of many things at once, or what was deleted, can be taken back with one button.
const UndoWithin = 24 * time.Hour
