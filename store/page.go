package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Page is which part of a long list is wanted: in what order, and behind or before which row.
type Page struct {
	Sort          string // one of the list's orders; any other is the list's own
	Desc          bool
	After, Before string // a Part's Later or Earlier; at most one of them
	Limit         int
}

// Part is some rows of a long list, and how to get those beside it; "" where there are none.
type Part[T any] struct {
	Items          []T
	Earlier, Later string
}

// listing is a long list as SQL: what is read, from where, and who is in it.
type listing struct {
	columns, from, where string
	args                 []any
	by, id               string // the order, as an expression that is a text, and what is unique
}

// collectPage reads a part of a list by keyset: it begins at the row where the last one ended, so the
// hundredth page costs what the first one does, and rows that come or go meanwhile shift nothing.
func collectPage[T any](ctx context.Context, q queryer, scan func(scanner) (T, error), l listing, p Page) (Part[T], error) {
	type keyed struct {
		one T
		key string
	}
	back := p.Before != ""
	than, direction := ">", "ASC"
	if p.Desc != back {
		than, direction = "<", "DESC"
	}
	where, args := l.where, slices.Clone(l.args)
	if text, id, ok := cutKey(cmp.Or(p.After, p.Before)); ok {
		where += fmt.Sprintf(" AND (%s, %s) %s (?, ?)", l.by, l.id, than)
		args = append(args, text, id)
	}
	rows, err := collect(ctx, q, func(row scanner) (k keyed, err error) {
		var text string
		var id int64
		k.one, err = scan(with(row, &text, &id))
		k.key = fmt.Sprintf("%d.%s", id, text)
		return k, err
	}, fmt.Sprintf("SELECT %s, %s, %s FROM %s WHERE %s ORDER BY %[2]s %[6]s, %[3]s %[6]s LIMIT ?", l.columns, l.by, l.id, l.from, where, direction),
		append(args, p.Limit+1)...)
	if err != nil {
		return Part[T]{}, err
	}
	more := len(rows) > p.Limit
	rows = rows[:min(len(rows), p.Limit)]
	if back {
		slices.Reverse(rows)
	}
	var part Part[T]
	for _, row := range rows {
		part.Items = append(part.Items, row.one)
	}
	if len(rows) == 0 {
		return part, nil
	}
	if back && more || p.After != "" {
		part.Earlier = rows[0].key
	}
	if !back && more || back {
		part.Later = rows[len(rows)-1].key
	}
	return part, nil
}

// cutKey reads what a Part's Earlier or Later says; ok is false for what was never one.
func cutKey(key string) (text string, id int64, ok bool) {
	number, text, ok := strings.Cut(key, ".")
	id, err := strconv.ParseInt(number, 10, 64)
	return text, id, ok && err == nil
}
