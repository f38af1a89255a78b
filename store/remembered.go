package store

import "sync"

// remembered is what almost every step reads and staff hardly ever change: it is read once, and again
// after this process has changed it. A command that changed it beside a running serve would go unnoticed;
// there is none.
type remembered[T any] struct {
	mu      sync.Mutex
	value   *T
	changes int
}

// get returns the value that is remembered, or what load reads. Nobody changes what slices in it hold.
func (r *remembered[T]) get(load func() (T, error)) (T, error) {
	r.mu.Lock()
	value, changes := r.value, r.changes
	r.mu.Unlock()
	if value != nil {
		return *value, nil
	}
	read, err := load()
	if err != nil {
		return read, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.changes == changes { // what was read before a change is not kept after it
		r.value = &read
	}
	return read, nil
}

// forget says that the value was changed, or may have been.
func (r *remembered[T]) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.value = nil
	r.changes++
}
