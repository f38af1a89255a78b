package ippo

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// DeliveryState is what became of a recipient (配信台帳). Stored: add, never rename.
type DeliveryState string

const (
	DeliveryPending  DeliveryState = "pending"
	DeliveryAccepted DeliveryState = "accepted" // LINE answered 200, or 409 to a repeated retry key
	DeliveryFailed   DeliveryState = "failed"   // LINE refused it for good
	DeliverySkipped  DeliveryState = "skipped"  // never asked of LINE: blocked since, erased, cancelled …
	DeliveryUnknown  DeliveryState = "unknown"  // asked, and no answer within the retry key's 24 hours
)

// DeliveryStates lists every state.
var DeliveryStates = []DeliveryState{DeliveryPending, DeliveryAccepted, DeliveryFailed, DeliverySkipped, DeliveryUnknown}

// Words returns the state as staff read it. It never says 届きました: LINE tells only that it accepted.
func (s DeliveryState) Words() string {
	switch s {
	case DeliveryPending:
		return "これから"
	case DeliveryAccepted:
		return "LINEが受付"
	case DeliveryFailed:
		return "失敗"
	case DeliverySkipped:
		return "対象外"
	case DeliveryUnknown:
		return "不明"
	}
	return string(s)
}

// MaxRecipients is how many followers one multicast may name. Source:
// https://developers.line.biz/en/reference/messaging-api/#send-multicast-message
const MaxRecipients = 500

// Variant is a wording of a broadcast that does not say the same to everyone; numbers begin at 1.
type Variant struct {
	Number   int
	Messages []Message
}

// RetryWindow is how long LINE remembers a retry key, from the first call; the same key later sends
// again. Source: https://developers.line.biz/en/docs/messaging-api/retrying-api-request/
const RetryWindow = 24 * time.Hour

// DeliveryRequest is one call to LINE that the ledger has planned: its members are fixed when the
// broadcast is approved, may shrink until the first call, and never change after it.
type DeliveryRequest struct {
	ID            int64
	Broadcast     BroadcastID
	RetryKey      string // UUID, fresh for each request
	Members       []FollowerID
	State         DeliveryState
	Attempts      int
	FirstCalledAt time.Time // zero until the first call
	NextAttemptAt time.Time // zero: at once
	BodySHA256    []byte    // of the body of the first call
	Variant       int       // which wording its members are sent; 0: the broadcast's own
	Values        Values    // what a personal one was filled with at its first call; nil before it
	RequestID     string    // LINE's, kept to answer "what was sent then?"
	Reason        string
}

// Tally counts a broadcast's recipients by state; the five always sum to Recipients.
type Tally struct {
	Recipients int `json:"recipients"`
	Accepted   int `json:"accepted"`
	Failed     int `json:"failed"`
	Skipped    int `json:"skipped"`
	Unknown    int `json:"unknown"`
	Pending    int `json:"pending"`
}

// Add counts n more recipients in a state.
func (t *Tally) Add(s DeliveryState, n int) {
	t.Recipients += n
	switch s {
	case DeliveryPending:
		t.Pending += n
	case DeliveryAccepted:
		t.Accepted += n
	case DeliveryFailed:
		t.Failed += n
	case DeliverySkipped:
		t.Skipped += n
	case DeliveryUnknown:
		t.Unknown += n
	}
}

// Pace is how fast a broadcast goes, by what LINE has accepted lately.
type Pace struct {
	PerSecond float64       // recipients
	Left      time.Duration // until nobody is pending, at this pace; 0: not known
}

// Words says how long is left as staff read it, "" if that is not known.
func (p Pace) Words() string {
	minutes := int((p.Left + time.Minute - 1) / time.Minute)
	switch {
	case p.Left == 0:
		return ""
	case minutes == 1:
		return "1分以内"
	case minutes < 60:
		return fmt.Sprintf("あと約%d分", minutes)
	}
	return fmt.Sprintf("あと約%d時間%d分", minutes/60, minutes%60)
}

// PackMembers writes ascending follower IDs as differences, one or two bytes each for a busy
// ledger, so that the ledger of a large send stays small.
func PackMembers(members []FollowerID) []byte {
	packed := make([]byte, 0, 2*len(members))
	var last FollowerID
	for _, m := range members {
		packed = binary.AppendUvarint(packed, uint64(m-last))
		last = m
	}
	return packed
}

// UnpackMembers reads what PackMembers wrote.
func UnpackMembers(packed []byte) ([]FollowerID, error) {
	return AppendMembers(make([]FollowerID, 0, MaxRecipients), packed)
}

// AppendMembers appends what PackMembers wrote.
func AppendMembers(members []FollowerID, packed []byte) ([]FollowerID, error) {
	var last FollowerID
	for len(packed) > 0 {
		step, n := binary.Uvarint(packed)
		if n <= 0 {
			return nil, errors.New("packed members are damaged")
		}
		last += FollowerID(step)
		members = append(members, last)
		packed = packed[n:]
	}
	return members, nil
}
