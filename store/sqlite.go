package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// This file gathers what only SQLite understands: how it is opened, and what its errors mean.
// Elsewhere SQL keeps to what PostgreSQL shares, wherever that costs nothing.

// readers is how many reads run at once. Each connection has a page cache of its own.
const readers = 4

// openSQLite opens one connection that writes and several that cannot. Pragmas stand in the DSN
// because an Exec would reach only one pooled connection.
func openSQLite(ctx context.Context, path string) (rw, ro *sql.DB, err error) {
	dsn := func(pragmas ...string) string {
		q := url.Values{"_pragma": append(pragmas, "busy_timeout(10000)", "foreign_keys(1)", "secure_delete(1)")}
		return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
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

// isUnique reports whether err says that a row with the same unique value is there already.
func isUnique(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}

// databaseSize returns the bytes of the database without its journal.
func databaseSize(ctx context.Context, db *sql.DB) (bytes int64, err error) {
	err = db.QueryRowContext(ctx, "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()").Scan(&bytes)
	return bytes, err
}
