package ippo

import "time"

// BroadcastTemplate is something that staff say again and again, with what changes still to be filled in
// (配信のひな形). A broadcast begins as a copy of one; to whom and when it goes is its own.
type BroadcastTemplate struct {
	ID         int64
	Title      string
	Messages   []Message
	Renditions Renditions
	Originals  Originals
	Counted    bool // taps on its links are counted
	UpdatedAt  time.Time
}

// Said returns all that its author wrote.
func (t BroadcastTemplate) Said() Said { return Said{t.Messages, t.Renditions, t.Originals} }

// MaxBroadcastTemplates bounds the list that staff choose from.
const MaxBroadcastTemplates = 100

// Validate reports every problem staff can mend.
func (t BroadcastTemplate) Validate() error {
	var p Problems
	checkText(&p, "title", "件名", t.Title, 1, MaxTitle)
	p.include(CheckMessages(t.Messages))
	checkVariables(&p, "messages", t.Messages)
	checkRenditions(&p, t.Renditions)
	return p.Err()
}
