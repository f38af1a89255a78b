package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"ippo"
)

// demoClock runs like a real clock and can be moved ahead, so that Monday's reminder fires before
// one's eyes. It is kept in a file: a demo that goes on later must not go back in time.
type demoClock struct {
	real func() time.Time
	file string

	mu     sync.Mutex
	offset time.Duration
}

// openDemoClock starts the clock where the file says it stood, if that is ahead.
func openDemoClock(file string, real func() time.Time) (*demoClock, error) {
	c := &demoClock{real: real, file: file}
	now := real()
	start := demoStart(now)
	saved, err := os.ReadFile(file)
	switch {
	case err == nil:
		stood, err := time.Parse(time.RFC3339, string(saved))
		if err != nil {
			return nil, fmt.Errorf("read demo's clock: %w", err)
		}
		if stood.After(start) {
			start = stood
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("read demo's clock: %w", err)
	}
	c.offset = start.Sub(now)
	return c, nil
}

// demoStart is now, or the next 10:00 when somebody tries the demo in the evening or at night: in
// the quiet hours, which begin at 20:00, nothing they sent would arrive.
func demoStart(now time.Time) time.Time {
	morning := ippo.TimeOfDay(10 * 60).At(now)
	switch hour := now.In(ippo.Tokyo).Hour(); {
	case hour < 8:
		return morning
	case hour >= 18:
		return morning.AddDate(0, 0, 1)
	}
	return now
}

// Now is the demo's time.
func (c *demoClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.real().Add(c.offset)
}

// Ahead reports whether the clock is ahead of the real one.
func (c *demoClock) Ahead() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.offset > 0
}

// Move puts the clock ahead to t and notes where it stands; it never goes back.
func (c *demoClock) Move(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	offset := t.Sub(c.real())
	if offset <= c.offset {
		return nil
	}
	if err := os.WriteFile(c.file, []byte(t.Format(time.RFC3339)), 0o600); err != nil {
		return fmt.Errorf("keep demo's clock: %w", err)
	}
	c.offset = offset
	return nil
}

// nextMonday is the next Monday at 9:00, when ambassadors are reminded.
func nextMonday(now time.Time) time.Time {
	for day := ippo.Day(now); ; day = day.AddDate(0, 0, 1) {
		if at := ippo.TimeOfDay(9 * 60).At(day); day.Weekday() == time.Monday && at.After(now) {
			return at
		}
	}
}
