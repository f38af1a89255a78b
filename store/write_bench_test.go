package store

import (
	"fmt"
	"sync/atomic"
	"testing"
)

// BenchmarkWrite is what one durable write costs when many arrive at once, as webhooks do.
func BenchmarkWrite(b *testing.B) {
	for _, parallel := range []int{1, 64} {
		b.Run(fmt.Sprint(parallel, " at once"), func(b *testing.B) {
			s := newStore(b)
			var n atomic.Int64
			b.SetParallelism(parallel)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					err := s.Write(b.Context(), func(t *Tx) error {
						return t.exec(b.Context(), "INSERT INTO unsent_messages (message_id, at) VALUES (?, '')", n.Add(1))
					})
					if err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}
