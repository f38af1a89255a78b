package jobs

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"ippo"
	"ippo/internal/line"
	"ippo/internal/linesim"
)

// BenchmarkDeliver30k is a broadcast to 30,000 followers by way of a simulated LINE that answers at
// once and without rates: the ledger, the requests and the simulator.
func BenchmarkDeliver30k(b *testing.B) {
	benchmarkDeliver(b, 30_000, line.Config{})
}

// BenchmarkDeliver300kStandIn is one to 300,000 with a stand-in that only says yes: the engine alone.
func BenchmarkDeliver300kStandIn(b *testing.B) {
	benchmarkDeliver(b, 300_000, line.Config{APIEndpoint: standIn(b, 0, rate.Inf), Unpaced: true})
}

// BenchmarkDeliver300kPaced is the same as LINE lets it be: 200 requests a second, each answered after
// 50 ms. At an even pace that takes 3.0 s.
func BenchmarkDeliver300kPaced(b *testing.B) {
	benchmarkDeliver(b, 300_000, line.Config{APIEndpoint: standIn(b, 50*time.Millisecond, 200)})
}

// standIn answers every send with yes after a while, or with 429 when they come too fast.
func standIn(b *testing.B, answersAfter time.Duration, perSecond rate.Limit) (url string) {
	bucket := rate.NewLimiter(perSecond, 200)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("X-Line-Request-Id", "3f1d4b1e-6a10-4c33-9b4f-2b1f0c7b5a10")
		switch r.URL.Path {
		case "/v2/bot/message/quota":
			io.WriteString(w, `{"type":"none"}`)
		case "/v2/bot/message/quota/consumption":
			io.WriteString(w, `{"totalUsage":0}`)
		default:
			if !bucket.Allow() {
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			<-time.After(answersAfter)
			io.WriteString(w, `{}`)
		}
	}))
	b.Cleanup(srv.Close)
	return srv.URL
}

func benchmarkDeliver(b *testing.B, followers int, cfg line.Config, change ...func(*ippo.Broadcast)) {
	c := newCenter(b, followers, options{sim: linesim.Options{DiscardMessages: true}})
	if cfg.APIEndpoint != "" {
		cfg.AccessToken = "t"
		client, err := line.New(cfg)
		if err != nil {
			b.Fatal(err)
		}
		c.line = client
	}
	b.ReportAllocs()
	sent := 0
	for b.Loop() {
		b.StopTimer()
		c.wait(24 * time.Hour) // nobody gets too much
		notice := c.approved(fmt.Sprintf("お知らせ%d", sent), change...)
		b.StartTimer()
		c.runAll()
		b.StopTimer()
		c.expect(notice, ippo.BroadcastSent, ippo.Tally{Accepted: followers})
		sent++
		b.StartTimer()
	}
	b.ReportMetric(float64(sent*followers)/b.Elapsed().Seconds(), "recipients/s")
}
