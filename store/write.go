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

// longestBatch is when a batch of writes is committed although more are waiting: it bounds how long one
// of them waits for the others.
const longestBatch = 5 * time.Millisecond

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
	return s.enqueue(ctx, s.writes, fn)
}

// writeFirst does what Write does before all that waits there, for what LINE waits for.
func (s *Store) writeFirst(ctx context.Context, fn func(*Tx) error) error {
	return s.enqueue(ctx, s.urgent, fn)
}

func (s *Store) enqueue(ctx context.Context, queue chan *write, fn func(*Tx) error) error {
	if s.rw == nil {
		return ErrReadOnly
	}
	w := &write{ctx: ctx, fn: fn, done: make(chan error, 1)}
	select {
	case queue <- w:
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
	for {
		w := s.waiting()
		if w == nil {
			select {
			case w = <-s.urgent:
			case w = <-s.writes:
			case <-s.closed:
				return
			}
		}
		s.commit(w)
	}
}

// waiting takes the write whose turn it is, nil if there is none. Only the writer's goroutine calls it.
func (s *Store) waiting() *write {
	const starved = 8 // a flood of webhooks leaves every eighth turn to the rest
	first, second := s.urgent, s.writes
	if s.turns++; s.turns%starved == 0 {
		first, second = second, first
	}
	select {
	case w := <-first:
		return w
	default:
	}
	select {
	case w := <-second:
		return w
	default:
		return nil
	}
}

// commit runs a write, and those that arrive meanwhile, in one transaction, and answers each.
func (s *Store) commit(first *write) {
	batch, outcomes := []*write{first}, []error{nil}
	err := s.transact(func(t *Tx) error {
		began := time.Now()
		next := s.waiting()
		if next == nil {
			return run(t, first)
		}
		batch, outcomes = append(batch, next), append(outcomes, nil)
		for i := 0; i < len(batch); i++ {
			var broken error
			if outcomes[i], broken = t.apart(batch[i]); broken != nil {
				return broken
			}
			if i < len(batch)-1 || time.Since(began) > longestBatch {
				continue
			}
			if next := s.waiting(); next != nil {
				batch, outcomes = append(batch, next), append(outcomes, nil)
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
