package ippo

import "time"

// UnsentForm is what a member of staff sent after their session had ended: it was not taken, and they are given it back.
type UnsentForm struct {
	Page   string // the address where it was written
	Action string // where it was sent
	Form   string // as a browser encodes a form
}

// How long an unsent form is kept, and how large it is at most, in bytes.
const (
	UnsentFormLife = 24 * time.Hour
	MaxUnsentForm  = 256 << 10
)
