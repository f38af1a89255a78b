package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"ippo"
)

// queryer reads, either from the pool of readers or inside a write transaction.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// scanner is a row whose columns a scan function reads.
type scanner interface {
	Scan(dest ...any) error
}

// with is a row that holds more columns behind those of a scan function.
func with(row scanner, more ...any) scanner { return longer{row, more} }

type longer struct {
	scanner
	more []any
}

func (l longer) Scan(dest ...any) error { return l.scanner.Scan(append(dest, l.more...)...) }

// collect returns what scan makes of every row.
func collect[T any](ctx context.Context, q queryer, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// one returns what scan makes of the first row, or ippo.ErrNotFound.
func one[T any](ctx context.Context, q queryer, scan func(scanner) (T, error), query string, args ...any) (T, error) {
	var none T
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return none, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return none, err
		}
		return none, ippo.ErrNotFound
	}
	return scan(rows)
}

// scanInt reads a row of one whole number, such as a count.
func scanInt(row scanner) (n int, err error) {
	err = row.Scan(&n)
	return n, err
}

// found turns a conflict into ippo.ErrNotFound: a change by ID alone that meets no row has lost no
// race, the row is not there.
func found(err error) error {
	if errors.Is(err, ippo.ErrConflict) {
		return ippo.ErrNotFound
	}
	return err
}

// slugTaken turns the violation of a slug's uniqueness into a problem with that field.
func slugTaken(err error) error {
	if isUnique(err) {
		return ippo.Problems{{Field: "slug", Message: "この識別名はすでに使われています。"}}
	}
	return err
}

// sameSlug returns a problem unless slug is the one the thing has: slugs stand in links, QR codes and
// other people's programs, so they never change.
func sameSlug(has, slug string) error {
	if slug != has {
		return ippo.Problems{{Field: "slug", Message: "識別名は後から変えられません。"}}
	}
	return nil
}

// inUse is the refusal to delete what other things still point to.
func inUse(message string) error {
	return ippo.Problems{{Message: message}}
}

// scanTime reads a row of one time; NULL is the zero time.
func scanTime(row scanner) (t time.Time, err error) {
	err = row.Scan(at(&t))
	return t, err
}

// scanText reads a row of one text.
func scanText(row scanner) (text string, err error) {
	err = row.Scan(&text)
	return text, err
}

// scanBytes reads a row of one value.
func scanBytes(row scanner) (b []byte, err error) {
	err = row.Scan(&b)
	return b, err
}

// change runs a statement and returns how many rows it changed or deleted.
func (t *Tx) change(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := t.tx.Exec(query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// sameSlugAs returns ippo.ErrNotFound unless the row is there, and a problem unless slug is its own.
func (t *Tx) sameSlugAs(ctx context.Context, table string, id int64, slug string) error {
	has, err := one(ctx, t.tx, scanText, `SELECT slug FROM `+table+` WHERE id = ?`, id)
	if err != nil {
		return err
	}
	return sameSlug(has, slug)
}
