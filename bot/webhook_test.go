package bot

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/internal/linesim"
)

func sign(secret string, body []byte) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write(body)
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// send posts a webhook with any signature.
func (c *center) send(body []byte, signature string) (status int, answer string) {
	c.t.Helper()
	req, err := http.NewRequest(http.MethodPost, c.url+"/line/webhook", bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if signature != "" {
		req.Header.Set("X-Line-Signature", signature)
	}
	res, err := http.DefaultClient.Do(req)
	p := received(c.t, res, err)
	return p.status, p.body
}

func TestWebhookSignature(t *testing.T) {
	c := newCenter(t)
	body := []byte(`{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}`)
	// LINE's own example: https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/
	const example = "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="
	for name, test := range map[string]struct {
		body      []byte
		signature string
		want      int
	}{
		"LINE's example":    {body, example, 200},
		"the other secret":  {body, sign("another", body), 200},
		"an unknown secret": {body, sign("nobody's", body), 401},
		"none":              {body, "", 401},
		"not base64":        {body, "%%%", 401},
		"of another body":   {append([]byte(" "), body...), example, 401},
		"no body":           {nil, sign(testSecret, nil), 400},
		"no JSON":           {[]byte("x"), sign(testSecret, []byte("x")), 400},
		"no events":         {[]byte(`{}`), sign(testSecret, []byte(`{}`)), 200},
		"too long":          {bytes.Repeat([]byte(" "), maxWebhook+1), sign(testSecret, bytes.Repeat([]byte(" "), maxWebhook+1)), 413},
	} {
		status, answer := c.send(test.body, test.signature)
		if status != test.want || answer != "" {
			t.Errorf("%s: %d %q, want %d and nothing else", name, status, answer, test.want)
		}
	}
}

// One bad event, or one of a kind that LINE made up after us, never hurts its neighbours.
func TestBadNeighbours(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	follow := c.resident("ja")
	body := fmt.Sprintf(`{"destination":"U0","unknown":{"a":[1]},"events":[
		17, null, "text", {"type":5}, {},
		{"type":"teleport","mode":"active","timestamp":1,"webhookEventId":"E1","source":{"type":"user","userId":%q},"replyToken":"t1","x":1},
		{"type":"message","mode":"active","timestamp":"soon","webhookEventId":"E2","source":[],"message":{"type":"text","id":"1","text":"メニュー"}},
		{"type":"message","mode":"active","timestamp":1,"webhookEventId":"E3","source":{"type":"user","userId":%q},"replyToken":"t3","message":{"type":"hologram","id":"2"}},
		{"type":"message","mode":"standby","timestamp":1,"webhookEventId":"E4","source":{"type":"user","userId":%q},"message":{"type":"text","id":"3","text":"助けて"}},
		{"type":"unfollow","mode":"active","timestamp":%d,"webhookEventId":"E5","source":{"type":"user","userId":%q},"new":true}
	]}`, r.id, r.id, r.id, c.clock.Now().UnixMilli(), r.id)
	if status, _ := c.send([]byte(body), sign(testSecret, []byte(body))); status != 200 {
		t.Fatalf("status %d", status)
	}
	r.idle()
	if r.me().Status != ippo.FollowerBlocked {
		t.Error("the good event had no effect")
	}
	if n := c.platform.Calls()[linesim.Reply]; n != 4 { // the friend's four of the settings
		t.Errorf("%d replies", n)
	}
	if list := c.requests(); len(list) != 0 {
		t.Errorf("standby: %+v", list)
	}
	follow.follow().has("ありがとうございます")
}

// However often LINE delivers an event, and in whatever order, it has one effect.
func TestDuplicates(t *testing.T) {
	c := newCenter(t)
	c.platform.SetWebhooks(linesim.WebhookSettings{Duplicates: 3, EventsPerBody: 5, Parallel: 8})
	r := c.friend()
	a := r.tap(r.say("えほん"), "えほんの広場")
	r.tap(a, "見学したい")
	r.say("助けて")
	r.idle()
	if list := c.requests(); len(list) != 2 {
		t.Errorf("desk: %+v", list)
	}
	// follow, three skips, えほん, the group, 見学したい, 助けて
	if n := c.platform.Calls()[linesim.Reply]; n != 8 {
		t.Errorf("%d calls of reply, want 8", n)
	}
	if got := len(c.platform.SentTo(r.id)); got != r.seen {
		t.Errorf("%d messages after the last answer", got-r.seen)
	}
}

// One follower's events are handled in the order in which they happened.
func TestOrder(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	r.say("設定")
	var events []any
	for i, text := range []string{"地域", "1", "次へ", "分野", "2", "次へ"} {
		events = append([]any{map[string]any{
			"type": "message", "mode": "active", "timestamp": c.clock.Now().UnixMilli() + int64(i), "webhookEventId": fmt.Sprint("O", i),
			"source": map[string]any{"type": "user", "userId": r.id}, "message": map[string]any{"type": "text", "id": fmt.Sprint(i), "text": text},
		}}, events...) // the last first
	}
	body, _ := json.Marshal(map[string]any{"destination": "U0", "events": events})
	if status, _ := c.send(body, sign(testSecret, body)); status != 200 {
		t.Fatal(status)
	}
	r.idle()
	if f := r.me(); f.Areas != ippo.ChoiceOf(0) || f.Topics != ippo.ChoiceOf(1) {
		t.Errorf("kept %+v", f.Preferences)
	}
}

// A reply whose answer was lost is sent again with its token; LINE refuses it, and nobody is pushed to.
func TestLostAnswerOfAReply(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	for _, fault := range []linesim.Fault{
		{Endpoint: linesim.Reply, When: linesim.After, Status: 500, Times: 1},
		{Endpoint: linesim.Reply, When: linesim.After, Drop: true, Times: 1},
		{Endpoint: linesim.Reply, When: linesim.Before, Status: 500, Times: 2},
		{Endpoint: linesim.Reply, When: linesim.Before, Status: 429, Times: 1},
	} {
		remove := c.platform.Inject(fault)
		r.say("メニュー").has("団体をさがす")
		r.idle()
		remove()
		if extra := len(c.platform.SentTo(r.id)) - r.seen; extra != 0 {
			t.Errorf("%+v: %d messages too many", fault, extra)
		}
	}
	if n := c.platform.Calls()[linesim.Push]; n != 0 {
		t.Errorf("%d pushes", n)
	}
}

// One follower whose reply hangs does not keep the others waiting.
func TestSlowReplyStallsNobodyElse(t *testing.T) {
	c := newCenter(t)
	slow, quick := c.friend(), c.friend()
	hangs := make(chan struct{}, 1)
	remove := c.platform.Inject(linesim.Fault{Endpoint: linesim.Reply, Hang: true, Times: 1, Match: func(*http.Request) bool {
		select {
		case hangs <- struct{}{}:
		default:
		}
		return true
	}})
	if _, err := c.platform.Say(slow.id, "メニュー"); err != nil {
		t.Fatal(err)
	}
	<-hangs
	quick.say("メニュー").has("団体をさがす")
	remove()
}

// The profile is nice to have: the greeting does not wait for it.
func TestGreetingWithoutProfile(t *testing.T) {
	c := newCenter(t)
	c.platform.Inject(linesim.Fault{Endpoint: linesim.Profile, Status: 500})
	c.resident("en").follow().has("友だち追加ありがとうございます")
}

// Somebody who was a friend before the bot was there is made acquainted by their first message.
func TestFriendFromBefore(t *testing.T) {
	c := newCenter(t)
	u := c.platform.AddUser(linesim.User{DisplayName: "古い友だち", Language: "ja", Friend: true})
	r := &resident{center: c, id: u.ID}
	r.say("メニュー").has("団体をさがす")
	if f := r.me(); f.DisplayName != "古い友だち" || f.Status != ippo.FollowerActive {
		t.Errorf("%+v", f)
	}
}

// When the program ends, what is under way is finished, and the rest waits for the next start.
func TestDrain(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	c.stop()
	<-c.stopped
	if _, err := c.platform.Say(r.id, "助けて"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := c.platform.WaitIdle(ctx); err != nil {
		t.Fatal(err)
	}
	open, err := c.store.OpenEvents(ctx, 0, 10)
	if err != nil || len(open) != 1 || !strings.Contains(string(open[0].Payload), "助けて") {
		t.Fatalf("open %+v, %v", open, err)
	}
	again, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- c.bot.Run(again) }()
	r.answer().has("119")
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if open, err := c.store.OpenEvents(ctx, 0, 10); err != nil || len(open) != 0 {
		t.Errorf("open %+v, %v", open, err)
	}
}

// What people tell of themselves is nowhere in the database in clear.
func TestNothingPersonalInClear(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	secrets := []string{"ひみつのことば", "助けてください", "09012345678", "090-1234-5678", "山田花子", "やまだ はなこ", "笑顔のまち", "会いたいです", "山田 花子", "夫が仕事をやめて", "うちの事情"}
	r.say("団体をさがす")
	r.say("4")
	r.say("ひみつのことば")
	r.say("助けてください")
	r.tap(r.say("090-1234-5678"), "この番号に電話をもらう")
	phone := browser(t)
	link := r.signUp()
	post(t, phone, link, nil)
	post(t, phone, link+"/form", url.Values{"name": {"山田 花子"}, "kana": {"やまだ はなこ"}, "contact": {"090-1234-5678"}, "ageBand": {"40s"}, "vision": {"笑顔のまち"}}).is(200)
	r.notice()
	link = r.say("電話").page("連絡先を入力する")
	post(t, phone, link, nil)
	post(t, phone, link+"/form", url.Values{"name": {"山田 花子"}, "contact": {"090-1234-5678"}, "text": {"会いたいです"}}).is(200)
	const moved = "相談です。夫が仕事をやめてから家にこもりがちで、出かける場所をさがしています。"
	link = r.say(moved).page("相談の部屋を開く")
	post(t, phone, link, nil).is(200, moved)
	post(t, phone, link+"/form", url.Values{"text": {"うちの事情です"}}).is(200)
	r.say(moved) // and never sent
	r.idle()
	files, err := filepath.Glob(c.dir + "/*")
	if err != nil || len(files) < 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, f := range files {
		content, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range secrets {
			if bytes.Contains(content, []byte(s)) {
				t.Errorf("%s holds %q", filepath.Base(f), s)
			}
		}
	}
}
