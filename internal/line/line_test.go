package line

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ippo"
)

const (
	user = "U0123456789abcdef0123456789abcdef"
	key  = "123e4567-e89b-12d3-a456-426614174000"
)

var hello = []ippo.Message{ippo.Message(`{"type":"text","text":"<b>こんにちは</b> & ようこそ"}`)}

// platform answers as LINE would, with what the test says.
func platform(t *testing.T, h http.HandlerFunc) *Client {
	t.Helper()
	return clientOf(t, h, Config{AccessToken: "secret-token"})
}

func clientOf(t *testing.T, h http.HandlerFunc, cfg Config) *Client {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	cfg.APIEndpoint, cfg.DataEndpoint = srv.URL, srv.URL
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func answer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("X-Line-Request-Id", "req-1")
	w.WriteHeader(status)
	io.WriteString(w, body)
}

func TestErrorClasses(t *testing.T) {
	multicast := func(c *Client) error {
		_, err := c.Multicast(t.Context(), key, []string{user, user}, hello, Options{})
		return err
	}
	push := func(c *Client) error { _, err := c.Push(t.Context(), key, user, hello, Options{}); return err }
	reply := func(c *Client) error { _, err := c.Reply(t.Context(), "token", hello); return err }
	profile := func(c *Client) error { _, err := c.Profile(t.Context(), user); return err }

	tests := []struct {
		name   string
		call   func(*Client) error
		status int
		body   string
		want   Class
		to     []int
	}{
		{"internal error", multicast, 500, `{"message":"Internal error"}`, Temporary, nil},
		{"a proxy's page", multicast, 502, `<html>bad gateway</html>`, Temporary, nil},
		{"a redirect is never followed", multicast, 302, ``, Temporary, nil},
		{"too fast", multicast, 429, `{"message":"The API rate limit has been exceeded. Try again later."}`, RateLimited, nil},
		{"too fast, without a word", push, 429, ``, RateLimited, nil},
		{"month used up", multicast, 429, `{"message":"You have reached your monthly limit."}`, QuotaSpent, nil},
		{"too many to one person", push, 429, `{"message":"Too many messages to the same user"}`, TooMany, nil},
		{"token", multicast, 401, `{"message":"Authentication failed due to the following reason: invalid token."}`, Unauthorized, nil},
		{"plan", profile, 403, `{"message":"Access to this API is not available for your account"}`, Forbidden, nil},
		{"blocked", profile, 404, `{"message":"Not found"}`, NotFound, nil},
		{"bad object", multicast, 400, `{"message":"The request body has 1 error(s)","details":[{"message":"May not be empty","property":"messages[0].text"}]}`, Invalid, nil},
		{"recipient in the text", multicast, 400, `{"message":"The property, to[1], in the request body is invalid (line: -, column: -)"}`, BadRecipient, []int{1}},
		{"recipients in the details", multicast, 400, `{"message":"The request body has 2 error(s)","details":[{"message":"invalid","property":"to[1]"},{"message":"invalid","property":"to[0]"}]}`, BadRecipient, []int{0, 1}},
		{"the push's recipient", push, 400, `{"message":"The property, 'to', in the request body is invalid (line: -, column: -)"}`, BadRecipient, []int{0}},
		{"too large", multicast, 413, ``, Invalid, nil},
		{"spent reply token", reply, 400, `{"message":"Invalid reply token"}`, InvalidReplyToken, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := platform(t, func(w http.ResponseWriter, r *http.Request) {
				if tt.status == 302 {
					w.Header().Set("Location", "/elsewhere")
				}
				if r.URL.Path == "/elsewhere" {
					t.Error("followed a redirect with the token")
				}
				answer(w, tt.status, tt.body)
			})
			err := tt.call(c)
			e, ok := errors.AsType[*Error](err)
			if !ok {
				t.Fatalf("got %v, want an *Error", err)
			}
			if e.Class != tt.want || e.Status != tt.status || e.RequestID != "req-1" || e.Unsent {
				t.Errorf("got %+v, want class %v", e, tt.want)
			}
			if !slices.Equal(e.Recipients, tt.to) {
				t.Errorf("recipients %v, want %v", e.Recipients, tt.to)
			}
			if strings.Contains(err.Error(), user) || strings.Contains(err.Error(), "secret-token") || strings.Contains(err.Error(), "こんにちは") {
				t.Errorf("the error tells too much: %v", err)
			}
		})
	}
}

// LINE had accepted the first try, whose answer was lost: that is success, with the first try's ID.
func TestRetryKeyAcceptedBefore(t *testing.T) {
	c := platform(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Values("X-Line-Retry-Key"); !slices.Equal(got, []string{key}) {
			t.Errorf("retry key %q", got)
		}
		w.Header().Set("X-Line-Accepted-Request-Id", "req-0")
		answer(w, http.StatusConflict, `{"message":"The retry key is already accepted"}`)
	})
	got, err := c.Push(t.Context(), key, user, hello, Options{})
	want := Receipt{Status: 409, RequestID: "req-1", AcceptedRequestID: "req-0", Duplicate: true}
	if err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestNoAnswerIsTemporary(t *testing.T) {
	hang := make(chan struct{})
	c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if strings.HasPrefix(r.URL.Path, "/v2/bot/profile/") {
			<-hang
			return
		}
		panic(http.ErrAbortHandler) // accepted, perhaps; the answer is lost
	}, Config{AccessToken: "t", Timeout: 50 * time.Millisecond})
	defer close(hang)

	_, err := c.Push(t.Context(), key, user, hello, Options{})
	if e, ok := errors.AsType[*Error](err); !ok || e.Class != Temporary || e.Unsent {
		t.Errorf("lost answer: %v", err)
	}
	_, err = c.Profile(t.Context(), user)
	if ClassOf(err) != Temporary || !errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), user) {
		t.Errorf("hanging answer: %v", err)
	}

	dead, err := New(Config{AccessToken: "t", APIEndpoint: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = dead.Push(t.Context(), key, user, hello, Options{})
	if e, ok := errors.AsType[*Error](err); !ok || e.Class != Temporary || !e.Unsent {
		t.Errorf("nobody listens: %v", err)
	}
}

// The phone draws the JSON as it was made: no zero values, nothing escaped anew.
func TestMessagesPassUntouched(t *testing.T) {
	flex := ippo.Message(`{"type":"flex","altText":"お知らせ","contents":{"type":"bubble","body":{"type":"box","layout":"horizontal","contents":[]}}}`)
	msgs := []ippo.Message{hello[0], flex}
	var bodies []string
	c := platform(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		bodies = append(bodies, r.URL.Path+" "+strings.TrimSpace(string(b)))
		answer(w, 200, `{"sentMessages":[]}`)
	})
	ctx := t.Context()
	receipt, err := c.Reply(ctx, "rt", msgs)
	if err != nil || receipt != (Receipt{Status: 200, RequestID: "req-1", AcceptedRequestID: "req-1"}) {
		t.Fatalf("reply: %+v, %v", receipt, err)
	}
	if _, err := c.Push(ctx, key, user, msgs, Options{NotificationDisabled: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Multicast(ctx, key, []string{user, user}, msgs, Options{AggregationUnit: "b_1"}); err != nil {
		t.Fatal(err)
	}
	list := string(msgs[0]) + "," + string(flex)
	want := []string{
		// The SDK's encoder escapes, which is the same JSON, but adds nothing.
		`/v2/bot/message/reply {"replyToken":"rt","notificationDisabled":false,"messages":[` + escaped(t, msgs[0]) + "," + string(flex) + `]}`,
		`/v2/bot/message/push {"to":"` + user + `","messages":[` + list + `],"notificationDisabled":true}`,
		`/v2/bot/message/multicast {"to":["` + user + `","` + user + `"],"messages":[` + list + `],"customAggregationUnits":["b_1"]}`,
	}
	if !slices.Equal(bodies, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(bodies, "\n"), strings.Join(want, "\n"))
	}
}

func escaped(t *testing.T, m ippo.Message) string {
	var b bytes.Buffer
	json.HTMLEscape(&b, m)
	return b.String()
}

// What LINE would refuse, or would take for another call, never leaves.
func TestRefusedBeforeLeaving(t *testing.T) {
	c := platform(t, func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("called %s", r.URL.Path)
		answer(w, 200, `{}`)
	})
	ctx := t.Context()
	many := slices.Repeat([]string{user}, ippo.MaxRecipients+1)
	calls := map[string]func() error{
		"path in a user ID": func() error { _, err := c.Profile(ctx, "../message/quota"); return err },
		"path in a menu ID": func() error { return c.SetDefaultRichMenu(ctx, "richmenu-1/../../x") },
		"path in content":   func() error { _, err := c.Content(ctx, "1/../../x", 1); return err },
		"no messages":       func() error { _, err := c.Reply(ctx, "t", nil); return err },
		"six messages":      func() error { _, err := c.Push(ctx, key, user, slices.Repeat(hello, 6), Options{}); return err },
		"no JSON": func() error {
			_, err := c.Push(ctx, key, user, []ippo.Message{[]byte(`{"a":`)}, Options{})
			return err
		},
		"no retry key":   func() error { _, err := c.Push(ctx, "", user, hello, Options{}); return err },
		"501 recipients": func() error { _, err := c.Multicast(ctx, key, many, hello, Options{}); return err },
		"nobody":         func() error { _, err := c.Multicast(ctx, key, nil, hello, Options{}); return err },
		"a unit's name":  func() error { _, err := c.Push(ctx, key, user, hello, Options{AggregationUnit: "日本"}); return err },
	}
	for name, call := range calls {
		err := call()
		if e, ok := errors.AsType[*Error](err); !ok || e.Class != Invalid || !e.Unsent {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := c.Multicast(ctx, key, []string{user, "U1"}, hello, Options{})
	if e, ok := errors.AsType[*Error](err); !ok || e.Class != BadRecipient || !slices.Equal(e.Recipients, []int{1}) {
		t.Errorf("malformed recipient: %v", err)
	}
}

// One resident's deadline must not leak into another's call.
func TestContextsStayApart(t *testing.T) {
	c := platform(t, func(w http.ResponseWriter, r *http.Request) {
		answer(w, 200, `{"displayName":"花子","userId":"`+user+`"}`)
	})
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := c.Profile(ended, user); !errors.Is(err, context.Canceled) {
				t.Errorf("ended context: %v", err)
			}
		})
		wg.Go(func() {
			if p, err := c.Profile(t.Context(), user); err != nil || p.DisplayName != "花子" {
				t.Errorf("live context: %+v, %v", p, err)
			}
		})
	}
	wg.Wait()
}

func TestStatelessTokens(t *testing.T) {
	var now atomic.Int64
	now.Store(time.Date(2026, 3, 31, 23, 59, 30, 0, time.UTC).Unix())
	var issued, revoked atomic.Int64
	c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth2/v3/token" {
			r.ParseForm()
			if r.Form.Get("client_id") != "1234567890" || r.Form.Get("grant_type") != "client_credentials" {
				t.Errorf("token request %v", r.Form)
			}
			if r.Form.Get("client_secret") != "new" {
				answer(w, 400, `{"error":"invalid_client","error_description":"invalid client_secret"}`)
				return
			}
			fmt.Fprintf(w, `{"token_type":"Bearer","access_token":"token-%d","expires_in":900}`, issued.Add(1))
			return
		}
		if r.Header.Get("Authorization") != fmt.Sprintf("Bearer token-%d", issued.Load()) || issued.Load() <= revoked.Load() {
			answer(w, 401, `{"message":"Authentication failed due to the following reason: invalid token."}`)
			return
		}
		if b, _ := io.ReadAll(r.Body); !bytes.Contains(b, []byte("こんにちは")) {
			t.Errorf("body %q", b)
		}
		answer(w, 200, `{}`)
	}, Config{
		ChannelID: "1234567890", ChannelSecrets: []string{"old", "new"},
		Now: func() time.Time { return time.Unix(now.Load(), 0) },
	})
	send := func() {
		t.Helper()
		if _, err := c.Push(t.Context(), key, user, hello, Options{}); err != nil {
			t.Fatal(err)
		}
	}
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(send)
	}
	wg.Wait()
	if n := issued.Load(); n != 1 {
		t.Errorf("%d tokens for ten calls at once, want 1", n)
	}
	now.Add(int64((12*time.Minute + 59*time.Second).Seconds()))
	send()
	if n := issued.Load(); n != 1 {
		t.Errorf("%d tokens while the first is good, want 1", n)
	}
	now.Add(2)
	send()
	if n := issued.Load(); n != 2 {
		t.Errorf("%d tokens after the first one's time, want 2", n)
	}
	revoked.Store(2)
	send() // 401, a new token, and the same body again
	if n := issued.Load(); n != 3 {
		t.Errorf("%d tokens after 401, want 3", n)
	}
}

func TestStatelessTokenRefused(t *testing.T) {
	c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/oauth2/v3/token" {
			t.Errorf("called %s without a token", r.URL.Path)
		}
		answer(w, 400, `{"error":"invalid_client","error_description":"invalid client_secret"}`)
	}, Config{ChannelID: "1", ChannelSecrets: []string{"hush"}})
	_, err := c.Push(t.Context(), key, user, hello, Options{})
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Class != Unauthorized || !e.Unsent || strings.Contains(err.Error(), "hush") {
		t.Errorf("got %v", err)
	}
}

func TestFixedTokenIsNotRetried(t *testing.T) {
	var calls atomic.Int64
	c := platform(t, func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1); r.Header.Get("Authorization") != "Bearer secret-token" {
			t.Errorf("authorization %q", r.Header.Get("Authorization"))
		}
		answer(w, 401, `{"message":"no"}`)
	})
	if _, err := c.BotInfo(t.Context()); ClassOf(err) != Unauthorized || calls.Load() != 1 {
		t.Errorf("%v after %d calls", err, calls.Load())
	}
}

func TestCircuit(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	c := &Circuit{Failures: 3, Cooldown: 5 * time.Second, Now: func() time.Time { return now }}
	fail := func(n int) {
		for range n {
			if !c.Allow() {
				t.Helper()
				t.Fatal("not allowed")
			}
			c.Failed()
		}
	}
	fail(2)
	c.Succeeded() // not in a row
	fail(3)
	if c.Allow() || c.State() != Open {
		t.Errorf("after 3 failures: %v", c.State())
	}
	now = now.Add(5 * time.Second)
	if c.State() != HalfOpen || !c.Allow() || c.Allow() {
		t.Error("want one probe, and no second one beside it")
	}
	c.Failed()
	if c.Allow() {
		t.Error("the probe failed, yet calls pass")
	}
	now = now.Add(5 * time.Second)
	if !c.Allow() {
		t.Fatal("no second probe")
	}
	c.Abandoned()
	if !c.Allow() {
		t.Fatal("an abandoned probe must make room for another")
	}
	c.Succeeded()
	if !c.Allow() || c.State() != Closed {
		t.Errorf("after a good probe: %v", c.State())
	}
	fail(3)
	now = now.Add(-time.Hour)
	if !c.Allow() {
		t.Error("a clock set back keeps the circuit open")
	}
}

func TestCircuitSparesLINE(t *testing.T) {
	var calls atomic.Int64
	var seen []Class
	c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		answer(w, 503, ``)
	}, Config{AccessToken: "t", CircuitFailures: 3, CircuitCooldown: time.Hour, Observe: func(o Observation) {
		if o.Op != OpPush {
			t.Errorf("observed %+v", o)
		}
		seen = append(seen, o.Class)
	}})
	var err error
	for range 5 {
		_, err = c.Push(t.Context(), key, user, hello, Options{})
	}
	e, _ := errors.AsType[*Error](err)
	if api, _ := c.Circuits(); calls.Load() != 3 || !errors.Is(err, ErrCircuitOpen) || !e.Unsent || e.Class != Temporary || api != Open {
		t.Errorf("%d calls, then %v", calls.Load(), err)
	}
	if len(seen) != 5 {
		t.Errorf("observed %v", seen)
	}
}

// Replies that fail, one after another, hold up neither the next follower's nor a broadcast.
func TestCircuitIsNotForReplies(t *testing.T) {
	c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/push") {
			answer(w, 200, `{"sentMessages":[]}`)
			return
		}
		answer(w, 503, ``)
	}, Config{AccessToken: "t", CircuitFailures: 3, CircuitCooldown: time.Hour})
	for range 5 {
		if _, err := c.Reply(t.Context(), "token", hello); err == nil || errors.Is(err, ErrCircuitOpen) {
			t.Errorf("reply: %v", err)
		}
		if _, err := c.Profile(t.Context(), user); err == nil || errors.Is(err, ErrCircuitOpen) {
			t.Errorf("profile: %v", err)
		}
	}
	if _, err := c.Push(t.Context(), key, user, hello, Options{}); err != nil {
		t.Errorf("push: %v", err)
	}
}

func TestParseRates(t *testing.T) {
	got, err := ParseRates(" multicast=20, push=0.5 ,")
	if err != nil || len(got) != 2 || got[OpMulticast] != 20 || got[OpPush] != 0.5 {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := ParseRates(""); err != nil || len(got) != 0 {
		t.Errorf("empty: %v, %v", got, err)
	}
	for in, want := range map[string]string{
		"multicast=201":     "200回",
		"multicast":         "名前=毎秒の回数",
		"pigeon=1":          "種類はありません",
		"push=0":            "0より大きい",
		"push=many":         "0より大きい",
		"push=NaN":          "0より大きい",
		"push=1,push=2":     "2回",
		"richmenu_create=1": "LINEの上限",
		"multicast=+Inf":    "LINEの上限",
		"multicast=-Inf ":   "0より大きい",
	} {
		if _, err := ParseRates(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", in, err, want)
		}
	}
}

// 40 calls at 200/s × 0.98 take 39 gaps of 5.1 ms; a first burst would make it less.
func TestPaceIsEven(t *testing.T) {
	c := platform(t, func(w http.ResponseWriter, r *http.Request) { answer(w, 200, `{}`) })
	started := time.Now()
	for range 40 {
		if _, err := c.Turn(t.Context(), OpMulticast); err != nil {
			t.Fatal(err)
		}
	}
	if took, least := time.Since(started), 39*time.Second/196; took < least-5*time.Millisecond {
		t.Errorf("40 turns took %v, want at least %v", took, least)
	}
	short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	var err error
	for range 6 {
		_, err = c.Turn(short, OpMulticast)
	}
	if e, ok := errors.AsType[*Error](err); !ok || !e.Unsent || e.Class != RateLimited {
		t.Errorf("a turn after the deadline: %v", err)
	}
}

// After a 429 everyone waits as long as LINE asked.
func TestRetryAfterHoldsTheEndpoint(t *testing.T) {
	c := platform(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "3600")
		answer(w, 429, `{"message":"The API rate limit has been exceeded. Try again later."}`)
	})
	_, err := c.Multicast(t.Context(), key, []string{user}, hello, Options{})
	if e, ok := errors.AsType[*Error](err); !ok || e.RetryAfter != time.Hour {
		t.Errorf("got %v", err)
	}
	short, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := c.Turn(short, OpMulticast); err == nil {
		t.Error("the next call did not wait")
	}
	if _, err := c.Turn(t.Context(), OpPush); err != nil {
		t.Errorf("another endpoint waits too: %v", err)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	for v, want := range map[string]time.Duration{
		"": 0, "5": 5 * time.Second, "-5": 0, "99999999": time.Hour, "soon": 0,
		now.Add(90 * time.Second).Format(http.TimeFormat): 90 * time.Second,
		now.Add(-time.Minute).Format(http.TimeFormat):     0,
	} {
		if got := retryAfter(v, now); got != want {
			t.Errorf("%q: %v, want %v", v, got, want)
		}
	}
}

func TestContent(t *testing.T) {
	c := platform(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v2/bot/message/1/content":
			w.Header().Set("Content-Type", "image/jpeg")
			answer(w, 200, "0123456789")
		case "/v2/bot/message/2/content":
			answer(w, 202, "")
		default:
			answer(w, 410, `{"message":"Gone"}`)
		}
	})
	got, err := c.Content(t.Context(), "1", 10)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if b, err := io.ReadAll(got.Body); err != nil || string(b) != "0123456789" || got.Type != "image/jpeg" {
		t.Errorf("%q %q, %v", b, got.Type, err)
	}
	small, err := c.Content(t.Context(), "1", 5)
	if err != nil {
		t.Fatal(err)
	}
	defer small.Body.Close()
	var tooLarge *http.MaxBytesError
	if _, err := io.ReadAll(small.Body); !errors.As(err, &tooLarge) {
		t.Errorf("a larger file: %v", err)
	}
	if _, err := c.Content(t.Context(), "2", 10); !errors.Is(err, ErrPreparing) || ClassOf(err) != Temporary {
		t.Errorf("still preparing: %v", err)
	}
	if _, err := c.Content(t.Context(), "3", 10); ClassOf(err) != NotFound {
		t.Errorf("unsent: %v", err)
	}
}

func TestQuotaNoneMeansUnlimited(t *testing.T) {
	body := `{"type":"none"}`
	c := platform(t, func(w http.ResponseWriter, r *http.Request) { answer(w, 200, body) })
	if q, err := c.Quota(t.Context()); err != nil || q.Limited {
		t.Errorf("none: %+v, %v", q, err)
	}
	body = `{"type":"limited","value":200}`
	if q, err := c.Quota(t.Context()); err != nil || q != (Quota{Limited: true, Limit: 200}) {
		t.Errorf("limited: %+v, %v", q, err)
	}
	body = `{"totalUsage":"`
	if _, err := c.Consumption(t.Context()); ClassOf(err) != Temporary {
		t.Errorf("a cut answer: %v", err)
	}
}

func TestValidateNamesTheField(t *testing.T) {
	c := platform(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v2/bot/message/validate/push" {
			t.Errorf("called %s", r.URL.Path)
		}
		answer(w, 400, `{"message":"The request body has 1 error(s)","details":[{"message":"Length must be between 0 and 5000","property":"messages[0].text"}]}`)
	})
	got, err := c.Validate(t.Context(), OpPush, hello)
	if err != nil || len(got) != 1 || got[0].Property != "messages[0].text" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestRichMenu(t *testing.T) {
	var calls []string
	c := platform(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		calls = append(calls, r.Method+" "+r.URL.Path+" "+strings.TrimSpace(string(b)))
		switch r.URL.Path {
		case "/v2/bot/richmenu":
			answer(w, 200, `{"richMenuId":"richmenu-1"}`)
		default:
			answer(w, 200, `{}`)
		}
	})
	ctx := t.Context()
	menu := json.RawMessage(`{"size":{"width":2500,"height":1686},"selected":true,"name":"本","chatBarText":"メニュー","areas":[{"bounds":{"x":0,"y":0,"width":10,"height":10},"action":{"type":"message","label":"見る","text":"お知らせ"}}]}`)
	id, err := c.CreateRichMenu(ctx, menu)
	if err != nil || id != "richmenu-1" {
		t.Fatalf("%q, %v", id, err)
	}
	for _, err := range []error{
		c.UploadRichMenuImage(ctx, id, "image/png", []byte("png")),
		c.SetDefaultRichMenu(ctx, id),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	want := []string{
		"POST /v2/bot/richmenu " + string(menu),
		"POST /v2/bot/richmenu/richmenu-1/content png",
		"POST /v2/bot/user/all/richmenu/richmenu-1 ",
	}
	if !slices.Equal(calls, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(calls, "\n"), strings.Join(want, "\n"))
	}
	if err := c.UploadRichMenuImage(ctx, id, "image/png", make([]byte, MaxRichMenuImage+1)); ClassOf(err) != Invalid {
		t.Errorf("a large image: %v", err)
	}
}

// One 429 that asks for an hour must not silence every reply for an hour: a token is good for a minute.
func TestRepliesWaitNoLongerThanTheirTokens(t *testing.T) {
	c := platform(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "3600")
		answer(w, http.StatusTooManyRequests, `{"message":"The API rate limit has been exceeded. Try again later."}`)
	})
	if _, err := c.Reply(t.Context(), "token", hello); ClassOf(err) != RateLimited {
		t.Fatal(err)
	}
	if wait := time.Until(c.pacers[OpReply].hold); wait <= 0 || wait > longestReplyWait {
		t.Errorf("the next reply waits %s", wait)
	}
}
