package store

import "testing"

// BenchmarkCountReaction300k counts, of 300,000 recipients, who has blocked the account.
func BenchmarkCountReaction300k(b *testing.B) {
	s := newStore(b)
	noon(s)
	crowd(b, s, 300_000)
	x := approved(b, s)
	exec(b, s, `UPDATE broadcasts SET status = 'sent', started_at = approved_at, finished_at = approved_at WHERE id = ?`, x.ID)
	exec(b, s, `UPDATE delivery_requests SET state = 'accepted', first_called_at = ?1, answered_at = ?1, body_sha256 = x'00', line_request_id = 'x' WHERE broadcast_id = ?2`, stamp(s.Now()), x.ID)
	x, err := s.Broadcast(b.Context(), x.ID)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := s.CountReaction(b.Context(), x); err != nil {
			b.Fatal(err)
		}
		if r, err := s.Reaction(b.Context(), x.ID); err != nil || r.People != 300_000 {
			b.Fatalf("%+v, %v", r, err)
		}
		exec(b, s, "DELETE FROM broadcast_reaction_rows")
		exec(b, s, "DELETE FROM broadcast_reactions")
	}
}
