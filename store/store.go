package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"ippo"
	"ippo/internal/secret"
)

// Store is the database. It is safe for use by many goroutines; close it when they have ended.
type Store struct {
	Now      ippo.Clock    // set it before first use; time.Now by default
	Holidays ippo.Holidays // likewise; none by default

	// PublicURL is what counted links start with, without a slash at its end; likewise. Without it no link
	// is counted.
	PublicURL string

	// ReduceLabel says 配信を減らす in a language; likewise, in Japanese by default.
	ReduceLabel func(ippo.Language) string

	box     *secret.Box
	erased  *secret.Hasher // of the LINE IDs of who was forgotten
	audited *secret.Hasher // of the rows of the audit log
	rw      *sql.DB        // one connection: SQLite has one writer; nil: only to be read
	session *session
	ro      *pool
	urgent  chan *write // before those in writes
	writes  chan *write
	turns   int // that the writer gave, to either
	closed  chan struct{}
	done    chan struct{}

	settings remembered[ippo.Settings]
	topics   remembered[[]ippo.Topic]
	areas    remembered[[]ippo.Area]
	faqs     remembered[[]ippo.FAQ]
	replies  remembered[[]ippo.AutoReply]
	visions  countedVisions
	census   census
}

// File is the database's name in the data folder.
const File = "ippo.db"

// Open opens the database in the folder dir, which must exist, and brings its tables up to date.
func Open(ctx context.Context, dir string, keys *secret.Keyring) (*Store, error) {
	path := filepath.Join(dir, File)
	rw, ro, err := openSQLite(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	if err := migrate(ctx, rw); err != nil {
		return nil, errors.Join(fmt.Errorf("migrate database %s: %w", path, err), ro.Close(), rw.Close())
	}
	session, err := newSession(ctx, rw)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", path, err), ro.Close(), rw.Close())
	}
	s := &Store{
		Now:      time.Now,
		Holidays: func(time.Time) bool { return false },
		box:      keys.Box("personal data"),
		erased:   keys.Hasher("erased accounts"),
		audited:  keys.Hasher("audit log"),
		rw:       rw,
		session:  session,
		ro:       newPool(ro),
		urgent:   make(chan *write),
		writes:   make(chan *write),
		closed:   make(chan struct{}),
		done:     make(chan struct{}),
	}
	go s.writer()
	if err := s.linkOld(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", path, err), s.Close())
	}
	if err := s.moveVisions(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("migrate database %s: %w", path, err), s.Close())
	}
	return s, nil
}

// OpenReadOnly opens the database in the folder dir as it is, to be looked at beside whoever works
// with it: its tables are not brought up to date, and Write returns ErrReadOnly.
func OpenReadOnly(ctx context.Context, dir string, keys *secret.Keyring) (*Store, error) {
	path := filepath.Join(dir, File)
	ro, err := openSQLiteReadOnly(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open database %s to read: %w", path, err)
	}
	return &Store{Now: time.Now, box: keys.Box("personal data"), audited: keys.Hasher("audit log"), ro: newPool(ro)}, nil
}

// Close waits for the transaction under way and closes the database.
func (s *Store) Close() error {
	if s.rw == nil {
		return s.ro.Close()
	}
	close(s.closed)
	<-s.done
	return errors.Join(s.ro.Close(), s.session.close(), s.rw.Close())
}

// Ping reports whether the database can be read and written and its tables are up to date.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.Write(ctx, func(*Tx) error { return nil }); err != nil {
		return err
	}
	var one int
	return s.ro.QueryRowContext(ctx, "SELECT 1").Scan(&one)
}
