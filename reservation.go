package ippo

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// ReservationID names a reservation. They count up: the waiting list is in their order.
type ReservationID int64

// Reservation is somebody's sign-up for an event (申込), with the people who come along.
type Reservation struct {
	ID       ReservationID
	Event    EventID
	Follower FollowerID // 0: entered by staff, or forgotten
	State    ReservationState
	Way      ReservationWay
	Party    int // people, oneself included
	Attendee Attendee

	ConfirmBy  time.Time // offered: until when the place is kept; zero where staff ask
	MadeAt     time.Time
	EndedAt    time.Time // cancelled or lapsed; zero until then
	AttendedAt time.Time // zero: not seen there
	Feedback   Feedback

	// The follower as they are now.
	FollowerName string
	Language     Language
	Blocked      bool // no notice reaches them
}

// Booking is a reservation with its event.
type Booking struct {
	Event       Event
	Reservation Reservation
}

// Attendee is who comes and how to reach them, where the event asks for it: personal, and kept encrypted.
type Attendee struct {
	Name    string `json:"name,omitempty"`
	Contact string `json:"contact,omitempty"`
}

// Validate reports every problem that whoever fills in the form can mend.
func (a Attendee) Validate() error {
	var p Problems
	checkText(&p, "name", "お名前", a.Name, 1, 40)
	checkText(&p, "contact", "連絡先", a.Contact, 1, 100)
	if strings.TrimSpace(a.Contact) != "" && !reachable(a.Contact) {
		p.Add("contact", "電話番号かメールアドレスを入力してください。")
	}
	return p.Err()
}

// ReservationState is what has become of a reservation. Stored: add, never rename.
type ReservationState string

const (
	Reserved             ReservationState = "reserved"
	ReservationWaiting   ReservationState = "waiting"
	ReservationOffered   ReservationState = "offered" // first on the waiting list: a place is kept until it is confirmed
	ReservationCancelled ReservationState = "cancelled"
	ReservationLapsed    ReservationState = "lapsed" // the place was not confirmed in time
	ReservationWalkIn    ReservationState = "walkin" // came without a sign-up
)

// ReservationStates lists every state as staff list them.
var ReservationStates = []ReservationState{
	Reserved, ReservationOffered, ReservationWaiting, ReservationWalkIn, ReservationLapsed, ReservationCancelled,
}

// Words returns the state as staff read it.
func (s ReservationState) Words() string {
	switch s {
	case Reserved:
		return "申込済み"
	case ReservationWaiting:
		return "キャンセル待ち"
	case ReservationOffered:
		return "席の確認待ち"
	case ReservationCancelled:
		return "取り消し"
	case ReservationLapsed:
		return "期限切れ"
	case ReservationWalkIn:
		return "当日参加"
	}
	return string(s)
}

// Open reports whether the person still means to come.
func (s ReservationState) Open() bool {
	return s == Reserved || s == ReservationWaiting || s == ReservationOffered
}

// ReservationWay is how it reached the center. Stored: add, never rename.
type ReservationWay string

const (
	ReservedByLine  ReservationWay = "line"
	ReservedByDesk  ReservationWay = "desk"
	ReservedByPhone ReservationWay = "phone"
)

// EnteredReservations are those that staff enter.
var EnteredReservations = []ReservationWay{ReservedByPhone, ReservedByDesk}

// Words returns the way as staff read it.
func (w ReservationWay) Words() string {
	switch w {
	case ReservedByLine:
		return "LINE"
	case ReservedByDesk:
		return "窓口"
	case ReservedByPhone:
		return "電話"
	}
	return string(w)
}

// Feedback is what somebody tapped after an event; "" for nothing. Stored: add, never rename.
type Feedback string

// Feedbacks lists the answers as they are offered.
var Feedbacks = []Feedback{"good", "fair", "poor"}

// Known reports whether it is one of the answers.
func (f Feedback) Known() bool { return slices.Contains(Feedbacks, f) }

// Words returns the answer as staff read it.
func (f Feedback) Words() string {
	switch f {
	case "good":
		return "よかった"
	case "fair":
		return "ふつう"
	case "poor":
		return "いまひとつ"
	}
	return string(f)
}

// AttendanceText is what an event's QR code types into the chat for who is there. It is short, for each letter
// makes the code denser.
func AttendanceText(e Event) string { return "出席の受付（会場:" + e.Code + "）" }

var attendanceShape = regexp.MustCompile(`\(\s*会場\s*:\s*([a-z0-9]{12})\s*\)`)

// AttendanceCode reads an event's code from a chat message, in letters of any width; ok is false if the
// message is something else.
func AttendanceCode(text string) (code string, ok bool) {
	m := attendanceShape.FindStringSubmatch(norm.NFKC.String(text))
	if m == nil {
		return "", false
	}
	return m[1], true
}
