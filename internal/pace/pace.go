// Package pace keeps long work on the database out of everybody else's way: short transactions, with rests between.
package pace

import (
	"context"
	"time"
)

// A transaction holds the database for about holdAim, so that it seldom holds it longer than 15 ms. Then others have
// it for a while: half as long, and at least leastRest.
const (
	holdAim   = 10 * time.Millisecond
	leastRest = 3 * time.Millisecond
	mostRest  = 15 * time.Millisecond
	maxChunk  = 2000
)

// Chunk says how many rows the next transaction should write after one of n rows that held the database for a time.
func Chunk(n int, held time.Duration) int {
	fits := int(float64(n) * float64(holdAim) / float64(max(held, time.Microsecond)))
	return max(1, min(fits, n+n/4+1, maxChunk)) // it grows with care and shrinks at once
}

// Rest leaves the database to others after it was held for a time, or returns the context's error.
func Rest(ctx context.Context, held time.Duration) error {
	timer := time.NewTimer(max(leastRest, min(held/2, mostRest)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
