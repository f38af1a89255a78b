package jobs

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"ippo"
	"ippo/internal/line"
	"ippo/internal/linesim"
)

// readers is what staff see of a broadcast's readers.
func (c *center) readers(b *ippo.Broadcast) ippo.Readers {
	c.t.Helper()
	is, err := c.store.Broadcast(c.t.Context(), b.ID)
	if err != nil {
		c.t.Fatal(err)
	}
	r, err := c.store.Readers(c.t.Context(), is)
	if err != nil {
		c.t.Fatal(err)
	}
	return r
}

func (c *center) fetch() time.Time {
	c.t.Helper()
	next, err := c.FetchReaders(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	return next
}

func (c *center) asked() int { return c.platform.Calls()[linesim.InsightAggregation] }

// Figures come the day after from ten o'clock on, once a day, and no more after two weeks.
func TestReadersDayByDay(t *testing.T) {
	c := newCenter(t, 200, options{})
	b := c.approved("花火大会 https://example.jp/hanabi?a=1&b=2")
	c.run()
	c.fetch()
	c.at(time.Date(2026, 4, 1, 9, 59, 0, 0, ippo.Tokyo))
	if next := c.fetch(); !next.Equal(c.clock().Add(time.Minute)) || c.asked() != 0 {
		t.Errorf("before ten: next %v, %d calls", next, c.asked())
	}
	if r := c.readers(b); !r.FetchedAt.IsZero() {
		t.Errorf("before LINE was asked: %+v", r)
	}
	c.wait(time.Minute)
	c.fetch()
	c.fetch()
	r := c.readers(b)
	if c.asked() != 1 || r.Opened == nil || *r.Opened != 80 || !r.FetchedAt.Equal(c.clock()) {
		t.Errorf("%d calls, %+v", c.asked(), r)
	}
	if len(r.Links) != 1 || r.Links[0].URL != "https://example.jp/hanabi?a=1&b=2" || r.Links[0].People != nil {
		t.Errorf("ten people opened the link, which LINE hides: %+v", r.Links)
	}
	for range 20 {
		c.wait(24 * time.Hour)
		c.fetch()
	}
	r = c.readers(b)
	if c.asked() != 15 || *r.Opened != 132 || r.Clicked != nil {
		t.Errorf("after three weeks: %d calls, %d opened, %v", c.asked(), *r.Opened, r.Clicked)
	}
}

// LINE's own broadcast takes no name; its figures are asked for by the call's ID.
func TestReadersOfLinesBroadcast(t *testing.T) {
	c := newCenter(t, 200, options{})
	b := c.approved("花火大会", func(b *ippo.Broadcast) { b.Audience = ippo.Audience{All: true, Unseen: true} })
	c.run()
	c.wait(24 * time.Hour)
	c.fetch()
	r := c.readers(b)
	if n := c.platform.Calls()[linesim.InsightEvent]; n != 1 || c.asked() != 0 || r.Opened == nil || *r.Opened != 80 {
		t.Errorf("%d calls by ID, %d by name, %+v", n, c.asked(), r)
	}
}

// Under twenty people LINE tells nothing, which is not zero.
func TestReadersHidden(t *testing.T) {
	c := newCenter(t, 19, options{})
	b := c.approved("花火大会")
	c.run()
	c.wait(24 * time.Hour)
	c.fetch()
	if r := c.readers(b); r.Opened != nil || r.FetchedAt.IsZero() {
		t.Errorf("%+v", r)
	}
}

// While LINE does not tell, it is asked once an hour and no more, and what it has told stays.
func TestReadersNotTold(t *testing.T) {
	c := newCenter(t, 200, options{})
	one, two := c.approved("花火大会"), c.approved("盆おどり")
	c.run()
	c.wait(24 * time.Hour)
	c.fetch()
	c.platform.Inject(linesim.Fault{Endpoint: linesim.InsightAggregation, Status: http.StatusTooManyRequests, Times: 1})
	c.wait(24 * time.Hour)
	for range 5 {
		c.fetch()
		c.wait(time.Minute)
	}
	if c.asked() != 3 {
		t.Errorf("%d calls, want two of the day before and one", c.asked())
	}
	if r := c.readers(one); *r.Opened != 80 {
		t.Errorf("what was told the day before: %+v", r)
	}
	c.wait(time.Hour)
	c.fetch()
	for _, b := range []*ippo.Broadcast{one, two} {
		if r := c.readers(b); *r.Opened != 84 {
			t.Errorf("an hour later: %+v", r)
		}
	}
}

// Every request of a broadcast carries its name, the same at each attempt: otherwise its bytes would
// differ and it would be unknown.
func TestUnitAtEveryAttempt(t *testing.T) {
	var sent recording
	c := newCenter(t, 700, options{line: line.Config{HTTPClient: &http.Client{Transport: &sent}}})
	c.platform.Inject(linesim.Fault{Endpoint: linesim.Multicast, When: linesim.After, Status: http.StatusBadGateway, Times: 1})
	b := c.approved("断水のお知らせ")
	c.at(c.run())
	c.run()
	c.expect(b, ippo.BroadcastSent, ippo.Tally{Accepted: 700})
	if len(sent.bodies) != 3 {
		t.Errorf("%d requests, want 3", len(sent.bodies))
	}
	for _, body := range sent.bodies {
		if !strings.Contains(body, `"customAggregationUnits":["b1_20260331"]`) {
			t.Errorf("a request without the name: %.80s", body)
		}
	}
}

// So does each push of a personal one; LINE's own broadcast takes no name.
func TestUnitOfPushes(t *testing.T) {
	var sent recording
	c := newCenter(t, 2, options{line: line.Config{HTTPClient: &http.Client{Transport: &sent}}})
	c.approved("お知らせ", func(b *ippo.Broadcast) { b.Messages = []ippo.Message{text("{{name|みなさま}}へ")} })
	c.runAll()
	c.wait(2 * time.Hour)
	c.approved("大切なお知らせ", func(b *ippo.Broadcast) { b.Audience.Unseen = true })
	c.runAll()
	named := 0
	for _, body := range sent.bodies {
		if strings.Contains(body, `"customAggregationUnits":["b1_20260331"]`) {
			named++
		} else if strings.Contains(body, "customAggregationUnits") {
			t.Errorf("a name of its own: %.80s", body)
		}
	}
	if len(sent.bodies) != 3 || named != 2 {
		t.Errorf("%d of %d requests have the name, want 2 of 3", named, len(sent.bodies))
	}
}

// recording keeps the bodies of sends on their way to LINE.
type recording struct {
	mu     sync.Mutex
	bodies []string
}

func (s *recording) RoundTrip(r *http.Request) (*http.Response, error) {
	if sends(r) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.mu.Lock()
		s.bodies = append(s.bodies, string(body))
		s.mu.Unlock()
	}
	return http.DefaultTransport.RoundTrip(r)
}

// The 1,001st name of a month is not counted, and staff can see why there are no figures.
func TestReadersUncounted(t *testing.T) {
	c := newCenter(t, 30, options{})
	b := c.approved("花火大会")
	c.run()
	if r := c.readers(b); r.Uncounted {
		t.Errorf("the first of the month: %+v", r)
	}
	c.sql(`INSERT INTO broadcasts (title, messages, content, audience, origin, status, author_id, created_at, updated_at, started_at, finished_at, unit)
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
		SELECT 'x', '[]', x'00', '{}', 'api', 'sent', 1, '2026-03-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z', 'u' || i FROM n`)
	if r := c.readers(b); !r.Uncounted {
		t.Errorf("the 1,001st of the month: %+v", r)
	}
}
