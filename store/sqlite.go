package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// This file holds how SQLite is opened, and what its errors mean. Elsewhere SQL keeps to what PostgreSQL
// shares, wherever that costs nothing: exceptions are json_each (reduction.go, delivery.go), max of two
// values (broadcast.go) and the check of the file (backup.go).

// readers is how many reads run at once. Each connection has a page cache of its own.
const readers = 4

// openSQLite opens one connection that writes and several that cannot. Pragmas stand in the DSN
// because an Exec would reach only one pooled connection.
func openSQLite(ctx context.Context, path string) (rw, ro *sql.DB, err error) {
	dsn := func(pragmas ...string) string {
		q := url.Values{"_pragma": append(pragmas, "busy_timeout(10000)", "foreign_keys(1)", "secure_delete(1)")}
		return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
	}
	if err := createPrivate(path); err != nil {
		return nil, nil, err
	}
	// FULL: what has been acknowledged to LINE or to staff survives a power cut.
	rw, err = sql.Open("sqlite", dsn("journal_mode(WAL)", "synchronous(FULL)", "cache_size(-8000)")+"&_txlock=immediate")
	if err != nil {
		return nil, nil, err
	}
	rw.SetMaxOpenConns(1)
	if err := rw.PingContext(ctx); err != nil {
		return nil, nil, errors.Join(err, rw.Close())
	}
	ro, err = sql.Open("sqlite", dsn("query_only(1)", "cache_size(-4000)"))
	if err != nil {
		return nil, nil, errors.Join(err, rw.Close())
	}
	ro.SetMaxOpenConns(readers)
	ro.SetMaxIdleConns(readers)
	return rw, ro, nil
}

// openSQLiteReadOnly opens connections that cannot write, to a database that must be there.
func openSQLiteReadOnly(ctx context.Context, path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro&_pragma=busy_timeout(10000)")
	if err != nil {
		return nil, err
	}
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// createPrivate makes an empty file that only we can read, unless there is one: SQLite would let
// others read it. Its journals take its mode. A file that is there is not touched: closing it would
// drop the locks of whoever has it open in this process.
func createPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// isUnique reports whether err says that a row with the same unique value is there already.
func isUnique(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}

// isForeign reports whether a statement failed because what it points to is not there.
func isForeign(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code() == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY
}

// databaseSize returns the bytes of the database without its journal.
func databaseSize(ctx context.Context, db *sql.DB) (bytes int64, err error) {
	err = db.QueryRowContext(ctx, "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()").Scan(&bytes)
	return bytes, err
}

// truncateLog brings what was written into the database's file and empties the log beside it, where pages
// stand as they were. done is false when somebody was reading all the while. It has a connection of its own,
// for the writer's stands in a transaction most of the time.
func truncateLog(ctx context.Context, path string) (done bool, err error) {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?_pragma=busy_timeout(2000)")
	if err != nil {
		return false, err
	}
	var busy, frames, moved int
	err = db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved)
	return busy == 0, errors.Join(err, db.Close())
}

// backupInto writes the database, as one read transaction sees it, into a new file. It has a
// connection of its own, which closes with it: query_only, which readers are under, forbids VACUUM.
func backupInto(ctx context.Context, ro *sql.DB, path string) error {
	var from string
	if err := ro.QueryRowContext(ctx, "SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&from); err != nil {
		return err
	}
	db, err := openSQLiteReadOnly(ctx, from)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", path)
	return errors.Join(err, db.Close())
}

// checkDatabase reports whether a file is a sound database with our tables. It is opened so that
// nothing is written beside it.
func checkDatabase(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro&immutable=1")
	if err != nil {
		return err
	}
	defer db.Close()
	var answer string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&answer); err != nil {
		return err
	}
	if answer != "ok" {
		return errors.New(answer)
	}
	var tables int
	err = db.QueryRowContext(ctx, `
		SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('goose_db_version', 'followers', 'broadcasts')`).Scan(&tables)
	if err != nil {
		return err
	}
	if tables != 3 {
		return errors.New("not a database of Ippo")
	}
	return nil
}
