package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ippo"
)

// Tx is a write transaction. All of it sees one time.
type Tx struct {
	tx    *session
	store *Store
	now   time.Time
}

// Now is the transaction's time.
func (t *Tx) Now() time.Time { return t.now }

// ErrClosed is returned for a write that came after Close.
var ErrClosed = errors.New("store is closed")

// ErrReadOnly is returned for a write to a store that was opened to be read.
var ErrReadOnly = errors.New("store was opened to be read")

// maxBatch bounds how many writes share one commit, and so how long one of them waits for others.
const maxBatch = 128

type write struct {
	ctx  context.Context
	fn   func(*Tx) error
	done chan error
}

// Write runs fn in a transaction and returns once it is on disk, or has left no trace if fn failed.
// Writes that arrive while another is being committed share the next commit, each behind its own
// savepoint, so that a burst of webhooks costs one sync of the disk and not hundreds.
//
// Nothing in fn may wait for anything but the database: the network does not roll back, and
// everyone else's writes are waiting behind it. fn may run once only, but its effects may vanish
// with a failed commit, which Write then reports.
func (s *Store) Write(ctx context.Context, fn func(*Tx) error) error {
	if s.rw == nil {
		return ErrReadOnly
	}
	w := &write{ctx: ctx, fn: fn, done: make(chan error, 1)}
	select {
	case s.writes <- w:
		// From here on the outcome is awaited even if ctx ends: a caller that gave up would not
		// know whether its write happened.
		return <-w.done
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closed:
		return ErrClosed
	}
}

// writer is the one goroutine that writes.
func (s *Store) writer() {
	defer close(s.done)
	batch := make([]*write, 0, maxBatch)
	for {
		select {
		case w := <-s.writes:
			batch = append(batch[:0], w)
		case <-s.closed:
			return
		}
	gather:
		for len(batch) < maxBatch {
			select {
			case w := <-s.writes:
				batch = append(batch, w)
			default:
				break gather
			}
		}
		s.commit(batch)
	}
}

// commit runs a batch in one transaction and answers each write.
func (s *Store) commit(batch []*write) {
	outcomes := make([]error, len(batch))
	err := s.transact(func(t *Tx) error {
		if len(batch) == 1 {
			return run(t, batch[0])
		}
		for i, w := range batch {
			var broken error
			if outcomes[i], broken = t.apart(w); broken != nil {
				return broken
			}
		}
		return nil
	})
	for i, w := range batch {
		if outcomes[i] == nil {
			outcomes[i] = err
		}
		w.done <- outcomes[i]
	}
}

func (s *Store) transact(fn func(*Tx) error) error {
	// At once for writing: a transaction that reads first could find the database changed when it writes.
	if _, err := s.session.Exec("BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	err := fn(&Tx{s.session, s, s.Now().UTC().Truncate(time.Millisecond)})
	if err == nil {
		if _, err = s.session.Exec("COMMIT"); err == nil {
			return nil
		}
		err = fmt.Errorf("commit: %w", err)
	}
	// Fails where SQLite has rolled back by itself, as it does when the disk is full.
	_, _ = s.session.Exec("ROLLBACK")
	return err
}

// apart runs one write of a batch so that its failure undoes nothing of the others. broken means
// that the whole transaction is lost.
func (t *Tx) apart(w *write) (failed, broken error) {
	if _, err := t.tx.Exec("SAVEPOINT apart"); err != nil {
		return nil, err
	}
	failed = run(t, w)
	if failed != nil {
		if _, err := t.tx.Exec("ROLLBACK TO apart"); err != nil {
			return failed, err
		}
	}
	_, broken = t.tx.Exec("RELEASE apart")
	return failed, broken
}

// run runs one write; a panic in it is its own failure and nobody else's.
func run(t *Tx, w *write) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("write panicked: %v", r)
		}
	}()
	if err := w.ctx.Err(); err != nil {
		return err
	}
	return w.fn(t)
}

// changeOne runs a statement and returns ippo.ErrConflict unless exactly one row changed: the WHERE
// clause guards the change of state, so that two tabs cannot both approve.
func (t *Tx) changeOne(ctx context.Context, query string, args ...any) error {
	result, err := t.tx.Exec(query, args...)
	if err != nil {
		return err
	}
	switch n, err := result.RowsAffected(); {
	case err != nil:
		return err
	case n != 1:
		return ippo.ErrConflict
	}
	return nil
}

// exec runs a statement whose count of rows does not matter.
func (t *Tx) exec(ctx context.Context, query string, args ...any) error {
	_, err := t.tx.Exec(query, args...)
	return err
}

// insert runs an INSERT and returns the new row's ID.
func (t *Tx) insert(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := t.tx.Exec(query, args...)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}
