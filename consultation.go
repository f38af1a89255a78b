package ippo

import (
	"slices"
	"strings"
	"time"
)

// ConsultationID names a consultation.
type ConsultationID int64

// Consultation is something that a resident asks the center's advice on (相談), and what became of it. Those
// on LINE write in a room on our own pages; what is said at the desk, on the telephone or on a visiting day
// is entered by staff. All that is said is personal and kept encrypted.
type Consultation struct {
	ID       ConsultationID
	Kind     ConsultationKind
	State    ConsultationState
	Way      ConsultationWay
	Follower FollowerID // 0: entered by staff
	Caller   Caller     // of one that staff entered
	Staff    StaffID    // who looks after it; 0 for nobody yet

	// Version counts what was changed: whoever answers says which one they read.
	Version int
	Unread  bool // who looks after it, or anybody while nobody does, has not seen the latest
	Told    bool // the resident has not looked into the room since the last answer

	MadeAt     time.Time
	ChangedAt  time.Time
	AnsweredAt time.Time // the first answer by a person; zero until then
	ClosedAt   time.Time

	// The follower as they are now.
	FollowerName string // filled in lists, masked there
	Language     Language
	Blocked      bool // no notice reaches them
}

// FirstAnswer is how long the resident waited for the first answer; ok is false while there is none.
func (c Consultation) FirstAnswer() (waited time.Duration, ok bool) {
	return c.AnsweredAt.Sub(c.MadeAt), !c.AnsweredAt.IsZero()
}

// EnteredConsultation is one that staff enter, or take in from a file: with what was said, and among staff.
type EnteredConsultation struct {
	Consultation
	Text, Answer, Note string // the last two may be ""
}

// Validate reports every problem that staff can mend at now.
func (e EnteredConsultation) Validate(now time.Time) error {
	p, _ := e.Caller.Validate().(Problems)
	checkText(&p, "text", "相談の内容", e.Text, 1, MaxConsultationText)
	checkText(&p, "answer", "答えたこと", e.Answer, 0, MaxConsultationText)
	checkText(&p, "note", "メモ", e.Note, 0, MaxConsultationText)
	if !slices.Contains(EnteredWays, e.Way) {
		p.Add("way", "どのように受けたかを選んでください。")
	}
	if !slices.Contains(ConsultationKinds, e.Kind) {
		p.Add("kind", "種類を選んでください。")
	}
	if !slices.Contains(ConsultationStates, e.State) {
		p.Add("state", "状態を選んでください。")
	}
	switch {
	case e.MadeAt.After(now):
		p.Add("madeAt", "これから先の日時は入力できません。")
	case e.ClosedAt.IsZero():
	case e.State != ConsultationDone:
		p.Add("closedAt", "「完了した日時」は、状態が完了のときだけ書いてください。")
	case e.ClosedAt.Before(e.MadeAt) || e.ClosedAt.After(now):
		p.Add("closedAt", "「完了した日時」は、受けた日時から今までにしてください。")
	}
	return p.Err()
}

// Caller is who came to the desk, rang up, or was met on a visiting day. All of it may be "".
type Caller struct {
	Name    string `json:"name,omitempty"`
	Contact string `json:"contact,omitempty"`
	Place   string `json:"place,omitempty"` // of a visiting day
}

// Validate reports every problem staff can mend.
func (c Caller) Validate() error {
	var p Problems
	checkText(&p, "name", "お名前", c.Name, 0, 40)
	checkText(&p, "contact", "連絡先", c.Contact, 0, 100)
	checkText(&p, "place", "場所", c.Place, 0, 60)
	return p.Err()
}

// Limits of what is written. A room holds far more than any consultation has needed.
const (
	MaxConsultationText    = 5000 // as much as LINE lets somebody write in one message
	MaxConsultationEntries = 500
)

// CheckConsultationText reports what is wrong with a text of a consultation, under the field's name.
func CheckConsultationText(field, label, text string) error {
	var p Problems
	checkText(&p, field, label, text, 1, MaxConsultationText)
	return p.Err()
}

// ConsultationKind says what it is about; "" is not yet known. Stored: add, never rename.
type ConsultationKind string

const (
	ConsultJoin      ConsultationKind = "join"
	ConsultStart     ConsultationKind = "start"
	ConsultContinue  ConsultationKind = "continue"
	ConsultSubsidy   ConsultationKind = "subsidy"
	ConsultOperation ConsultationKind = "operation"
	ConsultPlace     ConsultationKind = "place"
	ConsultBusiness  ConsultationKind = "business"
)

// ConsultationKinds lists every kind in the order in which they are offered, and last that it is not known.
var ConsultationKinds = []ConsultationKind{
	ConsultJoin, ConsultStart, ConsultContinue, ConsultSubsidy, ConsultOperation, ConsultPlace, ConsultBusiness, "",
}

// Words returns the kind as staff read it.
func (k ConsultationKind) Words() string {
	switch k {
	case ConsultJoin:
		return "参加"
	case ConsultStart:
		return "始める"
	case ConsultContinue:
		return "続ける"
	case ConsultSubsidy:
		return "補助金"
	case ConsultOperation:
		return "運営"
	case ConsultPlace:
		return "居場所"
	case ConsultBusiness:
		return "企業"
	case "":
		return "未分類"
	}
	return string(k)
}

// ConsultationState says whose turn it is. Stored: add, never rename.
type ConsultationState string

const (
	ConsultationNew     ConsultationState = "new"     // nobody has answered
	ConsultationWorking ConsultationState = "working" // the staff's turn
	ConsultationWaiting ConsultationState = "waiting" // the resident's
	ConsultationDone    ConsultationState = "done"
)

// ConsultationStates lists every state in order.
var ConsultationStates = []ConsultationState{ConsultationNew, ConsultationWorking, ConsultationWaiting, ConsultationDone}

// Words returns the state as staff read it.
func (s ConsultationState) Words() string {
	switch s {
	case ConsultationNew:
		return "新規"
	case ConsultationWorking:
		return "対応中"
	case ConsultationWaiting:
		return "相談者の返事待ち"
	case ConsultationDone:
		return "完了"
	}
	return string(s)
}

// AfterResident is the state once the resident has written.
func (s ConsultationState) AfterResident() ConsultationState {
	if s == ConsultationWaiting {
		return ConsultationWorking
	}
	return s
}

// ConsultationWay is how it reached the center. Stored: add, never rename.
type ConsultationWay string

const (
	ByRoom        ConsultationWay = "room"
	ByDesk        ConsultationWay = "desk"
	ByPhone       ConsultationWay = "phone"
	ByVisitingDay ConsultationWay = "visit"
)

// EnteredWays are those that staff enter.
var EnteredWays = []ConsultationWay{ByDesk, ByPhone, ByVisitingDay}

// Words returns the way as staff read it.
func (w ConsultationWay) Words() string {
	switch w {
	case ByRoom:
		return "LINE"
	case ByDesk:
		return "窓口"
	case ByPhone:
		return "電話"
	case ByVisitingDay:
		return "出前相談会"
	}
	return string(w)
}

// ConsultationAuthor is who wrote an entry. Stored: add, never rename.
type ConsultationAuthor string

const (
	EntryResident  ConsultationAuthor = "resident"
	EntryStaff     ConsultationAuthor = "staff"    // the answer, which the resident reads
	EntryAutomatic ConsultationAuthor = "auto"     // when there will be an answer; the resident reads it
	EntryNote      ConsultationAuthor = "note"     // among staff
	EntryHandOver  ConsultationAuthor = "handover" // to a colleague, with a note
)

// ConsultationEntry is one thing that was said or noted in a consultation.
type ConsultationEntry struct {
	ID     int64
	Author ConsultationAuthor
	Staff  StaffID // who wrote it, also what a resident said at the desk; 0: the resident, or the program
	To     StaffID // who it was handed to
	Text   string
	At     time.Time
}

// Shown reports whether the resident reads it.
func (e ConsultationEntry) Shown() bool {
	return e.Author == EntryResident || e.Author == EntryStaff || e.Author == EntryAutomatic
}

// CannedAnswer is the beginning of an answer that staff keep (返事のひな形).
type CannedAnswer struct {
	ID        int64
	Title     string
	Text      string
	UpdatedAt time.Time
}

// MaxCannedAnswers is how many are kept: more than anybody finds their way in.
const MaxCannedAnswers = 100

// Validate reports every problem staff can mend.
func (a CannedAnswer) Validate() error {
	var p Problems
	checkText(&p, "title", "名前", a.Title, 1, 40)
	checkText(&p, "text", "文", a.Text, 1, MaxConsultationText)
	return p.Err()
}

// Insert puts the canned answer behind what has been written so far.
func (a CannedAnswer) Insert(text string) string {
	return strings.TrimSpace(strings.TrimSpace(text) + "\n\n" + a.Text)
}
