package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// streamed is the number of the first webhook of a steady stream; those of the floods have smaller ones.
const streamed = 1_000_000

// alone measures the steady stream with nothing beside it.
func (l *load) alone(ctx context.Context) error {
	end := l.stream(ctx)
	time.Sleep(3 * time.Second)
	return end("webhooks alone")
}

// stream posts webhooks at a steady rate, whether or not the earlier ones were answered, until end is
// called. That waits until all are answered and have had their reply, and reports how long it took.
func (l *load) stream(ctx context.Context) (end func(what string) error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}
	stop, done := make(chan struct{}), make(chan struct{})
	var mu sync.Mutex
	var took []time.Duration
	var failed error
	first := streamed + l.replies.begin()
	sent := 0
	started, worked := time.Now(), l.serving.worked()
	go func() {
		defer close(done)
		var posts sync.WaitGroup
		defer posts.Wait()
		for {
			due := started.Add(time.Duration(sent) * time.Second / time.Duration(l.pace))
			select {
			case <-stop:
				return
			case <-ctx.Done():
				return
			case <-time.After(time.Until(due)):
			}
			i := first + sent
			sent++
			posts.Go(func() {
				l.replies.await(i, due)
				err := postOne(ctx, client, l.base+"/line/webhook", anything(i))
				waited := time.Since(due)
				mu.Lock()
				defer mu.Unlock()
				took = append(took, waited)
				failed = errors.Join(failed, err)
			})
		}
	}()
	return func(what string) error {
		close(stop)
		<-done
		defer client.CloseIdleConnections()
		if failed != nil {
			return failed
		}
		report(what, "%d at %.0f/s: answered p50 %s, p99 %s, at most %s", len(took),
			float64(sent)/time.Since(started).Seconds(), percentile(took, 50), percentile(took, 99), percentile(took, 100))
		replied, err := l.replies.all(ctx, len(took))
		if err != nil {
			return err
		}
		report(what+", replies", "p50 %s, p99 %s, at most %s; %s of work of ippo for each, with all else",
			percentile(replied, 50), percentile(replied, 99), percentile(replied, 100), each(l.serving.worked()-worked, len(took)))
		return nil
	}
}

// replies is LINE's end of a reply: it takes every one, and notes how long after its webhook was due it
// came.
type replies struct {
	mu    sync.Mutex
	due   map[string]time.Time // by reply token
	took  []time.Duration
	begun int
}

// begin forgets what was noted, and returns how many webhooks were awaited so far.
func (r *replies) begin() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.due, r.took = map[string]time.Time{}, nil
	return r.begun
}

func (r *replies) await(i int, due time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.due[fmt.Sprintf("%032x", i)] = due
	r.begun++
}

func (r *replies) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	var reply struct{ ReplyToken string }
	if err := json.NewDecoder(req.Body).Decode(&reply); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	if due, ok := r.due[reply.ReplyToken]; ok {
		delete(r.due, reply.ReplyToken)
		r.took = append(r.took, time.Since(due))
	}
	r.mu.Unlock()
	io.WriteString(w, `{"sentMessages":[{"id":"1","quoteToken":"q"}]}`)
}

// all waits until n webhooks have had their reply.
func (r *replies) all(ctx context.Context, n int) ([]time.Duration, error) {
	for started := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		r.mu.Lock()
		took := r.took
		r.mu.Unlock()
		if len(took) >= n {
			return took, nil
		}
		if ctx.Err() != nil || time.Since(started) > time.Minute {
			return nil, fmt.Errorf("%d of %d webhooks had a reply", len(took), n)
		}
	}
}
