package ippo

import (
	"crypto/sha256"
	"fmt"
	"time"
)

// Source names what broadcasts are made of at due times: a campaign, for its reminders, or a series.
type Source struct {
	Kind SourceKind
	ID   int64
}

// SourceKind is what a source is. Stored: add, never rename.
type SourceKind string

const (
	SourceCampaign SourceKind = "campaign"
	SourceSeries   SourceKind = "series"
)

// String names the source as the audit log does, such as series:3.
func (s Source) String() string { return fmt.Sprintf("%s:%d", s.Kind, s.ID) }

// Recurring is what a campaign and a series have in common: a schedule, at whose due times broadcasts
// are made, once a second person has switched it on.
type Recurring struct {
	Source     Source
	Title      string
	Renditions Renditions // a series', in other languages
	Counted    bool       // taps on links are counted
	Audience   Audience
	Schedule   Schedule // a campaign's is cut to its period
	Active     bool
	Held       bool // by a restore: only an administrator switches it on again
	Author     StaffID
	Approver   StaffID           // who switched it on; 0 once it was changed since
	NextDue    time.Time         // zero when there is none
	Hash       [sha256.Size]byte // what switching it on approves
}

// Broadcast makes the broadcast of one due time, approved as the source is.
func (r Recurring) Broadcast(messages []Message) *Broadcast {
	b := &Broadcast{
		Title: r.Title, Messages: messages, Renditions: r.Renditions, Counted: r.Counted, Audience: r.Audience,
		Status: BroadcastApproved, Author: r.Author, Approver: r.Approver,
	}
	switch r.Source.Kind {
	case SourceCampaign:
		b.Origin, b.Campaign = OriginCampaign, CampaignID(r.Source.ID)
	case SourceSeries:
		b.Origin, b.Series = OriginSeries, SeriesID(r.Source.ID)
	}
	return b
}

// LateLimit is how late a firing or a first call may be before a member of staff must say yes.
const LateLimit = 30 * time.Minute

// Firing is one due time of a source; each has exactly one.
type Firing struct {
	Source    Source
	Title     string // the source's
	DueAt     time.Time
	State     FiringState
	Broadcast BroadcastID // what was made of it; 0 unless fired
}

// FiringState is what became of one due time. Stored: add, never rename.
type FiringState string

const (
	FiringFired   FiringState = "fired"   // a broadcast was made of it
	FiringWaiting FiringState = "waiting" // missed while the program was down; staff decide
	FiringDropped FiringState = "dropped" // staff decided not to send it
)

// Words returns the state as staff read it.
func (s FiringState) Words() string {
	switch s {
	case FiringFired:
		return "配信した"
	case FiringWaiting:
		return "決定待ち"
	case FiringDropped:
		return "送らない"
	}
	return string(s)
}
