package ippo

import "time"

// IntakeID names an intake.
type IntakeID int64

// Intake is a file of one of the lists that staff uploaded (取り込み). It is looked at before anything is changed: of a
// city's spreadsheet of groups staff say what its columns hold; of every other file a job says what each row would do.
// Then a job takes it in, row by row, on through restarts.
type Intake struct {
	ID         IntakeID
	Kind       IntakeKind
	Name       string // of the file
	Staff      StaffID
	UploadedAt time.Time
	EndedAt    time.Time // zero until it is done
	State      IntakeState
	Teams      []TeamID   // of whoever started it, at that time; none: they reach everything
	Stopped    IntakeStop // why it waits for somebody else; "": it does not
	Plan       GroupPlan  // of groups

	Rows    int // in the file; known once it was looked at
	Done    int // rows that are dealt with: looked at, or taken in
	Added   int
	Changed int
	Same    int // rows that say what is there already
	Bad     int // rows that cannot be taken in
	Doubts  int // rows that staff have to be sure of
}

// Changes reports whether an intake has anything to do.
func (i Intake) Changes() bool { return i.Added+i.Changed > 0 }

// Lacks says what somebody lacks to take in what was started, all of it; "": nothing.
func (i Intake) Lacks(who Staff) IntakeStop {
	switch {
	case who.Disabled:
		return IntakeNoAccount
	case !who.Role.Includes(Editor):
		return IntakeNoRole
	case !who.Covers(i.Teams):
		return IntakeNoTeam
	}
	return ""
}

// Words returns how far it has come as staff read it.
func (i Intake) Words() string {
	switch {
	case i.Stopped != "":
		return "止まっています"
	case i.State == IntakeDone && i.Done < i.Rows:
		return "途中で終えました"
	}
	return i.State.Words()
}

// IntakeStop is why an intake that was started does not go on: what whoever started it lacks by now. Stored: add, never
// rename.
type IntakeStop string

const (
	IntakeNoAccount IntakeStop = "account" // they cannot log in
	IntakeNoRole    IntakeStop = "role"
	IntakeNoTeam    IntakeStop = "team" // they are in others than when they started it
)

// Words returns the reason as staff read it, of a person.
func (s IntakeStop) Words() string {
	switch s {
	case IntakeNoAccount:
		return "ログインできなくなった"
	case IntakeNoRole:
		return "役割が変わった"
	case IntakeNoTeam:
		return "受け持つチームが変わった"
	}
	return string(s)
}

// IntakeKind is which list a file is of. Stored: add, never rename.
type IntakeKind string

const (
	IntakeGroups      IntakeKind = "groups"
	IntakeNews        IntakeKind = "news"
	IntakeEvents      IntakeKind = "events"
	IntakeEntries     IntakeKind = "entries"
	IntakeFollowers   IntakeKind = "followers"   // their tags
	IntakeAmbassadors IntakeKind = "ambassadors" // who signed up by telephone or on paper
	IntakeCampaigns   IntakeKind = "campaigns"

	IntakeConsultations IntakeKind = "consultations" // held at the desk or by telephone before, and who looks after those that are there
	IntakeMatches       IntakeKind = "matches"       // who looks after them
)

// IntakeState is how far an intake has come. Stored: add, never rename.
type IntakeState string

const (
	IntakeDraft    IntakeState = "draft"    // staff say how its file is read
	IntakeLoading  IntakeState = "loading"  // its file is on the way
	IntakeChecking IntakeState = "checking" // a job looks at its rows
	IntakeChecked  IntakeState = "checked"  // staff look at what it would do
	IntakeWaiting  IntakeState = "waiting"  // for its job, or under way
	IntakeDone     IntakeState = "done"
)

// Words returns the state as staff read it.
func (s IntakeState) Words() string {
	switch s {
	case IntakeDraft:
		return "列の読みかたを決めるところです"
	case IntakeLoading, IntakeChecking:
		return "確かめています"
	case IntakeChecked:
		return "まだ取り込んでいません"
	case IntakeWaiting:
		return "取り込み中"
	case IntakeDone:
		return "取り込みました"
	}
	return string(s)
}

// IntakeNote is what is to be said of a row.
type IntakeNote struct {
	Line  int // of the file, from 1
	Words string
	Doubt bool // it is for staff to be sure of; otherwise the row cannot be taken in
}

// MaxIntakeNotes bounds what is kept of a file's rows; further ones are counted only.
const MaxIntakeNotes = 10_000

// MaxIntake bounds an uploaded file, in bytes: a list of a million followers fits.
const MaxIntake = 256 << 20

// GroupPlan is how a spreadsheet of groups is read. That of the last intake is where the next one begins.
type GroupPlan struct {
	Head   int               `json:"head"`   // the row of the headings, as an index among those that hold anything
	Fields map[string]string `json:"fields"` // by heading, a field of package groupsheet; "": not taken in
	Words  map[string]string `json:"words"`  // the sheet's own words for topics and areas: their slugs; "": none
	Skip   bool              `json:"skip"`   // rows with mistakes are passed over
}

// MaxIntakes bounds all uploaded files together that are kept, in bytes.
const MaxIntakes = 2 << 30

// How long an uploaded file is kept that nobody takes in, and one that was stopped.
const (
	IntakeKept        = 7 * 24 * time.Hour
	StoppedIntakeKept = 30 * 24 * time.Hour
)
