package jobs

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"ippo"
	"ippo/internal/line"
	"ippo/internal/linesim"
)

// BenchmarkDeliver30k is a broadcast to 30,000 followers by way of a simulated LINE that answers at
// once and without rates: the ledger, the requests and the simulator.
func BenchmarkDeliver30k(b *testing.B) {
	benchmarkDeliver(b, 30_000, "")
}

// BenchmarkDeliver300kStandIn is one to 300,000 with a stand-in that only says yes: the engine alone.
func BenchmarkDeliver300kStandIn(b *testing.B) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("X-Line-Request-Id", "3f1d4b1e-6a10-4c33-9b4f-2b1f0c7b5a10")
		if r.URL.Path == "/v2/bot/message/quota" {
			io.WriteString(w, `{"type":"none"}`)
			return
		}
		io.WriteString(w, `{"totalUsage":0}`)
	}))
	b.Cleanup(srv.Close)
	benchmarkDeliver(b, 300_000, srv.URL)
}

func benchmarkDeliver(b *testing.B, followers int, standIn string) {
	c := newCenter(b, followers, options{sim: linesim.Options{DiscardMessages: true}})
	if standIn != "" {
		client, err := line.New(line.Config{AccessToken: "t", APIEndpoint: standIn, Unpaced: true})
		if err != nil {
			b.Fatal(err)
		}
		c.line = client
	}
	b.ReportAllocs()
	sent := 0
	for b.Loop() {
		b.StopTimer()
		notice := c.approved(fmt.Sprintf("お知らせ%d", sent))
		b.StartTimer()
		c.run()
		b.StopTimer()
		c.expect(notice, ippo.BroadcastSent, ippo.Tally{Accepted: followers})
		sent++
		b.StartTimer()
	}
	b.ReportMetric(float64(sent*followers)/b.Elapsed().Seconds(), "recipients/s")
}
