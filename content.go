package ippo

import "time"

// ContentRow is a thing of a long list as it is found there. A group or an entry that is hidden is retired, and so is a
// campaign whose reminders do not go out.
type ContentRow struct {
	ID            int64
	Topics, Areas Choice
	Status        ContentStatus
	Used          bool // of an entry or a campaign: people came by it, so it cannot be deleted
}

// ContentDeleted is what a BulkChange makes of things that it deletes. Nothing is kept as such.
const ContentDeleted ContentStatus = "deleted"

// BulkChange is one state given to many things at once.
type BulkChange struct {
	ID     int64
	Kind   string        // the first part of what they are called in the audit log, such as news
	Status ContentStatus // that all have since
	// Was are the things by what they were before. Of those that were deleted these are the IDs of their Deletions, under
	// ContentDeleted: what each was comes back with it.
	Was map[ContentStatus][]int64
	At  time.Time
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
