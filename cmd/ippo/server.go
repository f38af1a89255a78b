package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/sync/errgroup"
)

// drainLimit is how long a stop may take. Supervisors kill after 15 s or more (fly.toml, systemd).
const drainLimit = 9 * time.Second

// server is the HTTP side that serve and demo share, and the life of the process around it.
type server struct {
	*gin.Engine
	log      *slog.Logger
	metrics  *metrics
	draining context.Context // ends when the drain begins
	drain    context.CancelFunc
}

func newServer(log *slog.Logger, m *metrics, trustedProxies []netip.Prefix) (*server, error) {
	s := &server{Engine: gin.New(), log: log, metrics: m}
	s.draining, s.drain = context.WithCancel(context.Background())
	s.HandleMethodNotAllowed = true
	s.ContextWithFallback = true // so that a gin.Context ends with its request's
	trusted := make([]string, len(trustedProxies))
	for i, one := range trustedProxies {
		trusted[i] = one.String()
	}
	if err := s.SetTrustedProxies(trusted); err != nil {
		return nil, fmt.Errorf("trusted proxies: %w", err)
	}
	s.Use(m.request, s.recover, s.stream)
	return s, nil
}

// worker does work in the background until its context ends, finishes or leaves resumable what it
// has begun, and returns.
type worker func(context.Context) error

// run serves until ctx ends or something fails, then drains: nothing new is accepted, event streams
// end, requests and workers finish what they have begun.
func (s *server) run(ctx context.Context, l net.Listener, workers ...worker) error {
	h := &http.Server{
		Handler:           s.Engine,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug), // strangers' broken TLS and such
	}
	g, running := errgroup.WithContext(ctx)
	for _, work := range workers {
		g.Go(func() error { return work(running) })
	}
	g.Go(func() error {
		if err := h.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve %s: %w", l.Addr(), err)
		}
		return nil
	})
	g.Go(func() error {
		<-running.Done()
		s.drain()
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainLimit)
		defer cancel()
		if err := h.Shutdown(limit); err != nil {
			return errors.Join(fmt.Errorf("drain: %w", err), h.Close())
		}
		return nil
	})

	done := make(chan error, 1)
	go func() { done <- g.Wait() }()
	<-running.Done()
	select {
	case err := <-done:
		return err
	case <-time.After(drainLimit + 500*time.Millisecond):
		return fmt.Errorf("still busy %s after the stop; the next start resumes what was under way", drainLimit)
	}
}

// recover turns a panic into a 500 and a line for operators. Neither the path nor the query is
// logged: links to residents' forms are secrets.
func (s *server) recover(c *gin.Context) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		if err, ok := r.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(r)
		}
		s.log.ErrorContext(c.Request.Context(), "request panicked", "method", c.Request.Method, "route", c.FullPath(), "panic", fmt.Sprintf("%T", r), "stack", string(debug.Stack()))
		c.AbortWithStatus(http.StatusInternalServerError)
	}()
	c.Next()
}

// stream lets server-sent events outlive the server's timeouts, and ends them when the drain begins.
func (s *server) stream(c *gin.Context) {
	if !strings.Contains(c.GetHeader("Accept"), "text/event-stream") {
		return
	}
	// Not every writer has deadlines (tests' recorders have none); then there is nothing to lift.
	_ = http.NewResponseController(c.Writer).SetWriteDeadline(time.Time{})
	_ = http.NewResponseController(c.Writer).SetReadDeadline(time.Time{})
	ctx, cancel := context.WithCancel(c.Request.Context())
	defer cancel()
	defer context.AfterFunc(s.draining, cancel)()
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}
