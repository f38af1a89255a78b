package ippo

import "time"

// Who chose まとめて is sent one message a week with what came out for them since the last one, instead of
// one message for each. docs/decisions/digest.md says what goes into it and what is still sent singly.

// Digested reports whether what goes to an audience waits for the digest of those who chose it: what
// goes to topics, areas or everyone does. Tags, entries and ambassadors are lists that somebody was put on
// for a reason, and what is for them is sent to each of them at once; so is what leaves somebody out, or
// depends on the day on which it is sent, for a digest is made by topics and areas alone.
//
// LINE's broadcast cannot leave anybody out.
func (a Audience) Digested() bool {
	return !a.Unseen && len(a.Tags) == 0 && !a.Ambassadors && len(a.Entries) == 0 && len(a.Languages) == 0 && a.Within == 0 && a.Except == nil
}

// Digested reports whether those who chose the digest find a broadcast there instead of being sent it.
// A correction is of what they were sent.
func (b *Broadcast) Digested() bool {
	return !b.Everyone() && b.Corrects == 0 && b.Origin != OriginDigest && b.Audience.Digested()
}

// DigestSchedule says when the digest is due. A public holiday is a day like any other to it; DigestLeaves says
// when what was made on one leaves.
func (s Settings) DigestSchedule() Schedule {
	return Schedule{Kind: ScheduleWeekly, Weekdays: []time.Weekday{s.DigestDay}, At: s.DigestAt}
}

func (s Settings) checkDigest(p *Problems) {
	if s.DigestDay < time.Sunday || s.DigestDay > time.Saturday {
		p.Add("digestDay", "まとめを送る曜日を選んでください。")
		return
	}
	if s.DigestAt < 0 || s.DigestAt >= 24*60 {
		p.Add("digestAt", "まとめを送る時刻を入力してください。")
		return
	}
	// Any week will do: 4 January 2026 was a Sunday.
	at := s.DigestAt.At(time.Date(2026, 1, 4+int(s.DigestDay), 0, 0, 0, 0, Tokyo))
	noHoliday := func(time.Time) bool { return false }
	s.DaysOff = nil // nor any other day off
	switch {
	case s.Quiet(at, noHoliday):
		p.Addf("digestAt", "%sは送らない時間です。ほかの曜日か時刻にしてください。", s.QuietWords())
	case s.OnCall == "" && !s.Staffed(at, noHoliday):
		p.Add("digestAt", "窓口の時間の外です。ほかの曜日か時刻にするか、「窓口の時間の外に電話を受ける人」を決めてください。")
	}
}

// DigestLeaves returns when a digest made at t leaves: at once, or when it is no longer quiet and, where
// nobody answers the telephone outside opening hours, somebody does.
func (s Settings) DigestLeaves(t time.Time, holiday Holidays) time.Time {
	leaves := s.Open(t, holiday)
	// So long without an open day has none at all.
	for day := 0; day < longestRest && s.OnCall == "" && !s.Staffed(leaves, holiday); day++ {
		next := s.OpenFrom.At(t.In(Tokyo).AddDate(0, 0, day))
		if next.After(t) {
			leaves = s.Open(next, holiday)
		}
	}
	return leaves
}

// MaxDigestItems is how many items a digest shows; the rest is behind a link.
const MaxDigestItems = 10

// DigestKind says what an item of a digest is. Stored: add, never rename.
type DigestKind string

const (
	DigestBroadcast DigestKind = "broadcast"
	DigestNews      DigestKind = "news"
	DigestEvent     DigestKind = "event"
)

// DigestItem is one thing that came out since the last digest. Of the three, the one that Kind names is
// filled in.
type DigestItem struct {
	Kind      DigestKind
	At        time.Time // when it came out
	Topics    Choice    // whom it is for, as for Preferences.Wants
	Areas     Choice
	Broadcast *Broadcast
	News      News
	Event     Event
}

// ID is the item's among those of its kind.
func (i DigestItem) ID() int64 {
	switch i.Kind {
	case DigestNews:
		return int64(i.News.ID)
	case DigestEvent:
		return int64(i.Event.ID)
	}
	return int64(i.Broadcast.ID)
}

// DigestState is what became of one due time of the digest. Stored: add, never rename.
type DigestState string

const (
	DigestMade    DigestState = "made"    // a broadcast was made of it
	DigestEmpty   DigestState = "empty"   // there was nothing for anybody
	DigestWaiting DigestState = "waiting" // missed while the program was down; staff decide
	DigestDropped DigestState = "dropped" // staff decided not to send it: what was in it is in the next
)
