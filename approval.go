package ippo

import "time"

// OwnApproval says whether, and how, somebody may approve a broadcast that they wrote themselves.
type OwnApproval int

const (
	OwnRefused   OwnApproval = iota // a colleague has to approve it
	OwnFree                         // it reaches so few people that nobody else has to look
	OwnConfirmed                    // its author types the number of recipients, and it waits for OwnDelay
	OwnUrgent                       // its author types the number of recipients; it leaves at once
)

// OwnDelay is how long a broadcast waits that its author approved alone: nobody else has seen it, so
// there has to be time to take it back.
const OwnDelay = 10 * time.Minute

// OwnApproval applies the two-person rule to an author and the number of people that their broadcast
// reaches now. alone: nobody else in the office approves, or the rule is switched off. A token never
// approves its own: a program that writes and approves is not two people.
func (s Settings) OwnApproval(author Staff, b *Broadcast, recipients int, alone bool) OwnApproval {
	switch {
	case author.Token || !author.Role.Includes(Approver):
		return OwnRefused
	case b.Emergency != "":
		if author.Role.Includes(Administrator) {
			return OwnUrgent
		}
		return OwnRefused
	case recipients <= s.ApprovalOver && !b.Audience.Unseen: // that may reach any number that nobody knows
		return OwnFree
	case alone && b.Corrects != 0:
		return OwnUrgent // what is wrong is out already
	case alone:
		return OwnConfirmed
	}
	return OwnRefused
}

// OwnRecurring is OwnApproval for what sends again and again. However few it reaches today, it may reach
// many later, so that few are no reason to do without a colleague.
func (s Settings) OwnRecurring(author Staff, alone bool) OwnApproval {
	return s.OwnApproval(author, &Broadcast{}, s.ApprovalOver+1, alone)
}

// SubmissionLife is how long a broadcast that is to leave at once may wait for its approval: what was
// true when it was written need not be true much later.
const SubmissionLife = time.Hour

// Lapses returns until when a broadcast that is submitted at t can be approved: until its own time, or,
// if it is to leave at once, for SubmissionLife and no longer than the office is open.
func (b *Broadcast) Lapses(t time.Time, s Settings, holiday Holidays) time.Time {
	if !b.SendAt.IsZero() {
		return b.SendAt
	}
	lapses := t.Add(SubmissionLife)
	if closing := s.OpenUntil.At(t); s.Staffed(t, holiday) && closing.Before(lapses) {
		return closing
	}
	return lapses
}
