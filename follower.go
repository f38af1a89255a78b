package ippo

import "time"

// FollowerID names a follower in our own tables.
type FollowerID int64

// Follower is a LINE user who added the account as a friend (友だち).
type Follower struct {
	ID          FollowerID
	LineUserID  string // "U" and 32 hex digits; LINE's name for the person, per provider
	Status      FollowerStatus
	DisplayName string // from the LINE profile; personal data, kept encrypted
	Preferences
	Entry       string // slug of the entry (登録経路) they came by; "" if they did not say
	FollowedAt  time.Time
	BlockedAt   time.Time // zero unless blocked
	OnboardedAt time.Time // when they first finished or skipped the settings; zero until then
	SeenAt      time.Time // the last event from them
}

// FollowerStatus says whether LINE can reach a follower. Stored: add, never rename.
type FollowerStatus string

const (
	FollowerActive  FollowerStatus = "active"
	FollowerBlocked FollowerStatus = "blocked"
	FollowerErased  FollowerStatus = "erased" // asked to be forgotten; only the ledger's count of them stays
)

// FollowerStatuses lists every status.
var FollowerStatuses = []FollowerStatus{FollowerActive, FollowerBlocked, FollowerErased}

// Words returns the status as staff read it.
func (s FollowerStatus) Words() string {
	switch s {
	case FollowerActive:
		return "友だち"
	case FollowerBlocked:
		return "ブロック"
	case FollowerErased:
		return "削除済み"
	}
	return string(s)
}

// IsLineUserID reports whether s has the form of a LINE user ID. Source:
// https://developers.line.biz/en/docs/messaging-api/getting-user-ids/
//
// It is asked of every recipient of every send, so it is a loop and not a regular expression.
func IsLineUserID(s string) bool {
	if len(s) != 33 || s[0] != 'U' {
		return false
	}
	for _, b := range []byte(s[1:]) {
		if (b < '0' || b > '9') && (b < 'a' || b > 'f') {
			return false
		}
	}
	return true
}
