package ippo

import "time"

// ContentRow is a thing that residents read (news, an event or a group) as a long list finds and sorts it. A
// group that is hidden is retired.
type ContentRow struct {
	ID            int64
	Topics, Areas Choice
	Status        ContentStatus
	Name          string // to sort by: the reading, where there is one
	At            time.Time
	Text          string // that a search looks through, translations too; read only when asked for
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
