package ippo

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// StaffLink ties a member of staff to their own LINE account, so that a test can be sent to them and
// to nobody else.
type StaffLink struct {
	Staff    StaffID
	Follower FollowerID
	To       TestRecipient
	Name     string // of the LINE profile
	Active   bool   // false while they block the account
	LinkedAt time.Time
}

// TestRecipient is whom the test lane sends to: a LINE account that a member of staff has linked. Nothing
// makes one of a LINE user ID that a caller holds: only a column of the database fills it, and the one
// query that reads such a column looks in staff_links.
type TestRecipient struct{ lineUser string }

// Scan fills it from the database.
func (r *TestRecipient) Scan(column any) error {
	id, ok := column.(string)
	if !ok || !IsLineUserID(id) {
		return fmt.Errorf("linked LINE account: a %T that is no LINE user ID", column)
	}
	r.lineUser = id
	return nil
}

// LineUser is the account's LINE user ID; "" when it is nobody's.
func (r TestRecipient) LineUser() string { return r.lineUser }

// Limits on guessing codes, for one LINE account.
const (
	StaffLinkTries = 5                // wrong codes, and then …
	StaffLinkWait  = 10 * time.Minute // … no more are looked at, for so long after the last of them
)

// StaffLinkLife is how long a code to be typed into the chat is good for.
const StaffLinkLife = 10 * time.Minute

// StaffLinkText is what a member of staff types into the chat, on their own phone, to link it.
func StaffLinkText(code string) string { return "職員:" + code }

var linkForm = regexp.MustCompile(`^(職員|団体|アンバサダ-):([0-9A-Z]{4})-([0-9A-Z]{4})$`)

// StaffLinkCode reads the code from a chat message, in letters of any width and case; ok is false if
// the message is something else.
func StaffLinkCode(text string) (code string, ok bool) { return linkCode("職員", text) }

func linkCode(whose, text string) (code string, ok bool) {
	narrow := strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == 'ー' || r == '−' || r == '‐' || r == '―':
			return '-'
		case r == ' ' || r == '　':
			return -1
		}
		return r
	}, strings.TrimSpace(text))
	found := linkForm.FindStringSubmatch(strings.ToUpper(narrow))
	if found == nil || found[1] != whose {
		return "", false
	}
	return found[2] + "-" + found[3], true
}

// GroupLinkLife is how long a code for a group is good: staff read it out on the telephone, or send it.
const GroupLinkLife = 7 * 24 * time.Hour

// GroupLinkText is what whoever receives newcomers for a group types into the chat, to link their own LINE
// account to it.
func GroupLinkText(code string) string { return "団体:" + code }

// GroupLinkCode reads the code from a chat message as StaffLinkCode does.
func GroupLinkCode(text string) (code string, ok bool) { return linkCode("団体", text) }

// AmbassadorLinkLife is how long the code of a letter to an ambassador is good: it may lie for some weeks.
const AmbassadorLinkLife = 60 * 24 * time.Hour

// AmbassadorLinkText is what somebody who signed up on paper types into the chat, to make their entry theirs.
func AmbassadorLinkText(code string) string { return "アンバサダー:" + code }

// AmbassadorLinkCode reads the code from a chat message as StaffLinkCode does.
func AmbassadorLinkCode(text string) (code string, ok bool) {
	return linkCode("アンバサダ-", text) // its last letter is read as a hyphen, as in what people type for one
}
