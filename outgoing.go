package ippo

import "time"

// Outgoing is one send in the calendar of what goes out (配信の予定): what has left, is under way or is
// planned.
type Outgoing struct {
	At     time.Time // when it left or is to leave
	Kind   OutgoingKind
	Title  string
	Status BroadcastStatus // "" until a broadcast is made of it

	Broadcast BroadcastID // 0 until one is made of it …
	Source    Source      // … by this campaign or series, if it is not the digest …

	Event  EventID // … or the event that it reminds those who signed up of,
	People int     // of whom it goes to so many
}

// OutgoingKind is what a send is to staff.
type OutgoingKind string

const (
	OutgoingBroadcast OutgoingKind = "broadcast" // that staff or a program wrote
	OutgoingReminder  OutgoingKind = "reminder"  // of a campaign
	OutgoingSeries    OutgoingKind = "series"
	OutgoingDigest    OutgoingKind = "digest"
	OutgoingEvent     OutgoingKind = "event" // to those who signed up for it, each by a message of their own
)

// Outgoing is the broadcast as the calendar shows it, at the time that is known of it so far.
func (b *Broadcast) Outgoing() Outgoing {
	out := Outgoing{At: b.StartedAt, Kind: OutgoingBroadcast, Title: b.Title, Status: b.Status, Broadcast: b.ID}
	if out.At.IsZero() {
		out.At = b.Due()
	}
	switch b.Origin {
	case OriginCampaign:
		out.Kind = OutgoingReminder
	case OriginSeries:
		out.Kind = OutgoingSeries
	case OriginDigest:
		out.Kind = OutgoingDigest
	}
	return out
}

// Outgoing is one due time of r as the calendar shows it before a broadcast is made of it.
func (r Recurring) Outgoing(due time.Time) Outgoing {
	out := Outgoing{At: due, Kind: OutgoingReminder, Title: r.Title, Source: r.Source}
	if r.Source.Kind == SourceSeries {
		out.Kind = OutgoingSeries
	}
	return out
}
