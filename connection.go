package ippo

import "time"

// WebhookPath is where LINE posts what residents do, below the public URL.
const WebhookPath = "/line/webhook"

// Connection is what LINE said when it was asked whether all is set up (LINEとの接続), as it is kept.
type Connection struct {
	CheckedAt time.Time `json:"-"`

	Refused     bool // LINE does not know the access token
	Unreachable bool // LINE did not answer, or not as it should

	Account string // the account's name in LINE
	BasicID string // with the leading @
	ChatOn  bool   // staff may answer by hand in LINE's own manager

	QuotaKnown bool
	Limited    bool // of the month's messages
	Limit      int64
	Used       int64

	WebhookKnown bool
	Webhook      string // where LINE posts to; "": nowhere
	Active       bool   // it does
	Tested       bool
	Test         WebhookTest
}

// WebhookTest is what LINE met when it posted to our webhook.
type WebhookTest struct {
	OK     bool
	Status int    // of HTTP; 0 or less when there was no answer
	Reason string // in LINE's word, such as COULD_NOT_CONNECT
}
