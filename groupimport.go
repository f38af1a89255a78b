package ippo

import "time"

// GroupImportID names an import of groups.
type GroupImportID int64

// GroupImport is a city's spreadsheet of groups that staff uploaded (団体の取り込み). Staff say what its columns hold and
// look at what would become of its rows; then package jobs takes them in, one after another.
type GroupImport struct {
	ID         GroupImportID
	Name       string // of the file
	Staff      StaffID
	UploadedAt time.Time
	EndedAt    time.Time // zero until it is done
	State      GroupImportState
	Plan       GroupImportPlan

	Rows    int // of groups
	Done    int // rows that are dealt with
	Added   int
	Changed int
	Bad     int // rows that were passed over
}

// GroupImportState is how far an import has come. Stored: add, never rename.
type GroupImportState string

const (
	GroupImportDraft   GroupImportState = "draft"   // staff look at it
	GroupImportWaiting GroupImportState = "waiting" // for its job, or under way
	GroupImportDone    GroupImportState = "done"
)

// Words returns the state as staff read it.
func (s GroupImportState) Words() string {
	switch s {
	case GroupImportDraft:
		return "確かめています"
	case GroupImportWaiting:
		return "取り込み中"
	case GroupImportDone:
		return "取り込みました"
	}
	return string(s)
}

// GroupImportPlan is how a spreadsheet is read. That of the last import is where the next one begins.
type GroupImportPlan struct {
	Head   int               `json:"head"`   // the row of the headings, as an index among those that hold anything
	Fields map[string]string `json:"fields"` // by heading, a field of package groupsheet; "": not taken in
	Words  map[string]string `json:"words"`  // the sheet's own words for topics and areas: their slugs; "": none
	Skip   bool              `json:"skip"`   // rows with mistakes are passed over
}

// GroupImportKept is how long an uploaded file is kept that nobody takes in.
const GroupImportKept = 7 * 24 * time.Hour
