package ippo

import "time"

// DeskRequestID names a request at the desk.
type DeskRequestID int64

// DeskRequest is something that a resident asked of the staff (受付): a visit to a group, a
// coordinator's help, a call back. What it says is personal and kept encrypted.
type DeskRequest struct {
	ID       DeskRequestID
	Kind     DeskRequestKind
	State    DeskRequestState
	Follower FollowerID
	Group    ActivityGroupID // the group to visit; 0 otherwise
	Body     string          // what the resident gave: how to reach them, answers, the words of danger
	Note     string          // the staff's
	Staff    StaffID         // who has taken it; 0 for nobody yet
	MadeAt   time.Time
	DoneAt   time.Time

	GroupName    string // filled in lists
	FollowerName string // filled in lists, masked there
}

// DeskRequestKind says what is asked. Stored: add, never rename.
type DeskRequestKind string

const (
	RequestDanger   DeskRequestKind = "danger"   // words of danger were written in the chat
	RequestCallback DeskRequestKind = "callback" // この番号に電話をもらう
	RequestVisit    DeskRequestKind = "visit"    // 見学したい
	RequestNewcomer DeskRequestKind = "newcomer" // a coordinator gets in touch
)

// Words returns the kind as staff read it.
func (k DeskRequestKind) Words() string {
	switch k {
	case RequestDanger:
		return "危険なことば"
	case RequestCallback:
		return "電話の希望"
	case RequestVisit:
		return "見学の希望"
	case RequestNewcomer:
		return "転入者の相談"
	}
	return string(k)
}

// DeskRequestKinds lists every kind, the most urgent first.
var DeskRequestKinds = []DeskRequestKind{RequestDanger, RequestCallback, RequestVisit, RequestNewcomer}

// DeskRequestState is how far the staff are with it. Stored: add, never rename.
type DeskRequestState string

const (
	RequestNew     DeskRequestState = "new"
	RequestWorking DeskRequestState = "working"
	RequestDone    DeskRequestState = "done"
)

// DeskRequestStates lists every state in order.
var DeskRequestStates = []DeskRequestState{RequestNew, RequestWorking, RequestDone}

// Words returns the state as staff read it.
func (s DeskRequestState) Words() string {
	switch s {
	case RequestNew:
		return "新規"
	case RequestWorking:
		return "対応中"
	case RequestDone:
		return "完了"
	}
	return string(s)
}
