package admin

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"ippo"
	"ippo/store"
)

// readers are who opened a broadcast, as its page shows it.
type readers struct {
	ippo.Readers
	Known    bool // LINE counts it, or has counted it
	Counted  bool // taps are counted here
	Browsers bool // and browsers
	Rows     []linkRow
}

// linkRow is one link, with LINE's count of people and our own of taps.
type linkRow struct {
	URL            string
	People         *int64
	Taps, Browsers int
}

// Told reports whether LINE has told anything, even if it is that it hides it.
func (r readers) Told() bool { return !r.FetchedAt.IsZero() && !r.Uncounted }

// Few is how few people LINE hides.
func (readers) Few() int { return ippo.HiddenUnder }

func (p *Panel) readers(ctx context.Context, b *ippo.Broadcast) (readers, error) {
	told, err := p.Store.Readers(ctx, b)
	if err != nil {
		return readers{}, err
	}
	taps, err := p.Store.LinkTaps(ctx, b.ID)
	r := readers{
		Readers: told, Known: b.Unit != "" || !told.FetchedAt.IsZero(), Counted: len(taps) > 0, Rows: linkRows(told.Links, taps),
	}
	for _, row := range r.Rows {
		r.Browsers = r.Browsers || row.Browsers > 0
	}
	return r, err
}

// linkRows puts together what LINE and we have counted of each link. LINE knows counted links by their
// short address. An address that was written in two ways is one link.
func linkRows(told []ippo.LinkReaders, taps []store.LinkTaps) []linkRow {
	var rows []linkRow
	row := func(address string) *linkRow {
		i := slices.IndexFunc(rows, func(r linkRow) bool { return r.URL == address })
		if i < 0 {
			i, rows = len(rows), append(rows, linkRow{URL: address})
		}
		return &rows[i]
	}
	long := make(map[string]string, len(taps))
	for _, l := range taps {
		long[l.Short] = l.URL
		r := row(l.URL)
		r.Taps += l.Taps
		r.Browsers += l.Browsers
	}
	for _, l := range told {
		r := row(cmp.Or(long[l.URL], l.URL))
		if r.People == nil || l.People != nil && *l.People > *r.People {
			r.People = l.People
		}
	}
	return rows
}

// peopleWords says a number of people; nil is one that LINE hides, and never zero.
func peopleWords(n *int64) (string, error) {
	if n == nil {
		return fmt.Sprintf("非表示（%d人未満）", ippo.HiddenUnder), nil
	}
	words, err := number(*n)
	return words + "人", err
}

// readersJSON is who opened a broadcast, by LINE's count, and taps on its links by ours.
type readersJSON struct {
	FetchedAt apiTime           `json:"fetchedAt"`
	Opened    *peopleJSON       `json:"opened"`
	Clicked   *peopleJSON       `json:"clicked"`
	Links     []linkReadersJSON `json:"links"`
}

// peopleJSON is a number of people, or null with hidden where LINE does not tell it.
type peopleJSON struct {
	People *int64 `json:"people"`
	Hidden bool   `json:"hidden"`
}

type linkReadersJSON struct {
	URL     string      `json:"url"`
	Readers *peopleJSON `json:"readers"`
	Taps    *int        `json:"taps,omitempty"` // where they are counted
}

// readers returns nil while nothing is known.
func (a *API) readers(ctx context.Context, b *ippo.Broadcast) (*readersJSON, error) {
	told, err := a.Store.Readers(ctx, b)
	if err != nil {
		return nil, err
	}
	taps, err := a.Store.LinkTaps(ctx, b.ID)
	r := readers{Readers: told}
	if err != nil || b.StartedAt.IsZero() || !r.Told() && len(taps) == 0 {
		return nil, err
	}
	people := func(n *int64) *peopleJSON {
		if !r.Told() {
			return nil
		}
		return &peopleJSON{n, n == nil}
	}
	j := &readersJSON{FetchedAt: apiTime{r.FetchedAt}, Opened: people(r.Opened), Clicked: people(r.Clicked), Links: []linkReadersJSON{}}
	for _, row := range linkRows(told.Links, taps) {
		link := linkReadersJSON{URL: row.URL, Readers: people(row.People)}
		if len(taps) > 0 {
			link.Taps = &row.Taps
		}
		j.Links = append(j.Links, link)
	}
	return j, nil
}
