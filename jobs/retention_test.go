package jobs

import (
	"testing"
	"time"

	"ippo"
)

// The night leaves alone what is still needed, whatever the day.
func TestForgetKeepsTheLedger(t *testing.T) {
	c := newCenter(t, 2, options{})
	b := c.approved("お知らせ")
	c.run()
	c.sql(`INSERT INTO sessions (token, data, expires_at) VALUES (x'01', x'00', '2026-03-31T00:00:00.000Z'), (x'02', x'00', '2027-03-31T00:00:00.000Z')`)
	c.wait(200 * 24 * time.Hour)
	if err := c.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.expect(b, ippo.BroadcastSent, ippo.Tally{Accepted: 2})
	var sessions int
	if err := c.database().QueryRow(`SELECT count(*) FROM sessions`).Scan(&sessions); err != nil || sessions != 1 {
		t.Errorf("%d sessions left, %v; want 1", sessions, err)
	}
}
