package line

import (
	"errors"
	"sync"
	"time"
)

// ErrCircuitOpen: LINE failed so often in a row that calls are not made until a probe succeeds.
var ErrCircuitOpen = errors.New("calls to LINE are paused after repeated failures")

// CircuitState is what a Circuit does with the next call.
type CircuitState int

const (
	Closed   CircuitState = iota // calls pass
	HalfOpen                     // one call passes as a probe, the others are refused
	Open                         // calls are refused
)

func (s CircuitState) String() string {
	return [...]string{"closed", "half_open", "open"}[s]
}

// Circuit stops calls to a host that is down, so that workers do not queue up behind its timeouts.
// It opens after Failures temporary failures in a row and lets one probe through every Cooldown.
type Circuit struct {
	Failures int
	Cooldown time.Duration
	Now      func() time.Time

	mu       sync.Mutex
	failed   int
	state    CircuitState
	openedAt time.Time // when it opened, or when the last probe left
}

// Allow reports whether a call may be made now. Each allowed call must end in Succeeded, Failed or Abandoned.
func (c *Circuit) Allow() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch c.state {
	case Closed:
		return true
	default:
		// A clock that was set back must not keep the circuit open for hours.
		if since := c.Now().Sub(c.openedAt); since < 0 || since >= c.Cooldown {
			c.state, c.openedAt = HalfOpen, c.Now()
			return true
		}
		return false
	}
}

// Succeeded closes the circuit: the host answered.
func (c *Circuit) Succeeded() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state, c.failed = Closed, 0
}

// Failed counts a temporary failure. Calls that were under way when the circuit opened do not
// push the next probe back.
func (c *Circuit) Failed() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed++
	switch {
	case c.state == HalfOpen:
		c.state, c.openedAt = Open, c.Now()
	case c.state == Closed && c.failed >= c.Failures:
		c.state, c.openedAt = Open, c.Now()
	}
}

// Abandoned ends a call that its own caller gave up: it says nothing about the host, but a probe
// must be let through again.
func (c *Circuit) Abandoned() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == HalfOpen {
		c.state, c.openedAt = Open, c.Now().Add(-c.Cooldown)
	}
}

// State is for metrics and for those who would rather not queue work that cannot go out.
func (c *Circuit) State() CircuitState {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == Open {
		if since := c.Now().Sub(c.openedAt); since < 0 || since >= c.Cooldown {
			return HalfOpen
		}
	}
	return c.state
}
