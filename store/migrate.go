package store

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// Migrations are numbered, run once each in a transaction, and never edited once released.
//
//go:embed migrations/*.sql
var migrations embed.FS

func migrate(ctx context.Context, db *sql.DB) error {
	p, err := newMigrator(db)
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

func newMigrator(db *sql.DB) (*goose.Provider, error) {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	// Numbers are handed out before they land: one that comes late finds higher ones there.
	return goose.NewProvider(goose.DialectSQLite3, db, sub, goose.WithAllowOutofOrder(true))
}

// schemaVersions returns the version of the tables as they are and as this program makes them. It
// changes nothing.
func schemaVersions(ctx context.Context, db *sql.DB) (is, want int64, err error) {
	p, err := newMigrator(db)
	if err != nil {
		return 0, 0, err
	}
	for _, source := range p.ListSources() {
		want = max(want, source.Version)
	}
	err = db.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&is)
	return is, want, err
}
