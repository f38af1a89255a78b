package store

import (
	"testing"
	"time"

	"ippo"
)

// What has done its work goes after a month; what has not, and what is younger, stays.
func TestForgetPassing(t *testing.T) {
	s := newStore(t)
	town(t, s, "kosodate", "fukushi", "")
	day := func(ago int) any { return stamp(s.Now().AddDate(0, 0, -ago)) }
	for _, row := range []struct {
		state string
		ago   int
	}{{"done", 31}, {"done", 29}, {"pending", 31}, {"replying", 31}} {
		exec(t, s, `INSERT INTO inbound_events (event_id, state, occurred_at, received_at) VALUES (?, ?, ?, ?)`,
			row.state+time.Duration(row.ago).String(), row.state, day(row.ago), day(row.ago))
	}
	for i := range 1200 {
		exec(t, s, `INSERT INTO unsent_messages (message_id, at) VALUES (?, ?)`, i, day(29+i%2*2))
	}
	for follower, ago := range map[ippo.FollowerID]int{1: 31, 2: 29} {
		exec(t, s, `INSERT INTO conversations (follower_id, name, step, answers, updated_at) VALUES (?, 'news', '', x'00', ?)`, follower, day(ago))
		exec(t, s, `INSERT INTO form_links (id, follower_id, purpose, expires_at) VALUES (?, ?, 'x', ?)`, follower, follower, day(ago))
	}
	for _, ago := range []int{91, 89, 0} { // 0: pending since long ago
		exec(t, s, `INSERT INTO notices (follower_id, kind, content, due_at, until_at, state, retry_key, answered_at, created_at)
			VALUES (1, 'card', x'', ?1, ?1, ?2, ?3, ?4, ?1)`, day(100), map[bool]string{true: "pending", false: "accepted"}[ago == 0], ago,
			map[bool]any{true: nil, false: day(ago)}[ago == 0])
	}
	got, err := s.ForgetPassing(t.Context(), s.Now())
	if err != nil {
		t.Fatal(err)
	}
	for what, want := range map[string]int64{"events": 1, "unsent messages": 600, "form links": 1, "conversations": 1, "notices": 1, "link codes": 0} {
		if got[what] != want {
			t.Errorf("forgot %d %s, want %d", got[what], what, want)
		}
	}
	if again, err := s.ForgetPassing(t.Context(), s.Now()); err != nil || len(again) != 0 {
		t.Errorf("forgot %v more, %v", again, err)
	}
}
