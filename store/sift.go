package store

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

// sieve finds rows by what SQL cannot compare, because it is sealed or because texts are folded: each row that a list's
// filter leaves is read for this one request. No index is kept of what is sealed, neither in clear nor hashed.
type sieve[T any] struct {
	table   string // whose IDs part the rows
	from    string // the table, NOT INDEXED so that a part is found by them, and what is read beside it
	columns string
	// begin is called for each part, those after one ID to another, and returns what reads its rows. Parts are read at
	// once, and the rows of one in turn, so that they may share memory.
	begin func(ctx context.Context, after, to int64) (sifter[T], error)
}

// sifter reads a row, and says whether it is one of those looked for. It may scan into sql.RawBytes, of which it keeps
// nothing.
type sifter[T any] func(row scanner) (kept T, ok bool, err error)

const (
	// sieveParts is how many parts a table is read in, at most: more than there are cores, for rows are not alike.
	sieveParts = 32
	// sievePart is how many rows a part has, at least: to ask for one costs what reading some dozens of them does.
	sievePart = 500
	// sieveReaders is how many parts are read at once, at most: one connection is left to everybody else.
	sieveReaders = readers - 1
)

// sift returns what is kept of a list's rows, in the order of their IDs.
func sift[T any](ctx context.Context, q queryer, l listing, s sieve[T]) ([]T, error) {
	type bounds struct{ least, most int64 }
	ids, err := one(ctx, q, func(row scanner) (b bounds, err error) {
		return b, row.Scan(&b.least, &b.most)
	}, fmt.Sprintf("SELECT coalesce((SELECT min(id) FROM %[1]s), 1), coalesce((SELECT max(id) FROM %[1]s), 0)", s.table))
	if err != nil {
		return nil, err
	}
	query := fmt.Sprintf("SELECT %s FROM %s WHERE %s AND %[4]s > ? AND %[4]s <= ? ORDER BY %[4]s", s.columns, s.from, l.where, l.id)
	var parts [sieveParts][]T
	size := max((ids.most-ids.least)/sieveParts+1, sievePart)
	reading, ctx := errgroup.WithContext(ctx)
	reading.SetLimit(min(runtime.GOMAXPROCS(0), sieveReaders))
	for n := range parts {
		after := ids.least - 1 + int64(n)*size
		if after >= ids.most {
			break
		}
		reading.Go(func() error {
			read, err := s.begin(ctx, after, after+size)
			if err != nil {
				return err
			}
			_, err = collect(ctx, q, func(row scanner) (none struct{}, err error) {
				kept, ok, err := read(row)
				if ok && err == nil {
					parts[n] = append(parts[n], kept)
				}
				return none, err
			}, query, slices.Concat(l.args, []any{after, after + size})...)
			return err
		})
	}
	if err := reading.Wait(); err != nil {
		return nil, err
	}
	return slices.Concat(parts[:]...), nil
}
