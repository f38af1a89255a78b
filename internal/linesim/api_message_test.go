package linesim_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"ippo/internal/linesim"
)

func TestFollowSayReply(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	u := w.AddUser(linesim.User{DisplayName: "みらい花子"})
	if err := w.Follow(u.ID); err != nil {
		t.Fatal(err)
	}
	follow := w.last("follow")
	if follow.Source.UserID != u.ID || follow.Follow.IsUnblocked || follow.ReplyToken == "" || len(follow.ID) != 26 {
		t.Errorf("follow event %+v", follow)
	}
	if _, err := w.Say(u.ID, "こんにちは"); err != nil {
		t.Fatal(err)
	}
	said := w.last("message")
	if said.Message.Text != "こんにちは" {
		t.Errorf("message event %+v", said)
	}
	answer := fmt.Sprintf(`{"replyToken":%q,"messages":[%s]}`, said.ReplyToken, text("ようこそ"))
	r := w.want(w.call("POST", "/v2/bot/message/reply", answer), 200)
	if r.Header.Get("X-Line-Request-Id") == "" {
		t.Error("no request id")
	}
	again := w.want(w.call("POST", "/v2/bot/message/reply", answer), 400)
	if again.Body != `{"message":"Invalid reply token"}` {
		t.Errorf("second reply: %s", again.Body)
	}
	if sent := w.SentTo(u.ID); len(sent) != 1 || string(sent[0]) != text("ようこそ") {
		t.Errorf("sent %s", sent)
	}
	if w.Used() != 0 {
		t.Error("a reply was counted")
	}
}

func TestReplyTokenAge(t *testing.T) {
	for _, tc := range []struct {
		name       string
		wait       time.Duration
		redelivery time.Duration // how long after the event the webhook comes again; 0: it does not
		want       int
	}{
		{"within a minute", time.Minute, 0, 200},
		{"after a minute", time.Minute + time.Second, 0, 400},
		{"redelivered later, within a minute of that", 50 * time.Second, 10 * time.Minute, 200},
		{"redelivered later, more than a minute ago", 61 * time.Second, 10 * time.Minute, 400},
		{"redelivered, but twenty minutes after the event", 30 * time.Second, 20 * time.Minute, 400},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t, linesim.Options{})
			u := w.friend("花子")
			w.Say(u.ID, "はい")
			said := w.last("message")
			if tc.redelivery > 0 {
				w.advance(tc.redelivery)
				if err := w.Redeliver(said.ID); err != nil {
					t.Fatal(err)
				}
				if again := w.last("message"); !again.DeliveryContext.IsRedelivery || again.ReplyToken != said.ReplyToken {
					t.Errorf("redelivered as %+v", again)
				}
			}
			w.advance(tc.wait)
			body := fmt.Sprintf(`{"replyToken":%q,"messages":[%s]}`, said.ReplyToken, text("どうぞ"))
			w.want(w.call("POST", "/v2/bot/message/reply", body), tc.want)
		})
	}
}

// A reply that LINE refuses for its messages has not spent the token.
func TestRefusedReplyKeepsToken(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	u := w.friend("花子")
	w.Say(u.ID, "はい")
	token := w.last("message").ReplyToken
	w.want(w.call("POST", "/v2/bot/message/reply", fmt.Sprintf(`{"replyToken":%q,"messages":[]}`, token)), 400)
	w.want(w.call("POST", "/v2/bot/message/reply", fmt.Sprintf(`{"replyToken":%q,"messages":[%s]}`, token, text("どうぞ"))), 200)
}

func TestPush(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	friend, blocker := w.friend("花子"), w.friend("太郎")
	w.Block(blocker.ID)
	wrote := w.AddUser(linesim.User{DisplayName: "通りがかり"})
	w.Say(wrote.ID, "質問です")
	stranger := w.AddUser(linesim.User{DisplayName: "知らない人"})
	for _, tc := range []struct {
		name, to     string
		status, gets int
		body         string
		week         bool // a week after they wrote
	}{
		{name: "friend", to: friend.ID, status: 200, gets: 1},
		{name: "who blocks gets nothing, LINE says 200", to: blocker.ID, status: 200},
		{name: "who wrote lately", to: wrote.ID, status: 200, gets: 1},
		{name: "who wrote a week ago", to: wrote.ID, status: 200, week: true},
		{name: "whom the account never met", to: stranger.ID, status: 400, body: "Failed to send messages"},
		{name: "nobody", to: "U" + strings.Repeat("0", 32), status: 400, body: "Failed to send messages"},
		{name: "malformed", to: "花子", status: 400, body: "The property, to, in the request body is invalid (line: -, column: -)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.week {
				w.advance(7 * 24 * time.Hour)
			}
			before, used := w.Received(tc.to), w.Used()
			r := w.want(w.call("POST", "/v2/bot/message/push", pushTo(tc.to, "お知らせ")), tc.status)
			if got := w.Received(tc.to) - before; got != tc.gets {
				t.Errorf("received %d messages, want %d", got, tc.gets)
			}
			if got := w.Used() - used; got != int64(tc.gets) {
				t.Errorf("%d counted towards the quota, want %d", got, tc.gets)
			}
			if tc.status == 200 {
				var answer struct{ SentMessages []struct{ ID string } }
				if r.decode(t, &answer); len(answer.SentMessages) != 1 || answer.SentMessages[0].ID == "" {
					t.Errorf("answer %s", r.Body)
				}
			} else if !strings.Contains(r.Body, tc.body) {
				t.Errorf("answer %s, want %q", r.Body, tc.body)
			}
		})
	}
}

func multicastTo(s string, ids ...string) string {
	list, err := json.Marshal(ids)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(`{"to":%s,"messages":[%s],"notificationDisabled":false,"customAggregationUnits":null}`, list, text(s))
}

func TestMulticast(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	a, b, blocker := w.friend("あ"), w.friend("い"), w.friend("う")
	w.Block(blocker.ID)
	unknown := "U" + strings.Repeat("f", 32)
	r := w.want(w.call("POST", "/v2/bot/message/multicast", multicastTo("断水", a.ID, b.ID, blocker.ID, unknown)), 200)
	if r.Body != "{}" {
		t.Errorf("answer %s", r.Body)
	}
	if w.Received(a.ID) != 1 || w.Received(b.ID) != 1 || w.Received(blocker.ID) != 0 || w.Used() != 2 {
		t.Errorf("received %d %d %d, counted %d", w.Received(a.ID), w.Received(b.ID), w.Received(blocker.ID), w.Used())
	}

	// One malformed ID and nobody is served.
	r = w.want(w.call("POST", "/v2/bot/message/multicast", multicastTo("断水", a.ID, "U1", b.ID)), 400)
	if want := `{"message":"The property, to[1], in the request body is invalid (line: -, column: -)"}`; r.Body != want {
		t.Errorf("answer %s, want %s", r.Body, want)
	}
	many := make([]string, 501)
	for i := range many {
		many[i] = a.ID
	}
	w.want(w.call("POST", "/v2/bot/message/multicast", multicastTo("断水", many...)), 400)
	w.want(w.call("POST", "/v2/bot/message/multicast", multicastTo("断水")), 400)
	if w.Received(a.ID) != 1 || w.Received(b.ID) != 1 {
		t.Error("a refused multicast reached somebody")
	}
}

// LINE documents both ways of treating an ID that it has never seen.
func TestMulticastRefusesUnknown(t *testing.T) {
	w := newWorld(t, linesim.Options{RefuseUnknownRecipients: true})
	a := w.friend("あ")
	r := w.want(w.call("POST", "/v2/bot/message/multicast", multicastTo("断水", a.ID, "U"+strings.Repeat("f", 32))), 400)
	if !strings.Contains(r.Body, "to[1]") || w.Received(a.ID) != 0 {
		t.Errorf("answer %s, received %d", r.Body, w.Received(a.ID))
	}
}

func TestBroadcastAndNarrowcast(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	a, blocker := w.friend("あ"), w.friend("い")
	w.Block(blocker.ID)
	w.AddUser(linesim.User{DisplayName: "友だちでない"})
	body := fmt.Sprintf(`{"messages":[%s,%s]}`, text("一"), text("二"))
	w.want(w.call("POST", "/v2/bot/message/broadcast", body), 200)
	if w.Received(a.ID) != 2 || w.Received(blocker.ID) != 0 {
		t.Error("LINE's broadcast goes to friends only")
	}
	if w.Used() != 1 {
		t.Errorf("counted %d: two bubbles to one person are one message", w.Used())
	}
	r := w.want(w.call("POST", "/v2/bot/message/narrowcast", body), 403)
	if !strings.Contains(r.Body, "Access to this API is not available for your account") {
		t.Errorf("narrowcast: %s", r.Body)
	}
}

func TestRetryKey(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	a := w.friend("あ")
	key := header{"X-Line-Retry-Key": uuid.NewString()}

	first := w.want(w.call("POST", "/v2/bot/message/push", pushTo(a.ID, "一度だけ"), key), 200)
	second := w.want(w.call("POST", "/v2/bot/message/push", pushTo(a.ID, "一度だけ"), key), 409)
	if w.Received(a.ID) != 1 {
		t.Errorf("received %d messages, want 1", w.Received(a.ID))
	}
	if got := second.Header.Get("X-Line-Accepted-Request-Id"); got != first.Header.Get("X-Line-Request-Id") {
		t.Errorf("accepted request id %q", got)
	}
	var sent, repeated struct {
		Message      string
		SentMessages []struct{ ID string }
	}
	first.decode(t, &sent)
	second.decode(t, &repeated)
	if repeated.Message != "The retry key is already accepted" || len(repeated.SentMessages) != 1 ||
		repeated.SentMessages[0] != sent.SentMessages[0] {
		t.Errorf("conflict %s after %s", second.Body, first.Body)
	}

	// After 24 hours the same key is a new request.
	w.advance(24*time.Hour - time.Second)
	w.want(w.call("POST", "/v2/bot/message/push", pushTo(a.ID, "一度だけ"), key), 409)
	w.advance(time.Second)
	w.want(w.call("POST", "/v2/bot/message/push", pushTo(a.ID, "一度だけ"), key), 200)
	if w.Received(a.ID) != 2 {
		t.Errorf("received %d messages, want 2", w.Received(a.ID))
	}

	multi := header{"X-Line-Retry-Key": uuid.NewString()}
	w.want(w.call("POST", "/v2/bot/message/multicast", multicastTo("断水", a.ID), multi), 200)
	conflict := w.want(w.call("POST", "/v2/bot/message/multicast", multicastTo("断水", a.ID), multi), 409)
	if strings.Contains(conflict.Body, "sentMessages") {
		t.Errorf("multicast conflict %s", conflict.Body)
	}
}

func TestRetryKeyRefused(t *testing.T) {
	w := newWorld(t, linesim.Options{Quota: 1})
	a := w.friend("あ")
	push := func(h header) response { return w.call("POST", "/v2/bot/message/push", pushTo(a.ID, "一"), h) }
	w.want(push(header{"X-Line-Retry-Key": "yesterday"}), 400)
	w.want(push(header{"X-Line-Retry-Key": ""}), 200) // SDKs send an empty one
	key := header{"X-Line-Retry-Key": uuid.NewString()}
	w.want(push(key), 429) // the quota is spent: nothing was accepted under the key
	w.SetQuota(2)
	w.want(push(key), 200)

	w.Say(a.ID, "はい")
	body := fmt.Sprintf(`{"replyToken":%q,"messages":[%s]}`, w.last("message").ReplyToken, text("どうぞ"))
	w.want(w.call("POST", "/v2/bot/message/reply", body, key), 400)
	w.want(w.call("GET", "/v2/bot/info", "", key), 400)
	w.want(w.call("POST", "/v2/bot/message/reply", body, header{"X-Line-Retry-Key": ""}), 200)
}

func TestMonthlyQuota(t *testing.T) {
	w := newWorld(t, linesim.Options{Quota: 3})
	a, b := w.friend("あ"), w.friend("い")
	w.want(w.call("POST", "/v2/bot/message/multicast", multicastTo("一", a.ID, b.ID)), 200)
	r := w.want(w.call("POST", "/v2/bot/message/multicast", multicastTo("二", a.ID, b.ID)), 429)
	if r.Body != `{"message":"You have reached your monthly limit."}` {
		t.Errorf("answer %s", r.Body)
	}
	if w.Received(a.ID) != 1 {
		t.Error("a send over the limit reached somebody")
	}
	if q := w.call("GET", "/v2/bot/message/quota", ""); q.Body != `{"type":"limited","value":3}` {
		t.Errorf("quota %s", q.Body)
	}
	if u := w.call("GET", "/v2/bot/message/quota/consumption", ""); u.Body != `{"totalUsage":2}` {
		t.Errorf("consumption %s", u.Body)
	}
	w.advance(30 * time.Second) // 1 April in Japan
	w.want(w.call("POST", "/v2/bot/message/multicast", multicastTo("二", a.ID, b.ID)), 200)
	if u := w.call("GET", "/v2/bot/message/quota/consumption", ""); u.Body != `{"totalUsage":2}` {
		t.Errorf("consumption of the new month %s", u.Body)
	}
	w.SetQuota(0)
	if q := w.call("GET", "/v2/bot/message/quota", ""); q.Body != `{"type":"none"}` {
		t.Errorf("quota %s", q.Body)
	}
}

func TestRates(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	body := fmt.Sprintf(`{"messages":[%s]}`, text("一"))
	for i := range 60 {
		if r := w.call("POST", "/v2/bot/message/broadcast", body); r.Status != 200 {
			t.Fatalf("broadcast %d: %d", i, r.Status)
		}
	}
	r := w.want(w.call("POST", "/v2/bot/message/broadcast", body), 429)
	if r.Body != `{"message":"The API rate limit has been exceeded. Try again later."}` || r.Header.Get("X-Line-Request-Id") == "" {
		t.Errorf("answer %s", r.Body)
	}
	w.want(w.call("POST", "/v2/bot/message/validate/broadcast", body), 200) // another endpoint, another bucket
	w.advance(time.Minute)                                                  // 60 an hour come back one a minute
	w.want(w.call("POST", "/v2/bot/message/broadcast", body), 200)
	w.want(w.call("POST", "/v2/bot/message/broadcast", body), 429)
}

func TestRatesReplaced(t *testing.T) {
	w := newWorld(t, linesim.Options{Rates: map[linesim.Endpoint]linesim.Rate{linesim.Push: {Requests: 2, Per: time.Second}}})
	a := w.friend("あ")
	for _, want := range []int{200, 200, 429} {
		w.want(w.call("POST", "/v2/bot/message/push", pushTo(a.ID, "一")), want)
	}
	w.advance(500 * time.Millisecond)
	w.want(w.call("POST", "/v2/bot/message/push", pushTo(a.ID, "一")), 200)
}

func TestRequestsThatAreRefused(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	a := w.friend("あ")
	for _, tc := range []struct {
		name, method, path, body string
		header                   header
		status                   int
		message                  string
	}{
		{"no token", "POST", "/v2/bot/message/push", pushTo(a.ID, "一"), header{"Authorization": ""}, 401, "Authentication failed due to the following reason: missing token."},
		{"wrong token", "GET", "/v2/bot/info", "", header{"Authorization": "Bearer nobody"}, 401, "invalid token"},
		{"broken JSON", "POST", "/v2/bot/message/push", "{\n  \"to\": }", nil, 400, "The request body could not be parsed as JSON (line: 2, column: 9)"},
		{"wrong JSON type", "POST", "/v2/bot/message/push", `{"to":["x"],"messages":[]}`, nil, 400, "The property, to, in the request body is invalid"},
		{"no messages", "POST", "/v2/bot/message/push", fmt.Sprintf(`{"to":%q,"messages":[]}`, a.ID), nil, 400, "The request body has 1 error(s)"},
		{"form", "POST", "/v2/bot/message/push", "to=x", header{"Content-Type": "application/x-www-form-urlencoded"}, 415, "The content type, application/x-www-form-urlencoded, is not supported"},
		{"over 2 MB", "POST", "/v2/bot/message/push", pushTo(a.ID, strings.Repeat("あ", 700_000)), nil, 413, "2MB"},
		{"trailing slash", "POST", "/v2/bot/message/push/", pushTo(a.ID, "一"), nil, 404, "Not found"},
		{"no such call", "GET", "/v2/bot/nothing", "", nil, 404, "Not found"},
		{"two units", "POST", "/v2/bot/message/push", fmt.Sprintf(`{"to":%q,"messages":[%s],"customAggregationUnits":["a","b"]}`, a.ID, text("一")), nil, 400, "customAggregationUnits"},
		{"bad unit", "POST", "/v2/bot/message/push", fmt.Sprintf(`{"to":%q,"messages":[%s],"customAggregationUnits":["春"]}`, a.ID, text("一")), nil, 400, "customAggregationUnits[0]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := w.want(w.call(tc.method, tc.path, tc.body, tc.header), tc.status)
			if !strings.Contains(r.Body, tc.message) {
				t.Errorf("answer %s, want %q", r.Body, tc.message)
			}
			if r.Header.Get("X-Line-Request-Id") == "" {
				t.Error("no request id")
			}
		})
	}
	if w.Received(a.ID) != 0 {
		t.Error("a refused request reached somebody")
	}
}

func TestValidateEndpoints(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	for _, kind := range []string{"reply", "push", "multicast", "narrowcast", "broadcast"} {
		w.want(w.call("POST", "/v2/bot/message/validate/"+kind, fmt.Sprintf(`{"messages":[%s]}`, text("一"))), 200)
		r := w.want(w.call("POST", "/v2/bot/message/validate/"+kind, `{"messages":[{"type":"text","text":""},{"type":"song"}]}`), 400)
		want := `{"message":"The request body has 2 error(s)","details":[{"message":"May not be empty","property":"messages[0].text"},`
		if !strings.HasPrefix(r.Body, want) || !strings.Contains(r.Body, `"property":"messages[1].type"`) {
			t.Errorf("%s: %s", kind, r.Body)
		}
	}
}

func TestAggregationUnits(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	a := w.friend("あ")
	w.want(w.call("POST", "/v2/bot/message/push", fmt.Sprintf(`{"to":%q,"messages":[%s],"customAggregationUnits":["spring_1"]}`, a.ID, text("一"))), 200)
	if r := w.call("GET", "/v2/bot/message/aggregation/list", ""); r.Body != `{"customAggregationUnits":["spring_1"]}` {
		t.Errorf("list %s", r.Body)
	}
	if r := w.call("GET", "/v2/bot/message/aggregation/info", ""); r.Body != `{"numOfCustomAggregationUnits":1}` {
		t.Errorf("info %s", r.Body)
	}
	r := w.want(w.call("GET", "/v2/bot/insight/message/event/aggregation?customAggregationUnit=spring_1&from=20260301&to=20260331", ""), 200)
	if !strings.Contains(r.Body, `"uniqueImpression":null`) {
		t.Errorf("figures under twenty are hidden: %s", r.Body)
	}
	w.want(w.call("GET", "/v2/bot/insight/message/event/aggregation?customAggregationUnit=spring_1&from=20260201&to=20260331", ""), 400)
}

// Of 400 people 160 look on the first day and more on the next ones; today is not counted yet.
func TestReadersOfAUnit(t *testing.T) {
	w := newWorld(t, linesim.Options{}) // 31 March, 23:59:30 in Japan
	ids := make([]string, 400)
	for i := range ids {
		ids[i] = w.friend("あ").ID
	}
	body := func(name string) string {
		return strings.Replace(multicastTo("https://example.jp/a と https://example.jp/b", ids...), `"customAggregationUnits":null`, `"customAggregationUnits":["`+name+`"]`, 1)
	}
	w.want(w.call("POST", "/v2/bot/message/multicast", body("spring_1")), 200)
	figures := func(name, to string) string {
		return w.want(w.call("GET", "/v2/bot/insight/message/event/aggregation?customAggregationUnit="+name+"&from=20260331&to="+to, ""), 200).Body
	}
	if got := figures("spring_1", "20260331"); !strings.Contains(got, `"clicks":[]`) || !strings.Contains(got, `"uniqueImpression":null`) {
		t.Errorf("before the day is over: %s", got)
	}
	w.advance(30 * time.Second)
	want := `"clicks":[{"click":24,"seq":1,"uniqueClick":20,"uniqueClickOfRequest":20,"url":"https://example.jp/a"},` +
		`{"click":null,"seq":1,"uniqueClick":null,"uniqueClickOfRequest":null,"url":"https://example.jp/b"}]`
	if got := figures("spring_1", "20260401"); !strings.Contains(got, want) || !strings.Contains(got, `"uniqueImpression":160`) {
		t.Errorf("after a day: %s", got)
	}
	w.advance(24 * time.Hour)
	if got := figures("spring_1", "20260401"); !strings.Contains(got, `"uniqueImpression":168`) {
		t.Errorf("after two days: %s", got)
	}
	if got := figures("Spring_1", "20260401"); !strings.Contains(got, `"uniqueImpression":null`) {
		t.Errorf("another name: %s", got)
	}
}
