package admin

import (
	"context"
	"fmt"

	"ippo"
)

// readers are who opened a broadcast, as its page shows it.
type readers struct {
	ippo.Readers
	Known bool // LINE counts it, or has counted it
	Links []linkRow
}

type linkRow struct {
	URL    string
	People *int64
}

// Few is how few people LINE hides.
func (readers) Few() int { return ippo.HiddenUnder }

func (p *Panel) readers(ctx context.Context, b *ippo.Broadcast) (readers, error) {
	counted, err := p.Store.Readers(ctx, b)
	r := readers{Readers: counted, Known: b.Unit != "" || !counted.FetchedAt.IsZero()}
	for _, l := range counted.Links {
		r.Links = append(r.Links, linkRow{l.URL, l.People})
	}
	return r, err
}

// peopleWords says a number of people; nil is one that LINE hides, and never zero.
func peopleWords(n *int64) (string, error) {
	if n == nil {
		return fmt.Sprintf("非表示（%d人未満）", ippo.HiddenUnder), nil
	}
	words, err := number(*n)
	return words + "人", err
}

// readersJSON is who opened a broadcast, by LINE's count.
type readersJSON struct {
	FetchedAt apiTime           `json:"fetchedAt"`
	Opened    peopleJSON        `json:"opened"`
	Clicked   peopleJSON        `json:"clicked"`
	Links     []linkReadersJSON `json:"links"`
}

// peopleJSON is a number of people, or null with hidden where LINE does not tell it.
type peopleJSON struct {
	People *int64 `json:"people"`
	Hidden bool   `json:"hidden"`
}

func people(n *int64) peopleJSON { return peopleJSON{n, n == nil} }

type linkReadersJSON struct {
	URL string `json:"url"`
	peopleJSON
}

// readers returns nil until LINE has been asked.
func (a *API) readers(ctx context.Context, b *ippo.Broadcast) (*readersJSON, error) {
	r, err := a.Store.Readers(ctx, b)
	if err != nil || r.FetchedAt.IsZero() {
		return nil, err
	}
	j := &readersJSON{FetchedAt: apiTime{r.FetchedAt}, Opened: people(r.Opened), Clicked: people(r.Clicked), Links: []linkReadersJSON{}}
	for _, l := range r.Links {
		j.Links = append(j.Links, linkReadersJSON{l.URL, people(l.People)})
	}
	return j, nil
}
