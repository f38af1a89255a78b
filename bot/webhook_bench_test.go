package bot

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"testing"
)

// BenchmarkWebhook is what one webhook costs from its arrival to LINE's 200 while the events before it
// are being handled: a burst after a broadcast.
func BenchmarkWebhook(b *testing.B) {
	c := openCenter(b, slog.New(slog.DiscardHandler))
	c.fill()
	var n atomic.Int64
	b.SetParallelism(32)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 128}}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := n.Add(1)
			body := fmt.Appendf(nil, `{"destination":"U%032x","events":[{"type":"message","mode":"active","timestamp":%d,`+
				`"webhookEventId":"%026d","deliveryContext":{"isRedelivery":false},"source":{"type":"user","userId":"U%032x"},`+
				`"replyToken":"%032x","message":{"type":"sticker","id":"%d","packageId":"446","stickerId":"1988"}}]}`,
				1, c.clock.Now().UnixMilli(), i, i%1000+1, i, i)
			req, err := http.NewRequest(http.MethodPost, c.url+"/line/webhook", bytes.NewReader(body))
			if err != nil {
				b.Error(err)
				return
			}
			req.Header.Set("X-Line-Signature", c.platform.Sign(body))
			res, err := client.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			res.Body.Close()
			if res.StatusCode != http.StatusOK {
				b.Errorf("webhook %d: %s", i, res.Status)
			}
		}
	})
}
