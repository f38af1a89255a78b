package ippo

import "time"

// Conversation is where a follower stands in a talk with the account. It lives in the database, so
// that a restart, or a week's pause, loses nothing.
type Conversation struct {
	Follower  FollowerID
	Name      string // which conversation, such as "newcomer"; "" for none
	Step      string // the question that was asked last
	Answers   []byte // the conversation's own JSON: choices only, never names or contacts
	UpdatedAt time.Time
}

// InboundEvent is one webhook event, durable before LINE was answered.
type InboundEvent struct {
	ID         int64
	EventID    string // LINE's webhookEventId; an event has one effect however often it arrives
	LineUserID string // "" for events without a user
	MessageID  string // LINE's, of the message it brings; "" for none
	Payload    []byte // LINE's JSON; blanked once handled
	Reply      []byte // the reply that the effect decided on and LINE has not been asked to send yet
	OccurredAt time.Time
	ReceivedAt time.Time
}
