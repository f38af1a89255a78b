package bot

import (
	"fmt"
	"strings"
	"testing"

	"ippo"
)

// asked is a center that keeps frequent questions.
func asked(t *testing.T) *center {
	c := newCenter(t)
	for _, q := range []ippo.FAQ{
		{Question: "駐車場はありますか", Answer: "地下に80台分あります。", Synonyms: "車で行く\nパーキング",
			Translations: ippo.Translations{
				ippo.EasyJapanese: {Texts: map[string]string{"question": "くるまを とめられますか", "answer": "ちかに あります。"}},
				ippo.English:      {Texts: map[string]string{"question": "Is there parking?", "answer": "Under the building."}},
			}},
		{Question: "会議室の予約はどうすればよいですか", Answer: "窓口か電話で予約できます。", Synonyms: "部屋を借りる"},
		{Question: "会議室の料金はいくらですか", Answer: "1時間200円です。"},
		{Question: "会議室の予約を取り消せますか", Answer: "3日前まで無料です。"},
		{Question: "印刷機は使えますか", Answer: "紙をお持ちください。"},
		{Question: "隠した温泉", Answer: "見えません。", Hidden: true},
	} {
		if _, err := c.store.CreateFAQ(t.Context(), 0, q); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// verdicts is what was counted of the questions, and how many found no answer.
func (c *center) verdicts() string {
	c.t.Helper()
	all, err := c.store.FAQs(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	var words []string
	for _, q := range all {
		if q.Shown+q.Helped+q.Failed > 0 {
			words = append(words, fmt.Sprintf("%d: %d %d %d", q.ID, q.Shown, q.Helped, q.Failed))
		}
	}
	open, err := c.store.Unanswered(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	for _, q := range open {
		words = append(words, fmt.Sprintf("%d×%s", q.Count, q.Text))
	}
	return strings.Join(words, ", ")
}

func TestFAQAnsweredAtOnce(t *testing.T) {
	c := asked(t)
	r := c.friend()
	r.say("ﾁｭｳｼｬｼﾞｮｳ").has("もしかして", "駐車場はありますか")
	a := r.say("駐車場はありますか？").has("【駐車場はありますか】", "地下に80台分", "000-123-4567", "お役に立ちましたか", "[電話をかける]").lacks("日本語だけ")
	r.tap(a, "役に立った").has("ありがとうございます")
	r.tap(a, "役に立った").has("ありがとうございます") // a second time counts nothing
	r.tap(a, "知りたいことと違う").has("000-123-4567")
	if got := c.verdicts(); got != "1: 1 1 0" {
		t.Errorf("counted %s", got)
	}
}

func TestFAQOffered(t *testing.T) {
	c := asked(t)
	r := c.friend()
	a := r.say("会議室").has("もしかして", "会議室の予約はどうすればよいですか", "会議室の料金", "会議室の予約を取り消せますか", "000-123-4567", "[どれもちがう]").lacks("駐車場", "温泉")
	r.tap(a, "会議室の料金はいくらですか").has("1時間200円")
	r.say("いいえ").has("お役に立てず", "000-123-4567", "だれのものかわからない形で")
	a = r.say("会議室")
	r.tap(a, "どれもちがう").has("だれのものかわからない形で", "000-123-4567")
	r.say("会議室")
	r.say("2").has("お役に立ちましたか") // typed
	if got := c.verdicts(); !strings.Contains(got, "2×会議室") || !strings.Contains(got, "3: ") || !strings.Contains(got, " 0 1") {
		t.Errorf("counted %s", got)
	}
}

// Each language has its own questions; one that was not written there is answered all the same, and says so.
func TestFAQLanguages(t *testing.T) {
	c := asked(t)
	for language, want := range map[string][2][]string{
		"en": {{"Is there parking?", "Under the building.", "Did this help?", "000-123-4567"}, {"紙をお持ちください", "only in Japanese"}},
		"ja": {{"駐車場はありますか", "地下に80台分"}, {"紙をお持ちください"}},
	} {
		r := c.resident(language)
		r.follow()
		for range 3 {
			r.say("skip")
		}
		if language == "ja" {
			r = c.friend()
		}
		r.say("parking?").has(want[0]...)
		r.say("印刷機は使えますか").has(want[1]...)
	}
}

func TestFAQInEasyJapanese(t *testing.T) {
	c := asked(t)
	r := c.friend()
	r.tap(r.say("ことばを変える"), "やさしい にほんご")
	a := r.say("くるまを とめられますか").has("くるまを とめられますか", "000-123-4567")
	if !strings.Contains(a.words(), "ちかに あります") {
		a = r.say("1")
	}
	a.has("【くるまを とめられますか】", "ちかに あります", "わかりましたか").lacks("ふつうの 日本語")
	r.say("印刷機は使えますか").has("紙をお持ちください", "ふつうの 日本語です")
}

// What finds nothing is left for the staff: counted, without names and numbers, and not what is no question.
func TestUnansweredIsNoted(t *testing.T) {
	c := asked(t)
	r, other := c.friend(), c.friend()
	r.say("プールはありますか").has("うまく読み取れませんでした")
	other.say("ぷーるは ありますか？")
	r.say("佐藤さんの会員番号123456はどこ")
	r.say("温泉") // hidden, and two letters are no question
	r.say("ｗｗ")
	r.say("えほん").has("もしかして", "えほんの広場") // answered by a group
	r.say("090-1234-5678 に電話してください")
	r.say("死にたい")
	r.say("ありがとう")
	r.say("メニュー")
	r.idle()
	if got := c.verdicts(); got != "2×ぷーるは ありますか?, 1×＊さんの会員番号＊はどこ" {
		t.Errorf("noted %s", got)
	}
}

// Words of danger, numbers, commands and questions that wait for an answer come before any of them.
func TestFAQComesLast(t *testing.T) {
	c := asked(t)
	r := c.friend()
	r.say("駐車場で人が倒れています").has("119").lacks("地下")
	r.say("駐車場の件は090-1234-5678へ").has("入力画面").lacks("地下")
	r.say("転入").has("お住まいの地域")
	r.say("駐車場はありますか").has("番号かことばで選んでください").lacks("地下")
	r.say("やめる")
	r.say("駐車場はありますか").has("地下")
	r.say("よくある質問").has("[駐車場はありますか]", "[印刷機は使えますか]").lacks("温泉")
	r.say("メニュー").has("団体をさがす")
}

// A question that staff have hidden or deleted since is not answered by an old button.
func TestFAQGone(t *testing.T) {
	c := asked(t)
	r := c.friend()
	a := r.say("会議室")
	if err := c.store.DeleteFAQ(t.Context(), 0, 3); err != nil {
		t.Fatal(err)
	}
	r.tap(a, "会議室の料金はいくらですか").has("いまは公開していません").lacks("200円")
	empty := newCenter(t)
	empty.friend().say("よくある質問").has("まだありません", "000-123-4567")
}
