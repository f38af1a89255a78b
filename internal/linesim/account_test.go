package linesim_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"ippo/internal/linesim"
)

func TestProfile(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	friend := w.AddUser(linesim.User{DisplayName: "花子", Language: "ja", StatusMessage: "元気です", Friend: true})
	r := w.want(w.call("GET", "/v2/bot/profile/"+friend.ID, ""), 200)
	want := fmt.Sprintf(`{"displayName":"花子","language":"ja","statusMessage":"元気です","userId":%q}`, friend.ID)
	if r.Body != want {
		t.Errorf("profile %s, want %s", r.Body, want)
	}
	stranger := w.AddUser(linesim.User{DisplayName: "知らない人"})
	w.want(w.call("GET", "/v2/bot/profile/"+stranger.ID, ""), 404)
	w.Say(stranger.ID, "こんにちは") // who wrote can be looked up
	w.want(w.call("GET", "/v2/bot/profile/"+stranger.ID, ""), 200)
	w.want(w.call("GET", "/v2/bot/profile/U"+strings.Repeat("0", 32), ""), 404)
	w.want(w.call("GET", "/v2/bot/profile/hanako", ""), 400)
}

func TestFollowerIDs(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	var want []string
	for i := range 7 {
		u := w.friend(fmt.Sprint(i))
		if i%3 == 0 {
			w.Block(u.ID)
			continue
		}
		want = append(want, u.ID)
	}
	var got []string
	start, pages := "", 0
	for {
		r := w.want(w.call("GET", "/v2/bot/followers/ids?limit=2&start="+start, ""), 200)
		var page struct {
			UserIDs []string
			Next    string
		}
		r.decode(t, &page)
		got = append(got, page.UserIDs...)
		if pages++; page.Next == "" {
			break
		}
		start = page.Next
	}
	if !slices.Equal(got, want) || pages < 2 {
		t.Errorf("%d pages, followers %v, want %v", pages, got, want)
	}
	w.want(w.call("GET", "/v2/bot/followers/ids?limit=0", ""), 400)
	w.want(w.call("GET", "/v2/bot/followers/ids?start=elsewhere", ""), 400)

	w = newWorld(t, linesim.Options{Unverified: true})
	w.want(w.call("GET", "/v2/bot/followers/ids", ""), 403)
}

func TestBotInfo(t *testing.T) {
	w := newWorld(t, linesim.Options{DisplayName: "みらい市", BasicID: "@mirai"})
	r := w.want(w.call("GET", "/v2/bot/info", ""), 200)
	var info struct{ UserID, BasicID, DisplayName string }
	r.decode(t, &info)
	if info.UserID != w.Options().BotUserID || info.BasicID != "@mirai" || info.DisplayName != "みらい市" {
		t.Errorf("info %s", r.Body)
	}
}

func TestDeliveryCountsAndInsight(t *testing.T) {
	w := newWorld(t, linesim.Options{}) // 31 March, 23:59:30 in Japan
	a, b := w.friend("あ"), w.friend("い")
	w.want(w.call("POST", "/v2/bot/message/multicast", multicastTo("一", a.ID, b.ID)), 200)
	w.Block(b.ID)
	counts := func(date string) string {
		return w.want(w.call("GET", "/v2/bot/message/delivery/multicast?date="+date, ""), 200).Body
	}
	if got := counts("20260331"); got != `{"status":"unready"}` {
		t.Errorf("counts of a day that is not over: %s", got)
	}
	w.advance(30 * time.Second)
	if got := counts("20260331"); got != `{"status":"ready","success":2}` {
		t.Errorf("counts %s", got)
	}
	if got := counts("20260330"); got != `{"status":"ready","success":0}` {
		t.Errorf("counts of the day before: %s", got)
	}
	w.want(w.call("GET", "/v2/bot/message/delivery/push?date=yesterday", ""), 400)
	if r := w.call("GET", "/v2/bot/insight/message/delivery?date=20260331", ""); r.Body != `{"apiMulticast":2,"status":"ready"}` {
		t.Errorf("insight %s", r.Body)
	}
	if r := w.call("GET", "/v2/bot/insight/followers?date=20260331", ""); r.Body != `{"blocks":1,"followers":2,"status":"ready","targetedReaches":1}` {
		t.Errorf("insight %s", r.Body)
	}
	if r := w.call("GET", "/v2/bot/insight/demographic", ""); r.Body != `{"available":false}` {
		t.Errorf("insight %s", r.Body)
	}
}

func TestAccountLink(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	u := w.friend("花子")
	issue := func() string {
		r := w.want(w.call("POST", "/v2/bot/user/"+u.ID+"/linkToken", ""), 200)
		var in struct{ LinkToken string }
		r.decode(t, &in)
		return in.LinkToken
	}
	token := issue()
	if err := w.LinkAccount(token, "nonce-1"); err != nil {
		t.Fatal(err)
	}
	if e := w.last("accountLink"); e.Link.Result != "ok" || e.Link.Nonce != "nonce-1" || e.ReplyToken == "" {
		t.Errorf("event %+v", e)
	}
	if err := w.LinkAccount(token, "nonce-1"); err == nil {
		t.Error("a link token was used twice")
	}
	late := issue()
	w.advance(10 * time.Minute)
	w.LinkAccount(late, "nonce-2")
	if e := w.last("accountLink"); e.Link.Result != "failed" || e.ReplyToken != "" {
		t.Errorf("event %+v", e)
	}
}

func TestLoadingAndRead(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	u := w.friend("花子")
	loading := func(body string, want int) {
		t.Helper()
		w.want(w.call("POST", "/v2/bot/chat/loading/start", body), want)
	}
	until := func() time.Time {
		s, _ := w.Screen(u.ID)
		return s.LoadingUntil
	}
	for _, bad := range []string{`{"chatId":"C1"}`, fmt.Sprintf(`{"chatId":%q,"loadingSeconds":7}`, u.ID), fmt.Sprintf(`{"chatId":%q,"loadingSeconds":65}`, u.ID)} {
		loading(bad, 400)
	}
	loading(fmt.Sprintf(`{"chatId":%q,"loadingSeconds":60}`, u.ID), 202)
	if got := until(); !got.Equal(w.clock().Add(time.Minute)) {
		t.Errorf("loading until %s", got)
	}
	w.want(w.call("POST", "/v2/bot/message/push", pushTo(u.ID, "お待たせしました")), 200)
	if got := until(); !got.IsZero() {
		t.Errorf("still loading until %s although a message came", got)
	}
	loading(fmt.Sprintf(`{"chatId":%q}`, u.ID), 202)
	w.advance(20 * time.Second) // the default
	if got := until(); !got.IsZero() {
		t.Errorf("still loading until %s", got)
	}

	w.Say(u.ID, "一")
	w.Say(u.ID, "二")
	token := w.last("message").Message.MarkAsReadToken
	w.Say(u.ID, "三")
	w.want(w.call("POST", "/v2/bot/chat/markAsRead", `{"markAsReadToken":"nobody"}`), 400)
	w.want(w.call("POST", "/v2/bot/chat/markAsRead", fmt.Sprintf(`{"markAsReadToken":%q}`, token)), 200)
	var read []bool
	for _, e := range w.Chat(u.ID) {
		if e.Kind == linesim.KindMessage {
			read = append(read, e.Read)
		}
	}
	if !slices.Equal(read, []bool{true, true, false}) {
		t.Errorf("read %v, want the message and all before it", read)
	}
}

func TestContent(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	u := w.friend("花子")
	picture := image.NewRGBA(image.Rect(0, 0, 480, 120))
	picture.Set(1, 1, color.White)
	var raw bytes.Buffer
	if err := png.Encode(&raw, picture); err != nil {
		t.Fatal(err)
	}
	id, err := w.SendImage(u.ID, linesim.Media{ContentType: "image/png", Data: raw.Bytes(), PreparedAfter: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if r := w.want(w.call("GET", "/v2/bot/message/"+id+"/content", ""), 202); r.Body != "" {
		t.Errorf("202 with %q", r.Body)
	}
	w.advance(time.Second)
	r := w.want(w.call("GET", "/v2/bot/message/"+id+"/content", ""), 200)
	if r.Body != raw.String() || r.Header.Get("Content-Type") != "image/png" {
		t.Error("the picture is not the one that was sent")
	}
	preview := w.want(w.call("GET", "/v2/bot/message/"+id+"/content/preview", ""), 200)
	small, err := jpeg.Decode(strings.NewReader(preview.Body))
	if err != nil || small.Bounds().Dx() != 240 || small.Bounds().Dy() != 60 {
		t.Errorf("preview %v, %v", small.Bounds(), err)
	}
	w.ForgetContent(id)
	w.want(w.call("GET", "/v2/bot/message/"+id+"/content", ""), 404)

	voice, _ := w.SendAudio(u.ID, linesim.Media{ContentType: "audio/mp4", Data: []byte("voice"), PreparedAfter: time.Second})
	if r := w.call("GET", "/v2/bot/message/"+voice+"/content/transcoding", ""); r.Body != `{"status":"processing"}` {
		t.Errorf("transcoding %s", r.Body)
	}
	w.advance(time.Second)
	if r := w.call("GET", "/v2/bot/message/"+voice+"/content/transcoding", ""); r.Body != `{"status":"succeeded"}` {
		t.Errorf("transcoding %s", r.Body)
	}
}

func TestGroup(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	a, b := w.friend("あ"), w.friend("い")
	g := w.AddGroup("町内会の集まり", a.ID)
	if _, err := w.SayInGroup(g.ID, a.ID, "聞こえない"); !errors.Is(err, linesim.ErrNotMember) {
		t.Errorf("said something the account cannot hear: %v", err)
	}
	w.Invite(g.ID)
	join := w.last("join")
	w.want(w.call("POST", "/v2/bot/message/reply", fmt.Sprintf(`{"replyToken":%q,"messages":[%s]}`, join.ReplyToken, text("はじめまして"))), 200)
	if w.Received(g.ID) != 1 || w.Received(a.ID) != 0 {
		t.Error("the reply went elsewhere")
	}
	w.JoinGroup(g.ID, b.ID)
	w.last("memberJoined")
	w.SayInGroup(g.ID, b.ID, "よろしく")
	if e := w.last("message"); e.Source.UserID != b.ID {
		t.Errorf("message %+v", e)
	}
	used := w.Used()
	w.want(w.call("POST", "/v2/bot/message/push", pushTo(g.ID, "お知らせ")), 200)
	if got := w.Used() - used; got != 2 {
		t.Errorf("counted %d, want one for each member", got)
	}
	w.want(w.call("POST", "/v2/bot/message/multicast", multicastTo("一", g.ID)), 400)
	if r := w.call("GET", "/v2/bot/group/"+g.ID+"/members/count", ""); r.Body != `{"count":2}` {
		t.Errorf("count %s", r.Body)
	}
	w.want(w.call("GET", "/v2/bot/group/"+g.ID+"/member/"+b.ID, ""), 200)
	w.LeaveGroup(g.ID, b.ID)
	w.last("memberLeft")
	w.want(w.call("GET", "/v2/bot/group/"+g.ID+"/member/"+b.ID, ""), 404)
	w.want(w.call("POST", "/v2/bot/group/"+g.ID+"/leave", ""), 200)
	w.last("leave")
	w.want(w.call("POST", "/v2/bot/message/push", pushTo(g.ID, "お知らせ")), 400)
	w.want(w.call("GET", "/v2/bot/group/"+g.ID+"/summary", ""), 404)
}

func TestTokens(t *testing.T) {
	w := newWorld(t, linesim.Options{ChannelID: "1234567890", ChannelSecret: "secret"})
	form := header{"Content-Type": "application/x-www-form-urlencoded", "Authorization": ""}
	ask := "grant_type=client_credentials&client_id=1234567890&client_secret="
	r := w.want(w.call("POST", "/oauth2/v3/token", ask+"wrong", form), 400)
	if !strings.Contains(r.Body, `"error":"invalid_client"`) || !strings.Contains(r.Body, "error_description") {
		t.Errorf("answer %s", r.Body)
	}
	r = w.want(w.call("POST", "/oauth2/v3/token", ask+"secret", form), 200)
	var issued struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"`
		TokenType   string `json:"token_type"`
	}
	r.decode(t, &issued)
	if issued.TokenType != "Bearer" || issued.ExpiresIn != 900 {
		t.Errorf("issued %s", r.Body)
	}
	info := func(token string) int {
		return w.call("GET", "/v2/bot/info", "", header{"Authorization": "Bearer " + token}).Status
	}
	verify := func(token string) response { return w.call("GET", "/oauth2/v2.1/verify?access_token="+token, "") }
	if got := info(issued.AccessToken); got != 200 {
		t.Errorf("status %d with the new token", got)
	}
	if r := w.want(verify(issued.AccessToken), 200); !strings.Contains(r.Body, `"client_id":"1234567890"`) || !strings.Contains(r.Body, `"expires_in":900`) {
		t.Errorf("verify %s", r.Body)
	}
	w.want(w.call("POST", "/oauth2/v2.1/verify", "id_token=x&client_id=y", form), 400)
	w.call("POST", "/v2/oauth/revoke", "access_token="+issued.AccessToken, form)
	if got := info(issued.AccessToken); got != 200 {
		t.Error("a stateless token was revoked")
	}
	w.advance(15 * time.Minute)
	if got := info(issued.AccessToken); got != 401 {
		t.Errorf("status %d with a token of a quarter of an hour ago", got)
	}
	w.want(verify(issued.AccessToken), 400)

	r = w.want(w.call("POST", "/v2/oauth/accessToken", ask+"secret", form), 200)
	r.decode(t, &issued)
	w.want(w.call("POST", "/v2/oauth/verify", "access_token="+issued.AccessToken, form), 200)
	w.call("POST", "/v2/oauth/revoke", "access_token="+issued.AccessToken, form)
	if got := info(issued.AccessToken); got != 401 {
		t.Errorf("status %d with a revoked token", got)
	}

	if got := info(w.Options().AccessToken); got != 200 {
		t.Errorf("status %d with the long-lived token", got)
	}
	w.RevokeTokens(true)
	if got := info(w.Options().AccessToken); got != 401 {
		t.Errorf("status %d after the long-lived token was revoked", got)
	}
}
