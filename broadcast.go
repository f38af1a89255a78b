package ippo

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"
)

// BroadcastID names a broadcast.
type BroadcastID int64

// Broadcast is one notice that staff send to many followers (配信). Staff write it as a draft and a
// colleague approves it; approval fixes its recipients, and package jobs delivers it.
type Broadcast struct {
	ID         BroadcastID
	Title      string        // for the staff's list; followers never see it
	Messages   []Message     // for who reads Japanese, and where there is no version in the reader's language
	Renditions Renditions    // in other languages
	Originals  Originals     // what they were made of
	Counted    bool          // taps on its links are counted
	Links      []CountedLink // those in its messages that lead through our own address
	Audience   Audience
	SendAt     time.Time   // zero: as soon as it is approved
	OnCall     string      // who answers the telephone when it leaves outside opening hours
	Emergency  string      // the reason for passing the quiet hours; "" for an ordinary broadcast
	Corrects   BroadcastID // goes to whom this one reached, and has no audience of its own; 0 otherwise
	Origin     Origin
	Campaign   CampaignID // the campaign whose reminder this is; 0 otherwise
	Series     SeriesID   // the series that it was made of; 0 otherwise

	Status BroadcastStatus
	Waived bool   // staff released it although the breaker held it: it is not asked again
	Reason string // why it is held, paused or failed, in words for staff

	Author   StaffID
	Approver StaffID

	CreatedAt   time.Time
	UpdatedAt   time.Time
	SubmittedAt time.Time
	LapsesAt    time.Time // until when it can be approved, once it is submitted
	ApprovedAt  time.Time
	NotBefore   time.Time // until when it can be taken back, whatever its time; zero: no such wait
	StartedAt   time.Time // LINE's first call
	FinishedAt  time.Time

	Unit string // under which LINE counts its readers; "" before LINE's first call
}

// Origin says which path made a broadcast. Stored: add, never rename.
type Origin string

const (
	OriginPanel    Origin = "panel"
	OriginAPI      Origin = "api"
	OriginCampaign Origin = "campaign"
	OriginDigest   Origin = "digest"
	OriginSeries   Origin = "series"
)

// BroadcastStatus is where a broadcast stands. Stored: add, never rename.
type BroadcastStatus string

const (
	BroadcastDraft     BroadcastStatus = "draft"
	BroadcastSubmitted BroadcastStatus = "submitted" // waiting for approval
	BroadcastApproved  BroadcastStatus = "approved"  // recipients fixed; waiting for its time
	BroadcastHeld      BroadcastStatus = "held"      // stopped by a rule; staff release or drop it
	BroadcastSending   BroadcastStatus = "sending"
	BroadcastPaused    BroadcastStatus = "paused" // stopped by staff, a spent quota or a refused token
	BroadcastSent      BroadcastStatus = "sent"
	BroadcastCancelled BroadcastStatus = "cancelled"
	BroadcastFailed    BroadcastStatus = "failed" // LINE refused it for good; nobody more is sent to
)

// Words returns the status as staff read it.
func (s BroadcastStatus) Words() string {
	switch s {
	case BroadcastDraft:
		return "下書き"
	case BroadcastSubmitted:
		return "承認待ち"
	case BroadcastApproved:
		return "送信予定"
	case BroadcastHeld:
		return "保留"
	case BroadcastSending:
		return "送信中"
	case BroadcastPaused:
		return "一時停止"
	case BroadcastSent:
		return "送信済み"
	case BroadcastCancelled:
		return "取り消し"
	case BroadcastFailed:
		return "失敗"
	}
	return string(s)
}

// Editable reports whether staff may still change what is sent, to whom and when.
func (s BroadcastStatus) Editable() bool { return s == BroadcastDraft || s == BroadcastSubmitted }

// Finished reports whether nothing more will happen to it.
func (s BroadcastStatus) Finished() bool {
	return s == BroadcastSent || s == BroadcastCancelled || s == BroadcastFailed
}

// Limits on what staff type.
const (
	MaxTitle  = 60
	MaxReason = 200
	MaxOnCall = 40
)

// MaxVersions bounds how many earlier versions of a broadcast are kept.
const MaxVersions = 50

// Validate reports every problem staff can mend; whether slugs exist and LINE accepts the messages
// is asked elsewhere.
func (b *Broadcast) Validate() error {
	var p Problems
	checkText(&p, "title", "件名", b.Title, 1, MaxTitle)
	checkText(&p, "onCall", "電話を受ける人", b.OnCall, 0, MaxOnCall)
	checkText(&p, "emergency.reason", "緊急とする理由", b.Emergency, 0, MaxReason)
	p.include(CheckMessages(b.Messages))
	checkVariables(&p, "messages", b.Messages)
	checkRenditions(&p, b.Renditions)
	if b.Corrects == 0 && b.Origin != OriginDigest {
		p.include(b.Audience.Validate())
	}
	if b.Audience.Unseen && len(b.Renditions) > 0 {
		p.Add("audience", "LINEの一斉配信では、ことばごとに分けて送れません。ほかのことばを外すか、LINEの一斉配信の印を外してください。")
	}
	if b.Audience.Unseen && Personal(b.All()) {
		p.Add("audience", "LINEの一斉配信では、差し込みを使えません。差し込みをやめるか、LINEの一斉配信の印を外してください。")
	}
	return p.Err()
}

// Call is the call of LINE's that a broadcast goes by.
type Call string

const (
	CallMulticast Call = "multicast" // the same to up to MaxRecipients people
	CallPush      Call = "push"      // to each their own
	CallBroadcast Call = "broadcast" // LINE's broadcast, to every friend of the account
)

// Call says by which call the broadcast goes: it follows from what was approved.
func (b *Broadcast) Call() Call {
	switch {
	case b.Audience.Unseen:
		return CallBroadcast
	case Personal(b.All()):
		return CallPush
	}
	return CallMulticast
}

// Everyone reports whether it also goes to those who stopped broadcasts: an emergency does, and LINE's
// broadcast knows nobody who stopped.
func (b *Broadcast) Everyone() bool { return b.Emergency != "" || b.Audience.Unseen }

// Written returns the messages as their author wrote them: without 配信を減らす, and with the links that are
// counted as they were.
func (b *Broadcast) Written() []Message { return b.written().Messages }

// WrittenIn returns likewise what a reader of a language is sent.
func (b *Broadcast) WrittenIn(l Language) []Message {
	w := b.written()
	return w.In(l)
}

// Said returns all that its author wrote.
func (b *Broadcast) Said() Said {
	w := b.written()
	return Said{w.Messages, w.Renditions, w.Originals}
}

func (b *Broadcast) written() Broadcast {
	w := *b
	w.rewrite(func(_ Language, messages []Message) []Message { return UncountLinks(WithoutReduce(messages), b.Links) })
	return w
}

// Content returns the SHA-256 of what its author wrote in Japanese, which is the same for two broadcasts that say
// the same, whatever other languages they have.
func (b *Broadcast) Content() []byte { return ContentOf(b.Written()) }

// Changeable reports whether staff may still change what is sent, to whom and when: until it begins to
// be sent. A change voids its approval. A digest and a campaign's reminder say to each what is theirs: nobody
// writes them.
func (b *Broadcast) Changeable() bool {
	return b.Origin != OriginDigest && b.Origin != OriginCampaign && b.StartedAt.IsZero() && b.Status != BroadcastSending && !b.Status.Finished()
}

// First reports whether it goes ahead of all that is waiting: an emergency, or a correction.
func (b *Broadcast) First() bool { return b.Emergency != "" || b.Corrects != 0 }

// Due returns when an approved broadcast is to leave.
func (b *Broadcast) Due() time.Time {
	due := b.SendAt
	if due.IsZero() {
		due = b.ApprovedAt
	}
	if b.NotBefore.After(due) {
		due = b.NotBefore
	}
	return due
}

// include adds another check's problems.
func (p *Problems) include(err error) {
	if more, ok := err.(Problems); ok {
		*p = append(*p, more...)
	}
}

// Hash stands for everything that an approval approves: messages, audience, time, emergency and who
// answers the telephone. Any change to these gives another hash and so voids the approval.
func (b *Broadcast) Hash() [sha256.Size]byte {
	content, err := json.Marshal(struct {
		Messages  []Message
		Audience  Audience
		SendAt    time.Time
		Emergency string
		Corrects  BroadcastID
		// Left out where there is none, so that what was approved before these were there still is.
		OnCall     string     `json:",omitempty"`
		Renditions Renditions `json:",omitempty"`
	}{b.Messages, b.Audience, b.SendAt.UTC(), b.Emergency, b.Corrects, b.OnCall, b.Renditions})
	if err != nil {
		// Messages are JSON already and the rest cannot fail.
		panic(fmt.Sprintf("hash broadcast %d: %v", b.ID, err))
	}
	return sha256.Sum256(content)
}
