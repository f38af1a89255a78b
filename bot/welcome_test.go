package bot

import (
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"ippo"
)

// Follow, then the settings in taps: language, areas, topics, one summary.
func TestFollowAndSettingsInTaps(t *testing.T) {
	c := newCenter(t)
	r := c.resident("ja")
	a := r.follow()
	a.has("みらい市 市民協働センター", "個人情報の取り扱い", "日本語", "やさしい にほんご", "English", "1 日本語")
	if got := a.page("個人情報の取り扱い"); got != c.url+"/r/privacy" {
		t.Errorf("privacy page %s", got)
	}
	a = r.tap(a, "日本語").has("どの地域", "1 中央", "2 北山", "3 海浜")
	a = r.tap(a, "北山").has("✓")
	a = r.tap(a, "つぎへ").has("どの分野", "1 子育て")
	r.tap(a, "防災")
	a = r.tap(a, "子育て")
	a = r.tap(a, "防災") // taken away again
	r.tap(a, "つぎへ").has("受信設定", "北山", "子育て", "日本語").lacks("おまかせ")
	f := r.me()
	if got := f.Topics.Numbers(); len(got) != 1 || got[0] != 0 || f.Areas != ippo.ChoiceOf(1) || f.OnboardedAt.IsZero() || f.DisplayName != "山田花子" {
		t.Errorf("kept %+v", f)
	}
}

func TestFollowAndSettingsInTyping(t *testing.T) {
	c := newCenter(t)
	r := c.resident("ja")
	r.follow()
	r.say("１").has("どの地域")
	r.say("1と３").has("✓")
	r.say("ツギ").has("どの分野")
	r.say("コソダテ、ﾌｸｼ")
	r.say("1を外す")
	r.say("これでいい").has("中央・海浜", "福祉")
	if f := r.me(); f.Topics != ippo.ChoiceOf(1) || f.Areas != ippo.ChoiceOf(0, 2) {
		t.Errorf("kept %+v", f.Preferences)
	}
}

func TestSkippingEverythingIsLeavingItToUs(t *testing.T) {
	c := newCenter(t)
	r := c.resident("vi")
	a := r.follow().has("1 やさしい にほんご")
	a = r.tap(a, "とばす")
	a = r.tap(a, "とばす")
	r.tap(a, "とばす").has("おまかせ", "みんなへの")
	if f := r.me(); !f.Unguided() || f.Language != ippo.EasyJapanese {
		t.Errorf("kept %+v", f.Preferences)
	}
}

// On a center's first day there is nothing to choose from, and nobody is asked to.
func TestNothingToChooseIsNotAsked(t *testing.T) {
	c := openCenter(t, slog.New(slog.NewTextHandler(t.Output(), nil)))
	r := c.resident("ja")
	a := r.follow()
	r.tap(a, "日本語").has("受信設定").lacks("どの地域", "どの分野")
	if f := r.me(); f.OnboardedAt.IsZero() {
		t.Errorf("kept %+v", f)
	}
}

func TestEverythingInEnglish(t *testing.T) {
	c := newCenter(t)
	r := c.resident("en")
	r.follow().has("1 English", "Thank you for adding")
	r.say("english").has("Which areas", "1 Central")
	r.say("ぜんぶ").has("Which topics", "3 International")
	r.say("international").has("✓")
	r.say("next").has("International", "All")
	if f := r.me(); f.Areas&ippo.Everything == 0 || f.Topics != ippo.ChoiceOf(2) {
		t.Errorf("kept %+v", f.Preferences)
	}
}

func TestComingBackIsNoSecondGreeting(t *testing.T) {
	c := newCenter(t)
	r := c.friend()
	c.clock.pass(1e9)
	if err := c.platform.Block(r.id); err != nil {
		t.Fatal(err)
	}
	r.idle()
	if f := r.me(); f.Status != ippo.FollowerBlocked {
		t.Fatalf("status %s", f.Status)
	}
	c.clock.pass(1e9)
	r.follow().has("おかえりなさい", "受信設定").lacks("友だち追加ありがとうございます")
	if f := r.me(); f.Status != ippo.FollowerActive || f.BlockedAt.IsZero() == false {
		t.Errorf("kept %+v", f)
	}
}

func TestOldTapsSetAndNeverToggle(t *testing.T) {
	c := newCenter(t)
	r := c.resident("ja")
	a := r.follow()
	areas := r.tap(a, "日本語")
	topics := r.tap(areas, "つぎへ")
	for range 2 { // an old button, twice, in the middle of another question
		r.tap(areas, "海浜").has("どの地域", "✓")
	}
	if f := r.me(); f.Areas != ippo.ChoiceOf(2) {
		t.Errorf("areas %v", f.Areas.Numbers())
	}
	r.tap(topics, "福祉").has("どの分野")
	r.say("やめる").has("またいつでも")
	r.tap(topics, "防災").has("どの分野")
	if f := r.me(); f.Topics != ippo.ChoiceOf(1, 3) {
		t.Errorf("topics %v", f.Topics.Numbers())
	}
}

// A center greets in its own words where it has some, and never leaves out how it treats personal data.
func TestOwnGreeting(t *testing.T) {
	c := newCenter(t)
	if err := c.store.SaveGreetings(t.Context(), 0, ippo.Greetings{ippo.Japanese: {Hello: "ようこそ、山の町へ。"}}); err != nil {
		t.Fatal(err)
	}
	a := c.resident("ja").follow().has("ようこそ、山の町へ。", "市民活動のお知らせ", "このトークではなく")
	a.lacks("友だち追加ありがとうございます")
	c.resident("en").follow().lacks("ようこそ")
}

// A language that the center does not offer is nowhere to be chosen; who reads it keeps it.
func TestUnofferedLanguage(t *testing.T) {
	c := newCenter(t)
	reader := c.resident("en")
	reader.follow()
	s, err := c.store.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Unoffered = []ippo.Language{ippo.English}
	if err := c.store.SaveSettings(t.Context(), 0, s); err != nil {
		t.Fatal(err)
	}
	newcomer := c.resident("en")
	newcomer.follow().lacks("English")
	if l := newcomer.me().Language; l != ippo.Japanese {
		t.Errorf("a newcomer whose LINE is English reads %s", l)
	}
	newcomer.say("English").lacks("What language")
	if l := reader.me().Language; l != ippo.English {
		t.Errorf("who reads English reads %s now", l)
	}
	resp, err := http.Get(c.url + "/r/privacy")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || strings.Contains(string(body), "lang=en") || !strings.Contains(string(body), "lang=ja-x-easy") {
		t.Errorf("a public page offers other languages: %v\n%s", err, body)
	}
}
