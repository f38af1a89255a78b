package linesim_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"ippo/internal/linesim"
)

func (w *world) tap(userID, action, chosen string) linesim.Tapped {
	w.t.Helper()
	tapped, err := w.Tap(userID, json.RawMessage(action), chosen)
	if err != nil {
		w.t.Fatalf("tap %s: %v", action, err)
	}
	return tapped
}

func TestTap(t *testing.T) {
	w := newWorld(t, linesim.Options{BasicID: "@mirai"})
	u := w.friend("花子")

	w.tap(u.ID, `{"type":"message","label":"さがす","text":"団体をさがす"}`, "")
	if e := w.last("message"); e.Message.Text != "団体をさがす" || e.ReplyToken == "" {
		t.Errorf("message action: %+v", e)
	}

	// A postback shows its displayText; the bot gets the data and no message.
	w.tap(u.ID, `{"type":"postback","data":"v1:topic:3","displayText":"子育て"}`, "")
	if e := w.last("postback"); e.Postback.Data != "v1:topic:3" || e.Postback.Params != nil || e.ReplyToken == "" {
		t.Errorf("postback action: %+v", e)
	}
	chat := w.Chat(u.ID)
	if last := chat[len(chat)-1]; last.Kind != linesim.KindPostback || !strings.Contains(string(last.Message), "子育て") {
		t.Errorf("chat ends with %+v", last)
	}
	w.tap(u.ID, `{"type":"postback","data":"silent"}`, "")
	if len(w.Chat(u.ID)) != len(chat) {
		t.Error("a postback without displayText showed something")
	}

	w.tap(u.ID, `{"type":"datetimepicker","data":"when","mode":"date"}`, "2026-04-01")
	if e := w.last("postback"); e.Postback.Data != "when" || e.Postback.Params["date"] != "2026-04-01" {
		t.Errorf("date picker: %+v", e)
	}
	if _, err := w.Tap(u.ID, json.RawMessage(`{"type":"datetimepicker","data":"when","mode":"date"}`), ""); !errors.Is(err, linesim.ErrNeedsChoice) {
		t.Errorf("date picker without a date: %v", err)
	}

	events := len(w.Events())
	for _, tc := range []struct {
		action string
		want   linesim.Tapped
	}{
		{`{"type":"uri","uri":"https://example.com/form"}`, linesim.Tapped{OpenURL: "https://example.com/form"}},
		{`{"type":"uri","uri":"tel:0123456789"}`, linesim.Tapped{OpenURL: "tel:0123456789"}},
		{`{"type":"uri","uri":"https://line.me/R/oaMessage/@mirai/?%E5%85%A5%E5%8F%A3"}`, linesim.Tapped{FillIn: "入口"}},
		{`{"type":"clipboard","clipboardText":"合言葉"}`, linesim.Tapped{Copied: "合言葉"}},
		{`{"type":"location","label":"場所"}`, linesim.Tapped{Ask: "location"}},
	} {
		if got := w.tap(u.ID, tc.action, ""); got != tc.want {
			t.Errorf("%s: %+v, want %+v", tc.action, got, tc.want)
		}
	}
	if n := len(w.Events()); n != events {
		t.Error("the bot was told of a tap that is none of its business")
	}
	fill := w.tap(u.ID, `{"type":"postback","data":"name","inputOption":"openKeyboard","fillInText":"名前："}`, "")
	if fill != (linesim.Tapped{FillIn: "名前：", Menu: "close"}) {
		t.Errorf("fill-in: %+v", fill)
	}
	if _, err := w.Tap(u.ID, json.RawMessage(`{"type":"song"}`), ""); !errors.Is(err, linesim.ErrBadAction) {
		t.Errorf("unknown action: %v", err)
	}
}

func TestQuickReplyVanishes(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	u := w.friend("花子")
	quick := func(label string) string {
		return `{"type":"text","text":"どれ？","quickReply":{"items":[{"type":"action","action":{"type":"postback","label":"` +
			label + `","data":"` + label + `"}}]}}`
	}
	push := func(messages string) {
		t.Helper()
		w.want(w.call("POST", "/v2/bot/message/push", `{"to":"`+u.ID+`","messages":[`+messages+`]}`), 200)
	}
	showing := func() string {
		s, _ := w.Screen(u.ID)
		return string(s.QuickReply)
	}

	push(quick("最初") + "," + quick("最後")) // only the last message object's is shown
	if got := showing(); !strings.Contains(got, "最後") || strings.Contains(got, "最初") {
		t.Errorf("showing %s", got)
	}
	w.tap(u.ID, `{"type":"postback","data":"another button"}`, "")
	if showing() == "" {
		t.Error("a tap elsewhere took the buttons away")
	}
	w.tap(u.ID, `{"data":"最後","type":"postback","label":"最後"}`, "")
	if got := showing(); got != "" {
		t.Errorf("still showing %s after the tap", got)
	}
	push(quick("一"))
	w.Say(u.ID, "うーん")
	if got := showing(); got != "" {
		t.Errorf("still showing %s after a message", got)
	}
	push(quick("一"))
	push(text("別の話"))
	if got := showing(); got != "" {
		t.Errorf("still showing %s after another message", got)
	}
}

func TestBlock(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	u := w.friend("花子")
	if err := w.Block(u.ID); err != nil {
		t.Fatal(err)
	}
	if e := w.last("unfollow"); e.ReplyToken != "" || e.Source.UserID != u.ID {
		t.Errorf("unfollow %+v", e)
	}
	if _, err := w.Say(u.ID, "はい"); !errors.Is(err, linesim.ErrBlocked) {
		t.Errorf("said something to a blocked account: %v", err)
	}
	w.want(w.call("GET", "/v2/bot/profile/"+u.ID, ""), 404)
	if err := w.Unblock(u.ID); err != nil {
		t.Fatal(err)
	}
	if e := w.last("follow"); !e.Follow.IsUnblocked {
		t.Errorf("follow %+v", e)
	}
	if err := w.Follow(u.ID); err != nil || len(w.bot.received()) != 2 {
		t.Error("following twice told the bot twice")
	}
	stranger := w.AddUser(linesim.User{})
	if err := w.Block(stranger.ID); !errors.Is(err, linesim.ErrNotFriend) {
		t.Errorf("blocked what they never added: %v", err)
	}
	if err := w.Follow("U1"); !errors.Is(err, linesim.ErrUnknownUser) {
		t.Errorf("nobody followed: %v", err)
	}
}

func TestUnsend(t *testing.T) {
	w := newWorld(t, linesim.Options{})
	u := w.friend("花子")
	id, _ := w.SendImage(u.ID, linesim.Media{ContentType: "image/png", Data: []byte("x")})
	w.last("message")
	w.want(w.call("GET", "/v2/bot/message/"+id+"/content", ""), 200)
	if err := w.Unsend(u.ID, id); err != nil {
		t.Fatal(err)
	}
	if e := w.last("unsend"); e.Unsend.MessageID != id || e.ReplyToken != "" {
		t.Errorf("unsend %+v", e)
	}
	if e := w.Chat(u.ID)[0]; !e.Unsent || e.Message != nil {
		t.Errorf("chat %+v", e)
	}
	w.want(w.call("GET", "/v2/bot/message/"+id+"/content", ""), 410)
	if err := w.Unsend(u.ID, id); !errors.Is(err, linesim.ErrUnknownMessage) {
		t.Errorf("unsent twice: %v", err)
	}
}
