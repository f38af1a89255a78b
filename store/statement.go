package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// Preparing a statement costs more than running most of ours, which find or change a row by its key. So
// what was prepared for a text is kept with the connections that run it.

// maxStatements bounds what is kept: room for every text that stands in this package. What is made up
// as it goes, such as lists of placeholders, is prepared each time once there is no room.
const maxStatements = 512

// session is the one connection that writes. Only the writer's goroutine uses it.
//
// A text has one statement, so its rows must have been read before the same text runs again.
//
// Contexts do not reach SQLite: one caller who gives up would interrupt a statement of the transaction
// that others share, and SQLite would undo all of it.
type session struct {
	conn *sql.Conn
	kept map[string]*sql.Stmt
}

func newSession(ctx context.Context, db *sql.DB) (*session, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &session{conn, make(map[string]*sql.Stmt)}, nil
}

// close gives the connection back without its statements: database/sql does not close those of a connection
// that is held, and SQLite, with one left open, would leave what was written in the log beside the file.
func (s *session) close() error {
	errs := make([]error, 0, len(s.kept)+1)
	for _, stmt := range s.kept {
		errs = append(errs, stmt.Close())
	}
	return errors.Join(append(errs, s.conn.Close())...)
}

func (s *session) QueryContext(_ context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := s.prepared(query)
	if err != nil {
		return nil, err
	}
	if stmt == nil {
		return s.conn.QueryContext(context.Background(), query, args...)
	}
	return stmt.QueryContext(context.Background(), args...)
}

func (s *session) Exec(query string, args ...any) (sql.Result, error) {
	stmt, err := s.prepared(query)
	if err != nil {
		return nil, err
	}
	if stmt == nil {
		return s.conn.ExecContext(context.Background(), query, args...)
	}
	return stmt.ExecContext(context.Background(), args...)
}

// prepared returns a text's statement, nil when there is no room for it.
func (s *session) prepared(query string) (*sql.Stmt, error) {
	stmt, ok := s.kept[query]
	if ok || len(s.kept) >= maxStatements {
		return stmt, nil
	}
	stmt, err := s.conn.PrepareContext(context.Background(), query)
	if err == nil {
		s.kept[query] = stmt
	}
	return stmt, err
}

// pool is the connections that read. Each of them prepares a statement when it first runs it.
type pool struct {
	*sql.DB
	mu   sync.RWMutex
	kept map[string]*sql.Stmt
}

func newPool(db *sql.DB) *pool { return &pool{DB: db, kept: make(map[string]*sql.Stmt)} }

func (p *pool) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := p.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	if stmt == nil {
		return p.DB.QueryContext(ctx, query, args...)
	}
	return stmt.QueryContext(ctx, args...)
}

// QueryRowContext leaves it to the row to tell of what went wrong, as that of sql.DB does.
func (p *pool) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	stmt, err := p.prepared(ctx, query)
	if err != nil || stmt == nil {
		return p.DB.QueryRowContext(ctx, query, args...)
	}
	return stmt.QueryRowContext(ctx, args...)
}

// prepared returns a text's statement, nil when there is no room for it.
func (p *pool) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	p.mu.RLock()
	stmt, ok := p.kept[query]
	full := len(p.kept) >= maxStatements
	p.mu.RUnlock()
	if ok || full {
		return stmt, nil
	}
	made, err := p.DB.PrepareContext(ctx, query) // waits for a connection, and so not under the lock
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if stmt, ok := p.kept[query]; ok {
		return stmt, made.Close()
	}
	p.kept[query] = made
	return made, nil
}
