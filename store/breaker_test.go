package store

import (
	"testing"
	"time"

	"ippo"
)

// BenchmarkBreach300k compares a broadcast to 300,000 people with three that they had within the hour.
func BenchmarkBreach300k(b *testing.B) {
	s := newStore(b)
	noon(s)
	crowd(b, s, 300_000)
	var last *ippo.Broadcast
	for range 4 {
		last = approved(b, s)
		if err := s.Write(b.Context(), func(t *Tx) error {
			return t.exec(b.Context(), `UPDATE broadcasts SET status = 'sending', started_at = approved_at WHERE id < ?`, last.ID)
		}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		start := time.Now()
		if got, err := s.Breach(b.Context(), last, 3); err != nil || got != (Breach{Often: 300_000, Again: 300_000}) {
			b.Fatal(got, err)
		}
		if took := time.Since(start); took > 5*time.Second {
			b.Fatalf("took %v", took)
		}
	}
}
