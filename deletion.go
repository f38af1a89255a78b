package ippo

import "time"

// Deletion is something that staff deleted and can still put back, for UndoWithin.
type Deletion struct {
	ID     int64
	Kind   string // the first part of Object, such as news
	Object string // such as news:12
	Name   string
	By     StaffID
	Staff  string // whose name By is; "" for nobody that is known
	At     time.Time
}
