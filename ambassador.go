package ippo

import (
	"strings"
	"time"
)

// AmbassadorID names an ambassador.
type AmbassadorID int64

// Ambassador is somebody who signed up to call out for the town (未来づくりアンバサダー). All that they
// tell of themselves is given on our own page, never in LINE, and kept encrypted.
type Ambassador struct {
	ID       AmbassadorID
	Number   int        // on their card; counts up, never given twice
	Follower FollowerID // 0 when they signed up by telephone or on paper
	LinkedAt time.Time  // when their account was linked by a code; zero: they signed up from it
	Invite   string     // the code of their invitation; "" without a LINE account
	Invited  int        // people who became friends by it
	Status   AmbassadorStatus
	Resting  bool      // 休止中: a mark beside any status
	Since    time.Time // they stand where they do
	DueOn    time.Time // the day that staff set for what is next; zero: as the plan has it

	Name     string
	Kana     string
	Contact  string // telephone or e-mail
	AgeBand  AgeBand
	Guardian string // who consented, for under 16
	Vision   string // 私のまちのビジョン; see Vision
	Actions  []string

	VisionApproved bool // is shown
	Note           string
	AppliedAt      time.Time
	UpdatedAt      time.Time
	ConsentedAt    time.Time
}

// AmbassadorStatus is where an ambassador stands. Stored: add, never rename.
type AmbassadorStatus string

const (
	AmbassadorApplied   AmbassadorStatus = "applied"
	AmbassadorContacted AmbassadorStatus = "contacted"
	AmbassadorAppointed AmbassadorStatus = "appointed"
	AmbassadorRetired   AmbassadorStatus = "retired"
	AmbassadorDeclined  AmbassadorStatus = "declined"
)

// AmbassadorStatuses lists every status in the order of the path.
var AmbassadorStatuses = []AmbassadorStatus{AmbassadorApplied, AmbassadorContacted, AmbassadorAppointed, AmbassadorRetired, AmbassadorDeclined}

// Words returns the status as staff read it.
func (s AmbassadorStatus) Words() string {
	switch s {
	case AmbassadorApplied:
		return "申込"
	case AmbassadorContacted:
		return "連絡済"
	case AmbassadorAppointed:
		return "任命"
	case AmbassadorRetired:
		return "退任"
	case AmbassadorDeclined:
		return "辞退"
	}
	return string(s)
}

// Serving reports whether reminders and the ambassadors' audience include them: everyone who signed
// up and has not left; appointment needs no ceremony.
func (s AmbassadorStatus) Serving() bool {
	return s == AmbassadorApplied || s == AmbassadorContacted || s == AmbassadorAppointed
}

// CanBecome reports whether staff may move an ambassador on from s to next. One who has not been
// appointed declines; one who has been retires; who left may apply again. The way back is another:
// StatusBefore.
func (s AmbassadorStatus) CanBecome(next AmbassadorStatus) bool {
	switch s {
	case AmbassadorApplied:
		return next == AmbassadorContacted || next == AmbassadorAppointed || next == AmbassadorDeclined
	case AmbassadorContacted:
		return next == AmbassadorAppointed || next == AmbassadorDeclined
	case AmbassadorAppointed:
		return next == AmbassadorRetired
	case AmbassadorRetired, AmbassadorDeclined:
		return next == AmbassadorApplied
	}
	return false
}

// AgeBand is how an ambassador gives their age. Stored: add, never rename.
type AgeBand string

// AgeBands lists the bands in order, with their words.
var AgeBands = []struct {
	Band  AgeBand
	Words string
}{
	{"u16", "16歳未満"}, {"16-19", "16〜19歳"}, {"20s", "20代"}, {"30s", "30代"}, {"40s", "40代"},
	{"50s", "50代"}, {"60s", "60代"}, {"70s", "70代"}, {"80+", "80歳以上"},
}

// Words returns the band as people read it.
func (b AgeBand) Words() string {
	for _, known := range AgeBands {
		if known.Band == b {
			return known.Words
		}
	}
	return ""
}

// NeedsGuardian reports whether a parent or guardian has to consent.
func (b AgeBand) NeedsGuardian() bool { return b == "u16" }

// Validate reports every problem the applicant can mend.
func (a Ambassador) Validate() error {
	var p Problems
	checkText(&p, "name", "お名前", a.Name, 1, 40)
	checkText(&p, "kana", "ふりがな", a.Kana, 1, 40)
	checkText(&p, "contact", "連絡先", a.Contact, 1, 100)
	if strings.TrimSpace(a.Contact) != "" && !reachable(a.Contact) {
		p.Add("contact", "電話番号かメールアドレスを入力してください。")
	}
	if a.AgeBand.Words() == "" {
		p.Add("ageBand", "年代を選んでください。")
	}
	if a.AgeBand.NeedsGuardian() {
		checkText(&p, "guardian", "保護者のお名前", a.Guardian, 1, 40)
	}
	checkText(&p, "vision", "ビジョン", a.Vision, 0, MaxVision)
	return p.Err()
}

// ContactKey is the contact without what two people write differently: the same for the same telephone or
// address. "" if there is none.
func (a Ambassador) ContactKey() string {
	contact := strings.ToLower(strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == ' ' || r == '　':
			return -1
		}
		return r
	}, a.Contact))
	if strings.Contains(contact, "@") {
		return contact
	}
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, contact)
}

// reachable reports whether s could be a telephone number or an e-mail address.
func reachable(s string) bool {
	if at := strings.IndexByte(s, '@'); at > 0 {
		return strings.Contains(s[at:], ".")
	}
	digits := 0
	for _, r := range s {
		if r >= '0' && r <= '9' || r >= '０' && r <= '９' {
			digits++
		}
	}
	return digits >= 10 && digits <= 15
}
