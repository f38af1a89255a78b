package ippo

import "errors"

// What can go wrong for a reason that a person can be told. Everything else is a fault of ours.
var (
	// ErrNotFound: there is no such thing, or not any more.
	ErrNotFound = errors.New("not found")
	// ErrConflict: the thing is no longer in the state that the change assumed; somebody else was
	// first, or the same button was pressed twice.
	ErrConflict = errors.New("conflict with the present state")
	// ErrForbidden: the person may not do this.
	ErrForbidden = errors.New("forbidden")
	// ErrFull: there is no place left.
	ErrFull = errors.New("no place left")
)
