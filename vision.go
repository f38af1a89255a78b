package ippo

import "time"

// Vision is what an ambassador wishes for the town (ビジョン). Staff look at each before it is shown, and again
// after its writer has changed what would be shown.
type Vision struct {
	Ambassador AmbassadorID
	Name       string // of the ambassador
	Text       string
	State      VisionState
	Version    int       // another after each change by its writer: staff decide on the one that they have read
	NamedAt    time.Time // since when the name may be shown with it; zero: it may not
	WrittenAt  time.Time
	DecidedAt  time.Time // zero: not yet
}

// ShownVision is all of a vision that everybody may see.
type ShownVision struct {
	Text string `json:"text"`
	Name string `json:"name,omitempty"` // only with the writer's consent
}

// VisionState is how far staff are with a vision. Stored: add, never rename.
type VisionState string

// The states of visions.
const (
	VisionWaiting  VisionState = "waiting"
	VisionShown    VisionState = "shown"
	VisionReturned VisionState = "returned"
)

// VisionStates lists every state, what waits first.
var VisionStates = []VisionState{VisionWaiting, VisionShown, VisionReturned}

// Words returns the state as staff read it.
func (s VisionState) Words() string {
	switch s {
	case VisionWaiting:
		return "確認待ち"
	case VisionShown:
		return "公開中"
	case VisionReturned:
		return "公開しない"
	}
	return string(s)
}

// MaxVision bounds a vision, in characters.
const MaxVision = 300

// Validate reports what its writer can mend.
func (v Vision) Validate() error {
	var p Problems
	checkText(&p, "vision", "ビジョン", v.Text, 1, MaxVision)
	return p.Err()
}

// MaxStopWord bounds a word that is left out of the picture of all visions, in characters.
const MaxStopWord = 30
