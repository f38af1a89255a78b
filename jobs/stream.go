package jobs

import (
	"context"
	"sync"
	"time"

	"ippo"
)

// stream is a broadcast that is being sent: which of its requests are next, and which are under way.
// Only the dispatcher takes from it; workers return to it.
type stream struct {
	broadcast *ippo.Broadcast
	call      ippo.Call

	mu      sync.Mutex
	page    []ippo.DeliveryRequest // may go now, in the ledger's order
	after   int64                  // the last request that was read
	dry     bool                   // the ledger was read to its end
	retry   time.Time              // when the earliest of those put off is due; zero: none
	quiet   time.Time              // no call before this: the end of the quiet hours; zero: now
	flying  map[int64]struct{}     // under way
	stopped bool                   // nothing more of it goes
}

// ready reports whether a stream has a request that may go now, reading the ledger on if need be.
func (d *delivery) ready(ctx context.Context, s *stream, share int) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := d.now()
	if s.stopped || len(s.flying) >= max(share, 1) || s.quiet.After(now) || d.lanes[s.call].full() {
		return false, nil
	}
	for len(s.page) == 0 {
		if s.dry {
			if s.retry.IsZero() || s.retry.After(now) {
				return false, nil
			}
			s.after, s.dry, s.retry = 0, false, time.Time{}
		}
		page, err := d.store.PendingRequests(ctx, s.broadcast.ID, s.after, pageSize)
		if err != nil {
			return false, err
		}
		s.dry = len(page) < pageSize
		for _, r := range page {
			s.after = r.ID
			if _, flying := s.flying[r.ID]; flying {
				continue
			}
			// When the clock was set back no waiting helps: nobody knows any more how old the key is.
			if r.NextAttemptAt.After(now) && !r.FirstCalledAt.After(now.Add(clockBack)) {
				s.putOff(r.NextAttemptAt)
				continue
			}
			if s.call == ippo.CallPush && len(r.Members) > 1 {
				// One at a time, so that the ledger does not swell before its time.
				parts, err := d.store.SplitRequest(ctx, &r)
				if unlessConflict(err) != nil {
					return false, err
				}
				s.page, s.dry = append(s.page, parts...), false
				break
			}
			s.page = append(s.page, r)
		}
	}
	return true, nil
}

func (s *stream) putOff(until time.Time) {
	if s.retry.IsZero() || until.Before(s.retry) {
		s.retry = until
	}
}

// take removes the next request; ready has said that there is one.
func (s *stream) take() ippo.DeliveryRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.page[0]
	s.page = s.page[1:]
	s.flying[r.ID] = struct{}{}
	return r
}

// landed gives a request back. If it is to be tried again, a reading of the ledger that passed it
// over while it was under way must be followed by another.
func (s *stream) landed(id int64, again time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.flying, id)
	if !again.IsZero() {
		s.putOff(again)
	}
}

func (s *stream) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
}

// goOn says that staff want it sent, but not before the end of the quiet hours. One that was stopped
// begins to read its ledger anew, where things have changed since.
func (s *stream) goOn(quiet time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quiet = quiet
	if s.stopped {
		s.stopped = false
		s.page, s.after, s.dry, s.retry = nil, 0, false, time.Time{}
	}
}

// calls counts those under way.
func (s *stream) calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.flying)
}

// done reports whether everything was read and has ended.
func (s *stream) done() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.stopped && s.dry && len(s.page) == 0 && len(s.flying) == 0 && s.retry.IsZero()
}

// nextCall is when a stream that has nothing to send now will have: zero if it will not.
func (s *stream) nextCall() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return time.Time{}
	}
	if s.quiet.After(s.retry) {
		return s.quiet
	}
	return s.retry
}
