package linesim

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// desk is a platform, a small bot and the phone's pages, all on this machine.
type desk struct {
	*Platform
	api   *httptest.Server // LINE's API
	phone *httptest.Server // the phone under /phone/, and a page of the bot's at /r/form
}

// newDesk starts one. Its bot greets with a quick reply, answers a choice with a card whose button sends a
// postback, and repeats what it is told.
func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{}
	bot := httptest.NewServer(http.HandlerFunc(d.bot))
	t.Cleanup(bot.Close)
	d.Platform = New(Options{WebhookURL: bot.URL, DisplayName: "みらい市 市民協働センター", AllowLoopbackHTTP: true})
	d.api = httptest.NewServer(d.Handler())
	t.Cleanup(d.api.Close)
	mux := http.NewServeMux()
	mux.Handle("/phone/", http.StripPrefix("/phone", d.Phone()))
	mux.HandleFunc("GET /r/form", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `<!doctype html><meta charset="utf-8"><title>申込フォーム</title><link rel="icon" href="data:,"><h1>申込フォーム</h1><p>この街のビジョンを書いてください。</p>`)
	})
	mux.HandleFunc("GET /two", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		fmt.Fprintf(w, `<!doctype html><meta charset="utf-8"><title>two</title><link rel="icon" href="data:,"><iframe id="a" src="/phone/?user=%s" width="390" height="700"></iframe><iframe id="b" src="/phone/?user=%s" width="390" height="700"></iframe>`,
			url.QueryEscape(q.Get("a")), url.QueryEscape(q.Get("b")))
	})
	d.phone = httptest.NewServer(mux)
	t.Cleanup(d.phone.Close)
	t.Cleanup(d.Close) // first of all: it ends the streams that the servers wait for
	return d
}

func (d *desk) bot(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Events []struct {
			Type, ReplyToken string
			Message          struct{ Type, Text string }
			Postback         struct {
				Data   string
				Params map[string]string
			}
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, "bad body", http.StatusBadRequest)
		return
	}
	for _, e := range body.Events {
		message := ""
		switch {
		case e.Type == "follow":
			message = `{"type":"text","text":"友だち追加ありがとうございます。\nことばを選んでください。","quickReply":{"items":[
				{"type":"action","action":{"type":"message","label":"日本語","text":"日本語"}},
				{"type":"action","action":{"type":"message","label":"やさしい にほんご","text":"やさしい にほんご"}},
				{"type":"action","action":{"type":"message","label":"English","text":"English"}},
				{"type":"action","action":{"type":"datetimepicker","label":"日にちを選ぶ","data":"day","mode":"date","initial":"2026-10-01"}},
				{"type":"action","action":{"type":"location","label":"場所を送る"}}]}}`
		case e.Type == "message" && e.Message.Text == "日本語":
			message = card(d.phone.URL)
		case e.Type == "message" && e.Message.Type == "text":
			message = `{"type":"text","text":"「` + e.Message.Text + `」ですね。"}`
		case e.Type == "message":
			message = `{"type":"text","text":"受け取りました。"}`
		case e.Type == "postback":
			message = `{"type":"text","text":"` + strings.TrimSpace("選択："+e.Postback.Data+" "+e.Postback.Params["date"]) + `"}`
		default:
			continue
		}
		d.call("/v2/bot/message/reply", `{"replyToken":"`+e.ReplyToken+`","messages":[`+message+`]}`)
	}
}

// call calls LINE's API as the bot.
func (d *desk) call(path, body string) int {
	return d.upload(path, "application/json", []byte(body))
}

func (d *desk) upload(path, contentType string, body []byte) int {
	req, err := http.NewRequest(http.MethodPost, d.api.URL+path, bytes.NewReader(body))
	if err != nil {
		return 0
	}
	req.Header.Set("Authorization", "Bearer "+d.Options().AccessToken)
	req.Header.Set("Content-Type", contentType)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	return res.StatusCode
}

func card(base string) string {
	bubble := func(name, when string) string {
		return `{"type":"bubble","size":"kilo","body":{"type":"box","layout":"vertical","spacing":"sm","contents":[
			{"type":"text","text":"` + name + `","weight":"bold","size":"lg","wrap":true},
			{"type":"text","text":"` + when + `","size":"sm","color":"#555555","wrap":true}]},
			"footer":{"type":"box","layout":"vertical","spacing":"sm","contents":[
			{"type":"button","style":"primary","height":"sm","color":"#06803A","action":{"type":"postback","label":"見学したい","data":"visit ` + name + `","displayText":"見学したい"}},
			{"type":"button","height":"sm","action":{"type":"uri","label":"くわしく見る","uri":"` + base + `/r/form"}}]}}`
	}
	return `{"type":"flex","altText":"団体が2つ見つかりました","contents":{"type":"carousel","contents":[` +
		bubble("みらい絵本の会", "第1・第3土曜 10:00から") + `,` + bubble("川をきれいにする会", "毎月第2日曜 8:30から") + `]}}`
}

// setMenu gives everyone a rich menu of two halves.
func (d *desk) setMenu(t *testing.T) {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 800, 400))
	for x := range 800 {
		for y := range 400 {
			shade := color.RGBA{0xdf, 0xf2, 0xe5, 0xff}
			if x > 400 {
				shade = color.RGBA{0xe3, 0xec, 0xfb, 0xff}
			}
			picture.Set(x, y, shade)
		}
	}
	var file bytes.Buffer
	if err := png.Encode(&file, picture); err != nil {
		t.Fatal(err)
	}
	if status := d.call("/v2/bot/richmenu", `{"size":{"width":800,"height":400},"selected":true,"name":"menu","chatBarText":"メニュー","areas":[
		{"bounds":{"x":0,"y":0,"width":400,"height":400},"action":{"type":"message","label":"団体をさがす","text":"日本語"}},
		{"bounds":{"x":400,"y":0,"width":400,"height":400},"action":{"type":"uri","label":"センターに電話","uri":"tel:000-000-0000"}}]}`); status != http.StatusOK {
		t.Fatalf("create rich menu: status %d", status)
	}
	id := d.menuIDs()[0]
	if status := d.upload("/v2/bot/richmenu/"+id+"/content", "image/png", file.Bytes()); status != http.StatusOK {
		t.Fatalf("upload rich menu: status %d", status)
	}
	if status := d.call("/v2/bot/user/all/richmenu/"+id, ""); status != http.StatusOK {
		t.Fatalf("set rich menu: status %d", status)
	}
}

func (d *desk) menuIDs() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string(nil), d.menus.order...)
}

// visit gets a page of the phone.
func (d *desk) visit(t *testing.T, path string) (int, string) {
	t.Helper()
	res, err := http.Get(d.phone.URL + "/phone/" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// do posts what a thumb does.
func (d *desk) do(t *testing.T, body string, header ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, d.phone.URL+"/phone/act", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(answer)
}

// wait waits until the platform is as a test wants it.
func (d *desk) wait(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := d.WaitFor(ctx, holds); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// The page of people lists thirty, says how many more there are, finds by name and shows who blocked.
func TestPhonePeople(t *testing.T) {
	d := newDesk(t)
	for range 40 {
		d.AddUser(User{Friend: true})
	}
	d.AddUser(User{DisplayName: "<b>佐藤 花子</b>", Blocked: true})
	_, page := d.visit(t, "")
	if n := strings.Count(page, `href="./?user=`); n != 30 || !strings.Contains(page, "ほかに11人") {
		t.Errorf("%d people listed, want 30 and 11 more:\n%s", n, page)
	}
	_, page = d.visit(t, "?q="+url.QueryEscape("佐藤"))
	if n := strings.Count(page, `href="./?user=`); n != 1 || !strings.Contains(page, "ブロック中") || strings.Contains(page, "<b>") {
		t.Errorf("searching 佐藤 lists %d people:\n%s", n, page)
	}
	if _, page = d.visit(t, "?q=zzz"); !strings.Contains(page, "「zzz」に合う人はいません") {
		t.Errorf("searching zzz says nothing:\n%s", page)
	}
	if status, page := d.visit(t, "?user=U0"); status != http.StatusNotFound || !strings.Contains(page, "見つかりませんでした") {
		t.Errorf("an unknown person's phone: %d\n%s", status, page)
	}
}

// A person who scanned the QR code follows; the code's text waits in the keyboard and is not sent by itself.
func TestPhoneAdd(t *testing.T) {
	d := newDesk(t)
	text := "市民課の窓口で知りました（入口:shimin-ka）"
	_, page := d.visit(t, "?add=1&name="+url.QueryEscape("ベトナム 太郎")+"&language=vi&text="+url.QueryEscape(text))
	if !strings.Contains(page, text) || !strings.Contains(page, `value="ベトナム 太郎"`) || !strings.Contains(page, `<option value="vi" selected>`) {
		t.Errorf("the form is not filled in:\n%s", page)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.PostForm(d.phone.URL+"/phone/add", url.Values{"name": {"ベトナム 太郎"}, "language": {"vi"}, "text": {text}})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	to, err := res.Location()
	if err != nil || res.StatusCode != http.StatusSeeOther || to.Path != "/phone/" || to.Query().Get("text") != text {
		t.Fatalf("status %d to %v, %v", res.StatusCode, to, err)
	}
	id := to.Query().Get("user")
	if u, ok := d.User(id); !ok || !u.Friend || u.Language != "vi" || u.DisplayName != "ベトナム 太郎" {
		t.Errorf("added %+v", u)
	}
	d.wait(t, "greeting", func() bool { return d.Received(id) == 1 })
	for _, e := range d.Chat(id) {
		if e.Kind == KindMessage {
			t.Errorf("sent by itself: %s", e.Message)
		}
	}
	if _, page := d.visit(t, to.RequestURI()[len("/phone/"):]); !strings.Contains(page, ">"+text+"</textarea>") {
		t.Errorf("the text does not wait in the keyboard:\n%s", page)
	}

	for name, form := range map[string]url.Values{
		"a long name":         {"name": {strings.Repeat("あ", 41)}, "language": {"ja"}},
		"an unknown language": {"name": {"a"}, "language": {"tlh"}},
		"a long text":         {"name": {"a"}, "language": {"ja"}, "text": {strings.Repeat("あ", 5001)}},
	} {
		res, err := client.PostForm(d.phone.URL+"/phone/add", form)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: status %d", name, res.StatusCode)
		}
	}
	if n := len(d.Users()); n != 1 {
		t.Errorf("%d people after one was added", n)
	}
}

// What a thumb can do reaches the bot; what it cannot is refused in words.
func TestPhoneAct(t *testing.T) {
	d := newDesk(t)
	id := d.AddUser(User{DisplayName: "山田"}).ID
	act := func(do, rest string) string { return `{"user":"` + id + `","do":"` + do + `"` + rest + `}` }
	for _, step := range []struct {
		body   string
		status int
		events string // types so far
	}{
		{act("follow", ``), 200, "follow"},
		{act("say", `,"text":"こんにちは"`), 200, "follow message"},
		{act("say", `,"text":"  "`), 422, "follow message"},
		{act("say", `,"text":"`+strings.Repeat("あ", 5001)+`"`), 422, "follow message"},
		{act("sticker", `,"sticker":{"package":"446","id":"1988","keyword":"こんにちは"}`), 200, "follow message message"},
		{act("location", `,"location":{"title":"公園","latitude":35,"longitude":137}`), 200, "follow message message message"},
		{act("location", `,"location":{"latitude":91,"longitude":137}`), 400, "follow message message message"},
		{act("tap", `,"action":{"type":"datetimepicker","data":"d","mode":"date"}`), 422, "follow message message message"},
		{act("tap", `,"action":{"type":"datetimepicker","data":"d","mode":"date"},"chosen":"2026-10-01"`), 200, "follow message message message postback"},
		{act("tap", `,"action":{"type":"uri","uri":"tel:000"}`), 200, "follow message message message postback"},
		{act("block", ``), 200, "follow message message message postback unfollow"},
		{act("say", `,"text":"まだいますか"`), 409, "follow message message message postback unfollow"},
		{act("unblock", ``), 200, "follow message message message postback unfollow follow"},
		{act("dance", ``), 400, "follow message message message postback unfollow follow"},
		{`{"user":"U0","do":"say","text":"a"}`, 404, "follow message message message postback unfollow follow"},
		{`{`, 400, "follow message message message postback unfollow follow"},
		{act("say", `,"text":"`+strings.Repeat("a", maxPhoneBody)+`"`), 413, "follow message message message postback unfollow follow"},
	} {
		status, answer := d.do(t, step.body)
		if status != step.status {
			t.Errorf("%.80s: status %d, want %d: %s", step.body, status, step.status, answer)
		}
		if status >= 400 && !strings.Contains(answer, `"message":"`) {
			t.Errorf("%.80s: refused without a word: %s", step.body, answer)
		}
		var types []string
		for _, e := range d.Events() {
			types = append(types, e.Type)
		}
		if got := strings.Join(types, " "); got != step.events {
			t.Errorf("%.80s: the bot was told %q, want %q", step.body, got, step.events)
		}
	}
}

// Another site cannot make a resident do anything.
func TestPhoneRefusesOtherSites(t *testing.T) {
	d := newDesk(t)
	id := d.AddUser(User{Friend: true}).ID
	body := `{"user":"` + id + `","do":"say","text":"a"}`
	for name, header := range map[string][]string{
		"cross-site":       {"Sec-Fetch-Site", "cross-site"},
		"foreign origin":   {"Origin", "https://example.com"},
		"a form's content": {"Content-Type", "text/plain"},
	} {
		if status, _ := d.do(t, body, header...); status != http.StatusForbidden && status != http.StatusUnsupportedMediaType {
			t.Errorf("%s: status %d", name, status)
		}
	}
	if events := d.Events(); len(events) != 0 {
		t.Errorf("the bot was told of %d events", len(events))
	}
}

// The chat shows a day before its messages, the name once in a run, hostile text as text, and marks.
func TestPhoneScreen(t *testing.T) {
	now := time.Date(2026, 3, 31, 23, 59, 30, 0, time.FixedZone("JST", 9*60*60))
	p := New(Options{DisplayName: "センター", NoRateLimits: true, Now: func() time.Time { return now }})
	defer p.Close()
	api := httptest.NewServer(p.Handler())
	defer api.Close()
	d := &desk{Platform: p, api: api}
	id := p.AddUser(User{Friend: true}).ID
	push := func(text string) {
		t.Helper()
		if status := d.call("/v2/bot/message/push", `{"to":"`+id+`","messages":[{"type":"text","text":"`+text+`"}]}`); status != http.StatusOK {
			t.Fatalf("push: status %d", status)
		}
	}
	push("きのうの分")
	now = now.Add(time.Minute) // 1 April
	push("一つめ")
	push("<script>二つめ</script>")
	if _, err := p.Say(id, "とりけす"); err != nil {
		t.Fatal(err)
	}
	if err := p.Unsend(id, p.Chat(id)[3].ID); err != nil {
		t.Fatal(err)
	}
	if status := d.call("/v2/bot/chat/loading/start", `{"chatId":"`+id+`","loadingSeconds":20}`); status != http.StatusAccepted {
		t.Fatalf("loading: status %d", status)
	}
	h := &phone{Platform: p}
	w := httptest.NewRecorder()
	h.screen(w, httptest.NewRequest(http.MethodGet, "/screen?user="+id, nil))
	page := w.Body.String()
	for want, n := range map[string]int{
		`<p class="mark">昨日</p>`: 1, `<p class="mark">今日</p>`: 1, `lv-name">センター`: 2, `data-loading="20000"`: 1,
		"23:59": 1, `<time class="lv-time">00:00</time>`: 1, "&lt;script&gt;二つめ": 1, "<script": 0,
		"とりけす": 0, "メッセージの送信を取り消しました": 1, `id="line-loading"`: 1,
	} {
		if got := strings.Count(page, want); got != n {
			t.Errorf("%q stands %d times, want %d", want, got, n)
		}
	}
	if t.Failed() {
		t.Log(page)
	}
}

// The stream tells of each change and, while nothing happens, the time; it ends when the platform closes.
func TestPhoneEvents(t *testing.T) {
	p := New(Options{})
	id := p.AddUser(User{Friend: true}).ID
	srv := httptest.NewServer(p.phone(time.Millisecond))
	defer srv.Close()
	defer p.Close()
	res, err := http.Get(srv.URL + "/events?user=" + id)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	next := func(prefix string) {
		t.Helper()
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), prefix) {
				return
			}
		}
		t.Fatalf("the stream ended before %q: %v", prefix, lines.Err())
	}
	next("data:")
	next("event: clock")
	if _, err := p.Say(id, "はい"); err != nil {
		t.Fatal(err)
	}
	next("data:")
	p.Close()
	for lines.Scan() {
		// until it ends
	}
	if err := lines.Err(); err != nil {
		t.Errorf("the stream did not end cleanly: %v", err)
	}
	if res, err := http.Get(srv.URL + "/events?user=U0"); err != nil || res.StatusCode != http.StatusNotFound {
		t.Errorf("a stream of nobody: %v, %v", res, err)
	}
}
