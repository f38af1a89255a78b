package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/alexedwards/scs/v2"

	"ippo"
)

// SessionStaff is the key under which the panel keeps, in a session, the ID of who signed in, as an
// int64. Sessions are found by it when a person is disabled or changes their password.
const SessionStaff = "staff"

// SessionHalf is likewise for who has given their password and not yet a code: it ends with their sessions, and is not
// among those that are listed.
const SessionHalf = "half"

// What else a session keeps that the list of sessions tells.
const (
	SessionBegan = "began" // int64: Unix time of the login
	SessionSeen  = "seen"  // int64: Unix time of the last touch
	SessionFrom  = "from"  // string: the address of the login
)

// Sessions returns the store of the panel's sessions, an scs.CtxStore. A session is kept under the
// SHA-256 of its token, so that a copy of the database lets nobody in.
func (s *Store) Sessions() Sessions { return Sessions{s} }

// Sessions keeps the panel's sessions.
type Sessions struct{ store *Store }

var _ scs.CtxStore = Sessions{}

// FindCtx returns the data of a session that has not expired. The wall clock decides, as it did when the
// session was made: moving the demo's clock logs nobody out.
func (k Sessions) FindCtx(ctx context.Context, token string) (data []byte, ok bool, err error) {
	data, err = one(ctx, k.store.ro, scanBytes, `
		SELECT data FROM sessions WHERE token = ? AND expires_at > ?`, sessionKey(token), stamp(time.Now()))
	switch {
	case errors.Is(err, ippo.ErrNotFound):
		return nil, false, nil
	case err != nil:
		return nil, false, fmt.Errorf("find session: %w", err)
	}
	return data, true, nil
}

// CommitCtx keeps a session until it expires.
func (k Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	_, values, err := scs.GobCodec{}.Decode(data)
	if err != nil {
		return fmt.Errorf("commit session: %w", err)
	}
	staff, whole := values[SessionStaff].(int64)
	if !whole {
		staff, _ = values[SessionHalf].(int64)
	}
	return k.store.Write(ctx, func(t *Tx) error {
		err := t.exec(ctx, `
			INSERT INTO sessions (token, staff_id, data, expires_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (token) DO UPDATE
			SET staff_id = excluded.staff_id, data = excluded.data, expires_at = excluded.expires_at`,
			sessionKey(token), orNull(staff), data, stamp(expiry))
		if err != nil {
			return fmt.Errorf("commit session: %w", err)
		}
		return nil
	})
}

// DeleteCtx ends a session.
func (k Sessions) DeleteCtx(ctx context.Context, token string) error {
	return k.store.Write(ctx, func(t *Tx) error {
		return t.exec(ctx, `DELETE FROM sessions WHERE token = ?`, sessionKey(token))
	})
}

// Find, Commit and Delete are for scs, which asks for them but calls the ones with a context.
func (k Sessions) Find(token string) ([]byte, bool, error) {
	return k.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a deadline.
func (k Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return k.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a deadline.
func (k Sessions) Delete(token string) error { return k.DeleteCtx(context.Background(), token) }

// endSessions signs a person out everywhere.
func (t *Tx) endSessions(ctx context.Context, id ippo.StaffID) error {
	return t.exec(ctx, `DELETE FROM sessions WHERE staff_id = ?`, id)
}

// ForgetSessions removes the sessions that expired before now and returns how many.
func (s *Store) ForgetSessions(ctx context.Context, now time.Time) (n int64, err error) {
	err = s.Write(ctx, func(t *Tx) error {
		n, err = t.change(ctx, `DELETE FROM sessions WHERE expires_at <= ?`, stamp(now))
		return err
	})
	return n, err
}

func sessionKey(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// OpenSession is one browser in which somebody is signed in.
type OpenSession struct {
	Key   string // names it; nobody gets in with it
	From  string // the address it began at
	Began time.Time
	Seen  time.Time // to within minutes
}

// OpenSessions returns where a person is signed in, the latest first.
func (s *Store) OpenSessions(ctx context.Context, id ippo.StaffID) ([]OpenSession, error) {
	open, err := collect(ctx, s.ro, func(row scanner) (o OpenSession, err error) {
		var key, data []byte
		if err := row.Scan(&key, &data); err != nil {
			return o, err
		}
		_, values, err := scs.GobCodec{}.Decode(data)
		if _, whole := values[SessionStaff]; !whole {
			return o, err
		}
		began, _ := values[SessionBegan].(int64)
		seen, _ := values[SessionSeen].(int64)
		o.Key, o.Began, o.Seen = hex.EncodeToString(key), time.Unix(began, 0), time.Unix(seen, 0)
		o.From, _ = values[SessionFrom].(string)
		return o, err
	}, `SELECT token, data FROM sessions WHERE staff_id = ?`, id)
	if err != nil {
		return nil, fmt.Errorf("sessions of staff %d: %w", id, err)
	}
	open = slices.DeleteFunc(open, func(o OpenSession) bool { return o.Key == "" })
	slices.SortFunc(open, func(a, b OpenSession) int { return b.Seen.Compare(a.Seen) })
	return open, nil
}

// EndSession signs a person out of one browser; ippo.ErrNotFound if they are not signed in there.
func (s *Store) EndSession(ctx context.Context, by, id ippo.StaffID, key string) error {
	token, err := hex.DecodeString(key)
	if err != nil {
		return ippo.ErrNotFound
	}
	return s.Write(ctx, func(t *Tx) error {
		if err := t.changeOne(ctx, `DELETE FROM sessions WHERE token = ? AND staff_id = ?`, token, id); err != nil {
			return fmt.Errorf("end session of staff %d: %w", id, found(err))
		}
		return t.audit(ctx, by, "staff.session", object("staff", id), "")
	})
}

// SessionKey names the session of a token, as OpenSession does.
func SessionKey(token string) string { return hex.EncodeToString(sessionKey(token)) }
