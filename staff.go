package ippo

import (
	"net/mail"
	"slices"
	"time"
)

// StaffID names a member of staff, or an API token.
type StaffID int64

// Staff is somebody who works with the panel or the API (職員). An API token is an entry of its own, whose
// name stands beside what it did. Whoever answers for a token and the token are one person: neither approves
// what the other wrote.
type Staff struct {
	ID        StaffID
	Name      string
	Email     string // "" for an API token
	Role      Role   // of a token: Scopes.Role
	Token     bool   // signs in by an API token, not by a password
	Disabled  bool
	Factor    bool // is asked for a code of their app, too
	CreatedAt time.Time
	SeenAt    time.Time
	Teams     []TeamID // whose reach is theirs; none: everything

	// Of an API token only.
	Scopes  Scopes
	Owner   StaffID   // the administrator who answers for it; 0: one from before this was asked
	Expires time.Time // zero: never, for one from before this was asked
}

// Person is who acts: of a token, whoever answers for it.
func (s Staff) Person() StaffID {
	if s.Owner != 0 {
		return s.Owner
	}
	return s.ID
}

// MayLookAfter reports whether they can be given consultations and matches to look after.
func (s Staff) MayLookAfter() bool { return !s.Disabled && !s.Token && s.Role.Includes(Editor) }

// Covers reports whether they look after all that some teams do; none: everything.
func (s Staff) Covers(teams []TeamID) bool {
	return len(s.Teams) == 0 || len(teams) > 0 &&
		!slices.ContainsFunc(teams, func(one TeamID) bool { return !slices.Contains(s.Teams, one) })
}

// StaffInviteLife is how long an invitation to work here can be used.
const StaffInviteLife = 7 * 24 * time.Hour

// Role is what a member of staff may do; each includes the one before. Stored: add, never rename.
type Role string

const (
	Viewer        Role = "viewer"
	Editor        Role = "editor"
	Approver      Role = "approver"
	Administrator Role = "admin"
)

// Roles lists every role, the weakest first.
var Roles = []Role{Viewer, Editor, Approver, Administrator}

// Includes reports whether r may do whatever needs the role at least.
func (r Role) Includes(least Role) bool { return r.rank() >= least.rank() && r.rank() > 0 }

func (r Role) rank() int {
	for i, known := range Roles {
		if known == r {
			return i + 1
		}
	}
	return 0
}

// Words returns the role as staff read it.
func (r Role) Words() string {
	switch r {
	case Viewer:
		return "閲覧者"
	case Editor:
		return "作成者"
	case Approver:
		return "承認者"
	case Administrator:
		return "管理者"
	}
	return string(r)
}

// Validate reports every problem that can be mended.
func (s Staff) Validate() error {
	var p Problems
	checkText(&p, "name", "名前", s.Name, 1, 40)
	if s.Token {
		s.validateToken(&p)
	} else {
		if a, err := mail.ParseAddress(s.Email); err != nil || a.Address != s.Email || len(s.Email) > 200 {
			p.Add("email", "メールアドレスを正しく入力してください。")
		}
	}
	if s.Role == Administrator && len(s.Teams) > 0 {
		p.Add("teams", "管理者はすべてを受け持ちます。チームを選ばないでください。")
	}
	if s.Role.rank() == 0 {
		p.Add("role", "役割を選んでください（viewer, editor, approver, admin）。")
	}
	return p.Err()
}
