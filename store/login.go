package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"ippo"
)

// Guessing passwords is slowed: after freeGuesses failures each one more doubles the wait, from
// firstWait up to longestWait. A key that is left alone for forgetGuesses begins anew.
const (
	freeGuesses   = 5
	firstWait     = 30 * time.Second
	longestWait   = 15 * time.Minute
	forgetGuesses = 24 * time.Hour
)

// LoginAccount is the key under which an account's wrong guesses are counted.
func LoginAccount(email string) string { return "account:" + email }

// LoginDelay returns until when nobody may try to sign in under any of these keys, such as an e-mail
// address and a network address; the zero time when they may now.
func (s *Store) LoginDelay(ctx context.Context, keys ...string) (until time.Time, err error) {
	for _, key := range keys {
		f, err := loginFailures(ctx, s.ro, key)
		if err != nil {
			return time.Time{}, err
		}
		if f.until.After(s.Now()) && f.until.After(until) {
			until = f.until
		}
	}
	return until, nil
}

// LoginFailed counts a wrong password, or a wrong code, under each key. whose is the account's, 0 if nobody has
// it; what was typed for a name is not kept, for it may be a password.
func (s *Store) LoginFailed(ctx context.Context, whose ippo.StaffID, keys ...string) error {
	return s.Write(ctx, func(t *Tx) error {
		for _, key := range keys {
			f, err := loginFailures(ctx, t.tx, key)
			if err != nil {
				return err
			}
			if t.now.Sub(f.last) > forgetGuesses {
				f.count = 0
			}
			f.count++
			err = t.exec(ctx, `
				INSERT INTO login_failures (key, failures, blocked_until, last_at) VALUES (?, ?, ?, ?)
				ON CONFLICT (key) DO UPDATE
				SET failures = excluded.failures, blocked_until = excluded.blocked_until, last_at = excluded.last_at`,
				loginKey(key), f.count, stamp(t.now.Add(wait(f.count))), stamp(t.now))
			if err != nil {
				return fmt.Errorf("login failed: %w", err)
			}
		}
		account := "staff"
		if whose != 0 {
			account = object("staff", whose)
		}
		return t.refused(ctx, 0, "login.fail", account)
	})
}

// LoginSucceeded notes who has signed in, and forgets the failures under each key.
func (s *Store) LoginSucceeded(ctx context.Context, who ippo.StaffID, keys ...string) error {
	return s.Write(ctx, func(t *Tx) error {
		for _, key := range keys {
			if err := t.exec(ctx, `DELETE FROM login_failures WHERE key = ?`, loginKey(key)); err != nil {
				return fmt.Errorf("login succeeded: %w", err)
			}
		}
		return t.audit(ctx, who, "login.success", object("staff", who), "")
	})
}

// ForgetLoginFailures removes what has been left alone for a day and returns how many.
func (s *Store) ForgetLoginFailures(ctx context.Context, now time.Time) (n int64, err error) {
	err = s.Write(ctx, func(t *Tx) error {
		n, err = t.change(ctx, `DELETE FROM login_failures WHERE last_at < ?`, stamp(now.Add(-forgetGuesses)))
		return err
	})
	return n, err
}

type failures struct {
	count       int
	until, last time.Time
}

func loginFailures(ctx context.Context, q queryer, key string) (failures, error) {
	f, err := one(ctx, q, scanFailures, `SELECT `+failureColumns+` FROM login_failures WHERE key = ?`, loginKey(key))
	if errors.Is(err, ippo.ErrNotFound) {
		return failures{}, nil
	}
	if err != nil {
		return failures{}, fmt.Errorf("login failures: %w", err)
	}
	return f, nil
}

const failureColumns = `failures, blocked_until, last_at`

func scanFailures(row scanner) (f failures, err error) {
	err = row.Scan(&f.count, at(&f.until), at(&f.last))
	return f, err
}

// wait is how long the next guess has to wait after n failures.
func wait(n int) time.Duration {
	if n < freeGuesses {
		return 0
	}
	d := firstWait
	for range n - freeGuesses {
		if d *= 2; d >= longestWait {
			return longestWait
		}
	}
	return d
}

func loginKey(key string) []byte {
	sum := sha256.Sum256([]byte(key))
	return sum[:]
}
