package bot

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"ippo"
	"ippo/internal/linesim"
	"ippo/store"
)

func TestNews(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	a := r.say("お知らせ").has("北山の福祉", "お知らせ0号", "全文を読む").lacks("下書き", "お知らせ4号")
	if got := a.page("全文を読む"); !strings.HasPrefix(got, c.url+"/r/news/") {
		t.Errorf("page %s", got)
	}
	a = r.tap(a, "前のお知らせを見る").has("お知らせ4号", "お知らせ7号").lacks("お知らせ0号")
	r.say("2").has("お知らせ5号")
	r.tap(a, "受信設定")
	r.say("分野")
	r.say("福祉")
	r.say("つぎ")
	r.say("おしらせ").has("北山の福祉").lacks("お知らせ0号")
	r.say("もっと") // there is no more
}

func TestEvents(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	r.say("ｲﾍﾞﾝﾄ").has("春の市民まつり", "2026年4月3日（金）23:59", "定員", "30人")
	c.clock.pass(30 * 24 * time.Hour)
	r.say("イベント").has("予定しているイベントは、いまはありません")
}

func TestFindAGroup(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	a := r.say("団体をさがす").has("1 分野からさがす", "3 曜日からさがす")
	a = r.tap(a, "分野からさがす").has("1 子育て")
	a = r.tap(a, "子育て").has("えほんの広場", "中央図書館", "毎週土曜", "親子", "初めての方", "子ども連れ", "見学したい").lacks("囲碁")
	r.tap(a, "曜日からさがす")
	r.say("水").has("見つかりませんでした") // 子育て on a Wednesday
	r.say("もどる")
	r.say("3")
	r.say("すいようび").has("みらい囲碁クラブ").lacks("えほん")
	for _, typed := range []string{"いご", "イゴ", "囲碁", "囲碁がしたい", "みらい囲碁くらぶ"} {
		r.say(typed).has("みらい囲碁クラブ").lacks("解散した会", "防災の会")
	}
	r.say("えほんのひろば").has("えほんの広場")
	r.say("読み聞かせ").has("えほんの広場")
	r.say("にほんごさろん").has("にほんごサロン")
	r.say("みらい囲碁クラフ").has("みらい囲碁クラブ") // a slip
}

func TestVisitIsHandedToTheDeskOnce(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	a := r.tap(r.say("えほん").has("もしかして"), "えほんの広場")
	first := r.tap(a, "見学したい").has("見学のご希望を受付に伝えました", "えほんの広場", "連絡先を入力する")
	r.tap(a, "見学したい").has("すでに受け付けています")
	list := c.requests()
	if len(list) != 1 || list[0].Kind != ippo.RequestVisit || list[0].GroupName != "えほんの広場" || list[0].FollowerName != "山田花子" {
		t.Fatalf("desk: %+v", list)
	}
	r.tap(first, "取り消す").has("取り消しました")
	if list := c.requests(); len(list) != 0 {
		t.Errorf("desk: %+v", list)
	}
}

func (c *center) requests() []ippo.DeskRequest {
	c.t.Helper()
	list, err := c.store.DeskRequests(c.t.Context(), store.DeskRequestFilter{})
	if err != nil {
		c.t.Fatal(err)
	}
	return list
}

func TestNewcomerByQRCode(t *testing.T) {
	c := newCenter(t)
	r := c.resident("ja")
	r.follow()
	a := r.say("市民課の窓口で知りました（入口:shimin-ka）").has("市民課の窓口", "ようこそ", "お住まいの地域")
	if f := r.me(); f.Entry != "shimin-ka" {
		t.Errorf("entry %q", f.Entry)
	}
	a = r.tap(a, "中央").has("どこまで", "6つのうち2つ目")
	a = r.tap(a, "市内ならどこでも").has("興味")
	r.tap(a, "子育て")
	a = r.say("次へ").has("参加しやすい")
	r.tap(a, "土日の午前").has("✓")
	r.say("次へ").has("どのように参加")
	a = r.say("わからない").has("ご希望")
	r.tap(a, "子どもと一緒に")
	a = r.say("次へ").has("えほんの広場", "土曜の午前・中央地区・親子歓迎・子育て", "にほんごサロン").lacks("囲碁", "防災")
	a = r.tap(a, "連絡がほしい").has("コーディネーターにお伝えしました")
	list := c.requests()
	if len(list) != 1 || list[0].Kind != ippo.RequestNewcomer || list[0].Body != "地域：中央\n行ける範囲：市内ならどこでも\n興味：子育て\n時間：土日の午前\n参加のしかた：わからない\n希望：子どもと一緒に\nことば：日本語" {
		t.Fatalf("desk: %+v", list)
	}
	r.tap(a, "メニュー")
	r.say("設定").has("どのことば") // the settings that were left half-way
}

// Words of one's own take the place of taps, in the middle of the questions and before any; what is not
// understood is asked.
func TestNewcomerInOwnWords(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	a := r.say("土日に子どもと参加できる").has("わかりました（土日・子どもと一緒に）", "2つの団体", "土曜の午前・親子歓迎", "日曜の午後・親子歓迎").lacks("囲碁")
	r.tap(a, "もう一度答える").has("お住まいの地域")
	r.say("中央です").has("どこまで")
	r.say("水曜の午後なら一人で行けます").has("水曜の午後・一人で参加したい", "どこまで") // two answers, and this one is still open
	r.say("とばす").has("興味")
	r.say("福祉")
	r.say("つぎへ").has("どのように参加")
	r.say("結果").has("水曜の午後・福祉・初めての方歓迎", "みらい囲碁クラブ")
	r.say("車いす").has("車いす・段差なし", "1つの団体", "車いすで参加できる") // more, after the suggestions
}

// Groups that look for nobody are not suggested; one that has long been silent comes last, and its card
// says of when it is.
func TestSuggestionsAreFresh(t *testing.T) {
	c := newCenter(t)
	g, err := c.store.ActivityGroupBySlug(t.Context(), "ehon")
	if err != nil {
		t.Fatal(err)
	}
	g.ConfirmedAt, g.SilentSince = c.clock.Now().AddDate(0, -6, 0), c.clock.Now().Add(-ippo.SilentAfter)
	if err := c.store.UpdateActivityGroup(t.Context(), 0, g); err != nil {
		t.Fatal(err)
	}
	r := c.friend()
	a := r.say("土日に子どもと").has("この内容の最終確認：2025年10月1日", "えほんの広場")
	if w := a.words(); strings.Index(w, "にほんごサロン") > strings.Index(w, "えほんの広場") {
		t.Errorf("the silent group comes first:\n%s", w)
	}
	g.Full = true
	if err := c.store.UpdateActivityGroup(t.Context(), 0, g); err != nil {
		t.Fatal(err)
	}
	r.say("土日に子どもと").has("にほんごサロン").lacks("えほんの広場")
}

// What was left half-way is there after a week, and after something else came between.
func TestLeftHalfWay(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	r.say("転入").has("お住まいの地域")
	r.say("わからない").has("どこまで")
	r.say("とばす").has("興味")
	a := r.say("お知らせ").has("お知らせ0号", "転入のご案内のつづき")
	c.clock.pass(7 * 24 * time.Hour)
	r.tap(a, "転入のご案内のつづき").has("興味")
	r.say("もどる").has("どこまで")
	r.say("もどる").has("お住まいの地域")
	r.say("ほっかいどう").has("番号かことばで選んでください", "お住まいの地域")
	r.say("やめる").has("ここまでにします")
	r.say("もどる").has("メニュー")
}

func TestGlobalWords(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	r.say("メニュー").has("1  団体をさがす", "6  設定・相談")
	r.say("６").has("受信設定", "相談する", "受付の電話・場所")
	r.say("4").has("000-123-4567", "連絡先を入力する")
	r.say("ﾒﾆｭｰ").has("団体をさがす")
	r.say("相談").has("相談の部屋を開く") // at once, not by way of 設定・相談
	r.say("ﾒﾆｭｰ").has("団体をさがす")
	r.say("設定").has("受信設定", "おまかせ")
	r.say("やめる").has("お知らせが多いときは")
}

func TestReduce(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	for _, typed := range []string{"やめたい", "いらない", "もういらないです"} {
		r.say(typed).has("お知らせが多いときは", "分野をしぼる", "お知らせを止める")
	}
	r.say("配信停止").has("お知らせを止めました")
	if !r.me().Stopped {
		t.Error("not stopped")
	}
	r.say("さいかい").has("再開しました")
	if r.me().Stopped {
		t.Error("still stopped")
	}
}

func TestSmallTalk(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	r.say("ありがとうございました！").has("こちらこそ")
	_, err := c.platform.SendSticker(r.id, "446", "1988")
	r.act(err).has("スタンプ")
	_, err = c.platform.SendAudio(r.id, linesim.Media{ContentType: "audio/m4a", Data: []byte("x"), Duration: time.Second})
	r.act(err).has("音声")
	_, err = c.platform.SendImage(r.id, linesim.Media{ContentType: "image/jpeg", Data: []byte("x")})
	r.act(err).has("写真")
	_, err = c.platform.SendLocation(r.id, linesim.Location{Latitude: 35, Longitude: 139})
	r.act(err).has("位置情報")
}

func TestUnknown(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	r.say("量子力学とはなんでしょうか").has("000-123-4567", "[メニュー]")
	a := r.say("防災に興味があります").has("もしかして", "北山防災の会", "000-123-4567")
	r.tap(a, "北山防災の会").has("地域の防災訓練")
	r.act(c.platform.Postback(r.id, "0/old/stuff", nil)).has("使えなくなりました", "メニュー")
	r.act(c.platform.Postback(r.id, "1/settings/topics/+gone", nil)).has("どの分野")
	r.act(c.platform.Postback(r.id, "1/groups/show/hidden", nil)).has("公開していません")
}

func TestDangerComesFirst(t *testing.T) {
	c := newCenter(t)
	r := c.resident("ja")
	r.follow()
	a := r.say("もう し に た い").has("119", "110", "0120-279-338", "24時間は見ていません", "000-123-4567")
	if list := c.requests(); len(list) != 1 || list[0].Kind != ippo.RequestDanger || list[0].Body != "もう し に た い" {
		t.Fatalf("desk: %+v", list)
	}
	if !strings.Contains(string(a.button("119 救急・火事")), "tel:119") {
		t.Errorf("no call: %s", a.button("119 救急・火事"))
	}
	r.say("1").has("どの地域") // the talk went on where it was
}

func TestPersonalDataStaysOffLINE(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	a := r.say("０９０－１２３４－５６７８に電話ください").has("トークの記録には残しません", "24時間だけ", "この番号に電話をもらう", "入力画面を開く").lacks("090", "０９０")
	if data := string(a.button("この番号に電話をもらう")); strings.Contains(data, "090") {
		t.Errorf("the button holds the number: %s", data)
	}
	for range 2 {
		r.tap(a, "この番号に電話をもらう")
	}
	if list := c.requests(); len(list) != 1 || list[0].Body != "電話番号：09012345678" {
		t.Fatalf("desk: %+v", list)
	}
	r.say("hanako@example.jp です").has("トークの記録には残しません").lacks("この番号に電話をもらう")
	r.say("みらい市中央1丁目2-3に住んでいます").has("トークの記録には残しません")
	r.say("〒123-4567").has("トークの記録には残しません")
	for _, harmless := range []string{"2026年3月31日", "10:00から12:00", "1、3", "1000円ですか"} {
		r.say(harmless).lacks("トークの記録には残しません")
	}
}

func TestUnsendErases(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	id, err := c.platform.Say(r.id, "殴られています。助けて")
	r.act(err).has("110")
	if err := c.platform.Unsend(r.id, id); err != nil {
		t.Fatal(err)
	}
	r.idle()
	if list := c.requests(); len(list) != 1 || list[0].Body != "" {
		t.Errorf("desk: %+v", list)
	}
	number, err := c.platform.Say(r.id, "090-1234-5678")
	a := r.act(err)
	if err := c.platform.Unsend(r.id, number); err != nil {
		t.Fatal(err)
	}
	r.idle()
	r.tap(a, "この番号に電話をもらう").has("保存期限が過ぎました")
}

// A search that was taken back is not remembered either.
func TestUnsendForgetsASearch(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	r.say("団体をさがす")
	id, err := c.platform.Say(r.id, "囲碁")
	r.act(err).has("みらい囲碁クラブ")
	if err := c.platform.Unsend(r.id, id); err != nil {
		t.Fatal(err)
	}
	r.idle()
	if k, err := c.store.Conversation(t.Context(), r.me().ID); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("%s, %v", k.Answers, err)
	}
}

// LINE may deliver the unsend before the message itself.
func TestUnsendBeforeItsMessage(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	post := func(event map[string]any) {
		t.Helper()
		for k, v := range map[string]any{"mode": "active", "timestamp": c.clock.Now().UnixMilli(), "source": map[string]any{"type": "user", "userId": r.id}} {
			event[k] = v
		}
		body, _ := json.Marshal(map[string]any{"destination": "U0", "events": []any{event}})
		if status, err := c.platform.PostWebhook(t.Context(), body); err != nil || status != 200 {
			t.Fatalf("%d, %v", status, err)
		}
		r.idle()
	}
	post(map[string]any{"type": "unsend", "webhookEventId": "U1", "unsend": map[string]any{"messageId": "777"}})
	post(map[string]any{"type": "message", "webhookEventId": "U2", "replyToken": "t", "message": map[string]any{"type": "text", "id": "777", "text": "助けて"}})
	if list := c.requests(); len(list) != 0 {
		t.Errorf("desk: %+v", list)
	}
}

func TestGroupChat(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	g := c.platform.AddGroup("町内会", r.id)
	if err := c.platform.Invite(g.ID); err != nil {
		t.Fatal(err)
	}
	r.idle()
	sent := c.platform.SentTo(g.ID)
	if len(sent) != 1 || !strings.Contains(string(sent[0]), "グループではお返事をしません") {
		t.Fatalf("sent %s", sent)
	}
	if _, err := c.platform.SayInGroup(g.ID, r.id, "メニュー"); err != nil {
		t.Fatal(err)
	}
	r.idle()
	if got := len(c.platform.SentTo(g.ID)); got != 1 {
		t.Errorf("%d messages in the group, want 1", got)
	}
}

func TestStaffLinkTheirOwnPhone(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	r.say("職員:AAAA-AAAA").has("番号を確認できませんでした")
	who, _, err := c.store.StaffByEmail(t.Context(), "a@example.jp")
	if err != nil {
		t.Fatal(err)
	}
	code, _, err := c.store.NewStaffLinkCode(t.Context(), who.ID)
	if err != nil {
		t.Fatal(err)
	}
	r.say("職員：" + code).has("担当さんのLINEを登録しました")
	if link, err := c.store.StaffLink(t.Context(), who.ID); err != nil || link.To.LineUser() != r.id {
		t.Errorf("%+v, %v", link, err)
	}
}

// Guessing a colleague's code comes to an end: after five wrong ones not even the right one is taken,
// until some minutes have passed. Another account is not kept waiting.
func TestStaffLinkFiveTries(t *testing.T) {
	c := newCenter(t)
	guesser, colleague := c.friend(), c.friend()
	who, _, err := c.store.StaffByEmail(t.Context(), "a@example.jp")
	if err != nil {
		t.Fatal(err)
	}
	code := func() string {
		code, _, err := c.store.NewStaffLinkCode(t.Context(), who.ID)
		if err != nil {
			t.Fatal(err)
		}
		return "職員:" + code
	}
	for range ippo.StaffLinkTries {
		guesser.say("職員:AAAA-AAAA").has("番号を確認できませんでした")
	}
	right := code()
	guesser.say(right).has("10分ほど待ってから")
	if link, err := c.store.StaffLink(t.Context(), who.ID); !errors.Is(err, ippo.ErrNotFound) {
		t.Fatalf("linked all the same: %+v, %v", link, err)
	}
	colleague.say(right).has("担当さんのLINEを登録しました")
	c.clock.pass(ippo.StaffLinkWait + time.Second)
	guesser.say(code()).has("担当さんのLINEを登録しました")
}
