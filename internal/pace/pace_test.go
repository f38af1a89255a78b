package pace

import (
	"testing"
	"time"
)

func TestChunksStayShort(t *testing.T) {
	for _, c := range []struct {
		n    int
		held time.Duration
		want int
	}{
		{50, time.Millisecond, 63}, // grows with care
		{1000, 10 * time.Millisecond, 1000},
		{1000, 50 * time.Millisecond, 200}, // shrinks at once
		{1, time.Second, 1},
		{2000, 0, 2000},
	} {
		if got := Chunk(c.n, c.held); got != c.want {
			t.Errorf("after %d rows in %v: %d, want %d", c.n, c.held, got, c.want)
		}
	}
}
