package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"ippo"
)

// countLinks leads the links of a broadcast that is about to be kept through our own address, if its author
// wants them counted, and leads them back if not.
func (s *Store) countLinks(b *ippo.Broadcast) {
	if !b.Counted || s.PublicURL == "" {
		b.UncountLinks()
		return
	}
	b.CountLinks(s.PublicURL, newLinkCode)
}

// newLinkCode makes a code that nobody guesses: 50 random bits.
func newLinkCode() string { return strings.ToLower(rand.Text()[:ippo.LinkCodeLength]) }

// saveLinks keeps the links of a broadcast, in place of those that it had.
func (t *Tx) saveLinks(ctx context.Context, b *ippo.Broadcast) error {
	if err := t.exec(ctx, "DELETE FROM broadcast_links WHERE broadcast_id = ?", b.ID); err != nil {
		return fmt.Errorf("links of broadcast %d: %w", b.ID, err)
	}
	for i, l := range b.Links {
		if err := t.exec(ctx, "INSERT INTO broadcast_links (code, broadcast_id, place, short, raw, url) VALUES (?, ?, ?, ?, ?, ?)",
			l.Code, b.ID, i, l.Short, l.Raw, l.URL()); err != nil {
			return fmt.Errorf("links of broadcast %d: %w", b.ID, err)
		}
	}
	return nil
}

// LinkTarget returns where a counted link leads.
func (s *Store) LinkTarget(ctx context.Context, code string) (string, error) {
	address, err := one(ctx, s.ro, scanText, "SELECT url FROM broadcast_links WHERE code = ?", code)
	if err != nil {
		return "", fmt.Errorf("link: %w", err)
	}
	return address, nil
}

// Taps are some taps on one link on one day.
type Taps struct {
	Code     string
	Day      time.Time // any moment of the day in Japan
	Taps     int
	Browsers int // of these, first taps in a browser
}

// AddTaps counts taps. Those on the links of a broadcast that has not begun are a test by staff, and are
// not counted.
func (s *Store) AddTaps(ctx context.Context, all []Taps) error {
	return s.Write(ctx, func(t *Tx) error {
		for _, one := range all {
			if err := t.exec(ctx, `
				INSERT INTO link_taps (code, day, taps, browsers)
				SELECT l.code, ?, ?, ? FROM broadcast_links l JOIN broadcasts b ON b.id = l.broadcast_id
				WHERE l.code = ? AND b.started_at IS NOT NULL
				ON CONFLICT DO UPDATE SET taps = taps + excluded.taps, browsers = browsers + excluded.browsers`,
				one.Day.In(ippo.Tokyo).Format(time.DateOnly), one.Taps, one.Browsers, one.Code); err != nil {
				return fmt.Errorf("count taps: %w", err)
			}
		}
		return nil
	})
}

// LinkTaps are all taps on one link of a broadcast.
type LinkTaps struct {
	Short    string // as LINE knows the link
	URL      string // where it leads
	Taps     int
	Browsers int
}

// LinkTaps returns the taps on the counted links of a broadcast, in the order of its links.
func (s *Store) LinkTaps(ctx context.Context, id ippo.BroadcastID) ([]LinkTaps, error) {
	all, err := collect(ctx, s.ro, scanLinkTaps, `
		SELECT l.short, l.url, coalesce(sum(t.taps), 0), coalesce(sum(t.browsers), 0)
		FROM broadcast_links l LEFT JOIN link_taps t ON t.code = l.code
		WHERE l.broadcast_id = ? GROUP BY l.code ORDER BY l.place`, id)
	if err != nil {
		return nil, fmt.Errorf("taps of broadcast %d: %w", id, err)
	}
	return all, nil
}

func scanLinkTaps(row scanner) (l LinkTaps, err error) {
	err = row.Scan(&l.Short, &l.URL, &l.Taps, &l.Browsers)
	return l, err
}
