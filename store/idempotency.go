package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"ippo"
)

// ErrKeyReused is returned for an idempotency key that came before with another request.
var ErrKeyReused = errors.New("idempotency key was used for another request")

// Answer is what a request with an idempotency key was answered. Status 0: the request is being
// worked on, or was when the program died, so that nobody knows whether it took effect.
type Answer struct {
	Status int
	Body   []byte
}

// Reserve takes an idempotency key for a request, given as its SHA-256, before the request has any
// effect. first is true when the key was free: the caller goes on and ends with Answered or Release.
// Otherwise the earlier request's answer is returned, or ErrKeyReused if that was another request.
func (s *Store) Reserve(ctx context.Context, by ippo.StaffID, key string, request []byte) (answer Answer, first bool, err error) {
	err = s.Write(ctx, func(t *Tx) error {
		k, err := one(ctx, t.tx, scanKept, `SELECT `+keptColumns+` FROM idempotency_keys WHERE staff_id = ? AND key = ?`, by, key)
		switch {
		case errors.Is(err, ippo.ErrNotFound):
			first = true
			return t.exec(ctx, `
				INSERT INTO idempotency_keys (staff_id, key, request, status, response, created_at) VALUES (?, ?, ?, 0, x'', ?)`,
				by, key, request, stamp(t.now))
		case err != nil:
			return err
		case !bytes.Equal(k.request, request):
			return ErrKeyReused
		}
		answer = k.Answer
		return nil
	})
	if err != nil {
		return Answer{}, false, fmt.Errorf("reserve idempotency key: %w", err)
	}
	return answer, first, nil
}

type kept struct {
	request []byte
	Answer
}

const keptColumns = `request, status, response`

func scanKept(row scanner) (k kept, err error) {
	err = row.Scan(&k.request, &k.Status, &k.Body)
	return k, err
}

// Answered keeps the answer to a request whose key was reserved.
func (s *Store) Answered(ctx context.Context, by ippo.StaffID, key string, answer Answer) error {
	return s.Write(ctx, func(t *Tx) error {
		err := t.changeOne(ctx, `UPDATE idempotency_keys SET status = ?, response = ? WHERE staff_id = ? AND key = ? AND status = 0`,
			answer.Status, answer.Body, by, key)
		if err != nil {
			return fmt.Errorf("keep answer: %w", err)
		}
		return nil
	})
}

// Release frees a reserved key: the request had no effect and may be made again.
func (s *Store) Release(ctx context.Context, by ippo.StaffID, key string) error {
	return s.Write(ctx, func(t *Tx) error {
		return t.exec(ctx, `DELETE FROM idempotency_keys WHERE staff_id = ? AND key = ? AND status = 0`, by, key)
	})
}

// keepAnswers is how long a repeat is recognised.
const keepAnswers = 48 * time.Hour

// ForgetAnswers removes the keys that are too old to be repeated and returns how many.
func (s *Store) ForgetAnswers(ctx context.Context, now time.Time) (n int64, err error) {
	err = s.Write(ctx, func(t *Tx) error {
		n, err = t.change(ctx, `DELETE FROM idempotency_keys WHERE created_at < ?`, stamp(now.Add(-keepAnswers)))
		return err
	})
	return n, err
}
