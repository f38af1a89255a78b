package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
)

// startServer runs a server with these workers until stop is called; done gives what run returned.
func startServer(t *testing.T, routes func(*server), workers ...worker) (base string, stop context.CancelFunc, done <-chan error) {
	t.Helper()
	srv, err := newServer(slog.New(slog.DiscardHandler), newMetrics(), nil)
	if err != nil {
		t.Fatal(err)
	}
	routes(srv)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	ended := make(chan error, 1)
	go func() { ended <- srv.run(ctx, l, workers...) }()
	return "http://" + l.Addr().String(), stop, ended
}

// At a stop, whoever has begun is finished and event streams end, well before a supervisor kills.
func TestDrain(t *testing.T) {
	begun, finish := make(chan struct{}), make(chan struct{})
	worked := make(chan struct{})
	base, stop, done := startServer(t, func(s *server) {
		s.GET("/slow", func(c *gin.Context) {
			close(begun)
			<-finish
			c.String(http.StatusOK, "finished")
		})
		s.GET("/events", func(c *gin.Context) {
			c.Header("Content-Type", "text/event-stream")
			io.WriteString(c.Writer, "data: hello\n\n")
			c.Writer.Flush()
			<-c.Request.Context().Done()
		})
	}, func(ctx context.Context) error {
		<-ctx.Done()
		close(worked)
		return nil
	})

	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	events, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer events.Body.Close()
	stream := bufio.NewReader(events.Body)
	if line, err := stream.ReadString('\n'); err != nil || line != "data: hello\n" {
		t.Fatalf("%q, %v", line, err)
	}
	slow := make(chan string, 1)
	go func() {
		_, body := get(t, base+"/slow")
		slow <- body
	}()
	<-begun

	stop()
	if rest, err := io.ReadAll(stream); err != nil || strings.TrimSpace(string(rest)) != "" {
		t.Errorf("the stream ended with %q, %v", rest, err)
	}
	<-worked
	select {
	case err := <-done:
		t.Fatalf("stopped before a request was finished: %v", err)
	default:
	}
	close(finish)
	if body := <-slow; body != "finished" {
		t.Errorf("the request that had begun got %q", body)
	}
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(drainLimit):
		t.Error("still running")
	}
}

// A worker that fails ends the process, so that a supervisor starts it anew.
func TestWorkerFails(t *testing.T) {
	broken := errors.New("broken")
	_, _, done := startServer(t, func(*server) {}, func(context.Context) error { return broken })
	if err := <-done; !errors.Is(err, broken) {
		t.Errorf("run returned %v", err)
	}
}

// A panic is one request's failure, and neither its path nor what it panicked with reaches anybody.
func TestPanic(t *testing.T) {
	base, _, _ := startServer(t, func(s *server) {
		s.GET("/r/:secret", func(*gin.Context) { panic("はるかさんの電話番号") })
		s.GET("/fine", func(c *gin.Context) { c.Status(http.StatusNoContent) })
	})
	if status, body := get(t, base+"/r/abc"); status != http.StatusInternalServerError || body != "" {
		t.Errorf("%d %q", status, body)
	}
	if status, _ := get(t, base+"/fine"); status != http.StatusNoContent {
		t.Errorf("the next request got %d", status)
	}
}
