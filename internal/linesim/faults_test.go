package linesim_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"ippo/internal/linesim"
)

func TestFaults(t *testing.T) {
	for _, tc := range []struct {
		name   string
		fault  linesim.Fault
		status int // 0: no answer at all
		got    int // messages that reached the friend
		retry  int // answer to the same key again
	}{
		{"nothing accepted, 500", linesim.Fault{Status: 500}, 500, 0, 200},
		{"nothing accepted, rate limit", linesim.Fault{Status: 429}, 429, 0, 200},
		{"accepted, answered 500", linesim.Fault{When: linesim.After, Status: 500}, 500, 1, 409},
		{"nothing accepted, connection cut", linesim.Fault{Drop: true}, 0, 0, 200},
		{"accepted, answer lost", linesim.Fault{When: linesim.After, Drop: true}, 0, 1, 409},
		{"slow, then as usual", linesim.Fault{Delay: time.Millisecond}, 200, 1, 409},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t, linesim.Options{})
			a := w.friend("あ")
			tc.fault.Endpoint, tc.fault.Times = linesim.Push, 1
			w.Inject(tc.fault)
			w.want(w.call("GET", "/v2/bot/info", ""), 200) // other calls are not touched
			key := header{"X-Line-Retry-Key": uuid.NewString()}
			r, err := w.try("POST", "/v2/bot/message/push", pushTo(a.ID, "一"), key)
			if (err != nil) != (tc.status == 0) || r.Status != tc.status {
				t.Fatalf("status %d, %v, want %d", r.Status, err, tc.status)
			}
			if got := w.Received(a.ID); got != tc.got {
				t.Errorf("received %d, want %d", got, tc.got)
			}
			w.want(w.call("POST", "/v2/bot/message/push", pushTo(a.ID, "一"), key), tc.retry)
			if got := w.Received(a.ID); got != 1 {
				t.Errorf("received %d in the end, want 1", got)
			}
			requests := w.Requests()
			if r := requests[1]; r.Endpoint != linesim.Push || r.Status != tc.status || r.RetryKey != key["X-Line-Retry-Key"] {
				t.Errorf("request log %+v", r)
			}
		})
	}
}

func TestHang(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	a := w.friend("あ")
	w.Inject(linesim.Fault{Endpoint: linesim.Push, When: linesim.After, Hang: true})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error)
	go func() {
		_, err := w.try("POST", "/v2/bot/message/push", pushTo(a.ID, "一"))
		done <- err
	}()
	if err := w.WaitFor(ctx, func() bool { return w.Received(a.ID) == 1 }); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-done:
		t.Fatalf("an answer came: %v", err)
	default:
	}
	w.Close() // lets go of whoever hangs
	if err := <-done; err == nil {
		t.Error("the call came back with an answer")
	}
}

// A client that gives up takes its hanging call with it, and nothing was accepted.
func TestHangEndsWithTheClient(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	a := w.friend("あ")
	w.Inject(linesim.Fault{Endpoint: linesim.Push, Hang: true, Times: 1})
	client := &http.Client{Timeout: 20 * time.Millisecond}
	req, err := http.NewRequestWithContext(t.Context(), "POST", w.url+"/v2/bot/message/push", strings.NewReader(pushTo(a.ID, "一")))
	if err != nil {
		t.Fatal(err)
	}
	if res, err := client.Do(req); err == nil {
		t.Fatalf("an answer came: %s", res.Status)
	}
	if err := w.WaitFor(t.Context(), func() bool { return len(w.Requests()) == 1 }); err != nil {
		t.Fatal(err)
	}
	if r := w.Requests()[0]; r.Status != 0 || w.Received(a.ID) != 0 {
		t.Errorf("request %+v, received %d", r, w.Received(a.ID))
	}
}

func TestFaultSkipTimesAndRemove(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	info := func() int { return w.call("GET", "/v2/bot/info", "").Status }
	w.Inject(linesim.Fault{Skip: 1, Times: 2, Status: 503})
	for i, want := range []int{200, 503, 503, 200} {
		if got := info(); got != want {
			t.Errorf("call %d: %d, want %d", i, got, want)
		}
	}
	remove := w.Inject(linesim.Fault{Status: 500, Match: func(r *http.Request) bool { return r.Method == http.MethodGet }})
	if got := info(); got != 500 {
		t.Errorf("status %d, want 500", got)
	}
	remove()
	if got := info(); got != 200 {
		t.Errorf("status %d after the fault was taken away", got)
	}
	w.Inject(linesim.Fault{Status: 500})
	w.ClearFaults()
	if got := info(); got != 200 {
		t.Errorf("status %d after all were taken away", got)
	}
}

// The same seed strikes the same calls.
func TestFaultDice(t *testing.T) {
	run := func() (struck string) {
		w := newWorld(t, linesim.Options{})
		w.Inject(linesim.Fault{Status: 500, Probability: 0.5, Seed: 7})
		for range 40 {
			struck += string(rune('0' + w.call("GET", "/v2/bot/info", "").Status/500))
		}
		return struck
	}
	first, second := run(), run()
	if first != second {
		t.Errorf("%s, then %s", first, second)
	}
	if !strings.Contains(first, "0") || !strings.Contains(first, "1") {
		t.Errorf("struck %s, want some and not all", first)
	}
}

func TestFailNext(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	a := w.friend("あ")
	w.FailNext(http.StatusBadGateway)
	w.want(w.call("GET", "/v2/bot/info", ""), 200)
	key := header{"X-Line-Retry-Key": uuid.NewString()}
	w.want(w.call("POST", "/v2/bot/message/multicast", multicastTo("一", a.ID), key), 502)
	w.want(w.call("POST", "/v2/bot/message/multicast", multicastTo("一", a.ID), key), 409)
	if got := w.Received(a.ID); got != 1 {
		t.Errorf("received %d, want 1", got)
	}
}
