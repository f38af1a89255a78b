package linesim

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"time"
)

// When a fault strikes: before LINE accepts the call, or after.
type When string

const (
	// Before is the zero value's meaning too: nothing was accepted, nobody was served.
	Before When = "before"
	// After is a lost answer: the call was carried out, the caller is told otherwise or nothing.
	After When = "after"
)

// Fault is a misfortune that calls run into. Exactly one thing happens per fault: an answer of Status, a
// connection cut (Drop), no answer until the caller gives up (Hang), or only the Delay.
type Fault struct {
	Endpoint Endpoint                 `json:"endpoint,omitempty"` // empty: every call
	Match    func(*http.Request) bool `json:"-"`                  // nil: every call; must not read the body

	When    When          `json:"when,omitempty"`
	Status  int           `json:"status,omitempty"`
	Message string        `json:"message,omitempty"` // of the error body; LINE's own for the status when empty
	Drop    bool          `json:"drop,omitempty"`
	Hang    bool          `json:"hang,omitempty"`
	Delay   time.Duration `json:"-"`

	Skip        int     `json:"skip,omitempty"`        // matching calls that pass first
	Times       int     `json:"times,omitempty"`       // how many are struck; 0: all until taken away
	Probability float64 `json:"probability,omitempty"` // of striking a matching call; 0: certain
	Seed        uint64  `json:"seed,omitempty"`        // of the dice, so that a run can be repeated
}

type fault struct {
	Fault
	dice *rand.Rand
}

// Inject lets a fault strike from now on, and returns how to take it away again.
func (p *Platform) Inject(f Fault) (remove func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	injected := &fault{Fault: f, dice: rand.New(rand.NewPCG(f.Seed, 0))}
	p.faults = append(p.faults, injected)
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.faults = slices.DeleteFunc(p.faults, func(other *fault) bool { return other == injected })
	}
}

// FailNext carries out the next call that sends something and then answers it with status: the lost answer.
func (p *Platform) FailNext(status int) {
	p.Inject(Fault{When: After, Status: status, Times: 1, Match: func(r *http.Request) bool {
		switch r.URL.Path {
		case "/v2/bot/message/reply", "/v2/bot/message/push", "/v2/bot/message/multicast", "/v2/bot/message/broadcast":
			return true
		}
		return false
	}})
}

// ClearFaults takes every fault away.
func (p *Platform) ClearFaults() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = nil
}

// faultsFor returns the faults that strike a call, at most one before and one after it is accepted.
func (p *Platform) faultsFor(c *call) (before, after *Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range slices.Clone(p.faults) {
		if f.Endpoint != "" && f.Endpoint != c.endpoint || f.Match != nil && !f.Match(c.Request) {
			continue
		}
		slot := &before
		if f.When == After {
			slot = &after
		}
		if *slot != nil || !f.strikes() {
			continue
		}
		struck := f.Fault
		*slot = &struck
		if f.Times == 1 {
			p.faults = slices.DeleteFunc(p.faults, func(other *fault) bool { return other == f })
		} else if f.Times > 1 {
			f.Times--
		}
	}
	return before, after
}

// strikes decides for one matching call. Platform.mu is held.
func (f *fault) strikes() bool {
	if f.Skip > 0 {
		f.Skip--
		return false
	}
	return f.Probability == 0 || f.dice.Float64() < f.Probability
}

// suffer lets a fault happen to a call. It reports the answer that takes the place of LINE's own, if any.
func (p *Platform) suffer(c *call, f *Fault) (answer, bool) {
	if f == nil {
		return answer{}, false
	}
	if f.Delay > 0 {
		delay := time.NewTimer(f.Delay)
		defer delay.Stop()
		select {
		case <-delay.C:
		case <-c.Context().Done():
		case <-p.ctx.Done():
		}
	}
	if f.Hang {
		select {
		case <-c.Context().Done():
		case <-p.ctx.Done():
		}
	}
	if f.Drop || f.Hang {
		p.record(c, 0)
		panic(http.ErrAbortHandler) // net/http's way of cutting the connection without an answer
	}
	if f.Status == 0 {
		return answer{}, false
	}
	message := f.Message
	if message == "" {
		message = defaultMessage(f.Status)
	}
	return fail(f.Status, message), true
}

func defaultMessage(status int) string {
	switch status {
	case http.StatusTooManyRequests:
		return msgRateLimit
	case http.StatusForbidden:
		return msgForbidden
	case http.StatusNotFound:
		return msgNotFound
	}
	return http.StatusText(status)
}
