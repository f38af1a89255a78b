package store

import (
	"cmp"
	"context"
	"encoding/json"
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

// listing is a long list as SQL: what is read of which table, which rows are found, and how they stand: in one
// stretch, or in several of which each has an order of its own, such as what waits before all else. Each row is in one
// of them.
type listing struct {
	columns, table, id string // what a page reads of its rows, and only of them
	from, where        string // how they are found; the table is in from under the same name
	args               []any  // of from and where
	stretches          []stretch
	length             int  // how many rows it has, where
	counted            bool // that is known without asking
}

// digits makes a text of a number, which is not negative, that stands among others as the number does.
func digits(number string) string { return "printf('%010d', " + number + ")" }

// stretch is a part of a list that is in one order.
type stretch struct {
	by    string // an expression that is a text; "" for the tie alone
	tie   string // what decides between rows that are alike, a number: both up or both down; "" for the ID
	desc  bool
	where string // which of the list's rows are in it; "" for all
	args  []any
}

// position is a row's place in a list, as an address keeps it.
type position struct {
	stretch int
	tie     int64
	text    string
}

func (p position) String() string { return fmt.Sprintf("%d.%d.%s", p.stretch, p.tie, p.text) }

// positionOf reads what a Part's Earlier or Later says; ok is false for what was never one.
func (l listing) positionOf(key string) (p position, ok bool) {
	parts := strings.SplitN(key, ".", 3)
	if len(parts) < 3 {
		return p, false
	}
	n, err := strconv.Atoi(parts[0])
	if err != nil || n < 0 || n >= len(l.stretches) {
		return p, false
	}
	tie, err := strconv.ParseInt(parts[1], 10, 64)
	return position{n, tie, parts[2]}, err == nil
}

// collectPage reads a part of a list by keyset: it begins at the row where the last one ended, so the
// hundredth page costs what the first one does, and rows that come or go meanwhile shift nothing.
func collectPage[T any](ctx context.Context, q queryer, scan func(scanner) (T, error), l listing, p Page) (Part[T], error) {
	type placed struct {
		id int64
		at position
	}
	back, step, first := p.Before != "", 1, 0
	if back {
		step, first = -1, len(l.stretches)-1
	}
	from, moved := l.positionOf(cmp.Or(p.After, p.Before))
	if moved {
		first = from.stretch
	}
	var rows []placed
	for n := first; n >= 0 && n < len(l.stretches) && len(rows) <= p.Limit; n += step {
		s := l.stretches[n]
		than, direction := ">", "ASC"
		if s.desc != back {
			than, direction = "<", "DESC"
		}
		tie := cmp.Or(s.tie, l.id)
		where, args := l.where, slices.Concat(l.args, s.args)
		if s.where != "" {
			where += " AND " + s.where
		}
		if moved && n == from.stretch {
			if s.by == "" {
				where, args = where+fmt.Sprintf(" AND %s %s ?", tie, than), append(args, from.tie)
			} else {
				where, args = where+fmt.Sprintf(" AND (%s, %s) %s (?, ?)", s.by, tie, than), append(args, from.text, from.tie)
			}
		}
		by, order := "''", tie+" "+direction
		if s.by != "" {
			by, order = s.by, s.by+" "+direction+", "+order
		}
		part, err := collect(ctx, q, func(row scanner) (r placed, err error) {
			r.at.stretch = n
			return r, row.Scan(&r.id, &r.at.text, &r.at.tie)
		}, fmt.Sprintf("SELECT %s, %s, %s FROM %s WHERE %s ORDER BY %s LIMIT ?", l.id, by, tie, l.from, where, order),
			append(args, p.Limit+1-len(rows))...)
		if err != nil {
			return Part[T]{}, err
		}
		rows = append(rows, part...)
	}
	more := len(rows) > p.Limit
	rows = rows[:min(len(rows), p.Limit)]
	if back {
		slices.Reverse(rows)
	}
	var part Part[T]
	if len(rows) == 0 {
		return part, nil
	}
	ids, items := make([]int64, len(rows)), make(map[int64]T, len(rows))
	for i, row := range rows {
		ids[i] = row.id
	}
	_, err := collect(ctx, q, func(row scanner) (id int64, err error) {
		one, err := scan(with(row, &id))
		items[id] = one
		return id, err
	}, fmt.Sprintf("SELECT %s, %s FROM %s WHERE %[2]s IN (SELECT value FROM json_each(?))", l.columns, l.id, l.table), idList(ids))
	if err != nil {
		return Part[T]{}, err
	}
	for _, id := range ids {
		if item, ok := items[id]; ok { // not deleted a moment ago
			part.Items = append(part.Items, item)
		}
	}
	if back && more || p.After != "" {
		part.Earlier = rows[0].at.String()
	}
	if !back && more || back {
		part.Later = rows[len(rows)-1].at.String()
	}
	return part, nil
}

// count returns how many rows a list has.
func (l listing) count(ctx context.Context, q queryer) (int, error) {
	if l.counted {
		return l.length, nil
	}
	return one(ctx, q, scanInt, "SELECT count(*) FROM "+l.from+" WHERE "+l.where, l.args...)
}

// narrow leaves those rows of a list for which a condition holds.
func (l *listing) narrow(condition string, args ...any) {
	l.where += " AND " + condition
	l.args = append(l.args, args...)
	l.counted = false
}

// among leaves some rows of a list.
func (l *listing) among(ids []int64) {
	l.narrow(l.id+" IN (SELECT value FROM json_each(?))", idList(ids))
}

// found makes a list one of those of its rows that were found by opening what is sealed, or by folding texts, which SQL
// can do neither of. Each was looked at as what the list had left, so nothing is asked of them again.
func (l *listing) found(ids []int64) {
	l.where, l.args = "1 = 1", nil
	l.among(ids)
	l.length, l.counted = len(ids), true
}

// inOrder makes a list one of these rows, in this order: one that SQL could not find. Of the IDs only those about the
// page are handed over.
func (l *listing) inOrder(ids []int64, p Page) {
	l.stretches = []stretch{{tie: "place"}}
	about, _ := l.positionOf(cmp.Or(p.After, p.Before))
	at := int(min(max(about.tie, 0), int64(len(ids))))
	from := max(at-p.Limit-1, 0)
	l.from = "(SELECT key + ? AS place, value FROM json_each(?)) JOIN " + l.from + " ON " + l.id + " = value"
	l.args = append([]any{from, idList(ids[from:min(at+p.Limit+2, len(ids))])}, l.args...)
}

// idList is IDs as json_each takes them apart.
func idList[ID ~int64](ids []ID) string {
	text, err := json.Marshal(append([]ID{}, ids...))
	if err != nil {
		panic(err) // numbers are always JSON
	}
	return string(text)
}
